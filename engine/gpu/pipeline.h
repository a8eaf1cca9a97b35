//! Graphics pipelines from embedded SPIR-V. Belongs to the loop's thread; pipelines, layouts and samplers live as long
//! as the `Pipelines` that made them, which must not outlive the device.
#pragma once

#include <vulkan/vulkan.h>

#include <deque>
#include <span>
#include <vector>

#include "gpu/device.h"

namespace cm::gpu {

enum class Blend : uint8_t {
  Opaque,
  Premultiplied,   // source colour is already multiplied by its alpha
  Constant,        // by the dynamic blend constant: running means
};

//! One graphics pipeline. Viewport and scissor are dynamic, always. Depth is reversed: greater is nearer.
struct GraphicsPipeline {
  const char* vertex = nullptr;                // "opaque.vert"
  const char* fragment = nullptr;              // nullptr: depth only
  VkPipelineLayout layout = VK_NULL_HANDLE;
  std::span<const VkVertexInputBindingDescription> bindings;
  std::span<const VkVertexInputAttributeDescription> attributes;
  std::span<const uint32_t> constants;         // specialization constants 0, 1, 2 ...
  std::vector<VkFormat> colours;               // attachments
  VkFormat depth = VK_FORMAT_UNDEFINED;
  VkPrimitiveTopology topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
  VkCullModeFlags cull = VK_CULL_MODE_NONE;
  bool dynamicCull = false;
  bool depthTest = false, depthWrite = false;
  VkCompareOp compare = VK_COMPARE_OP_GREATER_OR_EQUAL;
  float depthBiasConstant = 0, depthBiasSlope = 0;
  Blend blend = Blend::Opaque;
  uint32_t writeMask = 0xf;
};

//! A pipeline that is compiled when it is first drawn with: what a session never shows costs neither time at its start nor
//! memory. Copies are the same pipeline.
class Pipeline {
 public:
  Pipeline() = default;
  operator VkPipeline() const;                 // compiles where that has not been done

 private:
  friend class Pipelines;
  struct Recipe;
  explicit Pipeline(Recipe& recipe) : recipe_(&recipe) {}
  Recipe* recipe_ = nullptr;
};

//! Makes and owns pipelines, layouts, samplers and set layouts; all die together.
class Pipelines {
 public:
  explicit Pipelines(Device& device);
  ~Pipelines();
  Pipelines(const Pipelines&) = delete;
  Pipelines& operator=(const Pipelines&) = delete;

  VkDescriptorSetLayout setLayout(std::span<const VkDescriptorSetLayoutBinding> bindings);
  //! So many pictures for fragment shaders, at bindings 0, 1, 2 ...
  VkDescriptorSetLayout sampledLayout(uint32_t pictures);
  VkPipelineLayout layout(std::span<const VkDescriptorSetLayout> sets, uint32_t pushBytes);
  Pipeline make(const GraphicsPipeline& description, const char* name);
  VkSampler sampler(VkFilter filter, VkSamplerAddressMode address, bool compareGreater = false, float maxAnisotropy = 0);

 private:
  Device& device_;
  std::vector<VkDescriptorSetLayout> setLayouts_;
  std::vector<VkPipelineLayout> layouts_;
  std::deque<Pipeline::Recipe> recipes_;
  std::vector<VkSampler> samplers_;
};

}  // namespace cm::gpu
