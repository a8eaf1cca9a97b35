#include "frame/pick.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "frame/scene_pass.h"
#include "frame/view.h"

namespace cm::frame {
namespace {

constexpr int kPixels = 8;  // the neighbourhood's width and height
constexpr VkFormat kIdFormat = VK_FORMAT_R32G32B32A32_UINT;

glm::dvec3 rayOf(const View& view, double x, double y) {
  const double tangent = std::tan(view.fovYRadians / 2), aspect = double(view.extent.width) / view.extent.height;
  const double cx = 2 * x / view.extent.width - 1, cy = 1 - 2 * y / view.extent.height;
  return view.forward + view.right * (cx * tangent * aspect) + view.up * (cy * tangent);
}

bool meets(const glm::dvec3& eye, const glm::dvec3& ray, const PlacedTile& tile) {
  // Slabs (Kay and Kajiya 1986); the margin of a few metres covers the neighbouring pixels.
  double from = 0, to = 1e12;
  for (int axis = 0; axis < 3; ++axis) {
    const double inverse = 1.0 / (std::abs(ray[axis]) < 1e-12 ? 1e-12 : ray[axis]);
    double a = (tile.loEnu[axis] - 5 - eye[axis]) * inverse, b = (tile.hiEnu[axis] + 5 - eye[axis]) * inverse;
    if (a > b) std::swap(a, b);
    from = std::max(from, a);
    to = std::min(to, b);
  }
  return from <= to;
}

}  // namespace

PickPass::PickPass(gpu::Device& device, const SceneLayouts& layouts, VkDescriptorSetLayout records)
    : device_(device), objects_(device) {
  const std::array sets{layouts.globals, records};
  layout_ = objects_.layout(sets, sizeof(shared::SidePush));
  const TileVertexInput input = tileVertexInput({0, 1, 5, 6, 7, 9});
  const uint32_t withRecords = 1;
  for (const auto& [pipeline, kind] : {std::pair(&triangles_, residency::DrawClass::Solid),
                                       {&points_, residency::DrawClass::Points},
                                       {&lines_, residency::DrawClass::Lines}})
    *pipeline = objects_.make({.vertex = "pick.vert",
                               .fragment = "pick.frag",
                               .layout = layout_,
                               .bindings = input.bindings,
                               .attributes = input.attributes,
                               .constants = {&withRecords, 1},
                               .colours = {kIdFormat},
                               .depth = layouts.depth,
                               .topology = topologyOf(kind),
                               .dynamicCull = true,
                               .depthTest = true,
                               .depthWrite = true},
                              "pick");
}

uint64_t PickPass::ask(int x, int y, city::Selection overlay) {
  requests_.push_back({next_, x, y, std::move(overlay)});
  return next_++;
}

void PickPass::draw(PassContext& pass, const SideView& side, const Request& request,
                    std::span<const PlacedTile* const> tiles, const Visibility& visibility, VkDescriptorSet records) {
  Waiting waiting{.request = request,
                  .slot = side.slot,
                  .view = pass.view,
                  .origin = {request.x - kPixels / 2, request.y - kPixels / 2}};
  const VkExtent2D extent{kPixels, kPixels};
  waiting.ids = gpu::Image(device_,
                           {.extent = extent,
                            .format = kIdFormat,
                            .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT},
                           "pick ids");
  waiting.depth = gpu::Image(
      device_, {.extent = extent, .format = VK_FORMAT_D32_SFLOAT, .usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT},
      "pick depth");
  waiting.pixels =
      gpu::Buffer(device_, kPixels * kPixels * 16, VK_BUFFER_USAGE_TRANSFER_DST_BIT, true, "pick readback");
  std::vector<const PlacedTile*> under;
  const glm::dvec3 ray = rayOf(pass.view, request.x + 0.5, request.y + 0.5);
  for (const PlacedTile* tile : tiles)
    if (meets(pass.view.eyeEnu, ray, *tile)) under.push_back(tile);
  // As casters and picture in one: textured runs become plain groups, ground counts.
  DrawList list =
      buildDraws(pass.arena, pass.view, under, visibility, side.slot, side.side->transition < 1, DrawSet::Picture);
  waiting.tiles = list.tiles;

  const VkCommandBuffer commands = pass.commands;
  pass.passes.made(Resource::PickIds, waiting.ids.handle());
  pass.passes.made(Resource::PickDepth, waiting.depth.handle());
  pass.passes.made(Resource::PickBytes, waiting.pixels.handle());
  pass.passes.begin(commands, Pass::Pick);
  const VkRenderingAttachmentInfo colour{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                         .imageView = waiting.ids.view(),
                                         .imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                         .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
                                         .storeOp = VK_ATTACHMENT_STORE_OP_STORE};
  const VkRenderingAttachmentInfo depth{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                        .imageView = waiting.depth.view(),
                                        .imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                                        .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
                                        .storeOp = VK_ATTACHMENT_STORE_OP_DONT_CARE,
                                        .clearValue = {.depthStencil = {0, 0}}};
  const VkRect2D all{{0, 0}, extent};
  const VkRenderingInfo rendering{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                  .renderArea = all,
                                  .layerCount = 1,
                                  .colorAttachmentCount = 1,
                                  .pColorAttachments = &colour,
                                  .pDepthAttachment = &depth};
  vkCmdBeginRendering(commands, &rendering);
  // The viewport is the whole picture's, moved so that the neighbourhood falls into the small image.
  const VkViewport viewport{float(-waiting.origin.x),
                            float(-waiting.origin.y),
                            float(pass.view.extent.width),
                            float(pass.view.extent.height),
                            0,
                            1};
  vkCmdSetViewport(commands, 0, 1, &viewport);
  vkCmdSetScissor(commands, 0, 1, &all);
  const std::array sets{pass.globals, records};
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, uint32_t(sets.size()), sets.data(), 0,
                          nullptr);
  const shared::SidePush push = pushOf(side);
  vkCmdPushConstants(commands, layout_, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof(push),
                     &push);
  for (const DrawGroup& group : list.groups) {
    const gpu::Pipeline pipeline = group.kind == residency::DrawClass::Points  ? points_
                                   : group.kind == residency::DrawClass::Lines ? lines_
                                                                               : triangles_;
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
    vkCmdSetCullMode(commands, group.doubleSided ? VK_CULL_MODE_NONE : VK_CULL_MODE_BACK_BIT);
    drawGroup(commands, pass.residency, list, group);
  }
  list.textured.insert(list.textured.end(), list.texturedBlended.begin(), list.texturedBlended.end());
  if (!list.textured.empty()) vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, triangles_);
  for (const TexturedDraw& item : list.textured) {
    const VkBuffer mesh = pass.residency.chunk(item.tile->chunk);
    const std::array<VkBuffer, 2> buffers{mesh, list.instances.buffer};
    const std::array<VkDeviceSize, 2> offsets{0, list.instances.offset};
    vkCmdBindVertexBuffers(commands, 0, 2, buffers.data(), offsets.data());
    vkCmdBindIndexBuffer(commands, mesh, 0, item.tile->indexType);
    vkCmdSetCullMode(commands, VK_CULL_MODE_NONE);
    vkCmdDrawIndexed(commands, item.draw->indexCount, 1, item.draw->firstIndex, item.tile->vertexOffset, item.instance);
  }
  vkCmdEndRendering(commands);
  pass.passes.begin(commands, Pass::PickCopy);
  const VkBufferImageCopy region{.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                 .imageExtent = {kPixels, kPixels, 1}};
  vkCmdCopyImageToBuffer(commands, waiting.ids.handle(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, waiting.pixels.handle(),
                         1, &region);
  pass.passes.begin(commands, Pass::PickRead);
  waiting_.push_back(std::move(waiting));
}

void PickPass::submitted(uint64_t value) {
  for (Waiting& waiting : waiting_)
    if (waiting.value == 0) waiting.value = value;
}

PickPass::Answer PickPass::resolve(const Waiting& waiting) const {
  Answer answer{.pick = {.request = waiting.request.id, .overlay = waiting.request.overlay},
                .x = waiting.request.x,
                .y = waiting.request.y,
                .slot = waiting.slot};
  Pick& pick = answer.pick;
  std::array<uint32_t, kPixels * kPixels * 4> pixels;
  std::memcpy(pixels.data(), waiting.pixels.mapped(), sizeof(pixels));
  // The pixel itself, else the nearest neighbour that holds something: fingers are blunt.
  int best = -1, bestDistance = 1 << 30;
  for (int y = 0; y < kPixels; ++y) {
    for (int x = 0; x < kPixels; ++x) {
      const int distance = (x - kPixels / 2) * (x - kPixels / 2) + (y - kPixels / 2) * (y - kPixels / 2);
      if (pixels[size_t(y * kPixels + x) * 4] == 0 || distance >= bestDistance) continue;
      best = y * kPixels + x;
      bestDistance = distance;
    }
  }
  if (best < 0) return answer;
  const uint32_t* found = &pixels[size_t(best) * 4];
  if (found[0] > waiting.tiles.size()) return answer;
  pick.hit = true;
  pick.tile = waiting.tiles[found[0] - 1];
  pick.feature = found[1];
  const double metres = double(kNearMetres) / std::bit_cast<float>(found[2]);
  const int column = best % kPixels, row = best / kPixels;
  const glm::dvec3 ray = rayOf(waiting.view, waiting.origin.x + column + 0.5, waiting.origin.y + row + 0.5);
  pick.positionEcef = waiting.view.axes.toEcef(waiting.view.eyeEnu + ray * metres);
  answer.metres = float(metres);
  return answer;
}

std::vector<PickPass::Answer> PickPass::take(const gpu::Device& device) {
  std::vector<Answer> picks;
  while (!waiting_.empty() && waiting_.front().value != 0 && waiting_.front().value <= device.completed()) {
    picks.push_back(resolve(waiting_.front()));
    waiting_.pop_front();
  }
  return picks;
}

}  // namespace cm::frame
