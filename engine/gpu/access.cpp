#include "gpu/access.h"

#include <array>

namespace cm::gpu {
namespace {

constexpr VkPipelineStageFlags2 kTests =
    VK_PIPELINE_STAGE_2_EARLY_FRAGMENT_TESTS_BIT | VK_PIPELINE_STAGE_2_LATE_FRAGMENT_TESTS_BIT;

constexpr std::array<AccessRule, 9> kRules{{
    {VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
     VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT, VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT},
    {VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL, kTests, VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_READ_BIT,
     VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT},
    {VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
     VK_ACCESS_2_SHADER_SAMPLED_READ_BIT, 0},
    {VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_PIPELINE_STAGE_2_COPY_BIT | VK_PIPELINE_STAGE_2_CLEAR_BIT, 0,
     VK_ACCESS_2_TRANSFER_WRITE_BIT},
    {VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, VK_PIPELINE_STAGE_2_COPY_BIT, VK_ACCESS_2_TRANSFER_READ_BIT, 0},
    {VK_IMAGE_LAYOUT_UNDEFINED, VK_PIPELINE_STAGE_2_VERTEX_INPUT_BIT,
     VK_ACCESS_2_VERTEX_ATTRIBUTE_READ_BIT | VK_ACCESS_2_INDEX_READ_BIT, 0},
    {VK_IMAGE_LAYOUT_UNDEFINED, VK_PIPELINE_STAGE_2_VERTEX_SHADER_BIT, VK_ACCESS_2_SHADER_STORAGE_READ_BIT, 0},
    {VK_IMAGE_LAYOUT_UNDEFINED, VK_PIPELINE_STAGE_2_HOST_BIT, VK_ACCESS_2_HOST_READ_BIT, 0},
    {VK_IMAGE_LAYOUT_PRESENT_SRC_KHR, VK_PIPELINE_STAGE_2_NONE, 0, 0},
}};

std::optional<Barrier> deriveAs(AccessState& state, const AccessRule& rule, bool discards) {
  const bool moves = state.layout != rule.layout;
  if (rule.writes == 0 && !moves) {
    const bool waited = (rule.stages & ~state.readers) == 0 && (rule.reads & ~state.seen) == 0;
    const bool needless = waited || state.writers == 0;
    state.readers |= rule.stages;
    state.seen |= rule.reads;
    if (needless) return std::nullopt;
    return Barrier{rule.layout, rule.layout, state.writers, rule.stages, state.written, rule.reads};
  }
  // Readers have waited for the write themselves: who comes behind them comes behind it.
  const bool read = state.readers != 0;
  const Barrier barrier{discards ? VK_IMAGE_LAYOUT_UNDEFINED : state.layout,
                        rule.layout,
                        read ? state.readers : state.writers,
                        rule.stages,
                        read ? VK_ACCESS_2_NONE : state.written,
                        rule.reads | rule.writes};
  state = {.layout = rule.layout, .writers = rule.stages, .written = rule.writes};
  if (rule.writes == 0) {
    state.readers = rule.stages;
    state.seen = rule.reads;
  }
  if (!moves && barrier.fromStages == 0) return std::nullopt;  // the first write to a buffer
  return barrier;
}

void recordOne(VkCommandBuffer commands, const VkImageMemoryBarrier2* image, const VkBufferMemoryBarrier2* buffer) {
  const VkDependencyInfo dependency{.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
                                    .bufferMemoryBarrierCount = buffer ? 1u : 0u,
                                    .pBufferMemoryBarriers = buffer,
                                    .imageMemoryBarrierCount = image ? 1u : 0u,
                                    .pImageMemoryBarriers = image};
  vkCmdPipelineBarrier2(commands, &dependency);
}

}  // namespace

const AccessRule& ruleOf(Access access) { return kRules[size_t(access)]; }

std::optional<Barrier> derive(AccessState& state, Access next, bool discards) {
  return deriveAs(state, ruleOf(next), discards);
}

std::optional<Barrier> deriveBuffer(AccessState& state, Access next) {
  AccessRule rule = ruleOf(next);
  rule.layout = VK_IMAGE_LAYOUT_UNDEFINED;
  return deriveAs(state, rule, false);
}

void record(VkCommandBuffer commands, const Barrier& barrier, VkImage image, VkImageAspectFlags aspect) {
  const VkImageMemoryBarrier2 info{
      .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2,
      .srcStageMask = barrier.fromStages,
      .srcAccessMask = barrier.fromAccess,
      .dstStageMask = barrier.toStages,
      .dstAccessMask = barrier.toAccess,
      .oldLayout = barrier.from,
      .newLayout = barrier.to,
      .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
      .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
      .image = image,
      .subresourceRange = {aspect, 0, VK_REMAINING_MIP_LEVELS, 0, VK_REMAINING_ARRAY_LAYERS}};
  recordOne(commands, &info, nullptr);
}

void record(VkCommandBuffer commands, const Barrier& barrier, VkBuffer buffer) {
  const VkBufferMemoryBarrier2 info{.sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER_2,
                                    .srcStageMask = barrier.fromStages,
                                    .srcAccessMask = barrier.fromAccess,
                                    .dstStageMask = barrier.toStages,
                                    .dstAccessMask = barrier.toAccess,
                                    .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                    .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                    .buffer = buffer,
                                    .size = VK_WHOLE_SIZE};
  recordOne(commands, nullptr, &info);
}

void use(VkCommandBuffer commands, VkImage image, AccessState& state, Access next, bool discards) {
  if (const auto barrier = derive(state, next, discards)) record(commands, *barrier, image, VK_IMAGE_ASPECT_COLOR_BIT);
}

void use(VkCommandBuffer commands, VkBuffer buffer, AccessState& state, Access next) {
  if (const auto barrier = deriveBuffer(state, next)) record(commands, *barrier, buffer);
}

}  // namespace cm::gpu
