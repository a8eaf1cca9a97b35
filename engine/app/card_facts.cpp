#include "app/card_facts.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <unordered_set>

#include "app/facts.h"
#include "city/timetable.h"

namespace cm::app {
namespace {

constexpr city::Date kNever{9999, 12, 31};
constexpr double kNeighbourhoodMetres = 400;
constexpr size_t kFewestNeighbours = 12;     // fewer say nothing about a neighbourhood
constexpr double kStationReachMetres = 500;  // from a stop of the path to the point that the data has for it

//! "metro-line-1;metro-line-3": also with commas or blanks.
std::set<std::string, std::less<>> itemsOf(const source::VectorFeature& station) {
  std::set<std::string, std::less<>> items;
  for (const std::string& text : {station.property("lines"), station.property("item")}) {
    size_t from = 0;
    while (from < text.size()) {
      const size_t to = std::min(text.find_first_of(";, ", from), text.size());
      if (to > from) items.insert(text.substr(from, to - from));
      from = to + 1;
    }
  }
  return items;
}

struct Station {
  const source::VectorFeature* feature = nullptr;
  glm::dvec2 at{0};
  std::set<std::string, std::less<>> items;
};

std::vector<Station> stationsOf(const city::Document& document, const frame::VectorLayers& layers,
                                const geo::EnuFrame& axes) {
  std::vector<Station> stations;
  for (const city::Overlay& overlay : document.overlays) {
    if (overlay.kind != city::OverlayKind::Metro && overlay.kind != city::OverlayKind::Rail) continue;
    const auto layer = layers.find(overlay.uri);
    if (layer == layers.end()) continue;
    for (const source::VectorFeature& feature : layer->second.features) {
      if (feature.property("kind") != "station" || feature.parts.empty() || feature.parts[0].empty()) continue;
      const glm::dvec3 place = feature.parts[0][0];
      stations.push_back(
          {&feature, glm::dvec2(axes.toEnu(geo::ecefFromGeodetic({place.x, place.y, 0}))), itemsOf(feature)});
    }
  }
  return stations;
}

const Station* nearestStation(const std::vector<Station>& stations, const std::string& item, glm::dvec2 at) {
  const Station* nearest = nullptr;
  double best = kStationReachMetres;
  for (const Station& station : stations) {
    const double metres = glm::distance(station.at, at);
    if (metres >= best || !station.items.contains(item)) continue;
    best = metres;
    nearest = &station;
  }
  return nearest;
}

ui::StationLine lineOf(const city::Document& document, const frame::RailPath& path, const city::OverlayItem& item,
                       const std::vector<Station>& stations, const std::string& id) {
  ui::StationLine line{.name = item.name, .colour = item.colour, .opens = path.opens ? path.opens : item.opens};
  if (!line.opens && item.status != city::PlanStatus::Existing) line.opens = kNever;
  line.here = SIZE_MAX;
  for (size_t i = 0; i < path.stopMetres.size(); ++i) {
    ui::LineStop stop;
    if (const Station* station =
            nearestStation(stations, item.id, glm::dvec2(frame::pointAt(path, path.stopMetres[i]).at))) {
      stop.id = station->feature->property("id");
      stop.name = {station->feature->property("zh"), station->feature->property("en")};
      for (const std::string& other : station->items)
        if (const city::OverlayItem* crossing = other == item.id ? nullptr : document.item(other);
            crossing && crossing->colour != item.colour)
          if (std::find(stop.transfers.begin(), stop.transfers.end(), crossing->colour) == stop.transfers.end())
            stop.transfers.push_back(crossing->colour);  // branches of one line look alike
      if (stop.id == id) line.here = i;
    }
    line.stops.push_back(std::move(stop));
  }
  const city::Timetable timetable = city::timetableOf(path.service, path.stopMetres);
  line.trains = city::callsByHour(timetable, line.here < line.stops.size() ? line.here : 0);
  return line;
}

//! A number that the text begins with ("12", "12.5 m"), else 0.
double numberIn(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::isfinite(value) ? value : 0;
}

std::string firstOf(const source::FeatureTable& table, std::initializer_list<const char*> columns, size_t row) {
  for (const char* column : columns)
    if (std::string text = table.text(column, row); !text.empty()) return text;
  return {};
}

glm::dvec3 middleOf(const residency::ResidentTile& tile, size_t row) {
  const glm::vec3 middle = (tile.features->lo[row] + tile.features->hi[row]) * 0.5f;
  return {tile.ecefFromContent * glm::dvec4(glm::dvec3(middle), 1)};
}

double heightOf(const residency::ResidentTile& tile, size_t row) {
  const double stated = numberIn(tile.features->text("height", row));
  return stated > 0 ? stated : double(tile.features->hi[row].z - tile.features->lo[row].z);
}

bool isBuilding(const residency::ResidentTile& tile, size_t row) {
  return row < tile.removable.size() && tile.removable[row] && row < tile.features->lo.size();
}

void measureBuilding(const Stage& stage, const std::string& id, ui::CardData& data) {
  const residency::Residency& residency = stage.residency();
  const frame::Pick pick = pickOf(stage, id);
  const residency::ResidentTile* own = residency.tile(pick.tile);
  if (!own || !isBuilding(*own, pick.feature)) return;
  const size_t row = pick.feature;
  const source::FeatureTable& table = *own->features;
  const glm::vec3 size = table.hi[row] - table.lo[row];
  ui::BuildingForm form{.heightMetres = heightOf(*own, row), .widthMetres = double(std::max(size.x, size.y))};
  form.storeys = int(std::lround(
      numberIn(firstOf(table, {"storeys", "levels", "building:levels", "floors", "numberOfFloors", "层数"}, row))));
  form.year = firstOf(table, {"year", "yearOfConstruction", "start_date", "built", "建成年份"}, row);
  if (form.heightMetres <= 0 || form.widthMetres <= 0) return;
  data.form = form;

  const glm::dvec3 here = middleOf(*own, row);
  const tiles::TilesetId tileset = stage.tree().tiles[own->tile].tileset;
  std::vector<float> near, all;
  std::unordered_set<uint64_t> seen;
  for (const tiles::TileId tile : residency.residents()) {
    const residency::ResidentTile* resident = residency.tile(tile);
    const tiles::TilesetId of = stage.tree().tiles[tile].tileset;
    if (!resident || !resident->features || (of != tileset && of >= stage.document().tilesets.size())) continue;
    for (size_t i = 0; i < resident->features->size(); ++i) {
      if (!isBuilding(*resident, i) || !seen.insert(hash64(resident->features->ids[i])).second) continue;
      const auto metres = float(heightOf(*resident, i));
      if (metres <= 0) continue;
      all.push_back(metres);
      if (glm::distance(middleOf(*resident, i), here) < kNeighbourhoodMetres) near.push_back(metres);
    }
  }
  data.heights.mine = float(form.heightMetres);
  data.heights.reachMetres = near.size() >= kFewestNeighbours ? kNeighbourhoodMetres : 0;
  data.heights.metres = near.size() >= kFewestNeighbours ? std::move(near) : std::move(all);
  if (data.heights.metres.size() < kFewestNeighbours) data.heights.metres.clear();
}

}  // namespace

std::vector<ui::StationLine> stationLines(const city::Document& document, const frame::VectorLayers& layers,
                                          const geo::EnuFrame& axes, const std::vector<frame::RailPath>& paths,
                                          const std::string& id) {
  const std::vector<Station> stations = stationsOf(document, layers, axes);
  std::vector<ui::StationLine> lines;
  for (const frame::RailPath& path : paths) {
    if (path.overlay >= document.overlays.size() || path.item >= document.overlays[path.overlay].items.size()) continue;
    const city::OverlayItem& item = document.overlays[path.overlay].items[path.item];
    const bool calls = item.id == id || std::any_of(stations.begin(), stations.end(), [&](const Station& station) {
                         return station.feature->property("id") == id && station.items.contains(item.id);
                       });
    if (!calls) continue;
    ui::StationLine line = lineOf(document, path, item, stations, id);
    if (line.stops.size() >= 2 && (item.id == id || line.here < line.stops.size())) lines.push_back(std::move(line));
  }
  return lines;
}

const ui::CardData& CardFacts::of(const Stage& stage, const city::Selection& selection) {
  const bool counts = selection.kind == city::PickKind::Project;
  const uint64_t generation = counts ? stage.measures().generation() : 0;
  if (selection == selection_ && generation == generation_) return data_;
  selection_ = selection;
  generation_ = generation;
  data_ = {};
  switch (selection.kind) {
    case city::PickKind::Building: measureBuilding(stage, selection.id, data_); break;
    case city::PickKind::Station:
    case city::PickKind::MetroLine:
      if (!paths_) paths_ = frame::railPaths(stage.document(), stage.layers(), stage.axes());
      data_.lines = stationLines(stage.document(), stage.layers(), stage.axes(), *paths_, selection.id);
      break;
    case city::PickKind::Project: data_.model = stage.modelFigures(selection.id); break;
    case city::PickKind::Greenway:
    case city::PickKind::Place:
    case city::PickKind::Nothing: break;
  }
  return data_;
}

}  // namespace cm::app
