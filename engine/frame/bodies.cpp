#include "frame/bodies.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "frame/scene_pass.h"
#include "shared/rail.h"

namespace cm::frame {
namespace {

constexpr float kNearness = 1.0015f;  // rails and paths are lines over the ground: nothing sinks into them

struct Push {
  shared::SidePush side;
  shared::RailPush rail;
};
static_assert(sizeof(Push) == 64);

struct Instance {
  glm::vec4 place, forward, livery;
};

constexpr VkVertexInputAttributeDescription kAttributes[] = {
    {0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(RailVertex, position)},
    {1, 0, VK_FORMAT_R8G8B8A8_SNORM, offsetof(RailVertex, normal)},
    {2, 0, VK_FORMAT_R8G8B8A8_UINT, offsetof(RailVertex, colour)},
    {3, 1, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(Instance, place)},
    {4, 1, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(Instance, forward)},
    {5, 1, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(Instance, livery)}};
constexpr VkVertexInputBindingDescription kBindings[] = {{0, sizeof(RailVertex), VK_VERTEX_INPUT_RATE_VERTEX},
                                                         {1, sizeof(Instance), VK_VERTEX_INPUT_RATE_INSTANCE}};

}  // namespace

Bodies::Bodies(gpu::Device& device, const SceneLayouts& layouts, std::span<const RailMesh> meshes, const char* name)
    : pipelines_(device), layouts_(layouts), name_(name) {
  layout_ = pipelines_.layout({&layouts_.globals, 1}, sizeof(Push));
  RailMesh all;
  for (const RailMesh& mesh : meshes) {
    meshes_.push_back({uint32_t(all.indices.size()), uint32_t(mesh.indices.size()), int32_t(all.vertices.size())});
    all.vertices.insert(all.vertices.end(), mesh.vertices.begin(), mesh.vertices.end());
    all.indices.insert(all.indices.end(), mesh.indices.begin(), mesh.indices.end());
  }
  const auto uploaded = [&](const void* data, size_t bytes, VkBufferUsageFlags usage) {
    gpu::Buffer buffer(device, bytes, usage, true, name);
    if (buffer) std::memcpy(buffer.mapped(), data, bytes);
    return buffer;
  };
  vertices_ =
      uploaded(all.vertices.data(), all.vertices.size() * sizeof(RailVertex), VK_BUFFER_USAGE_VERTEX_BUFFER_BIT);
  indices_ = uploaded(all.indices.data(), all.indices.size() * sizeof(uint32_t), VK_BUFFER_USAGE_INDEX_BUFFER_BIT);
}

VkPipeline Bodies::pipelineFor(bool night, bool moving, bool over) {
  VkPipeline& pipeline = made_[night][moving][over];
  const std::array<uint32_t, 4> constants{0, moving ? 1u : 2u, 0, night};
  if (!pipeline)
    pipeline = pipelines_.make({.vertex = "train.vert",
                                .fragment = "rail.frag",
                                .layout = layout_,
                                .bindings = kBindings,
                                .attributes = kAttributes,
                                .constants = constants,
                                .colours = {layouts_.colour},
                                .depth = layouts_.depth,
                                .cull = VK_CULL_MODE_BACK_BIT,
                                .depthTest = true,
                                .depthWrite = !over},
                               name_);
  return pipeline;
}

void Bodies::draw(PassContext& pass, const SideView& side, std::span<const Body> bodies, bool moving, bool over) {
  if (bodies.empty() || !vertices_ || !indices_) return;
  std::vector<Instance> instances;
  instances.reserve(bodies.size());
  for (const Body& body : bodies)
    instances.push_back({{body.world, body.wide}, {body.forward, body.stretch}, {body.livery, 1}});
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelineFor(pass.view.night > 0, moving, over));
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, 1, &pass.globals, 0, nullptr);
  const Slice slice = pass.arena.copy(std::span<const Instance>(instances));
  const std::array<VkBuffer, 2> buffers{vertices_.handle(), slice.buffer};
  const std::array<VkDeviceSize, 2> offsets{0, slice.offset};
  vkCmdBindVertexBuffers(pass.commands, 0, uint32_t(buffers.size()), buffers.data(), offsets.data());
  vkCmdBindIndexBuffer(pass.commands, indices_.handle(), 0, VK_INDEX_TYPE_UINT32);
  const Push push{.side = pushOf(side), .rail = {.origin = glm::vec4(0, 0, 0, kNearness), .livery = glm::vec4(0)}};
  vkCmdPushConstants(pass.commands, layout_, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push,
                     &push);
  for (size_t first = 0; first < bodies.size();) {
    size_t last = first + 1;
    while (last < bodies.size() && bodies[last].mesh == bodies[first].mesh) ++last;
    const Range& mesh = meshes_[bodies[first].mesh];
    vkCmdDrawIndexed(pass.commands, mesh.count, uint32_t(last - first), mesh.first, mesh.vertex, uint32_t(first));
    first = last;
  }
}

}  // namespace cm::frame
