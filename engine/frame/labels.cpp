#include "frame/labels.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "frame/near_ground.h"
#include "frame/sides.h"
#include "frame/sight.h"

namespace cm::frame {

struct Labels::Impl {
  gpu::Device& device;
  gpu::Pipelines pipelines;
  VkDescriptorSetLayout setLayout = VK_NULL_HANDLE;
  VkPipelineLayout layout = VK_NULL_HANDLE;
  gpu::Pipeline pipeline;
  VkSampler sampler = VK_NULL_HANDLE;
  gpu::Image atlas;
  bool atlasReady = false;

  std::unique_ptr<Glyphs> glyphs;  // none where there is no font
  city::Document document;
  LineShapes lines;
  std::vector<Label> labels;
  std::array<LabelLayout, residency::kMaxViewSlots> layouts;
  std::vector<unsigned> slots;  // of the last frame
  Sight sight;
  uint64_t sightState = 0;  // what an answer must be about to stand for the last frame; 0: none is wanted
  //! The quads of this frame, by side.
  struct Laid {
    uint32_t first = 0, count = 0;
  };
  std::vector<LabelQuad> quads;
  std::vector<Laid> laid;
  Slice slice;
  VkDescriptorSet set = VK_NULL_HANDLE;

  explicit Impl(gpu::Device& d) : device(d), pipelines(d), sight(d) {}

  static uint64_t sightKey(unsigned slot, size_t label) { return uint64_t(slot) << 32 | label; }

  void uploadAtlas(PassContext& context) {
    constexpr uint32_t size = Glyphs::kAtlasSize;
    const Glyphs::Rows rows = glyphs->takeDirtyRows();
    if (!atlas)
      atlas = gpu::Image(device,
                         {.extent = {size, size},
                          .format = VK_FORMAT_R8_UNORM,
                          .usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT},
                         "glyphs");
    const bool first = !std::exchange(atlasReady, true);
    if (!first && rows.begin >= rows.end) return;
    // The first time all of it, so that no texel is undefined.
    const uint32_t begin = first ? 0 : rows.begin, end = first ? size : rows.end;
    const Slice bytes =
        context.arena.copy(std::span(glyphs->atlas()).subspan(size_t(begin) * size, size_t(end - begin) * size));
    if (first) context.passes.made(Resource::Glyphs, atlas.handle());
    context.passes.begin(context.commands, Pass::Glyphs);
    const VkBufferImageCopy copy{.bufferOffset = bytes.offset,
                                 .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                 .imageOffset = {0, int32_t(begin), 0},
                                 .imageExtent = {size, end - begin, 1}};
    vkCmdCopyBufferToImage(context.commands, bytes.buffer, atlas.handle(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1,
                           &copy);
  }
};

Labels::Labels(gpu::Device& device, const SceneLayouts& layouts) : impl_(std::make_unique<Impl>(device)) {
  Impl& d = *impl_;
  const VkDescriptorSetLayoutBinding binding{0, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1,
                                             VK_SHADER_STAGE_FRAGMENT_BIT, nullptr};
  d.setLayout = d.pipelines.setLayout({&binding, 1});
  d.layout = d.pipelines.layout({&d.setLayout, 1}, sizeof(glm::vec4));
  d.sampler = d.pipelines.sampler(VK_FILTER_LINEAR, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE);
  const VkVertexInputBindingDescription quad{0, sizeof(LabelQuad), VK_VERTEX_INPUT_RATE_INSTANCE};
  const VkVertexInputAttributeDescription attributes[] = {
      {0, 0, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(LabelQuad, lo)},
      {1, 0, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(LabelQuad, uvLo)},
      {2, 0, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(LabelQuad, colour)},
      {3, 0, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(LabelQuad, shape)}};
  d.pipeline = d.pipelines.make({.vertex = "label.vert",
                                 .fragment = "label.frag",
                                 .layout = d.layout,
                                 .bindings = {&quad, 1},
                                 .attributes = attributes,
                                 .colours = {layouts.colour},
                                 .topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP,
                                 .blend = gpu::Blend::Premultiplied},
                                "labels");
}
Labels::~Labels() = default;

void Labels::setDocument(const city::Document& document, const VectorLayers& layers, const LineShapes& lines,
                         const geo::EnuFrame& axes) {
  Impl& d = *impl_;
  d.document = document;
  d.lines = {.lines = lines.lines, .stations = lines.stations};
  d.labels = labelsOf(document, layers, d.lines, axes);
  d.layouts = {};
  if (d.glyphs || d.labels.empty()) return;
  auto glyphs = Glyphs::create(cacheFolder());
  if (glyphs)
    d.glyphs = std::move(*glyphs);
  else
    log::error("no labels: {}", glyphs.error().text());
}

namespace {

//! All that decides what hides what; never 0.
uint64_t sightStateOf(const PassContext& context) {
  const View& view = context.view;
  Hash hash;
  hash.add(view.eyeEnu).add(view.forward).add(view.up).add(view.fovYRadians).add(view.extent.width);
  hash.add(view.extent.height).add(context.residency.generation()).add(context.scene.lens.centre);
  for (const SideView& side : context.sides) hash.add(side.side->date.year).add(side.rectangle.offset.x);
  return hash.value() | 1;
}

}  // namespace

void Labels::update(PassContext& context) {
  Impl& d = *impl_;
  d.quads.clear();
  d.laid.assign(context.sides.size(), {});
  d.slots.clear();
  d.slice = {};
  d.sightState = 0;
  if (!d.glyphs) return;
  d.glyphs->collect();
  d.sight.take();
  const View& view = context.view;
  // Through glass all is seen.
  const NearGround near = context.scene.layers.underground ? NearGround{} : nearGround(context.scene.eyeMetres);
  const bool whole = view.part.extent.height == view.extent.height;
  if (near.low && whole) d.sightState = sightStateOf(context);
  const bool dark = context.scene.look == city::Look::Tech || context.scene.layers.underground;
  for (const SideView& side : context.sides) {
    const glm::vec2 lo(side.rectangle.offset.x, side.rectangle.offset.y);
    LabelView labelView{.project = [&](const glm::dvec3& enu) { return view.project(view.relativeEnu(enu)); },
                        .rectangle = {lo, lo + glm::vec2(side.rectangle.extent.width, side.rectangle.extent.height)},
                        .circle = context.scene.lens.on() ? circleOf(context.scene.lens, view.extent) : glm::vec3(0),
                        .inCircle = side.side->inLens,
                        .covered = context.scene.covered,
                        .scale = std::clamp(float(view.extent.height) / 720.0f, 0.85f, 4.0f),
                        .still = context.scene.still,
                        .night = dark ? 1.0f : view.night,
                        .nowSeconds = context.scene.nowSeconds,
                        .reachMetres = near.reachMetres,
                        .most = near.mostLabels};
    if (near.low) labelView.inSight = [&](size_t label) { return d.sight.seen(Impl::sightKey(side.slot, label)); };
    const LineDraws draws =
        lineDraws(d.lines, d.document, side.side->date, context.scene.layers, context.scene.selection);
    const auto first = static_cast<uint32_t>(d.quads.size());
    d.layouts[side.slot].layOut(d.labels, d.document, context.scene.layers, side.side->date, context.scene.selection,
                                context.scene.language, draws.stations, labelView, *d.glyphs, d.quads);
    d.laid[side.index] = {first, static_cast<uint32_t>(d.quads.size()) - first};
    d.slots.push_back(side.slot);
  }
  if (d.quads.empty()) return;
  d.uploadAtlas(context);
  d.slice = context.arena.copy(std::span<const LabelQuad>(d.quads));
  const Binding binding{
      .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, .view = d.atlas.view(), .sampler = d.sampler};
  d.set = context.arena.descriptors(d.setLayout, {&binding, 1});
}

void Labels::look(PassContext& context, const View& drawn, const gpu::Image& depth) {
  Impl& d = *impl_;
  if (d.sightState == 0) return;
  std::vector<Sight::Place> places;
  for (const unsigned slot : d.slots)
    for (const size_t label : d.layouts[slot].inQuestion())
      places.push_back({Impl::sightKey(slot, label), d.labels[label].position});
  d.sight.ask(context, drawn, depth, places, d.sightState);
}

void Labels::submitted(uint64_t value) { impl_->sight.submitted(value); }

void Labels::draw(PassContext& context, const SideView& side) {
  Impl& d = *impl_;
  if (side.index >= d.laid.size() || d.laid[side.index].count == 0) return;
  const VkCommandBuffer commands = context.commands;
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, d.pipeline);
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, d.layout, 0, 1, &d.set, 0, nullptr);
  vkCmdBindVertexBuffers(commands, 0, 1, &d.slice.buffer, &d.slice.offset);
  const glm::vec4 pixels(2.0f / float(context.view.extent.width), 2.0f / float(context.view.extent.height), 0, 0);
  vkCmdPushConstants(commands, d.layout, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof pixels,
                     &pixels);
  vkCmdDraw(commands, 4, d.laid[side.index].count, 0, d.laid[side.index].first);
}

bool Labels::wantsAnotherFrame() const {
  const Impl& d = *impl_;
  if (!d.glyphs) return false;
  return d.glyphs->pending() || (d.sightState != 0 && d.sightState != d.sight.state()) ||
         std::any_of(d.slots.begin(), d.slots.end(), [&](unsigned s) { return d.layouts[s].changing(); });
}

void Labels::waitForGlyphs() {
  if (impl_->glyphs) impl_->glyphs->waitAll();
}

city::Selection Labels::hit(float x, float y) const {
  for (unsigned slot : impl_->slots)
    for (const LabelLayout::Shown& shown : impl_->layouts[slot].shown())
      if (x >= shown.box.lo.x && x <= shown.box.hi.x && y >= shown.box.lo.y && y <= shown.box.hi.y)
        return shown.selection;
  return {};
}

}  // namespace cm::frame
