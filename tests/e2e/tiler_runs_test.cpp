// The tiler's promises over whole runs: an interrupted one goes on and ends as if nothing had happened, memory and threads change
// nothing, coordinates of any datum come to the same place, options and formats do what --help says.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "geo/datum.h"
#include "source/tileset.h"
#include "support/test_data.h"
#include "support/tiler.h"

namespace cm {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::run;

struct Placed {
  glm::dvec3 ecef{0};  // the middle of its bounds
  double height = 0;
};

//! All buildings of a city's leaves, by the last part of their id.
std::map<std::string, Placed> buildingsOf(const fs::path& city) {
  std::map<std::string, Placed> found;
  const fs::path file = city / "tiles" / "tileset.json";
  auto bytes = readFile(file);
  auto tileset = bytes ? source::parseTileset(*bytes, file.string()) : Result<source::Tileset>(bytes.error());
  if (!tileset) throw std::runtime_error(tileset.error().text());
  for (const auto& tile : tileset->tiles) {
    if (!tile.children.empty()) continue;
    for (const std::string& uri : tile.contentUris) {
      auto glb = readFile(uri);
      auto content =
          glb ? source::decodeContent(*glb, uri, tile.ecefFromTile) : Result<source::MeshContent>(glb.error());
      if (!content) throw std::runtime_error(content.error().text());
      for (size_t i = 0; i < content->features.size(); ++i) {
        const std::string id(content->features.ids[i]);
        const glm::dvec3 middle = glm::dvec3(content->features.lo[i] + content->features.hi[i]) / 2.0;
        found[id.substr(id.rfind('/') + 1)] = {glm::dvec3(content->ecefFromContent * glm::dvec4(middle, 1)),
                                               std::stod(content->features.text("height", i))};
      }
    }
  }
  return found;
}

//! What `crs` calls a place of WGS84, by Newton's method on the way back.
glm::dvec2 placeIn(const geo::Transform& toWgs84, glm::dvec2 wanted, glm::dvec2 guess, double step) {
  for (int round = 0; round < 20; ++round) {
    auto at = [&](glm::dvec2 p) {
      auto moved = toWgs84(p);
      if (!moved) throw std::runtime_error(moved.error().text());
      return *moved;
    };
    const glm::dvec2 here = at(guess), dx = (at(guess + glm::dvec2(step, 0)) - here) / step,
                     dy = (at(guess + glm::dvec2(0, step)) - here) / step;
    guess += glm::inverse(glm::dmat2(dx, dy)) * (wanted - here);
    if (glm::length(wanted - here) < 1e-12) break;
  }
  return guess;
}

//! The residual a run states for its conversion, in metres.
std::optional<double> residualIn(const std::string& output) {
  const std::string words = "to WGS84, residual ";
  const size_t at = output.find(words);
  if (at == std::string::npos) return std::nullopt;
  return std::stod(output.substr(at + words.size()));
}

struct TilerRuns : testing::Test {
  fs::path folder = test::freshFolder(testing::UnitTest::GetInstance()->current_test_info()->name());

  fs::path write(const std::string& name, const std::string& text) {
    EXPECT_TRUE(writeFileAtomically(folder / name, text));
    return folder / name;
  }
  std::vector<std::string> command(const std::string& out, std::vector<std::string> more) const {
    std::vector<std::string> words{CITYMIRROR_TILER_PROGRAM, "build", "--quiet", "--name", "小镇,Town", "--out",
                                   (folder / out).string()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  fs::path build(const std::string& out, std::vector<std::string> more, Outcome* told = nullptr) {
    Outcome outcome = run(command(out, std::move(more)));
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    if (told) *told = outcome;
    return folder / out;
  }
};

TEST_F(TilerRuns, AKilledRunGoesOnToTheSameBytes) {
  const fs::path town = write("town.geojson", test::townGeoJson(8000));
  const std::vector<std::string> input{"--footprints", town.string(), "--height-field", "h", "--jobs", "1"};
  const auto whole = test::filesIn(build("whole", input));
  ASSERT_GT(whole.size(), 20u);
  const fs::path work = folder / "killed.work" / "city.work" / "tiles";
  auto tilesDone = [&] {
    std::error_code none;
    const auto bytes = fs::file_size(work / "tiles.journal", none);
    return none ? 0 : bytes;
  };
  // Once while it reads, then again and again while it makes tiles, each time a little further.
  size_t kills = 0;
  uintmax_t before = 0;
  for (int round = 0; round < 6; ++round) {
    test::Process process(command("killed", input), {}, folder / "output.txt");
    ASSERT_TRUE(test::eventually(60, [&] {
      return !process.running() || (round == 0 ? fs::exists(work / "buildings.spool") : tilesDone() > before);
    }));
    if (!process.running()) break;  // it was faster than the test
    process.signal(SIGKILL);
    EXPECT_EQ(process.wait(), 128 + SIGKILL);
    EXPECT_FALSE(fs::exists(folder / "killed")) << "half a city";
    ++kills;
    before = tilesDone();
    // As a kill in the middle of writing a tile leaves it.
    if (before > 0) std::ofstream(work / "tiles" / "9.glb.part1-1") << "half";
  }
  EXPECT_GE(kills, 2u) << test::textOf(folder / "output.txt");
  if (!fs::exists(folder / "killed")) {
    Outcome last;
    build("killed", input, &last);
    EXPECT_TRUE(last.says("going on with the interrupted build")) << last.output;
  }
  EXPECT_EQ(test::filesIn(folder / "killed"), whole);
  EXPECT_FALSE(fs::exists(folder / "killed.work"));
}

TEST_F(TilerRuns, MemoryAndJobsChangeNothing) {
  CM_NEED_SHARED_DATA("cities/osm_small/monaco_2023.osm.pbf");
  const std::string osm = test::sharedData("cities/osm_small/monaco_2023.osm.pbf").string();
  const auto one = test::filesIn(build("one", {"--osm", osm, "--jobs", "1"}));
  EXPECT_EQ(test::filesIn(build("two", {"--osm", osm, "--jobs", "3", "--memory", "8GiB"})), one);
  EXPECT_EQ(test::filesIn(build("three", {"--osm", osm, "--jobs", "2", "--memory", "1MiB"})), one);
}

TEST_F(TilerRuns, EveryDatumComesToTheSamePlaceWithinItsResidual) {
  const std::vector<std::string> fields{"--height-field", "h"};
  auto built = [&](const std::string& name, const std::string& crs, const std::string& town, Outcome& told) {
    std::vector<std::string> input{"--footprints", write(name + ".geojson", town).string()};
    if (!crs.empty()) input.insert(input.end(), {"--crs", crs});
    input.insert(input.end(), fields.begin(), fields.end());
    return buildingsOf(build(name, input, &told));
  };
  Outcome told;
  const auto wanted = built("wgs84", "", test::townGeoJson(200), told);
  ASSERT_EQ(wanted.size(), 200u);
  struct Case {
    std::string name, crs;
    glm::dvec2 guess;
    double step;
  };
  // CGCS2000 in 3-degree zones, with and without the zone's number before the easting.
  for (const Case& c : {Case{"gcj02", "GCJ02", {120.3, 36.05}, 1e-5}, Case{"bd09", "BD09", {120.3, 36.05}, 1e-5},
                        Case{"zone", "EPSG:4549", {5e5, 4e6}, 10}, Case{"numbered", "EPSG:4528", {40.5e6, 4e6}, 10}}) {
    SCOPED_TRACE(c.crs);
    auto toWgs84 = geo::Transform::toWgs84(c.crs);
    ASSERT_TRUE(toWgs84) << toWgs84.error().text();
    const std::string town = test::townGeoJson(200, [&](double x, double y) {
      const glm::dvec2 p = placeIn(*toWgs84, {x, y}, c.guess, c.step);
      return std::pair{p.x, p.y};
    });
    const auto found = built(c.name, c.crs, town, told);
    ASSERT_EQ(found.size(), wanted.size());
    const auto residual = residualIn(told.output);
    EXPECT_TRUE(residual || told.says("no accuracy is stated")) << told.output;
    double worst = 0;
    for (const auto& [id, place] : wanted) worst = std::max(worst, glm::length(found.at(id).ecef - place.ecef));
    // 2 cm: positions in tiles are rounded.
    EXPECT_LE(worst, residual.value_or(0) + 0.02);
    if (c.crs == "GCJ02" || c.crs == "BD09") {
      EXPECT_LT(residual.value_or(1), 0.001) << told.output;
      EXPECT_GT(residual.value_or(0), 0) << "a residual of nothing was not measured: " << told.output;
    }
    // Unnamed, the same file lies hundreds of metres away, or nowhere.
    Outcome unnamed = run(command(c.name + "-unnamed", {"--footprints", (folder / (c.name + ".geojson")).string()}));
    if (unnamed.code == 0) {
      EXPECT_GT(glm::length(buildingsOf(folder / (c.name + "-unnamed")).at("b0").ecef - wanted.at("b0").ecef), 300);
    } else {
      EXPECT_TRUE(unnamed.code == 3 && unnamed.says("--crs EPSG:n")) << unnamed.output;
    }
  }
}

TEST_F(TilerRuns, ABoxTakesTheBuildingsInIt) {
  const fs::path town = write("town.geojson", test::townGeoJson(400));
  // Ten columns and five rows: middles at 0.000055 degrees beside the corner.
  const auto found =
      buildingsOf(build("part", {"--footprints", town.string(), "--bbox", "120.2999,36.0499,120.3039,36.0519"}));
  EXPECT_EQ(found.size(), 50u);
  EXPECT_TRUE(found.contains("b0") && found.contains("b169") && !found.contains("b10") && !found.contains("b200"));
  Outcome wrong = run(command("wrong", {"--footprints", town.string(), "--bbox", "121,36,120,37"}));
  EXPECT_EQ(wrong.code, 2);
  EXPECT_TRUE(wrong.says("west < east")) << wrong.output;
}

TEST_F(TilerRuns, HeightsComeFromTheFieldsNamed) {
  const fs::path town = write("town.geojson", test::townGeoJson(60));
  const auto metres = buildingsOf(build("metres", {"--footprints", town.string(), "--height-field", "h"}));
  const auto storeys = buildingsOf(build("storeys", {"--footprints", town.string(), "--levels-field", "storeys"}));
  for (int i = 0; i < 60; ++i) {
    EXPECT_DOUBLE_EQ(metres.at(fmt::format("b{}", i)).height, 6 + i % 50);
    EXPECT_DOUBLE_EQ(storeys.at(fmt::format("b{}", i)).height, 3 * (1 + i % 9));
  }
  Outcome absent = run(command("absent", {"--footprints", town.string(), "--height-field", "hoehe"}));
  EXPECT_EQ(absent.code, 3);
  EXPECT_TRUE(absent.says("has no field \"hoehe\", found: id, h, storeys")) << absent.output;
}

//! A PostgreSQL of the test's own with PostGIS, reached through a socket in its folder; ended with the test.
class Postgis {
 public:
  explicit Postgis(fs::path folder) : folder_(std::move(folder)) {
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql"))
      if (fs::exists(entry.path() / "bin" / "initdb")) bin_ = entry.path() / "bin";
    fs::create_directories(folder_);
    if (::geteuid() == 0) {  // PostgreSQL refuses to run as root
      as_ = {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"};
      fs::permissions(folder_, fs::perms::all);
    }
    Outcome made = as({(bin_ / "initdb").string(), "-D", (folder_ / "data").string(), "-U", "test", "-A", "trust", "-E",
                       "UTF8", "--no-sync"});
    if (made.code != 0) throw std::runtime_error(made.output);
    Outcome started =
        as({(bin_ / "pg_ctl").string(), "-D", (folder_ / "data").string(), "-w", "-l", (folder_ / "log").string(), "-o",
            fmt::format("-c listen_addresses= -c fsync=off -k {}", folder_.string()), "start"});
    if (started.code != 0) throw std::runtime_error(started.output + test::textOf(folder_ / "log"));
  }
  ~Postgis() { as({(bin_ / "pg_ctl").string(), "-D", (folder_ / "data").string(), "-m", "immediate", "-w", "stop"}); }
  Postgis(const Postgis&) = delete;
  Postgis& operator=(const Postgis&) = delete;

  static std::string absence() {
    std::error_code none;
    if (!fs::exists("/usr/lib/postgresql", none)) return "needs PostgreSQL (Debian: postgresql)";
    for (const auto& entry : fs::directory_iterator("/usr/share/postgresql", none))
      if (fs::exists(entry.path() / "extension" / "postgis.control")) return "";
    return "needs PostGIS (Debian: postgresql-15-postgis-3)";
  }
  Outcome sql(const std::string& text) const {
    return run({(bin_ / "psql").string(), "-h", folder_.string(), "-U", "test", "-d", "postgres", "-v",
                "ON_ERROR_STOP=1", "-q", "-c", text});
  }
  std::string connection() const { return fmt::format("PG:host={} user=test dbname=postgres", folder_.string()); }

 private:
  Outcome as(std::vector<std::string> words) const {
    words.insert(words.begin(), as_.begin(), as_.end());
    return run(words);
  }
  fs::path folder_, bin_;
  std::vector<std::string> as_;
};

TEST_F(TilerRuns, ReadsFootprintsFromPostgis) {
  if (const std::string absent = Postgis::absence(); !absent.empty()) GTEST_SKIP() << absent;
  // A socket's path may have 107 characters.
  const fs::path home = fs::temp_directory_path() / fmt::format("citymirror-pg-{}", ::getpid());
  {
    Postgis database(home);
    Outcome filled = database.sql(
        "CREATE EXTENSION postgis; CREATE TABLE houses (id text PRIMARY KEY, h double precision, shape "
        "geometry(Polygon, 4549));"
        "INSERT INTO houses SELECT 'b' || i, 6 + i % 50, ST_Transform(ST_MakeEnvelope(120.30 + (i % 40) * 0.0004, "
        "36.05 + (i / 40) * 0.0004,"
        "120.30 + (i % 40) * 0.0004 + 0.00011, 36.05 + (i / 40) * 0.0004 + 0.00011, 4326), 4549) FROM "
        "generate_series(0, 199) AS i;");
    ASSERT_EQ(filled.code, 0) << filled.output;
    Outcome told;
    const auto found = buildingsOf(
        build("postgis", {"--footprints", database.connection() + " tables=houses", "--height-field", "h"}, &told));
    const auto wanted = buildingsOf(build(
        "geojson", {"--footprints", write("town.geojson", test::townGeoJson(200)).string(), "--height-field", "h"}));
    ASSERT_EQ(found.size(), 200u);
    for (const auto& [id, place] : wanted) {
      EXPECT_LE(glm::length(found.at(id).ecef - place.ecef), 0.02) << id;
      EXPECT_DOUBLE_EQ(found.at(id).height, place.height);
    }
    EXPECT_TRUE(told.says("CGCS2000")) << told.output;
    Outcome absent = run(command("absent", {"--footprints", database.connection() + " tables=castles"}));
    EXPECT_EQ(absent.code, 3) << absent.output;
    EXPECT_TRUE(absent.says("PG:host=")) << absent.output;
  }
  fs::remove_all(home);
}

}  // namespace
}  // namespace cm
