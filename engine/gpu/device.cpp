#include "gpu/device.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <utility>

#include "base/files.h"
#include "base/log.h"

namespace cm::gpu {
namespace {

std::atomic<uint32_t> gValidationMessages{0};

VKAPI_ATTR VkBool32 VKAPI_CALL onValidation(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                            VkDebugUtilsMessageTypeFlagsEXT,
                                            const VkDebugUtilsMessengerCallbackDataEXT* data, void*) {
  if (severity >= VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT) {
    ++gValidationMessages;
    log::error("vulkan: {}", data->pMessage);
  }
  return VK_FALSE;
}

constexpr const char* kNoDevice =
    "no Vulkan 1.3 device was found ({}); install a graphics driver, or the package mesa-vulkan-drivers, which renders "
    "on "
    "the processor";

struct Retired {
  uint64_t value = 0;  // of the graphics timeline
  VkBuffer buffer = VK_NULL_HANDLE;
  VkImage image = VK_NULL_HANDLE;
  std::vector<VkImageView> views;
  VmaAllocation allocation = VK_NULL_HANDLE;
};

VkDebugUtilsMessengerCreateInfoEXT messengerInfo() {
  return {
      .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
      .messageSeverity =
          VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
      .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
      .pfnUserCallback = onValidation};
}

bool hasLayer(const char* name) {
  uint32_t count = 0;
  vkEnumerateInstanceLayerProperties(&count, nullptr);
  std::vector<VkLayerProperties> layers(count);
  vkEnumerateInstanceLayerProperties(&count, layers.data());
  return std::any_of(layers.begin(), layers.end(),
                     [&](const auto& layer) { return !std::strcmp(layer.layerName, name); });
}

//! A software device takes and frees megabytes for the vertices of every draw. glibc gives them back to the system each time,
//! and the next draw faults every page in again: 17 % of lavapipe's frame on 75,000 triangles, and a quarter of its time
//! with the pages' coldness. Kept is what a frame needs anyway (mallopt(3); any of the three ends their own adjustment), and
//! no more: every arena of a thread keeps so much at its top, and malloc_trim does not take it.
void keepFreedMemory() {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
  mallopt(M_MMAP_THRESHOLD, 2 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
#endif
}

}  // namespace

void returnFreedMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

struct Device::Impl {
  VkInstance instance = VK_NULL_HANDLE;
  VkDebugUtilsMessengerEXT messenger = VK_NULL_HANDLE;
  VkPhysicalDevice physical = VK_NULL_HANDLE;
  VkPhysicalDeviceProperties properties{};
  VkDevice device = VK_NULL_HANDLE;
  uint32_t family = 0, transferFamily = 0;
  bool ownTransferQueue = false;
  bool hasSwapchain = false;
  float timestampPeriod = 0;
  VkQueue queue = VK_NULL_HANDLE, transferQueue = VK_NULL_HANDLE;
  VmaAllocator allocator = VK_NULL_HANDLE;
  VkPipelineCache cache = VK_NULL_HANDLE;
  VkSemaphore timeline = VK_NULL_HANDLE, transferTimeline = VK_NULL_HANDLE;
  uint64_t submitted = 0, transferSubmitted = 0, transferSeen = 0, transferWaited = 0;
  DeviceState state = DeviceState::Alive;
  bool injected = false;
  std::string name;
  std::deque<Retired> retired;
  PFN_vkSetDebugUtilsObjectNameEXT setObjectName = nullptr;

  ~Impl();
  Result<void> makeInstance(const DeviceOptions& options);
  Result<void> choosePhysical();
  Result<void> makeDevice();
  void loadPipelineCache();
  void savePipelineCache() const;
  Path cachePath() const;
  void destroy(const Retired& item) const;
  VkSemaphore makeTimeline() const;
};

Result<void> Device::Impl::makeInstance(const DeviceOptions& options) {
  const char* environment = std::getenv("CITYMIRROR_VALIDATION");
  bool validation = options.validation || (environment && std::strcmp(environment, "0") != 0);
  constexpr const char* kLayer = "VK_LAYER_KHRONOS_validation";
  if (validation && !hasLayer(kLayer)) {
    log::warning("validation was asked for, but {} is not installed (package vulkan-validationlayers)", kLayer);
    validation = false;
  }
  std::vector<const char*> extensions = options.instanceExtensions;
  if (validation) extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);

  const VkApplicationInfo application{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                      .pApplicationName = "CityMirror",
                                      .pEngineName = "CityMirror",
                                      .apiVersion = VK_API_VERSION_1_3};
  const VkValidationFeatureEnableEXT enabled[] = {VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
  auto messages = messengerInfo();
  const VkValidationFeaturesEXT features{.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
                                         .pNext = &messages,
                                         .enabledValidationFeatureCount = 1,
                                         .pEnabledValidationFeatures = enabled};
  const VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                  .pNext = validation ? &features : nullptr,
                                  .pApplicationInfo = &application,
                                  .enabledLayerCount = validation ? 1u : 0u,
                                  .ppEnabledLayerNames = &kLayer,
                                  .enabledExtensionCount = uint32_t(extensions.size()),
                                  .ppEnabledExtensionNames = extensions.data()};
  const VkResult result = vkCreateInstance(&info, nullptr, &instance);
  if (result != VK_SUCCESS) return makeError(kNoDevice, fmt::format("vkCreateInstance gave {}", int(result)));
  hasSwapchain = !options.instanceExtensions.empty();
  if (validation) {
    auto create = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(
        vkGetInstanceProcAddr(instance, "vkCreateDebugUtilsMessengerEXT"));
    if (create) create(instance, &messages, nullptr, &messenger);
    setObjectName = reinterpret_cast<PFN_vkSetDebugUtilsObjectNameEXT>(
        vkGetInstanceProcAddr(instance, "vkSetDebugUtilsObjectNameEXT"));
  }
  return {};
}

Result<void> Device::Impl::choosePhysical() {
  uint32_t count = 0;
  vkEnumeratePhysicalDevices(instance, &count, nullptr);
  std::vector<VkPhysicalDevice> devices(count);
  vkEnumeratePhysicalDevices(instance, &count, devices.data());
  int best = -1;
  std::string seen;
  for (VkPhysicalDevice candidate : devices) {
    VkPhysicalDeviceProperties found;
    vkGetPhysicalDeviceProperties(candidate, &found);
    seen += fmt::format("{}{} (Vulkan {}.{})", seen.empty() ? "" : ", ", found.deviceName,
                        VK_API_VERSION_MAJOR(found.apiVersion), VK_API_VERSION_MINOR(found.apiVersion));
    if (found.apiVersion < VK_API_VERSION_1_3) continue;
    const int rank = found.deviceType == VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU     ? 3
                     : found.deviceType == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU ? 2
                     : found.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU            ? 0
                                                                                  : 1;
    if (rank <= best) continue;
    best = rank;
    physical = candidate;
    properties = found;
  }
  if (best < 0) return makeError(kNoDevice, seen.empty() ? "no Vulkan driver is installed" : seen);
  name = properties.deviceName;
  return {};
}

Result<void> Device::Impl::makeDevice() {
  uint32_t count = 0;
  vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families.data());
  constexpr VkQueueFlags kWork = VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT;
  bool found = false;
  for (uint32_t i = 0; i < count; ++i) {
    if (!found && (families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT)) {
      family = i;
      found = true;
    }
    if ((families[i].queueFlags & VK_QUEUE_TRANSFER_BIT) && !(families[i].queueFlags & kWork)) {
      transferFamily = i;
      ownTransferQueue = true;
    }
  }
  if (!found) return makeError("{} has no graphics queue", name);
  if (!ownTransferQueue) transferFamily = family;
  if (families[family].timestampValidBits) timestampPeriod = properties.limits.timestampPeriod;

  VkPhysicalDeviceVulkan13Features has13{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
  VkPhysicalDeviceVulkan12Features has12{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
                                         .pNext = &has13};
  VkPhysicalDeviceFeatures2 has{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &has12};
  vkGetPhysicalDeviceFeatures2(physical, &has);
  if (!has13.dynamicRendering || !has13.synchronization2 || !has12.timelineSemaphore ||
      !has.features.multiDrawIndirect || !has.features.drawIndirectFirstInstance)
    return makeError(
        "{} lacks dynamicRendering, synchronization2, timelineSemaphore, multiDrawIndirect or "
        "drawIndirectFirstInstance",
        name);

  VkPhysicalDeviceVulkan13Features want13{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
                                          .synchronization2 = VK_TRUE,
                                          .dynamicRendering = VK_TRUE};
  VkPhysicalDeviceVulkan12Features want12{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES, .pNext = &want13, .timelineSemaphore = VK_TRUE};
  const VkPhysicalDeviceFeatures2 want{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                       .pNext = &want12,
                                       .features = {.multiDrawIndirect = VK_TRUE,
                                                    .drawIndirectFirstInstance = VK_TRUE,
                                                    .depthClamp = has.features.depthClamp,
                                                    .largePoints = has.features.largePoints,
                                                    .samplerAnisotropy = has.features.samplerAnisotropy}};
  const float priorities[] = {1.0f};
  const VkDeviceQueueCreateInfo queues[] = {{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                             .queueFamilyIndex = family,
                                             .queueCount = 1,
                                             .pQueuePriorities = priorities},
                                            {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                             .queueFamilyIndex = transferFamily,
                                             .queueCount = 1,
                                             .pQueuePriorities = priorities}};
  const char* extensions[] = {VK_KHR_SWAPCHAIN_EXTENSION_NAME};
  const VkDeviceCreateInfo info{.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                .pNext = &want,
                                .queueCreateInfoCount = ownTransferQueue ? 2u : 1u,
                                .pQueueCreateInfos = queues,
                                .enabledExtensionCount = hasSwapchain ? 1u : 0u,
                                .ppEnabledExtensionNames = extensions};
  const VkResult result = vkCreateDevice(physical, &info, nullptr, &device);
  if (result != VK_SUCCESS) return makeError("{}: vkCreateDevice gave {}", name, int(result));
  vkGetDeviceQueue(device, family, 0, &queue);
  vkGetDeviceQueue(device, transferFamily, 0, &transferQueue);
  return {};
}

VkSemaphore Device::Impl::makeTimeline() const {
  const VkSemaphoreTypeCreateInfo type{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                       .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
  const VkSemaphoreCreateInfo info{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, .pNext = &type};
  VkSemaphore semaphore = VK_NULL_HANDLE;
  CM_CHECK(vkCreateSemaphore(device, &info, nullptr, &semaphore) == VK_SUCCESS, "timeline semaphore");
  return semaphore;
}

Path Device::Impl::cachePath() const {
  std::string id;
  for (uint8_t byte : properties.pipelineCacheUUID) id += fmt::format("{:02x}", byte);
  return cacheFolder() / fmt::format("pipelines-{}.bin", id);
}

void Device::Impl::loadPipelineCache() {
  // A missing or foreign file is the same as an empty one: drivers check the header themselves (Vulkan 1.3, 10.7).
  Bytes bytes;
  if (auto file = readFile(cachePath())) bytes = std::move(*file);
  const VkPipelineCacheCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
                                       .initialDataSize = bytes.size(),
                                       .pInitialData = bytes.data()};
  if (vkCreatePipelineCache(device, &info, nullptr, &cache) != VK_SUCCESS) cache = VK_NULL_HANDLE;
}

void Device::Impl::savePipelineCache() const {
  size_t size = 0;
  if (!cache || vkGetPipelineCacheData(device, cache, &size, nullptr) != VK_SUCCESS || size == 0) return;
  Bytes bytes(size);
  if (vkGetPipelineCacheData(device, cache, &size, bytes.data()) != VK_SUCCESS) return;
  bytes.resize(size);
  if (auto written = writeFileAtomically(cachePath(), bytes); !written) log::debug("{}", written.error().text());
}

void Device::Impl::destroy(const Retired& item) const {
  for (VkImageView view : item.views) vkDestroyImageView(device, view, nullptr);
  if (item.buffer) vmaDestroyBuffer(allocator, item.buffer, item.allocation);
  if (item.image) vmaDestroyImage(allocator, item.image, item.allocation);
}

Device::Impl::~Impl() {
  if (device) {
    vkDeviceWaitIdle(device);  // at the end, not in the loop
    if (state == DeviceState::Alive) savePipelineCache();
    for (const Retired& item : retired) destroy(item);
    if (timeline) vkDestroySemaphore(device, timeline, nullptr);
    if (transferTimeline) vkDestroySemaphore(device, transferTimeline, nullptr);
    if (cache) vkDestroyPipelineCache(device, cache, nullptr);
    if (allocator) vmaDestroyAllocator(allocator);
    vkDestroyDevice(device, nullptr);
  }
  if (messenger) {
    auto destroyMessenger = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(
        vkGetInstanceProcAddr(instance, "vkDestroyDebugUtilsMessengerEXT"));
    if (destroyMessenger) destroyMessenger(instance, messenger, nullptr);
  }
  if (instance) vkDestroyInstance(instance, nullptr);
}

Device::Device(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Device::~Device() = default;

Result<std::unique_ptr<Device>> Device::create(const DeviceOptions& options) {
  auto impl = std::make_unique<Impl>();
  if (auto made = impl->makeInstance(options); !made) return made.error();
  if (auto chosen = impl->choosePhysical(); !chosen) return chosen.error();
  if (auto made = impl->makeDevice(); !made) return made.error();
  const bool software = impl->properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
  if (software) keepFreedMemory();
  // Where the device's memory is the machine's, a block of the allocator's own 32 MiB for a small buffer is 32 MiB resident.
  const VmaAllocatorCreateInfo info{.physicalDevice = impl->physical,
                                    .device = impl->device,
                                    .preferredLargeHeapBlockSize = software ? VkDeviceSize{16 << 20} : 0,
                                    .instance = impl->instance,
                                    .vulkanApiVersion = VK_API_VERSION_1_3};
  if (vmaCreateAllocator(&info, &impl->allocator) != VK_SUCCESS)
    return makeError("{}: no memory allocator", impl->name);
  impl->timeline = impl->makeTimeline();
  if (impl->ownTransferQueue) impl->transferTimeline = impl->makeTimeline();
  impl->loadPipelineCache();
  return std::unique_ptr<Device>(new Device(std::move(impl)));
}

VkInstance Device::instance() const { return impl_->instance; }
VkPhysicalDevice Device::physical() const { return impl_->physical; }
VkDevice Device::handle() const { return impl_->device; }
VkQueue Device::queue() const { return impl_->queue; }
uint32_t Device::queueFamily() const { return impl_->family; }
VmaAllocator Device::allocator() const { return impl_->allocator; }
size_t Device::allocations() const {
  VmaTotalStatistics all;
  vmaCalculateStatistics(impl_->allocator, &all);
  return all.total.statistics.allocationCount;
}
VkPipelineCache Device::pipelineCache() const { return impl_->cache; }
const std::string& Device::name() const { return impl_->name; }
bool Device::isSoftware() const { return impl_->properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU; }
uint32_t Device::maxImageSide() const { return impl_->properties.limits.maxImageDimension2D; }
VkDeviceSize Device::minUniformAlignment() const { return impl_->properties.limits.minUniformBufferOffsetAlignment; }
float Device::timestampNanoseconds() const { return impl_->timestampPeriod; }
DeviceState Device::state() const { return impl_->state; }
void Device::injectLoss() { impl_->injected = true; }
VkSemaphore Device::timeline() const { return impl_->timeline; }
uint64_t Device::submitted() const { return impl_->submitted; }
bool Device::hasTransferQueue() const { return impl_->ownTransferQueue; }
uint32_t Device::transferFamily() const { return impl_->transferFamily; }
uint32_t Device::validationMessages() { return gValidationMessages; }

bool Device::checked(VkResult result, const char* what) {
  if (result == VK_SUCCESS) return true;
  CM_CHECK(result == VK_ERROR_DEVICE_LOST, "{} gave {}", what, int(result));
  if (impl_->state == DeviceState::Alive) log::warning("the graphics device was lost ({})", what);
  impl_->state = DeviceState::Lost;
  return false;
}

uint64_t Device::submit(VkCommandBuffer commands, std::span<const VkSemaphoreSubmitInfo> waits,
                        std::span<const VkSemaphoreSubmitInfo> signals) {
  Impl& d = *impl_;
  // lavapipe keeps the triangles of every rendering it is behind with (40 MiB of a full picture), and frees them only when it takes
  // one's place again. One frame at a time is as fast there, and what it keeps does not grow for hours as frames happen to meet.
  if (isSoftware()) wait(d.submitted);
  std::vector<VkSemaphoreSubmitInfo> allWaits(waits.begin(), waits.end());
  if (d.transferSeen > d.transferWaited) {  // makes finished copies of the other queue visible here; never really waits
    allWaits.push_back({.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO,
                        .semaphore = d.transferTimeline,
                        .value = d.transferSeen,
                        .stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT});
  }
  std::vector<VkSemaphoreSubmitInfo> allSignals(signals.begin(), signals.end());
  allSignals.push_back({.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO,
                        .semaphore = d.timeline,
                        .value = d.submitted + 1,
                        .stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT});
  const VkCommandBufferSubmitInfo buffer{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO,
                                         .commandBuffer = commands};
  const VkSubmitInfo2 info{.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2,
                           .waitSemaphoreInfoCount = uint32_t(allWaits.size()),
                           .pWaitSemaphoreInfos = allWaits.data(),
                           .commandBufferInfoCount = 1,
                           .pCommandBufferInfos = &buffer,
                           .signalSemaphoreInfoCount = uint32_t(allSignals.size()),
                           .pSignalSemaphoreInfos = allSignals.data()};
  const VkResult result = d.injected || d.state == DeviceState::Lost
                              ? VK_ERROR_DEVICE_LOST
                              : vkQueueSubmit2(d.queue, 1, &info, VK_NULL_HANDLE);
  if (!checked(result, "vkQueueSubmit2")) return d.submitted;
  d.transferWaited = d.transferSeen;
  return ++d.submitted;
}

uint64_t Device::submitTransfer(VkCommandBuffer commands) {
  Impl& d = *impl_;
  if (!d.ownTransferQueue) return submit(commands, {}, {});
  const VkSemaphoreSubmitInfo signal{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO,
                                     .semaphore = d.transferTimeline,
                                     .value = d.transferSubmitted + 1,
                                     .stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT};
  const VkCommandBufferSubmitInfo buffer{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO,
                                         .commandBuffer = commands};
  const VkSubmitInfo2 info{.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2,
                           .commandBufferInfoCount = 1,
                           .pCommandBufferInfos = &buffer,
                           .signalSemaphoreInfoCount = 1,
                           .pSignalSemaphoreInfos = &signal};
  const VkResult result = d.injected || d.state == DeviceState::Lost
                              ? VK_ERROR_DEVICE_LOST
                              : vkQueueSubmit2(d.transferQueue, 1, &info, VK_NULL_HANDLE);
  if (!checked(result, "vkQueueSubmit2 (transfer)")) return d.transferSubmitted;
  return ++d.transferSubmitted;
}

uint64_t Device::completed() const {
  uint64_t value = 0;
  if (impl_->state == DeviceState::Lost) return impl_->submitted;
  if (!impl_->injected) {
    const VkResult result = vkGetSemaphoreCounterValue(impl_->device, impl_->timeline, &value);
    if (result == VK_ERROR_DEVICE_LOST) return impl_->submitted;
  } else {
    vkGetSemaphoreCounterValue(impl_->device, impl_->timeline, &value);
  }
  return value;
}

uint64_t Device::transferred() {
  Impl& d = *impl_;
  if (!d.ownTransferQueue) return completed();
  uint64_t value = 0;
  if (!checked(vkGetSemaphoreCounterValue(d.device, d.transferTimeline, &value), "vkGetSemaphoreCounterValue"))
    return d.transferSubmitted;
  d.transferSeen = std::max(d.transferSeen, value);
  return value;
}

bool Device::wait(uint64_t value, uint64_t nanoseconds) {
  Impl& d = *impl_;
  if (d.state == DeviceState::Lost) return false;
  const VkSemaphoreWaitInfo info{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                 .semaphoreCount = 1,
                                 .pSemaphores = &d.timeline,
                                 .pValues = &value};
  const VkResult result = vkWaitSemaphores(d.device, &info, nanoseconds);
  if (result == VK_TIMEOUT) return false;
  return checked(result, "vkWaitSemaphores");
}

bool Device::waitTransfer(uint64_t value) {
  Impl& d = *impl_;
  if (!d.ownTransferQueue) return wait(value);
  if (d.state == DeviceState::Lost) return false;
  const VkSemaphoreWaitInfo info{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                 .semaphoreCount = 1,
                                 .pSemaphores = &d.transferTimeline,
                                 .pValues = &value};
  return checked(vkWaitSemaphores(d.device, &info, UINT64_MAX), "vkWaitSemaphores (transfer)");
}

void Device::collect() {
  const uint64_t done = completed();
  auto& retired = impl_->retired;
  while (!retired.empty() && retired.front().value <= done) {
    impl_->destroy(retired.front());
    retired.pop_front();
  }
}

void Device::retire(VkBuffer buffer, VmaAllocation allocation) {
  impl_->retired.push_back({.value = impl_->submitted, .buffer = buffer, .allocation = allocation});
}

void Device::retire(VkImage image, std::span<const VkImageView> views, VmaAllocation allocation) {
  impl_->retired.push_back(
      {.value = impl_->submitted, .image = image, .views = {views.begin(), views.end()}, .allocation = allocation});
}

void Device::setName(VkObjectType type, uint64_t handle, const char* name) const {
  if (!impl_->setObjectName || !name) return;
  const VkDebugUtilsObjectNameInfoEXT info{.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT,
                                           .objectType = type,
                                           .objectHandle = handle,
                                           .pObjectName = name};
  impl_->setObjectName(impl_->device, &info);
}

}  // namespace cm::gpu
