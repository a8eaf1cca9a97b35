#include <utility>

#include "base/check.h"
#include "gpu/device.h"

namespace cm::gpu {

Buffer::Buffer(Device& device, VkDeviceSize size, VkBufferUsageFlags usage, bool hostVisible, const char* name)
    : device_(&device), size_(size) {
  const uint32_t families[] = {device.queueFamily(), device.transferFamily()};
  const bool shared = device.hasTransferQueue();
  const VkBufferCreateInfo info{.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                .size = size,
                                .usage = usage,
                                .sharingMode = shared ? VK_SHARING_MODE_CONCURRENT : VK_SHARING_MODE_EXCLUSIVE,
                                .queueFamilyIndexCount = shared ? 2u : 0u,
                                .pQueueFamilyIndices = families};
  // Random access, so that what the GPU writes (picks, pictures) can be read back at full speed.
  const VmaAllocationCreateInfo memory{
      .flags = hostVisible
                   ? VmaAllocationCreateFlags(VMA_ALLOCATION_CREATE_MAPPED_BIT | VMA_ALLOCATION_CREATE_HOST_ACCESS_RANDOM_BIT)
                   : 0,
      .usage = VMA_MEMORY_USAGE_AUTO,
      .requiredFlags = hostVisible ? VkMemoryPropertyFlags(VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) : 0};
  VmaAllocationInfo allocated{};
  const VkResult result = vmaCreateBuffer(device.allocator(), &info, &memory, &handle_, &allocation_, &allocated);
  if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY) {
    handle_ = VK_NULL_HANDLE;  // memory pressure is a state: the owner looks
    size_ = 0;
    return;
  }
  CM_CHECK(result == VK_SUCCESS, "buffer {} of {} bytes gave {}", name, size, int(result));
  mapped_ = static_cast<std::byte*>(allocated.pMappedData);
  device.setName(VK_OBJECT_TYPE_BUFFER, reinterpret_cast<uint64_t>(handle_), name);
}

Buffer::Buffer(Buffer&& other) noexcept { *this = std::move(other); }

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  if (this == &other) return *this;
  if (handle_) device_->retire(handle_, allocation_);
  device_ = other.device_;
  handle_ = std::exchange(other.handle_, VK_NULL_HANDLE);
  allocation_ = std::exchange(other.allocation_, VK_NULL_HANDLE);
  size_ = std::exchange(other.size_, 0);
  mapped_ = std::exchange(other.mapped_, nullptr);
  return *this;
}

Buffer::~Buffer() {
  if (handle_) device_->retire(handle_, allocation_);
}

bool isDepth(VkFormat format) { return format == VK_FORMAT_D32_SFLOAT || format == VK_FORMAT_D16_UNORM; }

Image::Image(Device& device, const ImageDescription& description, const char* name)
    : device_(&device), description_(description) {
  const uint32_t families[] = {device.queueFamily(), device.transferFamily()};
  const bool shared = device.hasTransferQueue() && (description.usage & VK_IMAGE_USAGE_TRANSFER_DST_BIT);
  const VkImageCreateInfo info{.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                               .imageType = VK_IMAGE_TYPE_2D,
                               .format = description.format,
                               .extent = {description.extent.width, description.extent.height, 1},
                               .mipLevels = description.mipLevels,
                               .arrayLayers = description.layers,
                               .samples = description.samples,
                               .tiling = VK_IMAGE_TILING_OPTIMAL,
                               .usage = description.usage,
                               .sharingMode = shared ? VK_SHARING_MODE_CONCURRENT : VK_SHARING_MODE_EXCLUSIVE,
                               .queueFamilyIndexCount = shared ? 2u : 0u,
                               .pQueueFamilyIndices = families};
  const VmaAllocationCreateInfo memory{.usage = VMA_MEMORY_USAGE_AUTO};
  const VkResult result = vmaCreateImage(device.allocator(), &info, &memory, &handle_, &allocation_, nullptr);
  CM_CHECK(result == VK_SUCCESS, "image {} of {}x{} gave {}", name, info.extent.width, info.extent.height, int(result));
  device.setName(VK_OBJECT_TYPE_IMAGE, reinterpret_cast<uint64_t>(handle_), name);

  constexpr VkImageUsageFlags kViewed = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT |
                                        VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_STORAGE_BIT;
  if (!(description.usage & kViewed)) return;
  const bool array = description.layers > 1 || description.arrayView;
  VkImageViewCreateInfo view{.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO,
                             .image = handle_,
                             .viewType = array ? VK_IMAGE_VIEW_TYPE_2D_ARRAY : VK_IMAGE_VIEW_TYPE_2D,
                             .format = description.format,
                             .subresourceRange = {isDepth(description.format) ? VkImageAspectFlags(VK_IMAGE_ASPECT_DEPTH_BIT)
                                                                              : VkImageAspectFlags(VK_IMAGE_ASPECT_COLOR_BIT),
                                                  0, description.mipLevels, 0, description.layers}};
  CM_CHECK(vkCreateImageView(device.handle(), &view, nullptr, &view_) == VK_SUCCESS, "view of {}", name);
  if (!array) return;
  view.viewType = VK_IMAGE_VIEW_TYPE_2D;
  view.subresourceRange.levelCount = 1;
  view.subresourceRange.layerCount = 1;
  for (uint32_t layer = 0; layer < description.layers; ++layer) {
    view.subresourceRange.baseArrayLayer = layer;
    CM_CHECK(vkCreateImageView(device.handle(), &view, nullptr, &layerViews_.emplace_back()) == VK_SUCCESS, "layer of {}",
             name);
  }
}

Image::Image(Image&& other) noexcept { *this = std::move(other); }

Image& Image::operator=(Image&& other) noexcept {
  if (this == &other) return *this;
  release();
  device_ = other.device_;
  handle_ = std::exchange(other.handle_, VK_NULL_HANDLE);
  view_ = std::exchange(other.view_, VK_NULL_HANDLE);
  layerViews_ = std::exchange(other.layerViews_, {});
  allocation_ = std::exchange(other.allocation_, VK_NULL_HANDLE);
  description_ = other.description_;
  return *this;
}

Image::~Image() { release(); }

void Image::release() {
  if (!handle_) return;
  if (view_) layerViews_.push_back(view_);
  device_->retire(handle_, layerViews_, allocation_);
  handle_ = VK_NULL_HANDLE;
}

}  // namespace cm::gpu
