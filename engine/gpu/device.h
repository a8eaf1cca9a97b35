//! The Vulkan device: instance, queues, memory, upload, retire. One per process; belongs to the loop's thread; everything
//! made from it must be gone before it is.
#pragma once

#include <vk_mem_alloc.h>
#include <vulkan/vulkan.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace cm::gpu {

struct DeviceOptions {
  bool validation = false;                       // validation and synchronization validation; also CITYMIRROR_VALIDATION=1
  std::vector<const char*> instanceExtensions;   // of the window system; none for pictures without a window
};

class Device;

//! Owns a buffer; destruction hands it to retire with the device's current timeline value.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Device& device, VkDeviceSize size, VkBufferUsageFlags usage, bool hostVisible, const char* name);
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();
  VkBuffer handle() const { return handle_; }
  VkDeviceSize size() const { return size_; }
  std::byte* mapped() const { return mapped_; }  // host-visible ones only
  explicit operator bool() const { return handle_ != VK_NULL_HANDLE; }

 private:
  Device* device_ = nullptr;
  VkBuffer handle_ = VK_NULL_HANDLE;
  VmaAllocation allocation_ = VK_NULL_HANDLE;
  VkDeviceSize size_ = 0;
  std::byte* mapped_ = nullptr;
};

struct ImageDescription {
  VkExtent2D extent{};
  VkFormat format = VK_FORMAT_UNDEFINED;
  VkImageUsageFlags usage = 0;
  uint32_t mipLevels = 1;
  uint32_t layers = 1;
  VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
  bool arrayView = false;                        // a 2D array view even of one layer
};

bool isDepth(VkFormat format);

class Image {
 public:
  Image() = default;
  Image(Device& device, const ImageDescription& description, const char* name);
  Image(Image&& other) noexcept;
  Image& operator=(Image&& other) noexcept;
  ~Image();
  VkImage handle() const { return handle_; }
  VkImageView view() const { return view_; }     // all mips and layers; an array view where there are several
  //! One layer alone (first mip), for rendering into it.
  VkImageView layerView(uint32_t layer) const { return layerViews_.empty() ? view_ : layerViews_[layer]; }
  const ImageDescription& description() const { return description_; }
  explicit operator bool() const { return handle_ != VK_NULL_HANDLE; }

 private:
  void release();
  Device* device_ = nullptr;
  VkImage handle_ = VK_NULL_HANDLE;
  VkImageView view_ = VK_NULL_HANDLE;
  std::vector<VkImageView> layerViews_;
  VmaAllocation allocation_ = VK_NULL_HANDLE;
  ImageDescription description_;
};

//! Where a frame ends up: a swapchain image or a picture to be read back.
struct Target {
  VkImage image = VK_NULL_HANDLE;
  VkImageView view = VK_NULL_HANDLE;
  VkExtent2D extent{};
  VkFormat format = VK_FORMAT_UNDEFINED;
  VkImageLayout finalLayout = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR;
  VkSemaphore waitBefore = VK_NULL_HANDLE;       // binary; the image is available (swapchain)
  VkSemaphore signalAfter = VK_NULL_HANDLE;      // binary; rendering is done (swapchain)
};

//! `Lost` is a state, not an error: the owner drops everything made from the device and makes a new one.
enum class DeviceState { Alive, Lost };

class Device {
 public:
  //! Fails with a sentence that names the package to install where there is no Vulkan 1.3 device.
  static Result<std::unique_ptr<Device>> create(const DeviceOptions& options);
  ~Device();

  VkInstance instance() const;
  VkPhysicalDevice physical() const;
  VkDevice handle() const;
  VkQueue queue() const;
  uint32_t queueFamily() const;
  VmaAllocator allocator() const;
  VkPipelineCache pipelineCache() const;         // read at start, written at the end, in cacheFolder()
  const std::string& name() const;
  bool isSoftware() const;                       // lavapipe and friends
  VkDeviceSize minUniformAlignment() const;
  uint32_t maxImageSide() const;
  float timestampNanoseconds() const;            // of one tick; 0 where the queue has none
  DeviceState state() const;
  void injectLoss();                             // tests: every later submit reports VK_ERROR_DEVICE_LOST
  //! An unexpected VkResult hits a check; VK_ERROR_DEVICE_LOST turns the state. True for success.
  bool checked(VkResult result, const char* what);

  //! The queue for copies: a family of its own where the device has one (else the graphics queue, and submitTransfer is
  //! submit). Written for real GPUs; no machine with such a queue has run it yet. What it copies is visible to every
  //! graphics submit made after `transferred()` has reached its value.
  bool hasTransferQueue() const;
  uint32_t transferFamily() const;
  uint64_t submitTransfer(VkCommandBuffer commands);
  uint64_t transferred();
  bool waitTransfer(uint64_t value);

  //! The timeline: `submit` signals and returns the next value; `completed` is how far the GPU is.
  uint64_t submit(VkCommandBuffer commands, std::span<const VkSemaphoreSubmitInfo> waits,
                  std::span<const VkSemaphoreSubmitInfo> signals);
  uint64_t submitted() const;
  uint64_t completed() const;
  bool wait(uint64_t value, uint64_t nanoseconds = UINT64_MAX);
  VkSemaphore timeline() const;

  //! Buffers and images that stand, those waiting in retire too.
  size_t allocations() const;

  //! Destroys what the GPU is done with; called once a frame.
  void collect();
  void retire(VkBuffer buffer, VmaAllocation allocation);
  void retire(VkImage image, std::span<const VkImageView> views, VmaAllocation allocation);
  void setName(VkObjectType type, uint64_t handle, const char* name) const;
  //! Messages of the validation layers so far (0 in a healthy program).
  static uint32_t validationMessages();

 private:
  struct Impl;
  explicit Device(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

//! Frames the CPU may be ahead of the GPU.
inline constexpr unsigned kFramesInFlight = 2;

//! Gives the system back what the process has freed. A software device keeps that for its next frame (milliseconds of page faults
//! otherwise), so only once: when the first view is drawn, and what its shaders' compiler and the loading took is free.
void returnFreedMemory();

//! A picture that can be read back.
class Offscreen {
 public:
  Offscreen(Device& device, VkExtent2D extent, VkFormat format);
  Target target();
  //! RGBA8 rows from the top (BGRA targets are swizzled); waits for the device. Empty where the device is lost.
  std::vector<uint8_t> read();

 private:
  Device& device_;
  Image image_;
};

//! The window's chain of images. Out-of-date, minimised and resized are states: `acquire` then gives nothing.
class Swapchain {
 public:
  //! Takes ownership of nothing; `surface` must outlive it.
  Swapchain(Device& device, VkSurfaceKHR surface);
  ~Swapchain();
  VkFormat format() const;
  VkExtent2D extent() const;
  //! From the framebuffer-size callback; 0x0 is minimised.
  void resize(VkExtent2D extent);
  //! The next target, or nothing this time (minimised, out of date and being remade, lost).
  bool acquire(Target& target);
  void present();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::gpu
