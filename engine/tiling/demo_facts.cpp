#include "tiling/demo_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "geo/datum.h"

namespace cm::tiling::demo {
namespace {

using Json = nlohmann::json;

Result<Json> readJson(const Path& file) {
  auto bytes = readFile(file);
  if (!bytes) return bytes.error();
  Json json = Json::parse(asText(*bytes), nullptr, false);
  if (json.is_discarded()) return makeError("{}: not JSON", file.string());
  return json;
}

Text textOf(const Json& json) { return {json.value("zh", ""), json.value("en", "")}; }
glm::dvec2 pointOf(const Json& json) { return {json.at(0).get<double>(), json.at(1).get<double>()}; }

std::vector<glm::dvec2> lineOf(const Json& json) {
  std::vector<glm::dvec2> line;
  for (const Json& point : json) line.push_back(pointOf(point));
  return line;
}

city::Polygon ringsOf(const Json& coordinates) {
  city::Polygon rings;
  for (const Json& ring : coordinates) {
    rings.push_back(lineOf(ring));
    if (rings.back().size() > 1 && rings.back().front() == rings.back().back()) rings.back().pop_back();
  }
  return rings;
}

city::Date dateOf(const std::string& text) {
  auto date = city::parseDate(text);
  if (!date) throw std::runtime_error(date.error().text());
  return *date;
}

glm::vec3 colourOf(const std::string& hex) {
  unsigned long value = std::stoul(hex.substr(1), nullptr, 16);
  return glm::vec3((value >> 16) & 255, (value >> 8) & 255, value & 255) / 255.0f;
}

template <class E>
E named(const std::map<std::string, E>& names, const std::string& name) {
  auto found = names.find(name);
  if (found == names.end()) throw std::runtime_error(fmt::format("unknown word \"{}\"", name));
  return found->second;
}

void readMetro(const Json& json, Facts& facts) {
  std::map<std::string, size_t> byId, byName;
  for (const Json& s : json.at("stations")) {
    Station station{s.at("id"), textOf(s), geo::wgs84FromGcj02({s.at("lon"), s.at("lat")}), s.value("transfer", false)};
    byId[station.id] = byName[station.name.zh] = facts.stations.size();
    facts.stations.push_back(std::move(station));
  }
  for (const Json& l : json.at("lines")) {
    MetroLine line{l.at("id"), textOf(l), l.at("colour"), dateOf(l.at("opens")), false};
    for (const Json& id : l.at("stations")) line.stations.push_back(byId.at(id));
    facts.metro.push_back(std::move(line));
  }
  for (const Json& l : json.at("planned")) {
    MetroLine line{l.at("id"), textOf(l), l.at("colour"), dateOf(l.at("opens")), true};
    for (const Json& name : l.at("along")) line.stations.push_back(byName.at(name));
    facts.metro.push_back(std::move(line));
  }
}

size_t stationNamed(const Facts& facts, const std::string& name) {
  for (size_t i = 0; i < facts.stations.size(); ++i)
    if (facts.stations[i].name.zh == name) return i;
  throw std::runtime_error(fmt::format("unknown station \"{}\"", name));
}

void readService(const Json& l, MetroLine& line) {
  static const std::map<std::string, city::Network> networks{{"urban", city::Network::Urban},
                                                             {"suburban", city::Network::Suburban},
                                                             {"intercity", city::Network::Intercity},
                                                             {"highSpeed", city::Network::HighSpeed}};
  line.network = named(networks, l.at("network"));
  line.service = {l.at("headway"), l.at("speed"), l.at("dwell"), l.at("train")};
}

//! How the lines of metro.json are built and run, and the railways; after metro.json.
void readRail(const Json& json, Facts& facts) {
  for (const Json& l : json.at("lines")) {
    auto line = std::find_if(facts.metro.begin(), facts.metro.end(),
                             [&](const MetroLine& m) { return m.id == l.at("line").get<std::string>(); });
    if (line == facts.metro.end()) throw std::runtime_error(fmt::format("unknown line {}", l.at("line").dump()));
    readService(l, *line);
    line->structureAssumed = l.at("assumed");
    const auto place = [&](const std::string& name) {
      const auto at = std::find(line->stations.begin(), line->stations.end(), stationNamed(facts, name));
      if (at == line->stations.end()) throw std::runtime_error(fmt::format("{} is not on {}", name, line->id));
      return static_cast<size_t>(at - line->stations.begin());
    };
    for (const Json& span : l.value("elevated", Json::array()))
      line->elevated.emplace_back(place(span.at(0)), place(span.at(1)));
  }
  for (const Json& r : json.at("railways")) {
    MetroLine line{r.at("id"), textOf(r), r.at("colour"), dateOf(r.at("opens")), false};
    readService(r, line);
    line.story = {r.at("storyZh"), r.at("storyEn")};
    for (const Json& name : r.at("stops")) line.stations.push_back(stationNamed(facts, name));
    for (const Json& piece : r.at("pieces")) {
      if (!line.path.empty()) line.path.pop_back();  // where the last piece ended
      for (const Json& p : piece.at("path"))
        line.path.push_back(
            {p.is_string() ? facts.stations[stationNamed(facts, p)].lonLat : pointOf(p), piece.at("structure")});
    }
    facts.metro.push_back(std::move(line));
  }
}

Scheme schemeOf(const Json& p) {
  static const std::map<std::string, city::ProjectKind> kinds{
      {"old_community", city::ProjectKind::OldCommunity},
      {"village_in_city", city::ProjectKind::VillageInCity},
      {"historic_quarter", city::ProjectKind::HistoricQuarter},
      {"waterfront", city::ProjectKind::Waterfront},
      {"industrial_heritage", city::ProjectKind::IndustrialHeritage}};
  static const std::map<std::string, city::PlanStatus> statuses{
      {"planned", city::PlanStatus::Planned},
      {"approved", city::PlanStatus::Approved},
      {"under_construction", city::PlanStatus::UnderConstruction}};
  static const std::map<std::string, Layout> layouts{{"rebuild", Layout::Rebuild},
                                                     {"renewal", Layout::Renewal},
                                                     {"historic", Layout::Historic},
                                                     {"waterfront", Layout::Waterfront},
                                                     {"innovation", Layout::Innovation}};
  Scheme scheme;
  city::Project& project = scheme.project;
  project.id = p.at("id");
  project.name = textOf(p);
  project.kind = named(kinds, p.at("kind"));
  project.status = named(statuses, p.at("status"));
  project.story = {p.at("storyZh"), p.at("storyEn")};
  project.source = "schemes";
  for (const Json& phase : p.at("phases"))
    project.phases.push_back({phase.at("id"), textOf(phase), dateOf(phase.at("from")), dateOf(phase.at("to"))});
  for (const Json& figure : p.at("figures"))
    project.figures.push_back({{figure.at("labelZh"), figure.at("labelEn")},
                               {figure.at("unitZh"), figure.at("unitEn")},
                               figure.at("before"),
                               figure.at("after")});
  scheme.layout = named(layouts, p.at("layout"));
  scheme.at = planeFrom({p.at("lon"), p.at("lat")});
  scheme.angleRadians = p.at("angle").get<double>() * geo::kDegree;
  scheme.halfWidth = p.at("halfWidth");
  scheme.halfDepth = p.at("halfDepth");
  return scheme;
}

void readZones(const Json& json, Facts& facts) {
  static const std::map<std::string, Quarter> quarters{
      {"oldtown", Quarter::OldTown},         {"villa", Quarter::Villa},         {"dense", Quarter::Dense},
      {"residential", Quarter::Residential}, {"estate", Quarter::Estate},       {"towers", Quarter::Towers},
      {"seafront", Quarter::SeaFront},       {"cbd", Quarter::Centre},          {"campus", Quarter::Campus},
      {"industry", Quarter::Industry},       {"industry2", Quarter::Workshops}, {"port", Quarter::Port},
      {"waterfront", Quarter::Waterfront},   {"village", Quarter::Village}};
  for (const Json& z : json.at("zones"))
    facts.zones.push_back({z.at("zh"), planeFrom({z.at("lon"), z.at("lat")}), named(quarters, z.at("type")),
                           z.at("angle").get<double>() * geo::kDegree});
}

void readGreenways(const Json& json, Facts& facts) {
  for (const Json& g : json.at("greenways")) {
    Greenway way;
    way.item.id = g.at("id");
    way.item.name = textOf(g);
    way.item.status = g.at("status") == "existing" ? city::PlanStatus::Existing : city::PlanStatus::Planned;
    way.item.opens = dateOf(g.at("opens"));
    way.item.colour = colourOf(g.at("colour"));
    way.item.story = {g.at("storyZh"), g.at("storyEn")};
    way.item.source = "greenways";
    double metres = 0;
    for (const Json& line : g.at("lines")) {
      way.lines.push_back(lineOf(line));
      for (size_t i = 1; i < way.lines.back().size(); ++i)
        metres += glm::distance(planeFrom(way.lines.back()[i - 1]), planeFrom(way.lines.back()[i]));
    }
    way.item.lengthKilometres = std::round(metres / 100.0) / 10.0;
    facts.greenways.push_back(std::move(way));
  }
}

void readPlaces(const Json& json, Facts& facts) {
  for (const Json& p : json.at("places"))
    facts.places.push_back({p.at("id"), textOf(p), p.at("kind"), {p.at("lon"), p.at("lat")}, p.at("rank")});
}

void readSummits(const Json& json, Facts& facts) {
  for (const Json& s : json.at("summits")) {
    Summit summit{s.at("id"), textOf(s), planeFrom({s.at("lon"), s.at("lat")}), s.at("height"), s.at("radius"), {}};
    for (const Json& ridge : s.value("ridges", Json::array())) {
      summit.ridges.emplace_back();
      for (const Json& p : ridge) summit.ridges.back().emplace_back(planeFrom(pointOf(p)), p.at(2).get<double>());
    }
    facts.summits.push_back(std::move(summit));
  }
}

void readRoads(const Json& json, Facts& facts) {
  for (const Json& r : json.at("roads"))
    facts.roads.push_back({r.at("id"), r.at("zh"), r.at("class") == "major", r.at("width"), lineOf(r.at("line"))});
}

void readShores(const Json& json, Facts& facts) {
  for (const Json& f : json.at("features"))
    facts.shores.push_back({f.at("properties").at("kind"), ringsOf(f.at("geometry").at("coordinates"))});
}

void readDistricts(const Json& json, Facts& facts) {
  for (const Json& f : json.at("features")) {
    const Json& p = f.at("properties");
    PlaceLabel label{p.at("id"), textOf(p), "district", pointOf(p.at("label")), 1};
    facts.districts.emplace_back(std::move(label), ringsOf(f.at("geometry").at("coordinates")));
  }
}

void readSchemes(const Json& json, Facts& facts) {
  for (const Json& p : json.at("projects")) facts.schemes.push_back(schemeOf(p));
}

struct FactFile {
  const char* name;
  const char* sourceId;
  Text title;
  void (*read)(const Json&, Facts&);
};

}  // namespace

Result<Facts> readFacts(const Path& folder) {
  static const FactFile files[] = {
      {"coast.geojson", "coast", {"海岸线与岛屿", "Coast and islands"}, readShores},
      {"summits.json", "summits", {"山体高程", "Summits"}, readSummits},
      {"metro.json", "metro", {"地铁站点与线路", "Metro lines and stations"}, readMetro},
      {"rail.json",
       "rail",
       {"轨道敷设方式与铁路（部分示意）", "How lines are built; railways (partly illustrative)"},
       readRail},
      {"roads.json", "roads", {"主要道路（示意）", "Main roads (illustrative)"}, readRoads},
      {"zones.json", "zones", {"街区规则（示意）", "Rules of the quarters (illustrative)"}, readZones},
      {"greenways.json", "greenways", {"绿道（示意）", "Greenways (illustrative)"}, readGreenways},
      {"places.json", "places", {"地名", "Places"}, readPlaces},
      {"districts.geojson", "districts", {"行政区", "Districts"}, readDistricts},
      {"projects.json", "schemes", {"更新项目（示意）", "Renewal schemes (illustrative)"}, readSchemes}};
  Facts facts;
  for (const FactFile& file : files) {
    Path path = folder / file.name;
    auto json = readJson(path);
    if (!json) return json.error();
    try {
      file.read(*json, facts);
      facts.sources.push_back({file.sourceId,
                               file.title,
                               json->value("licence", ""),
                               "",
                               "",
                               {json->value("source", ""), json->value("source", "")}});
    } catch (const std::exception& problem) {
      return makeError("{}: {}", path.string(), problem.what());
    }
  }
  return facts;
}

}  // namespace cm::tiling::demo
