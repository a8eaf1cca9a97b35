#include "frame/surroundings.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace cm::frame {
namespace {

constexpr glm::vec4 kLand{0.385f, 0.375f, 0.34f, 0.0f};

// Terrain of a country or of the Earth has no border in sight, and the plane beyond must not lie over its lowlands.
constexpr double kBorderlessMetres = 300e3, kBelowAllLandMetres = -500;

double heightOf(const residency::ResidentTile& tile, const glm::vec3& place) {
  return geo::geodeticFromEcef(glm::dvec3(tile.ecefFromContent * glm::dvec4(glm::dvec3(place), 1))).heightMetres;
}

//! Ellipsoidal height of the ground at the tile's border: that of a quarter of it is lower.
double borderHeight(const residency::ResidentTile& tile) {
  std::vector<double> heights;
  for (size_t i = 0; i < tile.border.weights.size(); ++i)
    if (tile.border.weights[i] > 0) heights.push_back(heightOf(tile, tile.border.places[i]));
  if (heights.empty()) return heightOf(tile, {(glm::vec2(tile.lo) + glm::vec2(tile.hi)) * 0.5f, tile.lo.z});
  const auto at = heights.begin() + std::ptrdiff_t(heights.size() / 4);
  std::nth_element(heights.begin(), at, heights.end());
  return *at;
}

//! Sectors without anything take what is nearest around the circle; then each is softened by its neighbours.
void fillSectors(std::array<glm::vec4, shared::kSectors>& colours, const std::array<float, shared::kSectors>& weights) {
  const auto given = colours;
  constexpr int kCount = shared::kSectors;
  for (int i = 0; i < kCount; ++i) {
    if (weights[size_t(i)] > 0) continue;
    colours[size_t(i)] = kLand;
    for (int away = 1; away <= kCount / 2; ++away) {
      const auto left = size_t((i + kCount - away) % kCount), right = size_t((i + away) % kCount);
      if (weights[left] <= 0 && weights[right] <= 0) continue;
      colours[size_t(i)] = weights[left] > 0 ? given[left] : given[right];
      break;
    }
  }
}

}  // namespace

Surroundings surroundingsOf(const residency::Residency& residency, const tiles::TileTree* tree,
                            const geo::EnuFrame& axes, double defaultHeightMetres) {
  Surroundings result;
  result.heightMetres = defaultHeightMetres;
  const residency::ResidentTile* root = nullptr;
  double size = 0;
  std::optional<double> water;
  for (const tiles::TileId id : residency.residents()) {
    const residency::ResidentTile& tile = *residency.tile(id);
    const double extent = glm::length(glm::dvec2(tile.hi) - glm::dvec2(tile.lo));
    const bool deep = tree && id < tree->tiles.size() && tree->tiles[id].depth > 2;
    if (tile.water && !deep) {
      const double height = heightOf(tile, *tile.water);
      water = std::min(water.value_or(height), height);
    }
    if (extent <= size) continue;
    root = &tile;
    size = extent;
  }
  if (!root) {
    result.colours.fill(kLand);
    return result;
  }
  if (size > kBorderlessMetres)
    result.heightMetres = kBelowAllLandMetres;
  else
    result.heightMetres = water ? *water : borderHeight(*root);
  const glm::dvec3 centre = (glm::dvec3(root->lo) + glm::dvec3(root->hi)) * 0.5;
  result.centreEnu = axes.toEnu(glm::dvec3(root->ecefFromContent * glm::dvec4(centre, 1)));
  result.radiusMetres = size * 0.5;
  for (size_t i = 0; i < result.colours.size(); ++i) {
    const float weight = root->border.weights[i];
    result.colours[i] = weight > 0 ? root->border.colours[i] / weight : glm::vec4(0);
  }
  fillSectors(result.colours, root->border.weights);
  return result;
}

}  // namespace cm::frame
