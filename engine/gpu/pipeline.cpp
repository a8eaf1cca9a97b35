#include "gpu/pipeline.h"

#include <array>
#include <vector>

#include "base/check.h"
#include "shaders_embedded.h"

namespace cm::gpu {
namespace {

VkShaderModule moduleOf(const Device& device, const char* name) {
  const std::span<const uint32_t> words = shaderSpirv(name);
  CM_CHECK(!words.empty(), "there is no shader shaders/{}", name);
  const VkShaderModuleCreateInfo info{
      .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = words.size_bytes(), .pCode = words.data()};
  VkShaderModule module = VK_NULL_HANDLE;
  CM_CHECK(vkCreateShaderModule(device.handle(), &info, nullptr, &module) == VK_SUCCESS, "shader {}", name);
  return module;
}

VkPipelineColorBlendAttachmentState blendOf(Blend blend, uint32_t writeMask) {
  VkPipelineColorBlendAttachmentState state{.blendEnable = blend != Blend::Opaque,
                                            .srcColorBlendFactor = VK_BLEND_FACTOR_ONE,
                                            .dstColorBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA,
                                            .colorBlendOp = VK_BLEND_OP_ADD,
                                            .srcAlphaBlendFactor = VK_BLEND_FACTOR_ONE,
                                            .dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA,
                                            .alphaBlendOp = VK_BLEND_OP_ADD,
                                            .colorWriteMask = writeMask};
  if (blend == Blend::Constant) {
    state.srcColorBlendFactor = state.srcAlphaBlendFactor = VK_BLEND_FACTOR_CONSTANT_ALPHA;
    state.dstColorBlendFactor = state.dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_CONSTANT_ALPHA;
  }
  return state;
}

VkPipeline compiled(Device& device, const GraphicsPipeline& d, const char* name) {
  std::vector<VkSpecializationMapEntry> entries;
  for (uint32_t i = 0; i < d.constants.size(); ++i) entries.push_back({i, i * 4, 4});
  const VkSpecializationInfo constants{.mapEntryCount = uint32_t(entries.size()),
                                       .pMapEntries = entries.data(),
                                       .dataSize = d.constants.size_bytes(),
                                       .pData = d.constants.data()};
  std::vector<VkPipelineShaderStageCreateInfo> stages;
  for (const char* shader : {d.vertex, d.fragment}) {
    if (!shader) continue;
    stages.push_back({.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                      .stage = stages.empty() ? VK_SHADER_STAGE_VERTEX_BIT : VK_SHADER_STAGE_FRAGMENT_BIT,
                      .module = moduleOf(device, shader),
                      .pName = "main",
                      .pSpecializationInfo = entries.empty() ? nullptr : &constants});
  }
  const VkPipelineVertexInputStateCreateInfo vertexInput{
      .sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO,
      .vertexBindingDescriptionCount = uint32_t(d.bindings.size()),
      .pVertexBindingDescriptions = d.bindings.data(),
      .vertexAttributeDescriptionCount = uint32_t(d.attributes.size()),
      .pVertexAttributeDescriptions = d.attributes.data()};
  const VkPipelineInputAssemblyStateCreateInfo assembly{
      .sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO, .topology = d.topology};
  const VkPipelineViewportStateCreateInfo viewport{
      .sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO, .viewportCount = 1, .scissorCount = 1};
  const VkPipelineRasterizationStateCreateInfo raster{
      .sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO,
      .polygonMode = VK_POLYGON_MODE_FILL,
      .cullMode = d.cull,
      .frontFace = VK_FRONT_FACE_COUNTER_CLOCKWISE,
      .depthBiasEnable = d.depthBiasConstant != 0 || d.depthBiasSlope != 0,
      .depthBiasConstantFactor = d.depthBiasConstant,
      .depthBiasSlopeFactor = d.depthBiasSlope,
      .lineWidth = 1};
  const VkPipelineMultisampleStateCreateInfo multisample{
      .sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO, .rasterizationSamples = VK_SAMPLE_COUNT_1_BIT};
  const VkPipelineDepthStencilStateCreateInfo depth{.sType = VK_STRUCTURE_TYPE_PIPELINE_DEPTH_STENCIL_STATE_CREATE_INFO,
                                                    .depthTestEnable = d.depthTest,
                                                    .depthWriteEnable = d.depthWrite,
                                                    .depthCompareOp = d.compare};
  const std::vector<VkPipelineColorBlendAttachmentState> attachments(d.colours.size(), blendOf(d.blend, d.writeMask));
  const VkPipelineColorBlendStateCreateInfo blend{.sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO,
                                                  .attachmentCount = uint32_t(attachments.size()),
                                                  .pAttachments = attachments.data()};
  std::vector<VkDynamicState> states{VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
  if (d.dynamicCull) states.push_back(VK_DYNAMIC_STATE_CULL_MODE);
  if (d.blend == Blend::Constant) states.push_back(VK_DYNAMIC_STATE_BLEND_CONSTANTS);
  const VkPipelineDynamicStateCreateInfo dynamic{.sType = VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO,
                                                 .dynamicStateCount = uint32_t(states.size()),
                                                 .pDynamicStates = states.data()};
  const VkPipelineRenderingCreateInfo rendering{.sType = VK_STRUCTURE_TYPE_PIPELINE_RENDERING_CREATE_INFO,
                                                .colorAttachmentCount = uint32_t(d.colours.size()),
                                                .pColorAttachmentFormats = d.colours.data(),
                                                .depthAttachmentFormat = d.depth};
  const VkGraphicsPipelineCreateInfo info{.sType = VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO,
                                          .pNext = &rendering,
                                          .stageCount = uint32_t(stages.size()),
                                          .pStages = stages.data(),
                                          .pVertexInputState = &vertexInput,
                                          .pInputAssemblyState = &assembly,
                                          .pViewportState = &viewport,
                                          .pRasterizationState = &raster,
                                          .pMultisampleState = &multisample,
                                          .pDepthStencilState = &depth,
                                          .pColorBlendState = &blend,
                                          .pDynamicState = &dynamic,
                                          .layout = d.layout};
  VkPipeline pipeline = VK_NULL_HANDLE;
  const VkResult result =
      vkCreateGraphicsPipelines(device.handle(), device.pipelineCache(), 1, &info, nullptr, &pipeline);
  for (const auto& stage : stages) vkDestroyShaderModule(device.handle(), stage.module, nullptr);
  CM_CHECK(result == VK_SUCCESS, "pipeline {} gave {}", name, int(result));
  device.setName(VK_OBJECT_TYPE_PIPELINE, reinterpret_cast<uint64_t>(pipeline), name);
  return pipeline;
}

}  // namespace

//! What a pipeline is made of, and it once it is made.
struct Pipeline::Recipe {
  Device& device;
  GraphicsPipeline description;  // its spans look at what follows
  std::vector<VkVertexInputBindingDescription> bindings;
  std::vector<VkVertexInputAttributeDescription> attributes;
  std::vector<uint32_t> constants;
  const char* name;
  VkPipeline handle = VK_NULL_HANDLE;
};

Pipeline::operator VkPipeline() const {
  if (recipe_ && !recipe_->handle) recipe_->handle = compiled(recipe_->device, recipe_->description, recipe_->name);
  return recipe_ ? recipe_->handle : VK_NULL_HANDLE;
}

Pipelines::Pipelines(Device& device) : device_(device) {}

Pipelines::~Pipelines() {
  // The owner is destroyed with the GPU idle (Frame waits for its last submit), so no retire is needed here.
  for (const Pipeline::Recipe& recipe : recipes_) vkDestroyPipeline(device_.handle(), recipe.handle, nullptr);
  for (VkPipelineLayout layout : layouts_) vkDestroyPipelineLayout(device_.handle(), layout, nullptr);
  for (VkDescriptorSetLayout layout : setLayouts_) vkDestroyDescriptorSetLayout(device_.handle(), layout, nullptr);
  for (VkSampler sampler : samplers_) vkDestroySampler(device_.handle(), sampler, nullptr);
}

VkDescriptorSetLayout Pipelines::setLayout(std::span<const VkDescriptorSetLayoutBinding> bindings) {
  const VkDescriptorSetLayoutCreateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
                                             .bindingCount = uint32_t(bindings.size()),
                                             .pBindings = bindings.data()};
  VkDescriptorSetLayout layout = VK_NULL_HANDLE;
  CM_CHECK(vkCreateDescriptorSetLayout(device_.handle(), &info, nullptr, &layout) == VK_SUCCESS,
           "descriptor set layout");
  return setLayouts_.emplace_back(layout);
}

VkDescriptorSetLayout Pipelines::sampledLayout(uint32_t pictures) {
  std::vector<VkDescriptorSetLayoutBinding> bindings;
  for (uint32_t i = 0; i < pictures; ++i)
    bindings.push_back({.binding = i,
                        .descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                        .descriptorCount = 1,
                        .stageFlags = VK_SHADER_STAGE_FRAGMENT_BIT});
  return setLayout(bindings);
}

VkPipelineLayout Pipelines::layout(std::span<const VkDescriptorSetLayout> sets, uint32_t pushBytes) {
  const VkPushConstantRange push{.stageFlags = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT,
                                 .size = pushBytes};
  const VkPipelineLayoutCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                        .setLayoutCount = uint32_t(sets.size()),
                                        .pSetLayouts = sets.data(),
                                        .pushConstantRangeCount = pushBytes ? 1u : 0u,
                                        .pPushConstantRanges = &push};
  VkPipelineLayout made = VK_NULL_HANDLE;
  CM_CHECK(vkCreatePipelineLayout(device_.handle(), &info, nullptr, &made) == VK_SUCCESS, "pipeline layout");
  return layouts_.emplace_back(made);
}

Pipeline Pipelines::make(const GraphicsPipeline& d, const char* name) {
  Pipeline::Recipe& recipe =
      recipes_.emplace_back(Pipeline::Recipe{.device = device_,
                                             .description = d,
                                             .bindings = {d.bindings.begin(), d.bindings.end()},
                                             .attributes = {d.attributes.begin(), d.attributes.end()},
                                             .constants = {d.constants.begin(), d.constants.end()},
                                             .name = name});
  recipe.description.bindings = recipe.bindings;
  recipe.description.attributes = recipe.attributes;
  recipe.description.constants = recipe.constants;
  return Pipeline(recipe);
}

VkSampler Pipelines::sampler(VkFilter filter, VkSamplerAddressMode address, bool compareGreater, float maxAnisotropy) {
  const VkSamplerCreateInfo info{
      .sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO,
      .magFilter = filter,
      .minFilter = filter,
      .mipmapMode = filter == VK_FILTER_LINEAR ? VK_SAMPLER_MIPMAP_MODE_LINEAR : VK_SAMPLER_MIPMAP_MODE_NEAREST,
      .addressModeU = address,
      .addressModeV = address,
      .addressModeW = address,
      .anisotropyEnable = maxAnisotropy > 1,
      .maxAnisotropy = maxAnisotropy,
      .compareEnable = compareGreater,
      .compareOp = VK_COMPARE_OP_GREATER_OR_EQUAL,
      .maxLod = VK_LOD_CLAMP_NONE,
      .borderColor = VK_BORDER_COLOR_FLOAT_TRANSPARENT_BLACK};
  VkSampler sampler = VK_NULL_HANDLE;
  CM_CHECK(vkCreateSampler(device_.handle(), &info, nullptr, &sampler) == VK_SUCCESS, "sampler");
  return samplers_.emplace_back(sampler);
}

}  // namespace cm::gpu
