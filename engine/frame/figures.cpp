#include "frame/figures.h"

#include <array>
#include <cmath>

#include "frame/mesh_maker.h"
#include "shared/rail.h"

namespace cm::frame {
namespace {

constexpr Colour kSkin{150, 96, 68, shared::kRailMatter}, kHair{14, 11, 10, shared::kRailMatter},
    kTrousers{22, 26, 38, shared::kRailMatter}, kShirt{255, 255, 255, shared::kRailLivery},
    kTyre{10, 10, 11, shared::kRailMatter}, kFrame{120, 124, 128, shared::kRailMatter},
    kLamp{236, 226, 190, shared::kRailLamps};

//! A level rectangle: its middle, and half of what it measures forward and to the side.
struct Level {
  glm::dvec3 middle;
  double forward, side;
};

std::array<glm::dvec3, 4> corners(const Level& l) {
  return {l.middle + glm::dvec3(l.forward, l.side, 0), l.middle + glm::dvec3(l.forward, -l.side, 0),
          l.middle + glm::dvec3(-l.forward, -l.side, 0), l.middle + glm::dvec3(-l.forward, l.side, 0)};
}

void limb(MeshMaker& maker, const Level& low, const Level& high, const Colour& colour) {
  maker.solid(corners(low), corners(high), colour);
}

void head(MeshMaker& maker, const glm::dvec3& neck) {
  limb(maker, {neck, 0.05, 0.05}, {neck + glm::dvec3(0.01, 0, 0.07), 0.06, 0.06}, kSkin);
  limb(maker, {neck + glm::dvec3(0.02, 0, 0.07), 0.08, 0.07}, {neck + glm::dvec3(0.02, 0, 0.20), 0.10, 0.085}, kSkin);
  limb(maker, {neck + glm::dvec3(0.01, 0, 0.20), 0.11, 0.095}, {neck + glm::dvec3(0, 0, 0.29), 0.07, 0.06}, kHair);
}

void walker(MeshMaker& maker, double swing) {
  for (const double side : {-1.0, 1.0}) {
    const double leg = side * swing;
    limb(maker, {{leg * 0.30, side * 0.10, 0.0}, 0.11, 0.05}, {{leg * 0.02, side * 0.09, 0.86}, 0.09, 0.085},
         kTrousers);
    limb(maker, {{-leg * 0.24, side * 0.27, 0.80}, 0.045, 0.04}, {{0, side * 0.22, 1.40}, 0.055, 0.05}, kShirt);
  }
  limb(maker, {{0, 0, 0.82}, 0.11, 0.16}, {{0.01, 0, 1.40}, 0.12, 0.21}, kShirt);
  limb(maker, {{0.01, 0, 1.40}, 0.11, 0.19}, {{0.01, 0, 1.47}, 0.06, 0.08}, kShirt);
  head(maker, {0.01, 0, 1.46});
}

//! A wheel that stands upright: a ring of eight flat pieces and its two sides.
void wheel(MeshMaker& maker, double x) {
  constexpr int kSides = 10;
  constexpr double kRadius = 0.34, kHalf = 0.02;
  std::array<glm::dvec3, kSides> right, left;
  for (int i = 0; i < kSides; ++i) {
    const double a = -2 * 3.14159265358979 * i / kSides;
    const glm::dvec3 rim(x + kRadius * std::cos(a), 0, kRadius + kRadius * std::sin(a));
    right[size_t(i)] = rim + glm::dvec3(0, -kHalf, 0);
    left[size_t(i)] = rim + glm::dvec3(0, kHalf, 0);
  }
  maker.solid(left, right, kTyre);
}

void cyclist(MeshMaker& maker, double swing) {
  wheel(maker, -0.52);
  wheel(maker, 0.52);
  limb(maker, {{-0.10, 0, 0.34}, 0.34, 0.02}, {{-0.04, 0, 0.86}, 0.22, 0.025}, kFrame);
  limb(maker, {{0.52, 0, 0.40}, 0.03, 0.02}, {{0.40, 0, 1.02}, 0.03, 0.02}, kFrame);
  limb(maker, {{0.42, 0, 1.00}, 0.03, 0.27}, {{0.42, 0, 1.04}, 0.03, 0.27}, kTyre);
  limb(maker, {{0.56, 0, 0.86}, 0.03, 0.05}, {{0.56, 0, 0.96}, 0.03, 0.05}, kLamp);
  for (const double side : {-1.0, 1.0}) {
    const double pedal = side * swing;
    limb(maker, {{0.04 + pedal * 0.10, side * 0.12, 0.26 + pedal * 0.14}, 0.09, 0.045},
         {{0.16 + pedal * 0.04, side * 0.11, 0.66 + pedal * 0.10}, 0.07, 0.06}, kTrousers);
    limb(maker, {{0.16 + pedal * 0.04, side * 0.11, 0.62 + pedal * 0.10}, 0.07, 0.06},
         {{-0.16, side * 0.10, 0.94}, 0.08, 0.08}, kTrousers);
    limb(maker, {{0.40, side * 0.24, 1.04}, 0.04, 0.035}, {{0.20, side * 0.20, 1.42}, 0.05, 0.05}, kShirt);
  }
  limb(maker, {{-0.18, 0, 0.90}, 0.11, 0.15}, {{0.16, 0, 1.44}, 0.12, 0.20}, kShirt);
  head(maker, {0.22, 0, 1.46});
}

}  // namespace

RailMesh figureMesh(Figure figure) {
  RailMesh mesh;
  MeshMaker maker(mesh, glm::dvec3(0));
  constexpr double kSteps[]{1, 0.1, -1, -0.1};
  if (figure >= Figure::Pedal0)
    cyclist(maker, figure == Figure::Pedal0 ? 1 : -1);
  else
    walker(maker, kSteps[size_t(figure)]);
  return mesh;
}

}  // namespace cm::frame
