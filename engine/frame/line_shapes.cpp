#include "frame/line_shapes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "frame/below.h"
#include "frame/drape_shapes.h"
#include "geo/ellipsoid.h"

namespace cm::frame {
namespace {

constexpr double kAboveGroundMetres = 4;  // where the data gives the ground's height
constexpr double kAboveRailsMetres = 0.8;
constexpr double kUndergroundBelow = -0.5;  // metres of the rails against the ground
constexpr double kAboveRoofMetres = 9.5;    // of an elevated station, from the rails
constexpr double kOneStationMetres = 400;
constexpr double kAtPlatformMetres = 80, kAboveStationMetres = 250;
constexpr double kTubeMiddleMetres = 2.6;  // above the rails

std::optional<city::Date> dateIn(const source::VectorFeature& feature, const std::string& name) {
  const std::string& text = feature.property(name);
  if (text.empty()) return std::nullopt;
  auto date = city::parseDate(text);
  return date ? std::optional(*date) : std::nullopt;
}

struct Builder {
  const geo::EnuFrame enu;
  const double groundMetres;
  LineShapes& out;

  glm::dvec3 place(const glm::dvec3& p, bool hasHeight) const {
    return enu.toEnu(geo::ecefFromGeodetic({p.x, p.y, (hasHeight ? p.z : groundMetres) + kAboveGroundMetres}));
  }

  //! Where the band is drawn: on the viaduct, over the tracks, or on the ground above a tunnel.
  static glm::dvec3 drawnAt(const RailPath& path, const RailPoint& point) {
    if (!path.stated) return point.at + glm::dvec3(0, 0, kAboveGroundMetres);
    const double above = point.aboveGround(), t = std::clamp((above + 2) / 4, 0.0, 1.0);
    const double lift = std::lerp(kAboveGroundMetres, std::max(above, 0.0) + kAboveRailsMetres, t * t * (3 - 2 * t));
    return {point.at.x, point.at.y, point.groundMetres + lift};
  }

  void line(const RailPath& path) {
    std::vector<glm::dvec3> drawn, rails;
    for (const RailPoint& point : path.points) {
      drawn.push_back(drawnAt(path, point));
      rails.push_back(point.at + glm::dvec3(0, 0, kTubeMiddleMetres));
    }
    const auto isUnder = [&](size_t i) { return path.stated && path.points[i].aboveGround() < kUndergroundBelow; };
    for (size_t first = 0; first + 1 < drawn.size();) {
      size_t last = first + 1;
      while (last + 1 < drawn.size() && isUnder(last) == isUnder(first)) ++last;
      piece(path, drawn, first, last, isUnder(first), false);
      if (isUnder(first)) piece(path, rails, first, last, false, true);
      first = last;
    }
  }

  void piece(const RailPath& path, const std::vector<glm::dvec3>& drawn, size_t first, size_t last, bool underground,
             bool inTunnel) {
    LineShape shape{.overlay = path.overlay,
                    .item = path.item,
                    .opens = path.opens,
                    .colour = path.colour,
                    .origin = drawn[first],
                    .firstIndex = static_cast<uint32_t>(out.indices.size()),
                    .points = {drawn.begin() + ptrdiff_t(first), drawn.begin() + ptrdiff_t(last) + 1},
                    .network = path.network,
                    .underground = underground,
                    .inTunnel = inTunnel,
                    .onWorks = path.stated && !underground};
    for (size_t i = first; inTunnel && i <= last; ++i) shape.sinks.push_back(sinksOf(-path.points[i].aboveGround()));
    for (size_t i = first; i <= last; ++i) {
      const auto base = static_cast<uint32_t>(out.vertices.size());
      // Neighbours across the ends of the piece, so that it meets the next one without a corner.
      auto at = [&](size_t k) { return glm::vec3(drawn[k] - shape.origin); };
      for (float side : {1.0f, -1.0f})
        out.vertices.push_back({at(i), at(i > 0 ? i - 1 : i), at(std::min(i + 1, drawn.size() - 1)), side,
                                static_cast<float>(path.points[i].alongMetres),
                                inTunnel ? static_cast<float>(shape.sinks[i - first]) : 0.0f});
      if (i > first)
        for (uint32_t v : {base - 2, base - 1, base, base, base - 1, base + 1}) out.indices.push_back(v);
    }
    shape.indexCount = static_cast<uint32_t>(out.indices.size()) - shape.firstIndex;
    out.lines.push_back(std::move(shape));
  }

  //! From the street down to the platform of a stop.
  void shaft(const RailPath& path, const RailPoint& stop) {
    const glm::dvec3 foot = stop.at + glm::dvec3(0, 0, kTubeMiddleMetres),
                     street(stop.at.x, stop.at.y, stop.groundMetres);
    LineShape shape{.overlay = path.overlay,
                    .item = path.item,
                    .opens = path.opens,
                    .colour = path.colour,
                    .origin = street,
                    .firstIndex = static_cast<uint32_t>(out.indices.size()),
                    .points = {street, foot},
                    .network = path.network,
                    .shaft = true};
    const auto base = static_cast<uint32_t>(out.vertices.size());
    const glm::vec3 top(0), down(foot - street);
    for (const bool low : {false, true})
      for (const float side : {1.0f, -1.0f})
        out.vertices.push_back(
            {low ? down : top, top, down, side, 0, low ? float(sinksOf(-stop.aboveGround())) : 0.0f});
    for (const uint32_t v : {0, 1, 2, 2, 1, 3}) out.indices.push_back(base + v);
    shape.indexCount = static_cast<uint32_t>(out.indices.size()) - shape.firstIndex;
    out.lines.push_back(std::move(shape));
  }

  void station(const source::VectorFeature& feature, const std::vector<Station::Stop>& stops) {
    if (feature.parts.empty() || feature.parts[0].empty()) return;
    Station found;
    found.name = {feature.property("zh"), feature.property("en")};
    found.id = feature.property("id").empty() ? found.name.in(Language::Chinese) : feature.property("id");
    found.position = place(feature.parts[0][0], feature.hasHeights);
    const std::string& rank = feature.property("rank");
    std::from_chars(rank.data(), rank.data() + rank.size(), found.rank);
    found.transfer = feature.property("transfer") == "true";
    for (Station& other : out.stations) {
      if (other.name.zh != found.name.zh || other.name.en != found.name.en || found.name.empty() ||
          glm::distance(other.position, found.position) > kOneStationMetres)
        continue;
      const double n = static_cast<double>(other.stops.size());
      other.position = (other.position * n + found.position) / (n + 1);
      other.rank = std::min(other.rank, found.rank);
      other.transfer = other.transfer || found.transfer;
      other.stops.insert(other.stops.end(), stops.begin(), stops.end());
      return;
    }
    found.stops = stops;
    out.stations.push_back(std::move(found));
  }
};

//! One a line: the one the feature names and whose colour it has, then the others of "lines".
std::vector<Station::Stop> stopsOf(const city::Overlay& overlay, size_t index, const source::VectorFeature& feature) {
  std::vector<Station::Stop> stops;
  const std::string named = feature.property("item");
  std::string ids = named + ",";
  ids += feature.property("lines");
  std::set<std::string> seen;
  for (size_t from = 0; from < ids.size();) {
    const size_t comma = std::min(ids.find(',', from), ids.size());
    const std::string id = ids.substr(from, comma - from);
    from = comma + 1;
    const auto item =
        std::find_if(overlay.items.begin(), overlay.items.end(), [&](const auto& i) { return i.id == id; });
    if (item == overlay.items.end() || !seen.insert(id).second) continue;
    Station::Stop stop{.overlay = index, .item = size_t(item - overlay.items.begin()), .colour = item->colour};
    if (id == named)
      stop.opens = dateIn(feature, "opens"), stop.colour = colourFrom(feature.property("colour")).value_or(stop.colour);
    stops.push_back(stop);
  }
  if (stops.empty())
    stops.push_back(
        {index, kNoItem, dateIn(feature, "opens"), colourFrom(feature.property("colour")).value_or(glm::vec3(0.45f))});
  return stops;
}

//! The platforms of a station that lie below the ground, each with its shaft. What an illustrative city states nobody measured.
void goDown(Station& station, const std::vector<RailPath>& paths, bool illustrative, Builder& builder) {
  for (const RailPath& path : paths)
    for (size_t s = 0; s < path.stopMetres.size(); ++s) {
      if (!path.stopIsStation[s] || !path.stated) continue;
      const RailPoint stop = pointAt(path, path.stopMetres[s]);
      const bool mine = std::any_of(station.stops.begin(), station.stops.end(), [&](const Station::Stop& each) {
        return each.overlay == path.overlay && each.item == path.item;
      });
      if (!mine || stop.aboveGround() > -kSinksBelow ||
          glm::distance(glm::dvec2(stop.at), glm::dvec2(station.position)) > kAboveStationMetres)
        continue;
      builder.shaft(path, stop);
      const double depth = stop.statedDepth > 0 ? stop.statedDepth : -stop.aboveGround();
      if (depth <= station.depthMetres) continue;
      station.depthMetres = depth;
      station.depthStated = stop.statedDepth > 0 && !illustrative;
      station.platform = stop.at + glm::dvec3(0, 0, kTubeMiddleMetres);
    }
}

}  // namespace

LineShapes lineShapes(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes) {
  LineShapes out;
  const std::vector<RailPath> paths = railPaths(document, layers, axes);
  Builder builder{axes, document.origin.heightMetres, out};
  for (const RailPath& path : paths) builder.line(path);
  for (size_t o = 0; o < document.overlays.size(); ++o) {
    const city::Overlay& overlay = document.overlays[o];
    auto layer = layers.find(overlay.uri);
    if (layer == layers.end() || (overlay.kind != city::OverlayKind::Metro && overlay.kind != city::OverlayKind::Rail))
      continue;
    for (const source::VectorFeature& feature : layer->second.features) {
      if (feature.kind != source::GeometryKind::Point ||
          (feature.property("kind") != "station" && !feature.property("kind").empty()))
        continue;
      builder.station(feature, stopsOf(overlay, o, feature));
    }
  }
  for (Station& station : out.stations) {
    for (const Station::Stop& stop : station.stops)
      if (stop.item != kNoItem)
        station.network = std::max(station.network, document.overlays[stop.overlay].items[stop.item].network);
    double nearest = kOneStationMetres;
    for (const LineShape& line : out.lines)
      for (size_t i = 1; i < line.points.size(); ++i) {
        const double distance = glm::distance(line.points[i], station.position);
        if (distance >= nearest) continue;
        nearest = distance;
        station.along = glm::normalize(line.points[i] - line.points[i - 1]);
      }
  }
  for (Station& station : out.stations) goDown(station, paths, document.illustrative, builder);
  for (Station& station : out.stations)
    for (const RailPath& path : paths)
      for (size_t s = 0; s < path.stopMetres.size(); ++s) {
        const RailPoint stop = pointAt(path, path.stopMetres[s]);
        if (path.stopIsStation[s] && stop.aboveGround() > 0 &&
            glm::distance(glm::dvec2(stop.at), glm::dvec2(station.position)) < kAtPlatformMetres)
          station.position.z = std::max(station.position.z, stop.at.z + kAboveRoofMetres);
      }
  return out;
}

namespace {

ItemState stateOf(const city::Document& document, size_t overlay, size_t item, const std::optional<city::Date>& opens,
                  const city::Date& date, const std::set<std::string>& hidden) {
  city::OverlayItem piece;
  if (item != kNoItem) piece = document.overlays[overlay].items[item];
  if (opens) piece.opens = opens;
  return itemState(piece, date, hidden);
}

}  // namespace

LineDraws lineDraws(const LineShapes& shapes, const city::Document& document, const city::Date& date,
                    const city::Layers& layers, const city::Selection& selection) {
  LineDraws draws;
  if (!layers.metro) return draws;
  auto isSelected = [&](size_t overlay, size_t item) {
    return selection.kind == city::PickKind::MetroLine && item != kNoItem &&
           document.overlays[overlay].items[item].id == selection.id;
  };
  for (size_t i = 0; i < shapes.lines.size(); ++i) {
    const LineShape& line = shapes.lines[i];
    const ItemState state = stateOf(document, line.overlay, line.item, line.opens, date, layers.hiddenItems);
    // A tunnel that is not built yet is a line on the map.
    const bool down = layers.underground && state == ItemState::Open;
    if (line.underground ? down : (line.inTunnel || line.shaft) && !down) continue;
    if (state != ItemState::Hidden)
      draws.lines.push_back({i, state == ItemState::Planned, isSelected(line.overlay, line.item)});
  }
  // Planned ones first, so that they pass under what runs; the selected one on top.
  std::stable_sort(draws.lines.begin(), draws.lines.end(), [](const LineDraw& a, const LineDraw& b) {
    return std::pair(a.selected, !a.planned) < std::pair(b.selected, !b.planned);
  });
  for (size_t i = 0; i < shapes.stations.size(); ++i) {
    const Station& station = shapes.stations[i];
    StationDraw draw{.station = i, .planned = true};
    size_t open = 0, shown = 0;
    for (const Station::Stop& stop : station.stops) {
      const ItemState state = stateOf(document, stop.overlay, stop.item, stop.opens, date, layers.hiddenItems);
      if (state == ItemState::Hidden) continue;
      if (shown++ == 0 || (draw.planned && state == ItemState::Open)) draw.colour = stop.colour;
      if (state == ItemState::Open) ++open, draw.planned = false;
    }
    if (shown == 0) continue;
    draw.interchange = station.transfer || (draw.planned ? shown > 1 : open > 1);
    draw.selected = selection.kind == city::PickKind::Station && selection.id == station.id;
    draws.stations.push_back(draw);
  }
  return draws;
}

}  // namespace cm::frame
