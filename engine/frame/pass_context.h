//! What every pass of a frame is given: where to record, what the eye sees, memory that lives for one frame. Values and
//! references are good until the frame is submitted.
//!
//! "World" below and in all shaders is the frame of the document's origin (x east, y north, z up, metres), relative to the
//! eye: `View::relative(ecef)` goes there in double before it becomes float (DESIGN, decision 7). Depth is reversed, far is 0.
//! Scene pictures hold display colours: shaders write sRGB-encoded values into UNORM targets (shared/colour.glsl).
#pragma once

#include <vulkan/vulkan.h>

#include <cstring>
#include <glm/glm.hpp>
#include <span>
#include <vector>

#include "frame/frame.h"
#include "frame/passes.h"
#include "geo/ellipsoid.h"
#include "geo/eye.h"
#include "gpu/device.h"
#include "gpu/pipeline.h"
#include "residency/residency.h"

namespace cm::frame {

//! A piece of host-visible memory that the GPU may read during this frame (vertex, index, uniform, storage, indirect, copy).
struct Slice {
  VkBuffer buffer = VK_NULL_HANDLE;
  VkDeviceSize offset = 0;
  VkDeviceSize size = 0;
  std::byte* data = nullptr;
};

//! One entry of a descriptor set.
struct Binding {
  uint32_t binding = 0;
  VkDescriptorType type = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
  Slice slice;                                   // buffers
  VkImageView view = VK_NULL_HANDLE;             // images, with `sampler`
  VkSampler sampler = VK_NULL_HANDLE;
  VkImageLayout layout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
};

//! Bump allocation of buffer memory and descriptor sets; everything is forgotten when its frame comes round again.
class FrameArena {
 public:
  explicit FrameArena(gpu::Device& device);
  ~FrameArena();
  FrameArena(const FrameArena&) = delete;
  FrameArena& operator=(const FrameArena&) = delete;

  Slice allocate(VkDeviceSize size, VkDeviceSize alignment = 256);
  template <class T>
  Slice copy(std::span<const T> items, VkDeviceSize alignment = 256) {
    const Slice slice = allocate(items.size_bytes(), alignment);
    if (!items.empty()) std::memcpy(slice.data, items.data(), items.size_bytes());
    return slice;
  }
  template <class T>
  Slice copyOne(const T& item) {
    return copy(std::span<const T>(&item, 1));
  }
  VkDescriptorSet descriptors(VkDescriptorSetLayout layout, std::span<const Binding> bindings);
  //! The GPU is done with the frame that used it.
  void reset();

 private:
  struct Block {
    gpu::Buffer buffer;
    VkDeviceSize used = 0;
  };
  gpu::Device& device_;
  std::vector<Block> blocks_;
  size_t current_ = 0;
  std::vector<VkDescriptorPool> pools_;
  size_t pool_ = 0;
};

//! The eye as the frame uses it.
struct View {
  geo::EnuFrame axes;                            // at the document's origin
  glm::dvec3 eyeEnu{0};                          // in those axes
  glm::dvec3 forward{0}, right{0}, up{0};        // unit, in those axes
  double fovYRadians = 1;
  VkExtent2D extent{};                           // of the whole picture
  VkRect2D part{};                               // of it, what the target holds: all, but for a poster's bands
  float resolution = 1;                          // its size against the target's: below 1 while moving on slow machines, 2 in stills
  glm::vec3 upAtEye{0};                          // away from the Earth, in world axes
  float night = 0;                               // 0 by day .. 1 when it is dark
  double seaBelowMetres = 0;                     // height of the eye above the plane that ends the world
  double aboveOriginMetres = 0;                  // height of the eye above the ground of the document's origin
  glm::mat4 clipFromWorld{1};                    // reversed-Z, infinite, with this sample's sub-pixel offset
  glm::mat4 clipFromWorldCentred{1};             // without the offset: for labels and picking

  glm::vec3 relative(const glm::dvec3& ecef) const { return glm::vec3(axes.toEnu(ecef) - eyeEnu); }
  glm::vec3 relativeEnu(const glm::dvec3& enu) const { return glm::vec3(enu - eyeEnu); }
  //! Pixels from the top left and w (metres along the view direction); w <= 0 is behind the eye.
  glm::vec3 project(const glm::vec3& world) const {
    const glm::vec4 clip = clipFromWorldCentred * glm::vec4(world, 1.0f);
    const float w = clip.w > 1e-6f ? clip.w : 1e-6f;
    return {(clip.x / w * 0.5f + 0.5f) * float(extent.width), (clip.y / w * 0.5f + 0.5f) * float(extent.height), clip.w};
  }
};

//! One side of the picture while it is drawn; the scissor is already set when a pass's draw is called.
struct SideView {
  unsigned index = 0;                            // among this frame's sides
  unsigned slot = 0;
  unsigned shadowIndex = 0;                      // which shadow maps: sides of one state share them
  VkRect2D rectangle{};                          // its part of the target, pixels
  const Side* side = nullptr;
};

//! What is bound as descriptor set 0 in every pass that draws the scene, so that shaders can include shared/frame.glsl:
//! 0 FrameUniforms, 1 shadow maps, 2 DrapeUniforms, 3 the drape's texture array. Push constants: SidePush (shared/frame.h) in
//! bytes 0..31; a pass may use bytes 32..127 for itself.
struct SceneLayouts {
  VkDescriptorSetLayout globals = VK_NULL_HANDLE;
  VkFormat colour = VK_FORMAT_UNDEFINED;         // of scene pictures and of the target
  VkFormat depth = VK_FORMAT_D32_SFLOAT;
};

struct PassContext {
  gpu::Device& device;
  residency::Residency& residency;
  FrameArena& arena;
  Passes& passes;                                // what a pass that does not draw into an open rendering begins with
  VkCommandBuffer commands = VK_NULL_HANDLE;
  const View& view;
  const Scene& scene;
  std::span<const SideView> sides;
  const SceneLayouts& layouts;
  VkDescriptorSet globals = VK_NULL_HANDLE;      // set 0; bound by the pass, with its own pipeline layout
  unsigned sample = 0, samples = 1;              // of those averaged to one picture
};

// How the passes of the overlays are called, in this order (drape.h, overlay_lines.h, labels.h; each a class made with
// (gpu::Device&, const SceneLayouts&) and given setDocument(document, layers, axes)):
//   Drape::update(PassContext&)                 outside any rendering, before the scene: redraws what has changed, leaves its
//                                               image in SHADER_READ_ONLY_OPTIMAL
//   Drape::uniforms(PassContext&) -> Slice      DrapeUniforms for set 0 binding 2
//   Drape::view(), Drape::sampler()             for set 0 binding 3: a 2D array image view (a transparent 1x1 before the first use)
//   OverlayLines::draw(PassContext&, const SideView&)   inside the scene's rendering (layouts.colour + layouts.depth, depth
//                                               tested, not cleared), per side, after opaque and water; per sample when averaging
//   Labels::update(PassContext&)                outside any rendering, once a frame: lays out all sides, uploads new glyphs
//   Labels::draw(PassContext&, const SideView&) inside the final rendering on the target (layouts.colour, no depth), per side
//   Labels::wantsAnotherFrame() -> bool         glyphs in the making, or fading
//   Labels::waitForGlyphs()                     for pictures made without a window: the next frame shows all labels
//   Labels::hit / OverlayLines::hit(x, y) -> city::Selection   of what was drawn last; PickKind::Nothing where nothing is there
// GLSL: the ground's fragment shader calls `vec4 drapeAt(vec3 world, uint slot)` from shared/drape.glsl, premultiplied display
// colour before lighting; shared/drape.h holds DrapeUniforms for C++ and GLSL.

}  // namespace cm::frame
