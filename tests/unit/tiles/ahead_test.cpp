//! A flight whose end is known: its tiles come while it is under way, without delaying what it passes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <glm/gtc/constants.hpp>

#include "flat_world.h"

namespace cm::tiles {
namespace {

using test::Camera;
using test::viewOf;
using test::World;

struct Voyage {
  World world = test::quadtree(8, 4);
  Camera from{{600, -200, 250}, 0, -25}, to{{3300, 3000, 120}, 60, -15};
  Selection selection;
  size_t loads = 0;

  //! The camera sets out and arrives gently, along an arc from which the detail of the ground does not matter.
  Camera at(double share) const {
    const double s = share * share * share * (share * (6 * share - 15) + 10);
    Camera camera{glm::mix(from.position, to.position, s), std::lerp(from.headingDegrees, to.headingDegrees, s),
                  std::lerp(from.pitchDegrees, to.pitchDegrees, s)};
    camera.position.z += 900 * std::pow(std::sin(s * glm::pi<double>()), 2);
    return camera;
  }
  //! One frame at `camera`, with `destination` known or not; up to `perFrame` tiles come, most urgent first.
  void frame(const Camera& camera, bool known, size_t perFrame) {
    std::vector<SelectionView> views{viewOf(camera)};
    if (known) {
      views.push_back(viewOf(to));
      views.back().ahead = true;
    }
    selection = select(world.tree, world.states, views, selection, {.maxSsePixels = 8});
    for (size_t i = 0; i < std::min(perFrame, selection.want.size()); ++i, ++loads)
      world.states[selection.want[i].tile] = TileState::Resident;
  }

  bool destinationIsIn() const {
    const SelectionView view = viewOf(to);
    return select(world.tree, world.states, std::span(&view, 1), {}, {}).complete;
  }

  static constexpr int kFrames = 96;
  struct Outcome {
    int wholeAt = 0;             // frame of the flight in which the destination could have been drawn in full
    size_t missingOnTheWay = 0;  // tiles that were seen and not there, over all frames
  };
  Outcome fly(bool known, size_t perFrame) {
    Outcome outcome;
    while (!selection.complete) frame(from, false, 1000);
    for (int i = 1; i < 1000 && outcome.wholeAt == 0; ++i) {
      frame(at(std::min(double(i) / kFrames, 1.0)), known && i < kFrames, perFrame);
      outcome.missingOnTheWay += static_cast<size_t>(std::count_if(
          selection.want.begin(), selection.want.end(), [](const WantedTile& want) { return want.priority < 0; }));
      if (destinationIsIn()) outcome.wholeAt = i;
    }
    return outcome;
  }
};

TEST(Ahead, TheDestinationIsThereSoonerAndTheWayIsNoPoorer) {
  for (const size_t perFrame : {3, 4, 6}) {
    const Voyage::Outcome without = Voyage{}.fly(false, perFrame), with = Voyage{}.fly(true, perFrame);
    EXPECT_GT(without.wholeAt, 60) << "it was there anyway: this proves nothing";
    EXPECT_LT(with.wholeAt, without.wholeAt - 5) << perFrame << " tiles a frame";
    EXPECT_LE(with.missingOnTheWay, without.missingOnTheWay);
  }
}

TEST(Ahead, ChangesNothingOfWhatIsDrawnAndRanksBelowWhatIsSeen) {
  Voyage voyage;
  voyage.world.setAll(TileState::Resident);
  for (TileId id = 1; id < voyage.world.states.size(); id += 3) voyage.world.states[id] = TileState::Absent;
  std::vector<SelectionView> views{viewOf(voyage.from)};
  const Selection alone = select(voyage.world.tree, voyage.world.states, views, {}, {});
  views.push_back(viewOf(voyage.to));
  views.back().ahead = true;
  const Selection both = select(voyage.world.tree, voyage.world.states, views, {}, {});
  EXPECT_EQ(both.draw[0], alone.draw[0]);
  EXPECT_THAT(both.draw[1], testing::IsEmpty());
  EXPECT_EQ(both.complete, alone.complete);
  EXPECT_EQ(both.keep, alone.keep);
  EXPECT_GT(both.want.size(), alone.want.size());
  EXPECT_GT(both.useful.size(), alone.useful.size());
  for (size_t i = 0; i < alone.want.size() && alone.want[i].priority <= 0; ++i)
    EXPECT_EQ(both.want[i].tile, alone.want[i].tile) << "what is seen comes first";
}

}  // namespace
}  // namespace cm::tiles
