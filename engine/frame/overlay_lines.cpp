#include "frame/overlay_lines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/log.h"
#include "frame/below.h"
#include "frame/drape_shapes.h"
#include "frame/near_ground.h"
#include "frame/polyline.h"
#include "frame/sides.h"
#include "shared/frame.h"
#include "shared/line.h"

namespace cm::frame {
namespace {

// In reference pixels (720 lines), metres where said so.
constexpr float kHalfWidthMetres = 6, kLeastHalfWidth = 1.2f, kMostHalfWidth = 2.6f, kCasing = 1.1f;
constexpr float kDash = 9, kTunnelDash = 15;
constexpr float kDiscMetres = 26, kLeastDisc = 3.4f, kMostDisc = 6.4f, kInterchangeGrows = 1.35f;
constexpr float kDiscsFadeAt = 14000, kDiscsGoneAt = 20000;  // metres away
constexpr float kLinesFadeAt = 20000, kLinesGoneAt = 32000;  // farther on they would hang in the haze
// Below the ground.
constexpr float kTubeMetres = 5.4f, kLeastTube = 2.4f, kShaftMetres = 1.6f, kLeastShaft = 0.8f, kMostShaft = 2.2f;
constexpr float kPlatformNearness = 1.12f;  // before the walls of a station
constexpr float kTubeNearness = 1.02f;      // before the walls of its mesh
constexpr float kSurfaceDotShare = 0.45f;   // of a disc: over a station whose disc is down at its platform
constexpr float kNearness = 1.004f;         // 12 m at 3 km
constexpr float kHiddenAlpha = 0.30f, kTechHiddenAlpha = 0.50f, kLightestOnPaper = 0.52f, kPlannedAlpha = 0.8f;
constexpr glm::vec3 kInterchangeRing{0.20f, 0.24f, 0.30f}, kTechRing{0.42f, 0.80f, 0.92f},
    kTechLight{0.85f, 0.97f, 1.0f};

struct Push {
  shared::SidePush side;
  shared::LinePush line;
};
static_assert(sizeof(Push) == 128);  // all that every device has

struct StationInstance {
  glm::vec4 placeAndRadius, ring;
  glm::vec2 shape{2,
                  0.62f};  // exponent of the outline (2: a disc, more: a square with soft corners), share that is white
};

//! How each network's lines and stations look.
struct Manner {
  float wide;  // of a line, against an urban one
  glm::vec2 station;
};
constexpr std::array<Manner, 4> kManners{{{1.0f, {2, 0.62f}},     // urban
                                          {0.85f, {2, 0.40f}},    // suburban
                                          {1.15f, {5, 0.60f}},    // intercity
                                          {1.45f, {5, 0.36f}}}};  // high-speed

float scaleOf(const View& view) {
  return std::clamp(float(view.extent.height) / view.resolution / 720.0f, 0.8f, 4.0f) * view.resolution;
}

//! On the dark screen lines are light, on paper none is so light that it sinks into the yellow of the houses.
glm::vec3 lineInk(city::Look look, const glm::vec3& colour) {
  if (look == city::Look::Tech) return glm::mix(colour, kTechLight, 0.28f);
  if (look != city::Look::Plan) return colour;
  const float light = glm::dot(colour, glm::vec3(0.299f, 0.587f, 0.114f));
  return colour * std::min(1.0f, kLightestOnPaper / std::max(light, 0.01f));
}

}  // namespace

struct OverlayLines::Impl {
  gpu::Device& device;
  gpu::Pipelines pipelines;
  VkPipelineLayout layout = VK_NULL_HANDLE;
  gpu::Pipeline line[2], station[2];  // [0] what is hidden, [1] what is in sight
  city::Document document;
  LineShapes shapes;
  gpu::Buffer vertices, indices;

  //! For `hit`.
  struct Drawn {
    View view;
    VkRect2D rectangle{};
    LineDraws draws;
    float reachMetres = kDiscsGoneAt, deeper = 0;  // deeper: as LinePush::below
    glm::vec3 circle{0};                           // of a lens, pixels; radius 0: there is none
    bool inCircle = false;
  };
  std::vector<Drawn> drawn;  // by side

  explicit Impl(gpu::Device& d) : device(d), pipelines(d) {}

  float discRadius(const StationDraw& draw, float metres, const View& view) const {
    const float scale = scaleOf(view),
                perMetre = float(view.extent.height) / (2.0f * std::tan(0.5f * float(view.fovYRadians)));
    const float radius =
        std::clamp(kDiscMetres * perMetre / std::max(metres, 1.0f), kLeastDisc * scale, kMostDisc * scale);
    return radius * (draw.interchange ? kInterchangeGrows : 1.0f) * (draw.selected ? 1.35f : 1.0f);
  }
};

OverlayLines::OverlayLines(gpu::Device& device, const SceneLayouts& layouts) : impl_(std::make_unique<Impl>(device)) {
  Impl& d = *impl_;
  d.layout = d.pipelines.layout({&layouts.globals, 1}, sizeof(Push));
  const VkVertexInputBindingDescription lineBinding{0, sizeof(LineVertex), VK_VERTEX_INPUT_RATE_VERTEX};
  const VkVertexInputAttributeDescription lineAttributes[] = {
      {0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(LineVertex, position)},
      {1, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(LineVertex, previous)},
      {2, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(LineVertex, next)},
      {3, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(LineVertex, side)},
      {4, 0, VK_FORMAT_R32_SFLOAT, offsetof(LineVertex, sinks)}};
  const VkVertexInputBindingDescription stationBinding{0, sizeof(StationInstance), VK_VERTEX_INPUT_RATE_INSTANCE};
  const VkVertexInputAttributeDescription stationAttributes[] = {{0, 0, VK_FORMAT_R32G32B32A32_SFLOAT, 0},
                                                                 {1, 0, VK_FORMAT_R32G32B32A32_SFLOAT, 16},
                                                                 {2, 0, VK_FORMAT_R32G32_SFLOAT, 32}};
  for (int inSight = 0; inSight < 2; ++inSight) {
    gpu::GraphicsPipeline pipeline{.vertex = "line.vert",
                                   .fragment = "line.frag",
                                   .layout = d.layout,
                                   .bindings = {&lineBinding, 1},
                                   .attributes = lineAttributes,
                                   .colours = {layouts.colour},
                                   .depth = layouts.depth,
                                   .depthTest = true,
                                   .compare = inSight ? VK_COMPARE_OP_GREATER_OR_EQUAL : VK_COMPARE_OP_LESS,
                                   .blend = gpu::Blend::Premultiplied};
    d.line[inSight] = d.pipelines.make(pipeline, "overlay line");
    pipeline.vertex = "line_station.vert";
    pipeline.fragment = "line_station.frag";
    pipeline.bindings = {&stationBinding, 1};
    pipeline.attributes = stationAttributes;
    pipeline.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP;
    d.station[inSight] = d.pipelines.make(pipeline, "station");
  }
}
OverlayLines::~OverlayLines() = default;

void OverlayLines::setDocument(const city::Document& document, LineShapes shapes) {
  Impl& d = *impl_;
  d.document = document;
  d.shapes = std::move(shapes);
  d.drawn.clear();
  d.vertices = {};
  d.indices = {};
  if (d.shapes.indices.empty()) return;
  const size_t vertexBytes = d.shapes.vertices.size() * sizeof(LineVertex),
               indexBytes = d.shapes.indices.size() * sizeof(uint32_t);
  d.vertices = gpu::Buffer(d.device, vertexBytes, VK_BUFFER_USAGE_VERTEX_BUFFER_BIT, true, "overlay line vertices");
  d.indices = gpu::Buffer(d.device, indexBytes, VK_BUFFER_USAGE_INDEX_BUFFER_BIT, true, "overlay line indices");
  if (!d.vertices || !d.indices) {
    log::warning("no memory for metro lines ({} bytes)", vertexBytes + indexBytes);
    d.shapes.lines.clear();
    return;
  }
  std::memcpy(d.vertices.mapped(), d.shapes.vertices.data(), vertexBytes);
  std::memcpy(d.indices.mapped(), d.shapes.indices.data(), indexBytes);
  d.shapes.vertices = {};
  d.shapes.indices = {};
}

void OverlayLines::draw(PassContext& context, const SideView& side) {
  Impl& d = *impl_;
  const View& view = context.view;
  LineDraws draws = lineDraws(d.shapes, d.document, side.side->date, context.scene.layers, context.scene.selection);
  const bool tech = context.scene.look == city::Look::Tech;
  const NearGround near = context.scene.layers.underground ? NearGround{} : nearGround(context.scene.eyeMetres);
  const float discsGone = std::min(kDiscsGoneAt, near.reachMetres),
              linesGone = std::min(kLinesGoneAt, near.reachMetres);
  const float discsFade = discsGone * kDiscsFadeAt / kDiscsGoneAt, linesFade = linesGone * kLinesFadeAt / kLinesGoneAt;
  const auto inkOf = [&](const glm::vec3& colour) { return lineInk(context.scene.look, colour); };
  // Between the houses of a street a band above a tunnel would be a loose patch of colour.
  const auto buried = [&](const LineDraw& draw) { return d.shapes.lines[draw.line].underground && !draw.selected; };
  if (near.hiddenShare <= 0) std::erase_if(draws.lines, buried);
  if (d.drawn.size() <= side.index) d.drawn.resize(side.index + 1);
  if (!draws.lines.empty() || !draws.stations.empty()) {
    const VkCommandBuffer commands = context.commands;
    const float scale = scaleOf(view);
    const float perMetre = float(view.extent.height) / (2.0f * std::tan(0.5f * float(view.fovYRadians)));
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, d.layout, 0, 1, &context.globals, 0, nullptr);
    auto push = [&](const Push& p) {
      vkCmdPushConstants(commands, d.layout, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof p,
                         &p);
    };
    Push p{.side = {.slot = side.slot, .grow = 1, .sideIndex = side.index}};
    p.line.viewport = {float(view.extent.width), float(view.extent.height), perMetre, kNearness};

    std::vector<StationInstance> instances;
    for (const StationDraw& draw : draws.stations) {
      const glm::vec3 world = view.relativeEnu(d.shapes.stations[draw.station].position);
      const float metres = view.project(world).z;
      const float alpha = draw.selected ? 1.0f : std::clamp((discsGone - metres) / (discsGone - discsFade), 0.0f, 1.0f);
      if (metres < 1 || alpha <= 0) continue;
      const bool down =
          context.scene.layers.underground && !draw.planned && d.shapes.stations[draw.station].depthMetres > 0;
      instances.push_back({glm::vec4(world, d.discRadius(draw, metres, view) * (down ? kSurfaceDotShare : 1.0f)),
                           glm::vec4(draw.interchange ? (tech ? kTechRing : kInterchangeRing) : inkOf(draw.colour),
                                     alpha * (draw.planned ? 0.75f : 1.0f)),
                           kManners[size_t(d.shapes.stations[draw.station].network)].station});
    }
    // Far ones first.
    std::sort(instances.begin(), instances.end(), [](const StationInstance& a, const StationInstance& b) {
      return glm::length(glm::vec3(a.placeAndRadius)) > glm::length(glm::vec3(b.placeAndRadius));
    });
    const Slice slice = instances.empty() ? Slice{} : context.arena.copy(std::span<const StationInstance>(instances));

    for (int inSight = near.hiddenShare > 0 ? 0 : 1; inSight < 2; ++inSight) {
      if (!draws.lines.empty()) {
        const VkBuffer buffer = d.vertices.handle();
        const VkDeviceSize offset = 0;
        vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, d.line[inSight]);
        vkCmdBindVertexBuffers(commands, 0, 1, &buffer, &offset);
        vkCmdBindIndexBuffer(commands, d.indices.handle(), 0, VK_INDEX_TYPE_UINT32);
      }
      for (const LineDraw& draw : draws.lines) {
        const LineShape& line = d.shapes.lines[draw.line];
        if (line.inTunnel || line.shaft) continue;
        const float grow = (draw.selected ? 1.5f : draw.planned ? 0.8f : 1.0f) * kManners[size_t(line.network)].wide;
        // Through a city of glass nothing is hidden.
        const float hidden =
            context.scene.layers.underground ? 1.0f : near.hiddenShare * (tech ? kTechHiddenAlpha : kHiddenAlpha);
        p.line.origin =
            glm::vec4(view.relativeEnu(line.origin), (inSight ? buried(draw) ? near.hiddenShare : 1.0f : hidden) *
                                                         (draw.planned ? kPlannedAlpha : 1.0f));
        p.line.colour = glm::vec4(inkOf(line.colour), kCasing * scale);
        p.line.below.z = context.scene.layers.underground;
        p.line.width = glm::vec4(kHalfWidthMetres * grow, kLeastHalfWidth * scale * grow, kMostHalfWidth * scale * grow,
                                 draw.planned ? kDash * scale : 0.0f);
        p.line.manner = {float(line.network),
                         draw.planned       ? 0.0f
                         : line.underground ? kTunnelDash * scale
                         : line.onWorks     ? -1.0f
                                            : 0.0f,
                         linesFade, linesGone};
        push(p);
        vkCmdDrawIndexed(commands, line.indexCount, 1, line.firstIndex, 0, 0);
      }
      if (instances.empty()) continue;
      vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, d.station[inSight]);
      vkCmdBindVertexBuffers(commands, 0, 1, &slice.buffer, &slice.offset);
      p.line.origin.w = inSight ? 1.0f : 0.45f * near.hiddenShare;
      push(p);
      vkCmdDraw(commands, 4, static_cast<uint32_t>(instances.size()), 0, 0);
    }
  }
  d.drawn[side.index] = {view, side.rectangle, std::move(draws)};
  d.drawn[side.index].reachMetres = discsGone;
  d.drawn[side.index].deeper = depthFactor(context.scene.eyeMetres) - 1;
  if (context.scene.lens.on()) d.drawn[side.index].circle = circleOf(context.scene.lens, view.extent);
  d.drawn[side.index].inCircle = side.side->inLens;
  d.drawn.resize(std::max<size_t>(side.index + 1, std::min(d.drawn.size(), context.sides.size())));
}

void OverlayLines::drawBelow(PassContext& context, const SideView& side) {
  Impl& d = *impl_;
  const View& view = context.view;
  const LineDraws draws =
      lineDraws(d.shapes, d.document, side.side->date, context.scene.layers, context.scene.selection);
  const float scale = scaleOf(view), deeper = depthFactor(context.scene.eyeMetres) - 1;
  const float perMetre = float(view.extent.height) / (2.0f * std::tan(0.5f * float(view.fovYRadians)));
  const VkCommandBuffer commands = context.commands;
  Push p{.side = {.slot = side.slot, .grow = 1, .sideIndex = side.index}};
  p.line.viewport = {float(view.extent.width), float(view.extent.height), perMetre, kTubeNearness};
  const auto push = [&] {
    vkCmdPushConstants(commands, d.layout, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof p, &p);
  };
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, d.layout, 0, 1, &context.globals, 0, nullptr);
  bool begun = false;
  for (const LineDraw& draw : draws.lines) {
    const LineShape& line = d.shapes.lines[draw.line];
    if (!line.inTunnel && !line.shaft) continue;
    if (!std::exchange(begun, true)) {
      const VkBuffer buffer = d.vertices.handle();
      const VkDeviceSize offset = 0;
      vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, d.line[1]);
      vkCmdBindVertexBuffers(commands, 0, 1, &buffer, &offset);
      vkCmdBindIndexBuffer(commands, d.indices.handle(), 0, VK_INDEX_TYPE_UINT32);
    }
    const float grow = (draw.selected ? 1.4f : 1.0f) * scale;
    p.line.origin = glm::vec4(view.relativeEnu(line.origin), 1.0f);
    p.line.colour = glm::vec4(glm::mix(line.colour, glm::vec3(1), line.shaft ? 0.55f : 0.08f), kCasing * scale);
    p.line.width = line.shaft ? glm::vec4(kShaftMetres, kLeastShaft * grow, kMostShaft * grow, 0)
                              : glm::vec4(kTubeMetres, kLeastTube * grow, 1e6f, 0);
    p.line.below = {deeper, line.shaft ? 2.0f : 1.0f, 0, 0};
    p.line.manner = {0, 0, kLinesFadeAt, kLinesGoneAt};
    push();
    vkCmdDrawIndexed(commands, line.indexCount, 1, line.firstIndex, 0, 0);
  }
  std::vector<StationInstance> discs;
  for (const StationDraw& draw : draws.stations) {
    const Station& station = d.shapes.stations[draw.station];
    if (draw.planned || station.depthMetres <= 0) continue;
    const glm::dvec3 sunk(0, 0, sinksOf(station.depthMetres) * double(deeper));
    const glm::vec3 world = view.relativeEnu(station.platform - sunk);
    const float metres = view.project(world).z;
    const float alpha = std::clamp((kDiscsGoneAt - metres) / (kDiscsGoneAt - kDiscsFadeAt), 0.0f, 1.0f);
    if (metres < 1 || alpha <= 0) continue;
    discs.push_back({glm::vec4(world, d.discRadius(draw, metres, view)),
                     glm::vec4(draw.interchange ? kInterchangeRing : draw.colour, alpha),
                     kManners[size_t(station.network)].station});
  }
  if (discs.empty()) return;
  const Slice slice = context.arena.copy(std::span<const StationInstance>(discs));
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, d.station[1]);
  vkCmdBindVertexBuffers(commands, 0, 1, &slice.buffer, &slice.offset);
  p.line.origin.w = 1;
  p.line.viewport.w = kPlatformNearness;
  push();
  vkCmdDraw(commands, 4, static_cast<uint32_t>(discs.size()), 0, 0);
}

city::Selection OverlayLines::hit(float x, float y, float surfaceMetres) const {
  const Impl& d = *impl_;
  for (const Impl::Drawn& drawn : d.drawn) {
    const VkRect2D& r = drawn.rectangle;
    const glm::dvec2 at = glm::dvec2(x, y) * double(drawn.view.resolution);
    if (at.x < r.offset.x || at.y < r.offset.y || at.x >= double(r.offset.x) + r.extent.width ||
        at.y >= double(r.offset.y) + r.extent.height)
      continue;
    if (drawn.circle.z > 0 &&
        (glm::distance(glm::vec2(at), glm::vec2(drawn.circle)) <= drawn.circle.z) != drawn.inCircle)
      continue;
    const float scale = scaleOf(drawn.view);
    auto project = [&](const glm::dvec3& enu) { return drawn.view.project(drawn.view.relativeEnu(enu)); };
    auto hidden = [&](float metres) { return metres < 1 || metres > surfaceMetres * 1.02f + 10; };
    city::Selection found;
    double nearest = 1e9;
    for (const StationDraw& draw : drawn.draws.stations) {
      const Station& station = d.shapes.stations[draw.station];
      const glm::vec3 p = project(station.position);
      const double distance = glm::distance(at, glm::dvec2(p));
      if (hidden(p.z) || p.z > drawn.reachMetres || distance > d.discRadius(draw, p.z, drawn.view) + 4 * scale ||
          distance > nearest)
        continue;
      nearest = distance;
      found = {city::PickKind::Station, station.id};
    }
    if (found.kind != city::PickKind::Nothing) return found;
    nearest = (kMostHalfWidth + 4) * scale;
    for (const LineDraw& draw : drawn.draws.lines) {
      const LineShape& line = d.shapes.lines[draw.line];
      if (line.item == kNoItem) continue;
      for (size_t i = 1; i < line.points.size(); ++i) {
        const auto placed = [&](size_t k) {
          const double sinks = line.sinks.empty() ? 0 : line.sinks[k] * double(drawn.deeper);
          return project(line.points[k] - glm::dvec3(0, 0, sinks));
        };
        const glm::vec3 a = placed(i - 1), b = placed(i);
        if (hidden(a.z) || hidden(b.z)) continue;
        const glm::dvec2 piece[] = {glm::dvec2(a), glm::dvec2(b)};
        const double distance = distanceToLine(piece, at);
        if (distance >= nearest) continue;
        nearest = distance;
        found = {city::PickKind::MetroLine, d.document.overlays[line.overlay].items[line.item].id};
      }
    }
    return found;
  }
  return {};
}

}  // namespace cm::frame
