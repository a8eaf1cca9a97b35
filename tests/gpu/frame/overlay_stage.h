//! A stage for the passes of the overlays: a device, a small city of plans and metro lines, a bare plane for ground, and a
//! picture. The city's metro comes from the shared data (stations of Qingdao, GCJ-02); everything else is made here.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "frame/drape.h"
#include "frame/labels.h"
#include "frame/overlay_lines.h"
#include "frame/view.h"
#include "geo/datum.h"
#include "support/test_data.h"

namespace cm::test {

struct City {
  city::Document document;
  frame::VectorLayers layers;
};

inline std::vector<glm::dvec2> ringAround(glm::dvec2 middle, double eastMetres, double northMetres, double turn = 0) {
  std::vector<glm::dvec2> ring;
  for (glm::dvec2 c : {glm::dvec2(-1, -1), {1, -1}, {1.2, 0.3}, {1, 1}, {-1, 1}}) {
    const glm::dvec2 m = c * glm::dvec2(eastMetres, northMetres);
    const glm::dvec2 r(m.x * std::cos(turn) - m.y * std::sin(turn), m.x * std::sin(turn) + m.y * std::cos(turn));
    ring.push_back(middle + r / glm::dvec2(111320 * std::cos(middle.y * geo::kDegree), 111132));
  }
  return ring;
}

inline void addMetro(City& city) {
  city::Overlay overlay{"metro", city::OverlayKind::Metro, {"地铁", "Metro"}, "metro.geojson", "", {}};
  source::VectorLayer layer;
  std::ifstream file(sharedData("shandong/metro_gcj02/mj_qingdao.json"));
  const auto json = nlohmann::json::parse(file);
  std::map<std::string, nlohmann::json> stations;
  for (const auto& s : json.at("stations")) stations[s.at("id")] = s;
  int number = 0;
  for (const auto& l : json.at("lines")) {
    city::OverlayItem item;
    item.id = l.at("id");
    item.name = {l.at("name"), ""};
    item.colour = frame::colourFrom(l.at("color").get<std::string>()).value_or(glm::vec3(0.4f));
    if (++number % 4 == 0) item.opens = city::Date{2028, 1, 1};
    source::VectorFeature line{.kind = source::GeometryKind::Line, .hasHeights = true};
    line.parts.emplace_back();
    for (const auto& id : l.at("stationIds")) {
      const auto found = stations.find(id);
      if (found == stations.end()) continue;
      const auto& s = found->second;
      const glm::dvec2 at = geo::wgs84FromGcj02({s.at("lng").get<double>(), s.at("lat").get<double>()});
      line.parts[0].emplace_back(at, 12.0);
      source::VectorFeature point{.kind = source::GeometryKind::Point, .parts = {{glm::dvec3(at, 12.0)}}, .hasHeights = true};
      std::string english = s.value("pinyin", "");
      if (!english.empty()) english[0] = char(std::toupper(english[0]));
      point.properties = {{"item", item.id}, {"kind", "station"}, {"zh", s.at("name")}, {"en", english}, {"rank", "5"}};
      layer.features.push_back(point);
    }
    line.properties = {{"item", item.id}, {"kind", "line"}};
    layer.features.push_back(line);
    overlay.items.push_back(item);
  }
  city.document.overlays.push_back(overlay);
  city.layers[overlay.uri] = std::move(layer);
}

inline City smallCity() {
  City city;
  city.document.id = "small";
  city.document.origin = {120.37, 36.075, 10};
  const auto project = [&](const char* id, const char* zh, const char* en, city::ProjectKind kind, glm::dvec2 at, double e, double n) {
    city::Project p{.id = id, .name = {zh, en}, .kind = kind, .boundary = {{ringAround(at, e, n, 0.3)}}};
    p.phases = {{"one", {}, {2026, 1, 1}, {2029, 1, 1}}};
    p.additions = {{"one", "", std::string(id) + ".geojson"}};
    const auto ground = [&](const char* kindOfGround, glm::dvec2 where, double east, double north) {
      source::VectorFeature f{.kind = source::GeometryKind::Area, .polygonStarts = {0}, .properties = {{"class", kindOfGround}}};
      f.parts.emplace_back();
      for (glm::dvec2 q : ringAround(where, east, north, 0.3)) f.parts[0].emplace_back(q, 0);
      city.layers[p.additions[0].groundUri].features.push_back(f);
    };
    ground("green", at, e * 0.8, n * 0.8);
    ground("plaza", at, e * 0.35, n * 0.3);
    ground("water", at + glm::dvec2(0.0008, 0.0006), e * 0.2, n * 0.12);
    ground("path", at, e * 0.75, 3);
    city.document.projects.push_back(p);
  };
  project("taidong", "台东老旧小区更新", "Taidong community renewal", city::ProjectKind::OldCommunity, {120.3505, 36.0835}, 420, 260);
  project("textile", "纺织谷创新园", "Textile Valley innovation park", city::ProjectKind::IndustrialHeritage, {120.3745, 36.0985}, 380, 330);
  project("bay", "浮山湾滨海更新", "Fushan Bay waterfront", city::ProjectKind::Waterfront, {120.385, 36.0665}, 600, 200);
  project("village", "河西城中村改造", "Hexi village rebuild", city::ProjectKind::VillageInCity, {120.362, 36.0905}, 300, 240);
  city::Overlay ways{"greenways", city::OverlayKind::Greenway, {"绿道", "Greenways"}, "ways.geojson", "", {}};
  ways.items = {{.id = "coast", .name = {"滨海绿道", "Coast greenway"}, .colour = {0.24f, 0.66f, 0.40f}},
                {.id = "hill", .name = {"浮山绿道", "Fushan greenway"}, .colour = {0.36f, 0.72f, 0.36f},
                 .status = city::PlanStatus::Planned, .opens = city::Date{2029, 1, 1}}};
  const auto way = [&](const char* item, std::vector<glm::dvec2> line) {
    source::VectorFeature f{.kind = source::GeometryKind::Line, .parts = {{}}, .properties = {{"item", item}, {"width", "9"}}};
    for (glm::dvec2 p : line) f.parts[0].emplace_back(p, 0);
    city.layers["ways.geojson"].features.push_back(f);
  };
  way("coast", {{120.33, 36.064}, {120.345, 36.0665}, {120.355, 36.0625}, {120.368, 36.0645}, {120.379, 36.061}, {120.392, 36.0625}, {120.41, 36.0605}});
  way("hill", {{120.379, 36.061}, {120.381, 36.0705}, {120.376, 36.079}, {120.3795, 36.0875}, {120.39, 36.0925}, {120.404, 36.094}});
  city.document.overlays.push_back(ways);
  city::Overlay places{"places", city::OverlayKind::Place, {"地名", "Places"}, "places.geojson", "", {}};
  const auto place = [&](const char* kind, const char* zh, const char* en, glm::dvec2 at, const char* rank) {
    source::VectorFeature f{.kind = source::GeometryKind::Point, .parts = {{glm::dvec3(at, 0)}}};
    f.properties = {{"kind", "place"}, {"place", kind}, {"zh", zh}, {"en", en}, {"rank", rank}};
    city.layers["places.geojson"].features.push_back(f);
  };
  place("district", "市南区", "Shinan District", {120.372, 36.0745}, "1");
  place("district", "市北区", "Shibei District", {120.366, 36.105}, "1");
  place("district", "崂山区", "Laoshan District", {120.43, 36.11}, "1");
  place("sight", "五四广场", "May Fourth Square", {120.3786, 36.0606}, "1");
  place("sight", "奥帆中心", "Olympic Sailing Centre", {120.3905, 36.0545}, "2");
  place("water", "浮山湾", "Fushan Bay", {120.383, 36.048}, "3");
  city.document.overlays.push_back(places);
  addMetro(city);
  return city;
}

class OverlayStage {
 public:
  explicit OverlayStage(VkExtent2D extent = {1280, 720}) : extent_(extent) {
    auto made = gpu::Device::create({.validation = true});
    if (!made) {
      ADD_FAILURE() << made.error().text();
      return;
    }
    device = std::move(*made);
    objects = std::make_unique<gpu::Pipelines>(*device);
    layouts.colour = VK_FORMAT_R8G8B8A8_UNORM;
    std::array<VkDescriptorSetLayoutBinding, 4> bindings{};
    for (uint32_t i = 0; i < 4; ++i)
      bindings[i] = {.binding = i,
                     .descriptorType = i % 2 ? VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER : VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER,
                     .descriptorCount = 1,
                     .stageFlags = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT};
    layouts.globals = objects->setLayout(bindings);
    planeLayout_ = objects->layout({&layouts.globals, 1}, 48);
    plane_ = objects->make({.vertex = "drape_plane.vert", .fragment = "drape_plane.frag", .layout = planeLayout_,
                            .colours = {layouts.colour}, .depth = layouts.depth, .topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP,
                            .depthTest = true, .depthWrite = true}, "plane");
    residency = std::make_unique<residency::Residency>(*device, size_t(1) << 20, true);
    drape = std::make_unique<frame::Drape>(*device, layouts);
    lines = std::make_unique<frame::OverlayLines>(*device, layouts);
    labels = std::make_unique<frame::Labels>(*device, layouts);
    offscreen_ = std::make_unique<gpu::Offscreen>(*device, extent, layouts.colour);
    depth_ = gpu::Image(*device, {.extent = extent, .format = layouts.depth, .usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT}, "depth");
    passes_.made(frame::Resource::Depth, depth_.handle());
    arena_ = std::make_unique<frame::FrameArena>(*device);
    const VkCommandPoolCreateInfo pool{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, .queueFamilyIndex = device->queueFamily()};
    vkCreateCommandPool(device->handle(), &pool, nullptr, &pool_);
  }
  ~OverlayStage() {
    if (!device) return;
    device->wait(device->submitted());
    vkDestroyCommandPool(device->handle(), pool_, nullptr);
  }

  void setCity(const City& city) {
    document = city.document;
    axes_ = geo::enuFrameAt({document.origin.lonDegrees, document.origin.latDegrees, 0});
    drape->setDocument(city.document, city.layers, axes_);
    frame::LineShapes shapes = frame::lineShapes(city.document, city.layers, axes_);
    labels->setDocument(city.document, city.layers, shapes, axes_);
    lines->setDocument(city.document, std::move(shapes));
    scene.sunDirectionEcef = geo::upAt(document.origin);
    scene.still = true;
  }
  void look(double lon, double lat, double height, double heading, double pitch) {
    scene.eye = geo::eyeAt({lon, lat, height}, heading, pitch, 0.7854);
  }
  frame::Side side(unsigned slot, float left, float right, city::Date date, bool shown) const {
    frame::Side s{.slot = slot, .left = left, .right = right, .date = date};
    for (const city::Project& p : document.projects)
      s.to.push_back({shown, std::vector<bool>(p.removals.size(), shown), std::vector<bool>(p.additions.size(), shown)});
    s.from = s.to;
    return s;
  }

  //! What is left out of a frame, to measure the rest.
  struct Parts {
    bool plane = true, drape = true, lines = true, labels = true;
    double planeAbove = 0;   // metres above where the document says the ground is
  };
  //! Draws one frame and waits for it; returns milliseconds of wall time from submission to the end.
  double render(std::span<const frame::Side> sides) { return render(sides, Parts()); }
  double render(std::span<const frame::Side> sides, const Parts& parts) {
    vkResetCommandPool(device->handle(), pool_, 0);
    arena_->reset();
    const VkCommandBufferAllocateInfo allocate{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, .commandPool = pool_,
                                               .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY, .commandBufferCount = 1};
    VkCommandBuffer commands = VK_NULL_HANDLE;
    vkAllocateCommandBuffers(device->handle(), &allocate, &commands);
    const VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    vkBeginCommandBuffer(commands, &begin);
    view = frame::makeView(scene, axes_, extent_, document.origin.heightMetres);
    std::vector<frame::SideView> views;
    for (const frame::Side& s : sides) {
      const auto l = int32_t(s.left * float(extent_.width)), r = int32_t(s.right * float(extent_.width));
      frame::SideView v{.index = unsigned(views.size()), .slot = s.slot, .rectangle = {{l, 0}, {uint32_t(r - l), extent_.height}}, .side = &s};
      views.push_back(v);
    }
    frame::PassContext pass{*device, *residency, *arena_, passes_, commands, view, scene, views, layouts, VK_NULL_HANDLE};
    drape->update(pass);
    labels->update(pass);
    shared::FrameUniforms uniforms{};
    uniforms.clipFromWorld = view.clipFromWorld;
    const std::array<frame::Binding, 4> bindings{
        {{.binding = 0, .type = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, .slice = arena_->copyOne(uniforms)},
         {.binding = 1, .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, .view = drape->view(), .sampler = drape->sampler()},
         {.binding = 2, .type = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, .slice = drape->uniforms(pass)},
         {.binding = 3, .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, .view = drape->view(), .sampler = drape->sampler()}}};
    pass.globals = arena_->descriptors(layouts.globals, bindings);
    gpu::Target target = offscreen_->target();
    passes_.made(frame::Resource::Target, target.image, VK_PIPELINE_STAGE_2_COPY_BIT);
    passes_.begin(commands, frame::Pass::PlainScene);
    const VkRenderingAttachmentInfo colour{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO, .imageView = target.view,
                                           .imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
                                           .storeOp = VK_ATTACHMENT_STORE_OP_STORE, .clearValue = {.color = {{0.78f, 0.86f, 0.93f, 1}}}};
    const VkRenderingAttachmentInfo depth{.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO, .imageView = depth_.view(),
                                          .imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL, .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
                                          .storeOp = VK_ATTACHMENT_STORE_OP_DONT_CARE, .clearValue = {.depthStencil = {0, 0}}};
    VkRenderingInfo rendering{.sType = VK_STRUCTURE_TYPE_RENDERING_INFO, .renderArea = {{0, 0}, extent_}, .layerCount = 1,
                              .colorAttachmentCount = 1, .pColorAttachments = &colour, .pDepthAttachment = &depth};
    vkCmdBeginRendering(commands, &rendering);
    const VkViewport viewport{0, 0, float(extent_.width), float(extent_.height), 0, 1};
    vkCmdSetViewport(commands, 0, 1, &viewport);
    for (const frame::SideView& v : views) {
      vkCmdSetScissor(commands, 0, 1, &v.rectangle);
      if (parts.plane) {
        vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, plane_);
        vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, planeLayout_, 0, 1, &pass.globals, 0, nullptr);
        struct {
          shared::SidePush side;
          glm::vec4 plane;
        } push{{.slot = v.slot}, {float(document.origin.heightMetres + parts.planeAbove - view.eyeEnu.z), 40000, parts.drape ? 1 : 0, 0}};
        vkCmdPushConstants(commands, planeLayout_, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push, &push);
        vkCmdDraw(commands, 4, 1, 0, 0);
      }
      if (parts.lines) lines->draw(pass, v);
    }
    vkCmdEndRendering(commands);
    passes_.begin(commands, frame::Pass::Over);
    VkRenderingAttachmentInfo over = colour;
    over.loadOp = VK_ATTACHMENT_LOAD_OP_LOAD;
    rendering.pColorAttachments = &over;
    rendering.pDepthAttachment = nullptr;
    vkCmdBeginRendering(commands, &rendering);
    vkCmdSetViewport(commands, 0, 1, &viewport);
    for (const frame::SideView& v : views) {
      vkCmdSetScissor(commands, 0, 1, &v.rectangle);
      if (parts.labels) labels->draw(pass, v);
    }
    vkCmdEndRendering(commands);
    passes_.begin(commands, frame::Pass::Copyable);
    vkEndCommandBuffer(commands);
    const auto start = std::chrono::steady_clock::now();
    device->wait(device->submit(commands, {}, {}));
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    device->collect();
    return took.count();
  }
  //! Pixel of a place on the ground, from the top left.
  glm::vec2 pixelOf(double lon, double lat, double height = 10) const {
    return glm::vec2(view.project(view.relative(geo::ecefFromGeodetic({lon, lat, height}))));
  }
  static glm::ivec3 at(const std::vector<uint8_t>& rgba, glm::vec2 pixel) {
    const size_t i = (size_t(pixel.y) * 1280 + size_t(pixel.x)) * 4;
    return {rgba[i], rgba[i + 1], rgba[i + 2]};
  }
  //! Renders until labels have their glyphs.
  void renderAll(std::span<const frame::Side> sides) {
    render(sides);
    labels->waitForGlyphs();
    render(sides);
  }

  //! RGBA from the top; also written as a .ppm where CITYMIRROR_TEST_PICTURES names a folder.
  std::vector<uint8_t> picture(const std::string& name) {
    std::vector<uint8_t> rgba = offscreen_->read();
    if (const char* folder = std::getenv("CITYMIRROR_TEST_PICTURES")) {
      std::ofstream file(std::filesystem::path(folder) / (name + ".ppm"), std::ios::binary);
      file << "P6\n" << extent_.width << " " << extent_.height << "\n255\n";
      for (size_t i = 0; i + 3 < rgba.size(); i += 4) file.write(reinterpret_cast<const char*>(&rgba[i]), 3);
    }
    return rgba;
  }

  std::unique_ptr<gpu::Device> device;
  std::unique_ptr<gpu::Pipelines> objects;
  frame::SceneLayouts layouts;
  std::unique_ptr<residency::Residency> residency;
  std::unique_ptr<frame::Drape> drape;
  std::unique_ptr<frame::OverlayLines> lines;
  std::unique_ptr<frame::Labels> labels;
  city::Document document;
  frame::Scene scene;
  frame::View view;

 private:
  VkExtent2D extent_;
  geo::EnuFrame axes_;
  VkPipelineLayout planeLayout_ = VK_NULL_HANDLE;
  VkPipeline plane_ = VK_NULL_HANDLE;
  std::unique_ptr<gpu::Offscreen> offscreen_;
  frame::Passes passes_;
  gpu::Image depth_;
  std::unique_ptr<frame::FrameArena> arena_;
  VkCommandPool pool_ = VK_NULL_HANDLE;
};

}  // namespace cm::test
