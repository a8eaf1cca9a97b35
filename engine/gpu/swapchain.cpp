#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "gpu/device.h"

namespace cm::gpu {
namespace {

VkSemaphore makeSemaphore(const Device& device) {
  const VkSemaphoreCreateInfo info{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO};
  VkSemaphore semaphore = VK_NULL_HANDLE;
  CM_CHECK(vkCreateSemaphore(device.handle(), &info, nullptr, &semaphore) == VK_SUCCESS, "semaphore");
  return semaphore;
}

}  // namespace

struct Swapchain::Impl {
  Device& device;
  VkSurfaceKHR surface;
  VkSurfaceFormatKHR format{};
  VkExtent2D wanted{}, extent{};
  VkSwapchainKHR chain = VK_NULL_HANDLE;
  std::vector<VkImage> images;
  std::vector<VkImageView> views;
  std::vector<VkSemaphore> rendered;                            // by image: free again when the image is acquired again
  std::array<VkSemaphore, kFramesInFlight + 1> available{};     // by acquire; its frame is waited for before reuse
  std::array<uint64_t, kFramesInFlight + 1> availableUsedBy{};  // timeline value that waited on it
  size_t turn = 0;
  uint32_t current = 0;
  bool acquired = false;
  bool stale = true;

  Impl(Device& d, VkSurfaceKHR s) : device(d), surface(s) {
    for (VkSemaphore& semaphore : available) semaphore = makeSemaphore(device);
    chooseFormat();
  }
  ~Impl() {
    drop(chain);
    for (VkSemaphore semaphore : available) vkDestroySemaphore(device.handle(), semaphore, nullptr);
  }
  void chooseFormat();
  void drop(VkSwapchainKHR old);
  bool remake();
};

void Swapchain::Impl::chooseFormat() {
  uint32_t count = 0;
  vkGetPhysicalDeviceSurfaceFormatsKHR(device.physical(), surface, &count, nullptr);
  std::vector<VkSurfaceFormatKHR> formats(count);
  vkGetPhysicalDeviceSurfaceFormatsKHR(device.physical(), surface, &count, formats.data());
  CM_CHECK(!formats.empty(), "the surface offers no format");
  format = formats[0];
  for (VkFormat good : {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_B8G8R8A8_UNORM})  // shaders encode sRGB themselves
    for (const VkSurfaceFormatKHR& offered : formats)
      if (offered.format == good && offered.colorSpace == VK_COLOR_SPACE_SRGB_NONLINEAR_KHR) format = offered;
}

void Swapchain::Impl::drop(VkSwapchainKHR old) {
  // Presentation has no timeline: before its images go, everything submitted must be done. Only on resize and at the end.
  device.wait(device.submitted());
  if (old) vkQueueWaitIdle(device.queue());
  for (VkImageView view : views) vkDestroyImageView(device.handle(), view, nullptr);
  for (VkSemaphore semaphore : rendered) vkDestroySemaphore(device.handle(), semaphore, nullptr);
  views.clear();
  rendered.clear();
  if (old) vkDestroySwapchainKHR(device.handle(), old, nullptr);
}

bool Swapchain::Impl::remake() {
  VkSurfaceCapabilitiesKHR can{};
  if (vkGetPhysicalDeviceSurfaceCapabilitiesKHR(device.physical(), surface, &can) != VK_SUCCESS) return false;
  VkExtent2D size = can.currentExtent.width == UINT32_MAX ? wanted : can.currentExtent;
  size.width = std::clamp(size.width, can.minImageExtent.width, std::max(can.minImageExtent.width, can.maxImageExtent.width));
  size.height =
      std::clamp(size.height, can.minImageExtent.height, std::max(can.minImageExtent.height, can.maxImageExtent.height));
  if (size.width == 0 || size.height == 0) return false;
  uint32_t count = std::max(can.minImageCount, 3u);
  if (can.maxImageCount) count = std::min(count, can.maxImageCount);
  const VkSwapchainCreateInfoKHR info{.sType = VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR,
                                      .surface = surface,
                                      .minImageCount = count,
                                      .imageFormat = format.format,
                                      .imageColorSpace = format.colorSpace,
                                      .imageExtent = size,
                                      .imageArrayLayers = 1,
                                      .imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT,
                                      .preTransform = can.currentTransform,
                                      .compositeAlpha = VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR,
                                      .presentMode = VK_PRESENT_MODE_FIFO_KHR,
                                      .clipped = VK_TRUE,
                                      .oldSwapchain = chain};
  VkSwapchainKHR made = VK_NULL_HANDLE;
  const VkResult result = vkCreateSwapchainKHR(device.handle(), &info, nullptr, &made);
  drop(std::exchange(chain, made));
  if (result == VK_ERROR_SURFACE_LOST_KHR || result == VK_ERROR_INITIALIZATION_FAILED) return false;
  if (!device.checked(result, "vkCreateSwapchainKHR")) return false;
  extent = size;
  vkGetSwapchainImagesKHR(device.handle(), chain, &count, nullptr);
  images.resize(count);
  vkGetSwapchainImagesKHR(device.handle(), chain, &count, images.data());
  for (VkImage image : images) {
    const VkImageViewCreateInfo view{.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO,
                                     .image = image,
                                     .viewType = VK_IMAGE_VIEW_TYPE_2D,
                                     .format = format.format,
                                     .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1}};
    CM_CHECK(vkCreateImageView(device.handle(), &view, nullptr, &views.emplace_back()) == VK_SUCCESS, "swapchain view");
    rendered.push_back(makeSemaphore(device));
  }
  stale = false;
  return true;
}

Swapchain::Swapchain(Device& device, VkSurfaceKHR surface) : impl_(std::make_unique<Impl>(device, surface)) {}
Swapchain::~Swapchain() = default;

VkFormat Swapchain::format() const { return impl_->format.format; }
VkExtent2D Swapchain::extent() const { return impl_->extent; }

void Swapchain::resize(VkExtent2D extent) {
  impl_->wanted = extent;
  impl_->stale = true;
}

bool Swapchain::acquire(Target& target) {
  Impl& s = *impl_;
  if (s.device.state() == DeviceState::Lost || s.wanted.width == 0 || s.wanted.height == 0) return false;
  if ((s.stale || !s.chain) && !s.remake()) return false;
  s.turn = (s.turn + 1) % s.available.size();
  if (!s.device.wait(s.availableUsedBy[s.turn])) return false;  // done long ago: it is the frame before the last ones
  const VkResult result = vkAcquireNextImageKHR(s.device.handle(), s.chain, UINT64_MAX, s.available[s.turn], VK_NULL_HANDLE,
                                                &s.current);
  if (result == VK_ERROR_OUT_OF_DATE_KHR) {
    s.stale = true;
    return false;
  }
  if (result == VK_SUBOPTIMAL_KHR) s.stale = true;  // shown once more, remade at the next acquire
  else if (!s.device.checked(result, "vkAcquireNextImageKHR")) return false;
  target = {.image = s.images[s.current],
            .view = s.views[s.current],
            .extent = s.extent,
            .format = s.format.format,
            .finalLayout = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR,
            .waitBefore = s.available[s.turn],
            .signalAfter = s.rendered[s.current]};
  s.acquired = true;
  return true;
}

void Swapchain::present() {
  Impl& s = *impl_;
  if (!std::exchange(s.acquired, false) || s.device.state() == DeviceState::Lost) return;
  s.availableUsedBy[s.turn] = s.device.submitted();
  const VkPresentInfoKHR info{.sType = VK_STRUCTURE_TYPE_PRESENT_INFO_KHR,
                              .waitSemaphoreCount = 1,
                              .pWaitSemaphores = &s.rendered[s.current],
                              .swapchainCount = 1,
                              .pSwapchains = &s.chain,
                              .pImageIndices = &s.current};
  const VkResult result = vkQueuePresentKHR(s.device.queue(), &info);
  if (result == VK_ERROR_OUT_OF_DATE_KHR || result == VK_SUBOPTIMAL_KHR) s.stale = true;
  else s.device.checked(result, "vkQueuePresentKHR");
}

}  // namespace cm::gpu
