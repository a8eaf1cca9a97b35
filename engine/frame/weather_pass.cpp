#include "frame/weather_pass.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "frame/scene_pass.h"
#include "frame/targets.h"
#include "shared/falling.h"

namespace cm::frame {
namespace {

constexpr VkShaderStageFlags kBothStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;
constexpr uint32_t kGlowDown = 4;  // each level of the glow against the one before

//! One shell of drops or flakes around the eye: few near ones, and many far ones that make the depth.
struct Shell {
  float box;  // metres; divides shared::kPlaceMetres
  uint32_t count;
  float width, length, opacity;
};
constexpr std::array<Shell, 3> kRain{
    {{16, 900, 0.009f, 0.55f, 0.34f}, {64, 3400, 0.028f, 1.7f, 0.30f}, {256, 4200, 0.085f, 5.0f, 0.22f}}};
constexpr std::array<Shell, 3> kSnowfall{
    {{16, 1100, 0.026f, 0, 0.85f}, {64, 4200, 0.090f, 0, 0.80f}, {256, 6200, 0.32f, 0, 0.70f}}};
// Metres a second: what a breeze from the sea makes of drops of 2 mm and of flakes (Gunn and Kinzer 1949; Locatelli and Hobbs 1974).
const glm::dvec3 kRainFalls(1.1, 1.4, -7.5), kSnowFalls(0.45, 0.55, -1.3);

}  // namespace

void WeatherPass::prepare(Passes& passes, VkExtent2D extent) {
  if (!airLayout_) {
    sampled_ = objects_.sampledLayout(4);
    source_ = objects_.sampledLayout(1);
    const std::array sets{layouts_.globals, sampled_};
    airLayout_ = objects_.layout(sets, sizeof(shared::SidePush));
    glowLayout_ = objects_.layout({&source_, 1}, sizeof(glm::vec4));
    linear_ = objects_.sampler(VK_FILTER_LINEAR, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE);
    nearest_ = objects_.sampler(VK_FILTER_NEAREST, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE);
  }
  const VkExtent2D had = mixed_ ? mixed_.description().extent : VkExtent2D{};
  if (had.width == extent.width && had.height == extent.height) return;
  constexpr VkImageUsageFlags kUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT;
  mixed_ = gpu::Image(device_, {.extent = extent, .format = layouts_.colour, .usage = kUsage}, "weather");
  passes.made(Resource::Weathered, mixed_.handle());
  VkExtent2D small = extent;
  for (gpu::Image& level : levels_) {
    small = {(small.width + kGlowDown - 1) / kGlowDown, (small.height + kGlowDown - 1) / kGlowDown};
    level = gpu::Image(device_, {.extent = small, .format = layouts_.colour, .usage = kUsage}, "glow");
    passes.made(&level == levels_ ? Resource::NearGlow : Resource::FarGlow, level.handle());
  }
}

VkPipeline WeatherPass::airPipeline(city::Weather weather, const Air& air) {
  VkPipeline& pipeline = air_[size_t(weather)][air.glows][air.fog][air.mirrors];
  const std::array<uint32_t, 10> constants{0,       1,         0,          air.glows, 0, 0, uint32_t(weather),
                                           air.fog, air.glows, air.mirrors};
  if (!pipeline)
    pipeline = objects_.make({.vertex = "screen.vert",
                              .fragment = "weather.frag",
                              .layout = airLayout_,
                              .constants = constants,
                              .colours = {layouts_.colour}},
                             "weather");
  return pipeline;
}

VkPipeline WeatherPass::fallingPipeline(bool snow) {
  VkPipeline& pipeline = falling_[snow];
  if (!fallingLayout_) fallingLayout_ = objects_.layout({&layouts_.globals, 1}, sizeof(shared::FallingPush));
  const city::Weather weather = snow ? city::Weather::Snow : city::Weather::Rain;
  const std::array<uint32_t, 7> constants{0, 1, 0, 0, 0, 0, uint32_t(weather)};
  if (!pipeline)
    pipeline = objects_.make({.vertex = "falling.vert",
                              .fragment = "falling.frag",
                              .layout = fallingLayout_,
                              .constants = constants,
                              .colours = {layouts_.colour},
                              .depth = layouts_.depth,
                              .depthTest = true,
                              .blend = gpu::Blend::Premultiplied},
                             "falling");
  return pipeline;
}

void WeatherPass::makeGlow(PassContext& pass, const gpu::Image& picture, VkExtent2D used) {
  const gpu::Image* source = &picture;
  for (gpu::Image& level : levels_) {
    const bool first = source == &picture;
    VkPipeline& pipeline = glow_[first];
    const std::array<uint32_t, 1> constants{first};
    if (!pipeline)
      pipeline = objects_.make({.vertex = "screen.vert",
                                .fragment = "glow_down.frag",
                                .layout = glowLayout_,
                                .constants = constants,
                                .colours = {layouts_.colour}},
                               "glow");
    pass.passes.begin(pass.commands, first ? Pass::NearGlow : Pass::FarGlow);
    const VkExtent2D whole = level.description().extent, from = source->description().extent;
    beginColour(pass.commands, level.view(), whole, VK_ATTACHMENT_LOAD_OP_CLEAR);
    const std::array<Binding, 1> binding{{{.binding = 0,
                                           .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                                           .view = source->view(),
                                           .sampler = linear_}}};
    const VkDescriptorSet set = pass.arena.descriptors(source_, binding);
    const glm::vec4 push(used.width, used.height, 1.0f / float(from.width), 1.0f / float(from.height));
    vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
    vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, glowLayout_, 0, 1, &set, 0, nullptr);
    vkCmdPushConstants(pass.commands, glowLayout_, kBothStages, 0, sizeof push, &push);
    used = {(used.width + kGlowDown - 1) / kGlowDown, (used.height + kGlowDown - 1) / kGlowDown};
    const VkRect2D area{{0, 0}, {std::min(used.width, whole.width), std::min(used.height, whole.height)}};
    vkCmdSetScissor(pass.commands, 0, 1, &area);
    vkCmdDraw(pass.commands, 3, 1, 0, 0);
    vkCmdEndRendering(pass.commands);
    source = &level;
  }
}

VkImageView WeatherPass::apply(PassContext& pass, const gpu::Image& picture, const gpu::Image& depth) {
  const WeatherShares& weather = pass.scene.weather;
  const bool night = pass.view.night > 0, wet = pipelinesOf(weather) == city::Weather::Rain && coverOf(weather) > 0;
  // By night water mirrors the lit shore; on slow machines, as the bloom, only at rest.
  const bool litShore = night && (pass.scene.bloom || pass.scene.still);
  const bool mirrors = (wet || litShore) && !pass.scene.layers.underground;
  const bool glows = night && (weather.fog > 0 || falls(pass.scene));
  if (weather.fog <= 0 && !mirrors && !glows) return picture.view();
  prepare(pass.passes, picture.description().extent);
  const VkExtent2D used = pass.view.part.extent;
  if (glows) makeGlow(pass, picture, used);
  pass.passes.begin(pass.commands, Pass::Weather);
  beginColour(pass.commands, mixed_.view(), used, VK_ATTACHMENT_LOAD_OP_DONT_CARE);
  std::array<Binding, 4> bindings{};
  const std::array views{picture.view(), depth.view(), glows ? levels_[0].view() : picture.view(),
                         glows ? levels_[1].view() : picture.view()};
  for (uint32_t i = 0; i < bindings.size(); ++i)
    bindings[i] = {.binding = i,
                   .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                   .view = views[i],
                   .sampler = i < 2 ? nearest_ : linear_};
  const std::array sets{pass.globals, pass.arena.descriptors(sampled_, bindings)};
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS,
                    airPipeline(mirrors && wet ? city::Weather::Rain : city::Weather::Clear,
                                {.glows = glows, .fog = weather.fog > 0, .mirrors = mirrors}));
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, airLayout_, 0, uint32_t(sets.size()),
                          sets.data(), 0, nullptr);
  // A poster's bands know nothing of each other: what they mirror is the sky alone, or each would end where it begins.
  const bool whole = used.height == pass.view.extent.height;
  for (const SideView& side : pass.sides) {
    if (side.rectangle.extent.width == 0) continue;
    setScissor(pass.commands, pass.view, side.rectangle);
    shared::SidePush push = pushOf(side);
    const auto left = float(side.rectangle.offset.x);
    push.extra = {left, left + float(side.rectangle.extent.width), whole, float(pass.sample)};
    push.grow = pass.view.night * std::min(1.0f, weather.fog + 0.8f * weather.rain + 0.8f * weather.snow);
    vkCmdPushConstants(pass.commands, airLayout_, kBothStages, 0, sizeof push, &push);
    vkCmdDraw(pass.commands, 3, 1, 0, 0);
  }
  vkCmdEndRendering(pass.commands);
  return mixed_.view();
}

void WeatherPass::drawFalling(PassContext& pass, const SideView& side) {
  const double seconds = pass.scene.citySeconds;
  const auto draw = [&](bool snow, float share) {
    if (share <= 0) return;
    vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, fallingPipeline(snow));
    vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, fallingLayout_, 0, 1, &pass.globals, 0,
                            nullptr);
    const glm::dvec3 velocity = snow ? kSnowFalls : kRainFalls;
    float seed = 1;
    for (const Shell& shell : snow ? kSnowfall : kRain) {
      // The far shells stand for more of the same rain, and fall as fast as they are larger, or they would seem to hang.
      const double faster = std::sqrt(shell.box / 16.0);
      const glm::dvec3 fallen = glm::mod(velocity * (faster * seconds), glm::dvec3(shell.box));
      shared::FallingPush push{.side = pushOf(side),
                               .box = {shell.box, shell.width, shell.length, shell.opacity},
                               .fallen = glm::vec4(glm::vec3(fallen), 0),
                               .velocity = glm::vec4(glm::vec3(glm::normalize(velocity)), 0)};
      push.side.extra = {seed, float(std::fmod(seconds, 64.0)), share, float(pass.view.extent.height)};
      vkCmdPushConstants(pass.commands, fallingLayout_, kBothStages, 0, sizeof push, &push);
      vkCmdDraw(pass.commands, 6 * shell.count, 1, 0, 0);
      ++seed;
    }
  };
  draw(false, pass.scene.weather.rain);
  draw(true, pass.scene.weather.snow);
}

}  // namespace cm::frame
