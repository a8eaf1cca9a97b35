// The choice of map tiles for the drape, and their streaming from files and a small server.
#include "tiles/imagery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <set>
#include <thread>

#include "../source/http_server.h"
#include "source/image.h"
#include "tile_files.h"

namespace cm::tiles {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr geo::Geodetic kOrigin{120.3, 36.06, 12};
const ImageryGround kGround{geo::enuFrameAt({120.3, 36.06, 0}), 12};

city::Document documentWith(const std::string& uri) {
  city::Document document;
  document.origin = kOrigin;
  document.imagery = {{.id = "ortho", .uri = uri}};
  return document;
}

Bytes picture(uint32_t side = 4) {
  return *source::encodePng(side, side, std::vector<uint8_t>(size_t{side} * side * 4, 200));
}

std::string answer(const Bytes& body) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.size()) +
         std::string(reinterpret_cast<const char*>(body.data()), body.size());
}

//! Turns the streaming until nothing is on its way; what it ordered in all.
ImageryOrders settle(ImageryStreaming& streaming, std::span<const ImageryArea> areas, size_t budget = size_t{64} << 20,
                     const city::Layers& layers = {}) {
  ImageryOrders all;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  do {
    ImageryOrders orders = streaming.update(areas, layers, budget);
    for (ImageryUpload& upload : orders.uploads) all.uploads.push_back(std::move(upload));
    for (const ImageryKey& key : orders.evictions) all.evictions.push_back(key);
    std::this_thread::yield();
  } while (streaming.busy() && std::chrono::steady_clock::now() < until);
  EXPECT_FALSE(streaming.busy());
  return all;
}

TEST(ImageryCells, CoverAnAreaOnceAtTheFittingLevel) {
  const city::Imagery layer{.id = "a", .maxLevel = 12};
  for (double texel : {0.5, 1.0, 1.9, 7.0, 60.0}) {
    const ImageryArea area{{1500, -700}, 1280 * texel, texel};
    const auto cells = imageryCells(layer, kGround, area);
    ASSERT_FALSE(cells.empty());
    const double metres = source::metresPerPixel(source::TileMatrix::WebMercator, cells[0].level, 36.06);
    EXPECT_GT(metres / texel, 0.6);
    EXPECT_LT(metres / texel, 1.25);
    EXPECT_LE(cells.size(), 121u);
    EXPECT_EQ(std::set<source::ImageryTile>(cells.begin(), cells.end()).size(), cells.size());
    // Every place of the area lies in one of them.
    for (double e = -0.5; e <= 0.5; e += 0.05)
      for (double n = -0.5; n <= 0.5; n += 0.05) {
        const glm::dvec2 enu = area.centre + glm::dvec2(e, n) * area.widthMetres;
        const double fall = glm::dot(enu, enu) / (2 * geo::kSemiMajorMetres);
        const geo::Geodetic place = geo::geodeticFromEcef(kGround.axes.toEcef({enu, 12 - fall}));
        const auto at =
            glm::uvec2(source::matrixPlace(source::TileMatrix::WebMercator, {place.lonDegrees, place.latDegrees}) *
                       glm::dvec2(source::tileCounts(source::TileMatrix::WebMercator, cells[0].level)));
        EXPECT_THAT(cells, testing::Contains(source::ImageryTile{cells[0].level, at.x, at.y}));
      }
  }
}

TEST(ImageryCells, AreNoneOutsideTheBoundsOrWhereTheLayerIsFarTooFine) {
  city::Imagery layer{.id = "a", .bounds = glm::dvec4(10, 10, 11, 11)};
  EXPECT_THAT(imageryCells(layer, kGround, {{0, 0}, 2000, 2}), IsEmpty());
  layer.bounds = glm::dvec4(120.3, 36.06, 120.4, 36.1);
  const auto part = imageryCells(layer, kGround, {{0, 0}, 2000, 2});
  layer.bounds.reset();
  EXPECT_LT(part.size(), imageryCells(layer, kGround, {{0, 0}, 2000, 2}).size());
  layer.minLevel = 18;
  EXPECT_THAT(imageryCells(layer, kGround, {{0, 0}, 80000, 60}), IsEmpty());
}

TEST(ImageryStreaming, BringsWhatTheAreasNeedFromFiles) {
  test::TileFiles files;
  const ImageryArea area{{0, 0}, 2560, 2};
  const auto cells = imageryCells({.id = "ortho"}, kGround, area);
  for (const auto& cell : cells) {
    std::filesystem::create_directories(files.path(fmt::format("{}/{}", cell.level, cell.x)));
    files.write(fmt::format("{}/{}/{}.png", cell.level, cell.x, cell.y), picture());
  }
  source::Fetcher fetcher;
  ImageryStreaming streaming(fetcher, documentWith("{z}/{x}/{y}.png"), files.path("city.json"), true);
  const ImageryOrders orders = settle(streaming, {&area, 1});
  EXPECT_EQ(orders.uploads.size(), cells.size());
  EXPECT_THAT(streaming.takeFailures(), IsEmpty());
  EXPECT_EQ(streaming.statistics().resident, cells.size());
  EXPECT_EQ(streaming.statistics().bytes, cells.size() * (4 * 4 * 4 * 4 / 3));
  city::Layers hidden;
  hidden.hiddenItems = {"ortho"};
  streaming.update({&area, 1}, hidden, 0);
  EXPECT_EQ(streaming.statistics().resident, 0u) << "what is hidden makes room";
}

TEST(ImageryStreaming, FinerThanTheFinestLevelIsNotAskedFor) {
  cm::test::HttpServer server([](const std::string&) { return answer(picture()); });
  city::Document document = documentWith(server.uri("/{z}/{x}/{y}"));
  document.imagery[0].maxLevel = 10;
  source::Fetcher fetcher;
  ImageryStreaming streaming(fetcher, document, "city.json", true);
  const ImageryArea area{{0, 0}, 640, 0.5};
  for (const ImageryUpload& upload : settle(streaming, {&area, 1}).uploads) EXPECT_EQ(upload.key.tile.level, 10);
}

TEST(ImageryStreaming, AFailureIsToldOnceWithoutTheKey) {
  std::atomic<int> asked = 0;
  cm::test::HttpServer server([&](const std::string&) {
    ++asked;
    return std::string("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  });
  city::Document document = documentWith(server.uri("/{key}/{z}/{x}/{y}?tk={key}"));
  document.imagery[0].key = "topsecret";
  source::Fetcher fetcher;
  ImageryStreaming streaming(fetcher, document, "city.json", true);
  const ImageryArea area{{0, 0}, 2560, 2};
  EXPECT_THAT(settle(streaming, {&area, 1}).uploads, IsEmpty());
  const auto failures = streaming.takeFailures();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_THAT(failures[0], testing::AllOf(HasSubstr("404"), HasSubstr("\"ortho\""), Not(HasSubstr("topsecret"))));
  const int before = asked;
  settle(streaming, {&area, 1});
  EXPECT_EQ(asked, before) << "404 is not asked for again";
  EXPECT_THAT(streaming.takeFailures(), IsEmpty());
}

TEST(ImageryStreaming, WhatMayPassIsAskedForAgain) {
  std::atomic<bool> well = false;
  cm::test::HttpServer server([&](const std::string&) {
    return well ? answer(picture()) : std::string("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
  });
  source::Fetcher::Options options;
  options.retries = 0;
  source::Fetcher fetcher(options);
  ImageryStreaming streaming(fetcher, documentWith(server.uri("/{z}/{x}/{y}")), "city.json", true);
  auto now = std::chrono::steady_clock::now();
  streaming.setClock([&] { return now; });
  const ImageryArea area{{0, 0}, 1000, 2};
  EXPECT_THAT(settle(streaming, {&area, 1}).uploads, IsEmpty());
  well = true;
  EXPECT_THAT(settle(streaming, {&area, 1}).uploads, IsEmpty());
  now += std::chrono::minutes(1);
  EXPECT_THAT(settle(streaming, {&area, 1}).uploads, Not(IsEmpty()));
}

TEST(ImageryStreaming, PicturesThatClaimTooMuchAreRefused) {
  cm::test::HttpServer server([](const std::string&) { return answer(picture(1025)); });
  source::Fetcher fetcher;
  ImageryStreaming streaming(fetcher, documentWith(server.uri("/{z}/{x}/{y}")), "city.json", true);
  const ImageryArea area{{0, 0}, 1000, 2};
  EXPECT_THAT(settle(streaming, {&area, 1}).uploads, IsEmpty());
  EXPECT_THAT(streaming.takeFailures(), ElementsAre(HasSubstr("1025 x 1025")));
}

TEST(ImageryStreaming, TheBudgetIsObeyedWhileTheViewMoves) {
  cm::test::HttpServer server([](const std::string&) { return answer(picture(256)); });
  source::Fetcher fetcher;
  ImageryStreaming streaming(fetcher, documentWith(server.uri("/{z}/{x}/{y}")), "city.json", true);
  const size_t budget = size_t{12} << 20;  // 35 tiles
  std::set<ImageryKey> resident;
  for (int step = 0; step < 6; ++step) {
    const ImageryArea area{{3000.0 * step, 0}, 1280, 2};
    const ImageryOrders orders = settle(streaming, {&area, 1}, budget);
    for (const ImageryUpload& upload : orders.uploads) resident.insert(upload.key);
    for (const ImageryKey& key : orders.evictions) EXPECT_EQ(resident.erase(key), 1u);
    EXPECT_LE(streaming.statistics().bytes, budget);
    EXPECT_EQ(streaming.statistics().resident, resident.size());
    EXPECT_FALSE(streaming.statistics().starved);
  }
  const ImageryArea all{{0, 0}, 20480, 8};
  settle(streaming, {&all, 1}, size_t{3} << 20);
  EXPECT_LE(streaming.statistics().bytes, size_t{3} << 20);
  EXPECT_TRUE(streaming.statistics().starved);
}

TEST(ImageryStreaming, LeavesWhatTheViewHasLeft) {
  std::atomic<int> asked = 0;
  cm::test::HttpServer server(cm::test::HttpServer::Talker([&](const cm::test::HttpServer::Talk& talk) {
    ++asked;
    talk.waitUntilLeft();
    return false;
  }));
  source::Fetcher fetcher;
  ImageryStreaming streaming(fetcher, documentWith(server.uri("/{z}/{x}/{y}")), "city.json", true);
  const ImageryArea area{{0, 0}, 2560, 2};
  streaming.update({&area, 1}, {}, size_t{64} << 20);
  EXPECT_TRUE(streaming.busy());
  EXPECT_EQ(streaming.statistics().fetching, 16u);
  streaming.update({}, {}, size_t{64} << 20);
  EXPECT_FALSE(streaming.busy());
  EXPECT_EQ(streaming.statistics().fetching, 0u);
}

TEST(ImageryStreaming, KeysComeFromTheEnvironmentForTrustedCitiesOnly) {
  city::Document document = documentWith("{z}/{x}/{y}?tk={key}");
  document.imagery[0].keyEnvironment = "CITYMIRROR_KEY_OF_THIS_TEST";
  source::Fetcher fetcher;
  ::unsetenv("CITYMIRROR_KEY_OF_THIS_TEST");
  EXPECT_THAT(ImageryStreaming(fetcher, document, "city.json", true).takeFailures(),
              ElementsAre(HasSubstr("CITYMIRROR_KEY_OF_THIS_TEST is not set")));
  ::setenv("CITYMIRROR_KEY_OF_THIS_TEST", "k", 1);
  EXPECT_THAT(ImageryStreaming(fetcher, document, "city.json", true).takeFailures(), IsEmpty());
  EXPECT_THAT(ImageryStreaming(fetcher, document, "http://x/city.json", false).takeFailures(),
              ElementsAre(HasSubstr("from the web")));
  ::unsetenv("CITYMIRROR_KEY_OF_THIS_TEST");
}

}  // namespace
}  // namespace cm::tiles
