#include "frame/shadow.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "frame/rail_pass.h"
#include "frame/scene_pass.h"
#include "frame/view.h"

namespace cm::frame {
namespace {

constexpr unsigned kMapSize = 2048;
constexpr double kMargin = 0.18;

struct CasterPush {
  shared::SidePush side;
  glm::mat4 clipFromWorld;
};

//! Start and end of a ray's part between two heights (the Earth is flat enough over a city), within [near, far]; false: none.
bool clipToHeights(const glm::dvec3& eye, const glm::dvec3& ray, double low, double high, double& from, double& to) {
  if (std::abs(ray.z) < 1e-9) return eye.z >= low && eye.z <= high;
  const double a = (low - eye.z) / ray.z, b = (high - eye.z) / ray.z;
  from = std::max(from, std::min(a, b));
  to = std::min(to, std::max(a, b));
  return from <= to;
}

}  // namespace

glm::dmat3 lightAxes(const glm::dvec3& sun) {
  const glm::dvec3 z = glm::normalize(sun);
  const glm::dvec3 pole = std::abs(z.z) > 0.99 ? glm::dvec3(0, 1, 0) : glm::dvec3(0, 0, 1);
  const glm::dvec3 x = glm::normalize(glm::cross(pole, z));
  return {x, glm::cross(z, x), z};
}

std::array<ShadowRegion, shared::kCascades> wantedRegions(const View& view, const glm::dmat3& axes, double low,
                                                          double high, double farMetres) {
  const double aspect = double(view.extent.width) / std::max(1u, view.extent.height),
               tangent = std::tan(view.fovYRadians / 2);
  const auto segments = [&](double reach, double top, auto&& use) {
    constexpr int kRays = 6;
    for (int iy = 0; iy <= kRays; ++iy) {
      for (int ix = 0; ix <= kRays; ++ix) {
        const double x = (2.0 * ix / kRays - 1) * tangent * aspect, y = (2.0 * iy / kRays - 1) * tangent;
        const glm::dvec3 ray = glm::normalize(view.forward + view.right * x + view.up * y);
        double from = 0.5, to = reach;
        if (clipToHeights(view.eyeEnu, ray, low, top, from, to))
          use(view.eyeEnu + ray * from, view.eyeEnu + ray * to, from);
      }
    }
  };
  // The near map begins where roofs do: a mountain on the horizon must not make every eye seem to stand among its rocks.
  constexpr double kRoofsMetres = 160;
  double nearest = farMetres;
  segments(farMetres, std::min(high, low + kRoofsMetres),
           [&](const glm::dvec3&, const glm::dvec3&, double from) { nearest = std::min(nearest, from); });
  const std::array<double, shared::kCascades> reach{std::min(farMetres, nearest * 2.2 + 260.0), farMetres};
  std::array<ShadowRegion, shared::kCascades> regions;
  for (size_t cascade = 0; cascade < regions.size(); ++cascade) {
    glm::dvec3 lo(std::numeric_limits<double>::max()), hi(-std::numeric_limits<double>::max());
    segments(reach[cascade], high, [&](const glm::dvec3& a, const glm::dvec3& b, double) {
      for (const glm::dvec3& point : {a, b}) {
        const glm::dvec3 light = glm::transpose(axes) * point;
        lo = glm::min(lo, light);
        hi = glm::max(hi, light);
      }
    });
    ShadowRegion& region = regions[cascade];
    region.axes = axes;
    if (lo.x > hi.x) continue;  // nothing of the city's heights is in view
    region.centre = glm::dvec2(lo + hi) * 0.5;
    region.half = std::max(hi.x - lo.x, hi.y - lo.y) * 0.5 + 1.0;
    // Casters outside the view stand up to `high` between the view and the sun.
    const double along = (high - low) / std::max(0.05, axes[2].z);
    region.low = lo.z - along * 0.1 - 20.0;
    region.high = hi.z + along + 20.0;
  }
  return regions;
}

ShadowRegion keptOrNew(const std::optional<ShadowRegion>& held, const ShadowRegion& wanted, unsigned mapSize) {
  if (held && held->axes == wanted.axes) {
    const glm::dvec2 off = glm::abs(held->centre - wanted.centre) + wanted.half;
    const bool covers =
        off.x <= held->half && off.y <= held->half && held->low <= wanted.low && held->high >= wanted.high;
    if (covers && held->half <= wanted.half * (1 + kMargin) * 1.7) return *held;
  }
  ShadowRegion region = wanted;
  // Sizes in steps of a quarter, centres on texels: a region that comes back is the same region, and edges do not crawl.
  const double step = std::pow(1.25, std::ceil(std::log(std::max(wanted.half, 1.0) * (1 + kMargin)) / std::log(1.25)));
  region.half = step;
  const double texel = 2 * step / mapSize;
  region.centre = glm::round(wanted.centre / texel) * texel;
  const double depth = (wanted.high - wanted.low) * 0.25;
  region.low -= depth;
  region.high += depth;
  return region;
}

glm::mat4 clipFromWorld(const ShadowRegion& region, const glm::dvec3& eyeEnu) {
  // y down, as in every clip space here, so that front faces stay front faces.
  const glm::dvec3 x = region.axes[0] / region.half, y = region.axes[1] / -region.half;
  const glm::dvec3 z = region.axes[2] / (region.high - region.low);
  const glm::dvec3 at(glm::dot(eyeEnu, x) - region.centre.x / region.half,
                      glm::dot(eyeEnu, y) + region.centre.y / region.half,
                      glm::dot(eyeEnu, z) - region.low / (region.high - region.low));
  return glm::mat4(glm::vec4(x.x, y.x, z.x, 0), glm::vec4(x.y, y.y, z.y, 0), glm::vec4(x.z, y.z, z.z, 0),
                   glm::vec4(at, 1));
}

glm::mat4 textureFromWorld(const ShadowRegion& region, const glm::dvec3& eyeEnu) {
  glm::mat4 m = clipFromWorld(region, eyeEnu);
  for (int column = 0; column < 4; ++column) {
    m[column].x *= 0.5f;
    m[column].y *= 0.5f;
  }
  m[3].x += 0.5f;
  m[3].y += 0.5f;
  return m;
}

ShadowRegion turned(const ShadowRegion& region, const glm::dmat3& axes) {
  const glm::dvec3 middle = region.axes * glm::dvec3(region.centre, (region.low + region.high) * 0.5);
  const glm::dvec3 light = glm::transpose(axes) * middle;
  const double deep = (region.high - region.low) * 0.5 * 1.05;
  return {.axes = axes,
          .centre = glm::dvec2(light),
          .half = region.half * 1.01,
          .low = light.z - deep,
          .high = light.z + deep};
}

ShadowMaps::ShadowMaps(gpu::Device& device, Resource resource, VkDescriptorSetLayout globals,
                       VkDescriptorSetLayout records)
    : device_(device), resource_(resource), objects_(device) {
  const std::array sets{globals, records};
  layout_ = objects_.layout(sets, sizeof(CasterPush));
  const TileVertexInput input = tileVertexInput({0, 1, 5, 6, 7, 9});
  for (uint32_t withRecords = 0; withRecords < 2; ++withRecords)
    pipelines_[withRecords] = objects_.make({.vertex = "shadow.vert",
                                             .layout = layout_,
                                             .bindings = input.bindings,
                                             .attributes = input.attributes,
                                             .constants = {&withRecords, 1},
                                             .depth = kShadowFormat,
                                             .dynamicCull = true,
                                             .depthTest = true,
                                             .depthWrite = true,
                                             .depthBiasConstant = kShadowBiasConstant,
                                             .depthBiasSlope = kShadowBiasSlope},
                                            "shadow");
  sampler_ = objects_.sampler(VK_FILTER_LINEAR, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE, true);
}

void ShadowMaps::prepare(Passes& passes, bool wanted, unsigned sides) {
  const uint32_t layers = wanted ? shared::kCascades * sides : 1;
  if (image_ && (!wanted || (real_ && image_.description().layers >= layers))) return;
  const uint32_t size = wanted ? kMapSize : 1;
  image_ = gpu::Image(device_,
                      {.extent = {size, size},
                       .format = kShadowFormat,
                       .usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT,
                       .layers = layers,
                       .arrayView = true},
                      "shadow maps");
  real_ = wanted;
  fresh_ = true;
  passes.made(resource_, image_.handle());
}

void ShadowMaps::draw(PassContext& pass, const SideView& side, unsigned layer, const DrawList& casters,
                      const ShadowRegion& region, VkDescriptorSet records, const TreeCasters& trees, RailPass* rails) {
  const VkRect2D all{{0, 0}, image_.description().extent};
  const VkRenderingAttachmentInfo depth{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
                                        .imageView = image_.layerView(layer),
                                        .imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                                        .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
                                        .storeOp = VK_ATTACHMENT_STORE_OP_STORE,
                                        .clearValue = {.depthStencil = {0, 0}}};
  const VkRenderingInfo rendering{
      .sType = VK_STRUCTURE_TYPE_RENDERING_INFO, .renderArea = all, .layerCount = 1, .pDepthAttachment = &depth};
  vkCmdBeginRendering(pass.commands, &rendering);
  const VkViewport viewport{0, 0, float(all.extent.width), float(all.extent.height), 0, 1};
  vkCmdSetViewport(pass.commands, 0, 1, &viewport);
  vkCmdSetScissor(pass.commands, 0, 1, &all);
  const CasterPush push{pushOf(side), clipFromWorld(region, pass.view.eyeEnu)};
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 1, 1, &records, 0, nullptr);
  vkCmdPushConstants(pass.commands, layout_, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof(push),
                     &push);
  for (const DrawGroup& group : casters.groups) {
    vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines_[group.records]);
    vkCmdSetCullMode(pass.commands, group.doubleSided ? VK_CULL_MODE_NONE : VK_CULL_MODE_BACK_BIT);
    drawGroup(pass.commands, pass.residency, casters, group);
  }
  if (trees.pass) trees.pass->drawShadows(pass, side, trees.tiles, *trees.sites, push.clipFromWorld, kShadowFormat);
  if (rails) rails->drawShadows(pass, side, region, push.clipFromWorld);
  vkCmdEndRendering(pass.commands);
}

}  // namespace cm::frame
