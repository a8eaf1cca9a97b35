#include "frame/drape_shapes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "frame/themes.h"
#include "geo/ellipsoid.h"
#include "source/triangulate.h"

namespace cm::frame {
namespace {

using Rings = std::vector<std::vector<glm::dvec2>>;

constexpr float kGreenwayWidthMetres = 7;
constexpr float kMetroWidthMetres = 14;

//! Ground that projects add, sRGB, in drawing order: what lies lower first. In the looks tech and plan it has the colours that
//! the ground has there (shaders/shared/themes.glsl).
struct GroundClass {
  std::string_view name;
  glm::vec3 colour, tech, plan;
};
constexpr GroundClass kGroundClasses[] = {
    {"land", {0.89f, 0.875f, 0.845f}, {0.035f, 0.090f, 0.170f}, {0.945f, 0.935f, 0.905f}},
    {"green", {0.60f, 0.735f, 0.46f}, {0.035f, 0.165f, 0.170f}, {0.690f, 0.870f, 0.630f}},
    {"water", {0.42f, 0.64f, 0.74f}, {0.020f, 0.110f, 0.200f}, {0.620f, 0.800f, 0.880f}},
    {"plaza", {0.93f, 0.895f, 0.83f}, {0.060f, 0.140f, 0.230f}, {0.960f, 0.930f, 0.860f}},
    {"road", {0.62f, 0.62f, 0.62f}, {0.105f, 0.320f, 0.500f}, {1.0f, 0.998f, 0.990f}},
    {"path", {0.96f, 0.92f, 0.83f}, {0.090f, 0.230f, 0.340f}, {1.0f, 0.990f, 0.960f}},
};

constexpr glm::vec3 kDarkCasing{0.012f, 0.035f, 0.075f};

class Builder {
 public:
  Builder(const geo::EnuFrame& axes, double heightMetres, DrapeShapes& out)
      : enu_(axes), height_(heightMetres), out_(out) {}

  glm::dvec2 place(glm::dvec2 lonLat) const {
    return glm::dvec2(enu_.toEnu(geo::ecefFromGeodetic({lonLat.x, lonLat.y, height_})));
  }
  std::vector<glm::dvec2> places(const std::vector<glm::dvec2>& ring) const {
    std::vector<glm::dvec2> points;
    points.reserve(ring.size());
    for (const glm::dvec2& p : ring) points.push_back(place(p));
    return points;
  }
  std::vector<glm::dvec2> places(const std::vector<glm::dvec3>& line) const {
    std::vector<glm::dvec2> points;
    points.reserve(line.size());
    for (const glm::dvec3& p : line) points.push_back(place(glm::dvec2(p)));
    return points;
  }
  Rings places(const city::Polygon& polygon) const {
    Rings rings;
    for (const auto& ring : polygon) rings.push_back(places(ring));
    return rings;
  }

  void fill(DrapeShape shape, const Rings& rings, const std::string& what) {
    auto triangulation = source::triangulate(rings);
    if (!triangulation) {
      out_.problems.push_back(what + ": " + triangulation.error().text());
      return;
    }
    begin(shape);
    const auto base = static_cast<uint32_t>(out_.mesh.vertices.size());
    for (const glm::dvec2& p : triangulation->points) out_.mesh.vertices.push_back({glm::vec2(p), {0, 0}, 0, 0});
    for (uint32_t index : triangulation->triangles) out_.mesh.indices.push_back(base + index);
    shape.fill = true;
    end(shape);
  }
  void strip(DrapeShape shape, const std::vector<glm::dvec2>& points, bool closed) {
    begin(shape);
    appendStrip(points, closed, out_.mesh);
    end(shape);
  }
  void outlines(DrapeShape shape, const Rings& rings) {
    for (const auto& ring : rings) strip(shape, ring, true);
  }

 private:
  void begin(DrapeShape& shape) {
    shape.firstIndex = static_cast<uint32_t>(out_.mesh.indices.size());
    firstVertex_ = out_.mesh.vertices.size();
  }
  void end(DrapeShape shape) {
    shape.indexCount = static_cast<uint32_t>(out_.mesh.indices.size()) - shape.firstIndex;
    if (shape.indexCount == 0) return;
    shape.lo = glm::vec2(std::numeric_limits<float>::max());
    shape.hi = -shape.lo;
    for (size_t v = firstVertex_; v < out_.mesh.vertices.size(); ++v) {
      shape.lo = glm::min(shape.lo, out_.mesh.vertices[v].centre);
      shape.hi = glm::max(shape.hi, out_.mesh.vertices[v].centre);
    }
    out_.lo = out_.shapes.empty() ? shape.lo : glm::min(out_.lo, shape.lo);
    out_.hi = out_.shapes.empty() ? shape.hi : glm::max(out_.hi, shape.hi);
    out_.shapes.push_back(shape);
  }

  geo::EnuFrame enu_;
  double height_;
  DrapeShapes& out_;
  size_t firstVertex_ = 0;
};

//! The polygons of an area feature: each an outer ring and its holes.
std::vector<Rings> polygonsOf(const Builder& builder, const source::VectorFeature& feature) {
  std::vector<Rings> polygons;
  for (size_t i = 0; i < feature.parts.size(); ++i) {
    const bool starts =
        std::find(feature.polygonStarts.begin(), feature.polygonStarts.end(), i) != feature.polygonStarts.end();
    if (starts || polygons.empty()) polygons.emplace_back();
    polygons.back().push_back(builder.places(feature.parts[i]));
  }
  return polygons;
}

void addAdditionGround(Builder& builder, const city::Document& document, const VectorLayers& layers) {
  for (size_t p = 0; p < document.projects.size(); ++p) {
    const city::Project& project = document.projects[p];
    for (size_t a = 0; a < project.additions.size(); ++a) {
      auto layer = layers.find(project.additions[a].groundUri);
      if (layer == layers.end()) continue;
      for (const GroundClass& ground : kGroundClasses) {
        for (const source::VectorFeature& feature : layer->second.features) {
          if (feature.property("class") != ground.name) continue;
          DrapeShape shape{.kind = DrapeKind::Ground,
                           .owner = p,
                           .part = a,
                           .colour = ground.colour,
                           .ground = size_t(&ground - kGroundClasses)};
          if (feature.kind == source::GeometryKind::Area) {
            for (const Rings& rings : polygonsOf(builder, feature)) {
              builder.fill(shape, rings, layer->first);
              builder.outlines(shape, rings);  // without width of its own: it smooths the edge
            }
          } else if (feature.kind == source::GeometryKind::Line) {
            shape.widthMetres = ground.name == "road" ? 7.0f : 3.0f;
            for (const auto& part : feature.parts) builder.strip(shape, builder.places(part), false);
          }
        }
      }
    }
  }
}

size_t itemIndex(const city::Overlay& overlay, const std::string& id) {
  for (size_t i = 0; i < overlay.items.size(); ++i)
    if (overlay.items[i].id == id) return i;
  return kNoItem;
}

void addAreaOverlay(Builder& builder, const city::Overlay& overlay, size_t index, const source::VectorLayer& layer) {
  const bool district = overlay.kind == city::OverlayKind::District;
  for (const source::VectorFeature& feature : layer.features) {
    if (feature.kind != source::GeometryKind::Area) continue;
    const size_t item = itemIndex(overlay, feature.property("item"));
    glm::vec3 colour = colourFrom(feature.property("colour")).value_or(glm::vec3(0.42f, 0.47f, 0.55f));
    if (item != kNoItem) colour = overlay.items[item].colour;
    const DrapeShape shape{
        .kind = district ? DrapeKind::District : DrapeKind::Area, .owner = index, .part = item, .colour = colour};
    for (const Rings& rings : polygonsOf(builder, feature)) {
      if (!district) builder.fill(shape, rings, overlay.uri);
      builder.outlines(shape, rings);
    }
  }
}

void addProjects(Builder& builder, const city::Document& document, DrapeShapes& out) {
  for (DrapeKind kind : {DrapeKind::ProjectFill, DrapeKind::ProjectOutline}) {
    for (size_t p = 0; p < document.projects.size(); ++p) {
      const city::Project& project = document.projects[p];
      const DrapeShape shape{.kind = kind, .owner = p, .colour = colourOf(project.kind)};
      for (const city::Polygon& polygon : project.boundary) {
        const Rings rings = builder.places(polygon);
        if (kind == DrapeKind::ProjectOutline) {
          builder.outlines(shape, rings);
          continue;
        }
        builder.fill(shape, rings, "project " + project.id);
        out.touchables.push_back({{city::PickKind::Project, project.id}, kind, p, 0, rings, 0});
      }
    }
  }
}

//! Greenways, and metro lines whose data has no heights.
void addLineOverlay(Builder& builder, const city::Overlay& overlay, size_t index, const source::VectorLayer& layer,
                    DrapeShapes& out) {
  const bool metro = overlay.kind == city::OverlayKind::Metro;
  for (const source::VectorFeature& feature : layer.features) {
    if (feature.kind != source::GeometryKind::Line || (metro && feature.hasHeights)) continue;
    const size_t item = itemIndex(overlay, feature.property("item"));
    glm::vec3 colour = colourFrom(feature.property("colour"))
                           .value_or(item != kNoItem ? overlay.items[item].colour : glm::vec3(0.25f, 0.66f, 0.42f));
    float width = metro ? kMetroWidthMetres : kGreenwayWidthMetres;
    const std::string& asked = feature.property("width");
    if (!asked.empty()) std::from_chars(asked.data(), asked.data() + asked.size(), width);
    width = std::clamp(width, 1.0f, 60.0f);
    const DrapeShape shape{.kind = metro ? DrapeKind::Metro : DrapeKind::Greenway,
                           .owner = index,
                           .part = item,
                           .colour = colour,
                           .widthMetres = width};
    for (const auto& part : feature.parts) {
      const std::vector<glm::dvec2> raw = builder.places(part);
      std::vector<glm::dvec3> line;
      line.reserve(raw.size());
      for (const glm::dvec2& p : raw) line.emplace_back(p, 0);
      std::vector<glm::dvec2> points;
      for (const glm::dvec3& p : smoothed(line, 25)) points.emplace_back(p);
      builder.strip(shape, points, false);
      if (item != kNoItem)
        out.touchables.push_back(
            {{metro ? city::PickKind::MetroLine : city::PickKind::Greenway, overlay.items[item].id},
             shape.kind,
             index,
             item,
             {points},
             width});
    }
  }
}

}  // namespace

std::vector<std::string_view> groundClassNames() {
  std::vector<std::string_view> names;
  for (const GroundClass& ground : kGroundClasses) names.push_back(ground.name);
  return names;
}

DrapeShapes drapeShapes(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes) {
  DrapeShapes out;
  Builder builder(axes, document.origin.heightMetres, out);
  auto each = [&](auto&& wanted, auto&& add) {
    for (size_t i = 0; i < document.overlays.size(); ++i) {
      const city::Overlay& overlay = document.overlays[i];
      auto layer = layers.find(overlay.uri);
      if (wanted(overlay.kind) && layer != layers.end()) add(overlay, i, layer->second);
    }
  };
  using city::OverlayKind;
  each([](OverlayKind k) { return k == OverlayKind::Ground || k == OverlayKind::District; },
       [&](const city::Overlay& o, size_t i, const source::VectorLayer& l) { addAreaOverlay(builder, o, i, l); });
  addAdditionGround(builder, document, layers);
  addProjects(builder, document, out);
  for (OverlayKind kind : {OverlayKind::Greenway, OverlayKind::Metro})
    each(
        [&](OverlayKind k) { return k == kind; },
        [&](const city::Overlay& o, size_t i, const source::VectorLayer& l) { addLineOverlay(builder, o, i, l, out); });
  return out;
}

DrapeContent drapeContent(const Scene& scene, const Side& side, const city::Document& document) {
  DrapeContent content{.date = side.date,
                       .projects = side.to,
                       .projectAreas = scene.layers.projectAreas,
                       .greenways = scene.layers.greenways,
                       .metro = scene.layers.metro,
                       .hiddenItems = scene.layers.hiddenItems,
                       .look = themed(scene.look) ? scene.look : city::Look::Clay,
                       .selection = scene.selection};
  for (const city::Imagery& layer : document.imagery)
    content.imagery.push_back(layer.opacity > 0 && !scene.layers.hiddenItems.contains(layer.id));
  switch (content.selection.kind) {
    case city::PickKind::Project:
    case city::PickKind::Greenway:
    case city::PickKind::MetroLine: break;
    default: content.selection = {};
  }
  return content;
}

ItemState itemState(const city::OverlayItem& item, const city::Date& date, const std::set<std::string>& hiddenItems) {
  if (hiddenItems.contains(item.id)) return ItemState::Hidden;
  if (item.opens) return *item.opens <= date ? ItemState::Open : ItemState::Planned;
  return item.status == city::PlanStatus::Existing ? ItemState::Open : ItemState::Planned;
}

namespace {

glm::vec3 casingIn(city::Look look) { return look == city::Look::Tech ? kDarkCasing : glm::vec3(1); }

//! As light on a dark screen: what is dark would sink into it.
glm::vec3 colourIn(city::Look look, const DrapeShape& shape) {
  if (shape.kind != DrapeKind::Ground)
    return look == city::Look::Tech ? glm::mix(shape.colour, glm::vec3(0.75f, 0.95f, 1.0f), 0.18f) : shape.colour;
  const GroundClass& ground = kGroundClasses[shape.ground];
  return look == city::Look::Tech ? ground.tech : look == city::Look::Plan ? ground.plan : shape.colour;
}

void drawProject(const DrapeShape& shape, const city::Document& document, const DrapeContent& content, DrapeDraw draw,
                 std::vector<DrapeDraw>& draws) {
  const glm::vec3 colour = colourIn(content.look, shape);
  const bool selected =
      content.selection == city::Selection{city::PickKind::Project, document.projects[shape.owner].id};
  const bool shown = shape.owner < content.projects.size() && content.projects[shape.owner].shown;
  if (shape.kind == DrapeKind::ProjectFill) {
    draw.colour = glm::vec4(glm::mix(colour, glm::vec3(1), 0.1f), selected ? 0.34f : shown ? 0.14f : 0.20f);
    draws.push_back(draw);
    return;
  }
  // A soft glow, then the line itself: dashed while the project is not there.
  draw.halfWidthMetres = 2, draw.leastHalfWidthTexels = 4, draw.feather = 4;
  draw.colour = glm::vec4(glm::mix(colour, glm::vec3(1), 0.35f), selected ? 0.6f : 0.25f);
  draws.push_back(draw);
  draw.halfWidthMetres = selected ? 0.7f : 0.4f, draw.leastHalfWidthTexels = selected ? 2.0f : 1.4f, draw.feather = 1;
  draw.colour = glm::vec4(colour, 0.95f);
  if (!shown && !selected) draw.dashMetres = 4, draw.leastDashTexels = 7;
  draws.push_back(draw);
}

void drawBand(const DrapeShape& shape, const DrapeContent& content, const city::Document& document, DrapeDraw draw,
              std::vector<DrapeDraw>& casings, std::vector<DrapeDraw>& bands) {
  ItemState state = ItemState::Open;
  bool selected = false;
  if (shape.part != kNoItem) {
    const city::OverlayItem& item = document.overlays[shape.owner].items[shape.part];
    state = itemState(item, content.date, content.hiddenItems);
    selected = content.selection.kind != city::PickKind::Nothing && content.selection.kind != city::PickKind::Project &&
               content.selection.id == item.id;
  }
  if (state == ItemState::Hidden) return;
  const float half = shape.widthMetres * (selected ? 0.75f : 0.5f);
  const float least = selected ? 2.6f : 1.8f;
  draw.halfWidthMetres = half * 1.5f, draw.leastHalfWidthTexels = least + 0.9f;
  draw.colour = glm::vec4(casingIn(content.look), state == ItemState::Open ? 0.92f : 0.75f);
  casings.push_back(draw);
  draw.halfWidthMetres = half, draw.leastHalfWidthTexels = least;
  draw.colour = glm::vec4(colourIn(content.look, shape), 1.0f);
  if (state == ItemState::Planned) draw.dashMetres = shape.widthMetres * 3.2f, draw.leastDashTexels = 7;
  bands.push_back(draw);
}

}  // namespace

std::vector<DrapeDraw> drapeDraws(const DrapeShapes& shapes, const city::Document& document,
                                  const DrapeContent& content) {
  std::vector<DrapeDraw> draws, casings, bands;
  for (const DrapeShape& shape : shapes.shapes) {
    const glm::vec3 colour = colourIn(content.look, shape);
    DrapeDraw draw{.firstIndex = shape.firstIndex, .indexCount = shape.indexCount, .lo = shape.lo, .hi = shape.hi};
    switch (shape.kind) {
      case DrapeKind::Ground:
        if (shape.owner >= content.projects.size() || shape.part >= content.projects[shape.owner].additions.size() ||
            !content.projects[shape.owner].additions[shape.part])
          break;
        draw.colour = glm::vec4(colour, 1.0f);
        draw.halfWidthMetres = shape.widthMetres * 0.5f, draw.leastHalfWidthTexels = 0.5f;
        draws.push_back(draw);
        break;
      case DrapeKind::Area:
      case DrapeKind::District: {
        if (shape.part != kNoItem && itemState(document.overlays[shape.owner].items[shape.part], content.date,
                                               content.hiddenItems) == ItemState::Hidden)
          break;
        draw.colour = glm::vec4(colour, shape.fill ? 0.25f : 0.55f);
        draw.halfWidthMetres = 2, draw.leastHalfWidthTexels = 0.6f;
        if (shape.kind == DrapeKind::District) draw.dashMetres = 60, draw.leastDashTexels = 8;
        draws.push_back(draw);
        break;
      }
      case DrapeKind::ProjectFill:
      case DrapeKind::ProjectOutline:
        if (content.projectAreas) drawProject(shape, document, content, draw, draws);
        break;
      case DrapeKind::Greenway:
        if (content.greenways) drawBand(shape, content, document, draw, casings, bands);
        break;
      case DrapeKind::Metro:
        if (content.metro) drawBand(shape, content, document, draw, casings, bands);
        break;
    }
  }
  // All casings under all bands: where two greenways meet they join instead of cutting each other.
  draws.insert(draws.end(), casings.begin(), casings.end());
  draws.insert(draws.end(), bands.begin(), bands.end());
  return draws;
}

city::Selection drapeHit(const DrapeShapes& shapes, const city::Document& document, const DrapeContent& content,
                         glm::dvec2 place, double toleranceMetres) {
  city::Selection line, area;
  double nearest = toleranceMetres, smallest = 1e300;
  for (const DrapeShapes::Touchable& touchable : shapes.touchables) {
    if (touchable.kind == DrapeKind::ProjectFill) {
      if (!content.projectAreas || !city::contains(touchable.rings, place)) continue;
      glm::dvec2 lo(1e300), hi(-1e300);
      for (const glm::dvec2& p : touchable.rings.front()) lo = glm::min(lo, p), hi = glm::max(hi, p);
      const double size = (hi.x - lo.x) * (hi.y - lo.y);
      if (size < smallest) smallest = size, area = touchable.selection;
      continue;
    }
    if (touchable.kind == DrapeKind::Greenway ? !content.greenways : !content.metro) continue;
    const city::OverlayItem& item = document.overlays[touchable.owner].items[touchable.part];
    if (itemState(item, content.date, content.hiddenItems) == ItemState::Hidden) continue;
    const double distance = distanceToLine(touchable.rings.front(), place) - touchable.widthMetres * 0.5;
    if (distance < nearest) nearest = distance, line = touchable.selection;
  }
  return line.kind != city::PickKind::Nothing ? line : area;
}

std::optional<glm::vec3> colourFrom(std::string_view hex) {
  uint32_t value = 0;
  if (hex.size() != 7 || hex[0] != '#') return std::nullopt;
  const auto [end, error] = std::from_chars(hex.data() + 1, hex.data() + 7, value, 16);
  if (error != std::errc() || end != hex.data() + 7) return std::nullopt;
  return glm::vec3((value >> 16) & 255, (value >> 8) & 255, value & 255) / 255.0f;
}

glm::vec3 colourOf(city::ProjectKind kind) {
  using city::ProjectKind;
  switch (kind) {
    case ProjectKind::OldCommunity: return {0.91f, 0.56f, 0.33f};
    case ProjectKind::VillageInCity: return {0.85f, 0.42f, 0.42f};
    case ProjectKind::HistoricQuarter: return {0.74f, 0.55f, 0.29f};
    case ProjectKind::Waterfront: return {0.20f, 0.60f, 0.72f};
    case ProjectKind::IndustrialHeritage: return {0.52f, 0.45f, 0.74f};
    case ProjectKind::Park: return {0.38f, 0.66f, 0.36f};
    case ProjectKind::Transport: return {0.33f, 0.48f, 0.74f};
    case ProjectKind::Other: break;
  }
  return {0.50f, 0.56f, 0.62f};
}

}  // namespace cm::frame
