//! What a pass does with an image or a buffer, and the barrier that follows from what was done with it before. Deriving is a
//! pure function on values; recording belongs to the loop's thread.
#pragma once

#include <vulkan/vulkan.h>

#include <cstdint>
#include <optional>

namespace cm::gpu {

enum class Access : uint8_t {
  Colour,        // attachment, written and blended over
  Depth,         // attachment, tested and written
  Sampled,       // by fragment shaders
  CopyTo,        // by copies and clears
  CopyFrom,
  Vertices,      // vertex and index buffers
  Records,       // storage buffers of vertex shaders
  Host,          // read by the processor once the frame is done
  Present,
};

struct AccessRule {
  VkImageLayout layout = VK_IMAGE_LAYOUT_UNDEFINED;   // buffers have none
  VkPipelineStageFlags2 stages = 0;
  VkAccessFlags2 reads = 0, writes = 0;
};
const AccessRule& ruleOf(Access access);

//! What has been done so far. As it begins: nothing, and its content is undefined.
struct AccessState {
  VkImageLayout layout = VK_IMAGE_LAYOUT_UNDEFINED;
  VkPipelineStageFlags2 writers = 0;                  // of the last write, or of the last change of layout
  VkAccessFlags2 written = 0;
  VkPipelineStageFlags2 readers = 0;                  // since then
  VkAccessFlags2 seen = 0;                            // and how they read it
};

struct Barrier {
  VkImageLayout from = VK_IMAGE_LAYOUT_UNDEFINED, to = VK_IMAGE_LAYOUT_UNDEFINED;
  VkPipelineStageFlags2 fromStages = 0, toStages = 0;
  VkAccessFlags2 fromAccess = 0, toAccess = 0;
  bool operator==(const Barrier&) const = default;
};

//! What must stand before `next`, nothing where it may follow at once; `state` then holds `next` as done. `discards`: what is
//! there need not be kept.
std::optional<Barrier> derive(AccessState& state, Access next, bool discards = false);
//! The same for a buffer, which has no layout.
std::optional<Barrier> deriveBuffer(AccessState& state, Access next);

void record(VkCommandBuffer commands, const Barrier& barrier, VkImage image, VkImageAspectFlags aspect);
void record(VkCommandBuffer commands, const Barrier& barrier, VkBuffer buffer);

//! For an image or a buffer that only one place touches: derived and recorded in one.
void use(VkCommandBuffer commands, VkImage image, AccessState& state, Access next, bool discards = false);
void use(VkCommandBuffer commands, VkBuffer buffer, AccessState& state, Access next);

}  // namespace cm::gpu
