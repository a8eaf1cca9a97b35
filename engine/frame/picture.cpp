#include "frame/picture.h"

#include <algorithm>
#include <cmath>

#include "frame/sides.h"
#include "frame/targets.h"
#include "frame/view.h"

namespace cm::frame {
namespace {

float pixelAngleOf(const View& view, const shared::FrameUniforms& uniforms) {
  return 2 * uniforms.time.w / float(view.extent.height);
}

//! The view of a frame that is drawn smaller than its target, and the sides in it.
View smaller(const View& full, float resolution) {
  View view = full;
  view.extent = extentAt(full.extent, resolution);
  if (resolution < 1) view.part = {{0, 0}, view.extent};
  view.resolution = resolution;
  return view;
}

//! The view of samples that are drawn at once, so many a side of every pixel.
View larger(const View& full, unsigned across) {
  if (across <= 1) return full;
  View view = full;
  view.extent = {full.extent.width * across, full.extent.height * across};
  view.part = {{full.part.offset.x * int32_t(across), full.part.offset.y * int32_t(across)},
               {full.part.extent.width * across, full.part.extent.height * across}};
  view.resolution = float(across);
  return view;
}

unsigned acrossOf(const Scene& scene) {
  return scene.look == city::Look::Plain || scene.aside || scene.resolution < 1 ? 1 : std::max(1u, scene.samplesAcross);
}

}  // namespace

PicturePass::PicturePass(gpu::Device& device, Scenery& scenery)
    : device_(device),
      scenery_(scenery),
      post_(device, scenery.layouts),
      lens_(device, scenery.layouts),
      fade_(device, scenery.layouts) {}

void PicturePass::prepare(Passes& passes, const Scene& scene, VkCommandBuffer commands, FrameArena& arena,
                          VkExtent2D extent) {
  fade_.follow(passes, scene, commands, arena, picture_, mean_);
  if (!scene.lens.on() && !scene.aside) lens_.forget();
  const unsigned across = acrossOf(scene);
  const VkExtent2D drawn{extent.width * across, extent.height * across};
  const auto same = [](const gpu::Image& image, VkExtent2D size) {
    return image && image.description().extent.width == size.width && image.description().extent.height == size.height;
  };
  const SceneLayouts& layouts = scenery_.layouts;
  const auto make = [&](gpu::Image& image, Resource resource, VkExtent2D size, VkFormat format, VkImageUsageFlags usage,
                        const char* name) {
    image = gpu::Image(device_, {.extent = size, .format = format, .usage = usage | VK_IMAGE_USAGE_SAMPLED_BIT}, name);
    passes.made(resource, image.handle());
    meanSamples_ = 0;
  };
  if (!same(depth_, drawn))
    make(depth_, Resource::Depth, drawn, layouts.depth,
         VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT, "depth");
  if (scene.look == city::Look::Plain) return;
  if (!same(picture_, drawn))
    make(picture_, Resource::Picture, drawn, layouts.colour, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT, "picture");
  if (!same(mean_, extent))
    make(mean_, Resource::Mean, extent, kMeanFormat, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT, "mean");
}

//! All sides, into a picture and its depth; what the lens shows comes over them. Its pass has begun.
void PicturePass::sides(PassContext& pass, VkImageView view, std::span<const SideDraws> draws, const glm::vec4* clear,
                        bool lit, bool still) {
  const bool round = pass.scene.lens.on();
  if (round) {
    lens_.begin(pass, depth_.description().extent, clear);
    scenery_.draw(pass, draws, lit, still, true);
    lens_.end(pass);
  }
  beginScene(pass.commands, view, depth_, pass.view, clear);
  scenery_.draw(pass, draws, lit, still, false);
  if (round) lens_.lay(pass, still ? sampleOffset(pass.sample, pass.samples) : glm::vec2(0));
  vkCmdEndRendering(pass.commands);
}

void PicturePass::plain(PassContext& pass, gpu::Target& target, std::span<const SideDraws> draws,
                        const shared::FrameUniforms& uniforms) {
  scenery_.shadows->none(pass.passes);
  pass.globals = scenery_.globals(pass, uniforms, scenery_.shadows->kept());
  scenery_.scenePass->setVariant(pass.scene.look, true, false, city::Weather::Clear, false, true);
  const glm::vec4 clear(pass.scene.plainBackground, 1);
  pass.passes.begin(pass.commands, Pass::PlainScene);
  sides(pass, target.view, draws, &clear, false, false);
  unfinished_ = false;
  meanSamples_ = 0;
}

void PicturePass::sample(PassContext& full, std::span<const SideDraws> draws, shared::FrameUniforms uniforms,
                         Timings& timings, Statistics& statistics) {
  const unsigned sample = meanSamples_, across = acrossOf(full.scene);
  const View view = larger(full.view, across);
  const std::vector<SideView> parts = sidesAt(full.sides, full.view.extent, view.extent);
  PassContext pass{full.device, full.residency, full.arena, full.passes,  full.commands,
                   view,        full.scene,     parts,      full.layouts, VK_NULL_HANDLE};
  pass.samples = full.samples;
  if (across > 1) {
    uniforms = uniformsOf(view, pass.scene, scenery_.light);
    scenery_.fillUniforms(view, uniforms);
  }
  statistics.shadowDraws += scenery_.shadows->sample(pass, scenery_.casting(pass.scene), draws, sample, uniforms);
  timings.mark("shadow");
  uniforms.clipFromWorld = clipWithOffset(pass.view, sampleOffset(sample, pass.samples));
  pass.sample = sample;
  pass.globals = scenery_.globals(pass, uniforms, scenery_.shadows->ofSample());
  stillUniforms_ = uniforms;
  stillUniforms_.clipFromWorld = full.view.clipFromWorldCentred;
  // A window's picture will move again, another one may be the only one.
  scenery_.scenePass->setVariant(pass.scene.look, false, uniforms.night.x > 0, pipelinesOf(pass.scene.weather),
                                 pass.scene.layers.underground, pass.scene.liveApart);
  pass.passes.begin(pass.commands, Pass::SampleScene);
  sides(pass, picture_.view(), draws, nullptr, true, true);
  const VkImageView seen = scenery_.weather->apply(pass, picture_, depth_);
  timings.mark("scene");
  accumulate(full, seen, across, uniforms, 1.0f / float(sample + 1));
  timings.mark("accumulate");
}

void PicturePass::accumulate(PassContext& pass, VkImageView seen, unsigned across,
                             const shared::FrameUniforms& uniforms, float share) {
  pass.passes.begin(pass.commands, Pass::Accumulate);
  beginColour(pass.commands, mean_.view(), pass.view.part.extent,
              share == 1 ? VK_ATTACHMENT_LOAD_OP_CLEAR : VK_ATTACHMENT_LOAD_OP_LOAD);
  const glm::vec2 size(pass.view.part.extent.width, pass.view.part.extent.height);
  const shared::PostPush push{
      .pixel = {1 / size.x, 1 / size.y, pixelAngleOf(pass.view, uniforms), edgeStrength(pass.scene.look)},
      .scene = {float(pass.view.extent.height * across) / 720, 0, kNearMetres, hazedByFog(uniforms).haze.a}};
  post_.accumulate(pass, seen, depth_.view(), across, push, share);
  vkCmdEndRendering(pass.commands);
}

VkImageView PicturePass::moving(PassContext& full, const View& view, std::span<const SideDraws> draws, Timings& timings,
                                Statistics& statistics) {
  const std::vector<SideView> parts = sidesAt(full.sides, full.view.extent, view.extent);
  PassContext pass{full.device, full.residency, full.arena, full.passes,  full.commands,
                   view,        full.scene,     parts,      full.layouts, VK_NULL_HANDLE};
  shared::FrameUniforms uniforms = uniformsOf(view, pass.scene, scenery_.light);
  scenery_.fillUniforms(view, uniforms);
  statistics.shadowDraws += scenery_.shadows->keep(pass, scenery_.casting(pass.scene), draws, uniforms);
  timings.mark("shadow");
  pass.globals = scenery_.globals(pass, uniforms, scenery_.shadows->kept());
  scenery_.scenePass->setVariant(pass.scene.look, true, uniforms.night.x > 0, pipelinesOf(pass.scene.weather),
                                 pass.scene.layers.underground, true);
  pass.passes.begin(pass.commands, Pass::MovingScene);
  sides(pass, picture_.view(), draws, nullptr, true, false);
  const VkImageView seen = scenery_.weather->apply(pass, picture_, depth_);
  timings.mark("scene");
  return seen;
}

//! Adds samples to the mean; false where one sample is all there is to be.
bool PicturePass::refine(PassContext& pass, std::span<const SideDraws> draws, const shared::FrameUniforms& uniforms,
                         int samples, Timings& timings, Statistics& statistics) {
  const uint64_t key = keyOf(pass);
  const bool refining = pass.scene.still || samples > 1;
  if (!refining || key != meanKey_ || (samples > 1 && !pass.scene.still)) meanSamples_ = 0;
  if (scenery_.drape->redrawn() > 0) meanSamples_ = 0;
  meanKey_ = key;
  unfinished_ = false;
  if (!refining) return false;
  const unsigned together = acrossOf(pass.scene) * acrossOf(pass.scene),
                 wanted = pass.scene.still ? pass.scene.stillSamples : unsigned(samples);
  const unsigned until = (wanted + together - 1) / together;
  pass.samples = until;
  for (int i = 0; i < samples && meanSamples_ < until; ++i, ++meanSamples_)
    sample(pass, draws, uniforms, timings, statistics);
  unfinished_ = pass.scene.still && meanSamples_ < until;
  return true;
}

void PicturePass::render(PassContext& pass, gpu::Target& target, std::span<const SideDraws> draws, int samples,
                         Timings& timings, Statistics& statistics) {
  living_ = false;
  shared::FrameUniforms uniforms = uniformsOf(pass.view, pass.scene, scenery_.light);
  scenery_.fillUniforms(pass.view, uniforms);
  post_.set(edgesOf(pass.scene.look), uniforms.night.x > 0 && (pass.scene.bloom || pass.scene.still));
  const glm::vec4 light(uniforms.night.x, float(pass.view.extent.height) / 720, 0, 0);
  if (pass.scene.look == city::Look::Plain) return plain(pass, target, draws, uniforms);
  const bool refined = refine(pass, draws, uniforms, samples, timings, statistics);
  const unsigned across = acrossOf(pass.scene);
  const View view = refined || across > 1 ? larger(pass.view, across) : smaller(pass.view, pass.scene.resolution);
  const VkImageView moved = refined ? VK_NULL_HANDLE : moving(pass, view, draws, timings, statistics);
  if (!refined && across > 1) accumulate(pass, moved, across, uniforms, 1);
  const bool mean = refined || across > 1;
  const VkExtent2D drawn = extentAt(target.extent, pass.scene.resolution);
  const float pixelAngle = pixelAngleOf(pass.view, uniforms) * float(target.extent.height) / float(drawn.height);
  const shared::PostPush push{
      .pixel = {float(drawn.width), float(drawn.height), pixelAngle, edgeStrength(pass.scene.look)},
      .scene = {float(drawn.width) / float(target.extent.width), float(drawn.height) / float(target.extent.height),
                kNearMetres, hazedByFog(uniforms).haze.a},
      .light = light};
  const bool enlarged = !mean && (push.scene.x < 1 || push.scene.y < 1);
  if (enlarged) {
    pass.passes.begin(pass.commands, Pass::Accumulate);
    beginColour(pass.commands, mean_.view(), drawn, VK_ATTACHMENT_LOAD_OP_DONT_CARE);
    post_.edges(pass, moved, depth_.view(), push);
    vkCmdEndRendering(pass.commands);
  }
  pass.passes.begin(pass.commands, mean || enlarged ? Pass::ShowMean : Pass::ShowMoving);
  beginColour(pass.commands, target.view, target.extent, VK_ATTACHMENT_LOAD_OP_DONT_CARE);
  if (mean)
    post_.show(pass, mean_.view(), depth_.view(), {.light = light});
  else if (enlarged)
    post_.enlarge(pass, mean_.view(), depth_.view(), push);
  else
    post_.moving(pass, moved, depth_.view(), push);
  if (!pass.scene.aside) {
    fade_.draw(pass, target.extent);
    fade_.shown(mean, mean ? target.extent : drawn);
  }
  living_ = pass.scene.liveApart && scenery_.moves(pass.scene);
  if (refined && living_) {
    vkCmdEndRendering(pass.commands);
    live(pass, target);
    pass.passes.begin(pass.commands, Pass::Over);
    beginColour(pass.commands, target.view, target.extent, VK_ATTACHMENT_LOAD_OP_LOAD);
  }
  timings.mark("post");
  setWholeViewport(pass.commands, pass.view);
  for (const SideView& side : pass.sides) {
    if (side.rectangle.extent.width == 0 || pass.scene.aside) continue;
    setScissor(pass.commands, pass.view, side.rectangle);
    scenery_.labels->draw(pass, side);
  }
  vkCmdEndRendering(pass.commands);
  if (!pass.scene.aside) scenery_.labels->look(pass, view, depth_);
  timings.mark("labels");
}

//! What lives, on the finished picture of a still scene: against the depth of its last sample, in that sample's light.
void PicturePass::live(PassContext& pass, gpu::Target& target) {
  pass.globals = scenery_.globals(pass, hazedByFog(stillUniforms_), scenery_.shadows->ofSample());
  pass.passes.begin(pass.commands, Pass::Live);
  beginOver(pass.commands, target.view, depth_, pass.view);
  for (const SideView& side : pass.sides) {
    if (side.rectangle.extent.width == 0) continue;
    setScissor(pass.commands, pass.view, side.rectangle);
    scenery_.drawLife(pass, side, false, true);
  }
  vkCmdEndRendering(pass.commands);
}

uint64_t PicturePass::keyOf(const PassContext& pass) const {
  Hash hash;
  hash.add(scenery_.residency.generation()).add(scenery_.visibility.generation()).add(scenery_.documentGeneration);
  addPicture(hash, pass.view, pass.scene, pass.sides);
  if (!pass.scene.liveApart && scenery_.moves(pass.scene)) hash.add(pass.scene.citySeconds);
  return hash.value();
}

}  // namespace cm::frame
