// The programs as a user runs them: pictures of the built-in city, what is said about bad data, exit codes.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "base/files.h"
#include "source/image.h"
#include "support/process.h"
#include "support/tiler.h"
#include "unit/source/http_server.h"

namespace cm {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::run;

source::Image pictureOf(const fs::path& file) {
  auto bytes = readFile(file);
  if (!bytes) throw std::runtime_error(bytes.error().text());
  auto image = source::decodeImage(*bytes);
  if (!image) throw std::runtime_error(image.error().text());
  return std::move(*image);
}

struct Rows {
  uint32_t from = 0, to = UINT32_MAX;
};

//! Mean absolute difference of the columns [from, to) in these rows, 0..255.
double difference(const source::Image& a, const source::Image& b, uint32_t from, uint32_t to, Rows rows = {}) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  rows.to = std::min(rows.to, a.height);
  double sum = 0;
  for (uint32_t y = rows.from; y < rows.to; ++y)
    for (uint32_t x = from; x < to; ++x)
      for (uint32_t c = 0; c < 3; ++c) {
        size_t i = (size_t{y} * a.width + x) * 4 + c;
        sum += std::abs(int(a.rgba[i]) - int(b.rgba[i]));
      }
  return sum / (double(to - from) * (rows.to - rows.from) * 3);
}

struct Programs : testing::Test {
  fs::path folder = test::freshFolder(testing::UnitTest::GetInstance()->current_test_info()->name());

  Outcome render(const fs::path& city, const std::string& name, std::vector<std::string> more = {}) {
    std::vector<std::string> command{CITYMIRROR_PROGRAM, "render",  city.string(), "--out", (folder / name).string(),
                                     "--size",           "480x270", "--samples",   "4"};
    command.insert(command.end(), more.begin(), more.end());
    return run(command);
  }

  //! A little town of boxes, tiled by the tiler, for damaging.
  fs::path town(std::vector<std::string> more = {}) {
    fs::path footprints = folder / "town.geojson";
    EXPECT_TRUE(writeFileAtomically(footprints, test::townGeoJson(1600)));
    std::vector<std::string> command{CITYMIRROR_TILER_PROGRAM,
                                     "build",
                                     "--out",
                                     (folder / "town").string(),
                                     "--footprints",
                                     footprints.string(),
                                     "--height-field",
                                     "h",
                                     "--name",
                                     "小镇,Town"};
    command.insert(command.end(), more.begin(), more.end());
    Outcome built = run(command);
    EXPECT_EQ(built.code, 0) << built.output;
    return folder / "town";
  }
  std::vector<fs::path> tilesOf(const fs::path& city) {
    std::vector<fs::path> tiles;
    for (const auto& entry : fs::recursive_directory_iterator(city))
      if (entry.path().extension() == ".glb") tiles.push_back(entry.path());
    std::sort(tiles.begin(), tiles.end(), [](const fs::path& a, const fs::path& b) {
      return a.string().size() != b.string().size() ? a.string().size() > b.string().size() : a < b;
    });
    return tiles;
  }
};

TEST_F(Programs, LightThePictureByTheHourAndItsDay) {
  const auto sky = [&](const std::string& name, const std::vector<std::string>& when) {
    std::vector<std::string> options{"--view", "home", "--no-ui"};
    options.insert(options.end(), when.begin(), when.end());
    const Outcome outcome = render(test::builtInCity(), name, options);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    const source::Image picture = pictureOf(folder / name);
    double sum = 0;
    for (uint32_t x = 0; x < picture.width; ++x) sum += picture.rgba[size_t(x) * 4 + 1];
    return sum / picture.width;
  };
  const double noon = sky("noon.png", {"--hour", "12"}), night = sky("night.png", {"--hour", "23"});
  EXPECT_GT(noon, 150);
  EXPECT_LT(night, 60);
  // At 18:30 the midsummer sun is still up; in October it has gone.
  EXPECT_GT(sky("june.png", {"--hour", "18.5", "--date", "2030-06-21"}), 2 * sky("october.png", {"--hour", "18.5"}));
  const Outcome refused = render(test::builtInCity(), "x.png", {"--hour", "25"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.output.find("0 到 24"), std::string::npos) << refused.output;
}

TEST_F(Programs, DrawThePictureInTheWeather) {
  const auto picture = [&](const std::string& weather, const std::string& look) {
    const std::string name = look + "_" + weather + ".png";
    const Outcome outcome =
        render(test::builtInCity(), name,
               {"--view", "old-town", "--scenario", "today", "--no-ui", "--weather", weather, "--look", look});
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return pictureOf(folder / name);
  };
  // The old town has red roofs, until they are white.
  const auto red = [](const source::Image& p) {
    size_t count = 0;
    for (size_t i = 0; i < p.rgba.size(); i += 4) count += p.rgba[i] > p.rgba[i + 1] + 25;
    return count;
  };
  const source::Image clear = picture("clear", "day"), fog = picture("fog", "day");
  EXPECT_GT(red(clear), 5 * red(picture("snow", "day")));
  EXPECT_GT(red(clear), 2 * red(fog));
  EXPECT_EQ(picture("snow", "tech").rgba, picture("clear", "tech").rgba) << "a drawing knows no weather";
  const Outcome refused = render(test::builtInCity(), "x.png", {"--weather", "frogs"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.output.find("没有“frogs”这种天气"), std::string::npos) << refused.output;
  EXPECT_NE(refused.output.find("clear, overcast, fog, rain, snow"), std::string::npos) << refused.output;
}

TEST_F(Programs, BeforeAndAfterDifferAndTheSwipeShowsBoth) {
  fs::path city = test::builtInCity();
  std::vector<std::string> where{"--view", "project-zhangcun", "--no-ui"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), where.begin(), where.end());
    return more;
  };
  for (const Outcome& outcome :
       {render(city, "before.png", with({"--scenario", "today", "--no-differences"})),
        render(city, "after.png", with({"--scenario", "plan", "--no-differences"})),
        render(city, "swipe.png",
               with({"--scenario", "today", "--against", "plan", "--compare", "swipe", "--no-differences"})),
        render(city, "tinted.png", with({"--scenario", "today", "--against", "plan", "--compare", "swipe"}))})
    ASSERT_EQ(outcome.code, 0) << outcome.output;
  source::Image before = pictureOf(folder / "before.png"), after = pictureOf(folder / "after.png"),
                swipe = pictureOf(folder / "swipe.png"), tinted = pictureOf(folder / "tinted.png");
  EXPECT_GT(difference(before, after, 0, 480), 2.0) << "the plan changes nothing";
  // Between the labels, which find other places where the divider is in their way, and the sources: each side's picture.
  const Rows site{135, 186};
  EXPECT_LT(difference(swipe, before, 0, 230, site), 0.2 * difference(swipe, after, 0, 230, site));
  EXPECT_LT(difference(swipe, after, 250, 480, site), 0.2 * difference(swipe, before, 250, 480, site));
  EXPECT_GT(difference(swipe, before, 250, 480, site), 4.0);
  EXPECT_GT(difference(swipe, tinted, 0, 230, site), 1.0) << "what goes has no tint";
  ASSERT_EQ(render(city, "area.png", with({"--scenario", "today"})).code, 0);
  EXPECT_GT(difference(before, pictureOf(folder / "area.png"), 0, 230, site), 1.0) << "the area has no tint";
}

TEST_F(Programs, TheLensShowsThePlanInsideAndTodayOutside) {
  const fs::path city = test::builtInCity();
  const std::vector<std::string> where{"--view", "project-zhangcun", "--no-ui"};
  const auto picture = [&](const std::string& name, std::vector<std::string> more) {
    more.insert(more.end(), where.begin(), where.end());
    const Outcome outcome = render(city, name, more);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return pictureOf(folder / name);
  };
  const source::Image before = picture("before.png", {"--scenario", "today", "--no-differences"}),
                      after = picture("after.png", {"--scenario", "plan", "--no-differences"}),
                      lens = picture("lens.png", {"--compare", "lens", "--lens", "0.5,0.6,0.3", "--no-differences"}),
                      turned = picture("turned.png", {"--scenario", "plan", "--compare", "lens", "--lens",
                                                      "0.5,0.6,0.3", "--no-differences"});
  // A square well inside the circle, between the labels and the sources, and the strips beside it.
  const Rows middle{150, 205};
  EXPECT_GT(difference(before, after, 200, 280, middle), 4.0) << "the plan changes nothing here";
  EXPECT_LT(difference(lens, after, 200, 280, middle), 0.2 * difference(lens, before, 200, 280, middle));
  EXPECT_LT(difference(lens, before, 0, 140, middle), 0.5);
  EXPECT_LT(difference(turned, before, 200, 280, middle), 0.2 * difference(turned, after, 200, 280, middle));
  EXPECT_EQ(render(city, "x.png", {"--compare", "lens", "--lens", "0.5,0.5,3"}).code, 2);
  EXPECT_EQ(render(city, "x.png", {"--compare", "lens", "--lens", "middle"}).code, 2);
}

//! What a document names and cannot be had is one line, and everything else is shown.
TEST_F(Programs, PicturesOfCardsAreReadAndWhatIsWrongIsNamed) {
  const fs::path file = town() / "city.json";
  auto city = nlohmann::json::parse(test::textOf(file));
  const std::vector<uint8_t> red(size_t{64} * 36 * 4, 200);
  ASSERT_TRUE(source::writePng(file.parent_path() / "good.png", 64, 36, red));
  ASSERT_TRUE(writeFileAtomically(file.parent_path() / "bad.png", "no picture"));
  const auto named = [&](const char* uri) {
    city["pictures"] = {{{"of", "any"}, {"uri", uri}, {"caption", {{"zh", "图"}, {"en", "A picture"}}}}};
    EXPECT_TRUE(writeFileAtomically(file, city.dump()));
    return run({CITYMIRROR_PROGRAM, "check", file.string()});
  };
  EXPECT_EQ(named("good.png").code, 0);
  for (const char* uri : {"bad.png", "absent.png"}) {
    const Outcome checked = named(uri);
    EXPECT_EQ(checked.code, 1);
    EXPECT_TRUE(checked.says(uri)) << checked.output;
    const Outcome drawn = render(file, "drawn.png");
    EXPECT_EQ(drawn.code, 3);
    EXPECT_TRUE(drawn.says(uri)) << drawn.output;
    EXPECT_TRUE(fs::exists(folder / "drawn.png"));
  }
}

TEST_F(Programs, TheCardInAPictureShowsTodayAndThePlan) {
  const fs::path out = folder / "card.png";
  ASSERT_EQ(run({CITYMIRROR_PROGRAM, "render", test::builtInCity().string(), "--out", out.string(), "--select",
                 "project-zhangcun", "--size", "1280x720", "--samples", "1"})
                .code,
            0);
  const source::Image picture = pictureOf(out);
  for (const uint32_t from : {960u, 1110u}) {  // left and right of the card's own divider
    std::set<uint32_t> colours;
    for (uint32_t y = 220; y < 300; ++y)
      for (uint32_t x = from; x < from + 100; ++x) {
        const uint8_t* at = &picture.rgba[(size_t{y} * picture.width + x) * 4];
        colours.insert(uint32_t(at[0]) << 16 | uint32_t(at[1]) << 8 | at[2]);
      }
    EXPECT_GT(colours.size(), 500u) << "nothing is drawn from column " << from << " on";
  }
}

TEST_F(Programs, TheControlLayerIsDrawnUnlessRefused) {
  fs::path city = test::builtInCity();
  ASSERT_EQ(render(city, "with.png").code, 0);
  ASSERT_EQ(render(city, "without.png", {"--no-ui"}).code, 0);
  EXPECT_GT(difference(pictureOf(folder / "with.png"), pictureOf(folder / "without.png"), 0, 480), 2.0);
}

TEST_F(Programs, APictureOfAMomentIsTheSameWheneverItIsMade) {
  const std::vector<std::string> options{"--view", "fushan-bay", "--look", "day", "--weather", "rain"};
  ASSERT_EQ(render(test::builtInCity(), "once.png", options).code, 0);
  ASSERT_EQ(render(test::builtInCity(), "again.png", options).code, 0);
  EXPECT_TRUE(pictureOf(folder / "once.png").rgba == pictureOf(folder / "again.png").rgba);
}

TEST_F(Programs, APictureWithoutTheControlLayerSaysWhoseDataItIs) {
  const fs::path file = town() / "city.json";
  auto city = nlohmann::json::parse(test::textOf(file));
  ASSERT_FALSE(city.at("sources").empty());
  const auto with = [&](const std::string& licence, const std::string& name) {
    city["sources"][0]["licence"] = licence;
    EXPECT_TRUE(writeFileAtomically(file, city.dump()));
    const Outcome outcome = render(file, name, {"--no-ui"});
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return pictureOf(folder / name);
  };
  const source::Image own = with("", "own.png"), osm = with("© OpenStreetMap contributors, ODbL 1.0", "osm.png");
  const auto changed = [&](uint32_t fromRow, uint32_t toRow) {
    size_t count = 0;
    for (size_t i = size_t{fromRow} * own.width * 4; i < size_t{toRow} * own.width * 4; ++i)
      count += own.rgba[i] != osm.rgba[i];
    return count;
  };
  EXPECT_GT(changed(own.height - 24, own.height), 200u) << "the licence is not on the picture";
  EXPECT_EQ(changed(0, own.height - 24), 0u) << "it covers more than the foot";
}

TEST_F(Programs, AFlightTellsTheTimesOfItsFrames) {
  fs::path json = folder / "flight.json";
  Outcome flown = run({CITYMIRROR_PROGRAM, "bench", "--flight", town().string(), "--seconds", "2", "--size", "320x180",
                       "--json", json.string()});
  ASSERT_EQ(flown.code, 0) << flown.output;
  EXPECT_TRUE(flown.says("median")) << flown.output;
  auto figures = nlohmann::json::parse(test::textOf(json));
  size_t counted = 0;
  for (const auto& bin : figures.at("histogram")) counted += bin.get<size_t>();
  EXPECT_EQ(counted, figures.at("frames").get<size_t>());
  EXPECT_GT(counted, 3u);
  EXPECT_GE(figures.at("frameP99Ms").get<double>(), figures.at("frameMedianMs").get<double>());
  EXPECT_EQ(run({CITYMIRROR_PROGRAM, "bench", "--look", "plain"}).code, 2) << "neither poses nor a flight";
}

TEST_F(Programs, AStyleColoursWhatStands) {
  fs::path city = town();
  ASSERT_EQ(render(city, "own.png", {"--no-ui"}).code, 0);
  ASSERT_EQ(render(city, "height.png", {"--no-ui", "--style", "height"}).code, 0);
  EXPECT_GT(difference(pictureOf(folder / "own.png"), pictureOf(folder / "height.png"), 0, 480), 0.5);
  ASSERT_EQ(render(city, "legend.png", {"--style", "height"}).code, 0);
  Outcome unknown = render(city, "none.png", {"--style", "hight"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_TRUE(unknown.says("there is no style \"hight\"; there are: height, class, height-source")) << unknown.output;
}

TEST_F(Programs, ASoakTellsWhatEachRoundHolds) {
  fs::path json = folder / "soak.json";
  Outcome flown = run({CITYMIRROR_PROGRAM, "bench", "--flight", town().string(), "--frames", "1800", "--size", "64x36",
                       "--no-ui", "--resolution", "1", "--budget", "8", "--json", json.string()});
  EXPECT_TRUE(flown.says("3 rounds; after the first tenth:")) << flown.output;
  auto rounds = nlohmann::json::parse(test::textOf(json)).at("rounds");
  ASSERT_EQ(rounds.size(), 3u);
  EXPECT_EQ(rounds[2].at("frame").get<int>(), 1800);
  for (const char* held : {"descriptors", "threads", "gpuObjects"}) {
    EXPECT_GT(rounds[0].at(held).get<int>(), 0) << held;
    EXPECT_LE(rounds[2].at(held).get<int>(), rounds[0].at(held).get<int>()) << held;
  }
  EXPECT_GT(rounds[2].at("peakTilesMiB").get<double>(), 0);
  EXPECT_LE(rounds[2].at("peakTilesMiB").get<double>(), 8);
}

TEST_F(Programs, ChecksTheBuiltInCity) {
  Outcome outcome = run({CITYMIRROR_PROGRAM, "check", test::builtInCity().string()});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
}

TEST_F(Programs, ACityFromTheWebIsKeptWhereItIsToldAndItsSecretsNowhere) {
  const auto tileset =
      R"({"asset":{"version":"1.1"},"geometricError":1,"root":{"geometricError":0,"boundingVolume":{"sphere":[6378137,0,0,9]}}})";
  const auto city = R"({"version":1,"id":"w","name":{"zh":"网","en":"Web"},"origin":{"lon":0,"lat":0},"tilesets":[)"
                    R"({"id":"t","uri":"survey/tileset.json","credentials":"CITYMIRROR_LAYER_SURVEY"}]})";
  std::mutex mutex;
  std::map<std::string, std::string> sent;
  test::HttpServer server(test::HttpServer::Talker([&](const test::HttpServer::Talk& talk) {
    std::lock_guard lock(mutex);
    sent[talk.path] = talk.header("Authorization");
    return talk.send(test::HttpServer::ok(talk.path == "/city.json" ? city : tileset, "ETag: \"1\"\r\n"));
  }));
  const fs::path own = folder / "own", usual = folder / "usual";
  const auto check = [&](std::vector<std::string> more, const std::string& secret) {
    more.insert(more.begin(), {CITYMIRROR_PROGRAM, "check", server.uri("/city.json")});
    return run(more,
               {{"XDG_CACHE_HOME", usual.string()}, {"no_proxy", "127.0.0.1"}, {"CITYMIRROR_LAYER_SURVEY", secret}});
  };
  const auto holds = [](const fs::path& in) { return fs::exists(in) && !fs::is_empty(in); };
  const Outcome none = check({"--no-cache"}, server.uri("") + " s3cret");
  EXPECT_EQ(none.code, 0) << none.output;
  EXPECT_FALSE(none.says("s3cret"));
  EXPECT_EQ(sent["/city.json"], "");
  EXPECT_EQ(sent["/survey/tileset.json"], "Bearer s3cret");
  EXPECT_FALSE(holds(usual / "citymirror" / "http"));
  EXPECT_EQ(check({"--cache", own.string()}, server.uri("") + " s3cret").code, 0);
  EXPECT_TRUE(holds(own));
  EXPECT_FALSE(holds(usual / "citymirror" / "http"));
  EXPECT_EQ(check({}, server.uri("") + " s3cret").code, 0);
  EXPECT_TRUE(holds(usual / "citymirror" / "http"));
  EXPECT_EQ(check({"--cache", own.string(), "--no-cache"}, "").code, 2);
  const Outcome wrong = check({"--no-cache"}, "s3cret");
  EXPECT_EQ(wrong.code, 1);
  EXPECT_TRUE(wrong.says("CITYMIRROR_LAYER_SURVEY") && !wrong.says("s3cret")) << wrong.output;
}

TEST_F(Programs, ATypoInACityIsNamedAndTheRestIsShown) {
  fs::path city = town() / "city.json";
  std::string text = test::textOf(city);
  size_t at = text.find("\"tilesets\"");
  ASSERT_NE(at, std::string::npos);
  ASSERT_TRUE(writeFileAtomically(city, text.substr(0, at) + "\"overlayz\": [], " + text.substr(at)));
  Outcome checked = run({CITYMIRROR_PROGRAM, "check", city.string()});
  EXPECT_NE(checked.code, 0);
  EXPECT_TRUE(checked.says("overlayz") && checked.says("overlays")) << checked.output;
  Outcome rendered = render(city, "typo.png");
  EXPECT_EQ(rendered.code, 3) << rendered.output;
  EXPECT_TRUE(rendered.says("overlayz")) << rendered.output;
  EXPECT_TRUE(fs::exists(folder / "typo.png"));
}

TEST_F(Programs, AMissingTileIsNamedAndTheRestIsShown) {
  fs::path city = town();
  auto tiles = tilesOf(city);
  ASSERT_GT(tiles.size(), 4u);
  fs::remove(tiles[0]);
  Outcome outcome = render(city / "tiles" / "tileset.json", "missing.png", {"--camera", "120.308,36.052,260,0,-45"});
  EXPECT_EQ(outcome.code, 3) << outcome.output;
  EXPECT_TRUE(outcome.says(tiles[0].string()) && outcome.says("No such file")) << outcome.output;
  // What the tile covered is drawn all the same, by its parent.
  Outcome whole = render(town() / "tiles" / "tileset.json", "whole.png", {"--camera", "120.308,36.052,260,0,-45"});
  ASSERT_EQ(whole.code, 0) << whole.output;
  EXPECT_LT(difference(pictureOf(folder / "missing.png"), pictureOf(folder / "whole.png"), 0, 480), 20);
}

TEST_F(Programs, ABrokenTileIsNamedAndTheRestIsShown) {
  fs::path city = town();
  auto tiles = tilesOf(city);
  ASSERT_GT(tiles.size(), 4u);
  // Every accessor now claims more than its buffer holds.
  auto bytes = readFile(tiles[0]);
  ASSERT_TRUE(bytes);
  std::string text(asText(*bytes));
  for (size_t at = 0; (at = text.find("\"count\":", at)) != std::string::npos; at += 8)
    if (text[at + 8] >= '1' && text[at + 8] <= '8') text[at + 8] = '9';
  ASSERT_TRUE(writeFileAtomically(tiles[0], text));
  Outcome outcome = render(city / "tiles" / "tileset.json", "broken.png", {"--camera", "120.308,36.052,260,0,-45"});
  EXPECT_EQ(outcome.code, 3) << outcome.output;
  EXPECT_TRUE(outcome.says(tiles[0].string() + ": mesh 0, primitive 0: accessor 0")) << outcome.output;
  EXPECT_TRUE(fs::exists(folder / "broken.png"));
}

TEST_F(Programs, AnAccessorThatOverrunsItsBufferIsNamedWithBothSizes) {
  // Uncompressed: there the accessor itself counts bytes.
  fs::path city = town({"--raw"}), tile;
  for (const fs::path& candidate : tilesOf(city / "tiles_raw"))
    if (tile.empty()) tile = candidate;
  ASSERT_FALSE(tile.empty());
  std::string text = test::textOf(tile);
  for (size_t at = 0; (at = text.find("\"count\":", at)) != std::string::npos; at += 8)
    if (text[at + 8] >= '1' && text[at + 8] <= '8') text[at + 8] = '9';
  ASSERT_TRUE(writeFileAtomically(tile, text));
  Outcome outcome =
      render(city / "tiles_raw" / "tileset.json", "overrun.png", {"--camera", "120.308,36.052,260,0,-45"});
  EXPECT_EQ(outcome.code, 3) << outcome.output;
  const std::regex sizes("/" + tile.filename().string() +
                         ": .*accessor \\d+ needs [\\d,]+ bytes, buffer view \\d+ has [\\d,]+; tile skipped");
  EXPECT_TRUE(std::regex_search(outcome.output, sizes)) << outcome.output;
  EXPECT_TRUE(fs::exists(folder / "overrun.png"));
}

TEST_F(Programs, AChildTilesetThatIsMissingIsNamedAndTheRestIsShown) {
  fs::path city = town();
  fs::path file = city / "tiles" / "tileset.json";
  std::string text = test::textOf(file);
  const std::string uri = fs::relative(tilesOf(city).front(), city / "tiles").string();
  const size_t at = text.find(uri);
  ASSERT_NE(at, std::string::npos) << uri;
  ASSERT_TRUE(writeFileAtomically(file, text.substr(0, at) + "absent/tileset.json" + text.substr(at + uri.size())));
  Outcome outcome = render(city / "city.json", "child.png");
  Outcome near = render(file, "near.png", {"--camera", "120.308,36.052,260,0,-45"});
  EXPECT_EQ(near.code, 3) << near.output;
  EXPECT_TRUE(near.says("absent/tileset.json")) << near.output;
  EXPECT_TRUE(fs::exists(folder / "near.png") && fs::exists(folder / "child.png")) << outcome.output;
}

TEST_F(Programs, WhatCannotBeDoneIsSaidWithItsExitCode) {
  fs::path city = town() / "city.json";
  Outcome absent = render(folder / "nowhere" / "city.json", "a.png");
  EXPECT_EQ(absent.code, 1);
  EXPECT_TRUE(absent.says("nowhere")) << absent.output;
  ASSERT_TRUE(writeFileAtomically(folder / "no.json", "{ \"format\": "));
  EXPECT_EQ(render(folder / "no.json", "b.png").code, 1);
  Outcome view = render(city, "c.png", {"--view", "atlantis"});
  EXPECT_EQ(view.code, 2);
  EXPECT_TRUE(view.says("atlantis") && view.says("home")) << view.output;
  EXPECT_EQ(render(city, "d.png", {"--size", "0x0"}).code, 2);
  EXPECT_EQ(render(city, "e.png", {"--date", "yesterday"}).code, 2);
  Outcome unwritable =
      run({CITYMIRROR_PROGRAM, "render", city.string(), "--out", "/proc/citymirror/f.png", "--size", "64x64"});
  EXPECT_EQ(unwritable.code, 1);
  EXPECT_TRUE(unwritable.says("/proc/citymirror")) << unwritable.output;
  EXPECT_EQ(run({CITYMIRROR_PROGRAM, "frobnicate", "x"}).code, 2);
}

TEST_F(Programs, WithoutAVulkanDeviceThePackageIsNamed) {
  Outcome outcome =
      run({CITYMIRROR_PROGRAM, "render", test::builtInCity().string(), "--out", (folder / "x.png").string()},
          {{"VK_ICD_FILENAMES", "/nonexistent.json"}, {"VK_DRIVER_FILES", "/nonexistent.json"}});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(outcome.says("mesa-vulkan-drivers")) << outcome.output;
}

TEST_F(Programs, HelpIsInBothLanguages) {
  for (std::vector<std::string> words : {std::vector<std::string>{}, {"render"}, {"bench"}, {"check"}}) {
    words.insert(words.begin(), CITYMIRROR_PROGRAM);
    words.push_back("--help");
    Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_TRUE(outcome.says("/")) << outcome.output;
  }
}

}  // namespace
}  // namespace cm
