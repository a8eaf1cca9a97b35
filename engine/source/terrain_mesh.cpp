//! A quantized mesh as a mesh of ours: in a frame of its own, with normals, skirts, and only the quarter that is asked for.
#include <algorithm>
#include <cmath>
#include <exception>

#include "geo/ellipsoid.h"
#include "source/feature_data.h"
#include "source/terrain.h"

namespace cm::source {
namespace {

// As CesiumJS has it (5 times the error of the level): deep enough for any crack between neighbours of different levels.
constexpr double kSkirtErrors = 5;
// Linear. The colour that the tiler gives to land of no particular use.
constexpr glm::vec3 kLand{0.385f, 0.375f, 0.340f};

//! Shares of the rectangle's width and height, and of the way from the lowest to the highest.
struct Point {
  glm::dvec3 at{0};
  glm::dvec3 normal{0};  // ECEF, of any length
};

struct Triangles {
  std::vector<Point> points;
  std::vector<uint32_t> indices;
};

class TerrainMesher {
 public:
  TerrainMesher(const QuantizedMesh& mesh, const TerrainRef& ref) : mesh_(mesh), ref_(ref) {
    const uint32_t up = ref.cut ? 1 : 0;
    rectangle_ = terrainRectangle(*ref.layer, ref.level - up, ref.x >> up, ref.y >> up);
  }

  Result<TerrainTile> build() {
    readPoints();
    if (mesh_.normals.empty()) computeNormals();
    if (ref_.cut) cut();
    TerrainTile tile;
    tile.bounds = terrainRectangle(*ref_.layer, ref_.level, ref_.x, ref_.y);
    tile.bounds.minHeight = mesh_.minHeight;
    tile.bounds.maxHeight = mesh_.maxHeight;
    if (auto placed = place(tile); !placed) return placed.error();
    return tile;
  }

 private:
  glm::dvec3 ecefOf(const glm::dvec3& at, double sunkMetres = 0) const {
    return geo::ecefFromGeodetic({std::lerp(rectangle_.west, rectangle_.east, at.x) / geo::kDegree,
                                  std::lerp(rectangle_.south, rectangle_.north, at.y) / geo::kDegree,
                                  std::lerp(mesh_.minHeight, mesh_.maxHeight, at.z) - sunkMetres});
  }

  void readPoints() {
    surface_.indices = mesh_.indices;
    surface_.points.resize(mesh_.vertices.size());
    for (size_t i = 0; i < mesh_.vertices.size(); ++i) {
      const auto& [u, v, height] = mesh_.vertices[i];
      surface_.points[i].at = glm::dvec3(u, v, height) / double{QuantizedMesh::kLargest};
      if (!mesh_.normals.empty())
        surface_.points[i].normal =
            octDecoded(std::to_integer<int>(mesh_.normals[2 * i]), std::to_integer<int>(mesh_.normals[2 * i + 1]), 255);
    }
  }

  //! Of the triangles around, each by its area.
  void computeNormals() {
    std::vector<glm::dvec3> ecef(surface_.points.size());
    for (size_t i = 0; i < ecef.size(); ++i) ecef[i] = ecefOf(surface_.points[i].at);
    for (size_t i = 0; i + 2 < surface_.indices.size(); i += 3) {
      const uint32_t a = surface_.indices[i], b = surface_.indices[i + 1], c = surface_.indices[i + 2];
      const glm::dvec3 across = glm::cross(ecef[b] - ecef[a], ecef[c] - ecef[a]);
      for (const uint32_t corner : {a, b, c}) surface_.points[corner].normal += across;
    }
    for (size_t i = 0; i < ecef.size(); ++i)
      if (const double length = glm::length(surface_.points[i].normal); length > 0)
        surface_.points[i].normal /= length;
      else
        surface_.points[i].normal = glm::normalize(ecef[i]);
  }

  //! The quarter's part of the rectangle. A row's middle latitude is not the middle of its rows' in Mercator.
  void cut() {
    const geo::Region part = terrainRectangle(*ref_.layer, ref_.level, ref_.x, ref_.y);
    const double height = rectangle_.north - rectangle_.south;
    low_ = {ref_.x & 1 ? 0.5 : 0, ref_.y & 1 ? (part.south - rectangle_.south) / height : 0};
    high_ = {ref_.x & 1 ? 1 : 0.5, ref_.y & 1 ? 1 : (part.north - rectangle_.south) / height};
    Triangles kept;
    std::vector<uint32_t> keptAs(surface_.points.size(), kNone);
    std::vector<Point> polygon, clipped;
    for (size_t i = 0; i + 2 < surface_.indices.size(); i += 3) {
      const std::array<uint32_t, 3> corners = {surface_.indices[i], surface_.indices[i + 1], surface_.indices[i + 2]};
      bool inside = true;
      polygon.clear();
      for (const uint32_t corner : corners) {
        const Point& point = surface_.points[corner];
        polygon.push_back(point);
        for (int axis = 0; axis < 2; ++axis)
          inside = inside && point.at[axis] >= low_[axis] && point.at[axis] <= high_[axis];
      }
      if (inside) {
        for (const uint32_t corner : corners) {
          if (keptAs[corner] == kNone) {
            keptAs[corner] = static_cast<uint32_t>(kept.points.size());
            kept.points.push_back(surface_.points[corner]);
          }
          kept.indices.push_back(keptAs[corner]);
        }
        continue;
      }
      for (int axis = 0; axis < 2; ++axis) {
        clip(polygon, clipped, axis, low_[axis], 1);
        clip(clipped, polygon, axis, high_[axis], -1);
      }
      const auto first = static_cast<uint32_t>(kept.points.size());
      if (polygon.size() >= 3) kept.points.insert(kept.points.end(), polygon.begin(), polygon.end());
      for (uint32_t corner = 2; corner < polygon.size(); ++corner)
        for (const uint32_t offset : {0u, corner - 1, corner}) kept.indices.push_back(first + offset);
    }
    surface_ = std::move(kept);
  }

  //! Keeps what lies on the side of `limit` that `sign` points to (Sutherland and Hodgman 1974).
  static void clip(const std::vector<Point>& in, std::vector<Point>& out, int axis, double limit, double sign) {
    out.clear();
    for (size_t i = 0; i < in.size(); ++i) {
      const Point &from = in[i], &to = in[(i + 1) % in.size()];
      const bool fromIn = (from.at[axis] - limit) * sign >= 0, toIn = (to.at[axis] - limit) * sign >= 0;
      if (fromIn) out.push_back(from);
      if (fromIn == toIn) continue;
      // Always from the lesser end: the triangle on the other side of this edge gets the same point.
      const Point &a = from.at[axis] < to.at[axis] ? from : to, &b = from.at[axis] < to.at[axis] ? to : from;
      const double share = (limit - a.at[axis]) / (b.at[axis] - a.at[axis]);
      Point between{glm::mix(a.at, b.at, share), glm::mix(a.normal, b.normal, share)};
      between.at[axis] = limit;
      out.push_back(between);
    }
  }

  Result<void> place(TerrainTile& tile) {
    MeshContent& out = tile.mesh;
    std::vector<glm::dvec3> ecef(surface_.points.size());
    std::vector<uint32_t> sunkFrom;
    double lowest = 1, highest = 0;
    for (size_t i = 0; i < ecef.size(); ++i) {
      ecef[i] = ecefOf(surface_.points[i].at);
      lowest = std::min(lowest, surface_.points[i].at.z);
      highest = std::max(highest, surface_.points[i].at.z);
    }
    out.indices = surface_.indices;
    addSkirts(out.indices, sunkFrom);
    if (ecef.size() + sunkFrom.size() > kMaxContentVertices)
      return makeError("{} vertices are more than a tile can hold", grouped(ecef.size() + sunkFrom.size()));
    if (ecef.empty()) return {};
    tile.bounds.minHeight = std::lerp(mesh_.minHeight, mesh_.maxHeight, lowest);
    tile.bounds.maxHeight = std::lerp(mesh_.minHeight, mesh_.maxHeight, highest);
    const geo::Geodetic middle = {(tile.bounds.west + tile.bounds.east) / 2 / geo::kDegree,
                                  (tile.bounds.south + tile.bounds.north) / 2 / geo::kDegree,
                                  (tile.bounds.minHeight + tile.bounds.maxHeight) / 2};
    const geo::EnuFrame frame = geo::enuFrameAt(middle);
    out.ecefFromContent = frame.ecefFromEnu;
    const double skirtMetres = kSkirtErrors * terrainErrorMetres(*ref_.layer, ref_.level);
    out.vertices.resize(ecef.size() + sunkFrom.size());
    for (size_t i = 0; i < out.vertices.size(); ++i) {
      const bool sunk = i >= ecef.size();
      const Point& point = surface_.points[sunk ? sunkFrom[i - ecef.size()] : i];
      Vertex& vertex = out.vertices[i];
      vertex.position = glm::vec3(frame.toEnu(sunk ? ecefOf(point.at, skirtMetres) : ecef[i]));
      vertex.featureAndSurface = static_cast<uint32_t>(Surface::Ground) << 24 | kNoFeature;
      // A skirt is lit as the ground above it: it is there to close a crack without being seen.
      glm::dvec3 normal = glm::normalize(glm::dmat3(frame.enuFromEcef) * point.normal);
      if (!std::isfinite(normal.x + normal.y + normal.z)) normal = {0, 0, 1};
      for (int k = 0; k < 3; ++k)
        vertex.normal[static_cast<size_t>(k)] = static_cast<int8_t>(std::lround(normal[k] * 127));
      for (int k = 0; k < 3; ++k) vertex.colour[static_cast<size_t>(k)] = static_cast<uint8_t>(kLand[k] * 255 + 0.5f);
      vertex.colour[3] = 255;
      out.lo = i == 0 ? vertex.position : glm::min(out.lo, vertex.position);
      out.hi = i == 0 ? vertex.position : glm::max(out.hi, vertex.position);
    }
    Material material;
    material.name = "cm:ground";
    out.materials.push_back(std::move(material));
    if (!out.indices.empty())
      out.parts.push_back({0, static_cast<uint32_t>(out.indices.size()), 0, Topology::Triangles});
    return {};
  }

  //! A wall down from each edge of a triangle that lies on a side of the tile. `sunkFrom`: the points to be had again, lower.
  void addSkirts(std::vector<uint32_t>& indices, std::vector<uint32_t>& sunkFrom) const {
    const auto& points = surface_.points;
    std::vector<uint32_t> sunkAs(points.size(), kNone);
    const auto sunk = [&](uint32_t point) {
      if (sunkAs[point] == kNone) {
        sunkAs[point] = static_cast<uint32_t>(points.size() + sunkFrom.size());
        sunkFrom.push_back(point);
      }
      return sunkAs[point];
    };
    for (size_t i = 0; i < surface_.indices.size(); ++i) {
      const uint32_t a = surface_.indices[i], b = surface_.indices[i % 3 == 2 ? i - 2 : i + 1];
      bool onSide = false;
      for (int axis = 0; axis < 2; ++axis)
        for (const double side : {low_[axis], high_[axis]})
          onSide = onSide || (points[a].at[axis] == side && points[b].at[axis] == side);
      if (!onSide) continue;
      for (const uint32_t corner : {a, sunk(a), sunk(b), a, sunk(b), b}) indices.push_back(corner);
    }
  }

  static constexpr uint32_t kNone = 0xffffffff;
  const QuantizedMesh& mesh_;
  const TerrainRef& ref_;
  geo::Region rectangle_;        // of the whole content
  glm::dvec2 low_{0}, high_{1};  // of it, what is kept
  Triangles surface_;
};

}  // namespace

Result<TerrainTile> decodeTerrain(std::span<const std::byte> bytes, const std::string& uri, const TerrainRef& ref) {
  try {
    auto mesh = parseQuantizedMesh(bytes);
    if (!mesh) return mesh.error().within("{}", uri);
    auto tile = TerrainMesher(*mesh, ref).build();
    if (!tile) return tile.error().within("{}", uri);
    TerrainRef known = ref;
    if (!mesh->metadata.empty()) {
      auto document = JsonDocument::parse(asBytes(mesh->metadata));
      if (document) {
        const auto levels = document->root()["available"].items();
        known.available = std::make_shared<const TerrainAvailability>(
            TerrainAvailability{ref.available, ref.level + 1, readRanges(levels, ref.layer->mercator, ref.level + 1)});
      } else {
        tile->mesh.warnings.push_back(fmt::format("{}: metadata: {}", uri, document.error().text()));
      }
    }
    tile->children = terrainChildren(known, tile->bounds);
    return tile;
  } catch (const std::exception& failure) {  // allocation
    return makeError("{}: {}", uri, failure.what());
  }
}

}  // namespace cm::source
