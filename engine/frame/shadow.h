//! Shadow maps: two for each side, drawn from the sun over everything that can throw a shadow into the view, kept until the sun, the
//! casters, the scenario or the covered region change. Loop's thread.
#pragma once

#include <array>
#include <optional>

#include "frame/draws.h"
#include "frame/pass_context.h"
#include "frame/trees.h"
#include "shared/frame.h"

namespace cm::frame {

inline constexpr unsigned kMaxShadowSides = 2;
// 16-bit depth over a few kilometres is centimetres; 2048 texels are 8 MiB a map.
inline constexpr VkFormat kShadowFormat = VK_FORMAT_D16_UNORM;
inline constexpr float kShadowBiasConstant = -2.0f, kShadowBiasSlope = -1.8f;

class RailPass;

//! The square a map covers, across the light, and its depth range along it. Light axes: z towards the sun.
struct ShadowRegion {
  glm::dmat3 axes{1.0};            // columns x, y, z in the document's axes
  glm::dvec2 centre{0};            // in light axes
  double half = 0;                 // half the side's length, metres
  double low = 0, high = 0;        // along z
  bool operator==(const ShadowRegion&) const = default;
};

//! Light axes for a sun direction.
glm::dmat3 lightAxes(const glm::dvec3& sun);

//! What each cascade should cover for this eye: the parts of the view between heights `low` and `high` out to its distance.
std::array<ShadowRegion, shared::kCascades> wantedRegions(const View& view, const glm::dmat3& axes, double low, double high,
                                                          double farMetres);

//! Keeps `held` where it still covers `wanted` and is not much too large; else a snapped region with a margin.
ShadowRegion keptOrNew(const std::optional<ShadowRegion>& held, const ShadowRegion& wanted, unsigned mapSize);

//! Clip (and texture) coordinates from world; depth 1 is nearest to the sun.
glm::mat4 clipFromWorld(const ShadowRegion& region, const glm::dvec3& eyeEnu);
glm::mat4 textureFromWorld(const ShadowRegion& region, const glm::dvec3& eyeEnu);
//! The same region seen from a slightly different sun.
ShadowRegion turned(const ShadowRegion& region, const glm::dmat3& axes);

class ShadowMaps {
 public:
  //! `resource`: what passes call these maps.
  ShadowMaps(gpu::Device& device, Resource resource, VkDescriptorSetLayout globals, VkDescriptorSetLayout records);

  //! Makes the maps (lazily: a picture without shadows needs none).
  void prepare(Passes& passes, bool wanted, unsigned sides);
  //! Draws one map, once the pass of these maps has begun.
  void draw(PassContext& pass, const SideView& side, unsigned layer, const DrawList& casters, const ShadowRegion& region,
            VkDescriptorSet records, const TreeCasters& trees, RailPass* rails);

  VkImageView view() const { return image_.view(); }
  VkSampler sampler() const { return sampler_; }
  unsigned size() const { return image_ ? image_.description().extent.width : 1; }
  bool usable() const { return real_; }
  //! True once after prepare made new images: nothing that was drawn before is there.
  bool fresh() { return std::exchange(fresh_, false); }

 private:
  gpu::Device& device_;
  Resource resource_;
  gpu::Pipelines objects_;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  gpu::Pipeline pipelines_[2];
  VkSampler sampler_ = VK_NULL_HANDLE;
  gpu::Image image_;
  bool real_ = false, fresh_ = false;
};

}  // namespace cm::frame
