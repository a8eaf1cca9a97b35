#include "frame/frame.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/check.h"
#include "frame/pick.h"
#include "frame/picture.h"
#include "frame/sides.h"
#include "frame/targets.h"
#include "frame/view.h"

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
  Passes passes;
  Scenery scenery;
  PicturePass picture;
  PickPass picks;
  std::array<InFlight, gpu::kFramesInFlight> inFlight;
  size_t turn = 0;
  double originHeight = 0;
  const tiles::TileTree* tree = nullptr;
  uint64_t surroundingsGeneration = 0;
  Statistics statistics;

  Impl(gpu::Device& device, residency::Residency& residency, VkFormat colourFormat);
  ~Impl();

  InFlight& begin();
  void flushRecords(InFlight& frame);
  void lookAround();
  void drawPicks(PassContext& pass, std::span<const SideDraws> draws);
  void submit(InFlight& frame, const gpu::Target& target);
};

Frame::Impl::Impl(gpu::Device& d, residency::Residency& r, VkFormat colourFormat)
    : device(d),
      residency(r),
      scenery(d, r, colourFormat),
      picture(d, scenery),
      picks(d, scenery.layouts, scenery.scenePass->recordsLayout()) {
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

//! Changed feature records to the GPU; binds what holds them for all that draws.
void Frame::Impl::flushRecords(InFlight& frame) {
  if (residency.recordsStale()) {
    if (passes.buffer(Resource::Records) != residency.records()) passes.made(Resource::Records, residency.records());
    passes.begin(frame.commands, Pass::Records);
    residency.flushRecords(frame.commands, [&](VkDeviceSize size, VkBuffer& buffer, VkDeviceSize& offset) {
      const Slice slice = frame.arena->allocate(size, 16);
      buffer = slice.buffer;
      offset = slice.offset;
      return slice.data;
    });
  }
  const std::array<Binding, 1> binding{{{.binding = 0,
                                         .type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                         .slice = {residency.records(), 0, VK_WHOLE_SIZE, nullptr}}}};
  scenery.records = frame.arena->descriptors(scenery.scenePass->recordsLayout(), binding);
}

void Frame::Impl::lookAround() {
  if (surroundingsGeneration == residency.generation()) return;
  Surroundings& around = scenery.surroundings;
  around = surroundingsOf(residency, tree, scenery.axes, originHeight);
  surroundingsGeneration = residency.generation();
  scenery.drape->setReach(glm::length(glm::dvec2(around.centreEnu)) + around.radiusMetres);
}

void Frame::Impl::drawPicks(PassContext& pass, std::span<const SideDraws> draws) {
  if (!picks.asked()) return;
  shared::FrameUniforms uniforms = uniformsOf(pass.view, pass.scene, scenery.light);
  uniforms.clipFromWorld = pass.view.clipFromWorldCentred;
  pass.globals = scenery.globals(pass, uniforms, scenery.shadows->kept());
  for (PickPass::Request& request : picks.takeRequests()) {
    for (const SideView& side : pass.sides) {
      if (!seenAt(*side.side, pass.scene.lens, pass.view.extent, glm::vec2(request.x, request.y) + 0.5f)) continue;
      picks.draw(pass, side, request, draws[side.index].tiles, scenery.visibility, scenery.records);
      break;
    }
  }
}

void Frame::Impl::submit(InFlight& frame, const gpu::Target& target) {
  const bool copied = target.finalLayout == VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL;
  passes.begin(frame.commands, copied ? Pass::Copyable : Pass::Present);
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
  picks.submitted(frame.value);
  scenery.labels->submitted(frame.value);
}

Frame::Frame(gpu::Device& device, residency::Residency& residency, VkFormat colourFormat)
    : impl_(std::make_unique<Impl>(device, residency, colourFormat)) {}
Frame::~Frame() = default;

void Frame::setDocument(const city::Document& document, const VectorLayers& layers) {
  impl_->originHeight = document.origin.heightMetres;
  impl_->scenery.setDocument(document, layers);
  impl_->surroundingsGeneration = 0;
}

std::shared_ptr<const PlanSites> Frame::planSites() const { return impl_->scenery.sites; }

void Frame::setStyle(const std::string& id) { impl_->scenery.visibility.setStyle(id); }

void Frame::updateVisibility(const tiles::TileTree& tree, std::span<const Side> sides,
                             const std::map<std::pair<size_t, size_t>, tiles::TilesetId>& tilesetOfAddition,
                             const Marks& marks) {
  impl_->tree = &tree;
  impl_->scenery.visibility.update(impl_->residency, tree, sides, tilesetOfAddition, marks);
}

void Frame::render(gpu::Target& target, const Scene& scene, std::span<const Side> sides, int samples,
                   const UiPass& ui) {
  Impl& f = *impl_;
  if (f.device.state() == gpu::DeviceState::Lost || target.extent.width == 0 || target.extent.height == 0) return;
  const bool lit = scene.look != city::Look::Plain;
  Scenery& scenery = f.scenery;
  InFlight& frame = f.begin();
  f.passes.forget();
  // The one before may still be copying it; a swapchain's is waited for where it is drawn to.
  f.passes.made(Resource::Target, target.image,
                VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT | VK_PIPELINE_STAGE_2_COPY_BIT);
  f.picture.prepare(f.passes, scene, frame.commands, *frame.arena, target.extent);
  scenery.visibility.highlight(f.residency, scene.selection);
  f.flushRecords(frame);
  f.lookAround();
  const VkExtent2D whole{target.extent.width, std::max(scene.wholeHeight, target.extent.height)};
  View view = makeView(scene, scenery.axes, whole, scenery.surroundings.heightMetres);
  view.part = {{0, int32_t(scene.bandTop)}, target.extent};
  view.aboveOriginMetres = view.eyeEnu.z - f.originHeight;
  scenery.light.set(scene);
  const std::vector<SideView> sideViews = sideViewsOf(sides, whole);
  PassContext pass{f.device, f.residency, *frame.arena, f.passes,        frame.commands,
                   view,     scene,       sideViews,    scenery.layouts, VK_NULL_HANDLE};

  f.statistics.triangles = f.statistics.tiles = f.statistics.draws = f.statistics.shadowDraws = 0;
  f.statistics.tinted = scenery.visibility.tintsSeen(view, scene.eyeMetres);
  std::vector<SideDraws> draws(sides.size());
  if (!scene.labelsAlone)
    for (const SideView& side : sideViews)
      draws[side.index] = scenery.drawsOf(side, view, scene, *frame.arena, f.statistics);

  scenery.drape->update(pass);
  scenery.rails->update(pass);
  scenery.life->update(pass);
  f.statistics.trains = scenery.rails->trainsInSight();
  f.statistics.people = scenery.life->inSight();
  if (lit && !scene.aside) scenery.labels->update(pass);
  frame.timings->mark("drape");
  if (scene.labelsAlone) {
    f.passes.begin(frame.commands, Pass::Over);
    beginColour(frame.commands, target.view, target.extent, VK_ATTACHMENT_LOAD_OP_CLEAR);
    vkCmdEndRendering(frame.commands);
  } else {
    f.picture.render(pass, target, draws, std::max(1, samples), *frame.timings, f.statistics);
    f.drawPicks(pass, draws);
  }

  if (ui) {
    f.passes.begin(frame.commands, Pass::Over);
    beginColour(frame.commands, target.view, target.extent, VK_ATTACHMENT_LOAD_OP_LOAD);
    ui(frame.commands);
    vkCmdEndRendering(frame.commands);
  }
  f.submit(frame, target);
}

std::vector<tiles::ImageryArea> Frame::imageryAreas(const Scene& scene, VkExtent2D extent) {
  impl_->lookAround();
  return impl_->scenery.drape->imageryAreas(
      makeView(scene, impl_->scenery.axes, extent, impl_->scenery.surroundings.heightMetres));
}

void Frame::imagery(tiles::ImageryOrders orders) { impl_->scenery.drape->imagery(std::move(orders)); }

bool Frame::wantsAnotherFrame() const {
  return impl_->picture.unfinished() || impl_->scenery.labels->wantsAnotherFrame() ||
         impl_->scenery.drape->wantsAnotherFrame();
}

bool Frame::lives() const { return impl_->picture.living(); }

void Frame::waitForGlyphs() { impl_->scenery.labels->waitForGlyphs(); }

uint64_t Frame::pick(int x, int y) { return impl_->picks.ask(x, y, impl_->scenery.labels->hit(float(x), float(y))); }

std::vector<Pick> Frame::takePicks() {
  Impl& f = *impl_;
  std::vector<Pick> picks;
  for (PickPass::Answer& answer : f.picks.take(f.device)) {
    city::Selection& overlay = answer.pick.overlay;
    constexpr auto kNothing = city::PickKind::Nothing;
    const float surface = answer.metres > 0 ? answer.metres : std::numeric_limits<float>::infinity();
    if (overlay.kind == kNothing) overlay = f.scenery.lines->hit(float(answer.x), float(answer.y), surface);
    const residency::ResidentTile* tile = answer.pick.hit ? f.residency.tile(answer.pick.tile) : nullptr;
    const bool building = tile && answer.pick.feature < tile->removable.size() && tile->removable[answer.pick.feature];
    if (overlay.kind == kNothing && tile && !building)
      overlay = f.scenery.drape->hit(answer.slot, answer.pick.positionEcef,
                                     std::max(2.0, double(answer.metres) * kFingerAngle));
    picks.push_back(std::move(answer.pick));
  }
  return picks;
}

const Statistics& Frame::statistics() const { return impl_->statistics; }
std::span<const Passes::Begun> Frame::passes() const { return impl_->passes.begun(); }

}  // namespace cm::frame
