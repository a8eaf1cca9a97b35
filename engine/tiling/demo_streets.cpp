#include "tiling/demo_streets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tiling/demo_rail.h"
#include "tiling/polygon.h"

namespace cm::tiling::demo {
namespace {

constexpr double kAvenueWidth = 15,
                 kStreetShare = 0.62;   // of the gap between blocks; the rest are pavements and gardens
constexpr double kJoinMetres = 70;      // so far a street goes on to meet another one
constexpr double kShortestMetres = 28;  // what is left of a shorter one is no street
constexpr double kOvershootMetres = 20;
constexpr double kTouchMetres = 0.5;
constexpr double kBesideCosine = 0.9, kBesideMetres = 7;  // 25 degrees; between the two kerbs
constexpr double kRampMetres = 700;                       // before a viaduct begins, the line comes out of the ground
constexpr double kRailHalf = 12, kGreenwayHalf = 10, kPlannedHalf = 7;

//! A street as it is being joined up: `begin` and `end` are metres from `from` towards `to`.
struct Way {
  Street street;
  glm::dvec2 along{0};
  double begin = 0, end = 0;
  bool main = false;  // of the facts: stays as it is
  glm::dvec2 at(double metres) const { return street.from + along * metres; }
};

Way wayOf(Street street, bool main) {
  Way way{std::move(street), {}, 0, 0, main};
  way.end = glm::distance(way.street.from, way.street.to);
  way.along = (way.street.to - way.street.from) / std::max(way.end, 1e-9);
  return way;
}

bool runsBeside(const Way& wide, glm::dvec2 place, glm::dvec2 along, double width) {
  return std::abs(glm::dot(wide.along, along)) > kBesideCosine &&
         distanceToSegment(place, wide.street.from, wide.street.to) < (wide.street.width + width) / 2 + kBesideMetres;
}

class Network {
 public:
  Network(const Facts& facts, const Land& land) : facts_(facts), land_(land) {}

  std::vector<Street> make() {
    for (const Road& road : facts_.roads)
      for (size_t i = 1; i < road.line.size(); ++i)
        ways_.push_back(wayOf(
            {road.id, GroundClass::RoadMajor, road.width, planeFrom(road.line[i - 1]), planeFrom(road.line[i])}, true));
    avenues();
    const size_t wide = ways_.size();
    for (size_t zone = 0; zone < facts_.zones.size(); ++zone) grid(zone, wide);
    for (size_t i = 0; i < ways_.size(); ++i) reachOut(i);
    cross();
    prune();
    std::vector<Street> streets;
    for (const Way& way : ways_)
      if (!way.main && way.end - way.begin >= kShortestMetres) {
        streets.push_back(way.street);
        streets.back().from = way.at(way.begin);
        streets.back().to = way.at(way.end);
      }
    return streets;
  }

 private:
  struct Meeting {
    double along;  // of this way
    size_t other;
    double alongOther;
  };

  //! Adds what is open of the straight line from one place to another.
  template <class Open>
  void addRuns(const Street& pattern, double step, Open open) {
    const int steps = std::max(1, int(glm::distance(pattern.from, pattern.to) / step));
    int first = -1;
    for (int s = 0; s <= steps + 1; ++s) {
      const bool in = s <= steps && open(glm::mix(pattern.from, pattern.to, double(s) / steps));
      if (in && first < 0) first = s;
      if (in || first < 0) continue;
      if ((s - 1 - first) * step >= 3 * step) {
        Street run = pattern;
        run.id = fmt::format("{}:{}", pattern.id, ++count_);
        run.from = glm::mix(pattern.from, pattern.to, double(first) / steps);
        run.to = glm::mix(pattern.from, pattern.to, double(s - 1) / steps);
        ways_.push_back(wayOf(std::move(run), false));
      }
      first = -1;
    }
  }

  //! Between two zones: the part of their bisector where both are nearest.
  void avenues() {
    const auto& zones = facts_.zones;
    const size_t main = ways_.size();
    for (size_t a = 0; a < zones.size(); ++a)
      for (size_t b = a + 1; b < zones.size(); ++b) {
        const glm::dvec2 d = zones[b].at - zones[a].at;
        const double length = glm::length(d);
        if (length > 2 * kReach) continue;
        const glm::dvec2 along = glm::dvec2(-d.y, d.x) / length, middle = (zones[a].at + zones[b].at) * 0.5;
        addRuns({"qd:a", GroundClass::RoadMajor, kAvenueWidth, middle - along * kReach, middle + along * kReach}, 20,
                [&](glm::dvec2 p) {
                  const double mine = glm::distance(p, zones[a].at);
                  if (mine >= kReach) return false;
                  for (size_t c = 0; c < zones.size(); ++c)
                    if (c != a && c != b && glm::distance(p, zones[c].at) < mine) return false;
                  if (land_.inland(p) <= 35 || land_.hill(p) >= 45 || land_.slope(p) >= 0.22) return false;
                  for (size_t i = 0; i < main; ++i)
                    if (runsBeside(ways_[i], p, along, kAvenueWidth)) return false;
                  return true;
                });
      }
  }

  void grid(size_t index, size_t wide) {
    const Zone& zone = facts_.zones[index];
    const Grain grain = grainOf(zone.quarter);
    const double stepU = grain.blockWidth + grain.street, stepV = grain.blockDepth + grain.street,
                 width = grain.street * kStreetShare;
    const glm::dvec2 u(std::cos(zone.angleRadians), std::sin(zone.angleRadians)), v(-u.y, u.x);
    std::vector<const Way*> near;
    for (size_t i = 0; i < wide; ++i)
      if (distanceToSegment(zone.at, ways_[i].street.from, ways_[i].street.to) < kReach + 50) near.push_back(&ways_[i]);
    std::vector<Way> beside;  // ways_ grows below
    for (const Way* way : near) beside.push_back(*way);
    auto lines = [&](glm::dvec2 along, glm::dvec2 across, double step) {
      const int reach = int(kReach / step) + 1;
      for (int k = -reach; k <= reach; ++k) {
        const glm::dvec2 middle = zone.at + across * ((k + 0.5) * step);
        addRuns({fmt::format("qd:s:{}", index), GroundClass::RoadMinor, width, middle - along * kReach,
                 middle + along * kReach},
                14, [&](glm::dvec2 p) {
                  if (glm::distance(p, zone.at) >= kReach || zoneAt(facts_, p).first != index ||
                      land_.inland(p) <= grain.shore - 8 || land_.hill(p) >= 42 || land_.slope(p) >= 0.22)
                    return false;
                  return std::none_of(beside.begin(), beside.end(),
                                      [&](const Way& way) { return runsBeside(way, p, along, width); });
                });
      }
    };
    lines(u, v, stepV);
    lines(v, u, stepU);
  }

  //! Where the lines of two ways cross, in metres along each.
  static bool meet(const Way& one, const Way& two, double& a, double& b) {
    const double turned = cm::tiling::cross(one.along, two.along);
    if (std::abs(turned) < 0.12) return false;
    const glm::dvec2 d = two.street.from - one.street.from;
    a = cm::tiling::cross(d, two.along) / turned;
    b = cm::tiling::cross(d, one.along) / turned;
    return true;
  }

  //! Lets both ends of a way go on to the nearest other one.
  void reachOut(size_t index) {
    Way& way = ways_[index];
    if (way.main) return;
    double before = kJoinMetres, after = kJoinMetres;
    const glm::dvec2 lo = glm::min(way.at(way.begin), way.at(way.end)) - kJoinMetres,
                     hi = glm::max(way.at(way.begin), way.at(way.end)) + kJoinMetres;
    for (size_t i = 0; i < ways_.size(); ++i) {
      const Way& other = ways_[i];
      const glm::dvec2 p = other.at(other.begin), q = other.at(other.end);
      if (i == index || std::max(p.x, q.x) < lo.x || std::max(p.y, q.y) < lo.y || std::min(p.x, q.x) > hi.x ||
          std::min(p.y, q.y) > hi.y)
        continue;
      double mine = 0, its = 0;
      if (!meet(way, other, mine, its) || its < other.begin - kTouchMetres || its > other.end + kTouchMetres) continue;
      // One that crosses just before the end is where it ends.
      if (mine < way.begin + kOvershootMetres) before = std::min(before, std::max(0.0, way.begin - mine));
      if (mine > way.end - kOvershootMetres) after = std::min(after, std::max(0.0, mine - way.end));
    }
    if (before < kJoinMetres) way.begin -= before;
    if (after < kJoinMetres) way.end += after;
  }

  void cross() {
    meetings_.assign(ways_.size(), {});
    for (size_t i = 0; i < ways_.size(); ++i) {
      const glm::dvec2 a = ways_[i].at(ways_[i].begin), b = ways_[i].at(ways_[i].end);
      const glm::dvec2 lo = glm::min(a, b) - 1.0, hi = glm::max(a, b) + 1.0;
      for (size_t j = i + 1; j < ways_.size(); ++j) {
        const glm::dvec2 p = ways_[j].at(ways_[j].begin), q = ways_[j].at(ways_[j].end);
        if (std::max(p.x, q.x) < lo.x || std::max(p.y, q.y) < lo.y || std::min(p.x, q.x) > hi.x ||
            std::min(p.y, q.y) > hi.y)
          continue;
        double mine = 0, its = 0;
        if (!meet(ways_[i], ways_[j], mine, its) || !holds(i, mine) || !holds(j, its)) continue;
        meetings_[i].push_back({mine, j, its});
        meetings_[j].push_back({its, i, mine});
      }
    }
  }

  bool holds(size_t way, double along) const {
    return along >= ways_[way].begin - kTouchMetres && along <= ways_[way].end + kTouchMetres;
  }

  //! Ends every way where it first and last meets another one, until nothing changes.
  void prune() {
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t i = 0; i < ways_.size(); ++i) {
        Way& way = ways_[i];
        if (way.main || way.end < way.begin) continue;
        double first = std::numeric_limits<double>::max(), last = -first;
        for (const Meeting& meeting : meetings_[i]) {
          if (!holds(i, meeting.along) || !holds(meeting.other, meeting.alongOther)) continue;
          first = std::min(first, meeting.along);
          last = std::max(last, meeting.along);
        }
        if (last - first < kShortestMetres) first = 0, last = -1e9;  // gone: it holds nothing
        if (first == way.begin && last == way.end) continue;
        way.begin = first;
        way.end = last;
        changed = true;
      }
    }
  }

  const Facts& facts_;
  const Land& land_;
  std::vector<Way> ways_;
  std::vector<std::vector<Meeting>> meetings_;
  int count_ = 0;
};

double squared(glm::dvec2 d) { return glm::dot(d, d); }

}  // namespace

Grain grainOf(Quarter quarter) {
  switch (quarter) {
    case Quarter::OldTown: return {74, 56, 9, 30};
    case Quarter::Villa: return {104, 78, 9, 45};
    case Quarter::Dense: return {92, 70, 12, 30};
    case Quarter::Residential: return {132, 96, 13, 30};
    case Quarter::Estate: return {190, 140, 16, 40};
    case Quarter::Towers: return {176, 140, 18, 60};
    case Quarter::SeaFront: return {150, 110, 16, 95};
    case Quarter::Centre: return {118, 104, 20, 70};
    case Quarter::Campus: return {210, 160, 12, 60};
    case Quarter::Industry: return {220, 160, 16, 25};
    case Quarter::Workshops: return {160, 120, 14, 30};
    case Quarter::Port: return {240, 120, 18, 12};
    case Quarter::Waterfront: return {110, 70, 12, 18};
    case Quarter::Village: return {52, 44, 5, 30};
  }
  return {120, 90, 12, 30};
}

std::pair<size_t, double> zoneAt(const Facts& facts, glm::dvec2 place) {
  size_t best = 0;
  double first = 1e18, second = 1e18;
  for (size_t i = 0; i < facts.zones.size(); ++i) {
    const double q = squared(place - facts.zones[i].at);
    if (q < first) {
      second = first;
      first = q;
      best = i;
    } else {
      second = std::min(second, q);
    }
  }
  return {best, (std::sqrt(second) - std::sqrt(first)) / 2};
}

std::vector<Street> layOutStreets(const Facts& facts, const Land& land) { return Network(facts, land).make(); }

namespace {

constexpr double kCorridorCell = 80;

template <class Use>
void cellsOf(glm::dvec2 lo, glm::dvec2 hi, Use use) {
  const glm::ivec2 from(glm::floor(lo / kCorridorCell)), to(glm::floor(hi / kCorridorCell));
  for (int y = from.y; y <= to.y; ++y)
    for (int x = from.x; x <= to.x; ++x) use(uint64_t(uint32_t(x)) << 32 | uint32_t(y));
}

double segmentsApart(glm::dvec2 a, glm::dvec2 b, glm::dvec2 p, glm::dvec2 q) {
  const bool apart = (turn(a, b, p) > 0) == (turn(a, b, q) > 0) || (turn(p, q, a) > 0) == (turn(p, q, b) > 0);
  if (!apart) return 0;
  return std::min(
      {distanceToSegment(a, p, q), distanceToSegment(b, p, q), distanceToSegment(p, a, b), distanceToSegment(q, a, b)});
}

}  // namespace

void Corridors::add(glm::dvec2 a, glm::dvec2 b, double halfWidth) {
  const auto index = uint32_t(strips_.size());
  strips_.push_back({a, b, halfWidth});
  cellsOf(glm::min(a, b) - halfWidth, glm::max(a, b) + halfWidth, [&](uint64_t key) { cells_[key].push_back(index); });
}

void Corridors::add(const std::vector<glm::dvec2>& degrees, double halfWidth) {
  for (size_t i = 1; i < degrees.size(); ++i) add(planeFrom(degrees[i - 1]), planeFrom(degrees[i]), halfWidth);
}

bool Corridors::touch(std::span<const glm::dvec2> ring, double margin) const {
  glm::dvec2 lo(1e300), hi(-1e300);
  for (const glm::dvec2& p : ring) lo = glm::min(lo, p), hi = glm::max(hi, p);
  bool found = false;
  cellsOf(lo - margin, hi + margin, [&](uint64_t key) {
    const auto cell = cells_.find(key);
    if (found || cell == cells_.end()) return;
    for (const uint32_t index : cell->second) {
      const Strip& strip = strips_[index];
      const double reach = strip.halfWidth + margin;
      if (std::max(strip.a.x, strip.b.x) < lo.x - reach || std::min(strip.a.x, strip.b.x) > hi.x + reach ||
          std::max(strip.a.y, strip.b.y) < lo.y - reach || std::min(strip.a.y, strip.b.y) > hi.y + reach)
        continue;
      found = found || contains(ring, strip.a);
      for (size_t i = 0, j = ring.size() - 1; !found && i < ring.size(); j = i++)
        found = segmentsApart(ring[j], ring[i], strip.a, strip.b) < reach;
      if (found) return;
    }
  });
  return found;
}

Corridors corridorsOf(const Facts& facts, const Land& land, std::span<const Street> streets) {
  Corridors corridors;
  for (const Road& road : facts.roads) corridors.add(road.line, road.width / 2);
  for (const Street& street : streets) corridors.add(street.from, street.to, street.width / 2);
  for (const MetroLine& line : facts.metro)
    for (const std::vector<glm::dvec2>& open : aboveGround(railPieces(line, facts, land), kRampMetres))
      corridors.add(open, kRailHalf);
  for (const Greenway& way : facts.greenways)
    for (const std::vector<glm::dvec2>& line : way.lines)
      corridors.add(line, way.item.status == city::PlanStatus::Existing ? kGreenwayHalf : kPlannedHalf);
  return corridors;
}

}  // namespace cm::tiling::demo
