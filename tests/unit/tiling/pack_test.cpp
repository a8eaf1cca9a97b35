#include "tiling/pack.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zip.h>

#include "source/fetch.h"
#include "source/zip_archive.h"
#include "tiling/zip_writer.h"

namespace cm::tiling {
namespace {

class Pack : public testing::Test {
 protected:
  void SetUp() override {
    folder = Path(testing::TempDir()) / fmt::format("cm_pack_{}", ::getpid());
    std::filesystem::remove_all(folder);
    write("city/city.json",
          R"({"version":1,"id":"town","name":{"zh":"小镇","en":"Town"},"origin":{"lon":120,"lat":36},)"
          R"("tilesets":[{"id":"tiles","uri":"tiles/tileset.json"}]})");
    write("city/tiles/tileset.json", std::string(5000, ' ') + "{}");
    write("city/tiles/瓦片/1.glb", noise(9000));
    write("city/empty.txt", "");
    write("city/.hidden/x", "hidden");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, const std::string& text) const {
    ASSERT_TRUE(writeFileAtomically(folder / name, text));
  }
  //! What no compression makes smaller.
  static std::string noise(size_t bytes) {
    std::string text;
    for (uint64_t state = 1; text.size() < bytes;)
      text += static_cast<char>((state = state * 6364136223846793005u + 1442695040888963407u) >> 56);
    return text;
  }
  std::variant<PackReport, CityError> packed(const std::string& from, const std::string& out, unsigned jobs = 0) const {
    PackOptions options;
    options.from = folder / from;
    options.out = folder / out;
    options.jobs = jobs;
    return pack(options);
  }
  std::string refusal(const std::string& from, const std::string& out) const {
    auto outcome = packed(from, out);
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      EXPECT_EQ(entry.path().string().find(out + ".part"), std::string::npos) << entry.path();
    const auto* failure = std::get_if<CityError>(&outcome);
    return failure ? failure->error.text() : "was packed";
  }
  std::string text(const std::string& name) const {
    auto bytes = source::Fetcher().read((folder / name).string());
    return bytes ? std::string(asText(*bytes)) : "error: " + bytes.error().text();
  }
  Path folder;
};

#define EXPECT_SAYS(answer, word) \
  if (const std::string said = answer; true) EXPECT_NE(said.find(word), std::string::npos) << said

TEST_F(Pack, ACityAndATilesetReadBackAsTheyWere) {
  auto outcome = packed("city", "a.zip");
  ASSERT_TRUE(std::holds_alternative<PackReport>(outcome)) << std::get<CityError>(outcome).error.text();
  EXPECT_EQ(std::get<PackReport>(outcome).files, 4u);
  EXPECT_EQ(std::get<PackReport>(outcome).packedBytes, std::filesystem::file_size(folder / "a.zip"));
  for (const char* name : {"/city.json", "/tiles/tileset.json", "/tiles/瓦片/1.glb", "/empty.txt"})
    EXPECT_EQ(text(std::string("a.zip") + name), text(std::string("city") + name)) << name;
  EXPECT_SAYS(text("a.zip/.hidden/x"), "holds no");
  EXPECT_EQ(*source::Fetcher().entrance((folder / "a.zip").string()), (folder / "a.zip/city.json").string());
  EXPECT_TRUE((*source::ZipArchive::open((folder / "a.zip").string()))->indexed());

  ASSERT_TRUE(std::holds_alternative<PackReport>(packed("city/tiles/tileset.json", "b.3tz")));
  auto archive = source::ZipArchive::open((folder / "b.3tz").string());
  ASSERT_TRUE(archive) << archive.error().text();
  EXPECT_TRUE((*archive)->indexed());
  EXPECT_EQ(text("b.3tz/瓦片/1.glb"), text("city/tiles/瓦片/1.glb"));
  EXPECT_EQ(text("b.3tz"), text("city/tiles/tileset.json"));
  EXPECT_TRUE((*archive)->indexed());  // and right
}

//! As another program sees it, which checks every header against the directory.
TEST_F(Pack, AnotherReaderFindsNothingWrong) {
  ASSERT_TRUE(std::holds_alternative<PackReport>(packed("city/tiles", "a.3tz")));
  int code = 0;
  zip_t* archive = zip_open((folder / "a.3tz").c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code);
  ASSERT_TRUE(archive) << code;
  ASSERT_EQ(zip_get_num_entries(archive, 0), 3);
  EXPECT_STREQ(zip_get_name(archive, 0, 0), "tileset.json");
  EXPECT_STREQ(zip_get_name(archive, 2, 0), "@3dtilesIndex1@");  // last, and stored as it is
  zip_stat_t told;
  for (const auto& [name, method] : {std::pair{"tileset.json", 8}, {"瓦片/1.glb", 0}, {"@3dtilesIndex1@", 0}}) {
    ASSERT_EQ(zip_stat(archive, name, 0, &told), 0) << name;
    EXPECT_EQ(told.comp_method, method) << name;  // what hardly gets smaller is stored
    std::string body(told.size, '\0');
    zip_file_t* file = zip_fopen(archive, name, 0);
    ASSERT_TRUE(file);
    EXPECT_EQ(zip_fread(file, body.data(), body.size()), static_cast<zip_int64_t>(body.size()));
    EXPECT_EQ(zip_fread(file, body.data(), 1), 0) << name;  // the checksum is right
    zip_fclose(file);
  }
  zip_discard(archive);
}

TEST_F(Pack, TheSameFolderMakesTheSameBytes) {
  for (int i = 0; i < 400; ++i)
    write(fmt::format("city/tiles/more/{}.bin", i), noise(static_cast<size_t>(i) * 7) + std::string(300, 'x'));
  ASSERT_TRUE(std::holds_alternative<PackReport>(packed("city", "one.zip", 1)));
  std::filesystem::copy(folder / "city", folder / "again",
                        std::filesystem::copy_options::recursive);  // other dates, other order
  ASSERT_TRUE(std::holds_alternative<PackReport>(packed("again", "many.zip", 8)));
  EXPECT_TRUE(*readFile(folder / "one.zip") == *readFile(folder / "many.zip"));
}

TEST_F(Pack, WhatWouldNotOpenCompleteIsRefused) {
  EXPECT_SAYS(refusal("city", "a.rar"), "expected a name that ends in .zip (a city) or .3tz (a tileset)");
  EXPECT_SAYS(refusal("city", "a.3tz"), "holds no tileset.json, which a .3tz opens with");
  EXPECT_SAYS(refusal("city/tiles", "a.zip"), "holds no city.json, which a .zip opens with");
  EXPECT_SAYS(refusal("none", "a.zip"), "holds no city.json");
  EXPECT_SAYS(refusal("city", "city/tiles/a.zip"), "lies in the folder that is packed");
  write("city/tiles/inner.3tz", "x");
  EXPECT_SAYS(refusal("city", "a.zip"), "inner.3tz: is an archive, which cannot be read inside another");
  std::filesystem::remove(folder / "city/tiles/inner.3tz");
  write("city/x.3tz.json", "x");
  EXPECT_EQ(refusal("city", "a.zip"), "was packed");
  std::filesystem::rename(folder / "city/x.3tz.json", folder / "city/tiles/x.3tz.json");
  EXPECT_SAYS(refusal("city/tiles", "a.3tz"), "x.3tz.json: is a name that must not be in the archive");
  std::filesystem::create_directory_symlink(folder / "city/tiles", folder / "city/linked");
  EXPECT_SAYS(refusal("city", "a.zip"), "city/linked: is a link to a folder");
  std::filesystem::remove(folder / "city/linked");
  for (const std::string uri : {"../tiles/tileset.json", "/data/tileset.json", "file:///data/tileset.json"}) {
    write("city/city.json", R"({"version":1,"id":"town","tilesets":[{"id":"t","uri":")" + uri + R"("}]})");
    EXPECT_SAYS(refusal("city", "a.zip"), "tilesets[0].uri: " + uri + " lies outside the folder");
  }
  write("city/city.json",
        R"({"version":1,"id":"town","tilesets":[{"id":"t","uri":"https://tiles.example.org/tileset.json"}]})");
  EXPECT_EQ(refusal("city", "a.zip"), "was packed");
}

TEST_F(Pack, WhatStoodThereStaysUntilTheNewOneIsWhole) {
  write("a.zip", "from before");
  write("city/tiles/inner.zip", "x");
  refusal("city", "a.zip");
  EXPECT_EQ(asText(*readFile(folder / "a.zip")), "from before");
  {
    auto writer = ZipWriter::create(folder / "a.zip");
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->add("x", tiling::packed(Bytes(100))));
  }  // given up
  EXPECT_EQ(asText(*readFile(folder / "a.zip")), "from before");
  std::filesystem::remove(folder / "city/tiles/inner.zip");
  std::filesystem::create_directories(folder / "b.zip" / "stands here");
  EXPECT_SAYS(refusal("city", "b.zip"), "b.zip: cannot be finished: ");
}

TEST_F(Pack, MoreEntriesThanTheOldFormatCounts) {
  auto writer = ZipWriter::create(folder / "many.3tz");
  ASSERT_TRUE(writer);
  const int count = 70000;
  for (int i = 0; i < count; ++i) {
    const std::string body = std::to_string(i);
    ASSERT_TRUE((*writer)->add("tiles/" + body, tiling::packed(Bytes(asBytes(body).begin(), asBytes(body).end()))));
  }
  ASSERT_TRUE((*writer)->addTileIndex());
  ASSERT_TRUE((*writer)->finish());
  int code = 0;
  zip_t* archive = zip_open((folder / "many.3tz").c_str(), ZIP_RDONLY, &code);
  ASSERT_TRUE(archive) << code;
  EXPECT_EQ(zip_get_num_entries(archive, 0), count + 1);
  zip_discard(archive);
  auto read = source::ZipArchive::open((folder / "many.3tz").string());
  ASSERT_TRUE(read);
  for (int i = 0; i < count; i += 997)
    EXPECT_EQ(asText(*(*read)->read(fmt::format("tiles/{}", i), 100)), std::to_string(i));
  EXPECT_TRUE((*read)->indexed());
}

TEST_F(Pack, LargeFilesGoThroughPieceByPiece) {
  const std::string large = noise(3 << 20);
  write("large", large);
  auto writer = ZipWriter::create(folder / "a.zip");
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->addStored("large", folder / "large"));
  EXPECT_SAYS((*writer)->addStored("none", folder / "none").error().text(), "none: cannot be opened");
  ASSERT_TRUE((*writer)->finish());
  EXPECT_EQ(text("a.zip/large"), large);
}

}  // namespace
}  // namespace cm::tiling
