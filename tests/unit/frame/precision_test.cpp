//! The way of a position from a tileset's files to the eye, against the same way in double (DESIGN, decision 7).
#include <gtest/gtest.h>

#include <cmath>

#include "../source/glb_maker.h"
#include "frame/draws.h"
#include "frame/view.h"
#include "geo/eye.h"
#include "source/tileset.h"

namespace cm::frame {
namespace {

const glm::dmat4 kZUpFromYUp(1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1);  // glTF 2.0 to 3D Tiles, 1.1 7.2.1.3

std::string numbersOf(const glm::dmat4& m) {
  std::string text;
  for (int i = 0; i < 16; ++i) text += fmt::format("{}{:.17g}", i ? "," : "", m[i / 4][i % 4]);
  return text;
}

enum class PlacedBy { Transform, Node, RtcCentre };

struct Sample {
  source::MeshContent content;
  std::vector<glm::dvec3> ecef;  // of each vertex, by the files' own numbers
};

//! A tileset of points up to `reach` metres from `place`, read as the engine reads it.
Sample sampleAt(const geo::Geodetic& place, double reach, PlacedBy by) {
  const glm::dmat4 here = geo::enuFrameAt(place).ecefFromEnu;
  const glm::dvec3 centre(here[3]);
  std::vector<float> stored;
  for (int i = 0; i < 400; ++i) {  // from the middle outwards in all directions, three millimetres to `reach`
    const double angle = 2.39996322972865332 * i, out = reach * std::pow(0.003 / reach, 1 - i / 399.0);
    for (double v : {out * std::cos(angle), 0.05 * out * std::sin(7 * angle), out * std::sin(angle)})
      stored.push_back(float(v));
  }
  const auto count = stored.size() / 3;
  test::Chunk chunk;
  chunk.add(stored);
  test::GltfParts parts;
  parts.primitive = R"({"attributes":{"POSITION":0},"mode":0})";
  parts.accessors = fmt::format(R"({{"bufferView":0,"componentType":5126,"count":{},"type":"VEC3"}})", count);
  parts.views = fmt::format(R"({{"buffer":0,"byteLength":{}}})", stored.size() * 4);
  parts.bufferBytes = stored.size() * 4;

  glm::dmat4 tile(1.0), node(1.0);
  glm::dvec3 rtc(0);
  if (by == PlacedBy::Transform) tile = here;
  if (by == PlacedBy::Node)
    node = glm::inverse(kZUpFromYUp) * here * kZUpFromYUp;  // as exporters without a transform do
  if (by == PlacedBy::RtcCentre) rtc = centre;
  if (by == PlacedBy::Node) parts.node = fmt::format(R"({{"mesh":0,"matrix":[{}]}})", numbersOf(node));
  Bytes bytes = test::glbOf(parts.json(), chunk.bytes);
  if (by == PlacedBy::RtcCentre) {
    std::string feature =
        fmt::format(R"({{"BATCH_LENGTH":0,"RTC_CENTER":[{:.17g},{:.17g},{:.17g}]}})", rtc.x, rtc.y, rtc.z);
    feature.resize((feature.size() + 3) / 4 * 4, ' ');
    bytes = test::b3dmOf(bytes, feature);
  }
  const std::string json =
      fmt::format(R"({{"asset":{{"version":"1.1"}},"geometricError":1,"root":{{"geometricError":0,"refine":"ADD",)"
                  R"("transform":[{}],"boundingVolume":{{"sphere":[0,0,0,1e7]}},"content":{{"uri":"a.glb"}}}}}})",
                  numbersOf(tile));
  Sample sample;
  const auto tileset = source::parseTileset(asBytes(json), "tileset.json");
  EXPECT_TRUE(tileset) << tileset.error().text();
  auto content = source::decodeContent(bytes, "a.glb", tileset->tiles[0].ecefFromTile);
  EXPECT_TRUE(content) << content.error().text();
  sample.content = std::move(*content);
  EXPECT_EQ(sample.content.vertices.size(), count);
  for (size_t i = 0; i < count; ++i) {
    const glm::dvec4 at(stored[i * 3], stored[i * 3 + 1], stored[i * 3 + 2], 1);
    sample.ecef.push_back(glm::dvec3(tile * kZUpFromYUp * node * at) + rtc);
  }
  return sample;
}

//! What shaders/shared/tile_vertex.glsl computes, in the same precision.
glm::vec3 standing(const shared::DrawInstance& draw, const glm::vec3& position) {
  const glm::vec4 p(position, 1);
  return {glm::dot(draw.row0, p), glm::dot(draw.row1, p), glm::dot(draw.row2, p)};
}

struct Errors {
  double worstMetres = 0;  // of what is nearer than kNearbyMetres
  double worstShare = 0;   // of the distance, of what is further off: a pixel of 1,080 over 45 degrees is 7e-4
  double worstPixels = 0;  // of a picture with 1,080 lines
};
constexpr double kNearbyMetres = 4000;

Errors errorsOf(const Sample& sample, const geo::Geodetic& origin, size_t watched, double aboveMetres = 2) {
  residency::ResidentTile tile;
  tile.ecefFromContent = sample.content.ecefFromContent;
  tile.lo = sample.content.lo;
  tile.hi = sample.content.hi;
  geo::Geodetic place = geo::geodeticFromEcef(sample.ecef[watched]);
  place.heightMetres += aboveMetres;
  Scene scene;
  scene.eye = geo::eyeAt(place, 30, -20, 0.7854);
  const geo::EnuFrame axes = geo::enuFrameAt(origin);
  const View view = makeView(scene, axes, {1920, 1080}, 0);
  const shared::DrawInstance draw = instanceOf(view, placed(tile, axes));
  Errors errors;
  const double focal = 1 / std::tan(view.fovYRadians / 2) * 1080 / 2;
  for (size_t i = 0; i < sample.ecef.size(); ++i) {
    const glm::vec3 world = standing(draw, sample.content.vertices[i].position);
    const glm::dvec3 exact = glm::dmat3(axes.enuFromEcef) * (sample.ecef[i] - scene.eye.position);
    const double error = glm::distance(glm::dvec3(world), exact), distance = glm::length(exact);
    if (distance < kNearbyMetres)
      errors.worstMetres = std::max(errors.worstMetres, error);
    else
      errors.worstShare = std::max(errors.worstShare, error / distance);
    const double depth = glm::dot(exact, view.forward);
    if (depth < 1) continue;
    const glm::vec3 drawn = view.project(world);
    const double x = glm::dot(exact, view.right) / depth * focal + 960,
                 y = 540 - glm::dot(exact, view.up) / depth * focal;
    if (x < 0 || x > 1920 || y < 0 || y > 1080) continue;
    errors.worstPixels = std::max(errors.worstPixels, std::hypot(double(drawn.x) - x, double(drawn.y) - y));
  }
  return errors;
}

const geo::Geodetic kQingdao{120.383, 36.067, 12};

void expectExact(const Sample& sample, const geo::Geodetic& origin, const std::string& what) {
  for (size_t watched = 0; watched < sample.ecef.size(); watched += 57) {
    const Errors errors = errorsOf(sample, origin, watched);
    EXPECT_LT(errors.worstMetres, 0.001) << what << ", seen from vertex " << watched;
    EXPECT_LT(errors.worstShare, 3e-7) << what << ", seen from vertex " << watched;
    EXPECT_LT(errors.worstPixels, 0.05) << what << ", seen from vertex " << watched;
  }
}

TEST(Precision, UnderAMillimetreAnywhereOnTheGlobe) {
  const std::pair<const char*, geo::Geodetic> places[] = {
      {"Qingdao", kQingdao},
      {"the equator", {0, 0, 0}},
      {"the antimeridian", {180, 10, 0}},
      {"the antimeridian from the west", {-179.99999, -17, 30}},
      {"the north pole", {0, 90, 0}},
      {"beside the south pole", {17, -89.9999, 2835}},
      {"a mountain", {86.925, 27.988, 8849}},
  };
  for (const auto& [name, place] : places)
    for (const double reach : {500.0, 8000.0})
      for (const PlacedBy by : {PlacedBy::Transform, PlacedBy::Node, PlacedBy::RtcCentre})
        expectExact(sampleAt(place, reach, by), place, fmt::format("{}, {} m, way {}", name, reach, int(by)));
}

TEST(Precision, TwoTilesetsAThousandKilometresApartInOneCity) {
  // 9 degrees of latitude. The document's axes are those of the first; the second's vertices lie 78 km below its tangent plane.
  const geo::Geodetic far{kQingdao.lonDegrees, kQingdao.latDegrees - 9, 12};
  ASSERT_GT(glm::distance(geo::ecefFromGeodetic(kQingdao), geo::ecefFromGeodetic(far)), 995e3);
  for (const PlacedBy by : {PlacedBy::Transform, PlacedBy::Node, PlacedBy::RtcCentre}) {
    expectExact(sampleAt(kQingdao, 2000, by), kQingdao, "the near one");
    expectExact(sampleAt(far, 2000, by), kQingdao, "the far one");
  }
}

TEST(Precision, FromAThousandKilometresAwayNoPartOfAPixel) {
  const Sample sample = sampleAt(kQingdao, 8000, PlacedBy::Transform);
  const Errors errors = errorsOf(sample, kQingdao, 0, 1e6);
  EXPECT_LT(errors.worstShare, 3e-7);
}

}  // namespace
}  // namespace cm::frame
