#include "app/imgui_pass.h"

#include <backends/imgui_impl_vulkan.h>
#include <imgui.h>

#include "base/check.h"

namespace cm::app {

ImguiPass::ImguiPass(gpu::Device& device, VkFormat colourFormat) : device_(device) {
  VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 8};
  VkDescriptorPoolCreateInfo poolInfo{};
  poolInfo.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
  poolInfo.flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT;
  poolInfo.maxSets = 8;
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
  vkDestroyDescriptorPool(device_.handle(), pool_, nullptr);
}

void ImguiPass::uploadFonts() {
  // Fonts are built at start and when a person's data brings new characters: rare enough for the backend's wait.
  device_.wait(device_.submitted());
  ImGui_ImplVulkan_DestroyFontsTexture();
  ImGui_ImplVulkan_CreateFontsTexture();
  ImGui_ImplVulkan_NewFrame();
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
