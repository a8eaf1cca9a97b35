#include "tiling/demo_wild.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tiling/demo_streets.h"
#include "tiling/polygon.h"

namespace cm::tiling::demo {
namespace {

constexpr double kGridMetres = 90;
constexpr double kWoodHill = 28, kRockHill = 40;  // metres above the plain
constexpr double kSteepest = 1.02;                // where no wood holds
constexpr double kTreeLine = 1060;                // the top is bare
constexpr double kFromShore = 25;                 // metres
constexpr double kLeastMetres2 = 14'000;

//! Numbers on a lattice, outlined where they pass zero.
struct Lattice {
  glm::dvec2 lo{0};
  int columns = 0, rows = 0;
  std::vector<double> values;
  double at(int c, int r) const { return values[size_t(r) * size_t(columns) + size_t(c)]; }

  //! Marching squares: rings around what is above zero counter-clockwise, around its holes clockwise. The border counts as below.
  std::vector<Ring> outlines() const;
};

std::vector<Ring> Lattice::outlines() const {
  // The way around each square enters what is above zero on one side and leaves it on another; sides are known by their number.
  std::map<int, int> next;
  auto sideBelow = [&](int c, int r) { return 2 * (r * columns + c); };     // from (c, r) to the east
  auto sideLeft = [&](int c, int r) { return 2 * (r * columns + c) + 1; };  // from (c, r) to the north
  for (int r = 0; r + 1 < rows; ++r)
    for (int c = 0; c + 1 < columns; ++c) {
      const bool in[4] = {at(c, r) > 0, at(c + 1, r) > 0, at(c + 1, r + 1) > 0, at(c, r + 1) > 0};
      const int sides[4] = {sideBelow(c, r), sideLeft(c + 1, r), sideBelow(c, r + 1), sideLeft(c, r)};
      // Walking around the square counter-clockwise, each side that leaves what is above is joined to the one that entered it.
      for (int k = 0; k < 4; ++k) {
        if (!in[k] || in[(k + 1) % 4]) continue;
        int e = k;
        while (in[(e + 3) % 4]) e = (e + 3) % 4;
        next[sides[k]] = sides[(e + 3) % 4];
      }
    }
  auto place = [&](int side) {
    const int c = side / 2 % columns, r = side / 2 / columns;
    const glm::ivec2 to = side % 2 ? glm::ivec2(c, r + 1) : glm::ivec2(c + 1, r);
    const double a = at(c, r), b = at(to.x, to.y);
    return lo + kGridMetres * glm::mix(glm::dvec2(c, r), glm::dvec2(to), std::clamp(a / (a - b), 0.05, 0.95));
  };
  std::vector<Ring> rings;
  while (!next.empty()) {
    Ring ring;
    for (auto at = next.begin(); at != next.end();) {
      ring.push_back(place(at->first));
      const int to = at->second;
      next.erase(at);
      at = next.find(to);
    }
    if (ring.size() >= 3) rings.push_back(std::move(ring));
  }
  return rings;
}

void addCover(const Lattice& lattice, GroundClass kind, const std::string& id, const AddGround& ground) {
  std::vector<Ring> outer, holes;
  for (Ring& ring : lattice.outlines()) {
    const double area = signedArea(ring);
    if (std::abs(area) >= kLeastMetres2) (area > 0 ? outer : holes).push_back(std::move(ring));
  }
  int count = 0;
  for (const Ring& ring : outer) {
    GroundFeature cover;
    cover.id = fmt::format("{}:{}", id, ++count);
    cover.kind = kind;
    auto add = [&](const Ring& points) {
      cover.rings.emplace_back();
      for (const glm::dvec2& p : points) cover.rings.back().push_back(lonLatFrom(p));
    };
    add(ring);
    for (const Ring& hole : holes)
      if (std::abs(signedArea(hole)) < signedArea(ring) && contains(ring, hole.front())) add(hole);
    ground(std::move(cover));
  }
}

}  // namespace

void coverHills(const Facts& facts, const Land& land, const AddGround& ground) {
  for (const Summit& summit : facts.summits) {
    glm::dvec2 lo = summit.at - summit.radius * 1.35, hi = summit.at + summit.radius * 1.35;
    for (const auto& ridge : summit.ridges)
      for (const glm::dvec3& p : ridge)
        lo = glm::min(lo, glm::dvec2(p) - 3000.0), hi = glm::max(hi, glm::dvec2(p) + 3000.0);
    Lattice wood{lo, int((hi.x - lo.x) / kGridMetres) + 3, int((hi.y - lo.y) / kGridMetres) + 3, {}};
    Lattice heights = wood, rock = wood;
    for (int r = 0; r < wood.rows; ++r)
      for (int c = 0; c < wood.columns; ++c) heights.values.push_back(land.hill(lo + kGridMetres * glm::dvec2(c, r)));
    for (int r = 0; r < wood.rows; ++r)
      for (int c = 0; c < wood.columns; ++c) {
        const bool border = r == 0 || c == 0 || r + 1 == wood.rows || c + 1 == wood.columns;
        const double hill = heights.at(c, r),
                     inland = border || hill <= 0 ? -1 : land.inland(lo + kGridMetres * glm::dvec2(c, r));
        if (border || inland <= 0) {
          wood.values.push_back(-1);
          rock.values.push_back(-1);
          continue;
        }
        const glm::dvec2 rise(heights.at(c + 1, r) - heights.at(c - 1, r), heights.at(c, r + 1) - heights.at(c, r - 1));
        const double slope = glm::length(rise) / (2 * kGridMetres);
        // Fractions of what each rule asks for; the least decides.
        const double holds = std::min((kSteepest - slope) / 0.2, (kTreeLine - hill) / 150);
        wood.values.push_back(std::min({(hill - kWoodHill) / 20, (inland - kFromShore) / 60, holds}));
        rock.values.push_back(std::min((hill - kRockHill) / 20, (inland - 8) / 60));
      }
    if (summit.height > 200) addCover(rock, GroundClass::Rock, "qd:rock:" + summit.id, ground);
    addCover(wood, GroundClass::Forest, "qd:wood:" + summit.id, ground);
  }
}

void coverPlain(const Facts& facts, const Land& land, const AddGround& ground) {
  constexpr double kFromTown = kReach + 60;
  // Groves stand where smooth noise is high: one to two in a kilometre.
  constexpr double kGroveMetres = 650, kGrove = 0.70;
  Lattice fields{
      land.lo(), int((land.hi().x - land.lo().x) / kGridMetres), int((land.hi().y - land.lo().y) / kGridMetres), {}};
  Lattice groves = fields;
  for (int r = 0; r < fields.rows; ++r)
    for (int c = 0; c < fields.columns; ++c) {
      const glm::dvec2 at = fields.lo + kGridMetres * glm::dvec2(c, r);
      double open = -1, wooded = -1;
      const bool border = r == 0 || c == 0 || r + 1 == fields.rows || c + 1 == fields.columns;
      if (const double inland = border ? -1 : land.inland(at); inland > 0) {
        const double town = glm::distance(at, facts.zones[zoneAt(facts, at).first].at) - kFromTown;
        const double grove = valueNoise(at / kGroveMetres + 91.0) - kGrove;
        const double plain = std::min({town / 60, (inland - kFromShore) / 60, (kWoodHill - land.hill(at)) / 20});
        open = std::min(plain, -grove / 0.1);
        wooded = std::min(plain, grove / 0.1);
      }
      fields.values.push_back(open);
      groves.values.push_back(wooded);
    }
  addCover(fields, GroundClass::Farmland, "qd:fields", ground);
  addCover(groves, GroundClass::Forest, "qd:grove", ground);
}

void standStones(const AddBuilding& building) {
  // 石老人: a stack of 17 m about 100 m off the beach's eastern end, as travel pages on the web say; the place is read off our own
  // coast by that and can be checked against OpenStreetMap. Stooped: every piece leans a little more to the sea.
  constexpr glm::dvec2 kPlace{120.4882, 36.08855};
  constexpr double kBed = 2;  // metres of water
  const glm::dvec2 at = planeFrom(kPlace);
  struct Level {
    double top, east, north, halfEast, halfNorth;  // metres above the water and from the middle
  };
  constexpr Level kLevels[] = {{0.9, 0, 0, 7.4, 6.4},       {2.4, 0.1, -0.1, 6.2, 5.3}, {4.8, 0.3, -0.3, 5.8, 5},
                               {7.2, 0.5, -0.6, 5.6, 4.8},  {9.4, 0.7, -0.9, 5.3, 4.5}, {11.2, 0.5, -1.2, 5, 4.2},
                               {12.4, 0.2, -1.6, 4.2, 3.7}, {13.4, -0.1, -2, 3.3, 3},   {14.2, -0.3, -2.3, 2.8, 2.6},
                               {15.8, -0.4, -2.6, 3.3, 3},  {17, -0.4, -2.7, 2.8, 2.6}};
  constexpr int kCorners = 11;
  Dice dice(17);
  std::vector<double> ragged;  // the same all the way up: one rock
  for (int k = 0; k < kCorners; ++k) ragged.push_back(dice.between(0.78, 1.15));
  int count = 0;
  double from = 0;
  for (const Level& level : kLevels) {
    Building part = ruled(fmt::format("qd:stone:{}", ++count), BuildingClass::Shed, level.top + kBed);
    part.parent = "qd:stone";
    part.name = "石老人";
    part.minHeight = float(from);
    part.rings.emplace_back();
    for (int k = 0; k < kCorners; ++k) {
      const double angle = k * 6.283185307179586 / kCorners + 0.05 * count, r = ragged[size_t(k)];
      part.rings.back().push_back(lonLatFrom(at + glm::dvec2(level.east + level.halfEast * r * std::cos(angle),
                                                             level.north + level.halfNorth * r * std::sin(angle))));
    }
    part.colour = part.roofColour = glm::vec3(0.50f, 0.45f, 0.38f);
    if (count == int(std::size(kLevels))) part.roof = RoofShape::Dome, part.roofHeight = 1.0f;
    building(std::move(part));
    from = level.top + kBed;
  }
}

}  // namespace cm::tiling::demo
