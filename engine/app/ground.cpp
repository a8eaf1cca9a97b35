#include "app/ground.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cm::app {
namespace {

bool isGround(const source::Vertex& vertex) {
  return source::isGround(source::Surface(vertex.featureAndSurface >> 24));
}

}  // namespace

void GroundHeights::add(tiles::TileId tile, const source::MeshContent& content) {
  glm::dmat4 axesFromContent = axes_.enuFromEcef * content.ecefFromContent;
  glm::mat3 turn(axesFromContent);
  glm::vec3 shift(axesFromContent[3]);
  Patch patch;
  patch.lo = glm::vec2(std::numeric_limits<float>::max());
  patch.hi = -patch.lo;
  bool any = false;
  for (const source::Vertex& vertex : content.vertices) {
    if (!isGround(vertex)) continue;
    glm::vec3 p = turn * vertex.position + shift;
    patch.lo = glm::min(patch.lo, glm::vec2(p));
    patch.hi = glm::max(patch.hi, glm::vec2(p));
    any = true;
  }
  if (!any) return;
  patch.up.fill(std::numeric_limits<float>::quiet_NaN());
  glm::vec2 scale = float(kCells) / glm::max(patch.hi - patch.lo, glm::vec2(1e-3f));
  for (const source::Vertex& vertex : content.vertices) {
    if (!isGround(vertex)) continue;
    glm::vec3 p = turn * vertex.position + shift;
    glm::ivec2 cell = glm::clamp(glm::ivec2((glm::vec2(p) - patch.lo) * scale), 0, kCells - 1);
    float& up = patch.up[cell.y * kCells + cell.x];
    up = std::isnan(up) ? p.z : std::max(up, p.z);
  }
  patches_[tile] = patch;
}

std::optional<double> GroundHeights::at(glm::dvec2 eastNorth) const {
  glm::vec2 p(eastNorth);
  const Patch* best = nullptr;
  float bestArea = std::numeric_limits<float>::max();
  for (const auto& [tile, patch] : patches_) {
    if (p.x < patch.lo.x || p.y < patch.lo.y || p.x > patch.hi.x || p.y > patch.hi.y) continue;
    float area = (patch.hi.x - patch.lo.x) * (patch.hi.y - patch.lo.y);
    if (area < bestArea) {
      bestArea = area;
      best = &patch;
    }
  }
  if (!best) return std::nullopt;
  glm::ivec2 cell = glm::clamp(glm::ivec2((p - best->lo) / (best->hi - best->lo) * float(kCells)), 0, kCells - 1);
  // A cell of a big flat triangle may hold no vertex: look around it, further and further.
  for (int reach = 1; reach <= kCells; reach *= 2) {
    float up = std::numeric_limits<float>::quiet_NaN();
    for (int y = std::max(0, cell.y - reach); y <= std::min(kCells - 1, cell.y + reach); ++y)
      for (int x = std::max(0, cell.x - reach); x <= std::min(kCells - 1, cell.x + reach); ++x) {
        float here = best->up[y * kCells + x];
        if (!std::isnan(here)) up = std::isnan(up) ? here : std::max(up, here);
      }
    if (!std::isnan(up)) return up;
  }
  return std::nullopt;
}

}  // namespace cm::app
