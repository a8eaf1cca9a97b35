// Fingers as they come: in any order, many between two frames, on the city and on a card at once.
#include "app/touch_gestures.h"

#include <gtest/gtest.h>
#include <imgui.h>

#include "app/stage.h"

namespace cm::app {
namespace {

constexpr glm::dvec2 kSize{1280, 720};

struct TouchGesturesTest : testing::Test {
  geo::EnuFrame axes = geo::enuFrameAt({120.385, 36.09, 12});
  GroundHeights ground{axes};
  CameraControl control{axes, ground};
  TouchGestures gestures;
  ImGuiContext* context = ImGui::CreateContext();
  double now = 10;

  TouchGesturesTest() {
    geo::Geodetic place = geo::geodeticFromEcef(axes.toEcef({-300, -1800, 700}));
    control.take({place.lonDegrees, place.latDegrees, place.heightMetres, 10, -30}, kSize.x / kSize.y);
  }
  ~TouchGesturesTest() override { ImGui::DestroyContext(context); }
  //! The left quarter of the window is a card.
  TouchGestures::Outcome follow(std::vector<Touch> touches) {
    return gestures.follow(
        touches, [](glm::dvec2 at) { return at.x < kSize.x / 4; }, control, kSize, now);
  }
  static Touch down(uint32_t finger, glm::dvec2 at) { return {finger, TouchPhase::Begin, at}; }
  static Touch to(uint32_t finger, glm::dvec2 at) { return {finger, TouchPhase::Move, at}; }
  static Touch up(uint32_t finger, glm::dvec2 at) { return {finger, TouchPhase::End, at}; }
  glm::dvec3 under(glm::dvec2 at) const { return *control.groundUnder(at / kSize); }
  //! What the control layer's pointer does in the coming frames: where it is pressed and where it is let go.
  std::vector<glm::dvec2> pointer() {
    std::vector<glm::dvec2> seen;
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {float(kSize.x), float(kSize.y)};
    io.Fonts->Build();
    for (int i = 0; i < 30; ++i) {
      ImGui::NewFrame();
      if (ImGui::IsMouseClicked(0) || ImGui::IsMouseReleased(0)) seen.emplace_back(io.MousePos.x, io.MousePos.y);
      ImGui::EndFrame();
    }
    return seen;
  }
};

TEST_F(TouchGesturesTest, AShortStillFingerIsATapAndMovesNothing) {
  city::CameraPose before = control.pose();
  auto outcome = follow({down(1, {700, 500}), to(1, {706, 504}), up(1, {706, 504})});
  EXPECT_EQ(outcome.taps, std::vector<glm::dvec2>{glm::dvec2(706, 504)});
  EXPECT_FALSE(outcome.moved);
  EXPECT_TRUE(city::samePlace(before, control.pose()));
}

TEST_F(TouchGesturesTest, AHandOnTheLensHasItAndNotTheCamera) {
  city::LensPlace lens{0.5, 0.5, 0.25};
  const city::CameraPose before = control.pose();
  const auto hand = [&](std::vector<Touch> touches) {
    return gestures.follow(
        touches, [](glm::dvec2) { return false; }, control, kSize, now, &lens);
  };
  auto outcome = hand({down(1, {700, 360}), to(1, {764, 396})});
  EXPECT_TRUE(outcome.lens && !outcome.moved);
  EXPECT_NEAR(lens.x, 0.55, 1e-9);
  EXPECT_NEAR(lens.y, 0.55, 1e-9);
  // A second finger, wherever it comes down, holds it between the two.
  outcome = hand({down(2, {564, 396}), to(2, {464, 396})});
  EXPECT_TRUE(outcome.lens && !outcome.moved);
  EXPECT_NEAR(lens.radius, 0.25 * 1.5, 1e-9);
  EXPECT_NEAR(lens.x, 0.55 - 50.0 / 1280, 1e-9);
  EXPECT_TRUE(hand({up(1, {764, 396}), up(2, {464, 396})}).taps.empty());
  EXPECT_TRUE(city::samePlace(before, control.pose()));
  // A tap inside asks what is there, and a hand beside it has the city.
  EXPECT_EQ(hand({down(3, {640, 360}), up(3, {641, 360})}).taps.size(), 1u);
  const city::LensPlace rested = lens;
  outcome = hand({down(4, {60, 600}), to(4, {160, 620}), up(4, {160, 620})});
  EXPECT_TRUE(outcome.moved && !outcome.lens);
  EXPECT_EQ(lens, rested);
}

TEST_F(TouchGesturesTest, ALongOneIsNone) {
  follow({down(1, {700, 500})});
  now += 1;
  EXPECT_TRUE(follow({up(1, {700, 500})}).taps.empty());
}

TEST_F(TouchGesturesTest, AWholeDragBetweenTwoFramesCounts) {
  glm::dvec3 ground_ = under({700, 500});
  auto outcome = follow({down(1, {700, 500}), to(1, {600, 520}), up(1, {560, 560})});
  EXPECT_TRUE(outcome.moved);
  EXPECT_TRUE(outcome.taps.empty());
  EXPECT_LT(glm::distance(ground_, under({560, 560})), 3);
}

TEST_F(TouchGesturesTest, AWholePinchBetweenTwoFramesCounts) {
  double before = control.pose().headingDegrees;
  glm::dvec3 centre = under({700, 500});
  follow({down(1, {640, 500}), down(2, {760, 500}), to(1, {600, 500}), to(2, {800, 500}), up(2, {800, 500}),
          up(1, {600, 500})});
  EXPECT_LT(glm::distance(centre, under({700, 500})), 20);
  EXPECT_NEAR(control.pose().headingDegrees, before, 0.5);
  follow({down(3, {640, 500}), down(4, {760, 500}), to(3, {700, 440}), to(4, {700, 560}), up(3, {700, 440}),
          up(4, {700, 560})});
  EXPECT_NEAR(control.pose().headingDegrees, before - 90 + 360, 2)
      << "a quarter turn clockwise turns the view anticlockwise";
}

TEST_F(TouchGesturesTest, AnyFingerMayLeaveAndNothingJumps) {
  follow({down(1, {600, 500}), down(2, {700, 500}), down(3, {900, 600})});
  follow({to(3, {1100, 700})});  // a third one only watches
  city::CameraPose before = control.pose();
  follow({up(1, {600, 500})});  // now it is one of two
  EXPECT_TRUE(city::samePlace(before, control.pose())) << "jumped";
  follow({up(2, {700, 500})});
  EXPECT_TRUE(city::samePlace(before, control.pose())) << "jumped";
  glm::dvec3 held = under({1100, 700});
  follow({to(3, {1000, 650})});
  EXPECT_LT(glm::distance(held, under({1000, 650})), 3) << "the one that stayed goes on dragging";
  EXPECT_TRUE(follow({up(3, {1000, 650})}).taps.empty());
  EXPECT_EQ(gestures.count(), 0u);
}

TEST_F(TouchGesturesTest, TheLayerAndTheCityHaveFingersOfTheirOwn) {
  follow({down(1, {700, 500})});  // a hand rests on the city
  auto outcome = follow({down(2, {100, 300}), up(2, {100, 300}), down(3, {120, 400}), down(4, {130, 450}),
                         up(4, {130, 450}), up(3, {120, 400})});
  EXPECT_FALSE(outcome.moved);
  EXPECT_TRUE(outcome.taps.empty());
  const std::vector<glm::dvec2> wanted{{100, 300}, {100, 300}, {120, 400}, {120, 400}};
  EXPECT_EQ(pointer(), wanted);
  EXPECT_EQ(gestures.count(), 1u);
  // A finger from a card that wanders over the city stays the card's.
  outcome = follow({down(5, {100, 300}), to(5, {800, 300}), up(5, {800, 300})});
  EXPECT_FALSE(outcome.moved);
  EXPECT_EQ(pointer(), (std::vector<glm::dvec2>{{100, 300}, {800, 300}}));
}

TEST_F(TouchGesturesTest, UpAndDownTogetherTilts) {
  double before = control.pose().pitchDegrees;
  follow({down(1, {640, 500}), down(2, {760, 500})});
  follow({to(1, {640, 440}), to(2, {760, 440})});
  EXPECT_GT(std::abs(control.pose().pitchDegrees - before), 5);
  EXPECT_NEAR(control.pose().headingDegrees, 10, 0.5);
}

}  // namespace
}  // namespace cm::app
