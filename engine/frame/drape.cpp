#include "frame/drape.h"

#include <algorithm>
#include <cmath>

#include "base/log.h"
#include "frame/targets.h"
#include "shared/drape.h"

namespace cm::frame {
namespace {

using shared::kDrapeLevels;
using shared::kDrapeSets;

constexpr VkFormat kFormat = VK_FORMAT_R8G8B8A8_UNORM;
constexpr double kMoveShare = 0.10;  // of a level's width: farther than this from its middle it is redrawn
constexpr double kLeastHeightMetres = 15;
constexpr int kLeastExponent = -2;  // 0.25 m a texel
constexpr double kLeastReachMetres = 2048, kMostReachMetres = 65536;
constexpr double kImageryTexelPixels = 1.0;  // pictures are sharper than plans: edges of those are soft anyway

}  // namespace

std::array<DrapeLevel, 5> drapeLevels(const DrapeEye& eye, uint32_t size, glm::dvec2 lo, glm::dvec2 hi,
                                      std::optional<int> previousExponent) {
  static_assert(kDrapeLevels == 5);
  constexpr double kPi = 3.14159265358979323846;
  std::array<DrapeLevel, 5> levels;
  const double height = std::max(eye.heightMetres, kLeastHeightMetres);
  const double pitchDown = std::asin(std::clamp(-eye.forward.z, -1.0, 1.0));
  // The lowest ray of the picture meets the ground first; beyond 90 degrees it does so behind the eye.
  const double steepest = std::clamp(pitchDown + 0.5 * eye.fovYRadians, 0.06, kPi - 0.06);
  const double nearAway = height / std::sin(std::min(steepest, 0.5 * kPi)), nearAlong = height / std::tan(steepest);
  const double pixel = 2.0 * std::tan(0.5 * eye.fovYRadians) / std::max(1u, eye.pixelRows);
  const double footprint = nearAway * pixel / std::sqrt(std::max(height / nearAway, 0.12));

  const double ideal = std::log2(footprint * eye.texelPixels);
  int exponent = static_cast<int>(std::lround(ideal));
  if (previousExponent && std::abs(ideal - *previousExponent) < 0.75) exponent = *previousExponent;
  exponent = std::max(exponent, kLeastExponent);

  glm::dvec2 ahead(eye.forward);
  if (glm::length(ahead) < 0.05) ahead = glm::dvec2(eye.up);
  ahead = glm::length(ahead) > 1e-9 ? glm::normalize(ahead) : glm::dvec2(0, 1);
  const double shallowest = pitchDown - 0.5 * eye.fovYRadians;
  const double farAlong = shallowest > 0.06 ? height / std::tan(shallowest) : 1e9;

  const glm::dvec2 extent = hi - lo;
  DrapeLevel& whole = levels[kDrapeLevels - 1];
  whole.exponent = kWholeLevel;
  whole.texelMetres = std::max({extent.x, extent.y, 100.0}) * 1.2 / size;
  whole.centre = 0.5 * (lo + hi);
  whole.wanted = true;
  for (int k = 0; k < kDrapeLevels - 1; ++k) {
    DrapeLevel& level = levels[static_cast<size_t>(k)];
    level.exponent = exponent + k;
    level.texelMetres = std::exp2(level.exponent);
    level.wanted = level.texelMetres < 0.8 * whole.texelMetres;
    const double along = std::min(nearAlong + 0.42 * size * level.texelMetres, 0.5 * (nearAlong + farAlong));
    level.centre = glm::dvec2(eye.position) + ahead * along;
    const double snap = 8 * level.texelMetres;
    level.centre = glm::round(level.centre / snap) * snap;
  }
  return levels;
}

struct Drape::Impl {
  struct Level {
    bool drawn = false;
    int exponent = 0;
    double texelMetres = 0;
    glm::dvec2 centre{0};
    ImageryDraws imagery;            // as drawn
    uint64_t imageryGeneration = 0;  // when that was last found to be what there is
  };
  //! Four levels in a ring (an exponent always has the same place, so that zooming redraws one of them), then the whole.
  struct Set {
    bool used = false;
    bool changed = false;
    bool filled = false;
    DrapeContent content;
    std::vector<DrapeDraw> draws;
    std::array<Level, kDrapeLevels> levels;
  };

  gpu::Device& device;
  gpu::Pipelines pipelines;
  VkPipelineLayout layout = VK_NULL_HANDLE;
  gpu::Pipeline pipeline;
  VkSampler sampler = VK_NULL_HANDLE;

  city::Document document;
  geo::EnuFrame axes;
  DrapeShapes shapes;
  gpu::Buffer vertices, indices;
  DrapeImagery imagery;
  double reachMetres = kLeastReachMetres;

  uint32_t size;
  gpu::Image nothing, image;
  bool nothingReady = false, imageReady = false;
  std::array<Set, kDrapeSets> sets;
  std::array<int, residency::kMaxViewSlots> setOfSlot{};
  std::array<DrapeLevel, kDrapeLevels> wish;
  std::optional<int> exponent;
  unsigned redrawn = 0;
  bool waiting = false;

  explicit Impl(gpu::Device& d) : device(d), pipelines(d), imagery(d, kFormat), size(d.isSoftware() ? 1280 : 2048) {
    setOfSlot.fill(-1);
  }

  static size_t place(const DrapeLevel& level) {
    return level.exponent == kWholeLevel ? kDrapeLevels - 1
                                         : static_cast<size_t>(level.exponent - kLeastExponent) % (kDrapeLevels - 1);
  }
  bool upToDate(const Set& set, const DrapeLevel& level) const {
    const Level& now = set.levels[place(level)];
    const glm::dvec2 moved = glm::abs(now.centre - level.centre) / (size * level.texelMetres);
    return now.drawn && now.exponent == level.exponent && now.texelMetres == level.texelMetres &&
           std::max(moved.x, moved.y) <= kMoveShare;
  }

  static bool showsImagery(const DrapeContent& content) {
    return std::find(content.imagery.begin(), content.imagery.end(), true) != content.imagery.end();
  }

  tiles::ImageryArea areaOf(const DrapeLevel& level) const {
    return {level.centre, size * level.texelMetres, level.texelMetres};
  }

  //! The level shows other tiles than it could.
  bool imageryChanged(Set& set, const DrapeLevel& wanted) {
    Level& level = set.levels[place(wanted)];
    if (level.imageryGeneration == imagery.generation() || !showsImagery(set.content)) return false;
    const tiles::ImageryArea area{level.centre, size * level.texelMetres, level.texelMetres};
    if (imagery.draws(set.content.imagery, area) != level.imagery) return true;
    level.imageryGeneration = imagery.generation();
    return false;
  }

  std::array<DrapeLevel, kDrapeLevels> levelsFor(const View& view) const {
    // Over the height of the document's origin, which stands for the ground's; the Earth falls away by the square of the distance.
    const double curved = glm::dot(glm::dvec2(view.eyeEnu), glm::dvec2(view.eyeEnu)) / (2 * geo::kSemiMajorMetres);
    const double height = view.eyeEnu.z + curved - document.origin.heightMetres;
    glm::dvec2 lo(shapes.lo), hi(shapes.hi);
    if (!document.imagery.empty()) {
      const bool bare = shapes.shapes.empty();
      lo = bare ? glm::dvec2(-reachMetres) : glm::min(lo, glm::dvec2(-reachMetres));
      hi = bare ? glm::dvec2(reachMetres) : glm::max(hi, glm::dvec2(reachMetres));
    }
    DrapeEye eye{view.eyeEnu, view.forward, view.up, height, view.fovYRadians, view.extent.height};
    if (!document.imagery.empty()) eye.texelPixels = kImageryTexelPixels;
    return drapeLevels(eye, size, lo, hi, exponent);
  }

  void makePipeline() {
    const VkVertexInputBindingDescription binding{0, sizeof(StripVertex), VK_VERTEX_INPUT_RATE_VERTEX};
    const VkVertexInputAttributeDescription attributes[] = {
        {0, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(StripVertex, centre)},
        {1, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(StripVertex, extrude)},
        {2, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(StripVertex, side)}};
    layout = pipelines.layout({}, sizeof(shared::DrapePush));
    pipeline = pipelines.make({.vertex = "drape.vert",
                               .fragment = "drape.frag",
                               .layout = layout,
                               .bindings = {&binding, 1},
                               .attributes = attributes,
                               .colours = {kFormat},
                               .blend = gpu::Blend::Premultiplied},
                              "drape");
    sampler = pipelines.sampler(VK_FILTER_LINEAR, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE);
  }

  //! Gives each side the set that holds its content, or one that no side needs.
  void assignSets(const PassContext& context) {
    setOfSlot.fill(-1);
    for (Set& set : sets) set.used = set.changed = false;
    std::vector<std::pair<unsigned, DrapeContent>> open;
    for (const SideView& side : context.sides) {
      DrapeContent content = drapeContent(context.scene, *side.side, document);
      auto held =
          std::find_if(sets.begin(), sets.end(), [&](const Set& s) { return s.filled && s.content == content; });
      if (held == sets.end()) {
        open.emplace_back(side.slot, std::move(content));
        continue;
      }
      held->used = true;
      setOfSlot[side.slot] = static_cast<int>(held - sets.begin());
    }
    for (auto& [slot, content] : open) {
      // Two open sides may want the same. (clang before 16 captures a structured binding only by name.)
      auto same = std::find_if(sets.begin(), sets.end(),
                               [&content = content](const Set& s) { return s.changed && s.content == content; });
      if (same == sets.end()) {
        std::vector<DrapeDraw> draws = drapeDraws(shapes, document, content);
        if (draws.empty() && !showsImagery(content)) continue;
        same = std::find_if(sets.begin(), sets.end(), [](const Set& s) { return !s.used; });
        if (same == sets.end()) continue;  // more than kDrapeSets different sides: the rest goes without
        for (Level& level : same->levels) level.drawn = false;
        same->used = same->changed = same->filled = true;
        same->content = std::move(content);
        same->draws = std::move(draws);
      }
      setOfSlot[slot] = static_cast<int>(same - sets.begin());
    }
  }

  void makeImage(Passes& passes) {
    int highest = -1;
    for (size_t s = 0; s < sets.size(); ++s)
      if (sets[s].used) highest = static_cast<int>(s);
    const uint32_t layers = static_cast<uint32_t>(highest + 1) * kDrapeLevels;
    if (layers == 0 || (image && image.description().layers >= layers)) return;
    image = gpu::Image(device,
                       {.extent = {size, size},
                        .format = kFormat,
                        .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT,
                        .layers = layers,
                        .arrayView = true},
                       "drape");
    passes.made(Resource::Drape, image.handle());
    imageReady = false;
    for (Set& set : sets)
      for (Level& level : set.levels) level.drawn = false;
  }

  void makeNothing(PassContext& context) {
    if (!nothing)
      nothing = gpu::Image(device,
                           {.extent = {1, 1},
                            .format = kFormat,
                            .usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
                            .arrayView = true},
                           "no drape");
    if (std::exchange(nothingReady, true)) return;
    context.passes.made(Resource::NoDrape, nothing.handle());
    context.passes.begin(context.commands, Pass::NoDrape);
    const VkClearColorValue clear{};
    const VkImageSubresourceRange range{VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    vkCmdClearColorImage(context.commands, nothing.handle(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, &clear, 1, &range);
  }

  void drawLevel(PassContext& context, size_t setIndex, const DrapeLevel& level) {
    VkCommandBuffer commands = context.commands;
    Set& set = sets[setIndex];
    const VkImageView layer = image.layerView(static_cast<uint32_t>(setIndex * kDrapeLevels + place(level)));
    beginColour(commands, layer, {size, size}, VK_ATTACHMENT_LOAD_OP_CLEAR);
    ImageryDraws imageryDraws = imagery.draws(set.content.imagery, areaOf(level));
    imagery.draw(context, imageryDraws, areaOf(level));
    if (!set.draws.empty()) drawShapes(commands, set, level);
    vkCmdEndRendering(commands);
    set.levels[place(level)] = {true,         level.exponent,          level.texelMetres,
                                level.centre, std::move(imageryDraws), imagery.generation()};
    ++redrawn;
  }

  void drawShapes(VkCommandBuffer commands, const Set& set, const DrapeLevel& level) const {
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
    const VkBuffer buffer = vertices.handle();
    const VkDeviceSize offset = 0;
    vkCmdBindVertexBuffers(commands, 0, 1, &buffer, &offset);
    vkCmdBindIndexBuffer(commands, indices.handle(), 0, VK_INDEX_TYPE_UINT32);
    const double width = size * level.texelMetres;
    for (const DrapeDraw& draw : set.draws) {
      const float texel = static_cast<float>(level.texelMetres);
      const float reach = float(kLongestMitre) *
                          (std::max(draw.halfWidthMetres, draw.leastHalfWidthTexels * texel) + draw.feather * texel);
      const glm::dvec2 away = glm::max(glm::dvec2(draw.lo) - level.centre, level.centre - glm::dvec2(draw.hi));
      if (std::max(away.x, away.y) > 0.5 * width + reach) continue;
      const shared::DrapePush push{
          .place = {1.0 / width, 0.5 - level.centre.x / width, 0.5 - level.centre.y / width, level.texelMetres},
          .colour = draw.colour,
          .halfWidth = draw.halfWidthMetres,
          .leastTexels = draw.leastHalfWidthTexels,
          .feather = draw.feather,
          .dash = draw.dashMetres,
          .leastDash = draw.leastDashTexels};
      vkCmdPushConstants(commands, layout, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push,
                         &push);
      vkCmdDrawIndexed(commands, draw.indexCount, 1, draw.firstIndex, 0, 0);
    }
  }
};

Drape::Drape(gpu::Device& device, const SceneLayouts&) : impl_(std::make_unique<Impl>(device)) {
  impl_->makePipeline();
}
Drape::~Drape() = default;

void Drape::setDocument(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes) {
  Impl& d = *impl_;
  d.document = document;
  d.axes = axes;
  d.shapes = drapeShapes(document, layers, axes);
  d.imagery.setDocument(document, axes);
  for (const std::string& problem : d.shapes.problems) log::warning("left out of the drape: {}", problem);
  for (Impl::Set& set : d.sets) set = {};
  d.setOfSlot.fill(-1);
  d.vertices = {};
  d.indices = {};
  const Strip& mesh = d.shapes.mesh;
  if (mesh.indices.empty()) return;
  const size_t vertexBytes = mesh.vertices.size() * sizeof(StripVertex),
               indexBytes = mesh.indices.size() * sizeof(uint32_t);
  d.vertices = gpu::Buffer(d.device, vertexBytes, VK_BUFFER_USAGE_VERTEX_BUFFER_BIT, true, "drape vertices");
  d.indices = gpu::Buffer(d.device, indexBytes, VK_BUFFER_USAGE_INDEX_BUFFER_BIT, true, "drape indices");
  if (!d.vertices || !d.indices) {
    log::warning("no memory for what is laid on the ground ({} bytes)", vertexBytes + indexBytes);
    d.shapes.shapes.clear();
    return;
  }
  std::memcpy(d.vertices.mapped(), mesh.vertices.data(), vertexBytes);
  std::memcpy(d.indices.mapped(), mesh.indices.data(), indexBytes);
  d.shapes.mesh = {};
}

void Drape::setReach(double metres) {
  // By steps of two, so that the level over all is not redrawn for every tile that comes.
  impl_->reachMetres = std::exp2(std::ceil(std::log2(std::clamp(metres, kLeastReachMetres, kMostReachMetres))));
}

std::vector<tiles::ImageryArea> Drape::imageryAreas(const View& view) const {
  const Impl& d = *impl_;
  std::vector<tiles::ImageryArea> areas;
  if (d.document.imagery.empty()) return areas;
  for (const DrapeLevel& level : d.levelsFor(view)) {
    if (!level.wanted) continue;
    areas.push_back(d.areaOf(level));
    // A level that need not be redrawn stays where it is.
    for (const Impl::Set& set : d.sets)
      if (set.used && d.upToDate(set, level)) areas.back().centre = set.levels[Impl::place(level)].centre;
  }
  return areas;
}

void Drape::imagery(tiles::ImageryOrders orders) { impl_->imagery.apply(std::move(orders)); }

void Drape::update(PassContext& context) {
  Impl& d = *impl_;
  d.redrawn = 0;
  d.waiting = false;
  d.makeNothing(context);
  d.imagery.upload(context);
  d.assignSets(context);
  d.makeImage(context.passes);
  if (!d.image) return;

  d.wish = d.levelsFor(context.view);
  d.exponent = d.wish[0].exponent;

  struct Order {
    size_t set, level;
    int urgency;
  };
  std::vector<Order> orders;
  for (size_t s = 0; s < d.sets.size(); ++s) {
    if (!d.sets[s].used) continue;
    for (size_t k = 0; k < kDrapeLevels; ++k) {
      const DrapeLevel& level = d.wish[k];
      if (!level.wanted || (d.upToDate(d.sets[s], level) && !d.imageryChanged(d.sets[s], level))) continue;
      const bool whole = level.exponent == kWholeLevel,
                 fresh = d.sets[s].changed || !d.sets[s].levels[Impl::place(level)].drawn;
      orders.push_back({s, k, whole || fresh ? 0 : int(k) + 1});
    }
  }
  std::stable_sort(orders.begin(), orders.end(), [](const Order& a, const Order& b) { return a.urgency < b.urgency; });
  if (!context.scene.still) {
    // What is missing altogether comes at once (a project switches in one frame), what has only moved one a frame.
    size_t now = 0;
    while (now < orders.size() && orders[now].urgency == 0) ++now;
    now = std::max<size_t>(now, std::min<size_t>(orders.size(), 1));
    d.waiting = now < orders.size();
    orders.resize(now);
  }
  if (orders.empty() && d.imageReady) return;
  d.imageReady = true;
  context.passes.begin(context.commands, Pass::Drape);
  for (const Order& order : orders) d.drawLevel(context, order.set, d.wish[order.level]);
}

Slice Drape::uniforms(PassContext& context) const {
  const Impl& d = *impl_;
  shared::DrapeUniforms uniforms{};
  const View& view = context.view;
  for (size_t s = 0; s < kDrapeSets; ++s)
    for (size_t k = 0; k < kDrapeLevels && d.image; ++k) {
      const DrapeLevel& wish = d.wish[k];
      const size_t place = Impl::place(wish);
      const Impl::Level& level = d.sets[s].levels[place];
      if (!d.sets[s].used || !wish.wanted || !level.drawn || level.exponent != wish.exponent) continue;
      const double width = d.size * level.texelMetres;
      const glm::dvec2 shift = (glm::dvec2(view.eyeEnu) - level.centre) / width + 0.5;
      uniforms.level[s * kDrapeLevels + k] = glm::vec4(1.0 / width, shift.x, shift.y, double(s * kDrapeLevels + place));
    }
  for (size_t slot = 0; slot < d.setOfSlot.size(); ++slot)
    uniforms.setOfSlot[slot / 4][static_cast<int>(slot % 4)] = d.setOfSlot[slot];
  const double pixel = 2.0 * std::tan(0.5 * view.fovYRadians) / std::max(1u, view.extent.height);
  uniforms.scale = glm::vec4(pixel, std::exp2(-d.wish[0].exponent), 0, 0);
  return context.arena.copyOne(uniforms);
}

VkImageView Drape::view() const { return impl_->image ? impl_->image.view() : impl_->nothing.view(); }
VkSampler Drape::sampler() const { return impl_->sampler; }
bool Drape::empty(unsigned slot) const { return impl_->setOfSlot[slot] < 0; }
bool Drape::wantsAnotherFrame() const { return impl_->waiting || impl_->imagery.pending(); }
unsigned Drape::redrawn() const { return impl_->redrawn; }

city::Selection Drape::hit(unsigned slot, const glm::dvec3& positionEcef, double toleranceMetres) const {
  const Impl& d = *impl_;
  const int set = slot < d.setOfSlot.size() ? d.setOfSlot[slot] : -1;
  if (set < 0) return {};
  return drapeHit(d.shapes, d.document, d.sets[static_cast<size_t>(set)].content,
                  glm::dvec2(d.axes.toEnu(positionEcef)), toleranceMetres);
}

}  // namespace cm::frame
