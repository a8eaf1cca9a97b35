#include "app/imgui_pass.h"

#include <backends/imgui_impl_vulkan.h>
#include <imgui.h>

#include "base/check.h"
#include "residency/textures.h"

namespace cm::app {
namespace {

constexpr uint32_t kMostTextures = 64;  // fonts, and pictures of cards

}  // namespace

ImguiPass::ImguiPass(gpu::Device& device, VkFormat colourFormat) : device_(device) {
  VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, kMostTextures};
  VkDescriptorPoolCreateInfo poolInfo{};
  poolInfo.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
  poolInfo.flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT;
  poolInfo.maxSets = kMostTextures;
  poolInfo.poolSizeCount = 1;
  poolInfo.pPoolSizes = &size;
  CM_CHECK(vkCreateDescriptorPool(device.handle(), &poolInfo, nullptr, &pool_) == VK_SUCCESS,
           "descriptor pool of the ui");

  ImGui_ImplVulkan_InitInfo info{};
  info.Instance = device.instance();
  info.PhysicalDevice = device.physical();
  info.Device = device.handle();
  info.QueueFamily = device.queueFamily();
  info.Queue = device.queue();
  info.PipelineCache = device.pipelineCache();
  info.DescriptorPool = pool_;
  info.MinImageCount = 2;
  info.ImageCount = gpu::kFramesInFlight + 1;
  info.MSAASamples = VK_SAMPLE_COUNT_1_BIT;
  info.UseDynamicRendering = true;
  info.ColorAttachmentFormat = colourFormat;
  // Not more than asked for: 1.90's backend takes the allocation's size for the buffer's, and with a larger one it would
  // never make a larger buffer, so that whatever a fuller frame draws last would be missing.
  info.MinAllocationSize = 0;
  CM_CHECK(ImGui_ImplVulkan_Init(&info, VK_NULL_HANDLE), "Dear ImGui's Vulkan side did not start");
}

ImguiPass::~ImguiPass() {
  device_.wait(device_.submitted());
  ImGui_ImplVulkan_Shutdown();
  if (sampler_) vkDestroySampler(device_.handle(), sampler_, nullptr);
  vkDestroyDescriptorPool(device_.handle(), pool_, nullptr);
}

void ImguiPass::uploadFonts() {
  // Fonts are built at start and when a person's data brings new characters: rare enough for the backend's wait.
  device_.wait(device_.submitted());
  ImGui_ImplVulkan_DestroyFontsTexture();
  ImGui_ImplVulkan_CreateFontsTexture();
  ImGui::GetIO().Fonts->ClearTexData();  // 100 MiB with the names of a large city; drawn again where the device is lost
  ImGui_ImplVulkan_NewFrame();
}

void* ImguiPass::addTexture(const source::Image& image) {
  if (image.width == 0 || image.height == 0 || images_.size() + 2 >= kMostTextures) return nullptr;
  if (!sampler_) {
    const VkSamplerCreateInfo info{.sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO,
                                   .magFilter = VK_FILTER_LINEAR,
                                   .minFilter = VK_FILTER_LINEAR,
                                   .mipmapMode = VK_SAMPLER_MIPMAP_MODE_LINEAR,
                                   .addressModeU = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                   .addressModeV = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                   .addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                   .maxLod = VK_LOD_CLAMP_NONE};
    if (!device_.checked(vkCreateSampler(device_.handle(), &info, nullptr, &sampler_), "sampler of pictures"))
      return nullptr;
  }
  const residency::MipChain chain = residency::mipChainOf(image.width, image.height);
  gpu::Buffer bytes(device_, chain.bytes, VK_BUFFER_USAGE_TRANSFER_SRC_BIT, true, "picture of a card");
  if (!bytes) return nullptr;
  residency::writeMips(image, chain, bytes.mapped());
  const VkCommandPoolCreateInfo poolInfo{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                         .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
                                         .queueFamilyIndex = device_.queueFamily()};
  VkCommandPool pool = VK_NULL_HANDLE;
  if (!device_.checked(vkCreateCommandPool(device_.handle(), &poolInfo, nullptr, &pool), "pool of a picture"))
    return nullptr;
  const VkCommandBufferAllocateInfo allocate{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                             .commandPool = pool,
                                             .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                             .commandBufferCount = 1};
  VkCommandBuffer commands = VK_NULL_HANDLE;
  gpu::Image made;
  if (device_.checked(vkAllocateCommandBuffers(device_.handle(), &allocate, &commands), "commands of a picture")) {
    const VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                         .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    vkBeginCommandBuffer(commands, &begin);
    made = residency::mippedImage(device_, image, chain, VK_FORMAT_R8G8B8A8_UNORM, "card", commands, bytes.handle(), 0,
                                  true);
    vkEndCommandBuffer(commands);
    if (made) device_.wait(device_.submit(commands, {}, {}));  // once a card: rare enough to wait for
  }
  vkDestroyCommandPool(device_.handle(), pool, nullptr);
  if (!made) return nullptr;
  images_.push_back(std::move(made));
  return ImGui_ImplVulkan_AddTexture(sampler_, images_.back().view(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL);
}

std::vector<frame::Box> ImguiPass::pixelsOf(const std::vector<glm::vec4>& boxes) {
  const ImVec2 scale = ImGui::GetIO().DisplayFramebufferScale;
  std::vector<frame::Box> pixels;
  pixels.reserve(boxes.size());
  for (const glm::vec4& box : boxes)
    pixels.push_back(
        {glm::vec2(box.x, box.y) * glm::vec2(scale.x, scale.y), glm::vec2(box.z, box.w) * glm::vec2(scale.x, scale.y)});
  return pixels;
}

frame::UiPass ImguiPass::pass() const {
  return [](VkCommandBuffer commands) {
    if (ImDrawData* data = ImGui::GetDrawData()) ImGui_ImplVulkan_RenderDrawData(data, commands);
  };
}

frame::UiPass ImguiPass::band(uint32_t top, uint32_t rows) const {
  return [=](VkCommandBuffer commands) {
    ImDrawData* data = ImGui::GetDrawData();
    if (!data) return;
    data->DisplayPos.y = float(top);
    data->DisplaySize.y = float(rows);
    ImGui_ImplVulkan_RenderDrawData(data, commands);
  };
}

}  // namespace cm::app
