//! What a mesh must satisfy, measured after points within a millimetre are made one.
#pragma once

#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "tiling/geometry.h"

namespace cm::tiling::test {

struct Weld {
  std::vector<glm::dvec3> points;
  std::vector<std::array<int, 3>> triangles;  // none with two equal corners

  explicit Weld(const SurfaceMesh& mesh, double step = 2e-3) {
    // Neighbouring buckets are searched, so that points on both sides of a bucket's border are one, too.
    std::map<std::tuple<long, long, long>, int> buckets;
    std::vector<int> indexOf;
    for (const glm::vec3& p : mesh.positions) {
      const long x = std::lround(p.x / step), y = std::lround(p.y / step), z = std::lround(p.z / step);
      int found = -1;
      for (long i = -1; i <= 1 && found < 0; ++i)
        for (long j = -1; j <= 1 && found < 0; ++j)
          for (long k = -1; k <= 1 && found < 0; ++k)
            if (auto it = buckets.find({x + i, y + j, z + k}); it != buckets.end()) found = it->second;
      if (found < 0) {
        found = int(points.size());
        points.push_back(p);
        buckets[{x, y, z}] = found;
      }
      indexOf.push_back(found);
    }
    for (size_t i = 0; i + 2 < mesh.indices.size(); i += 3) {
      const std::array<int, 3> t{indexOf[mesh.indices[i]], indexOf[mesh.indices[i + 1]], indexOf[mesh.indices[i + 2]]};
      if (t[0] != t[1] && t[1] != t[2] && t[2] != t[0]) triangles.push_back(t);
    }
  }

  //! Edges that have no opposite, or more than one.
  std::vector<std::array<glm::dvec3, 2>> openEdges() const {
    std::map<std::pair<int, int>, int> uses;
    for (const auto& t : triangles)
      for (size_t k = 0; k < 3; ++k) ++uses[{t[k], t[(k + 1) % 3]}];
    std::vector<std::array<glm::dvec3, 2>> open;
    for (const auto& [edge, count] : uses) {
      auto back = uses.find({edge.second, edge.first});
      if (back == uses.end() || back->second != count)
        open.push_back({points[size_t(edge.first)], points[size_t(edge.second)]});
    }
    return open;
  }

  //! Of the solid between the mesh and the plane z = floor (open there).
  double volumeAbove(double floor) const {
    double sum = 0;
    for (const auto& t : triangles) {
      const glm::dvec3 a = points[size_t(t[0])], b = points[size_t(t[1])], c = points[size_t(t[2])];
      const double plan = ((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)) / 2;
      sum += plan * ((a.z + b.z + c.z) / 3 - floor);
    }
    return sum;
  }
};

//! Nothing open but along the foot.
inline testing::AssertionResult watertightButFor(const SurfaceMesh& mesh, double footZ) {
  for (const auto& [a, b] : Weld(mesh).openEdges())
    if (std::abs(a.z - footZ) > 0.005 || std::abs(b.z - footZ) > 0.005)
      return testing::AssertionFailure() << fmt::format("open edge ({:.3f} {:.3f} {:.3f}) - ({:.3f} {:.3f} {:.3f})",
                                                        a.x, a.y, a.z, b.x, b.y, b.z);
  return testing::AssertionSuccess();
}

//! Every stored normal agrees with its triangle's winding.
inline testing::AssertionResult normalsAgree(const SurfaceMesh& mesh) {
  for (size_t i = 0; i + 2 < mesh.indices.size(); i += 3) {
    const glm::vec3 a = mesh.positions[mesh.indices[i]], b = mesh.positions[mesh.indices[i + 1]],
                    c = mesh.positions[mesh.indices[i + 2]];
    const glm::vec3 n = glm::cross(b - a, c - a);
    if (glm::length(n) < 1e-4f) continue;
    for (size_t k = 0; k < 3; ++k)
      if (glm::dot(glm::normalize(n), mesh.normals[mesh.indices[i + k]]) < 0.5f)
        return testing::AssertionFailure()
               << fmt::format("triangle {} at ({:.2f} {:.2f} {:.2f}) turns away from its normal", i / 3, a.x, a.y, a.z);
  }
  return testing::AssertionSuccess();
}

inline Ring rectangle(double x0, double y0, double x1, double y1) { return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}; }

inline Ring turned(Ring ring, double degrees, glm::dvec2 to = {0, 0}) {
  const double c = std::cos(degrees * M_PI / 180), s = std::sin(degrees * M_PI / 180);
  for (glm::dvec2& p : ring) p = glm::dvec2(c * p.x - s * p.y, s * p.x + c * p.y) + to;
  return ring;
}

inline LocalBuilding building(Rings rings, float height, RoofShape roof = RoofShape::Flat, float roofHeight = 0) {
  LocalBuilding b;
  b.rings = std::move(rings);
  b.height = height;
  b.roof = roof;
  b.roofHeight = roofHeight;
  b.feature = 0;
  return b;
}

}  // namespace cm::tiling::test
