#include "city/document.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "city/format.h"
#include "example.h"

namespace cm::city {
namespace {

using nlohmann::ordered_json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

std::vector<Problem> problemsAfter(const std::function<void(ordered_json&)>& edit) {
  ordered_json json = ordered_json::parse(kExample);
  edit(json);
  auto parsed = parseDocument(json.dump(), "city.json");
  EXPECT_TRUE(parsed) << parsed.error().text();
  return parsed ? parsed->problems : std::vector<Problem>{};
}

auto problem(const std::string& path, const std::string& part) {
  return AllOf(Field(&Problem::path, path), Field(&Problem::message, HasSubstr(part)));
}

TEST(Document, ReadsEveryKey) {
  Document city = example();
  EXPECT_EQ(city.name.zh, "海湾");
  EXPECT_TRUE(city.illustrative);
  EXPECT_EQ(city.origin, (geo::Geodetic{120.3, 36.06, 12.5}));
  ASSERT_EQ(city.overlays.size(), 2u);
  const OverlayItem* coast = city.item("coast");
  ASSERT_TRUE(coast);
  EXPECT_EQ(coast->status, PlanStatus::Planned);
  EXPECT_EQ(coast->opens, (Date{2028, 5, 1}));
  EXPECT_NEAR(coast->colour.g, 0x9e / 255.0, 1e-6);
  const Project* harbour = city.project("harbour");
  ASSERT_TRUE(harbour);
  EXPECT_EQ(harbour->kind, ProjectKind::Waterfront);
  ASSERT_EQ(harbour->boundary.size(), 1u);
  EXPECT_EQ(harbour->boundary[0].size(), 2u);
  EXPECT_EQ(harbour->additions[1].tilesetUri, "harbour/2.json");
  EXPECT_DOUBLE_EQ(harbour->figures[0].after, 35.5);
  EXPECT_EQ(city.scenario("some")->projects, std::vector<std::string>{"harbour"});
  EXPECT_EQ(ordered_json::parse(city.extras)["a"], "kept");
}

TEST(Document, WritingAndReadingAgainChangesNothing) {
  Document city = example();
  std::string written = writeDocument(city);
  auto again = parseDocument(written, "city.json");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->problems.empty());
  EXPECT_TRUE(again->document == city);
  EXPECT_EQ(writeDocument(again->document), written);
}

TEST(Document, NamesTheNearestKnownKey) {
  EXPECT_THAT(problemsAfter([](auto& j) { j["projects"][0]["storey"] = 1; }),
              ElementsAre(problem("projects[0].storey", "\"story\"")));
  EXPECT_THAT(problemsAfter([](auto& j) { j["tileset"] = ordered_json::array(); }),
              ElementsAre(problem("tileset", "\"tilesets\"")));
  EXPECT_THAT(problemsAfter([](auto& j) { j["views"][0]["camera"]["bearing"] = 3; }),
              ElementsAre(problem("views[0].camera.bearing", "unknown key")));
}

TEST(Document, ReportsEveryProblemWithItsPath) {
  auto problems = problemsAfter([](auto& j) {
    j["projects"][0]["phases"][0]["from"] = "2026-13";
    j["projects"][0]["phases"][1]["to"] = "2020-01-01";
    j["projects"][1]["kind"] = "industrial";
    j["projects"][0]["boundary"][0][0][1] = {220.0, 36.0};
    j["projects"][0]["figures"][0]["after"] = "many";
    j["origin"]["lat"] = 91;
    j["overlays"][0]["items"][0]["colour"] = "green";
    j["overlays"][1]["items"][0]["id"] = "coast";
    j["overlays"][0]["source"] = "mad";
    j["scenarios"][2]["projects"][0] = "harbor";
    j["views"][1]["id"] = "home";
    j["tilesets"].push_back(ordered_json::object({{"id", "second"}}));
    j["illustrative"] = "yes";
    j["styles"][0]["show"] = "${height} >";
    j["styles"][0]["colour"]["stops"][1]["value"] = 0;
    j["styles"][1]["colour"]["categories"] = ordered_json::array();
    j["pictures"].push_back(j["pictures"][0]);
    j["pictures"].push_back({{"of", "mill"}, {"source", "mad"}});
    j["extras"] = 3;
    j["tilesets"][0]["credentials"] = "AWS_SECRET_ACCESS_KEY";
    j["overlays"][0]["credentials"] = "CITYMIRROR_LAYER_";
  });
  auto expect = [&](const char* path, const char* part) { EXPECT_THAT(problems, Contains(problem(path, part))); };
  expect("projects[0].phases[0].from", "2026-13");
  expect("projects[0].phases[1].to", "not before");
  expect("projects[1].kind", "industrialHeritage");
  expect("projects[0].boundary[0][0][1]", "220");
  expect("projects[0].figures[0].after", "\"many\"");
  expect("origin.lat", "91");
  expect("overlays[0].items[0].colour", "green");
  expect("overlays[1].items[0].id", "second time");
  expect("overlays[0].source", "\"made\"");
  expect("scenarios[2].projects[0]", "\"harbour\"");
  expect("views[1].id", "\"home\"");
  expect("tilesets[1].uri", "found nothing");
  expect("illustrative", "true or false");
  expect("styles[0].show", "column 12");
  expect("styles[0].colour.stops[1].value", "more than the stop before");
  expect("styles[1].colour.stops", "found no colour");
  expect("pictures[1].of", "second time");
  expect("pictures[2].uri", "found nothing");
  expect("pictures[2].source", "\"made\"");
  expect("extras", "object");
  expect("tilesets[0].credentials", "CITYMIRROR_LAYER_SURVEY");
  expect("overlays[0].credentials", "expected the name of an environment variable");
}

TEST(Document, KeepsWhatIsGoodBesideWhatIsNot) {
  ordered_json json = ordered_json::parse(kExample);
  json["projects"][0].erase("id");
  json["scenarios"] = "all";
  auto parsed = parseDocument(json.dump(), "city.json");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->problems.size(), 2u);
  ASSERT_EQ(parsed->document.projects.size(), 1u);
  EXPECT_EQ(parsed->document.projects[0].id, "mill");
  EXPECT_EQ(parsed->document.views.size(), 2u);
}

TEST(Document, RemovalOfAMissingPhaseIsAProblem) {
  EXPECT_THAT(problemsAfter([](auto& j) { j["projects"][0]["removals"][0]["phase"] = "p9"; }),
              ElementsAre(problem("projects[0].removals[0].phase", "\"p9\"")));
}

TEST(Document, ImageryIsReadWhole) {
  const Document document = example();
  ASSERT_EQ(document.imagery.size(), 2u);
  const Imagery& ortho = document.imagery[0];
  EXPECT_EQ(ortho.kind, ImageryKind::Wmts);
  EXPECT_EQ(ortho.matrix, ImageryMatrix::Geographic);
  EXPECT_EQ(ortho.levelOffset, 1);
  EXPECT_EQ(ortho.bounds, glm::dvec4(120, 35.5, 121, 36.5));
  EXPECT_EQ(document.imagery[1].maxLevel, 18);
  EXPECT_TRUE(document.hasItem("ortho"));
  EXPECT_FALSE(document.hasItem("orthos"));
}

TEST(Document, ImageryThatCannotBeIsReported) {
  EXPECT_THAT(
      problemsAfter([](auto& j) {
        j["imagery"][0]["keyEnvironment"] = "AWS_SECRET_ACCESS_KEY";
        j["imagery"][0]["maxLevel"] = 2;
        j["imagery"][0]["bounds"] = {121, 35, 120, 36};
        j["imagery"][1]["minLevel"] = 2.5;
      }),
      ElementsAre(problem("imagery[0].maxLevel", "\"minLevel\" (3)"), problem("imagery[0].bounds", "degrees"),
                  problem("imagery[0].keyEnvironment", "CITYMIRROR_KEY_"), problem("imagery[1].minLevel", "whole")));
  EXPECT_THAT(problemsAfter([](auto& j) { j["imagery"][1]["id"] = "coast"; }),
              ElementsAre(problem("imagery[1].id", "a second time")));
}

TEST(Document, FailsOnlyWhereThereIsNothingToShow) {
  auto broken = parseDocument("{\n  \"id\": 'x'\n}", "a/city.json");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().text(), AllOf(HasSubstr("a/city.json"), HasSubstr("line 2")));
  EXPECT_FALSE(parseDocument("[]", "city.json"));
  EXPECT_FALSE(parseDocument("{\"version\": 1}", "city.json"));
  EXPECT_FALSE(parseDocument("{\"version\": 1, \"id\": 1e999}", "city.json"));
  auto newer = parseDocument(R"({"version": 2, "origin": {"lon": 0, "lat": 0}})", "city.json");
  ASSERT_FALSE(newer);
  EXPECT_THAT(newer.error().text(), HasSubstr("newer"));
  auto bare = parseDocument(R"({"origin": {"lon": 1, "lat": 2}})", "city.json");
  ASSERT_TRUE(bare);
  EXPECT_THAT(bare->problems, Contains(problem("version", "found nothing")));
}

TEST(Document, AKeyGivenTwiceIsAProblem) {
  auto parsed = parseDocument(
      R"({"version": 1, "id": "a", "name": {"zh": "一", "zh": "二"}, "origin": {"lon": 1, "lat": 2}})", "c");
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->problems, ElementsAre(problem("name.zh", "twice")));
}

TEST(Document, ClosedRingsAreOpened) {
  ordered_json json = ordered_json::parse(kExample);
  auto& ring = json["projects"][0]["boundary"][0][0];
  ring.push_back(ring[0]);
  auto parsed = parseDocument(json.dump(), "city.json");
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->problems.empty());
  EXPECT_EQ(parsed->document.projects[0].boundary[0][0].size(), 3u);
}

TEST(Document, SchemaAndParserKnowTheSameKeys) {
  auto bytes = readFile(assetsFolder() / "schema" / "city.schema.json");
  ASSERT_TRUE(bytes) << bytes.error().text();
  ordered_json schema = ordered_json::parse(asText(*bytes));
  for (const format::Kind& kind : format::kKinds) {
    const ordered_json& definition = kind.name == "city" ? schema : schema["$defs"][std::string(kind.name)];
    std::vector<std::string> inSchema, inParser(kind.keys.begin(), kind.keys.end());
    for (const auto& entry : definition["properties"].items()) inSchema.push_back(entry.key());
    EXPECT_EQ(inSchema, inParser) << kind.name;
    EXPECT_EQ(definition["additionalProperties"], false) << kind.name;
  }
  auto words = [](const ordered_json& list) { return list.get<std::vector<std::string>>(); };
  const auto& defs = schema["$defs"];
  EXPECT_EQ(words(defs["overlay"]["properties"]["kind"]["enum"]),
            std::vector<std::string>(format::kOverlayKinds.begin(), format::kOverlayKinds.end()));
  EXPECT_EQ(words(defs["imagery"]["properties"]["kind"]["enum"]),
            std::vector<std::string>(format::kImageryKinds.begin(), format::kImageryKinds.end()));
  EXPECT_EQ(words(defs["imagery"]["properties"]["matrix"]["enum"]),
            std::vector<std::string>(format::kImageryMatrices.begin(), format::kImageryMatrices.end()));
  EXPECT_EQ(words(defs["item"]["properties"]["network"]["enum"]),
            std::vector<std::string>(format::kNetworks.begin(), format::kNetworks.end()));
  EXPECT_EQ(words(defs["status"]["enum"]),
            std::vector<std::string>(format::kStatuses.begin(), format::kStatuses.end()));
  EXPECT_EQ(words(defs["project"]["properties"]["kind"]["enum"]),
            std::vector<std::string>(format::kProjectKinds.begin(), format::kProjectKinds.end()));
}

TEST(Document, RequiredKeysOfTheSchemaAreRequiredByTheParser) {
  auto bytes = readFile(assetsFolder() / "schema" / "city.schema.json");
  ASSERT_TRUE(bytes);
  ordered_json schema = ordered_json::parse(asText(*bytes));
  struct Place {
    const char* kind;
    const char* pointer;
  };
  for (const Place& place : {Place{"source", "/sources/0"},
                             {"tileset", "/tilesets/0"},
                             {"overlay", "/overlays/0"},
                             {"item", "/overlays/0/items/0"},
                             {"imagery", "/imagery/0"},
                             {"project", "/projects/0"},
                             {"phase", "/projects/0/phases/0"},
                             {"removal", "/projects/0/removals/0"},
                             {"addition", "/projects/0/additions/0"},
                             {"figure", "/projects/0/figures/0"},
                             {"scenario", "/scenarios/0"},
                             {"view", "/views/0"},
                             {"camera", "/views/0/camera"},
                             {"place", "/origin"}}) {
    for (const auto& entry : schema["$defs"][place.kind]["properties"].items()) {
      const auto& required = schema["$defs"][place.kind]["required"];
      bool isRequired = std::find(required.begin(), required.end(), entry.key()) != required.end();
      auto problems = problemsAfter([&](auto& j) { j[ordered_json::json_pointer(place.pointer)].erase(entry.key()); });
      bool reported = std::any_of(problems.begin(), problems.end(), [&](const Problem& p) {
        return p.path.ends_with("." + entry.key()) && p.message.starts_with("found nothing");
      });
      EXPECT_EQ(reported, isRequired) << place.kind << "." << entry.key();
    }
  }
}

TEST(Date, ReadsAndWrites) {
  EXPECT_EQ(*parseDate("2027"), (Date{2027, 1, 1}));
  EXPECT_EQ(*parseDate("2027-07"), (Date{2027, 7, 1}));
  EXPECT_EQ(*parseDate("2028-02-29"), (Date{2028, 2, 29}));
  for (const char* bad : {"", "27", "2027-7", "2027-13", "2027-02-29", "2027-00-01", "2027-01-32", "2027/01/01",
                          "2027-01-01T00:00", "2027-"})
    ASSERT_FALSE(parseDate(bad)) << bad;
  const auto wrong = parseDate("2027-13");
  EXPECT_TRUE(wrong.error().text().starts_with("“2027-13”不是日期（没有这个月份）")) << wrong.error().text();
  EXPECT_NE(wrong.error().text().find("/ found \"2027-13\" (there is no such month)"), std::string::npos);
  EXPECT_EQ(toString(Date{2027, 7, 1}), "2027-07-01");
}

TEST(Date, SurvivesTheWayThroughAFraction) {
  EXPECT_NEAR(yearsOf({2027, 7, 1}), 2027.4959, 1e-4);
  for (int year : {2020, 2021, 2024})
    for (int month = 1; month <= 12; ++month)
      for (int day : {1, 15, 28}) EXPECT_EQ(dateFromYears(yearsOf({year, month, day})), (Date{year, month, day}));
  EXPECT_EQ(dateFromYears(2021.0), (Date{2021, 1, 1}));
  EXPECT_EQ(dateFromYears(2020.99999), (Date{2021, 1, 1}));
}

TEST(DocumentForTileset, IsNamedByItsFolder) {
  EXPECT_EQ(documentForTileset("https://example.org/data/harbour/tileset.json?v=2").name.en, "harbour");
  EXPECT_EQ(documentForTileset("block.json").name.en, "block.json");
  EXPECT_EQ(documentForTileset("./tileset.json").tilesets[0].uri, "./tileset.json");
}

TEST(ViewOf, LooksAtTheBoundaryWhereThereIsNoView) {
  Document city = example();
  Project harbour = city.projects[0];
  EXPECT_EQ(viewOf(harbour), harbour.view);
  harbour.view = {};
  CameraPose pose = viewOf(harbour);
  EXPECT_NEAR(pose.lonDegrees, 120.305, 1e-6);
  EXPECT_LT(pose.latDegrees, 36.06);
  EXPECT_GT(pose.heightMetres, 500);
}

}  // namespace
}  // namespace cm::city
