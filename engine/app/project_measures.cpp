#include "app/project_measures.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/text.h"
#include "geo/bounds.h"

namespace cm::app {
namespace {

bool contains(const std::vector<city::Polygon>& polygons, glm::dvec2 lonLat) {
  return std::any_of(polygons.begin(), polygons.end(),
                     [&](const city::Polygon& polygon) { return city::contains(polygon, lonLat); });
}

//! Even-odd over the rings of an area, on the level.
bool covers(const source::VectorFeature& feature, glm::dvec2 lonLat) {
  bool in = false;
  for (const auto& ring : feature.parts)
    for (size_t i = 0, k = ring.size() - 1; i < ring.size(); k = i++) {
      const glm::dvec3 &a = ring[i], &b = ring[k];
      if ((a.y > lonLat.y) != (b.y > lonLat.y) && lonLat.x < (b.x - a.x) * (lonLat.y - a.y) / (b.y - a.y) + a.x)
        in = !in;
    }
  return in;
}

double cross(glm::dvec2 a, glm::dvec2 b) { return a.x * b.y - a.y * b.x; }

}  // namespace

glm::dvec2 ProjectMeasures::Area::place(int cell) const {
  return lo + (hi - lo) * (glm::dvec2(cell % kCells, cell / kCells) + 0.5) / double(kCells);
}

ProjectMeasures::ProjectMeasures(const city::Document& document, const frame::VectorLayers& layers,
                                 const geo::EnuFrame& axes)
    : document_(document), axes_(axes) {
  for (const city::Project& project : document.projects) {
    Area area;
    area.lo = glm::dvec2(1e12), area.hi = glm::dvec2(-1e12);
    for (const city::Polygon& polygon : project.boundary)
      for (const auto& ring : polygon)
        for (const glm::dvec2 at : ring) {
          const glm::dvec2 enu(axes.toEnu(geo::ecefFromGeodetic({at.x, at.y, document.origin.heightMetres})));
          area.lo = glm::min(area.lo, enu);
          area.hi = glm::max(area.hi, enu);
        }
    if (area.lo.x < area.hi.x && area.lo.y < area.hi.y) {
      area.inside.resize(kCells * kCells);
      area.planned.resize(kCells * kCells);
      // Between its corners the area counts as flat: over five kilometres that moves a cell by a metre.
      glm::dvec2 corners[2][2];
      for (int y : {0, 1})
        for (int x : {0, 1}) {
          const glm::dvec3 corner(x ? area.hi.x : area.lo.x, y ? area.hi.y : area.lo.y, 0);
          const geo::Geodetic at = geo::geodeticFromEcef(axes.toEcef(corner));
          corners[y][x] = {at.lonDegrees, at.latDegrees};
        }
      for (int cell = 0; cell < kCells * kCells; ++cell) {
        const glm::dvec2 share = (area.place(cell) - area.lo) / (area.hi - area.lo);
        const glm::dvec2 lonLat = glm::mix(glm::mix(corners[0][0], corners[0][1], share.x),
                                           glm::mix(corners[1][0], corners[1][1], share.x), share.y);
        area.inside[cell] = contains(project.boundary, lonLat);
        if (!area.inside[cell]) continue;
        for (const city::Addition& addition : project.additions) {
          const auto layer = layers.find(addition.groundUri);
          if (layer == layers.end()) continue;
          for (const source::VectorFeature& feature : layer->second.features)  // later ones lie on top
            if (feature.kind == source::GeometryKind::Area && covers(feature, lonLat))
              area.planned[cell] = feature.property("class") == "green" ? Ground::Green : Ground::Other;
        }
      }
    }
    areas_.push_back(std::move(area));
  }
}

void ProjectMeasures::add(tiles::TileId tile, const source::MeshContent& content) {
  OfTile& of = tiles_[tile];
  of.clear();
  const glm::dmat4 enuFromContent = axes_.enuFromEcef * content.ecefFromContent;
  glm::dvec2 lo(1e12), hi(-1e12);
  for (int corner = 0; corner < 8; ++corner) {
    const glm::dvec3 at(corner & 1 ? content.hi.x : content.lo.x, corner & 2 ? content.hi.y : content.lo.y,
                        corner & 4 ? content.hi.z : content.lo.z);
    const glm::dvec2 enu(enuFromContent * glm::dvec4(at, 1));
    lo = glm::min(lo, enu);
    hi = glm::max(hi, enu);
  }
  std::vector<size_t> near;
  for (size_t p = 0; p < areas_.size(); ++p)
    if (!areas_[p].empty() && glm::all(glm::lessThan(lo, areas_[p].hi)) && glm::all(glm::greaterThan(hi, areas_[p].lo)))
      near.push_back(p);
  if (near.empty()) return;
  for (const size_t p : near) of[p];
  measureBuildings(content, of);
  measureGround(content, near, of);
  ++generation_;
}

void ProjectMeasures::measureBuildings(const source::MeshContent& content, OfTile& out) const {
  const source::FeatureTable& features = content.features;
  // What of a building looks up, seen from above, is its footprint: roofs do not overlap each other.
  std::vector<double> footprints(features.size(), 0);
  std::vector<bool> building(features.size(), false);
  for (const source::Part& part : content.parts) {
    if (part.topology != source::Topology::Triangles) continue;
    for (uint32_t i = part.firstIndex; i + 2 < part.firstIndex + part.indexCount; i += 3) {
      const source::Vertex& a = content.vertices[content.indices[i]];
      const uint32_t feature = a.featureAndSurface & source::kNoFeature;
      const auto surface = static_cast<source::Surface>(a.featureAndSurface >> 24);
      if (feature >= features.size() || source::isGround(surface) || surface == source::Surface::Structure) continue;
      building[feature] = true;
      const glm::dvec2 origin(a.position);
      const double twice = cross(glm::dvec2(content.vertices[content.indices[i + 1]].position) - origin,
                                 glm::dvec2(content.vertices[content.indices[i + 2]].position) - origin);
      if (twice > 0) footprints[feature] += twice / 2;
    }
  }
  const source::Column* heights = features.column("height");
  const auto* metres = heights ? std::get_if<std::vector<double>>(&heights->values) : nullptr;
  for (size_t i = 0; i < features.size(); ++i) {
    if (!building[i] || i >= features.lo.size()) continue;
    const glm::vec3 middle = (features.lo[i] + features.hi[i]) * 0.5f;
    const geo::Geodetic at =
        geo::geodeticFromEcef(glm::dvec3(content.ecefFromContent * glm::dvec4(glm::dvec3(middle), 1)));
    const glm::dvec2 lonLat(at.lonDegrees, at.latDegrees);
    for (auto& [p, measured] : out) {
      const city::Project& project = document_.projects[p];
      if (!contains(project.boundary, lonLat)) continue;
      Standing standing{.id = hash64(features.ids[i]), .footprint = footprints[i]};
      standing.height =
          metres && i < metres->size() && (*metres)[i] > 0 ? (*metres)[i] : double(features.hi[i].z - features.lo[i].z);
      for (const city::Removal& removal : project.removals)
        standing.leaves |= contains(removal.inside, lonLat) ||
                           std::find(removal.featureIds.begin(), removal.featureIds.end(), features.ids[i]) !=
                               removal.featureIds.end();
      measured.buildings.push_back(standing);
    }
  }
}

void ProjectMeasures::measureGround(const source::MeshContent& content, const std::vector<size_t>& near,
                                    OfTile& out) const {
  const glm::dmat4 enuFromContent = axes_.enuFromEcef * content.ecefFromContent;
  for (const source::Part& part : content.parts) {
    if (part.topology != source::Topology::Triangles || part.indexCount < 3) continue;
    const uint32_t first = content.vertices[content.indices[part.firstIndex]].featureAndSurface;
    if (!source::isGround(static_cast<source::Surface>(first >> 24))) continue;
    for (uint32_t i = part.firstIndex; i + 2 < part.firstIndex + part.indexCount; i += 3) {
      glm::dvec2 corners[3];
      for (uint32_t k = 0; k < 3; ++k)
        corners[k] =
            glm::dvec2(enuFromContent * glm::dvec4(glm::dvec3(content.vertices[content.indices[i + k]].position), 1));
      const double whole = cross(corners[1] - corners[0], corners[2] - corners[0]);
      if (whole <= 0) continue;  // seen from below, or edge on
      const auto surface = static_cast<source::Surface>(content.vertices[content.indices[i]].featureAndSurface >> 24);
      const Ground kind = surface == source::Surface::Green ? Ground::Green : Ground::Other;
      const glm::dvec2 lo = glm::min(glm::min(corners[0], corners[1]), corners[2]),
                       hi = glm::max(glm::max(corners[0], corners[1]), corners[2]);
      for (const size_t p : near) {
        const Area& area = areas_[p];
        const glm::dvec2 perCell = (area.hi - area.lo) / double(kCells);
        const glm::ivec2 from = glm::clamp(glm::ivec2(glm::floor((lo - area.lo) / perCell)), 0, kCells - 1),
                         to = glm::clamp(glm::ivec2(glm::floor((hi - area.lo) / perCell)), 0, kCells - 1);
        if (glm::any(glm::greaterThan(lo, area.hi)) || glm::any(glm::lessThan(hi, area.lo))) continue;
        std::vector<Ground>& ground = out[p].ground;
        if (ground.empty()) ground.resize(kCells * kCells);
        for (int y = from.y; y <= to.y; ++y)
          for (int x = from.x; x <= to.x; ++x) {
            const int cell = y * kCells + x;
            if (!area.inside[cell]) continue;
            const glm::dvec2 at = area.place(cell);
            const bool in = cross(corners[1] - corners[0], at - corners[0]) >= 0 &&
                            cross(corners[2] - corners[1], at - corners[1]) >= 0 &&
                            cross(corners[0] - corners[2], at - corners[2]) >= 0;
            if (in) ground[cell] = std::max(ground[cell], kind);
          }
      }
    }
  }
}

//! Appends the finest tiles that are here and cover the place together; false where a part of it is not here at all.
bool ProjectMeasures::cover(const tiles::TileTree& tree, tiles::TileId id, size_t project,
                            std::vector<const Measured*>& out, bool& partial) const {
  const tiles::Tile& tile = tree.tiles[id];
  const Area& area = areas_[project];
  const glm::dvec2 middle = (area.lo + area.hi) * 0.5, from(axes_.toEnu(geo::centreOf(tile.bounds)));
  if (glm::distance(middle, from) > glm::length(area.hi - area.lo) * 0.5 + geo::radiusOf(tile.bounds)) return true;
  const size_t kept = out.size();
  bool finer = !tile.children.empty();
  for (const tiles::TileId child : tile.children) finer = finer && cover(tree, child, project, out, partial);
  if (finer && tile.refine == source::Refine::Replace) return true;
  if (!finer) out.resize(kept);
  const auto mine = tiles_.find(id);
  if (mine == tiles_.end()) return finer;
  if (const auto measured = mine->second.find(project); measured != mine->second.end()) {
    out.push_back(&measured->second);
    partial |= !finer && !tile.children.empty();
  }
  return true;
}

ui::ModelFigures ProjectMeasures::figures(
    size_t project, const tiles::TileTree& tree,
    const std::map<std::pair<size_t, size_t>, tiles::TilesetId>& tilesetOfAddition) const {
  ui::ModelFigures model;
  if (project >= areas_.size() || areas_[project].empty()) return model;
  std::vector<const Measured*> today, added;
  std::vector<tiles::TilesetId> additions;
  for (const auto& [key, tileset] : tilesetOfAddition)
    if (key.first == project) additions.push_back(tileset);
  for (size_t i = 0; i < tree.tilesets.size(); ++i) {
    const bool mine = std::find(additions.begin(), additions.end(), i) != additions.end();
    const bool others = !mine && i >= document_.tilesets.size();
    if (others) continue;
    const tiles::TileId root = tree.tilesets[i].root;
    if (root == tiles::kNoTile || !cover(tree, root, project, mine ? added : today, model.partial)) return model;
  }
  struct Sum {
    double buildings = 0, floor = 0;
    void add(const Standing& standing) {
      ++buildings;
      floor += standing.footprint * std::max(1.0, std::round(standing.height / ui::kStoreyMetres));
    }
  };
  Sum before, after;
  std::unordered_map<uint64_t, bool> counted;  // a building on the border of two tiles is one
  std::vector<Ground> ground(areas_[project].inside.size(), Ground::Unknown);
  for (const Measured* measured : today) {
    for (const Standing& standing : measured->buildings) {
      if (!counted.emplace(standing.id, true).second) continue;
      before.add(standing);
      if (!standing.leaves) after.add(standing);
    }
    for (size_t cell = 0; cell < measured->ground.size(); ++cell)
      ground[cell] = std::max(ground[cell], measured->ground[cell]);
  }
  for (const Measured* measured : added)
    for (const Standing& standing : measured->buildings)
      if (counted.emplace(standing.id, true).second) after.add(standing);
  double known = 0, green = 0, greenAfter = 0;
  for (size_t cell = 0; cell < ground.size(); ++cell) {
    if (ground[cell] == Ground::Unknown) continue;
    ++known;
    green += ground[cell] == Ground::Green;
    const Ground planned = areas_[project].planned[cell];
    greenAfter += (planned == Ground::Unknown ? ground[cell] : planned) == Ground::Green;
  }
  if (before.buildings + after.buildings > 0) {
    model.figures.push_back({{"建筑", "Buildings"}, {"栋", ""}, before.buildings, after.buildings});
    model.figures.push_back({{"建筑面积", "Floor area"},
                             {"万 ㎡", "× 10,000 m²"},
                             std::round(before.floor / 100) / 100,
                             std::round(after.floor / 100) / 100});
  }
  if (known > 0)
    model.figures.push_back({{"绿地占比", "Green ground"},
                             {"%", "%"},
                             std::round(1000 * green / known) / 10,
                             std::round(1000 * greenAfter / known) / 10});
  return model;
}

}  // namespace cm::app
