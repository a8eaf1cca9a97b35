#include "frame/targets.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gpu/pipeline.h"

namespace cm::frame {

void beginScene(VkCommandBuffer commands, VkImageView colourView, VkImage colourImage, const gpu::Image& depth,
                const View& view, const glm::vec4* clear) {
  gpu::barrier(commands, {.image = colourImage,
                          .to = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                          .fromStage = VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT |
                                       VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT | VK_PIPELINE_STAGE_2_COPY_BIT,
                          .toStage = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                          .toAccess = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT});
  constexpr VkPipelineStageFlags2 kTests =
      VK_PIPELINE_STAGE_2_EARLY_FRAGMENT_TESTS_BIT | VK_PIPELINE_STAGE_2_LATE_FRAGMENT_TESTS_BIT;
  gpu::barrier(commands, {.image = depth.handle(),
                          .to = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                          .fromStage = VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT | kTests,
                          .toStage = kTests,
                          .fromAccess = VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT,
                          .toAccess = VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_READ_BIT |
                                      VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT,
                          .aspect = VK_IMAGE_ASPECT_DEPTH_BIT});
  VkRenderingAttachmentInfo colour{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                   .imageView = colourView,
                                   .imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                   .loadOp = clear ? VK_ATTACHMENT_LOAD_OP_CLEAR : VK_ATTACHMENT_LOAD_OP_DONT_CARE,
                                   .storeOp = VK_ATTACHMENT_STORE_OP_STORE};
  if (clear) colour.clearValue.color = {{clear->r, clear->g, clear->b, 1}};
  const VkRenderingAttachmentInfo depthInfo{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                            .imageView = depth.view(),
                                            .imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                                            .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
                                            .storeOp = VK_ATTACHMENT_STORE_OP_STORE,
                                            .clearValue = {.depthStencil = {0, 0}}};
  const VkRenderingInfo rendering{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                  .renderArea = {{0, 0}, view.part.extent},
                                  .layerCount = 1,
                                  .colorAttachmentCount = 1,
                                  .pColorAttachments = &colour,
                                  .pDepthAttachment = &depthInfo};
  vkCmdBeginRendering(commands, &rendering);
  setWholeViewport(commands, view);
}

void setWholeViewport(VkCommandBuffer commands, const View& view) {
  const VkOffset2D at = view.part.offset;
  const VkViewport viewport{-float(at.x), -float(at.y), float(view.extent.width), float(view.extent.height), 0, 1};
  vkCmdSetViewport(commands, 0, 1, &viewport);
}

namespace {

//! The part of a rectangle of the whole picture that the images hold, in their pixels.
VkRect2D within(const View& view, const VkRect2D& rectangle) {
  const auto cut = [](int32_t offset, uint32_t size, int32_t from, uint32_t most) {
    const int64_t low = std::clamp<int64_t>(int64_t(offset) - from, 0, most);
    const int64_t high = std::clamp<int64_t>(int64_t(offset) + size - from, low, most);
    return std::pair{int32_t(low), uint32_t(high - low)};
  };
  const auto [x, width] = cut(rectangle.offset.x, rectangle.extent.width, view.part.offset.x, view.part.extent.width);
  const auto [y, height] =
      cut(rectangle.offset.y, rectangle.extent.height, view.part.offset.y, view.part.extent.height);
  return {{x, y}, {width, height}};
}

}  // namespace

void setScissor(VkCommandBuffer commands, const View& view, const VkRect2D& rectangle) {
  const VkRect2D scissor = within(view, rectangle);
  vkCmdSetScissor(commands, 0, 1, &scissor);
}

void clearDepth(VkCommandBuffer commands, const View& view, const VkRect2D& rectangle) {
  const VkClearAttachment far{.aspectMask = VK_IMAGE_ASPECT_DEPTH_BIT, .clearValue = {.depthStencil = {0, 0}}};
  const VkClearRect area{.rect = within(view, rectangle), .layerCount = 1};
  if (area.rect.extent.width > 0 && area.rect.extent.height > 0) vkCmdClearAttachments(commands, 1, &far, 1, &area);
}

VkExtent2D extentAt(VkExtent2D whole, float resolution) {
  const auto part = [&](uint32_t size) {
    return std::clamp(uint32_t(std::lround(float(size) * resolution)), 1u, size);
  };
  return {part(whole.width), part(whole.height)};
}

void toColour(VkCommandBuffer commands, VkImage image, VkImageLayout from) {
  gpu::barrier(commands, {.image = image,
                          .from = from,
                          .to = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                          .fromStage = VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT |
                                       VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT | VK_PIPELINE_STAGE_2_COPY_BIT,
                          .toStage = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                          .fromAccess = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                          .toAccess = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT});
}

void toSampled(VkCommandBuffer commands, VkImage image, bool depth) {
  if (depth)
    gpu::barrier(commands, {.image = image,
                            .from = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                            .to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                            .fromStage = VK_PIPELINE_STAGE_2_EARLY_FRAGMENT_TESTS_BIT |
                                         VK_PIPELINE_STAGE_2_LATE_FRAGMENT_TESTS_BIT,
                            .toStage = VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
                            .fromAccess = VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT,
                            .toAccess = VK_ACCESS_2_SHADER_SAMPLED_READ_BIT,
                            .aspect = VK_IMAGE_ASPECT_DEPTH_BIT});
  else
    gpu::barrier(commands, {.image = image,
                            .from = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                            .to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                            .fromStage = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                            .toStage = VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
                            .fromAccess = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                            .toAccess = VK_ACCESS_2_SHADER_SAMPLED_READ_BIT});
}

void beginOver(VkCommandBuffer commands, VkImageView colourView, const gpu::Image& depth, const View& view) {
  gpu::memoryBarrier(commands, VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT, VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                     VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                     VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT);
  constexpr VkPipelineStageFlags2 kTests =
      VK_PIPELINE_STAGE_2_EARLY_FRAGMENT_TESTS_BIT | VK_PIPELINE_STAGE_2_LATE_FRAGMENT_TESTS_BIT;
  gpu::barrier(commands, {.image = depth.handle(),
                          .from = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                          .to = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                          .fromStage = VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
                          .toStage = kTests,
                          .fromAccess = VK_ACCESS_2_SHADER_SAMPLED_READ_BIT,
                          .toAccess = VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_READ_BIT |
                                      VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT,
                          .aspect = VK_IMAGE_ASPECT_DEPTH_BIT});
  const VkRenderingAttachmentInfo colour{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                         .imageView = colourView,
                                         .imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                         .loadOp = VK_ATTACHMENT_LOAD_OP_LOAD,
                                         .storeOp = VK_ATTACHMENT_STORE_OP_STORE};
  VkRenderingAttachmentInfo depthInfo = colour;
  depthInfo.imageView = depth.view();
  depthInfo.imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL;
  const VkRenderingInfo rendering{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                  .renderArea = {{0, 0}, view.part.extent},
                                  .layerCount = 1,
                                  .colorAttachmentCount = 1,
                                  .pColorAttachments = &colour,
                                  .pDepthAttachment = &depthInfo};
  vkCmdBeginRendering(commands, &rendering);
  setWholeViewport(commands, view);
}

void beginColour(VkCommandBuffer commands, VkImageView view, VkExtent2D extent, VkAttachmentLoadOp load) {
  const VkRenderingAttachmentInfo colour{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                         .imageView = view,
                                         .imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                         .loadOp = load,
                                         .storeOp = VK_ATTACHMENT_STORE_OP_STORE};
  const VkRect2D all{{0, 0}, extent};
  const VkRenderingInfo rendering{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                  .renderArea = all,
                                  .layerCount = 1,
                                  .colorAttachmentCount = 1,
                                  .pColorAttachments = &colour};
  vkCmdBeginRendering(commands, &rendering);
  const VkViewport viewport{0, 0, float(extent.width), float(extent.height), 0, 1};
  vkCmdSetViewport(commands, 0, 1, &viewport);
  vkCmdSetScissor(commands, 0, 1, &all);
}

void beginAgain(VkCommandBuffer commands, VkImageView view, VkExtent2D extent) {
  gpu::memoryBarrier(commands, VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT, VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                     VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                     VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT);
  beginColour(commands, view, extent, VK_ATTACHMENT_LOAD_OP_LOAD);
}

}  // namespace cm::frame
