#include "frame/frame.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "frame/drape.h"
#include "frame/draws.h"
#include "frame/hash.h"
#include "frame/labels.h"
#include "frame/lens.h"
#include "frame/light.h"
#include "frame/look_fade.h"
#include "frame/overlay_lines.h"
#include "frame/pass_context.h"
#include "frame/pick.h"
#include "frame/post.h"
#include "frame/rail_pass.h"
#include "frame/scene_pass.h"
#include "frame/sides.h"
#include "frame/sun_shadows.h"
#include "frame/surroundings.h"
#include "frame/targets.h"
#include "frame/timings.h"
#include "frame/trees.h"
#include "frame/view.h"
#include "frame/visibility.h"

namespace cm::frame {
namespace {

// How far beside a thin line on the ground a finger may come down, as an angle from the eye.
constexpr double kFingerAngle = 0.012;
//! Everything of one frame in flight.
struct InFlight {
  VkCommandPool pool = VK_NULL_HANDLE;
  VkCommandBuffer commands = VK_NULL_HANDLE;
  std::unique_ptr<FrameArena> arena;
  std::unique_ptr<Timings> timings;
  uint64_t value = 0;
};

}  // namespace

struct Frame::Impl {
  gpu::Device& device;
  residency::Residency& residency;
  gpu::Pipelines objects;
  SceneLayouts layouts;
  std::unique_ptr<ScenePass> scenePass;
  std::unique_ptr<TreePass> trees;
  std::unique_ptr<PostPass> post;
  std::unique_ptr<PickPass> picks;
  std::unique_ptr<SunShadows> shadows;
  std::unique_ptr<Drape> drape;
  std::unique_ptr<OverlayLines> lines;
  std::unique_ptr<RailPass> rails;
  std::unique_ptr<Labels> labels;
  std::unique_ptr<LensPass> lens;
  std::unique_ptr<LookFade> lookFade;
  Light light;
  Visibility visibility;
  PlacedTiles placed;
  std::array<InFlight, gpu::kFramesInFlight> inFlight;
  size_t turn = 0;
  gpu::Image picture, depth, mean;
  geo::EnuFrame axes;
  double originHeight = 0;
  const tiles::TileTree* tree = nullptr;
  Surroundings surroundings;
  uint64_t surroundingsGeneration = 0;
  uint64_t documentGeneration = 0;

  uint64_t meanKey = 0;
  unsigned meanSamples = 0;
  bool stillUnfinished = false;
  shared::FrameUniforms stillUniforms{};  // of the last sample of a still picture
  bool living = false;
  Statistics statistics;

  Impl(gpu::Device& device, residency::Residency& residency, VkFormat colourFormat);
  ~Impl();

  InFlight& begin();
  void lookAround();
  void prepareImages(VkExtent2D extent, bool lit);
  SideDraws drawsOf(const SideView& side, const View& view, const Scene& scene, FrameArena& arena);
  void fillUniforms(PassContext& pass, shared::FrameUniforms& uniforms) const;
  VkDescriptorSet globalsFor(PassContext& pass, const shared::FrameUniforms& uniforms, const ShadowMaps& maps) const;
  Casting casting(const Scene& scene, const glm::dvec3& sun, VkDescriptorSet records) {
    return {placed, axes, visibility, records, sun, scene.look == city::Look::Day ? trees.get() : nullptr, rails.get()};
  }
  //! How a scene is drawn: lit or plain, as one sample of a still picture or as a moving one.
  struct Manner {
    bool lit = true, still = false;
    const glm::vec4* clear = nullptr;
    glm::vec2 offset{0};                  // of the sample, pixels
  };
  void drawPicture(PassContext& pass, VkImageView view, VkImage image, std::span<const SideDraws> draws,
                   VkDescriptorSet records, const Manner& manner);
  void drawScene(PassContext& pass, std::span<const SideDraws> draws, VkDescriptorSet records, const Manner& manner,
                 bool inLens);
  void drawBelow(PassContext& pass, const SideView& side, bool still);
  void drawLive(PassContext& pass, gpu::Target& target);
  uint64_t keyOf(const PassContext& pass) const;
  void renderPlain(PassContext& pass, gpu::Target& target, std::span<const SideDraws> draws, VkDescriptorSet records,
                   shared::FrameUniforms& uniforms);
  void renderLit(PassContext& pass, gpu::Target& target, std::span<const SideDraws> draws, VkDescriptorSet records,
                 shared::FrameUniforms& uniforms, const glm::dvec3& sun, int samples, Timings& timings);
  void renderMoving(PassContext& pass, std::span<const SideDraws> draws, VkDescriptorSet records, const glm::dvec3& sun,
                    Timings& timings);
  void accumulateSample(PassContext& pass, std::span<const SideDraws> draws, VkDescriptorSet records,
                        shared::FrameUniforms uniforms, const glm::dvec3& sun, unsigned sample, Timings& timings);
  void drawPicks(PassContext& pass, std::span<const SideDraws> draws, VkDescriptorSet records,
                 shared::FrameUniforms uniforms);
  void submit(InFlight& frame, const gpu::Target& target);
};

Frame::Impl::Impl(gpu::Device& d, residency::Residency& r, VkFormat colourFormat)
    : device(d), residency(r), objects(d) {
  CM_CHECK(colourFormat == VK_FORMAT_R8G8B8A8_UNORM || colourFormat == VK_FORMAT_B8G8R8A8_UNORM,
           "the frame encodes sRGB itself and draws to 8-bit UNORM, not to format {}", int(colourFormat));
  layouts.colour = colourFormat;
  std::array<VkDescriptorSetLayoutBinding, 4> bindings{};
  constexpr VkShaderStageFlags kBoth = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;
  for (uint32_t i = 0; i < bindings.size(); ++i)
    bindings[i] = {
        .binding = i,
        .descriptorType = i % 2 ? VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER : VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER,
        .descriptorCount = 1,
        .stageFlags = i % 2 ? VkShaderStageFlags(VK_SHADER_STAGE_FRAGMENT_BIT) : kBoth};
  layouts.globals = objects.setLayout(bindings);
  scenePass = std::make_unique<ScenePass>(device, layouts, residency.textureLayout());
  trees = std::make_unique<TreePass>(device, layouts);
  post = std::make_unique<PostPass>(device, layouts);
  picks = std::make_unique<PickPass>(device, layouts, scenePass->recordsLayout());
  shadows = std::make_unique<SunShadows>(device, layouts.globals, scenePass->recordsLayout());
  drape = std::make_unique<Drape>(device, layouts);
  lines = std::make_unique<OverlayLines>(device, layouts);
  rails = std::make_unique<RailPass>(device, layouts);
  labels = std::make_unique<Labels>(device, layouts);
  lens = std::make_unique<LensPass>(device, layouts);
  lookFade = std::make_unique<LookFade>(device, layouts);
  axes = geo::enuFrameAt({});
  for (InFlight& frame : inFlight) {
    const VkCommandPoolCreateInfo pool{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                       .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
                                       .queueFamilyIndex = device.queueFamily()};
    CM_CHECK(vkCreateCommandPool(device.handle(), &pool, nullptr, &frame.pool) == VK_SUCCESS, "frame command pool");
    const VkCommandBufferAllocateInfo allocate{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                               .commandPool = frame.pool,
                                               .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                               .commandBufferCount = 1};
    CM_CHECK(vkAllocateCommandBuffers(device.handle(), &allocate, &frame.commands) == VK_SUCCESS, "frame commands");
    frame.arena = std::make_unique<FrameArena>(device);
    frame.timings = std::make_unique<Timings>(device);
  }
}

Frame::Impl::~Impl() {
  device.wait(device.submitted());
  for (InFlight& frame : inFlight) vkDestroyCommandPool(device.handle(), frame.pool, nullptr);
}

InFlight& Frame::Impl::begin() {
  turn = (turn + 1) % inFlight.size();
  InFlight& frame = inFlight[turn];
  device.wait(frame.value);
  device.collect();
  frame.timings->read(statistics);
  vkResetCommandPool(device.handle(), frame.pool, 0);
  frame.arena->reset();
  const VkCommandBufferBeginInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                      .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
  vkBeginCommandBuffer(frame.commands, &info);
  frame.timings->begin(frame.commands);
  return frame;
}

void Frame::Impl::lookAround() {
  if (surroundingsGeneration == residency.generation()) return;
  surroundings = surroundingsOf(residency, tree, axes, originHeight);
  surroundingsGeneration = residency.generation();
  drape->setReach(glm::length(glm::dvec2(surroundings.centreEnu)) + surroundings.radiusMetres);
}

void Frame::Impl::prepareImages(VkExtent2D extent, bool lit) {
  const auto same = [&](const gpu::Image& image) {
    return image && image.description().extent.width == extent.width &&
           image.description().extent.height == extent.height;
  };
  if (!same(depth)) {
    depth = gpu::Image(device,
                       {.extent = extent,
                        .format = layouts.depth,
                        .usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT},
                       "depth");
    meanSamples = 0;
  }
  if (!lit || (same(picture) && same(mean))) return;
  constexpr VkImageUsageFlags kUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT;
  picture = gpu::Image(device, {.extent = extent, .format = layouts.colour, .usage = kUsage}, "picture");
  mean = gpu::Image(device, {.extent = extent, .format = kMeanFormat, .usage = kUsage}, "mean");
  meanSamples = 0;
}

SideDraws Frame::Impl::drawsOf(const SideView& side, const View& view, const Scene& scene, FrameArena& arena) {
  SideDraws mine;
  const auto place = [&](std::span<const tiles::TileId> ids) {
    std::vector<const PlacedTile*> tiles;
    for (const tiles::TileId id : ids)
      if (const PlacedTile* tile = placed.place(residency, axes, id)) tiles.push_back(tile);
    return tiles;
  };
  const auto list = [&](std::span<const PlacedTile* const> tiles) {
    DrawList made = buildDraws(arena, view, tiles, visibility, side.slot, side.side->transition < 1, DrawSet::Picture,
                               scene.layers.buildings);
    statistics.triangles += made.triangles;
    statistics.tiles += uint32_t(made.tiles.size());
    statistics.draws += made.draws;
    return made;
  };
  mine.tiles = place(side.side->draw);
  std::vector<const PlacedTile*> steady = mine.tiles;
  for (const tiles::LevelFade& fade : side.side->fades) {
    const std::vector<const PlacedTile*> in = place(fade.in), out = place(fade.out);
    std::erase_if(steady, [&](const PlacedTile* tile) { return std::find(in.begin(), in.end(), tile) != in.end(); });
    mine.fades.push_back({list(in), list(out), fade.share});
  }
  mine.list = list(steady);
  return mine;
}

void Frame::Impl::fillUniforms(PassContext& pass, shared::FrameUniforms& uniforms) const {
  for (size_t i = 0; i < surroundings.colours.size(); ++i) uniforms.edgeColour[i] = surroundings.colours[i];
  uniforms.edgeCentre = glm::vec4(pass.view.relativeEnu(surroundings.centreEnu), float(surroundings.radiusMetres));
  const glm::dvec3 eye = pass.view.eyeEnu;
  uniforms.place =
      glm::vec4(glm::vec3(eye - glm::floor(eye / double(shared::kPlaceMetres)) * double(shared::kPlaceMetres)), 0);
}

VkDescriptorSet Frame::Impl::globalsFor(PassContext& pass, const shared::FrameUniforms& uniforms,
                                        const ShadowMaps& maps) const {
  const Slice slice = pass.arena.copyOne(uniforms);
  const std::array<Binding, 4> bindings{
      {{.binding = 0, .type = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, .slice = slice},
       {.binding = 1,
        .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
        .view = maps.view(),
        .sampler = maps.sampler()},
       {.binding = 2, .type = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, .slice = drape->uniforms(pass)},
       {.binding = 3,
        .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
        .view = drape->view(),
        .sampler = drape->sampler()}}};
  return pass.arena.descriptors(layouts.globals, bindings);
}

//! All sides, into an image that is left as a colour attachment; what the lens shows comes over them.
void Frame::Impl::drawPicture(PassContext& pass, VkImageView view, VkImage image, std::span<const SideDraws> draws,
                              VkDescriptorSet records, const Manner& manner) {
  const bool round = pass.scene.lens.on();
  if (round) {
    lens->begin(pass, depth.description().extent, manner.clear);
    drawScene(pass, draws, records, manner, true);
    lens->end(pass);
  }
  beginScene(pass.commands, view, image, depth, pass.view, manner.clear);
  drawScene(pass, draws, records, manner, false);
  if (round) lens->lay(pass, manner.offset);
  vkCmdEndRendering(pass.commands);
}

void Frame::Impl::drawScene(PassContext& pass, std::span<const SideDraws> draws, VkDescriptorSet records,
                            const Manner& manner, bool inLens) {
  const bool lit = manner.lit, still = manner.still;
  for (const SideView& side : pass.sides) {
    if (side.rectangle.extent.width == 0 || side.side->inLens != inLens) continue;
    setScissor(pass.commands, pass.view, side.rectangle);
    const bool below = lit && pass.scene.layers.underground;
    if (below) drawBelow(pass, side, still);
    const bool draped = !drape->empty(side.slot);
    scenePass->drawTiles(pass, side, draws[side.index].list, records, draped);
    for (const SideDraws::Fade& fade : draws[side.index].fades) {
      scenePass->drawFading(pass, side, fade.in, records, draped, fade.share, false);
      scenePass->drawFading(pass, side, fade.out, records, draped, fade.share, true);
    }
    if (pass.scene.look == city::Look::Day && !below)
      trees->draw(pass, side, draws[side.index].tiles, scenePass->moving());
    if (lit && !below) scenePass->drawBeyond(pass, side, light);
    if (lit) rails->drawWorks(pass, side, !still, false);
    scenePass->drawBlended(pass, side, draws[side.index].list, records);
    for (const SideDraws::Fade& fade : draws[side.index].fades) scenePass->drawBlended(pass, side, fade.in, records);
    if (!lit) continue;
    lines->draw(pass, side);
    if (!still || !pass.scene.liveApart) rails->drawTrains(pass, side, !still, RailPass::Where::Open);
  }
}

//! What lies under the ground, on the plane that ends the world; the city comes over it as glass.
void Frame::Impl::drawBelow(PassContext& pass, const SideView& side, bool still) {
  scenePass->drawBeyond(pass, side, light, true);
  clearDepth(pass.commands, pass.view, side.rectangle);
  rails->drawWorks(pass, side, !still, true);
  rails->drawTrains(pass, side, !still, RailPass::Where::Below);
  clearDepth(pass.commands, pass.view, side.rectangle);
}

//! What lives, on the finished picture of a still scene: against the depth of its last sample, in that sample's light.
void Frame::Impl::drawLive(PassContext& pass, gpu::Target& target) {
  pass.globals = globalsFor(pass, stillUniforms, shadows->ofSample());
  beginOver(pass.commands, target.view, depth, pass.view);
  for (const SideView& side : pass.sides) {
    if (side.rectangle.extent.width == 0) continue;
    setScissor(pass.commands, pass.view, side.rectangle);
    rails->drawTrains(pass, side, false, RailPass::Where::Over);
  }
  vkCmdEndRendering(pass.commands);
  toSampled(pass.commands, depth.handle(), true);
}

void Frame::Impl::renderPlain(PassContext& pass, gpu::Target& target, std::span<const SideDraws> draws,
                              VkDescriptorSet records, shared::FrameUniforms& uniforms) {
  shadows->none(pass.commands);
  pass.globals = globalsFor(pass, uniforms, shadows->kept());
  scenePass->setVariant(pass.scene.look, true, false);
  const glm::vec4 clear(pass.scene.plainBackground, 1);
  drawPicture(pass, target.view, target.image, draws, records, {.lit = false, .clear = &clear});
  stillUnfinished = false;
  meanSamples = 0;
}

void Frame::Impl::accumulateSample(PassContext& pass, std::span<const SideDraws> draws, VkDescriptorSet records,
                                   shared::FrameUniforms uniforms, const glm::dvec3& sun, unsigned sample,
                                   Timings& timings) {
  statistics.shadowDraws += shadows->sample(pass, casting(pass.scene, sun, records), draws, sample, uniforms);
  timings.mark("shadow");
  uniforms.clipFromWorld = clipWithOffset(pass.view, sampleOffset(sample));
  pass.sample = sample;
  pass.globals = globalsFor(pass, uniforms, shadows->ofSample());
  stillUniforms = uniforms;
  stillUniforms.clipFromWorld = pass.view.clipFromWorldCentred;
  scenePass->setVariant(pass.scene.look, false, uniforms.night.x > 0, pass.scene.layers.underground);
  drawPicture(pass, picture.view(), picture.handle(), draws, records,
              {.still = true, .offset = sampleOffset(sample)});
  toSampled(pass.commands, picture.handle(), false);
  toSampled(pass.commands, depth.handle(), true);
  timings.mark("scene");
  gpu::barrier(pass.commands,
               {.image = mean.handle(),
                .from = sample == 0 ? VK_IMAGE_LAYOUT_UNDEFINED : VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                .to = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                .fromStage = VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT | VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                .toStage = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                .fromAccess = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                .toAccess = VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT});
  beginColour(pass.commands, mean.view(), pass.view.part.extent,
              sample == 0 ? VK_ATTACHMENT_LOAD_OP_CLEAR : VK_ATTACHMENT_LOAD_OP_LOAD);
  const float pixelAngle = 2 * uniforms.time.w / float(pass.view.extent.height);
  const glm::vec2 size(pass.view.part.extent.width, pass.view.part.extent.height);
  const shared::PostPush push{.pixel = {1 / size.x, 1 / size.y, pixelAngle, edgeStrength(pass.scene.look)},
                              .scene = {float(pass.view.extent.height) / 720, 0, kNearMetres, uniforms.haze.a}};
  post->accumulate(pass, picture.view(), depth.view(), push, 1.0f / float(sample + 1));
  vkCmdEndRendering(pass.commands);
  toSampled(pass.commands, mean.handle(), false);
  timings.mark("accumulate");
}

void Frame::Impl::renderMoving(PassContext& full, std::span<const SideDraws> draws, VkDescriptorSet records,
                               const glm::dvec3& sun, Timings& timings) {
  View view = full.view;
  view.extent = extentAt(full.view.extent, full.scene.resolution);
  if (full.scene.resolution < 1) view.part = {{0, 0}, view.extent};
  view.resolution = full.scene.resolution;
  const std::vector<SideView> sideViews = sidesAt(full.sides, full.view.extent, view.extent);
  PassContext pass{full.device, full.residency, full.arena,   full.commands, view,
                   full.scene,  sideViews,      full.layouts, VK_NULL_HANDLE};
  shared::FrameUniforms uniforms = uniformsOf(view, pass.scene, light);
  fillUniforms(pass, uniforms);
  statistics.shadowDraws += shadows->keep(pass, casting(pass.scene, sun, records), draws, uniforms);
  timings.mark("shadow");
  pass.globals = globalsFor(pass, uniforms, shadows->kept());
  scenePass->setVariant(pass.scene.look, true, uniforms.night.x > 0, pass.scene.layers.underground);
  drawPicture(pass, picture.view(), picture.handle(), draws, records, {});
  toSampled(pass.commands, picture.handle(), false);
  toSampled(pass.commands, depth.handle(), true);
  timings.mark("scene");
}

void Frame::Impl::renderLit(PassContext& pass, gpu::Target& target, std::span<const SideDraws> draws,
                            VkDescriptorSet records, shared::FrameUniforms& uniforms, const glm::dvec3& sun,
                            int samples, Timings& timings) {
  const uint64_t key = keyOf(pass);
  const bool refining = pass.scene.still || samples > 1;
  if (!refining || key != meanKey || (samples > 1 && !pass.scene.still)) meanSamples = 0;
  if (drape->redrawn() > 0) meanSamples = 0;
  meanKey = key;
  const float pixelAngle = 2 * uniforms.time.w / float(pass.view.extent.height);
  if (refining) {
    const unsigned until = pass.scene.still ? std::max(kStillSamples, unsigned(samples)) : unsigned(samples);
    for (int i = 0; i < samples && meanSamples < until; ++i, ++meanSamples)
      accumulateSample(pass, draws, records, uniforms, sun, meanSamples, timings);
    stillUnfinished = pass.scene.still && meanSamples < until;
  } else {
    stillUnfinished = false;
    renderMoving(pass, draws, records, sun, timings);
  }
  gpu::barrier(pass.commands,
               {.image = target.image,
                .to = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                .fromStage = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT | VK_PIPELINE_STAGE_2_COPY_BIT,
                .toStage = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                .toAccess = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT});
  beginColour(pass.commands, target.view, target.extent, VK_ATTACHMENT_LOAD_OP_DONT_CARE);
  if (refining)
    post->show(pass, mean.view(), depth.view());
  else {
    const VkExtent2D drawn = extentAt(target.extent, pass.scene.resolution);
    post->moving(
        pass, picture.view(), depth.view(),
        {.pixel = {float(drawn.width), float(drawn.height),
                   pixelAngle * float(target.extent.height) / float(drawn.height), edgeStrength(pass.scene.look)},
         .scene = {float(drawn.width) / float(target.extent.width), float(drawn.height) / float(target.extent.height),
                   kNearMetres, uniforms.haze.a}});
  }
  if (!pass.scene.aside) {
    lookFade->draw(pass, target.extent);
    lookFade->shown(refining, refining ? target.extent : extentAt(target.extent, pass.scene.resolution));
  }
  if (refining && pass.scene.liveApart && rails->trainsInSight() > 0) {
    vkCmdEndRendering(pass.commands);
    drawLive(pass, target);
    beginAgain(pass.commands, target.view, target.extent);
  }
  living = pass.scene.liveApart && rails->trainsInSight() > 0;
  timings.mark("post");
  setWholeViewport(pass.commands, pass.view);
  for (const SideView& side : pass.sides) {
    if (side.rectangle.extent.width == 0 || pass.scene.aside) continue;
    setScissor(pass.commands, pass.view, side.rectangle);
    labels->draw(pass, side);
  }
  vkCmdEndRendering(pass.commands);
  timings.mark("labels");
}

uint64_t Frame::Impl::keyOf(const PassContext& pass) const {
  Hash hash;
  hash.add(residency.generation()).add(visibility.generation()).add(documentGeneration);
  addPicture(hash, pass.view, pass.scene, pass.sides);
  if (!pass.scene.liveApart && rails->trainsInSight() > 0) hash.add(pass.scene.citySeconds);
  return hash.value();
}

void Frame::Impl::drawPicks(PassContext& pass, std::span<const SideDraws> draws, VkDescriptorSet records,
                            shared::FrameUniforms uniforms) {
  if (!picks->asked()) return;
  uniforms.clipFromWorld = pass.view.clipFromWorldCentred;
  pass.globals = globalsFor(pass, uniforms, shadows->kept());
  for (PickPass::Request& request : picks->takeRequests()) {
    for (const SideView& side : pass.sides) {
      if (!seenAt(*side.side, pass.scene.lens, pass.view.extent, glm::vec2(request.x, request.y) + 0.5f)) continue;
      picks->draw(pass, side, request, draws[side.index].tiles, visibility, records);
      break;
    }
  }
}

void Frame::Impl::submit(InFlight& frame, const gpu::Target& target) {
  const bool copied = target.finalLayout == VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL;
  gpu::barrier(frame.commands, {.image = target.image,
                                .from = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                .to = target.finalLayout,
                                .fromStage = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                                .toStage = copied ? VK_PIPELINE_STAGE_2_COPY_BIT : VK_PIPELINE_STAGE_2_NONE,
                                .fromAccess = VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                                .toAccess = copied ? VK_ACCESS_2_TRANSFER_READ_BIT : VK_ACCESS_2_NONE});
  frame.timings->mark("ui");
  vkEndCommandBuffer(frame.commands);
  std::vector<VkSemaphoreSubmitInfo> waits, signals;
  if (target.waitBefore)
    waits.push_back({.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO,
                     .semaphore = target.waitBefore,
                     .stageMask = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT});
  if (target.signalAfter)
    signals.push_back({.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO,
                       .semaphore = target.signalAfter,
                       .stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT});
  frame.value = device.submit(frame.commands, waits, signals);
  picks->submitted(frame.value);
}

Frame::Frame(gpu::Device& device, residency::Residency& residency, VkFormat colourFormat)
    : impl_(std::make_unique<Impl>(device, residency, colourFormat)) {}
Frame::~Frame() = default;

void Frame::setDocument(const city::Document& document, const VectorLayers& layers) {
  Impl& f = *impl_;
  f.axes = geo::enuFrameAt({document.origin.lonDegrees, document.origin.latDegrees, 0});
  f.originHeight = document.origin.heightMetres;
  f.placed.forget();
  f.visibility.setDocument(document, f.axes);
  f.drape->setDocument(document, layers, f.axes);
  f.lines->setDocument(document, layers, f.axes);
  f.rails->setDocument(document, layers, f.axes);
  f.labels->setDocument(document, layers, f.axes);
  f.surroundingsGeneration = 0;
  ++f.documentGeneration;
}

void Frame::setStyle(const std::string& id) { impl_->visibility.setStyle(id); }

void Frame::updateVisibility(const tiles::TileTree& tree, std::span<const Side> sides,
                             const std::map<std::pair<size_t, size_t>, tiles::TilesetId>& tilesetOfAddition) {
  impl_->tree = &tree;
  impl_->visibility.update(impl_->residency, tree, sides, tilesetOfAddition);
}

void Frame::render(gpu::Target& target, const Scene& scene, std::span<const Side> sides, int samples,
                   const UiPass& ui) {
  Impl& f = *impl_;
  if (f.device.state() == gpu::DeviceState::Lost || target.extent.width == 0 || target.extent.height == 0) return;
  const bool lit = scene.look != city::Look::Plain;
  f.post->setEdges(edgesOf(scene.look));
  InFlight& frame = f.begin();
  f.lookFade->follow(scene, frame.commands, *frame.arena, f.picture, f.mean);
  f.prepareImages(target.extent, lit);
  if (!scene.lens.on() && !scene.aside) f.lens->forget();
  f.visibility.highlight(f.residency, scene.selection);
  f.residency.flushRecords(frame.commands, [&](VkDeviceSize size, VkBuffer& buffer, VkDeviceSize& offset) {
    const Slice slice = frame.arena->allocate(size, 16);
    buffer = slice.buffer;
    offset = slice.offset;
    return slice.data;
  });
  f.lookAround();
  const VkExtent2D whole{target.extent.width, std::max(scene.wholeHeight, target.extent.height)};
  View view = makeView(scene, f.axes, whole, f.surroundings.heightMetres);
  view.part = {{0, int32_t(scene.bandTop)}, target.extent};
  f.light.set(scene);
  const glm::dvec3 sun = glm::normalize(glm::dmat3(f.axes.enuFromEcef) * f.light.keyEcef());
  const std::vector<SideView> sideViews = sideViewsOf(sides, whole);
  PassContext pass{f.device, f.residency, *frame.arena, frame.commands, view,
                   scene,    sideViews,   f.layouts,    VK_NULL_HANDLE};

  f.statistics.triangles = f.statistics.tiles = f.statistics.draws = f.statistics.shadowDraws = 0;
  std::vector<SideDraws> draws(sides.size());
  for (const SideView& side : sideViews) {
    draws[side.index] = f.drawsOf(side, view, scene, *frame.arena);
  }
  const std::array<Binding, 1> recordBinding{{{.binding = 0,
                                               .type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                               .slice = {f.residency.records(), 0, VK_WHOLE_SIZE, nullptr}}}};
  const VkDescriptorSet records = frame.arena->descriptors(f.scenePass->recordsLayout(), recordBinding);
  shared::FrameUniforms uniforms = uniformsOf(view, scene, f.light);
  f.fillUniforms(pass, uniforms);

  f.drape->update(pass);
  f.rails->update(pass);
  f.statistics.trains = f.rails->trainsInSight();
  f.living = false;
  if (lit && !scene.aside) f.labels->update(pass);
  frame.timings->mark("drape");
  if (lit)
    f.renderLit(pass, target, draws, records, uniforms, sun, std::max(1, samples), *frame.timings);
  else
    f.renderPlain(pass, target, draws, records, uniforms);
  f.drawPicks(pass, draws, records, uniforms);

  if (ui) {
    beginAgain(frame.commands, target.view, target.extent);
    ui(frame.commands);
    vkCmdEndRendering(frame.commands);
  }
  f.submit(frame, target);
}

std::vector<tiles::ImageryArea> Frame::imageryAreas(const Scene& scene, VkExtent2D extent) {
  impl_->lookAround();
  return impl_->drape->imageryAreas(makeView(scene, impl_->axes, extent, impl_->surroundings.heightMetres));
}

void Frame::imagery(tiles::ImageryOrders orders) { impl_->drape->imagery(std::move(orders)); }

bool Frame::wantsAnotherFrame() const {
  return impl_->stillUnfinished || impl_->lookFade->running() || impl_->labels->wantsAnotherFrame() || impl_->drape->wantsAnotherFrame();
}

bool Frame::lives() const { return impl_->living; }

void Frame::waitForGlyphs() { impl_->labels->waitForGlyphs(); }

uint64_t Frame::pick(int x, int y) { return impl_->picks->ask(x, y, impl_->labels->hit(float(x), float(y))); }

std::vector<Pick> Frame::takePicks() {
  Impl& f = *impl_;
  std::vector<Pick> picks;
  for (PickPass::Answer& answer : f.picks->take(f.device)) {
    city::Selection& overlay = answer.pick.overlay;
    constexpr auto kNothing = city::PickKind::Nothing;
    const float surface = answer.metres > 0 ? answer.metres : std::numeric_limits<float>::infinity();
    if (overlay.kind == kNothing) overlay = f.lines->hit(float(answer.x), float(answer.y), surface);
    const residency::ResidentTile* tile = answer.pick.hit ? f.residency.tile(answer.pick.tile) : nullptr;
    const bool building = tile && answer.pick.feature < tile->removable.size() && tile->removable[answer.pick.feature];
    if (overlay.kind == kNothing && tile && !building)
      overlay =
          f.drape->hit(answer.slot, answer.pick.positionEcef, std::max(2.0, double(answer.metres) * kFingerAngle));
    picks.push_back(std::move(answer.pick));
  }
  return picks;
}

const Statistics& Frame::statistics() const { return impl_->statistics; }

}  // namespace cm::frame
