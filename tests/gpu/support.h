//! A device, residency and frame for tests that draw: content made in code or a whole tileset from disk, a camera, a picture.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "frame/frame.h"
#include "geo/eye.h"
#include "gpu/device.h"
#include "residency/residency.h"
#include "source/fetch.h"
#include "source/image.h"
#include "tiles/selection.h"
#include "tiles/streaming.h"

namespace cm::test {

inline constexpr VkFormat kPictureFormat = VK_FORMAT_R8G8B8A8_UNORM;

struct Picture {
  VkExtent2D extent{};
  std::vector<uint8_t> rgba;
  glm::ivec3 at(unsigned x, unsigned y) const {
    const size_t i = (size_t(y) * extent.width + x) * 4;
    return {rgba[i], rgba[i + 1], rgba[i + 2]};
  }
  int brightness(unsigned x, unsigned y) const {
    const glm::ivec3 c = at(x, y);
    return (c.r + c.g + c.b) / 3;
  }
};

//! Adds an axis-aligned box (content frame, metres) as one feature.
inline void addBox(source::MeshContent& content, glm::vec3 lo, glm::vec3 hi, std::array<uint8_t, 4> colour,
                   source::Surface surface = source::Surface::Building, const std::string& id = {}) {
  const auto feature = uint32_t(content.features.size());
  content.features.ids.push_back(id.empty() ? "box" + std::to_string(feature) : id);
  content.features.lo.push_back(lo);
  content.features.hi.push_back(hi);
  const auto firstIndex = uint32_t(content.indices.size());
  for (int axis = 0; axis < 3; ++axis) {
    for (int sign : {-1, 1}) {
      const int u = (axis + 1) % 3, v = (axis + 2) % 3;
      const auto first = uint32_t(content.vertices.size());
      for (int corner = 0; corner < 4; ++corner) {
        glm::vec3 p;
        p[axis] = sign < 0 ? lo[axis] : hi[axis];
        p[u] = corner == 1 || corner == 2 ? hi[u] : lo[u];
        p[v] = corner >= 2 ? hi[v] : lo[v];
        source::Vertex vertex{.position = p, .featureAndSurface = uint32_t(surface) << 24 | feature, .colour = colour};
        vertex.normal[size_t(axis)] = int8_t(sign * 127);
        content.vertices.push_back(vertex);
      }
      for (uint32_t i : sign > 0 ? std::array<uint32_t, 6>{0, 1, 2, 0, 2, 3} : std::array<uint32_t, 6>{0, 2, 1, 0, 3, 2})
        content.indices.push_back(first + i);
    }
  }
  content.parts.push_back({firstIndex, uint32_t(content.indices.size()) - firstIndex, 0});
  if (content.materials.empty()) content.materials.emplace_back();
  content.lo = content.features.size() == 1 ? lo : glm::min(content.lo, lo);
  content.hi = content.features.size() == 1 ? hi : glm::max(content.hi, hi);
}

//! Adds a level rectangle of ground or water.
inline void addFlat(source::MeshContent& content, glm::vec2 lo, glm::vec2 hi, float z, std::array<uint8_t, 4> colour,
                    source::Surface surface) {
  const auto first = uint32_t(content.vertices.size()), firstIndex = uint32_t(content.indices.size());
  for (glm::vec2 p : {lo, {hi.x, lo.y}, hi, {lo.x, hi.y}})
    content.vertices.push_back({.position = {p, z},
                                .featureAndSurface = uint32_t(surface) << 24 | source::kNoFeature,
                                .normal = {0, 0, 127},
                                .colour = colour});
  for (uint32_t i : {0u, 1u, 2u, 0u, 2u, 3u}) content.indices.push_back(first + i);
  content.parts.push_back({firstIndex, 6, 0});
  if (content.materials.empty()) content.materials.emplace_back();
  content.lo = glm::min(content.lo, glm::vec3(lo, z));
  content.hi = glm::max(content.hi, glm::vec3(hi, z));
}

class Rig {
 public:
  //! `direct`: as Residency's; a software device's own way is tested by the programs, the copied one here.
  explicit Rig(bool validation = true, size_t budget = size_t{256} << 20, bool direct = false)
      : budget_(budget), direct_(direct) {
    auto made = gpu::Device::create({.validation = validation});
    if (made) device = std::move(*made);
    else problem = made.error().text();
    if (device) attach();
  }
  ~Rig() {
    frame.reset();
    residency.reset();
  }
  void attach() {
    residency = std::make_unique<residency::Residency>(*device, budget_, direct_);
    frame = std::make_unique<frame::Frame>(*device, *residency, kPictureFormat);
    frame->setDocument(document, {});
  }
  void setDocument(city::Document made, const frame::VectorLayers& layers = {}) {
    document = std::move(made);
    frame->setDocument(document, layers);
  }
  //! Content made in code: a tile of its own in the tree, uploaded before this returns.
  tiles::TileId add(source::MeshContent content, tiles::TilesetId tileset = 0) {
    const auto id = tiles::TileId(tree.tiles.size());
    tree.tiles.push_back({.tileset = tileset});
    while (tree.tilesets.size() <= tileset) tree.tilesets.push_back({.root = id});
    upload(id, std::make_shared<source::MeshContent>(std::move(content)));
    return id;
  }
  void upload(tiles::TileId id, std::shared_ptr<source::MeshContent> content) {
    tiles::Orders orders;
    orders.uploads.push_back({id, std::move(content)});
    auto report = residency->apply(orders, size_t{64} << 20);
    while (residency->pending()) {
      residency->waitUploads();
      report = residency->apply({}, size_t{64} << 20);
    }
    drawn.push_back(id);
  }
  std::vector<frame::Side> oneSide() const {
    frame::Side side;
    side.draw = drawn;
    return {side};
  }
  Picture render(const frame::Scene& scene, std::vector<frame::Side> sides, VkExtent2D extent, int samples = 1) {
    frame->updateVisibility(tree, sides, tilesetOfAddition, marks);
    if (!offscreen_ || extent.width != extent_.width || extent.height != extent_.height)
      offscreen_ = std::make_unique<gpu::Offscreen>(*device, extent_ = extent, kPictureFormat);
    gpu::Target target = offscreen_->target();
    frame->render(target, scene, sides, samples, {});
    return {extent, offscreen_->read()};
  }
  void forgetTarget() { offscreen_.reset(); }

  std::unique_ptr<gpu::Device> device;
  std::unique_ptr<residency::Residency> residency;
  std::unique_ptr<frame::Frame> frame;
  city::Document document;
  tiles::TileTree tree;
  std::vector<tiles::TileId> drawn;
  std::map<std::pair<size_t, size_t>, tiles::TilesetId> tilesetOfAddition;
  frame::Marks marks;
  std::string problem;

 private:
  size_t budget_;
  bool direct_;
  std::unique_ptr<gpu::Offscreen> offscreen_;
  VkExtent2D extent_{};
};

inline frame::Scene sceneAt(const geo::Geodetic& place, double heading, double pitch, city::Look look, double sunAzimuth = 140,
                            double sunElevation = 45) {
  frame::Scene scene;
  scene.eye = geo::eyeAt(place, heading, pitch, 0.7854);
  scene.look = look;
  scene.layers.labels = false;
  const auto frame = geo::enuFrameAt(place);
  const double a = sunAzimuth * geo::kDegree, e = sunElevation * geo::kDegree;
  scene.sunDirectionEcef = glm::dmat3(frame.ecefFromEnu) * glm::dvec3(std::sin(a) * std::cos(e), std::cos(a) * std::cos(e), std::sin(e));
  return scene;
}

}  // namespace cm::test
