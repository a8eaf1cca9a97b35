#include "tiling/demo_tower.h"

#include <algorithm>
#include <cmath>

namespace cm::tiling::demo {
namespace {

using Plan = std::vector<glm::dvec2>;

Plan box(double width, double depth, glm::dvec2 at = {0, 0}) {
  const glm::dvec2 h(width / 2, depth / 2);
  return {at - h, {at.x + h.x, at.y - h.y}, at + h, {at.x - h.x, at.y + h.y}};
}

//! A box whose corners are cut by `cut` metres.
Plan chamfered(double width, double depth, double cut) {
  const double w = width / 2, d = depth / 2;
  return {{-w + cut, -d}, {w - cut, -d}, {w, -d + cut}, {w, d - cut},
          {w - cut, d},   {-w + cut, d}, {-w, d - cut}, {-w, -d + cut}};
}

//! A box with its corners notched, as housing with windows on three sides has it.
Plan crossed(double width, double depth, double notch) {
  const double w = width / 2, d = depth / 2, n = notch, m = notch * 0.6;
  return {{-w + n, -d}, {w - n, -d}, {w - n, -d + m}, {w, -d + m}, {w, d - m},   {w - n, d - m},
          {w - n, d},   {-w + n, d}, {-w + n, d - m}, {-w, d - m}, {-w, -d + m}, {-w + n, -d + m}};
}

Plan round(double width, double depth) {
  Plan plan;
  for (int k = 0; k < 14; ++k) {
    const double a = k * 6.283185307179586 / 14;
    plan.push_back({width / 2 * std::cos(a), depth / 2 * std::sin(a)});
  }
  return plan;
}

//! A slab bent towards the front by `sagitta` metres.
Plan bow(double width, double depth, double sagitta) {
  Plan plan;
  constexpr int kPieces = 6;
  auto lean = [&](int k) {
    const double t = 2.0 * k / kPieces - 1;
    return glm::dvec2(t * width / 2, sagitta * (t * t - 0.5));
  };
  for (int k = 0; k <= kPieces; ++k) plan.push_back(lean(k) - glm::dvec2(0, depth / 2));
  for (int k = kPieces; k >= 0; --k) plan.push_back(lean(k) + glm::dvec2(0, depth / 2));
  return plan;
}

//! Two wings of `wing` metres at a right angle.
Plan angle(double width, double depth, double wing) {
  const double w = width / 2, d = depth / 2;
  return {{-w, -d}, {w, -d}, {w, -d + wing}, {-w + wing, -d + wing}, {-w + wing, d}, {-w, d}};
}

Plan scaled(Plan plan, double x, double y) {
  for (glm::dvec2& p : plan) p *= glm::dvec2(x, y);
  return plan;
}

void addTop(Dice& dice, const Plan& plan, double width, double depth, double height, std::vector<TowerPiece>& pieces) {
  const double rise = std::clamp(height * 0.06, 4.0, 11.0);
  switch (dice.whole(0, 3)) {
    case 0: break;
    case 1: pieces.push_back({box(width * 0.36, depth * 0.46), height, height + rise * 0.7}); break;
    case 2: pieces.push_back({scaled(plan, 0.72, 0.72), height, height + rise}); break;
    default:
      pieces.push_back(
          {scaled(plan, 0.56, 0.56), height, height + rise * 1.5, false, RoofShape::Pyramidal, rise * 0.9});
  }
}

void addHousing(Dice& dice, double width, double depth, double height, std::vector<TowerPiece>& pieces) {
  Plan plan;
  const double chance = dice.unit();
  if (chance < 0.24)
    plan = box(width * 1.3, std::min(depth, 16.0));
  else if (chance < 0.42)
    plan = bow(width * 1.35, std::min(depth, 15.0), dice.between(3, 6));
  else if (chance < 0.56)
    plan = angle(width, std::max(depth, width * 0.75), 14.5);
  else if (chance < 0.82)
    plan = crossed(width, depth * 1.15, dice.between(4, 7));
  else
    plan = chamfered(width * 0.9, width * 0.9, dice.between(4, 8));
  if (dice.chance(0.3) && height > 40) {  // the top floors step back on one side
    const double step = height - 3 * dice.whole(2, 6);
    const double share = dice.between(0.55, 0.75), shift = (1 - share) * (dice.chance(0.5) ? 0.5 : -0.5);
    glm::dvec2 lo(1e9), hi(-1e9);
    for (const glm::dvec2& p : plan) lo = glm::min(lo, p), hi = glm::max(hi, p);
    pieces.push_back({plan, 0, step});
    if (plan.size() == 4)
      pieces.push_back({box((hi.x - lo.x) * share, hi.y - lo.y, {(hi.x - lo.x) * shift, 0}), step, height});
    else
      pieces.push_back({scaled(plan, 0.82, 0.82), step, height});
    return;
  }
  pieces.push_back({plan, 0, height});
  if (plan.size() == 6) return;  // an angle's middle is no roof
  pieces.push_back(
      {plan.size() > 12 ? box(width * 0.22, 6) : scaled(plan, 0.34, 0.5), height, height + dice.between(3.5, 6)});
  if (plan.size() > 12) pieces.back().ring = box(width * 0.2, 6, {0, plan[3].y + depth * 0.4});
}

void addOffice(Dice& dice, double width, double depth, double height, std::vector<TowerPiece>& pieces) {
  const double podium = height > 45 && dice.chance(0.8) ? dice.between(11, 24) : 0;
  Plan plan;
  const double chance = dice.unit();
  if (chance < 0.24)
    plan = box(width, depth);
  else if (chance < 0.50)
    plan = chamfered(width, depth, dice.between(4, 10));
  else if (chance < 0.66)
    plan = round(width * 1.06, dice.chance(0.5) ? width * 1.06 : depth);
  else if (chance < 0.82)
    plan = bow(width * 1.25, depth * 0.8, dice.between(3, 7));
  else
    plan = crossed(width, depth, dice.between(4, 8));
  if (podium > 0) {
    const double over = dice.between(1.35, 1.6);
    const double reachX = width * 1.25 * over, reachY = std::max(width, depth) * over;
    pieces.push_back({dice.chance(0.4) ? chamfered(reachX, reachY, 7) : box(reachX, reachY), 0, podium, true});
  }
  const int steps = height > 120 ? dice.whole(1, 3) : height > 70 ? dice.whole(0, 2) : 0;
  double from = podium, share = 1;
  for (int k = 0; k <= steps; ++k) {
    const double to = k == steps ? height : height * (0.55 + 0.45 * (k + dice.between(0.2, 0.6)) / (steps + 0.6));
    pieces.push_back({scaled(plan, share, share), from, to});
    from = to;
    if (k < steps) share *= dice.between(0.78, 0.9);
  }
  addTop(dice, scaled(plan, share, share), width * share, depth * share, height, pieces);
  if (height > 170) pieces.push_back({box(3, 3), pieces.back().to, height * 1.16});  // a mast
}

}  // namespace

std::vector<TowerPiece> towerOf(Dice& dice, BuildingClass kind, double width, double depth, double height) {
  std::vector<TowerPiece> pieces;
  if (kind == BuildingClass::Apartments)
    addHousing(dice, width, depth, height, pieces);
  else
    addOffice(dice, width, depth, height, pieces);
  return pieces;
}

}  // namespace cm::tiling::demo
