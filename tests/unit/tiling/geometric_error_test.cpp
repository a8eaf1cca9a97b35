// A tile's geometricError is a promise: no point of the leaves below it is farther from what the tile draws. It is measured
// here on the tiles as they were written, over every interior tile of a made-up city and of a real one.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "source/tileset.h"
#include "support/test_data.h"
#include "tiling/builder.h"
#include "tiling/geometry.h"
#include "tiling/readers.h"

namespace cm::tiling {
namespace {

constexpr double kAllowanceMetres = 0.02;
// A view is filled by about a dozen parents.
constexpr size_t kMostInteriorTriangles = 19'000;

struct Triangle {
  glm::dvec3 a, b, c;
  source::Surface surface = source::Surface::Authored;
  double area() const { return glm::length(glm::cross(b - a, c - a)) / 2; }
};

double distanceToSegment(const glm::dvec3& p, const glm::dvec3& a, const glm::dvec3& b) {
  glm::dvec3 along = b - a;
  double square = glm::dot(along, along);
  double t = square > 0 ? std::clamp(glm::dot(p - a, along) / square, 0.0, 1.0) : 0;
  return glm::length(p - a - t * along);
}

double distanceTo(const Triangle& triangle, const glm::dvec3& p) {
  glm::dvec3 normal = glm::cross(triangle.b - triangle.a, triangle.c - triangle.a);
  double size = glm::length(normal);
  if (size > 1e-12) {
    normal /= size;
    bool inside = glm::dot(glm::cross(triangle.b - triangle.a, p - triangle.a), normal) >= 0 &&
                  glm::dot(glm::cross(triangle.c - triangle.b, p - triangle.b), normal) >= 0 &&
                  glm::dot(glm::cross(triangle.a - triangle.c, p - triangle.c), normal) >= 0;
    if (inside) return std::abs(glm::dot(p - triangle.a, normal));
  }
  return std::min({distanceToSegment(p, triangle.a, triangle.b), distanceToSegment(p, triangle.b, triangle.c),
                   distanceToSegment(p, triangle.c, triangle.a)});
}

//! Triangles in a tree of boxes, for the nearest one to a point.
class Nearest {
 public:
  explicit Nearest(std::vector<Triangle> triangles) : triangles_(std::move(triangles)) {
    if (!triangles_.empty()) split(0, triangles_.size());
  }
  double from(const glm::dvec3& p) const {
    double best = std::numeric_limits<double>::max();
    if (!nodes_.empty()) look(0, p, best);
    return best;
  }

 private:
  struct Node {
    glm::dvec3 lo{std::numeric_limits<double>::max()}, hi{-std::numeric_limits<double>::max()};
    size_t first = 0, last = 0, right = 0;  // right 0: holds the triangles itself
    double away(const glm::dvec3& p) const { return glm::length(glm::max(glm::max(lo - p, p - hi), glm::dvec3(0))); }
  };

  size_t split(size_t first, size_t last) {
    size_t index = nodes_.size();
    Node node;
    node.first = first;
    node.last = last;
    for (size_t i = first; i < last; ++i)
      for (const glm::dvec3& p : {triangles_[i].a, triangles_[i].b, triangles_[i].c}) {
        node.lo = glm::min(node.lo, p);
        node.hi = glm::max(node.hi, p);
      }
    nodes_.push_back(node);
    if (last - first <= 8) return index;
    glm::dvec3 size = node.hi - node.lo;
    int axis = size.x > size.y ? (size.x > size.z ? 0 : 2) : (size.y > size.z ? 1 : 2);
    size_t middle = (first + last) / 2;
    auto at = [&](size_t i) { return triangles_.begin() + static_cast<std::ptrdiff_t>(i); };
    std::nth_element(at(first), at(middle), at(last), [axis](const Triangle& s, const Triangle& t) {
      return s.a[axis] + s.b[axis] + s.c[axis] < t.a[axis] + t.b[axis] + t.c[axis];
    });
    split(first, middle);
    size_t right = split(middle, last);
    nodes_[index].right = right;
    return index;
  }

  void look(size_t index, const glm::dvec3& p, double& best) const {
    const Node& node = nodes_[index];
    if (node.away(p) >= best) return;
    if (node.right == 0) {
      for (size_t i = node.first; i < node.last; ++i) best = std::min(best, distanceTo(triangles_[i], p));
      return;
    }
    size_t near = index + 1, far = node.right;
    if (nodes_[far].away(p) < nodes_[near].away(p)) std::swap(near, far);
    look(near, p, best);
    look(far, p, best);
  }

  std::vector<Triangle> triangles_;
  std::vector<Node> nodes_;
};

//! Numbers 0..1 that are the same in every run.
struct Numbers {
  uint64_t state = 1;
  double operator()() {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return double(state >> 11) / double(uint64_t{1} << 53);
  }
};

//! Every tile's triangles in one frame (that of the root's content, rigid to all others).
struct City {
  source::Tileset tileset;
  std::vector<std::vector<Triangle>> triangles;  // by tile

  void read(const Path& file) {
    auto bytes = readFile(file);
    ASSERT_TRUE(bytes) << bytes.error().text();
    auto parsed = source::parseTileset(*bytes, file.string());
    ASSERT_TRUE(parsed) << parsed.error().text();
    tileset = std::move(*parsed);
    triangles.resize(tileset.tiles.size());
    glm::dmat4 rootFromEcef = glm::inverse(tileset.tiles[0].ecefFromTile);
    for (size_t i = 0; i < tileset.tiles.size(); ++i)
      for (const std::string& uri : tileset.tiles[i].contentUris) {
        auto glb = readFile(uri);
        ASSERT_TRUE(glb) << glb.error().text();
        auto content = source::decodeContent(*glb, uri, tileset.tiles[i].ecefFromTile);
        ASSERT_TRUE(content) << content.error().text();
        glm::dmat4 rootFromContent = rootFromEcef * content->ecefFromContent;
        auto at = [&](uint32_t index) {
          return glm::dvec3(rootFromContent * glm::dvec4(glm::dvec3(content->vertices[index].position), 1));
        };
        for (size_t k = 0; k + 2 < content->indices.size(); k += 3)
          triangles[i].push_back(
              {at(content->indices[k]), at(content->indices[k + 1]), at(content->indices[k + 2]),
               static_cast<source::Surface>(content->vertices[content->indices[k]].featureAndSurface >> 24)});
      }
  }
  unsigned levels(uint32_t tile = 0) const {
    unsigned below = 0;
    for (uint32_t child : tileset.tiles[tile].children) below = std::max(below, levels(child));
    return below + 1;
  }
  void leavesBelow(uint32_t tile, std::vector<Triangle>& all) const {
    if (tileset.tiles[tile].children.empty()) all.insert(all.end(), triangles[tile].begin(), triangles[tile].end());
    for (uint32_t child : tileset.tiles[tile].children) leavesBelow(child, all);
  }
};

struct Sample {
  glm::dvec3 point;
  source::Surface surface;
};

//! `count` points spread evenly over the area of the triangles that `wanted` takes.
template <class Wanted>
void spread(const std::vector<Triangle>& triangles, size_t count, Numbers& numbers, Wanted wanted,
            std::vector<Sample>& samples) {
  double total = 0;
  for (const Triangle& triangle : triangles)
    if (wanted(triangle)) total += triangle.area();
  if (total <= 0) return;
  double done = 0, next = numbers() * total / double(count);
  for (const Triangle& triangle : triangles) {
    if (!wanted(triangle)) continue;
    for (done += triangle.area(); next < done; next += total / double(count)) {
      double u = numbers(), v = numbers();
      if (u + v > 1) u = 1 - u, v = 1 - v;
      samples.push_back({triangle.a + u * (triangle.b - triangle.a) + v * (triangle.c - triangle.a), triangle.surface});
    }
  }
}

bool stands(const Triangle& triangle) {
  return triangle.surface == source::Surface::Building || triangle.surface == source::Surface::Structure;
}

void expectHonest(const City& city) {
  Numbers numbers;
  size_t interior = 0, points = 0, broken = 0;
  double worstRatio = 0;
  std::string worst, lies;
  for (uint32_t i = 0; i < city.tileset.tiles.size(); ++i) {
    const auto& tile = city.tileset.tiles[i];
    if (tile.children.empty()) continue;
    ++interior;
    std::vector<Triangle> leaves;
    city.leavesBelow(i, leaves);
    ASSERT_FALSE(leaves.empty());
    ASSERT_FALSE(city.triangles[i].empty()) << "interior tile " << i << " draws nothing";
    EXPECT_LE(city.triangles[i].size(), kMostInteriorTriangles)
        << "interior tile " << i << " below " << leaves.size() << " triangles of leaves";
    std::vector<Sample> samples;
    spread(
        leaves, 2000, numbers, [](const Triangle&) { return true; }, samples);
    spread(leaves, 2000, numbers, stands, samples);
    // Corners are where the most is missing: ridges, tops of towers, feet of skirts.
    size_t step = leaves.size() / 4000 + 1;
    for (size_t k = 0; k < leaves.size(); k += step) samples.push_back({leaves[k].a, leaves[k].surface});
    Nearest nearest(city.triangles[i]);
    double farthest = 0;
    const Sample* at = nullptr;
    for (const Sample& sample : samples)
      if (double away = nearest.from(sample.point); away > farthest) farthest = away, at = &sample;
    points += samples.size();
    std::string text = fmt::format(
        "tile {} ({}): {:.3f} m against a geometricError of {:.3f} m, at a point of {} ({:.1f} {:.1f} {:.1f})", i,
        tile.contentUris.empty() ? ""
                                 : Path(tile.contentUris[0]).parent_path().parent_path().filename().string() + "/" +
                                       Path(tile.contentUris[0]).parent_path().filename().string() + "/" +
                                       Path(tile.contentUris[0]).filename().string(),
        farthest, tile.geometricError, at ? source::nameOf(at->surface) : "nothing", at ? at->point.x : 0,
        at ? at->point.y : 0, at ? at->point.z : 0);
    if (farthest > tile.geometricError + kAllowanceMetres) {
      ++broken;
      lies += text + "\n";
    }
    if (double ratio = farthest / tile.geometricError; ratio > worstRatio) worstRatio = ratio, worst = text;
  }
  EXPECT_EQ(broken, 0u) << "of " << interior << " interior tiles; worst ratio " << worstRatio << "\n" << lies;
  fmt::print("{} interior tiles, {} points; worst ratio {:.3f}: {}\n", interior, points, worstRatio, worst);
}

class GeometricErrorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("citymirror-geometric-error-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void measure(Builder& builder, unsigned levels) {
    auto report = builder.finish();
    ASSERT_TRUE(report) << report.error().text();
    City city;
    city.read(folder_ / "city" / "tiles" / "tileset.json");
    if (HasFatalFailure()) return;
    ASSERT_GE(city.levels(), levels);
    expectHonest(city);
  }
  BuildOptions options() const {
    BuildOptions options;
    options.out = folder_ / "city";
    return options;
  }

  Path folder_;
};

constexpr glm::dvec2 kMiddle(120.3, 36.06);
constexpr glm::dvec2 kMetre(1 / 90'000.0, 1 / 111'000.0);  // about, in degrees

glm::dvec2 placed(double east, double north) { return kMiddle + glm::dvec2(east, north) * kMetre; }

//! Hills of several sizes, the steepest with slopes of about one in three.
double hills(double lon, double lat) {
  glm::dvec2 p = (glm::dvec2(lon, lat) - kMiddle) / kMetre;
  return 60 + 40 * std::sin(p.x / 700) * std::cos(p.y / 560) + 12 * std::sin(p.x / 90 + p.y / 140) +
         2 * std::cos(p.y / 23);
}

Building house(int i, Numbers& numbers) {
  Building building;
  building.id = fmt::format("house/{}", i);
  building.heightSource = HeightSource::Measured;
  glm::dvec2 at((i % 55 - 27) * 70 + 20 * numbers(), (i / 55 - 27) * 70 + 20 * numbers());
  double turn = numbers() * 3.14159, halfX = 6 + 14 * numbers(), halfY = 5 + 9 * numbers();
  auto corner = [&](double x, double y) {
    return placed(at.x + std::cos(turn) * x - std::sin(turn) * y, at.y + std::sin(turn) * x + std::cos(turn) * y);
  };
  building.height = static_cast<float>(i % 97 == 0 ? 90 + 160 * numbers() : 4 + 25 * numbers() * numbers());
  if (i % 3 == 0) building.roof = RoofShape::Gabled;
  if (i % 11 == 0) building.roof = RoofShape::Hipped;
  if (i % 29 == 0) building.roof = RoofShape::Dome;
  Ring ring{corner(-halfX, -halfY), corner(halfX, -halfY), corner(halfX, halfY), corner(-halfX, halfY)};
  // Some have a notch, which simplifying takes away.
  if (i % 4 == 1)
    ring.insert(ring.begin() + 3, {corner(halfX * 0.3, halfY), corner(halfX * 0.3, halfY * 0.4),
                                   corner(-halfX * 0.1, halfY * 0.4), corner(-halfX * 0.1, halfY)});
  building.rings = {ring};
  if (i % 13 == 2)
    building.rings.push_back({corner(-halfX / 2, -halfY / 3), corner(-halfX / 2, halfY / 3),
                              corner(-halfX / 4, halfY / 3), corner(-halfX / 4, -halfY / 3)});
  return building;
}

GroundFeature way(const std::string& id, GroundClass kind, float width, std::vector<glm::dvec2> line) {
  GroundFeature feature;
  feature.id = id;
  feature.kind = kind;
  feature.widthMetres = width;
  feature.line = std::move(line);
  return feature;
}

void addGround(Builder& builder) {
  for (int k = -9; k <= 9; ++k)
    for (bool north : {false, true}) {
      std::vector<glm::dvec2> line;
      for (int s = -40; s <= 40; ++s) {
        double along = s * 50, aside = k * 210 - 20 + 8 * std::sin(s * 0.7 + k);
        line.push_back(north ? placed(aside, along) : placed(along, aside));
      }
      GroundClass kind = k % 4 == 0 ? GroundClass::RoadMajor : k % 4 == 1 ? GroundClass::Path : GroundClass::RoadMinor;
      ASSERT_TRUE(builder.add(way(fmt::format("road/{}/{}", k, north), kind,
                                  kind == GroundClass::RoadMajor ? 14.0f
                                  : kind == GroundClass::Path    ? 2.5f
                                                                 : 7.0f,
                                  line)));
    }
  GroundFeature river;
  river.id = "river";
  river.name = "示意河";
  river.kind = GroundClass::Water;
  Ring bank, other;
  for (int s = -40; s <= 40; ++s) {
    double y = s * 50, x = 300 + 180 * std::sin(s * 0.12);
    bank.push_back(placed(x + 35 + 6 * std::sin(s * 2.1), y));
    other.push_back(placed(x - 35 + 6 * std::cos(s * 1.7), y));
  }
  bank.insert(bank.end(), other.rbegin(), other.rend());
  river.rings = {bank};
  ASSERT_TRUE(builder.add(std::move(river)));
  GroundFeature park;
  park.id = "park";
  park.kind = GroundClass::Park;
  park.rings = {{placed(-900, -900), placed(-500, -870), placed(-450, -500), placed(-930, -520)}};
  ASSERT_TRUE(builder.add(std::move(park)));
  for (int k = 0; k < 3; ++k) {
    double y = -700 + 600 * k;
    GroundFeature bridge = way(fmt::format("bridge/{}", k), GroundClass::RoadMajor, 12,
                               {placed(20, y), placed(150, y), placed(420, y + 10), placed(560, y)});
    bridge.bridge = true;
    bridge.layer = static_cast<int8_t>(1 + k);
    ASSERT_TRUE(builder.add(std::move(bridge)));
  }
}

TEST_F(GeometricErrorTest, HoldsForAHillyCity) {
  Builder builder(options());
  builder.setTerrain(hills, "hills");
  Numbers numbers;
  for (int i = 0; i < 55 * 55; ++i) ASSERT_TRUE(builder.add(house(i, numbers)));
  addGround(builder);
  if (HasFatalFailure()) return;
  measure(builder, 3);
}

TEST_F(GeometricErrorTest, HoldsForAFlatCityAndForBuildingsWithoutAGround) {
  for (bool ground : {true, false}) {
    SCOPED_TRACE(ground ? "with ground" : "without ground");
    BuildOptions wanted = options();
    wanted.ground = ground;
    Builder builder(wanted);
    Numbers numbers;
    for (int i = 0; i < 55 * 55; ++i) ASSERT_TRUE(builder.add(house(i, numbers)));
    if (ground) addGround(builder);
    if (HasFatalFailure()) return;
    measure(builder, 3);
  }
}

TEST_F(GeometricErrorTest, HoldsForMonaco) {
  CM_NEED_SHARED_DATA("cities/osm_small/monaco_2023.osm.pbf");
  Builder builder(options());
  ReadOptions read;
  read.scratch = folder_;
  auto report = readOsm(test::sharedData("cities/osm_small/monaco_2023.osm.pbf").string(), read, builder);
  ASSERT_TRUE(report) << report.error().text();
  ASSERT_GT(report->buildings, 100u);
  measure(builder, 3);
}

}  // namespace
}  // namespace cm::tiling
