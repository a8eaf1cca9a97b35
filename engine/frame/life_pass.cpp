#include "frame/life_pass.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "frame/bodies.h"
#include "frame/drape_shapes.h"
#include "frame/figures.h"

namespace cm::frame {
namespace {

constexpr float kFadeFrom = 550;  // metres; from here to kPeopleReachMetres they shrink to nothing
constexpr float kPersonMetres = 1.7f, kLeastPixels = 5;  // high; of 720 lines
constexpr float kTallest = 1.5f;                         // against a real one, in the distance

// Linear; what people wear in a city by the sea: more white, grey and blue than red.
constexpr std::array<glm::vec3, 10> kClothes{{{0.80f, 0.80f, 0.78f},
                                              {0.55f, 0.56f, 0.58f},
                                              {0.05f, 0.06f, 0.08f},
                                              {0.06f, 0.13f, 0.34f},
                                              {0.20f, 0.40f, 0.62f},
                                              {0.62f, 0.08f, 0.07f},
                                              {0.82f, 0.48f, 0.08f},
                                              {0.10f, 0.32f, 0.18f},
                                              {0.70f, 0.62f, 0.48f},
                                              {0.58f, 0.26f, 0.36f}}};

std::vector<RailMesh> figures() {
  std::vector<RailMesh> meshes;
  for (size_t i = 0; i < kFigures; ++i) meshes.push_back(figureMesh(Figure(i)));
  return meshes;
}

}  // namespace

struct LifePass::Impl {
  gpu::Device& device;
  const SceneLayouts layouts;
  std::unique_ptr<Bodies> bodies;
  city::Document document;
  struct Seen {
    Body body;
    size_t overlay = 0, item = 0;
  };
  std::vector<Seen> seen;  // farthest first

  bool open(const Seen& one, const PassContext& pass, const SideView& side) const {
    if (one.overlay >= document.overlays.size()) return false;
    const auto& items = document.overlays[one.overlay].items;
    return one.item >= items.size() ||
           itemState(items[one.item], side.side->date, pass.scene.layers.hiddenItems) == ItemState::Open;
  }
};

LifePass::LifePass(gpu::Device& device, const SceneLayouts& layouts)
    : impl_(std::make_unique<Impl>(device, layouts, nullptr)) {}
LifePass::~LifePass() = default;

void LifePass::setDocument(const city::Document& document) { impl_->document = document; }

unsigned LifePass::inSight() const { return unsigned(impl_->seen.size()); }

void LifePass::update(PassContext& pass) {
  Impl& d = *impl_;
  d.seen.clear();
  const View& view = pass.view;
  const float perMetre = float(view.extent.height) / (2.0f * std::tan(0.5f * float(view.fovYRadians)));
  const float least = kLeastPixels * std::clamp(float(view.extent.height) / 720.0f, 0.8f, 4.0f);
  for (const Stroller& stroller : pass.scene.strollers) {
    const glm::vec3 world = view.relativeEnu(stroller.at), at = view.project(world);
    if (at.z < 0.5f || at.z > float(kPeopleReachMetres)) continue;
    const float reach = 4 * perMetre / at.z + 4;
    if (at.x < -reach || at.y < -reach || at.x > float(view.extent.width) + reach ||
        at.y > float(view.extent.height) + reach)
      continue;
    float size = std::clamp(least * at.z / (perMetre * kPersonMetres), 1.0f, kTallest);
    size *= std::clamp((float(kPeopleReachMetres) - at.z) / (float(kPeopleReachMetres) - kFadeFrom), 0.0f, 1.0f);
    d.seen.push_back({{.mesh = size_t(stroller.figure),
                       .world = world,
                       .forward = glm::vec3(glm::vec2(stroller.forward), 0),
                       .wide = size,
                       .stretch = size,
                       .livery = kClothes[stroller.clothes % kClothes.size()]},
                      stroller.overlay,
                      stroller.item});
  }
  std::sort(d.seen.begin(), d.seen.end(), [](const Impl::Seen& a, const Impl::Seen& b) {
    return glm::dot(a.body.world, a.body.world) > glm::dot(b.body.world, b.body.world);
  });
}

void LifePass::draw(PassContext& pass, const SideView& side, bool moving, bool over) {
  Impl& d = *impl_;
  std::vector<Body> shown;
  for (const Impl::Seen& one : d.seen)
    if (d.open(one, pass, side)) shown.push_back(one.body);
  if (shown.empty()) return;
  if (!d.bodies) d.bodies = std::make_unique<Bodies>(d.device, d.layouts, figures(), "people");
  d.bodies->draw(pass, side, shown, moving, over);
}

}  // namespace cm::frame
