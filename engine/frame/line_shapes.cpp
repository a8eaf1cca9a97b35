#include "frame/line_shapes.h"

#include <algorithm>
#include <charconv>

#include "frame/drape_shapes.h"
#include "frame/polyline.h"
#include "geo/ellipsoid.h"

namespace cm::frame {
namespace {

constexpr double kAboveGroundMetres = 4;  // where the data gives the ground's height
constexpr double kStepMetres = 40;
constexpr double kOneStationMetres = 400;

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

  void line(LineShape shape, const std::vector<glm::dvec3>& part) {
    std::vector<glm::dvec3> places;
    places.reserve(part.size());
    for (const glm::dvec3& p : part) places.push_back(place(p, true));
    shape.points = smoothed(places, kStepMetres);
    if (shape.points.size() < 2) return;
    shape.origin = shape.points.front();
    shape.firstIndex = static_cast<uint32_t>(out.indices.size());
    double along = 0;
    for (size_t i = 0; i < shape.points.size(); ++i) {
      if (i > 0) along += glm::distance(shape.points[i - 1], shape.points[i]);
      const auto base = static_cast<uint32_t>(out.vertices.size());
      auto at = [&](size_t k) { return glm::vec3(shape.points[k] - shape.origin); };
      for (float side : {1.0f, -1.0f})
        out.vertices.push_back({at(i), at(i > 0 ? i - 1 : i), at(std::min(i + 1, shape.points.size() - 1)), side,
                                static_cast<float>(along)});
      if (i > 0)
        for (uint32_t v : {base - 2, base - 1, base, base, base - 1, base + 1}) out.indices.push_back(v);
    }
    shape.indexCount = static_cast<uint32_t>(out.indices.size()) - shape.firstIndex;
    out.lines.push_back(std::move(shape));
  }

  void station(const source::VectorFeature& feature, Station::Stop stop) {
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
      other.stops.push_back(stop);
      return;
    }
    found.stops.push_back(stop);
    out.stations.push_back(std::move(found));
  }
};

}  // namespace

LineShapes lineShapes(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes) {
  LineShapes out;
  Builder builder{axes, document.origin.heightMetres, out};
  for (size_t o = 0; o < document.overlays.size(); ++o) {
    const city::Overlay& overlay = document.overlays[o];
    auto layer = layers.find(overlay.uri);
    if (layer == layers.end() || (overlay.kind != city::OverlayKind::Metro && overlay.kind != city::OverlayKind::Rail))
      continue;
    for (const source::VectorFeature& feature : layer->second.features) {
      size_t item = kNoItem;
      for (size_t i = 0; i < overlay.items.size(); ++i)
        if (overlay.items[i].id == feature.property("item")) item = i;
      glm::vec3 colour(0.45f);
      if (item != kNoItem) colour = overlay.items[item].colour;
      colour = colourFrom(feature.property("colour")).value_or(colour);
      const std::optional<city::Date> opens = dateIn(feature, "opens");
      if (feature.kind == source::GeometryKind::Line && feature.hasHeights)
        for (const auto& part : feature.parts)
          builder.line({.overlay = o, .item = item, .opens = opens, .colour = colour}, part);
      if (feature.kind == source::GeometryKind::Point &&
          (feature.property("kind") == "station" || feature.property("kind").empty()))
        builder.station(feature, {o, item, opens, colour});
    }
  }
  for (Station& station : out.stations) {
    double nearest = kOneStationMetres;
    for (const LineShape& line : out.lines)
      for (size_t i = 1; i < line.points.size(); ++i) {
        const double distance = glm::distance(line.points[i], station.position);
        if (distance >= nearest) continue;
        nearest = distance;
        station.along = glm::normalize(line.points[i] - line.points[i - 1]);
      }
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
