#include <utility>

#include "base/check.h"
#include "gpu/access.h"
#include "gpu/device.h"

namespace cm::gpu {

Offscreen::Offscreen(Device& device, VkExtent2D extent, VkFormat format)
    : device_(device),
      image_(
          device,
          {.extent = extent,
           .format = format,
           .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_SAMPLED_BIT},
          "offscreen target") {}

Target Offscreen::target() {
  return {.image = image_.handle(),
          .view = image_.view(),
          .extent = image_.description().extent,
          .format = image_.description().format,
          .finalLayout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL};
}

std::vector<uint8_t> Offscreen::read() {
  const auto [width, height] = image_.description().extent;
  Buffer buffer(device_, VkDeviceSize(width) * height * 4, VK_BUFFER_USAGE_TRANSFER_DST_BIT, true, "picture readback");
  const VkCommandPoolCreateInfo poolInfo{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                         .queueFamilyIndex = device_.queueFamily()};
  VkCommandPool pool = VK_NULL_HANDLE;
  CM_CHECK(vkCreateCommandPool(device_.handle(), &poolInfo, nullptr, &pool) == VK_SUCCESS, "command pool");
  const VkCommandBufferAllocateInfo allocate{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                             .commandPool = pool,
                                             .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                             .commandBufferCount = 1};
  VkCommandBuffer commands = VK_NULL_HANDLE;
  vkAllocateCommandBuffers(device_.handle(), &allocate, &commands);
  const VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                       .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
  vkBeginCommandBuffer(commands, &begin);
  // The frame left it in TRANSFER_SRC_OPTIMAL and made its writes available to copies.
  AccessState state;
  use(commands, buffer.handle(), state, Access::CopyTo);
  const VkBufferImageCopy region{.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                 .imageExtent = {width, height, 1}};
  vkCmdCopyImageToBuffer(commands, image_.handle(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, buffer.handle(), 1, &region);
  use(commands, buffer.handle(), state, Access::Host);
  vkEndCommandBuffer(commands);
  const bool done = device_.wait(device_.submit(commands, {}, {}));
  vkDestroyCommandPool(device_.handle(), pool, nullptr);
  if (!done || device_.state() == DeviceState::Lost) return {};
  const auto* bytes = reinterpret_cast<const uint8_t*>(buffer.mapped());
  std::vector<uint8_t> pixels(bytes, bytes + buffer.size());
  const VkFormat format = image_.description().format;
  if (format == VK_FORMAT_B8G8R8A8_UNORM || format == VK_FORMAT_B8G8R8A8_SRGB)
    for (size_t i = 0; i + 3 < pixels.size(); i += 4) std::swap(pixels[i], pixels[i + 2]);
  return pixels;
}

}  // namespace cm::gpu
