#include "tiling/demo_schemes.h"

#include <fmt/format.h>

#include <cmath>

#include "tiling/demo_town.h"

namespace cm::tiling::demo {
namespace {

using Ring = std::vector<glm::dvec2>;
const glm::vec3 kNewWall{0.97f, 0.95f, 0.91f}, kGreenRoof{0.58f, 0.70f, 0.47f}, kTile{0.70f, 0.36f, 0.27f},
    kGlass{0.74f, 0.83f, 0.86f};

//! Draws one scheme in its own turned rectangle; every function adds to the phase that is open.
struct Drawing {
  const Scheme& scheme;
  Turned frame{scheme.at, scheme.angleRadians};
  Massing massing{};
  size_t phase = 0;
  int count = 0;
  Dice dice{hash64(scheme.project.id)};

  double w() const { return scheme.halfWidth; }
  double d() const { return scheme.halfDepth; }
  SchemePhase& now() { return massing.phases[phase]; }

  Ring ring(std::initializer_list<glm::dvec2> local) const {
    Ring out;
    for (glm::dvec2 p : local) out.push_back(lonLatFrom(frame(p.x, p.y)));
    return out;
  }
  Ring box(double u, double v, double width, double depth) const { return rectangle(frame, u, v, width, depth); }
  Ring rounded(double u, double v, double width, double depth, double corner) const {
    Ring out;
    for (int quadrant = 0; quadrant < 4; ++quadrant) {
      double cu = (quadrant == 0 || quadrant == 3 ? 1 : -1) * (width / 2 - corner);
      double cv = (quadrant < 2 ? 1 : -1) * (depth / 2 - corner);
      for (int k = 0; k <= 4; ++k) {
        double a = (quadrant + k / 4.0) * 1.5707963267948966;
        out.push_back(lonLatFrom(frame(u + cu + corner * std::cos(a), v + cv + corner * std::sin(a))));
      }
    }
    return out;
  }
  //! A band along a polyline in local metres; `shore`: as still water lies, narrow towards its ends.
  Ring band(const std::vector<glm::dvec2>& line, double fullWidth, bool shore = false) const {
    Ring left, right;
    for (size_t i = 0; i < line.size(); ++i) {
      const double along = (double(i) + 0.5) / double(line.size());
      const double width = fullWidth * (shore ? std::sqrt(std::sin(3.14159265358979 * along)) : 1.0);
      glm::dvec2 t = glm::normalize(line[std::min(i + 1, line.size() - 1)] - line[i ? i - 1 : 0]);
      glm::dvec2 n = glm::dvec2(-t.y, t.x) * (width / 2);
      left.push_back(lonLatFrom(frame(line[i].x + n.x, line[i].y + n.y)));
      right.push_back(lonLatFrom(frame(line[i].x - n.x, line[i].y - n.y)));
    }
    right.insert(right.end(), left.rbegin(), left.rend());
    return right;
  }
  std::vector<glm::dvec2> wave(double fromU, double toU, double v, double swing, double length) const {
    std::vector<glm::dvec2> line;
    for (int i = 0; i <= 40; ++i) {
      double u = fromU + (toU - fromU) * i / 40.0;
      line.push_back({u, v + swing * std::sin(u / length)});
    }
    return line;
  }

  void ground(const char* kind, Ring outline) { now().ground.push_back({kind, {std::move(outline)}}); }
  void remove(city::Polygon polygon) { now().removed.push_back(std::move(polygon)); }

  Building& put(BuildingClass kind, Ring outline, double from, double to) {
    Building b = ruled(fmt::format("{}:{}:{}", scheme.project.id, phase + 1, ++count), kind, to);
    b.minHeight = static_cast<float>(from);
    if (from == 0) ground("plaza", outline);  // what it stands on
    b.rings = {std::move(outline)};
    b.colour = kNewWall;
    now().buildings.push_back(std::move(b));
    return now().buildings.back();
  }

  //! Podium, shaft, two setbacks and a crown: the massing of a real tower rather than one box.
  void tower(double u, double v, double width, double depth, double podium, double height, BuildingClass kind) {
    put(BuildingClass::Retail, box(u, v, width * 1.7, depth * 1.75), 0, podium).roofColour = kGreenRoof;
    put(kind, box(u, v, width, depth), podium, height * 0.72);
    put(kind, box(u, v, width * 0.86, depth * 0.86), height * 0.72, height * 0.9);
    put(kind, box(u + width * 0.04, v, width * 0.62, depth * 0.7), height * 0.9, height).colour = kGlass;
  }
  void slab(double u, double v, double width, double depth, double height, BuildingClass kind) {
    put(kind, box(u, v, width, depth), 0, height * 0.8);
    put(kind, box(u - width * 0.08, v, width * 0.72, depth), height * 0.8, height).roofColour = kGreenRoof;
  }
  void court(double u, double v, double width, double depth, double wing, double height, BuildingClass kind,
             bool tiled) {
    Building& b = put(kind, box(u, v, width, depth), 0, height);
    Ring inner = box(u, v, width - 2 * wing, depth - 2 * wing);
    b.rings.push_back(Ring(inner.rbegin(), inner.rend()));
    if (tiled)
      b.roofColour = kTile;
    else
      b.roofColour = kGreenRoof;
  }
  void tiled(double u, double v, double width, double depth, double eaves) {
    Building& b = put(BuildingClass::Historic, box(u, v, width, depth), 0, eaves + 3);
    b.roof = RoofShape::Gabled;
    b.roofHeight = 3;
    b.roofColour = kTile;
    b.colour = glm::vec3(0.94f, 0.89f, 0.79f);
  }

  void rebuild();
  void renewal();
  void historic();
  void waterfront();
  void innovation();
};

void Drawing::rebuild() {
  remove({box(0, d() / 2, 2 * w(), d())});
  ground("land", box(0, d() / 2, 2 * w(), d()));  // the old lanes go with the houses
  ground("green", rounded(0, d() * 0.08, 1.9 * w(), d() * 0.34, 40));
  ground("water", band(wave(-0.9 * w(), 0.9 * w(), d() * 0.08, 22, 95), 30, true));
  ground("path", band(wave(-w(), w(), d() * 0.08 + 34, 20, 95), 5));
  ground("path", band(wave(-w(), w(), d() * 0.08 - 34, 20, 95), 5));
  for (int i = 0; i < 6; ++i) {
    double u = -w() + (i + 0.5) * 2 * w() / 6;
    ground("green", rounded(u, d() * 0.66, w() * 0.27, d() * 0.5, 14));
    tower(u, d() * (0.5 + 0.08 * (i % 2)), 30, 17, 9, 84 - 9 * (i % 3), BuildingClass::Apartments);
    slab(u, d() * 0.86, 46, 14, 33 + 3 * (i % 2), BuildingClass::Apartments);
  }
  ground("path", band({{-w(), d() * 0.38}, {w(), d() * 0.38}}, 7));
  phase = 1;
  remove({box(0, -d() / 2, 2 * w(), d())});
  ground("land", box(0, -d() / 2, 2 * w(), d()));
  ground("green", rounded(-w() * 0.66, -d() * 0.48, w() * 0.6, d() * 0.9, 30));
  ground("plaza", rounded(-w() * 0.62, -d() * 0.52, w() * 0.46, d() * 0.5, 20));
  ground("plaza", rounded(-w() * 0.1, -d() * 0.55, w() * 0.5, d() * 0.5, 24));
  ground("green", rounded(w() * 0.62, -d() * 0.55, w() * 0.62, d() * 0.7, 24));
  ground("path", band({{-w() * 0.1, -d()}, {-w() * 0.1, d() * 0.3}}, 8));
  tower(-w() * 0.75, -d() * 0.62, 34, 34, 18, 128, BuildingClass::Office);
  tower(-w() * 0.48, -d() * 0.42, 28, 26, 14, 96, BuildingClass::Hotel);
  slab(-w() * 0.12, -d() * 0.85, 120, 26, 22, BuildingClass::Retail);
  court(w() * 0.3, -d() * 0.5, 92, 74, 15, 18, BuildingClass::School, false);
  slab(w() * 0.75, -d() * 0.85, 86, 16, 14, BuildingClass::School);
}

void Drawing::renewal() {
  // The oldest rows go; everything else stays.
  remove({box(-w() * 0.45, d() * 0.55, w() * 0.9, d() * 0.5)});
  ground("green", rounded(-w() * 0.45, d() * 0.55, w() * 0.9, d() * 0.52, 18));
  tower(-w() * 0.68, d() * 0.6, 32, 17, 8, 66, BuildingClass::Apartments);
  tower(-w() * 0.28, d() * 0.52, 32, 17, 8, 72, BuildingClass::Apartments);
  slab(-w() * 0.48, d() * 0.78, 70, 13, 18, BuildingClass::Public);
  phase = 1;
  remove({box(w() * 0.35, -d() * 0.1, w() * 0.6, d() * 0.55)});
  ground("green", rounded(w() * 0.35, -d() * 0.1, w() * 0.6, d() * 0.55, 30));
  ground("plaza", rounded(w() * 0.2, -d() * 0.1, w() * 0.22, d() * 0.36, 16));
  ground("path", band(wave(-w(), w(), -d() * 0.42, 14, 80), 5));
  ground("path", band({{w() * 0.1, -d()}, {w() * 0.12, d()}}, 6));
  court(w() * 0.5, -d() * 0.05, 58, 46, 12, 13, BuildingClass::Public, false);
  put(BuildingClass::Public, box(w() * 0.5, -d() * 0.05 - 17, 34, 12), 13, 19).roofColour = kGreenRoof;
  slab(w() * 0.3, d() * 0.12, 40, 14, 11, BuildingClass::School);
}

void Drawing::historic() {
  remove({box(-w() * 0.35, d() * 0.5, w() * 0.7, d() * 0.42)});
  ground("plaza", rounded(-w() * 0.35, d() * 0.5, w() * 0.7, d() * 0.42, 8));
  for (int i = 0; i < 3; ++i) {
    double u = -w() * 0.35 + (i - 1) * 46;
    tiled(u, d() * 0.5 + 24, 34, 10, 7);
    tiled(u - 14, d() * 0.5, 9, 34, 6.5);
    tiled(u + 4, d() * 0.5 - 25, 30, 9, 6);
  }
  phase = 1;
  remove({box(w() * 0.4, -d() * 0.35, w() * 0.75, d() * 0.5)});
  ground("plaza", rounded(w() * 0.4, -d() * 0.35, w() * 0.75, d() * 0.5, 16));
  ground("green", rounded(w() * 0.4, -d() * 0.35, w() * 0.34, d() * 0.24, 20));
  ground("path", band({{-w() * 0.02, -d()}, {0, -d() * 0.3}, {w() * 0.02, d() * 0.3}, {0, d()}}, 9));
  ground("path", band({{-w(), -d() * 0.02}, {w(), d() * 0.02}}, 7));
  court(w() * 0.66, -d() * 0.35, 44, 58, 10, 9, BuildingClass::Historic, true);
  tiled(w() * 0.4, -d() * 0.56, 52, 11, 7);
  tiled(w() * 0.18, -d() * 0.3, 11, 48, 7);
  put(BuildingClass::Public, box(w() * 0.4, -d() * 0.14, 26, 20), 0, 8).roof = RoofShape::Pyramidal;
}

void Drawing::waterfront() {
  remove({box(-w() * 0.5, 0, w(), 2 * d())});
  ground("land", box(-w() * 0.5, 0, w(), 2 * d()));
  ground("green", rounded(-w() * 0.52, 0, w() * 0.9, 1.86 * d(), 50));
  ground("path", band({{-w() * 0.9, -d()}, {-w() * 0.82, -d() * 0.3}, {-w() * 0.86, d() * 0.4}, {-w() * 0.8, d()}}, 9));
  ground("plaza", rounded(-w() * 0.55, d() * 0.42, w() * 0.6, d() * 0.44, 30));
  for (int i = 0; i < 5; ++i) {  // the cruise centre: a row of shells, each a little higher
    Building& b = put(BuildingClass::Transport, box(-w() * 0.78 + i * 32, d() * 0.45, 28, 74), 0, 16 + 2.4 * i);
    b.roof = RoofShape::Round;
    b.roofHeight = 7;
  }
  phase = 1;
  remove({box(w() * 0.5, 0, w(), 2 * d())});
  ground("land", box(w() * 0.5, 0, w(), 2 * d()));
  ground("plaza", rounded(w() * 0.45, -d() * 0.1, w() * 0.9, d() * 0.5, 30));
  ground("green", rounded(w() * 0.5, -d() * 0.72, w() * 0.9, d() * 0.44, 34));
  ground("water", rounded(w() * 0.2, -d() * 0.1, w() * 0.24, d() * 0.26, 24));
  ground("path", band({{-w(), -d() * 0.1}, {w(), -d() * 0.1}}, 12));
  Building& hall = put(BuildingClass::Public, rounded(-w() * 0.45, -d() * 0.5, 84, 84, 41), 0, 34);
  hall.roof = RoofShape::Dome;
  hall.roofHeight = 24;
  put(BuildingClass::Public, rounded(-w() * 0.45, -d() * 0.5, 116, 116, 57), 0, 8).roofColour = kGreenRoof;
  tower(w() * 0.72, d() * 0.5, 34, 24, 16, 118, BuildingClass::Hotel);
  tower(w() * 0.36, d() * 0.66, 30, 22, 14, 88, BuildingClass::Office);
  slab(w() * 0.76, -d() * 0.32, 78, 22, 26, BuildingClass::Retail);
  slab(w() * 0.6, d() * 0.12, 96, 18, 18, BuildingClass::Retail);
}

void Drawing::innovation() {
  // Six old halls stay: holes in what is removed.
  city::Polygon north{box(0, d() / 2, 2 * w(), d())}, south{box(0, -d() / 2, 2 * w(), d())};
  auto keep = [&](city::Polygon& polygon, double u, double v, double width, double depth) {
    Ring hole = box(u, v, width, depth);
    polygon.push_back(Ring(hole.rbegin(), hole.rend()));
  };
  for (double u : {-0.6, 0.0, 0.6}) {
    keep(north, u * w(), d() * 0.3, w() * 0.42, d() * 0.36);
    keep(south, u * w(), -d() * 0.3, w() * 0.42, d() * 0.36);
  }
  remove(std::move(north));
  ground("green", rounded(0, 0, 1.94 * w(), d() * 0.17, 18));
  ground("path", band(wave(-w(), w(), 0, 8, 60), 6));
  for (double u : {-0.62, 0.0, 0.62}) {
    ground("plaza", rounded(u * w(), d() * 0.78, w() * 0.5, d() * 0.34, 14));
    court(u * w(), d() * 0.78, 76, 48, 13, 20 + (u == 0.0 ? 8 : 0), BuildingClass::Office, false);
    Building& saw = put(BuildingClass::Public, box(u * w() + 52, d() * 0.74, 14, 40), 0, 13);
    saw.roof = RoofShape::Skillion;
    saw.roofHeight = 4;
    saw.colour = glm::vec3(0.78f, 0.52f, 0.42f);
  }
  phase = 1;
  remove(std::move(south));
  ground("green", rounded(-w() * 0.5, -d() * 0.78, w() * 0.7, d() * 0.34, 20));
  ground("plaza", rounded(w() * 0.45, -d() * 0.78, w() * 0.8, d() * 0.34, 20));
  ground("path", band({{0, -d()}, {0, d()}}, 8));
  tower(w() * 0.72, -d() * 0.76, 32, 32, 15, 104, BuildingClass::Office);
  tower(w() * 0.38, -d() * 0.8, 26, 24, 12, 68, BuildingClass::Office);
  slab(-w() * 0.25, -d() * 0.82, 84, 18, 30, BuildingClass::Office);
  court(-w() * 0.7, -d() * 0.78, 72, 46, 12, 22, BuildingClass::Office, false);
}

}  // namespace

Massing massingOf(const Scheme& scheme) {
  Drawing drawing{scheme};
  drawing.massing.boundary = {{drawing.rounded(0, 0, 2 * scheme.halfWidth + 20, 2 * scheme.halfDepth + 20, 36)}};
  switch (scheme.layout) {
    case Layout::Rebuild: drawing.rebuild(); break;
    case Layout::Renewal: drawing.renewal(); break;
    case Layout::Historic: drawing.historic(); break;
    case Layout::Waterfront: drawing.waterfront(); break;
    case Layout::Innovation: drawing.innovation(); break;
  }
  return drawing.massing;
}

}  // namespace cm::tiling::demo
