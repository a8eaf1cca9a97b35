//! The passes of a frame and what each of them reads and writes: the one table that all barriers of a frame follow from. A pass
//! begins with `Passes::begin`, outside any rendering, which records what must stand before it; nothing else records barriers.
//! Loop's thread.
#pragma once

#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "gpu/access.h"

namespace cm::frame {

enum class Resource : uint8_t {
  Records, NoDrape, Drape, Glyphs, KeptShadows, SampleShadows, Picture, Depth, Lens, LensDepth, NearGlow, FarGlow, Weathered, Mean,
  Fading, Target, SightBytes, PickIds, PickDepth, PickBytes,
};
inline constexpr size_t kResources = size_t(Resource::PickBytes) + 1;

enum class Pass : uint8_t {
  Records,         // changed feature records are copied
  NoDrape,         // once: what is sampled where nothing is draped
  Drape,           // levels of the clip-map
  Glyphs,          // new ones into the atlas
  KeptShadows,     // maps kept from frame to frame
  SampleShadows,   // maps of one sample of a still picture
  PlainScene,      // straight onto the target
  MovingScene,
  SampleScene,
  Lens,            // before one of these three is drawn: the sides in the lens, which read what it reads
  LensLaid,        // and then what they show is laid into it
  NearGlow,        // in the weather, the lights of a picture
  FarGlow,         // and those once more, wider
  Weather,         // the picture with the air in it
  Accumulate,      // a sample into the mean, or a moving one there that is to be enlarged
  ShowMoving,      // onto the target, with the labels
  ShowMean,
  FadePicture,     // a look chosen while another fades: what is left of the old picture goes into the moving one
  FadeMean,        // or into the mean
  Live,            // what lives, over a still picture
  Over,            // labels or the control layer, over what is on the target
  Sight, SightRead,  // depths of places, near the ground
  Pick, PickCopy, PickRead,
  Copyable,        // the target is handed over: to a copy
  Present,         // or to the screen
};
inline constexpr size_t kPasses = size_t(Pass::Present) + 1;

struct Use {
  Resource resource;
  gpu::Access access;
  bool discards = false;   // what was there before is not needed
};
//! What a pass declares.
std::span<const Use> usesOf(Pass pass);

bool isBuffer(Resource resource);

//! A barrier as it was recorded.
struct Recorded {
  Resource resource;
  VkImage image = VK_NULL_HANDLE;
  VkBuffer buffer = VK_NULL_HANDLE;
  gpu::Barrier barrier;
  bool operator==(const Recorded&) const = default;
};

class Passes {
 public:
  struct Begun {
    Pass pass;
    std::vector<Recorded> before;
    std::vector<std::pair<Resource, Resource>> moved;   // before them
  };

  //! A resource is this image from now on, of which nothing is known but that `readers` may still be at it. What a pass
  //! declares and nobody has made is left out: the pass will not touch it.
  void made(Resource resource, VkImage image, VkPipelineStageFlags2 readers = 0);
  void made(Resource resource, VkBuffer buffer);
  //! What `from` is goes on as `to`, with all that was done to it; `from` is nothing until it is made again.
  void move(Resource from, Resource to);
  VkBuffer buffer(Resource resource) const { return held_[size_t(resource)].buffer; }

  //! The barriers before a pass; it then counts as done.
  std::vector<Recorded> derive(Pass pass);
  //! Derives and records them.
  void begin(VkCommandBuffer commands, Pass pass);

  //! What has begun since the last `forget`, with the barriers recorded.
  std::span<const Begun> begun() const { return begun_; }
  void forget() { begun_.clear(); }

 private:
  struct Held {
    VkImage image = VK_NULL_HANDLE;
    VkBuffer buffer = VK_NULL_HANDLE;
    gpu::AccessState state;
  };
  std::array<Held, kResources> held_;
  std::vector<Begun> begun_;
  std::vector<std::pair<Resource, Resource>> moved_;   // since the last pass began
};

}  // namespace cm::frame
