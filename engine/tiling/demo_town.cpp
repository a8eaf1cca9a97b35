#include "tiling/demo_town.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tiling/demo_streets.h"
#include "tiling/demo_tower.h"

namespace cm::tiling::demo {
namespace {

constexpr double kFromKerb = 1.2;  // metres
const glm::vec3 kRedTile{0.70f, 0.36f, 0.27f}, kCream{0.93f, 0.88f, 0.77f}, kSheet{0.72f, 0.77f, 0.81f};

//! Where nobody builds: the sea and its edge, hills, and all that people and trains go along.
class Site {
 public:
  Site(const Facts& facts, const Land& land, std::span<const Street> streets)
      : facts_(facts), land_(land), corridors_(corridorsOf(facts, land, streets)) {}

  //! Of a place in the zone of this index.
  bool buildable(glm::dvec2 p, size_t zone, double shore) const {
    const auto [nearest, border] = zoneAt(facts_, p);
    return nearest == zone && border >= 10 && land_.inland(p) > shore && land_.hill(p) < 34 && land_.slope(p) < 0.2;
  }
  bool clear(std::span<const glm::dvec2> ring) const { return !corridors_.touch(ring, kFromKerb); }
  const Land& land() const { return land_; }
  const Facts& facts() const { return facts_; }

 private:
  const Facts& facts_;
  const Land& land_;
  Corridors corridors_;
};

//! One zone being filled. Functions named after what they put on a block.
struct ZoneFiller {
  const Site& site;
  size_t index;
  const Zone& zone;
  const AddBuilding& add;
  const AddGround& ground;
  Grain grain = grainOf(zone.quarter);
  int count = 0;
  Turned frame{};
  Dice dice{0};

  bool fits(double u, double v, double width, double depth) const {
    for (double a : {-0.5, 0.0, 0.5})
      for (double b : {-0.5, 0.0, 0.5}) {
        if (!site.buildable(frame(u + a * width, v + b * depth), index, grain.shore)) return false;
      }
    return true;
  }

  std::string id() { return fmt::format("qd:{}:{}", index, ++count); }

  //! False where the place is taken.
  bool put(Building building, double u, double v, double width, double depth) {
    const std::array corners{frame(u - width / 2, v - depth / 2), frame(u + width / 2, v - depth / 2),
                             frame(u + width / 2, v + depth / 2), frame(u - width / 2, v + depth / 2)};
    if (!site.clear(corners) || !fits(u, v, width, depth)) return false;
    building.rings = {rectangle(frame, u, v, width, depth)};
    add(std::move(building));
    return true;
  }

  void lawn(double u, double v, double width, double depth, GroundClass kind = GroundClass::Grass) {
    if (!fits(u, v, width, depth)) return;
    GroundFeature green;
    green.id = fmt::format("qd:g:{}:{}", index, ++count);
    green.kind = kind;
    // Corners cut so that greens read as planting, not as plots.
    double c = std::min(width, depth) * 0.18, w = width / 2, d = depth / 2;
    std::vector<glm::dvec2> ring;
    for (auto [a, b] : {std::pair{-w + c, -d},
                        {w - c, -d},
                        {w, -d + c},
                        {w, d - c},
                        {w - c, d},
                        {-w + c, d},
                        {-w, d - c},
                        {-w, -d + c}})
      ring.push_back(lonLatFrom(frame(u + a, v + b)));
    green.rings = {std::move(ring)};
    ground(std::move(green));
  }

  void pitch(double u, double v, double w, double d) {
    if (!fits(u, v, w, d)) return;
    GroundFeature area;
    area.id = fmt::format("qd:g:{}:{}", index, ++count);
    area.kind = GroundClass::Pitch;
    area.rings = {rectangle(frame, u, v, w, d)};
    ground(std::move(area));
  }

  void path(const std::vector<glm::dvec2>& local, double width) {
    GroundFeature way;
    way.id = fmt::format("qd:g:{}:{}", index, ++count);
    way.kind = GroundClass::Path;
    way.widthMetres = static_cast<float>(width);
    for (const glm::dvec2& p : local) {
      if (!site.buildable(frame(p.x, p.y), index, grain.shore)) return;
      way.line.push_back(lonLatFrom(frame(p.x, p.y)));
    }
    ground(std::move(way));
  }

  //! A path once around, as wide and deep as said.
  void walk(double width, double depth, double pathWidth) {
    std::vector<glm::dvec2> line;
    for (int k = 0; k <= 12; ++k) {
      const double a = k * 6.283185307179586 / 12;
      line.emplace_back(width / 2 * std::cos(a), depth / 2 * std::sin(a));
    }
    path(line, pathWidth);
  }

  //! A running track around a pitch.
  void sportsGround(double u, double v, double length, double breadth) {
    pitch(u, v, length, breadth);
    const double a = length / 2, b = breadth / 2, c = breadth * 0.3;
    path({{u - a + c, v - b},
          {u + a - c, v - b},
          {u + a, v - b + c},
          {u + a, v + b - c},
          {u + a - c, v + b},
          {u - a + c, v + b},
          {u - a, v + b - c},
          {u - a, v - b + c},
          {u - a + c, v - b}},
         7);
  }

  //! What people use between the buildings of a block.
  void grounds(double w, double d) {
    switch (zone.quarter) {
      case Quarter::OldTown:
        if (dice.chance(0.5))
          lawn(dice.between(-6, 6), 0, w * 0.42, d * 0.24, dice.chance(0.5) ? GroundClass::Plaza : GroundClass::Park);
        break;
      case Quarter::Residential:
      case Quarter::Estate: path({{0, -d / 2}, {0, d / 2}}, 4.5); break;
      case Quarter::Towers:
        walk(w * 0.62, d * 0.5, 3);
        if (dice.chance(0.35)) pitch(dice.between(-8, 8), 0, 28, 15);
        if (dice.chance(0.5)) lawn(-w * 0.42, d * 0.05, 18, d * 0.4, GroundClass::Plaza);  // where cars stand
        break;
      case Quarter::SeaFront: walk(w * 0.5, d * 0.42, 3); break;
      case Quarter::Centre:
        lawn(0, 0, w * 0.94, d * 0.7, GroundClass::Plaza);
        if (dice.chance(0.7))
          lawn(0, -d * 0.41, w * 0.7, 7, GroundClass::Park), lawn(0, d * 0.41, w * 0.7, 7, GroundClass::Park);
        break;
      default: break;
    }
  }

  Building house(BuildingClass kind, double floors, double floorHeight, RoofShape roof, double roofHeight) {
    Building b = ruled(id(), kind, floors * floorHeight + roofHeight);
    b.roof = roof;
    b.roofHeight = static_cast<float>(roofHeight);
    return b;
  }

  void redRoof(Building& b) {
    float shade = static_cast<float>(dice.between(0.9, 1.08));
    b.roofColour = kRedTile * shade;
    b.colour = kCream * static_cast<float>(dice.between(0.94, 1.03));
  }

  void oldTown(double w, double d) {
    for (int side : {-1, 1}) {
      double v = side * (d / 2 - 6.5);
      for (double u = -w / 2; u < w / 2 - 9;) {
        double width = dice.between(12, 20);
        width = std::min(width, w / 2 - u);
        Building b = house(dice.chance(0.3) ? BuildingClass::Historic : BuildingClass::Residential, dice.whole(2, 4),
                           3.3, dice.chance(0.7) ? RoofShape::Gabled : RoofShape::Hipped, dice.between(2.2, 3.6));
        redRoof(b);
        if (!dice.chance(0.06)) put(std::move(b), u + width / 2, v, width - 0.8, dice.between(10, 13));
        u += width;
      }
    }
    for (int side : {-1, 1}) {  // the courts' ends
      Building b = house(BuildingClass::Residential, dice.whole(2, 3), 3.2, RoofShape::Gabled, 2.4);
      redRoof(b);
      if (dice.chance(0.75)) put(std::move(b), side * (w / 2 - 6), 0, 10.5, d - 30);
    }
    if (dice.chance(0.5)) {
      Building shed = house(BuildingClass::Shed, 1, 3, RoofShape::Skillion, 0.8);
      put(std::move(shed), dice.between(-w / 5, w / 5), 0, dice.between(6, 14), dice.between(5, 8));
    }
  }

  void villas(double w, double d) {
    lawn(0, 0, w - 4, d - 4, GroundClass::Park);
    int columns = 4;
    for (int side : {-1, 1})
      for (int c = 0; c < columns; ++c) {
        if (dice.chance(0.14)) continue;
        Building b = house(BuildingClass::House, dice.whole(2, 3), 3.3,
                           dice.chance(0.6) ? RoofShape::Hipped : RoofShape::Gabled, dice.between(2.6, 4.2));
        redRoof(b);
        put(std::move(b), (c + 0.5) * w / columns - w / 2 + dice.between(-3, 3), side * (d / 4 + dice.between(-3, 3)),
            dice.between(11, 16), dice.between(10, 13));
      }
  }

  void dense(double w, double d) {
    for (double v = -d / 2 + 9; v < d / 2 - 6; v += 23)
      for (double u = -w / 2; u < w / 2 - 10;) {
        double width = std::min(dice.between(15, 27), w / 2 - u);
        bool tall = dice.chance(0.08);
        Building b = house(tall ? BuildingClass::Commercial : BuildingClass::Apartments,
                           tall ? dice.whole(12, 22) : dice.whole(5, 8), 3.1, RoofShape::Flat, 0);
        if (!tall && dice.chance(0.45)) {
          b.roof = RoofShape::Hipped;
          b.roofHeight = 2.6f;
          b.height += 2.6f;
          redRoof(b);
        }
        if (dice.chance(0.07))
          lawn(u + width / 2, v, width - 4, 14, dice.chance(0.6) ? GroundClass::Plaza : GroundClass::Park);
        else
          put(std::move(b), u + width / 2, v, width - 2.5, dice.between(12, 15));
        u += width;
      }
  }

  void slabs(double w, double d, int floorsLo, int floorsHi, double spacing, double pitchedShare) {
    double length = (w - 14) / 2;
    for (double v = -d / 2 + 10; v < d / 2 - 6; v += spacing)
      for (int side : {-1, 1}) {
        if (dice.chance(0.08)) {
          lawn(side * (w / 4), v, length * 0.8, 12);
          continue;
        }
        int floors = dice.whole(floorsLo, floorsHi);
        Building b = house(BuildingClass::Apartments, floors, 3.0, RoofShape::Flat, 0);
        if (dice.chance(pitchedShare)) {
          b.roof = RoofShape::Gabled;
          b.roofHeight = 3;
          b.height += 3;
          redRoof(b);
        }
        if (put(std::move(b), side * (w / 4), v, length * dice.between(0.78, 0.98), dice.between(11.5, 13.5)))
          lawn(side * (w / 4), v + spacing / 2, length * 0.9, spacing * 0.3,
               dice.chance(0.22) ? GroundClass::Plaza : GroundClass::Grass);
      }
  }

  //! False where the place is taken.
  bool tower(double u, double v, double width, double depth, double height, BuildingClass kind) {
    const std::vector<TowerPiece> pieces = towerOf(dice, kind, width, depth, height);
    glm::dvec2 half(0);
    std::vector<std::vector<glm::dvec2>> rings;
    for (const TowerPiece& piece : pieces) {
      rings.emplace_back();
      for (const glm::dvec2& p : piece.ring) {
        half = glm::max(half, glm::abs(p));
        rings.back().push_back(frame(u + p.x, v + p.y));
      }
      if (!site.clear(rings.back())) return false;
    }
    if (!fits(u, v, 2 * half.x, 2 * half.y)) return false;
    const std::string whole = id();
    for (size_t k = 0; k < pieces.size(); ++k) {
      const TowerPiece& piece = pieces[k];
      Building b = ruled(fmt::format("{}:{}", whole, k), piece.podium ? BuildingClass::Retail : kind, piece.to);
      if (!piece.podium) b.parent = whole;
      // Each piece measures from the ground under itself, which differs on a slope: what stands on another one begins within it.
      b.minHeight = static_cast<float>(piece.from - std::min(3.0, piece.from / 2));
      b.roof = piece.roof;
      b.roofHeight = static_cast<float>(piece.roofHeight);
      b.rings.emplace_back();
      for (const glm::dvec2& p : rings[k]) b.rings.back().push_back(lonLatFrom(p));
      add(std::move(b));
    }
    return true;
  }

  //! 0..1: how near to the middle of one of the city's centres, where towers are highest.
  double centrality(double u, double v) const {
    double least = 1e18;
    for (const Zone& other : site.facts().zones)
      if (other.quarter == Quarter::Centre) least = std::min(least, glm::distance(other.at, frame(u, v)));
    return std::exp(-least * least / (800.0 * 800.0));
  }

  double floors(int lo, int hi, double u, double v) {
    // Most are of the lower half; near a centre more are high.
    const double chance = dice.unit(), near = centrality(u, v);
    return std::round(lo + (hi - lo) * (0.62 * chance * chance + 0.55 * near * dice.unit()));
  }

  void points(double w, double d, int floorsLo, int floorsHi, double share) {
    lawn(0, 0, w * 0.55, d * 0.4, GroundClass::Park);
    // Rows of three, staggered rows of two and three, or five around a green.
    const int pattern = dice.whole(0, 2);
    const double same = dice.between(0.9, 1.15);  // of one developer, and of one height but for some
    const int common = int(floors(floorsLo, floorsHi, 0, 0));
    auto place = [&](double u, double v) {
      if (!dice.chance(share)) return;
      const double storeys = dice.chance(0.6) ? common : floors(floorsLo, floorsHi, u, v);
      tower(u + dice.between(-3, 3), v + dice.between(-3, 3), dice.between(22, 30) * same, dice.between(15, 19),
            storeys * 3.0, BuildingClass::Apartments);
    };
    if (pattern == 2) {
      for (double u : {-0.34, 0.0, 0.34}) place(u * w, d * 0.3);
      for (double u : {-0.34, 0.34}) place(u * w, -d * 0.2);
    } else {
      for (int r = 0; r < 2; ++r)
        for (int c = 0; c < 3 - (pattern == 1 ? r : 0); ++c)
          place((c + 0.5 + (pattern == 1 ? 0.5 * r : 0)) * w / 3 - w / 2, (r ? 1 : -1) * (d / 4 + 10));
    }
    if (dice.chance(0.6)) {
      Building shops = ruled(id(), BuildingClass::Retail, dice.whole(2, 3) * 4.5);
      put(std::move(shops), 0, -d / 2 + 7, w * 0.8, 12);
    }
  }

  void centre(double w, double d, double nearness) {
    if (dice.chance(0.14)) {
      lawn(0, 0, w * 0.9, d * 0.9, GroundClass::Plaza);
      return;
    }
    // A crown of a few high ones in the middle, falling away to the edge of the quarter.
    const double height = (48 + 62 * dice.unit() * dice.unit()) + 130 * std::pow(nearness, 1.6) * dice.between(0.45, 1);
    const BuildingClass kind = dice.chance(0.72)  ? BuildingClass::Office
                               : dice.chance(0.5) ? BuildingClass::Hotel
                                                  : BuildingClass::Apartments;
    if (height < 75 && dice.chance(0.4)) {  // two slimmer ones share a block
      for (double side : {-1.0, 1.0})
        tower(side * w * 0.23, dice.between(-8, 8), dice.between(20, 25), dice.between(20, 26),
              height * dice.between(0.8, 1.2), kind);
      return;
    }
    tower(dice.between(-8, 8), dice.between(-6, 6), dice.between(28, 38), dice.between(26, 34), std::min(height, 235.0),
          kind);
    if (dice.chance(0.6))
      put(ruled(id(), BuildingClass::Commercial, dice.between(18, 42)), w * 0.4, dice.between(-d / 4, d / 4), w * 0.14,
          d * 0.4);
  }

  void seaFront(double w, double d) {
    lawn(0, 0, w * 0.9, d * 0.86, GroundClass::Park);
    const double near = centrality(0, 0);
    for (int c = 0; c < 2; ++c)
      if (dice.chance(0.8)) {
        const BuildingClass kind = dice.chance(0.3) ? BuildingClass::Hotel : BuildingClass::Apartments;
        tower((c - 0.5) * w * 0.5, dice.between(-10, 10), dice.between(24, 32), dice.between(19, 25),
              dice.between(45, 92) + 62 * near * dice.unit(), kind);
      }
  }

  void campus(double w, double d) {
    lawn(0, 0, w * 0.92, d * 0.92, GroundClass::Park);
    path({{0, -d / 2}, {0, d / 2}}, 5);
    path({{-w / 2, d * 0.15}, {w / 2, d * 0.15}}, 4);
    const bool sports = dice.chance(0.3);
    if (sports) sportsGround(w * 0.04, -d * 0.24, w * 0.62, d * 0.42);
    for (int r = sports ? 1 : -1; r <= 1; ++r)
      for (int c = 0; c < 2; ++c)
        if (dice.chance(0.8)) {
          Building b = house(BuildingClass::School, dice.whole(4, 7), 3.6, RoofShape::Flat, 0);
          put(std::move(b), (c - 0.5) * w * 0.48, r * d * 0.3, dice.between(48, 70), dice.between(15, 19));
        }
  }

  void sheds(double w, double d, double scale, bool chimney) {
    for (int r = 0; r < 2; ++r)
      for (int c = 0; c < 2; ++c) {
        if (dice.chance(0.12)) continue;
        Building b =
            ruled(id(), dice.chance(0.5) ? BuildingClass::Industrial : BuildingClass::Warehouse, dice.between(9, 15));
        b.roof = dice.chance(0.5) ? RoofShape::Gabled : dice.chance(0.5) ? RoofShape::Round : RoofShape::Flat;
        b.roofHeight = b.roof == RoofShape::Flat ? 0.0f : static_cast<float>(dice.between(2.5, 4.0));
        b.roofColour = kSheet * static_cast<float>(dice.between(0.9, 1.08));
        put(std::move(b), (c - 0.5) * w * 0.5, (r - 0.5) * d * 0.5, w * 0.5 * scale * dice.between(0.72, 0.92),
            d * 0.5 * scale * dice.between(0.6, 0.85));
      }
    if (chimney && dice.chance(0.25)) {
      Building stack = ruled(id(), BuildingClass::Industrial, dice.between(38, 62));
      put(std::move(stack), 0, 0, 4.4, 4.4);
    }
  }

  void port(double w, double d) {
    if (dice.chance(0.45)) {
      sheds(w, d, 1.0, false);
      return;
    }
    static const glm::vec3 paints[] = {
        {0.62f, 0.36f, 0.30f}, {0.36f, 0.48f, 0.60f}, {0.72f, 0.58f, 0.38f}, {0.44f, 0.55f, 0.50f}};
    for (double v = -d / 2 + 8; v < d / 2 - 8; v += 17)
      for (double u = -w / 2 + 12; u < w / 2 - 12; u += 27) {
        if (dice.chance(0.25)) continue;
        Building stack = ruled(id(), BuildingClass::Warehouse, 2.6 * dice.whole(1, 4));
        stack.colour = stack.roofColour = paints[dice.whole(0, 3)];
        put(std::move(stack), u, v, 24, 10);
      }
  }

  void village(double w, double d) {
    for (double v = -d / 2 + 5; v < d / 2 - 3; v += 10.6)
      for (double u = -w / 2 + 5.5; u < w / 2 - 4; u += 11.4) {
        if (dice.chance(0.07)) continue;
        Building b = house(BuildingClass::House, dice.whole(1, 3), 3.0,
                           dice.chance(0.55) ? RoofShape::Gabled : RoofShape::Flat, 0);
        if (b.roof == RoofShape::Gabled) {
          b.roofHeight = 2;
          b.height += 2;
          redRoof(b);
        }
        put(std::move(b), u, v, dice.between(8.6, 10.6), dice.between(7.8, 9.8));
      }
  }

  void block(double w, double d, double nearness) {
    grounds(w, d);
    switch (zone.quarter) {
      case Quarter::OldTown: return oldTown(w, d);
      case Quarter::Villa: return villas(w, d);
      case Quarter::Dense: return dense(w, d);
      case Quarter::Residential: return slabs(w, d, 5, 7, 23, 0.55);
      case Quarter::Estate: return dice.chance(0.3) ? points(w, d, 16, 27, 0.85) : slabs(w, d, 6, 11, 27, 0.2);
      case Quarter::Towers: return points(w, d, 22, 34, 0.8);
      case Quarter::SeaFront: return seaFront(w, d);
      case Quarter::Centre: return centre(w, d, nearness);
      case Quarter::Campus: return campus(w, d);
      case Quarter::Industry: return sheds(w, d, 1.0, true);
      case Quarter::Workshops: return dice.chance(0.35) ? slabs(w, d, 4, 6, 26, 0.0) : sheds(w, d, 0.92, false);
      case Quarter::Port: return port(w, d);
      case Quarter::Waterfront: return dice.chance(0.5) ? sheds(w, d, 0.9, false) : dense(w, d);
      case Quarter::Village: return village(w, d);
    }
  }

  void fill() {
    double stepU = grain.blockWidth + grain.street, stepV = grain.blockDepth + grain.street;
    int reachU = static_cast<int>(kReach / stepU) + 1, reachV = static_cast<int>(kReach / stepV) + 1;
    Turned whole(zone.at, zone.angleRadians);
    for (int j = -reachV; j <= reachV; ++j)
      for (int i = -reachU; i <= reachU; ++i) {
        glm::dvec2 middle = whole(i * stepU, j * stepV);
        double away = glm::distance(middle, zone.at);
        if (away > kReach || zoneAt(site.facts(), middle).first != index) continue;
        frame = Turned(middle, zone.angleRadians);
        dice = Dice(hash64(zone.name) ^ (static_cast<uint64_t>(i + 512) << 20) ^ static_cast<uint64_t>(j + 512));
        block(grain.blockWidth, grain.blockDepth, std::exp(-away * away / (450.0 * 450.0)));
      }
  }
};

//! Along the shore of ports and waterfronts the edge is stone: a band whose seaward half the sea cuts off.
void layQuays(const Facts& facts, const AddGround& ground) {
  constexpr float kWidth = 18;
  int count = 0;
  for (const Shore& shore : facts.shores) {
    if (shore.kind != "land") continue;
    for (const std::vector<glm::dvec2>& ring : shore.rings) {
      std::vector<glm::dvec2> run;
      auto flush = [&] {
        if (run.size() >= 2) {
          GroundFeature quay;
          quay.id = fmt::format("qd:quay:{}", ++count);
          quay.kind = GroundClass::Plaza;
          quay.widthMetres = kWidth;
          quay.line = run;
          ground(std::move(quay));
        }
        run.clear();
      };
      for (size_t i = 0; i <= ring.size(); ++i) {
        const glm::dvec2 p = ring[i % ring.size()];
        const auto [zone, border] = zoneAt(facts, planeFrom(p));
        const Quarter quarter = facts.zones[zone].quarter;
        const bool stone = (quarter == Quarter::Port || quarter == Quarter::Waterfront) &&
                           glm::distance(facts.zones[zone].at, planeFrom(p)) < kReach + 900;
        if (stone)
          run.push_back(p);
        else
          flush();
      }
      flush();
    }
  }
}

}  // namespace

Turned::Turned(glm::dvec2 middle, double angleRadians)
    : at(middle), cosine(std::cos(angleRadians)), sine(std::sin(angleRadians)) {}

std::vector<glm::dvec2> rectangle(const Turned& frame, double u, double v, double width, double depth) {
  double w = width / 2, d = depth / 2;
  return {lonLatFrom(frame(u - w, v - d)), lonLatFrom(frame(u + w, v - d)), lonLatFrom(frame(u + w, v + d)),
          lonLatFrom(frame(u - w, v + d))};
}

Building ruled(std::string id, BuildingClass kind, double height) {
  Building b;
  b.id = std::move(id);
  b.kind = kind;
  b.height = static_cast<float>(height);
  b.heightSource = HeightSource::Rule;
  return b;
}

void layOutTown(const Facts& facts, const Land& land, const AddBuilding& building, const AddGround& ground) {
  const std::vector<Street> streets = layOutStreets(facts, land);
  for (const Street& street : streets) {
    GroundFeature road;
    road.id = street.id;
    road.kind = street.kind;
    road.widthMetres = static_cast<float>(street.width);
    road.line = {lonLatFrom(street.from), lonLatFrom(street.to)};
    if (glm::distance(street.from, street.to) > 700)  // a long one follows the ground in pieces
      road.line.insert(road.line.begin() + 1, lonLatFrom((street.from + street.to) * 0.5));
    ground(std::move(road));
  }
  Site site(facts, land, streets);
  layQuays(facts, ground);
  for (size_t i = 0; i < facts.zones.size(); ++i) ZoneFiller{site, i, facts.zones[i], building, ground}.fill();
}

}  // namespace cm::tiling::demo
