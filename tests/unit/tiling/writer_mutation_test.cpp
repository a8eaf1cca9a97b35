//! Damaged tiles never crash the reader: seeded changes to valid files, the same in every run. Worth most under the
//! sanitizers.
#include <gtest/gtest.h>

#include <random>

#include "geo/ellipsoid.h"
#include "source/tileset.h"
#include "tile_example.h"
#include "tiling/writer.h"

namespace cm::tiling {
namespace {

constexpr int kRounds = 2000;

Bytes b3dmAround(const Bytes& glb) {
  const std::string feature = R"({"BATCH_LENGTH":4,"RTC_CENTER":[1,2,3]} )";
  const std::string batch = R"({"id":["a","b","c","d"],"height":{"byteOffset":0,"componentType":"FLOAT","type":"SCALAR"}}  )";
  Bytes out;
  const auto put = [&](uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::byte>(value >> shift));
  };
  const auto text = [&](std::string_view s) { out.insert(out.end(), asBytes(s).begin(), asBytes(s).end()); };
  text("b3dm");
  put(1);
  put(static_cast<uint32_t>(28 + feature.size() + batch.size() + 16 + glb.size()));
  put(static_cast<uint32_t>(feature.size()));
  put(0);
  put(static_cast<uint32_t>(batch.size()));
  put(16);
  text(feature);
  text(batch);
  out.resize(out.size() + 16);
  out.insert(out.end(), glb.begin(), glb.end());
  return out;
}

//! Returns how many damaged copies were still accepted.
template <class Read>
int damage(const Bytes& good, uint32_t seed, Read&& read) {
  std::mt19937 random(seed);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    Bytes bad = good;
    const int changes = 1 + static_cast<int>(random() % 6);
    // Half of the rounds damage the front, where headers and JSON are: elsewhere a change rarely means anything.
    const size_t reach = round % 2 == 0 ? std::min<size_t>(bad.size(), 3000) : bad.size();
    for (int i = 0; i < changes; ++i) {
      std::byte& at = bad[random() % reach];
      switch (random() % 3) {
        case 0: at ^= static_cast<std::byte>(1 << random() % 8); break;
        case 1: at = static_cast<std::byte>('0' + random() % 10); break;
        default: at = static_cast<std::byte>(random());
      }
    }
    if (random() % 8 == 0) bad.resize(random() % bad.size());
    if (read(bad)) ++accepted;
  }
  return accepted;
}

bool decodes(const Bytes& bytes) {
  auto content = source::decodeContent(bytes, "damaged", geo::enuFrameAt({120.3, 36, 0}).ecefFromEnu);
  if (!content) {
    EXPECT_TRUE(content.error().text().starts_with("damaged: ")) << content.error().text();
    return false;
  }
  for (uint32_t index : content->indices) EXPECT_LT(index, content->vertices.size());
  for (const source::Vertex& v : content->vertices) {
    const uint32_t feature = v.featureAndSurface & source::kNoFeature;
    EXPECT_TRUE(feature == source::kNoFeature || feature < content->features.size());
  }
  for (const source::Part& part : content->parts) {
    EXPECT_LE(part.firstIndex + part.indexCount, content->indices.size());
    EXPECT_LT(part.material, content->materials.size());
  }
  return true;
}

TEST(DamagedContent, CompressedGlb) { EXPECT_LT(damage(*writeGlb(test::exampleTile(2), {}), 1, decodes), kRounds); }

TEST(DamagedContent, PlainGlb) {
  EXPECT_LT(damage(*writeGlb(test::exampleTile(2), {false, ""}), 2, decodes), kRounds);
}

TEST(DamagedContent, B3dm) {
  EXPECT_LT(damage(b3dmAround(*writeGlb(test::exampleTile(2), {})), 3, decodes), kRounds);
}

TEST(DamagedContent, Tileset) {
  TileNode root{{-10, -10, 0}, {10, 10, 5}, 50, "a.glb", {}};
  for (int i = 0; i < 8; ++i) root.children.push_back({{-10, -10, 0}, {10, 10, 5}, 0, "b.glb", {}});
  const std::string json = writeTileset(root, geo::enuFrameAt({120.3, 36, 0}).ecefFromEnu, "©", false);
  const Bytes bytes(asBytes(json).begin(), asBytes(json).end());
  const auto read = [](const Bytes& damaged) {
    auto tileset = source::parseTileset(damaged, "damaged");
    if (!tileset) return false;
    for (const source::TileDescription& tile : tileset->tiles)
      for (uint32_t child : tile.children) EXPECT_LT(child, tileset->tiles.size());
    return true;
  };
  EXPECT_LT(damage(bytes, 4, read), kRounds);
}

}  // namespace
}  // namespace cm::tiling
