#include "frame/rail_pass.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <future>
#include <optional>
#include <vector>

#include "base/log.h"
#include "frame/below.h"
#include "frame/bodies.h"
#include "frame/drape_shapes.h"
#include "frame/hash.h"
#include "frame/rail_mesh.h"
#include "frame/scene_pass.h"
#include "frame/shadow.h"
#include "frame/sides.h"
#include "frame/trains.h"
#include "shared/frame.h"
#include "shared/rail.h"

namespace cm::frame {
namespace {

constexpr float kWorksGoneAt = 8000, kTunnelsGoneAt = 16000;  // metres: a viaduct is two pixels high there
constexpr double kCoarsestShadows = 3500;                     // half of what a map covers: a pier is a texel
constexpr float kTrainsFadeAt = 11000, kTrainsGoneAt = 15000;
constexpr float kLeastTrainPixels = 3.0f, kWidestTrain = 7;  // of 720 lines; against a real one
constexpr float kTrainWide = 3.0f;
constexpr float kNearWalls[4]{0.58f, 0.58f, 0.58f, 0.58f};  // how much of them one sees; the rest of what is behind
constexpr double kBuriedBelow = -1.5;  // metres of the rails above the ground: a car is out of sight

struct Push {
  shared::SidePush side;
  shared::RailPush rail;
};
static_assert(sizeof(Push) == 64);

struct ShadowPush {
  shared::SidePush side;
  glm::mat4 clipFromChunk;
};
static_assert(sizeof(ShadowPush) == 96);

glm::vec3 linearOf(const glm::vec3& srgb) {
  glm::vec3 linear;
  for (int i = 0; i < 3; ++i)
    linear[i] = srgb[i] <= 0.04045f ? srgb[i] / 12.92f : std::pow((srgb[i] + 0.055f) / 1.055f, 2.4f);
  return linear;
}

std::vector<RailMesh> carMeshes() {
  std::vector<RailMesh> meshes;
  for (size_t car = 0; car < kCars; ++car) meshes.push_back(carMesh(Car(car)));
  return meshes;
}

gpu::Buffer uploaded(gpu::Device& device, const void* data, size_t bytes, VkBufferUsageFlags usage, const char* name) {
  gpu::Buffer buffer(device, bytes, usage, true, name);
  if (buffer) std::memcpy(buffer.mapped(), data, bytes);
  return buffer;
}

}  // namespace

struct RailPass::Impl {
  gpu::Device& device;
  gpu::Pipelines pipelines;
  const SceneLayouts layouts;
  VkPipelineLayout layout = VK_NULL_HANDLE;
  VkPipeline shadow = VK_NULL_HANDLE;
  VkPipeline works[city::kWeathers.size()][2][2][3]{};  // [weather][night][moving][which]

  city::Document document;
  std::vector<RailPath> paths;
  std::vector<city::Timetable> timetables;
  //! What stands in the open, or what lies under the ground.
  struct Built {
    std::vector<RailChunk> chunks;
    gpu::Buffer vertices, indices;
  };
  std::future<RailWorks> raising;  // of `standing`, until it is first asked for; reads `paths`
  Built standing;
  std::optional<Built> buried;  // once the underground view has been seen
  Bodies cars;
  //! A car of this frame.
  struct Seen {
    PlacedCar car;
    size_t path = 0;
    float metres = 0;
    glm::vec3 world{0};
  };
  std::vector<Seen> seen;  // farthest first
  unsigned trainsSeen = 0;

  Impl(gpu::Device& d, const SceneLayouts& l) : device(d), pipelines(d), layouts(l), cars(d, l, carMeshes(), "trains") {
    layout = pipelines.layout({&layouts.globals, 1}, sizeof(ShadowPush));
  }

  VkPipeline worksPipeline(city::Weather weather, bool night, bool moving, Works which);
  bool open(const RailPath& path, const PassContext& pass, const SideView& side) const;
  Built uploadedWorks(RailWorks made) const;
  const Built& worksOf(bool underground);
  void begin(PassContext& pass, VkPipeline pipeline, const Built& built) const;
  void push(PassContext& pass, const Push& p) const {
    vkCmdPushConstants(pass.commands, layout, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof p,
                       &p);
  }
};

namespace {

constexpr VkVertexInputAttributeDescription kVertexAttributes[] = {
    {0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(RailVertex, position)},
    {1, 0, VK_FORMAT_R8G8B8A8_SNORM, offsetof(RailVertex, normal)},
    {2, 0, VK_FORMAT_R8G8B8A8_UINT, offsetof(RailVertex, colour)}};
constexpr VkVertexInputBindingDescription kBinding{0, sizeof(RailVertex), VK_VERTEX_INPUT_RATE_VERTEX};

}  // namespace

VkPipeline RailPass::Impl::worksPipeline(city::Weather weather, bool night, bool moving, Works which) {
  VkPipeline& pipeline = works[size_t(weather)][night][moving][size_t(which)];
  const std::array<uint32_t, 7> constants{0, moving ? 1u : 2u, 0, night, 0, 0, uint32_t(weather)};
  if (!pipeline)
    pipeline = pipelines.make({.vertex = "rail.vert",
                               .fragment = "rail.frag",
                               .layout = layout,
                               .bindings = {&kBinding, 1},
                               .attributes = kVertexAttributes,
                               .constants = constants,
                               .colours = {layouts.colour},
                               .depth = layouts.depth,
                               .cull = which == Works::FarWalls ? VK_CULL_MODE_FRONT_BIT : VK_CULL_MODE_BACK_BIT,
                               .depthTest = true,
                               .depthWrite = true,
                               .blend = which == Works::NearWalls ? gpu::Blend::Constant : gpu::Blend::Opaque},
                              "railway");
  return pipeline;
}

bool RailPass::Impl::open(const RailPath& path, const PassContext& pass, const SideView& side) const {
  if (!pass.scene.layers.metro) return false;
  city::OverlayItem item;
  if (path.item != kNoItem) item = document.overlays[path.overlay].items[path.item];
  if (path.opens) item.opens = path.opens;
  return itemState(item, side.side->date, pass.scene.layers.hiddenItems) == ItemState::Open;
}

RailPass::Impl::Built RailPass::Impl::uploadedWorks(RailWorks made) const {
  Built built;
  if (made.chunks.empty()) return built;
  const size_t vertexBytes = made.mesh.vertices.size() * sizeof(RailVertex),
               indexBytes = made.mesh.indices.size() * sizeof(uint32_t);
  built.vertices =
      uploaded(device, made.mesh.vertices.data(), vertexBytes, VK_BUFFER_USAGE_VERTEX_BUFFER_BIT, "railway vertices");
  built.indices =
      uploaded(device, made.mesh.indices.data(), indexBytes, VK_BUFFER_USAGE_INDEX_BUFFER_BIT, "railway indices");
  if (built.vertices && built.indices)
    built.chunks = std::move(made.chunks);
  else
    log::warning("no memory for railways ({} bytes)", vertexBytes + indexBytes);
  return built;
}

const RailPass::Impl::Built& RailPass::Impl::worksOf(bool underground) {
  if (!underground) {
    if (raising.valid()) standing = uploadedWorks(raising.get());
    return standing;
  }
  if (!buried) buried = uploadedWorks(railWorks(paths, true));
  return *buried;
}

void RailPass::Impl::begin(PassContext& pass, VkPipeline pipeline, const Built& built) const {
  vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
  vkCmdBindDescriptorSets(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout, 0, 1, &pass.globals, 0, nullptr);
  const VkBuffer buffer = built.vertices.handle();
  const VkDeviceSize offset = 0;
  vkCmdBindVertexBuffers(pass.commands, 0, 1, &buffer, &offset);
  vkCmdBindIndexBuffer(pass.commands, built.indices.handle(), 0, VK_INDEX_TYPE_UINT32);
}

RailPass::RailPass(gpu::Device& device, const SceneLayouts& layouts) : impl_(std::make_unique<Impl>(device, layouts)) {}
RailPass::~RailPass() = default;

void RailPass::setDocument(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes) {
  Impl& d = *impl_;
  d.raising = {};  // waits for what still reads the paths
  d.document = document;
  d.paths = railPaths(document, layers, axes);
  d.timetables = timetablesOf(d.paths);
  d.seen.clear();
  d.buried.reset();
  d.standing = {};
  d.raising = std::async(std::launch::async, [&paths = d.paths] { return railWorks(paths, false); });
}

void RailPass::update(PassContext& pass) {
  Impl& d = *impl_;
  d.seen.clear();
  d.trainsSeen = 0;
  if (!pass.scene.layers.life || !pass.scene.layers.metro || pass.scene.look == city::Look::Plain) return;
  const View& view = pass.view;
  const float perMetre = float(view.extent.height) / (2.0f * std::tan(0.5f * float(view.fovYRadians)));
  const float factor = depthFactor(pass.scene.eyeMetres);
  std::vector<PlacedCar> cars;
  for (size_t i = 0; i < d.paths.size(); ++i) {
    const RailPath& path = d.paths[i];
    const bool open = std::any_of(pass.sides.begin(), pass.sides.end(),
                                  [&](const SideView& side) { return d.open(path, pass, side); });
    if (!open) continue;
    for (const city::TrainAt& train : city::trainsAt(d.timetables[i], pass.scene.citySeconds)) {
      const glm::vec3 middle = view.project(view.relativeEnu(pointAt(path, train.metres).at));
      const float reach = float(path.service.trainMetres) * perMetre / std::max(middle.z, 1.0f) + 8;
      if (middle.z < -path.service.trainMetres || middle.z > kTrainsGoneAt) continue;
      if (middle.z > path.service.trainMetres &&
          (middle.x < -reach || middle.y < -reach || middle.x > float(view.extent.width) + reach ||
           middle.y > float(view.extent.height) + reach))
        continue;
      cars.clear();
      placeTrain(path, train, cars);
      bool inSight = false;
      for (const PlacedCar& car : cars) {
        if (car.aboveGroundMetres < kBuriedBelow && !pass.scene.layers.underground) continue;
        glm::vec3 world = view.relativeEnu(car.at);
        if (pass.scene.layers.underground) world.z -= float(sinksOf(-car.aboveGroundMetres)) * (factor - 1);
        const glm::vec3 at = view.project(world);
        d.seen.push_back({car, i, at.z, world});
        // What is announced must be there to be seen: on the picture, on a side where the line is open, and not gone in the distance.
        inSight = inSight ||
                  (at.z > 1 && at.z < kTrainsGoneAt && at.x >= 0 && at.y >= 0 && at.x < float(view.extent.width) &&
                   at.y < float(view.extent.height) &&
                   std::any_of(pass.sides.begin(), pass.sides.end(), [&](const SideView& side) {
                     return d.open(path, pass, side) && seenAt(*side.side, pass.scene.lens, view.extent, glm::vec2(at));
                   }));
      }
      d.trainsSeen += inSight;
    }
  }
  std::sort(d.seen.begin(), d.seen.end(),
            [](const Impl::Seen& a, const Impl::Seen& b) { return glm::length(a.world) > glm::length(b.world); });
}

unsigned RailPass::trainsInSight() const { return impl_->trainsSeen; }
bool RailPass::trainsDrawn() const { return !impl_->seen.empty(); }

void RailPass::drawWorks(PassContext& pass, const SideView& side, bool moving, Works which) {
  Impl& d = *impl_;
  bool begun = false;
  const bool below = which != Works::Open;
  const float factor = depthFactor(pass.scene.eyeMetres);
  const float perMetre = float(pass.view.extent.height) / (2.0f * std::tan(0.5f * float(pass.view.fovYRadians)));
  size_t openPath = SIZE_MAX;
  bool open = false;
  const Impl::Built& built = d.worksOf(below);
  for (const RailChunk& chunk : built.chunks) {
    const glm::vec3 world = pass.view.relativeEnu(chunk.middle);
    const auto radius = float(chunk.radiusMetres);
    const glm::vec3 at = pass.view.project(world);
    if (at.z < -radius || at.z - radius > (below ? kTunnelsGoneAt : kWorksGoneAt)) continue;
    if (at.z > radius * 1.5f) {
      const float reach = radius * perMetre / (at.z - radius) + 2;
      if (at.x < -reach || at.y < -reach || at.x > float(pass.view.extent.width) + reach ||
          at.y > float(pass.view.extent.height) + reach)
        continue;
    }
    if (chunk.path != openPath) openPath = chunk.path, open = d.open(d.paths[chunk.path], pass, side);
    if (!open) continue;
    if (!begun) {
      d.begin(pass, d.worksPipeline(pipelinesOf(pass.scene.weather), pass.view.night > 0, moving, which), built);
      if (which == Works::NearWalls) vkCmdSetBlendConstants(pass.commands, kNearWalls);
      begun = true;
    }
    d.push(pass,
           {.side = pushOf(side),
            .rail = {.origin = glm::vec4(world, 1.0f),
                     .livery = glm::vec4(linearOf(d.paths[chunk.path].colour), !below                      ? 0.0f
                                                                               : which == Works::NearWalls ? -factor
                                                                                                           : factor)}});
    vkCmdDrawIndexed(pass.commands, chunk.indexCount, 1, chunk.firstIndex, 0, 0);
  }
}

void RailPass::drawShadows(PassContext& pass, const SideView& side, const ShadowRegion& region,
                           const glm::mat4& clipFromWorld) {
  Impl& d = *impl_;
  if (region.half > kCoarsestShadows) return;
  bool begun = false;
  const Impl::Built& built = d.worksOf(false);
  for (const RailChunk& chunk : built.chunks) {
    const glm::dvec3 light = glm::transpose(region.axes) * chunk.middle;
    if (std::abs(light.x - region.centre.x) > region.half + chunk.radiusMetres ||
        std::abs(light.y - region.centre.y) > region.half + chunk.radiusMetres ||
        !d.open(d.paths[chunk.path], pass, side))
      continue;
    if (!begun) {
      if (!d.shadow)
        d.shadow = d.pipelines.make({.vertex = "rail_shadow.vert",
                                     .layout = d.layout,
                                     .bindings = {&kBinding, 1},
                                     .attributes = {kVertexAttributes, 1},
                                     .depth = kShadowFormat,
                                     .cull = VK_CULL_MODE_BACK_BIT,
                                     .depthTest = true,
                                     .depthWrite = true,
                                     .depthBiasConstant = kShadowBiasConstant,
                                     .depthBiasSlope = kShadowBiasSlope},
                                    "railway shadow");
      vkCmdBindPipeline(pass.commands, VK_PIPELINE_BIND_POINT_GRAPHICS, d.shadow);
      const VkBuffer buffer = built.vertices.handle();
      const VkDeviceSize offset = 0;
      vkCmdBindVertexBuffers(pass.commands, 0, 1, &buffer, &offset);
      vkCmdBindIndexBuffer(pass.commands, built.indices.handle(), 0, VK_INDEX_TYPE_UINT32);
      begun = true;
    }
    ShadowPush push{pushOf(side), clipFromWorld};
    push.clipFromChunk[3] = clipFromWorld * glm::vec4(pass.view.relativeEnu(chunk.middle), 1);
    vkCmdPushConstants(pass.commands, d.layout, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0,
                       sizeof push, &push);
    vkCmdDrawIndexed(pass.commands, chunk.indexCount, 1, chunk.firstIndex, 0, 0);
  }
}

uint64_t RailPass::worksState(const PassContext& pass, const SideView& side) const {
  Impl& d = *impl_;
  Hash hash;
  hash.add(d.worksOf(false).chunks.size());
  for (const RailPath& path : d.paths) hash.add(d.open(path, pass, side));
  return hash.value();
}

void RailPass::drawTrains(PassContext& pass, const SideView& side, bool moving, Where where) {
  Impl& d = *impl_;
  if (d.seen.empty()) return;
  const View& view = pass.view;
  const float perMetre = float(view.extent.height) / (2.0f * std::tan(0.5f * float(view.fovYRadians)));
  const float least = kLeastTrainPixels * std::clamp(float(view.extent.height) / view.resolution / 720.0f, 0.8f, 4.0f) *
                      view.resolution;
  std::vector<Body> cars;
  size_t openPath = SIZE_MAX;
  bool open = false;
  for (const Impl::Seen& seen : d.seen) {
    const bool buried = seen.car.aboveGroundMetres < kBuriedBelow;
    if (buried != (where == Where::Below)) continue;
    // Over the picture nothing keeps a train of one side out of the lens, or of the other side in it.
    if (where == Where::Over && pass.scene.lens.on() &&
        !seenAt(*side.side, pass.scene.lens, view.extent, glm::vec2(view.project(seen.world))))
      continue;
    const RailPath& path = d.paths[seen.path];
    if (seen.path != openPath) openPath = seen.path, open = d.open(path, pass, side);
    if (!open) continue;
    // Far away a train is drawn wider than it is, up to where it would look like a house; then it is gone.
    float wide = std::clamp(least * seen.metres / (perMetre * kTrainWide), 1.0f, kWidestTrain);
    if (buried) wide = std::min(wide, 2.0f);
    wide *= std::clamp((kTrainsGoneAt - seen.metres) / (kTrainsGoneAt - kTrainsFadeAt), 0.0f, 1.0f);
    if (wide <= 0) continue;
    cars.push_back({.mesh = size_t(seen.car.car),
                    .world = seen.world,
                    .forward = glm::vec3(seen.car.forward),
                    .wide = wide,
                    .stretch = float(seen.car.stretch),
                    .livery = linearOf(path.colour)});
  }
  d.cars.draw(pass, side, cars, moving, where == Where::Over);
}

}  // namespace cm::frame
