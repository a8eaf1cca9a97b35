// What the rules of the built-in city promise: nobody builds on a way, and streets join up.
#include "tiling/demo_town.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tiling/demo_rail.h"
#include "tiling/demo_streets.h"
#include "tiling/polygon.h"

namespace cm::tiling::demo {
namespace {

using tiling::Ring;

Ring onPlane(const std::vector<glm::dvec2>& degrees) {
  Ring ring;
  for (glm::dvec2 p : degrees) ring.push_back(planeFrom(p));
  return ring;
}

//! The town as its rules hand it on.
struct Town {
  Facts facts;
  std::vector<Building> buildings;
  std::vector<GroundFeature> ground;
};

const Town& town() {
  static const Town made = [] {
    Town town;
    auto facts = readFacts(assetsFolder() / "qingdao");
    if (!facts) throw std::runtime_error(facts.error().text());
    town.facts = std::move(*facts);
    const Land land(town.facts);
    layOutTown(
        town.facts, land, [&](Building b) { town.buildings.push_back(std::move(b)); },
        [&](GroundFeature g) { town.ground.push_back(std::move(g)); });
    return town;
  }();
  return made;
}

//! Every way of the city as segments with half their width, from the data alone.
struct Strip {
  glm::dvec2 a, b;
  double halfWidth;
  std::string name;
};

void addStrips(std::vector<Strip>& strips, const std::vector<glm::dvec2>& degrees, double halfWidth,
               const std::string& name) {
  const Ring line = onPlane(degrees);
  for (size_t i = 1; i < line.size(); ++i) strips.push_back({line[i - 1], line[i], halfWidth, name});
}

std::vector<Strip> streetsAndRoads() {
  std::vector<Strip> strips;
  for (const Road& road : town().facts.roads) addStrips(strips, road.line, road.width / 2, road.id);
  for (const GroundFeature& feature : town().ground)
    if (feature.kind == GroundClass::RoadMinor || feature.kind == GroundClass::RoadMajor)
      addStrips(strips, feature.line, feature.widthMetres / 2, feature.id);
  return strips;
}

double apart(const Ring& ring, const Strip& strip) {
  if (contains(ring, strip.a)) return 0;
  double least = 1e300;
  for (size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
    const glm::dvec2 a = ring[j], b = ring[i];
    if (turn(a, b, strip.a) * turn(a, b, strip.b) < 0 && turn(strip.a, strip.b, a) * turn(strip.a, strip.b, b) < 0)
      return 0;
    least = std::min({least, distanceToSegment(a, strip.a, strip.b), distanceToSegment(strip.a, a, b),
                      distanceToSegment(strip.b, a, b)});
  }
  return least;
}

TEST(DemoTown, NothingStandsOnARoadARailwayOrAGreenway) {
  const Facts& facts = town().facts;
  std::vector<Strip> strips = streetsAndRoads();
  const Land land(facts);
  for (const MetroLine& line : facts.metro)
    for (const auto& open : aboveGround(railPieces(line, facts, land), 250)) addStrips(strips, open, 11, line.id);
  for (const Greenway& way : facts.greenways)
    for (const auto& line : way.lines) addStrips(strips, line, 6, way.item.id);
  ASSERT_GT(strips.size(), 3000u);
  ASSERT_GT(town().buildings.size(), 20'000u);
  size_t overlaps = 0;
  std::string first;
  std::sort(strips.begin(), strips.end(),
            [](const Strip& l, const Strip& m) { return std::min(l.a.x, l.b.x) < std::min(m.a.x, m.b.x); });
  for (const Building& building : town().buildings) {
    const Ring ring = onPlane(building.rings.front());
    glm::dvec2 lo(1e300), hi(-1e300);
    for (const glm::dvec2& p : ring) lo = glm::min(lo, p - 30.0), hi = glm::max(hi, p + 30.0);
    for (const Strip& strip : strips) {
      if (std::min(strip.a.x, strip.b.x) > hi.x) break;
      if (std::max(strip.a.x, strip.b.x) < lo.x || std::min(strip.a.y, strip.b.y) > hi.y ||
          std::max(strip.a.y, strip.b.y) < lo.y)
        continue;
      if (apart(ring, strip) >= strip.halfWidth - 0.01) continue;
      if (++overlaps == 1) first = fmt::format("{} on {}", building.id, strip.name);
    }
  }
  EXPECT_EQ(overlaps, 0u) << first;
}

TEST(DemoTown, EveryStreetEndsAtAnotherOne) {
  const std::vector<Strip> strips = streetsAndRoads();
  size_t streets = 0, loose = 0;
  double metres = 0;
  std::string first;
  for (const GroundFeature& feature : town().ground) {
    if (feature.kind != GroundClass::RoadMinor && feature.kind != GroundClass::RoadMajor) continue;
    const Ring line = onPlane(feature.line);
    ++streets;
    metres += glm::distance(line.front(), line.back());
    for (const glm::dvec2& end : {line.front(), line.back()}) {
      bool met = false;
      for (const Strip& strip : strips)
        met = met || (strip.name != feature.id && distanceToSegment(end, strip.a, strip.b) < 1);
      if (!met && ++loose == 1) first = feature.id;
    }
  }
  fmt::print("{} streets, {:.0f} km\n", streets, metres / 1000);
  EXPECT_GT(streets, 1000u);
  EXPECT_EQ(loose, 0u) << "of " << 2 * streets << " ends, first of " << first;
}

TEST(DemoTown, NoStreetRunsBesideAWiderOne) {
  const std::vector<Strip> strips = streetsAndRoads();
  double beside = 0, whole = 0;
  for (const Strip& strip : strips) {
    if (strip.halfWidth > 7) continue;
    const double length = glm::distance(strip.a, strip.b);
    const glm::dvec2 along = (strip.b - strip.a) / length;
    const glm::dvec2 lo = glm::min(strip.a, strip.b) - 40.0, hi = glm::max(strip.a, strip.b) + 40.0;
    std::vector<Strip> wider;
    for (const Strip& other : strips)
      if (other.halfWidth > 7 && std::abs(glm::dot(glm::normalize(other.b - other.a), along)) > 0.95 &&
          glm::all(glm::lessThan(glm::min(other.a, other.b), hi)) &&
          glm::all(glm::greaterThan(glm::max(other.a, other.b), lo)))
        wider.push_back(other);
    for (double t = 5; t < length; t += 10) {
      const glm::dvec2 p = strip.a + along * t;
      whole += 10;
      if (std::any_of(wider.begin(), wider.end(), [&](const Strip& other) {
            return distanceToSegment(p, other.a, other.b) < other.halfWidth + strip.halfWidth + 3;
          }))
        beside += 10;
    }
  }
  EXPECT_LT(beside, 0.01 * whole);
}

}  // namespace
}  // namespace cm::tiling::demo
