#include "frame/sun_shadows.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "frame/casters.h"
#include "frame/hash.h"
#include "frame/rail_pass.h"
#include "frame/view.h"

namespace cm::frame {
namespace {

// The sun seems this wide (radians): a little wider than it is, as under a light haze; it softens shadows with their length.
constexpr double kSunRadius = 0.011;
constexpr double kLowestSun = 0.03;        // sine of its elevation; below it there are no shadows to see
constexpr double kFarthestMetres = 14000;  // farther shadows are narrower than a pixel, and hazy

bool wanted(const PassContext& pass, const Casting& casting, std::span<const SideDraws> draws) {
  // In rain and snow a twentieth of the sun is left: nobody sees where it does not reach.
  return pass.scene.layers.shadows && pass.scene.weather.rain < 1 && pass.scene.weather.snow < 1 &&
         pass.scene.look != city::Look::Tech && casting.sun.z > kLowestSun && !draws.empty();
}

unsigned sets(const PassContext& pass) {
  unsigned count = 1;
  for (const SideView& side : pass.sides) count = std::max(count, side.shadowIndex + 1);
  return count;
}

std::array<ShadowRegion, shared::kCascades> regionsFor(const View& view, std::span<const SideDraws> draws,
                                                       const glm::dmat3& light) {
  double distance = 100, low = 1e9, high = -1e9;
  for (const SideDraws& side : draws) {
    for (const PlacedTile* tile : side.tiles) {
      const glm::dvec3 middle = (tile->loEnu + tile->hiEnu) * 0.5;
      const double radius = glm::length(tile->hiEnu - tile->loEnu) * 0.5;
      distance = std::max(distance, glm::dot(middle - view.eyeEnu, view.forward) + radius);
      low = std::min(low, tile->loEnu.z);
      high = std::max(high, tile->hiEnu.z);
    }
  }
  if (low > high) low = high = 0;
  return wantedRegions(view, light, low, high, std::min(distance, kFarthestMetres));
}

//! Cascades in order: the near map is placed in the world, the far one by the near one (their axes are the same).
void setPlace(shared::FrameUniforms& uniforms, unsigned side, unsigned cascade, const glm::mat4& textureFromWorld) {
  glm::mat4& near = uniforms.shadowFromWorld[side];
  if (cascade == 0) {
    near = textureFromWorld;
    return;
  }
  for (int axis = 0; axis < 3; ++axis) {
    int along = 0;  // the world axis this one follows most
    for (int i = 1; i < 3; ++i)
      if (std::abs(near[i][axis]) > std::abs(near[along][axis])) along = i;
    const float scale = textureFromWorld[along][axis] / near[along][axis];
    uniforms.farScale[side][axis] = scale;
    uniforms.farOffset[side][axis] = textureFromWorld[3][axis] - near[3][axis] * scale;
  }
}

DrawList castersIn(PassContext& pass, const Casting& casting, const SideView& side, const ShadowRegion& region) {
  const auto tiles = castersOf(pass.residency, casting.placed, casting.axes, *side.side, region);
  return buildDraws(pass.arena, pass.view, tiles, casting.visibility, side.slot, side.side->transition < 1,
                    DrawSet::Casters, pass.scene.layers.buildings);
}

//! Trees shade the near map only: in the other one they are smaller than its texels.
TreeCasters treesOf(const Casting& casting, const SideDraws& draws, unsigned cascade) {
  if (!casting.trees || cascade != 0) return {};
  return {casting.trees, casting.sites, draws.tiles};
}

void setSizes(shared::FrameUniforms& uniforms, const ShadowMaps& maps) {
  uniforms.sunDirection.w = 1;
  uniforms.shadowTexel = {1.0f / float(maps.size()), 0, 0, 0};
}

}  // namespace

SunShadows::SunShadows(gpu::Device& device, VkDescriptorSetLayout globals, VkDescriptorSetLayout records)
    : kept_(device, Resource::KeptShadows, globals, records),
      ofSample_(device, Resource::SampleShadows, globals, records) {}

uint32_t SunShadows::keep(PassContext& pass, const Casting& casting, std::span<const SideDraws> draws,
                          shared::FrameUniforms& uniforms) {
  const bool shadows = wanted(pass, casting, draws);
  kept_.prepare(pass.passes, shadows, sets(pass));
  if (kept_.fresh()) held_.fill({});
  if (!shadows) return 0;
  const auto regions = regionsFor(pass.view, draws, lightAxes(casting.sun));
  bool begun = false;
  uint32_t made = 0;
  for (const SideView& side : pass.sides) {
    if (side.shadowIndex != side.index) continue;
    for (unsigned cascade = 0; cascade < shared::kCascades; ++cascade) {
      const unsigned layer = side.shadowIndex * shared::kCascades + cascade;
      Held& map = held_[layer];
      const ShadowRegion region = keptOrNew(map.region, regions[cascade], kept_.size());
      Hash state, casters;
      state.add(casting.visibility.generation())
          .add(side.slot)
          .add(casting.trees ? casting.sites->laid(side.side->to) : 0)
          .add(casting.trees != nullptr)
          .add(pass.scene.layers.buildings);
      if (casting.rails) state.add(casting.rails->worksState(pass, side));
      if (side.side->transition < 1) state.add(side.side->transition);
      casters.add(pass.residency.generation());
      for (const PlacedTile* tile : draws[side.index].tiles) casters.add(tile->tile->tile);
      for (const tiles::TileId tile : side.side->cast) casters.add(tile);
      ++map.age;
      const bool stale = map.casters != casters.value() && map.age >= pass.scene.shadowPatience;
      if (!map.region || *map.region != region || map.state != state.value() || stale) {
        map = {region, state.value(), casters.value(), 0};
        const DrawList list = castersIn(pass, casting, side, region);
        if (!std::exchange(begun, true)) pass.passes.begin(pass.commands, Pass::KeptShadows);
        kept_.draw(pass, side, layer, list, region, casting.records, treesOf(casting, draws[side.index], cascade),
                   casting.rails);
        made += list.draws;
      }
      setPlace(uniforms, side.shadowIndex, cascade, textureFromWorld(region, pass.view.eyeEnu));
    }
  }
  setSizes(uniforms, kept_);
  return made;
}

uint32_t SunShadows::sample(PassContext& pass, const Casting& casting, std::span<const SideDraws> draws,
                            unsigned sample, shared::FrameUniforms& uniforms) {
  const bool shadows = wanted(pass, casting, draws);
  ofSample_.prepare(pass.passes, shadows, sets(pass));
  (void)ofSample_.fresh();
  if (!shadows) return 0;
  const glm::dmat3 straight = lightAxes(casting.sun);
  const auto regions = regionsFor(pass.view, draws, straight);
  const glm::dvec2 disc = glm::dvec2(sampleDisc(sample, pass.samples)) * kSunRadius;
  const glm::dmat3 axesOfSample = lightAxes(casting.sun + straight[0] * disc.x + straight[1] * disc.y);
  uint32_t made = 0;
  pass.passes.begin(pass.commands, Pass::SampleShadows);
  for (const SideView& side : pass.sides) {
    if (side.shadowIndex != side.index) continue;
    for (unsigned cascade = 0; cascade < shared::kCascades; ++cascade) {
      const unsigned layer = side.shadowIndex * shared::kCascades + cascade;
      const ShadowRegion region = turned(keptOrNew(std::nullopt, regions[cascade], ofSample_.size()), axesOfSample);
      const DrawList list = castersIn(pass, casting, side, region);
      ofSample_.draw(pass, side, layer, list, region, casting.records, treesOf(casting, draws[side.index], cascade),
                     casting.rails);
      made += list.draws;
      setPlace(uniforms, side.shadowIndex, cascade, textureFromWorld(region, pass.view.eyeEnu));
    }
  }
  setSizes(uniforms, ofSample_);
  return made;
}

}  // namespace cm::frame
