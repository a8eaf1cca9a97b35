// The barriers that Vulkan was given, in frames of every kind one after another: all of them follow from what the passes declare.
#include <dlfcn.h>

#include <algorithm>
#include <map>
#include <set>

#include "gpu/support.h"
#include "support/pass_plans.h"

namespace {

std::vector<cm::frame::Recorded> gGiven;  // handles and barriers; the resource is not Vulkan's to know
uint32_t gGlobal = 0;                     // barriers of no image and no buffer

}  // namespace

//! Stands before the loader's: what the frame records passes here.
extern "C" VKAPI_ATTR void VKAPI_CALL vkCmdPipelineBarrier2(VkCommandBuffer commands, const VkDependencyInfo* info) {
  gGlobal += info->memoryBarrierCount;
  for (uint32_t i = 0; i < info->bufferMemoryBarrierCount; ++i) {
    const VkBufferMemoryBarrier2& b = info->pBufferMemoryBarriers[i];
    gGiven.push_back({.buffer = b.buffer,
                      .barrier = {.fromStages = b.srcStageMask,
                                  .toStages = b.dstStageMask,
                                  .fromAccess = b.srcAccessMask,
                                  .toAccess = b.dstAccessMask}});
  }
  for (uint32_t i = 0; i < info->imageMemoryBarrierCount; ++i) {
    const VkImageMemoryBarrier2& b = info->pImageMemoryBarriers[i];
    gGiven.push_back({.image = b.image,
                      .barrier = {.from = b.oldLayout,
                                  .to = b.newLayout,
                                  .fromStages = b.srcStageMask,
                                  .toStages = b.dstStageMask,
                                  .fromAccess = b.srcAccessMask,
                                  .toAccess = b.dstAccessMask}});
  }
  static const auto next = reinterpret_cast<PFN_vkCmdPipelineBarrier2>(dlsym(RTLD_NEXT, "vkCmdPipelineBarrier2"));
  next(commands, info);
}

namespace cm {
namespace {

using frame::Resource;
using test::Kind;

constexpr geo::Geodetic kPlace{120.37, 36.07, 0};

source::MeshContent someTown() {
  source::MeshContent content;
  content.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
  test::addBox(content, {-20, -20, 0}, {20, 20, 60}, {200, 200, 200, 255});
  test::addFlat(content, {-400, -400}, {400, 400}, 0, {130, 140, 120, 255}, source::Surface::Ground);
  return content;
}

//! Derives for itself what the frame should have recorded, from its passes alone.
class Derivation {
 public:
  std::vector<frame::Recorded> of(std::span<const frame::Passes::Begun> frame) {
    std::vector<frame::Recorded> all;
    for (auto begun = frame.begin(); begun != frame.end(); ++begun) {
      for (const auto& [from, to] : begun->moved) {
        passes_.move(from, to);
        known_[to] = std::exchange(known_[from], {});
      }
      // What is new until something moves again.
      if (begun == frame.begin() || !begun->moved.empty())
        for (auto next = begun; next != frame.end() && (next == begun || next->moved.empty()); ++next)
          for (const frame::Recorded& one : next->before) meet(one);
      for (const frame::Recorded& one : passes_.derive(begun->pass)) all.push_back(one);
    }
    met_.clear();
    return all;
  }

 private:
  void meet(const frame::Recorded& one) {
    const bool everyFrame = one.resource == Resource::Target || one.resource == Resource::SightBytes ||
                            one.resource == Resource::PickIds || one.resource == Resource::PickDepth ||
                            one.resource == Resource::PickBytes;
    auto& known = known_[one.resource];
    if (everyFrame ? !met_.insert(one.resource).second : known == std::pair(one.image, one.buffer)) return;
    known = {one.image, one.buffer};
    if (frame::isBuffer(one.resource))
      passes_.made(one.resource, one.buffer);
    else
      passes_.made(one.resource, one.image,
                   one.resource == Resource::Target
                       ? VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT | VK_PIPELINE_STAGE_2_COPY_BIT
                       : VK_PIPELINE_STAGE_2_NONE);
  }

  frame::Passes passes_;
  std::map<Resource, std::pair<VkImage, VkBuffer>> known_;
  std::set<Resource> met_;
};

struct Case {
  const char* name;
  city::Look look;
  Kind kind;
  double sunElevation = 45;
  bool underground = false, halves = false;
  city::Weather weather = city::Weather::Clear;
  float fadeSeconds = 0;
};

TEST(Passes, WhatIsRecordedFollowsFromTheDeclarations) {
  test::Rig rig;
  if (!rig.device) GTEST_SKIP() << rig.problem;
  rig.setDocument({.origin = kPlace});
  rig.add(someTown());
  using city::Look;
  const Case cases[] = {
      {"the first picture", Look::Clay, {.still = true, .samples = 2}},
      {"moving", Look::Clay, {}},
      {"moving on", Look::Clay, {.mapsStale = false}},
      {"a pick while moving", Look::Clay, {.mapsStale = false, .picks = 1}},
      {"at rest", Look::Clay, {.still = true, .samples = 24}},
      {"nothing left to refine", Look::Clay, {.still = true, .finished = true}},
      {"a pick at rest, under the panels", Look::Clay, {.still = true, .finished = true, .picks = 1, .ui = true}},
      {"day", Look::Day, {.still = true, .samples = 3}},
      {"day, moving", Look::Day, {.ui = true}},
      {"night", Look::Day, {.still = true, .samples = 2, .air = true}, -20},
      {"night, moving", Look::Clay, {.air = true}, -20},
      {"underground", Look::Clay, {.still = true, .samples = 2}, 45, true},
      {"underground, moving", Look::Clay, {}, 45, true},
      {"comparison", Look::Clay, {.still = true, .samples = 2}, 45, false, true},
      {"comparison, moving", Look::Day, {}, 45, false, true},
      {"lens", Look::Clay, {.still = true, .samples = 2, .lens = true}},
      {"lens, moving", Look::Day, {.mapsStale = false, .lens = true}},
      {"lens in fog",
       Look::Day,
       {.still = true, .samples = 2, .lens = true, .air = true},
       45,
       false,
       false,
       city::Weather::Fog},
      {"lens, plain", Look::Plain, {.plain = true, .lens = true}},
      {"plain", Look::Plain, {.plain = true}},
      {"tech", Look::Tech, {.shadows = false}},
      {"tech at rest", Look::Tech, {.still = true, .samples = 4, .shadows = false}},
      {"plan", Look::Plan, {.still = true, .samples = 4}},
      {"fog", Look::Clay, {.still = true, .samples = 2, .air = true}, 45, false, false, city::Weather::Fog},
      {"rain, moving", Look::Day, {.shadows = false, .air = true}, 45, false, true, city::Weather::Rain},
      {"rain by night",
       Look::Clay,
       {.still = true, .samples = 2, .shadows = false, .air = true, .glow = true},
       -20,
       false,
       false,
       city::Weather::Rain},
      {"snow by night, moving",
       Look::Day,
       {.shadows = false, .air = true, .glow = true},
       -20,
       false,
       false,
       city::Weather::Snow},
      {"snow", Look::Day, {.still = true, .samples = 2, .shadows = false}, 45, false, false, city::Weather::Snow},
      {"clear again", Look::Day, {.still = true, .samples = 2}},
      {"in haste by night", Look::Day, {.smaller = true, .air = true}, -20},
      {"with time to spare by night", Look::Day, {.mapsStale = false, .together = true, .air = true}, -20},
      {"with time to spare", Look::Day, {.together = true, .lens = true}},
      {"another sun", Look::Clay, {}, 30},
      {"in haste", Look::Clay, {.mapsStale = false, .smaller = true}, 30},
      {"a look to leave", Look::Clay, {.mapsStale = false}, 30, false, false, city::Weather::Clear, 0.6f},
      {"another fades in", Look::Plan, {.mapsStale = false}, 30, false, false, city::Weather::Clear, 0.6f},
      {"and one more meanwhile",
       Look::Clay,
       {.mapsStale = false, .fadePicture = true},
       30,
       false,
       false,
       city::Weather::Clear,
       0.6f},
      {"at rest meanwhile", Look::Clay, {.still = true, .samples = 2}, 30, false, false, city::Weather::Clear, 0.6f},
      {"from there to another",
       Look::Day,
       {.still = true, .samples = 2, .fadeMean = true},
       30,
       false,
       false,
       city::Weather::Clear,
       0.6f},
  };
  const geo::Geodetic eye = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({0, -300, 120}));
  Derivation derivation;
  gpu::Offscreen offscreen(*rig.device, {160, 120}, test::kPictureFormat);
  bool first = true;
  double now = 0;
  for (const Case& one : cases) {
    frame::Scene scene = test::sceneAt(eye, 0, -20, one.look, 200, one.sunElevation);
    scene.still = one.kind.still;
    scene.nowSeconds = now += 0.05;
    scene.lookFadeSeconds = one.fadeSeconds;
    if (one.kind.lens) scene.lens = {{0.5f, 0.5f}, 0.3f};
    scene.weather = frame::sharesOf(one.weather);
    scene.samplesAcross = one.kind.samples == 2 || one.kind.together ? 2 : 1;  // both ways, in every kind of picture
    scene.resolution = one.kind.smaller ? 0.6f : 1;
    scene.layers.underground = one.underground;
    std::vector<frame::Side> sides = rig.oneSide();
    if (one.halves) {
      sides.push_back(sides.front());
      sides[0].right = sides[1].left = 0.5f;
      sides[1].slot = 1;
    }
    if (one.kind.lens) {
      sides.push_back(sides.front());
      sides[1].slot = 1;
      sides[1].inLens = true;
    }
    rig.frame->updateVisibility(rig.tree, sides, {});
    if (one.kind.picks) rig.frame->pick(80, 60);
    gpu::Target target = offscreen.target();
    gGiven.clear();
    gGlobal = 0;
    rig.frame->render(target, scene, sides, one.kind.samples, one.kind.ui ? [](VkCommandBuffer) {} : frame::UiPass{});
    std::vector<frame::Recorded> given = std::exchange(gGiven, {});
    const auto begun = rig.frame->passes();
    EXPECT_EQ(gGlobal, 0u) << one.name;
    std::vector<frame::Pass> order;
    for (const auto& pass : begun) order.push_back(pass.pass);
    Kind kind = one.kind;
    kind.records = std::ranges::count(order, frame::Pass::Records) > 0;  // new bits for a new side: not the matter here
    EXPECT_EQ(order, test::passesOf(kind, std::exchange(first, false))) << one.name;
    std::vector<frame::Recorded> derived = derivation.of(begun);
    EXPECT_GT(derived.size(), 1u) << one.name;
    for (frame::Recorded& barrier : derived) barrier.resource = {};
    EXPECT_EQ(given, derived) << one.name;
    ASSERT_EQ(offscreen.read().size(), 160u * 120 * 4);
  }
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

}  // namespace
}  // namespace cm
