// Rails as a train runs along them: pieces joined, climbing gently from structure to structure, stations on them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "frame/below.h"
#include "frame/label_layout.h"
#include "frame/line_shapes.h"
#include "frame/rail_paths.h"

namespace cm::frame {
namespace {

constexpr geo::Geodetic kOrigin{120.37, 36.07, 0};

//! A straight line to the east over level ground 20 m high: underground, elevated, underground, 3 km each, from metre `from` on.
struct RailPathsTest : testing::Test {
  city::Document document;
  VectorLayers layers;
  geo::EnuFrame axes = geo::enuFrameAt(kOrigin);

  static glm::dvec3 east(double metres) {
    return {120.37 + metres / (111320 * std::cos(kOrigin.latDegrees * geo::kDegree)), 36.07, 20};
  }

  void piece(const std::string& item, double from, double to, std::map<std::string, std::string> properties) {
    source::VectorFeature line{.kind = source::GeometryKind::Line, .parts = {{}}, .hasHeights = true};
    for (double m = from; m <= to + 1; m += 100) line.parts[0].push_back(east(m));
    line.properties = {{"item", item}, {"kind", "line"}};
    for (auto& [key, value] : properties) line.properties[key] = value;
    layers["metro.geojson"].features.push_back(std::move(line));
  }
  void station(double at, const std::string& lines) {
    source::VectorFeature point{.kind = source::GeometryKind::Point, .parts = {{east(at)}}, .hasHeights = true};
    point.properties = {{"kind", "station"},
                        {"item", lines.substr(0, lines.find(','))},
                        {"lines", lines},
                        {"zh", std::to_string(int(at))}};
    layers["metro.geojson"].features.push_back(std::move(point));
  }
  void SetUp() override {
    city::Overlay overlay{"metro", city::OverlayKind::Metro, {}, "metro.geojson", "", {}};
    overlay.items.push_back({.id = "one", .network = city::Network::Suburban, .service = {.headwaySeconds = 300}});
    overlay.items.push_back({.id = "two", .network = city::Network::HighSpeed});
    document.overlays.push_back(overlay);
    piece("one", 0, 3000, {{"structure", "underground"}});
    piece("one", 3000, 6000, {{"structure", "elevated"}, {"height", "12"}});
    piece("one", 6000, 9000, {{"structure", "underground"}, {"depth", "25"}});
    station(0, "one");
    station(4500, "one,two");
  }
};

TEST_F(RailPathsTest, JoinPiecesAndClimbGently) {
  const auto paths = railPaths(document, layers, axes);
  ASSERT_EQ(paths.size(), 1u);
  const RailPath& path = paths[0];
  EXPECT_NEAR(path.lengthMetres(), 9000, 20);
  EXPECT_NEAR(pointAt(path, 1500).aboveGround(), -18, 0.1);
  EXPECT_NEAR(pointAt(path, 4500).aboveGround(), 12, 0.1);
  EXPECT_NEAR(pointAt(path, 7500).aboveGround(), -25, 0.1);
  EXPECT_EQ(pointAt(path, 4500).structure, RailStructure::Elevated);
  for (size_t i = 1; i < path.points.size(); ++i) {
    const double step = path.points[i].alongMetres - path.points[i - 1].alongMetres;
    EXPECT_LE(step, 41);
    EXPECT_LE(std::abs(path.points[i].at.z - path.points[i - 1].at.z), 0.065 * step + 0.01)
        << "steeper than a train climbs";
  }
}

TEST_F(RailPathsTest, RideOverABumpOfTheGround) {
  layers.clear();
  piece("one", 0, 3000, {{"structure", "ground"}});
  layers["metro.geojson"].features[0].parts[0][15].z += 8;
  const auto paths = railPaths(document, layers, axes);
  ASSERT_EQ(paths.size(), 1u);
  double highest = 0;
  for (const RailPoint& point : paths[0].points) {
    EXPECT_GT(point.aboveGround(), 0.2) << "at " << point.alongMetres;
    highest = std::max(highest, point.groundMetres);
  }
  EXPECT_GT(highest, 26) << "the bump is there";
}

TEST_F(RailPathsTest, StopWhereStationsNameTheLineAndWhereItGoesOn) {
  const auto paths = railPaths(document, layers, axes);
  ASSERT_EQ(paths.size(), 1u);
  ASSERT_EQ(paths[0].stopMetres.size(), 3u);
  EXPECT_NEAR(paths[0].stopMetres[0], 60, 0.1) << "half a train from the end of the line";
  EXPECT_NEAR(paths[0].stopMetres[1], 4500, 10);
  EXPECT_NEAR(paths[0].stopMetres[2], 9000, 20);
  EXPECT_EQ(paths[0].stopIsStation, (std::vector<bool>{true, true, false}));
}

TEST_F(RailPathsTest, WhatIsApartOrOfAnotherLineStaysApart) {
  piece("one", 12000, 13000, {{"structure", "ground"}});
  piece("two", 13000, 14000, {{"tunnel", "yes"}});
  const auto paths = railPaths(document, layers, axes);
  ASSERT_EQ(paths.size(), 3u);
  EXPECT_GT(pointAt(paths[1], 500).aboveGround(), 0.3);
  EXPECT_NEAR(pointAt(paths[2], 500).aboveGround(), -18, 0.1) << "OSM's tags say it, too";
  EXPECT_EQ(paths[2].network, city::Network::HighSpeed);
}

TEST_F(RailPathsTest, LinesAreLiftedOntoViaductsAndLieOverTunnels) {
  LineShapes shapes = lineShapes(document, layers, axes);
  std::vector<LineShape> tunnels;
  std::copy_if(shapes.lines.begin(), shapes.lines.end(), std::back_inserter(tunnels),
               [](const LineShape& line) { return line.inTunnel; });
  ASSERT_EQ(tunnels.size(), 2u) << "the same, down where they are, for the underground view";
  EXPECT_LT(tunnels[0].points[10].z, 20 - 15);
  std::erase_if(shapes.lines, [](const LineShape& line) { return line.inTunnel || line.shaft; });
  ASSERT_EQ(shapes.lines.size(), 3u) << "under, above, under";
  EXPECT_TRUE(shapes.lines[0].underground && !shapes.lines[1].underground && shapes.lines[2].underground);
  double highest = 0;
  for (const LineShape& line : shapes.lines)
    for (const glm::dvec3& p : line.points) {
      const double ground = 20 - (p.x * p.x + p.y * p.y) / (2 * 6378137.0);  // the Earth curves away below
      EXPECT_GT(p.z, ground + 0.5) << "never in the ground";
      highest = std::max(highest, p.z - ground);
    }
  EXPECT_NEAR(highest, 12.8, 0.2);
  for (size_t i = 1; i < shapes.lines.size(); ++i)
    EXPECT_EQ(shapes.lines[i].points.front(), shapes.lines[i - 1].points.back()) << "no gap";
  ASSERT_EQ(shapes.stations.size(), 2u);
  EXPECT_EQ(shapes.stations[1].stops.size(), 2u);
  EXPECT_EQ(shapes.stations[1].network, city::Network::HighSpeed);
  EXPECT_GT(shapes.stations[1].position.z, 20 + 12 + 5) << "over the viaduct";
  EXPECT_LT(shapes.stations[0].position.z, 26) << "on the ground above the tunnel";
}

TEST_F(RailPathsTest, TheUndergroundViewShowsTunnelsInsteadOfWhatLiesOverThem) {
  const LineShapes shapes = lineShapes(document, layers, axes);
  for (const bool underground : {false, true}) {
    city::Layers shown;
    shown.underground = underground;
    const LineDraws draws = lineDraws(shapes, document, {2030, 1, 1}, shown, {});
    ASSERT_EQ(draws.lines.size(), underground ? 4u : 3u) << "and the shaft of the one station below";
    for (const LineDraw& draw : draws.lines) {
      EXPECT_FALSE(shapes.lines[draw.line].underground && underground);
      EXPECT_FALSE((shapes.lines[draw.line].inTunnel || shapes.lines[draw.line].shaft) && !underground);
    }
  }
}

TEST_F(RailPathsTest, AStationSaysHowDeepItIsAndWhetherTheDataDoes) {
  station(9000, "one");
  const LineShapes shapes = lineShapes(document, layers, axes);
  ASSERT_EQ(shapes.stations.size(), 3u);
  EXPECT_NEAR(shapes.stations[0].depthMetres, 18, 0.1);
  EXPECT_FALSE(shapes.stations[0].depthStated) << "assumed";
  EXPECT_EQ(shapes.stations[1].depthMetres, 0) << "on a viaduct";
  EXPECT_EQ(shapes.stations[2].depthMetres, 25);
  EXPECT_TRUE(shapes.stations[2].depthStated);
  const std::vector<Label> labels = labelsOf(document, layers, shapes, axes);
  ASSERT_EQ(labels.size(), 3u);
  EXPECT_EQ(labels[0].below.zh, "0  ≈ −18 m");
  EXPECT_TRUE(labels[0].below.en.empty()) << "it has no English name";
  EXPECT_TRUE(labels[1].below.empty());
  EXPECT_EQ(labels[2].below.zh, "9000  −25 m");
  document.illustrative = true;
  EXPECT_FALSE(lineShapes(document, layers, axes).stations[2].depthStated);
}

TEST_F(RailPathsTest, TunnelsSinkFromTheirMouthsOn) {
  const LineShapes shapes = lineShapes(document, layers, axes);
  const auto tunnel =
      std::find_if(shapes.lines.begin(), shapes.lines.end(), [](const LineShape& line) { return line.inTunnel; });
  ASSERT_NE(tunnel, shapes.lines.end());
  ASSERT_EQ(tunnel->sinks.size(), tunnel->points.size());
  EXPECT_NEAR(tunnel->sinks.front(), 18 - kSinksBelow, 0.1);
  EXPECT_EQ(tunnel->sinks.back(), 0) << "where it comes to the surface";
  EXPECT_EQ(depthFactor(50), 1) << "near the ground all is where it is";
  EXPECT_EQ(depthFactor(1e9), 10);
}

TEST_F(RailPathsTest, WithoutAWordOfStructureAllIsOnTheGround) {
  layers.clear();
  piece("one", 0, 3000, {});
  const auto paths = railPaths(document, layers, axes);
  ASSERT_EQ(paths.size(), 1u);
  EXPECT_FALSE(paths[0].stated);
  const LineShapes shapes = lineShapes(document, layers, axes);
  ASSERT_EQ(shapes.lines.size(), 1u);
  EXPECT_FALSE(shapes.lines[0].underground);
}

}  // namespace
}  // namespace cm::frame
