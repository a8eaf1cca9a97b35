#include "frame/targets.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cm::frame {

void beginScene(VkCommandBuffer commands, VkImageView colourView, const gpu::Image& depth, const View& view,
                const glm::vec4* clear) {
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

void beginOver(VkCommandBuffer commands, VkImageView colourView, const gpu::Image& depth, const View& view) {
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

}  // namespace cm::frame
