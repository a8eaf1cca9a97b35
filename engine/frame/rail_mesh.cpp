#include "frame/rail_mesh.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <span>

#include "frame/below.h"
#include "frame/mesh_maker.h"
#include "shared/rail.h"

namespace cm::frame {
namespace {

constexpr double kChunkMetres = 900;
constexpr double kPierEvery = 32, kColumnEvery = 14;
// Where what stands changes, in metres of the rails above the ground.
constexpr double kViaductFrom = 3, kOpenFrom = 0.1, kBuriedBelow = -6.2;
constexpr double kTrackHalf = 2.1;  // from the middle to each track's

constexpr Colour kConcrete{172, 172, 168, shared::kRailMatter}, kPier{160, 160, 157, shared::kRailMatter},
    kBallast{62, 59, 56, shared::kRailMatter}, kEarth{92, 94, 74, shared::kRailMatter},
    kMouth{16, 17, 19, shared::kRailMatter}, kPlatform{186, 184, 178, shared::kRailMatter},
    kRoof{216, 218, 218, shared::kRailMatter}, kGlass{96, 122, 138, shared::kRailLamps},
    kLivery{255, 255, 255, shared::kRailLivery}, kTube{176, 182, 188, shared::kRailMatter},
    kFloor{120, 122, 126, shared::kRailMatter}, kWhite{226, 227, 226, shared::kRailMatter},
    kSkirt{52, 54, 58, shared::kRailMatter}, kWindows{18, 22, 28, shared::kRailWindows},
    kWindscreen{6, 7, 9, shared::kRailMatter}, kHeadlights{236, 226, 190, shared::kRailLamps};

//! A point of a cross-section: to the right of the track, above the rails. Sections are convex, counter-clockwise seen from behind.
using Section = std::vector<glm::dvec2>;

Section box(double left, double right, double low, double high) {
  return {{left, low}, {right, low}, {right, high}, {left, high}};
}

//! The path about one point: where it is, and to the right of it, on the level.
struct Stand {
  glm::dvec3 at{0}, right{1, 0, 0};
  double above = 0, along = 0;
  glm::dvec3 operator()(const glm::dvec2& p) const { return at + right * p.x + glm::dvec3(0, 0, p.y); }
};

Stand standAt(const RailPath& path, double along) {
  constexpr double kReach = 12;
  const RailPoint point = pointAt(path, along);
  const glm::dvec3 way = pointAt(path, along + kReach).at - pointAt(path, along - kReach).at;
  const double length = std::max(std::hypot(way.x, way.y), 1e-9);
  return {point.at, {way.y / length, -way.x / length, 0}, point.aboveGround(), along};
}

std::vector<glm::dvec3> placed(const Section& section, const Stand& stand) {
  std::vector<glm::dvec3> corners;
  for (const glm::dvec2& p : section) corners.push_back(stand(p));
  return corners;
}

//! One section along all of `stands`, closed at both ends.
void sweep(MeshMaker& maker, std::span<const Stand> stands, const Section& section, std::span<const Colour> colours) {
  for (size_t i = 1; i < stands.size(); ++i)
    maker.skin(placed(section, stands[i - 1]), placed(section, stands[i]), colours);
  std::vector<glm::dvec3> first = placed(section, stands.front()), last = placed(section, stands.back());
  maker.face(first, colours[0]);
  std::reverse(last.begin(), last.end());
  maker.face(last, colours[0]);
}
void sweep(MeshMaker& maker, std::span<const Stand> stands, const Section& section, const Colour& colour) {
  sweep(maker, stands, section, std::span(&colour, 1));
}

//! An upright block, `half` its size to the sides and along.
void block(MeshMaker& maker, const Stand& stand, double side, glm::dvec2 half, double low, double high,
           const Colour& colour) {
  const glm::dvec3 forward(-stand.right.y, stand.right.x, 0);
  std::array<Stand, 2> ends{stand, stand};
  ends[0].at -= forward * half.y;
  ends[1].at += forward * half.y;
  sweep(maker, ends, box(side - half.x, side + half.x, low, high), colour);
}

enum class Works : uint8_t { Viaduct, Embankment, Mouth, Tunnel };

Works worksAt(const RailPath& path, const RailPoint& point) {
  const double above = point.aboveGround();
  if (!path.stated || above < kBuriedBelow) return path.stated ? Works::Tunnel : Works::Embankment;
  return above >= kViaductFrom ? Works::Viaduct : above >= kOpenFrom ? Works::Embankment : Works::Mouth;
}

void tracks(MeshMaker& maker, std::span<const Stand> stands) {
  for (const double side : {-kTrackHalf, kTrackHalf}) {
    const Section bed{{side - 1.35, -0.5}, {side + 1.35, -0.5}, {side + 1.2, -0.12}, {side - 1.2, -0.12}};
    sweep(maker, stands, bed, kBallast);
    for (const double rail : {-0.7175, 0.7175})
      sweep(maker, stands, box(side + rail - 0.05, side + rail + 0.05, -0.12, 0.0), kSkirt);
  }
}

void viaduct(MeshMaker& maker, std::span<const Stand> stands) {
  sweep(maker, stands, {{-4.7, -0.75}, {-2.3, -2.3}, {2.3, -2.3}, {4.7, -0.75}, {4.7, -0.35}, {-4.7, -0.35}},
        kConcrete);
  for (const double side : {-4.55, 4.55}) {
    sweep(maker, stands, box(side - 0.15, side + 0.15, -0.35, 0.45), kWhite);
    sweep(maker, stands, box(side - 0.2, side + 0.2, 0.45, 0.8), kLivery);
  }
}

void pier(MeshMaker& maker, const Stand& stand) {
  block(maker, stand, 0, {2.2, 0.9}, -3.3, -2.3, kPier);
  block(maker, stand, 0, {1.15, 0.75}, -stand.above - 5, -3.3, kPier);
}

void embankment(MeshMaker& maker, std::span<const Stand> stands) {
  sweep(maker, stands, {{-9.5, -4.2}, {9.5, -4.2}, {4.9, -0.35}, {-4.9, -0.35}}, kEarth);
}

//! The covered ramp into a tunnel: its front is dark, and a train goes in there.
void mouth(MeshMaker& maker, std::span<const Stand> stands, bool open) {
  const Section hood{{-5.6, -3}, {5.6, -3}, {5.6, 5.2}, {4.6, 6.2}, {-4.6, 6.2}, {-5.6, 5.2}};
  sweep(maker, stands, hood, kConcrete);
  if (!open) return;
  for (const bool back : {false, true}) {
    const Stand& end = back ? stands.back() : stands.front();
    if (end.above < kBuriedBelow + 3) continue;
    const glm::dvec3 out = glm::dvec3(-end.right.y, end.right.x, 0) * (back ? 0.06 : -0.06);
    std::vector<glm::dvec3> dark =
        placed({{-4.6, -0.2}, {4.6, -0.2}, {4.6, 4.6}, {3.8, 5.4}, {-3.8, 5.4}, {-4.6, 4.6}}, end);
    for (glm::dvec3& corner : dark) corner += out;
    if (back) std::reverse(dark.begin(), dark.end());
    maker.face(dark, kMouth);
  }
}

//! Two platforms under one roof; on a viaduct the hall is below.
void station(MeshMaker& maker, const RailPath& path, double stop) {
  const double half = path.service.trainMetres / 2 + 8;
  const double from = std::max(0.0, stop - half), to = std::min(path.lengthMetres(), stop + half);
  std::vector<Stand> stands, hall;
  const int pieces = std::max(2, int(std::ceil((to - from) / 20)));
  for (int i = 0; i <= pieces; ++i) stands.push_back(standAt(path, std::lerp(from, to, double(i) / pieces)));
  for (const double side : {-1.0, 1.0}) {
    const auto sided = [&](double near, double far, double low, double high) {
      return box(std::min(side * near, side * far), std::max(side * near, side * far), low, high);
    };
    sweep(maker, stands, sided(3.75, 8.4, -2.3, 1.05), kPlatform);
    sweep(maker, stands, sided(8.2, 8.4, 1.05, 3.4), kGlass);
    sweep(maker, stands, sided(9.3, 9.5, 6.1, 6.8), kLivery);
    for (double at = from + 4; at < to - 2; at += kColumnEvery)
      block(maker, standAt(path, at), side * 7.4, {0.2, 0.2}, 1.05, 6.6, kWhite);
  }
  sweep(maker, stands, {{-9.3, 6.2}, {9.3, 6.2}, {9.3, 6.7}, {5.0, 7.7}, {-5.0, 7.7}, {-9.3, 6.7}}, kRoof);
  const Stand middle = standAt(path, stop);
  if (middle.above < 6) return;
  const double hallHalf = std::min(half * 0.55, 45.0);
  for (const double share : {-1.0, 0.0, 1.0})
    hall.push_back(standAt(path, std::clamp(stop + share * hallHalf, from, to)));
  const double floor = -middle.above - 2;
  sweep(maker, hall, box(-8.0, 8.0, floor, -2.3), kPlatform);
  for (const double side : {-1.0, 1.0})
    sweep(maker, hall,
          box(std::min(side * 8.0, side * 8.15), std::max(side * 8.0, side * 8.15), -middle.above + 1, -3.2), kGlass);
}

// What is below is drawn cut open: only faces that look away from the eye are seen, as the inside of a room is through its near wall.

//! A station below the ground: two platforms in a box wider than the tunnel, and ways up to the street.
void stationBox(MeshMaker& maker, const RailPath& path, double stop) {
  const double half = path.service.trainMetres / 2 + 12;
  const double from = std::max(0.0, stop - half), to = std::min(path.lengthMetres(), stop + half);
  std::vector<Stand> stands;
  const int pieces = std::max(2, int(std::ceil((to - from) / 30)));
  for (int i = 0; i <= pieces; ++i) stands.push_back(standAt(path, std::lerp(from, to, double(i) / pieces)));
  const std::array<Colour, 4> colours{kFloor, kRoof, kRoof, kRoof};
  sweep(maker, stands, box(-10.5, 10.5, -1.6, 7.5), colours);
  for (const double side : {-1.0, 1.0}) {
    sweep(maker, stands, box(side * 6.2 - 2.4, side * 6.2 + 2.4, 1.05, 1.1), kWhite);
    sweep(maker, stands, box(side * 10.3 - 0.1, side * 10.3 + 0.1, 3.2, 5.2), kLivery);
    for (const double height : {-1.6, 7.5})
      sweep(maker, stands, box(side * 10.5 - 0.3, side * 10.5 + 0.3, height - 0.3, height + 0.3), kWhite);
  }
  for (const double at : {from + 8, to - 8}) {
    const Stand stand = standAt(path, at);
    if (const double street = -stand.above + 0.4; street > 9) block(maker, stand, 7, {2.4, 4.5}, 7.5, street, kTube);
  }
}

void tunnel(MeshMaker& maker, std::span<const Stand> stands) {
  constexpr int kSides = 12;
  constexpr double kPi = 3.14159265358979;
  Section tube;
  for (int i = 0; i < kSides; ++i) {
    const double angle = 2 * kPi * (i + 0.5) / kSides - kPi / 2;
    tube.emplace_back(5.4 * std::cos(angle), 2.6 + 3.7 * std::sin(angle));
  }
  // The floor is the ring's last side.
  std::vector<Colour> colours(kSides, kLivery);
  colours.back() = kFloor;
  sweep(maker, stands, tube, colours);
}

//! Cuts a path into chunks of one kind of works and hands each to `make`.
class PathWorks {
 public:
  PathWorks(const std::vector<RailPath>& paths, size_t index, bool underground, RailWorks& out)
      : path_(paths[index]), index_(index), underground_(underground), out_(out) {}

  void run() {
    const std::vector<RailPoint>& points = path_.points;
    for (size_t first = 0; first + 1 < points.size();) {
      const Works works = worksAt(path_, points[first]);
      size_t last = first + 1;
      while (last + 1 < points.size() && worksAt(path_, points[last]) == works &&
             points[last].alongMetres - points[first].alongMetres < kChunkMetres)
        ++last;
      stretch(works, first, last);
      first = last;
    }
    for (size_t s = 0; s < path_.stopMetres.size(); ++s) {
      if (!path_.stopIsStation[s] || !path_.stated) continue;
      const double stop = path_.stopMetres[s];
      const double above = pointAt(path_, stop).aboveGround();
      if ((above > kBuriedBelow && above < kOpenFrom) || (above < 0) != underground_) continue;
      chunk(pointAt(path_, stop).at, [&](MeshMaker& maker) {
        if (underground_)
          stationBox(maker, path_, stop);
        else
          station(maker, path_, stop);
      });
    }
  }

 private:
  void stretch(Works works, size_t first, size_t last) {
    if ((works == Works::Tunnel) != underground_) return;
    std::vector<Stand> stands;
    for (size_t i = first; i <= last; ++i) stands.push_back(standAt(path_, path_.points[i].alongMetres));
    chunk(path_.points[(first + last) / 2].at, [&](MeshMaker& maker) {
      if (works == Works::Tunnel) return tunnel(maker, stands);
      if (works != Works::Mouth && path_.stated) tracks(maker, stands);
      if (works == Works::Embankment && path_.stated) embankment(maker, stands);
      if (works == Works::Mouth) mouth(maker, stands, true);
      if (works != Works::Viaduct) return;
      viaduct(maker, stands);
      const double from = stands.front().along, to = stands.back().along;
      for (double at = std::ceil(from / kPierEvery) * kPierEvery; at < to; at += kPierEvery) {
        const Stand stand = standAt(path_, at);
        if (stand.above > kViaductFrom - 0.5) pier(maker, stand);
      }
    });
  }

  template <class Make>
  void chunk(const glm::dvec3& middle, const Make& make) {
    RailChunk made{.path = index_, .middle = middle, .firstIndex = static_cast<uint32_t>(out_.mesh.indices.size())};
    const size_t firstVertex = out_.mesh.vertices.size();
    MeshMaker maker(out_.mesh, middle);
    make(maker);
    made.indexCount = static_cast<uint32_t>(out_.mesh.indices.size()) - made.firstIndex;
    if (made.indexCount == 0) return;
    if (underground_) sink(middle, firstVertex);
    for (size_t v = firstVertex; v < out_.mesh.vertices.size(); ++v)
      made.radiusMetres = std::max(made.radiusMetres, double(glm::length(out_.mesh.vertices[v].position)));
    out_.chunks.push_back(made);
  }

  //! A piece of the path between two of its points.
  struct Piece {
    glm::dvec2 from, way;
    double perLength;  // way / its squared length
    const RailPoint *a, *b;
  };

  //! Writes into the corners of a chunk below the ground how deep they sink.
  void sink(const glm::dvec3& middle, size_t firstVertex) {
    std::vector<Piece> near;  // a city's line has thousands more
    for (size_t i = 1; i < path_.points.size(); ++i) {
      const RailPoint &a = path_.points[i - 1], &b = path_.points[i];
      const glm::dvec2 way(b.at - a.at);
      if (glm::distance(glm::dvec2(a.at), glm::dvec2(middle)) <= kChunkMetres)
        near.push_back({glm::dvec2(a.at), way, 1 / std::max(glm::dot(way, way), 1e-9), &a, &b});
    }
    for (size_t v = firstVertex; v < out_.mesh.vertices.size(); ++v) {
      RailVertex& vertex = out_.mesh.vertices[v];
      const double sinks = sinksAt(middle + glm::dvec3(vertex.position), near);
      vertex.normal[3] = int8_t(std::lround(std::min(sinks / double(shared::kRailSinksMost), 1.0) * 127));
    }
  }

  //! How far below kSinksBelow the rails are that a corner of a chunk belongs to; none where it is at the street.
  static double sinksAt(const glm::dvec3& corner, const std::vector<Piece>& near) {
    constexpr double kStreetMetres = 1.5;
    double nearest = 1e36, share = 0;
    const Piece* piece = nullptr;
    for (const Piece& p : near) {
      const glm::dvec2 to = glm::dvec2(corner) - p.from;
      const double t = std::clamp(glm::dot(to, p.way) * p.perLength, 0.0, 1.0);
      const glm::dvec2 apart = to - p.way * t;
      if (const double away = glm::dot(apart, apart); away < nearest) nearest = away, share = t, piece = &p;
    }
    if (!piece) return 0;
    const double depth = -std::lerp(piece->a->aboveGround(), piece->b->aboveGround(), share);
    const double ground = std::lerp(piece->a->groundMetres, piece->b->groundMetres, share);
    return corner.z > ground - kStreetMetres ? 0 : sinksOf(depth);
  }

  const RailPath& path_;
  const size_t index_;
  const bool underground_;
  RailWorks& out_;
};

}  // namespace

RailWorks railWorks(const std::vector<RailPath>& paths, bool underground) {
  RailWorks works;
  for (size_t i = 0; i < paths.size(); ++i) PathWorks(paths, i, underground, works).run();
  return works;
}

double carMetres(Car car) { return car == Car::FastMiddle || car == Car::FastEnd ? 26.0 : 20.0; }

RailMesh carMesh(Car car) {
  const bool fast = car == Car::FastMiddle || car == Car::FastEnd, end = car == Car::MetroEnd || car == Car::FastEnd;
  // Half the body's outline from below to the middle of the roof, and what each strip is.
  const std::vector<glm::dvec2> half{{1.25, 0.25}, {1.46, 0.95}, {1.52, 1.75}, {1.50, 2.65},
                                     {1.40, 3.10}, {0.95, 3.62}, {0.0, 3.80}};
  const std::vector<Colour> strips{kSkirt, kLivery, kWindows, kLivery, kWhite, kWhite};
  Section section;
  std::vector<Colour> colours;
  for (size_t i = 0; i + 1 < half.size(); ++i) {
    section.push_back({half[i].x, half[i].y});
    colours.push_back(strips[i]);
  }
  section.push_back({0, half.back().y});
  colours.push_back(strips.back());
  for (size_t i = half.size() - 1; i-- > 0;) {
    section.push_back({-half[i].x, half[i].y});
    colours.push_back(i > 0 ? strips[i - 1] : kSkirt);
  }
  // Along: metres forward, width and height against the middle's. The couplings leave a hand's breadth.
  struct Rib {
    double forward, wide, high;
  };
  const double back = -carMetres(car) / 2 + 0.22, front = -back;
  std::vector<Rib> ribs{{back, 0.93, 0.97}, {back + 0.25, 1, 1}};
  if (!end)
    ribs.insert(ribs.end(), {{front - 0.25, 1, 1}, {front, 0.93, 0.97}});
  else if (fast)
    ribs.insert(ribs.end(), {{front - 8.5, 1, 1},
                             {front - 5.5, 0.95, 0.90},
                             {front - 2.6, 0.78, 0.66},
                             {front - 0.8, 0.52, 0.43},
                             {front, 0.22, 0.30}});
  else
    ribs.insert(ribs.end(), {{front - 1.9, 1, 1}, {front - 0.7, 0.95, 0.93}, {front, 0.84, 0.72}});
  const auto placedAt = [&](const Rib& rib) {
    std::vector<glm::dvec3> corners;
    for (const glm::dvec2& p : section)
      corners.emplace_back(rib.forward, -p.x * rib.wide, 0.25 + (p.y - 0.25) * rib.high);
    return corners;
  };
  RailMesh mesh;
  MeshMaker maker(mesh, glm::dvec3(0));
  for (size_t i = 1; i < ribs.size(); ++i) {
    std::vector<Colour> skin = colours;
    // A coupling's bellows are dark; a fast train's nose has no windows.
    const bool bellows = i == 1 || (!end && i + 1 == ribs.size()), nose = end && fast && i + 2 >= ribs.size();
    for (Colour& colour : skin)
      if (bellows)
        colour = kSkirt;
      else if (nose && colour == kWindows)
        colour = kLivery;
    maker.skin(placedAt(ribs[i - 1]), placedAt(ribs[i]), skin);
  }
  std::vector<glm::dvec3> first = placedAt(ribs.front()), last = placedAt(ribs.back());
  maker.face(first, kSkirt);
  std::reverse(last.begin(), last.end());
  maker.face(last, end ? kWhite : kSkirt);
  if (end && !fast) {
    const double x = front + 0.02;
    maker.face(std::array{glm::dvec3(x, -1.14, 1.35), glm::dvec3(x, 1.14, 1.35), glm::dvec3(x, 1.02, 2.3),
                          glm::dvec3(x, 0.7, 2.62), glm::dvec3(x, -0.7, 2.62), glm::dvec3(x, -1.02, 2.3)},
               kWindscreen);
    for (const double side : {-1.0, 1.0}) {
      const double y = side * 0.85;
      maker.face(std::array{glm::dvec3(x, y - 0.18, 0.75), glm::dvec3(x, y + 0.18, 0.75), glm::dvec3(x, y + 0.18, 1.05),
                            glm::dvec3(x, y - 0.18, 1.05)},
                 kHeadlights);
    }
  }
  return mesh;
}

}  // namespace cm::frame
