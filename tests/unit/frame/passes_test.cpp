// The barriers that follow from what passes declare: for every kind of frame, after every other kind, whatever touches a resource
// stands behind what it must wait for, in the layout it asks for. Held against a model that knows nothing of how they are derived.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "frame/passes.h"
#include "support/pass_plans.h"

namespace cm::frame {
namespace {

using test::Kind;

//! Remembers every access and every barrier of a resource in order, and follows the chains of barriers between two accesses.
class Model {
 public:
  std::vector<std::string> problems;

  void barrier(const Recorded& one) {
    History& history = histories_[one.resource];
    if (!isBuffer(one.resource)) {
      if (one.barrier.from != VK_IMAGE_LAYOUT_UNDEFINED && one.barrier.from != history.layout)
        problems.push_back(fmt::format("resource {} is not in the layout its barrier starts from", int(one.resource)));
      history.layout = one.barrier.to;
    }
    history.steps.push_back({.barrier = one.barrier});
  }

  void use(const Use& use, const std::string& where) {
    History& history = histories_[use.resource];
    const gpu::AccessRule& rule = gpu::ruleOf(use.access);
    if (!isBuffer(use.resource) && history.layout != rule.layout) problems.push_back(where + ": another layout");
    for (size_t i = 0; i < history.steps.size(); ++i) {
      const Step& before = history.steps[i];
      if (before.barrier) {
        // A change of layout writes, too, in the stages that wait for it.
        if (before.barrier->from != before.barrier->to &&
            !reaches(history, i + 1, before.barrier->toStages, rule.stages, true))
          problems.push_back(where + ": does not wait for a change of layout");
        continue;
      }
      if (before.rule.writes == 0 && rule.writes == 0) continue;
      if (!reaches(history, i + 1, before.rule.stages, rule.stages, false))
        problems.push_back(where + ": does not wait for what was done before");
      if (before.rule.writes && !available(history, i + 1, before.rule))
        problems.push_back(where + ": what was written is not made available");
    }
    if (rule.reads && !visible(history, rule)) problems.push_back(where + ": what was written is not visible");
    history.steps.push_back({.rule = rule});
  }

  //! The resource is another one from here on, which these stages may still be reading.
  void renew(Resource resource, VkPipelineStageFlags2 readers) {
    histories_[resource] = {};
    if (readers) histories_[resource].steps.push_back({.rule = {.stages = readers}});
  }

  //! What one resource was goes on as another.
  void move(Resource from, Resource to) { histories_[to] = std::exchange(histories_[from], {}); }

 private:
  struct Step {
    std::optional<gpu::Barrier> barrier;
    gpu::AccessRule rule;  // of an access
  };
  struct History {
    VkImageLayout layout = VK_IMAGE_LAYOUT_UNDEFINED;
    std::vector<Step> steps;
  };

  //! Whether stages `to`, now, wait for stages `from` as they were at step `begin`. `same`: they wait for themselves.
  static bool reaches(const History& history, size_t begin, VkPipelineStageFlags2 from, VkPipelineStageFlags2 to,
                      bool same) {
    VkPipelineStageFlags2 waiting = same ? from : 0;
    bool any = same;
    for (size_t i = begin; i < history.steps.size(); ++i) {
      const auto& b = history.steps[i].barrier;
      if (!b || ((b->fromStages & waiting) == 0 && (from & ~b->fromStages) != 0)) continue;
      waiting |= b->toStages;
      any = true;
    }
    return any && (to & ~waiting) == 0;
  }
  static bool available(const History& history, size_t begin, const gpu::AccessRule& wrote) {
    return std::any_of(history.steps.begin() + long(begin), history.steps.end(), [&](const Step& step) {
      return step.barrier && (wrote.writes & ~step.barrier->fromAccess) == 0 &&
             (wrote.stages & ~step.barrier->fromStages) == 0;
    });
  }
  //! Barriers since the last write let these reads see it.
  static bool visible(const History& history, const gpu::AccessRule& reader) {
    VkAccessFlags2 seen = 0;
    bool waited = false;
    for (auto step = history.steps.rbegin(); step != history.steps.rend(); ++step) {
      if (step->barrier) seen |= step->barrier->toAccess;
      waited |= step->barrier.has_value();
      if (!step->barrier && step->rule.writes) return (reader.reads & ~seen) == 0;
    }
    return !waited || (reader.reads & ~seen) == 0;  // nothing was ever written
  }

  std::map<Resource, History> histories_;
};

using Left = std::pair<Pass, Resource>;

//! A frame of this kind, as the frame announces and begins it. `without`: a barrier that is left out.
void run(Passes& passes, Model& model, const Kind& kind, bool first, uint64_t& handles, const std::string& where,
         std::optional<Left> without = {}, std::set<Left>* recorded = nullptr) {
  const auto make = [&](Resource resource, VkPipelineStageFlags2 readers = 0) {
    if (isBuffer(resource))
      passes.made(resource, reinterpret_cast<VkBuffer>(++handles));
    else
      passes.made(resource, reinterpret_cast<VkImage>(++handles), readers);
    model.renew(resource, readers);
  };
  constexpr VkPipelineStageFlags2 kBefore =
      VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT | VK_PIPELINE_STAGE_2_COPY_BIT;
  make(Resource::Target, kBefore);
  if (first)
    for (const Resource resource :
         {Resource::Records, Resource::NoDrape, Resource::Drape, Resource::Glyphs, Resource::KeptShadows,
          Resource::SampleShadows, Resource::Picture, Resource::Depth, Resource::Lens, Resource::LensDepth,
          Resource::NearGlow, Resource::FarGlow, Resource::Weathered, Resource::Mean, Resource::Fading})
      make(resource);
  for (const Pass pass : test::passesOf(kind, first)) {
    if (pass == Pass::Sight) make(Resource::SightBytes);
    if (pass == Pass::Pick)
      for (const Resource resource : {Resource::PickIds, Resource::PickDepth, Resource::PickBytes}) make(resource);
    for (const Recorded& one : passes.derive(pass)) {
      if (without != Left(pass, one.resource)) model.barrier(one);
      if (recorded) recorded->emplace(pass, one.resource);
    }
    for (const Use& use : usesOf(pass))
      model.use(use, fmt::format("{}, pass {}, resource {}", where, int(pass), int(use.resource)));
    if (pass != Pass::FadePicture && pass != Pass::FadeMean) continue;
    const Resource shown = pass == Pass::FadeMean ? Resource::Mean : Resource::Picture;
    passes.move(shown, Resource::Fading);
    model.move(shown, Resource::Fading);
    make(shown);
  }
}

TEST(Passes, EveryFrameAfterEveryOtherIsInOrder) {
  const std::vector<Kind> kinds = test::allKinds();
  ASSERT_GT(kinds.size(), 100u);
  uint64_t handles = 0;
  for (size_t a = 0; a < kinds.size(); ++a)
    for (size_t b = 0; b < kinds.size(); b += 1 + (a + b) % 3) {
      Passes passes;
      Model model;
      run(passes, model, kinds[a], true, handles, kinds[a].name() + " at first");
      run(passes, model, kinds[b], false, handles, kinds[b].name() + " after " + kinds[a].name());
      run(passes, model, kinds[a], false, handles, kinds[a].name() + " again after " + kinds[b].name());
      ASSERT_TRUE(model.problems.empty()) << model.problems.front();
    }
}

TEST(Passes, NoneOfTheBarriersMayBeLeftOut) {
  const Kind kind{.still = true,
                  .samples = 2,
                  .shadows = true,
                  .lens = true,
                  .air = true,
                  .glow = true,
                  .trains = true,
                  .labels = true,
                  .drape = true,
                  .records = true,
                  .picks = 2,
                  .sight = true,
                  .ui = true};
  Kind moving = kind;
  moving.still = false;
  moving.samples = 1;
  const std::pair<Kind, bool> frames[] = {{kind, true}, {moving, false}, {kind, false}, {moving, false}};
  std::set<Left> recorded, missed;
  uint64_t handles = 0;
  Passes passes;
  Model model;
  for (const auto& [one, first] : frames) run(passes, model, one, first, handles, one.name(), {}, &recorded);
  for (const Left& left : recorded) {
    Passes fresh;
    Model cut;
    for (const auto& [one, first] : frames) run(fresh, cut, one, first, handles, one.name(), left);
    if (!cut.problems.empty()) missed.insert(left);
  }
  EXPECT_GT(recorded.size(), 25u);
  EXPECT_EQ(missed, recorded);
}

TEST(Passes, NothingWaitsForNothing) {
  // Reading again what has been waited for needs no barrier, and what nobody has made is left out.
  Passes passes;
  EXPECT_TRUE(passes.derive(Pass::ShowMean).empty());
  passes.made(Resource::Picture, reinterpret_cast<VkImage>(1));
  passes.made(Resource::Depth, reinterpret_cast<VkImage>(2));
  EXPECT_EQ(passes.derive(Pass::MovingScene).size(), 2u);
  EXPECT_EQ(passes.derive(Pass::ShowMoving).size(), 2u);
  EXPECT_TRUE(passes.derive(Pass::ShowMoving).empty());
}

TEST(Access, BarriersAreTheNarrowestThatDo) {
  gpu::AccessState state;
  const auto drawn = gpu::derive(state, gpu::Access::Colour, true);
  ASSERT_TRUE(drawn);
  EXPECT_EQ(drawn->from, VK_IMAGE_LAYOUT_UNDEFINED);
  EXPECT_EQ(drawn->fromStages, VK_PIPELINE_STAGE_2_NONE);
  const auto sampled = gpu::derive(state, gpu::Access::Sampled);
  const gpu::Barrier expected{VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,        VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                              VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT, VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
                              VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,          VK_ACCESS_2_SHADER_SAMPLED_READ_BIT};
  EXPECT_EQ(sampled, expected);
  EXPECT_FALSE(gpu::derive(state, gpu::Access::Sampled));
  const auto again = gpu::derive(state, gpu::Access::Colour);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->fromStages, VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT)
      << "those who read it have waited for the write";
  EXPECT_EQ(again->fromAccess, VK_ACCESS_2_NONE);
  gpu::AccessState buffer;
  EXPECT_FALSE(gpu::deriveBuffer(buffer, gpu::Access::CopyTo));
  EXPECT_TRUE(gpu::deriveBuffer(buffer, gpu::Access::Records));
  EXPECT_FALSE(gpu::deriveBuffer(buffer, gpu::Access::Records));
  EXPECT_TRUE(gpu::deriveBuffer(buffer, gpu::Access::Vertices)) << "another stage has not waited yet";
}

}  // namespace
}  // namespace cm::frame
