#include "source/archive.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zip.h>

#include <atomic>
#include <random>
#include <thread>

#include "source/fetch.h"
#include "source/tileset.h"
#include "source/zip_archive.h"
#include "zip_maker.h"

namespace cm::source {
namespace {

using test::deflated;
using test::Index;
using test::stored;
using test::writeZip;
using test::ZipEntry;
using test::zstandard;

const std::string kLong = [] {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += fmt::format("{} ", i * i % 9973);
  return text;
}();

class ArchiveFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder = Path(testing::TempDir()) / fmt::format("cm_archive_{}", ::getpid());
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::string at(const std::string& name) const { return (folder / name).string(); }
  static std::string text(const Result<Bytes>& bytes) {
    return bytes ? std::string(asText(*bytes)) : "error: " + bytes.error().text();
  }
  static std::string read(const std::string& uri, size_t maxBytes = size_t{256} << 20) {
    Fetcher::Options options;
    options.maxBytes = maxBytes;
    return text(Fetcher(options).read(uri));
  }
  Path folder;
};

#define EXPECT_SAYS(answer, ...)           \
  for (const std::string& said : {answer}) \
    for (const std::string word : {__VA_ARGS__}) EXPECT_NE(said.find(word), std::string::npos) << said

TEST_F(ArchiveFiles, EntriesStoredDeflatedAndZstandardByDirectoryAndByIndex) {
  const std::vector<ZipEntry> entries{stored("tileset.json", "{}"),
                                      stored("tiles/1.glb", kLong),
                                      deflated("tiles/2.glb", kLong),
                                      zstandard("tiles/3.glb", kLong),
                                      deflated("瓦片/a b%.glb", "odd"),
                                      deflated("empty", ""),
                                      zstandard("none", "")};
  for (const Index index : {Index::None, Index::Right}) {
    const std::string file = writeZip(at("a.3tz"), entries, index);
    Fetcher fetcher;
    EXPECT_EQ(text(fetcher.read(file)), "{}");
    EXPECT_EQ(text(fetcher.read(file + "/")), "{}");
    for (const char* name : {"1", "2", "3"}) EXPECT_EQ(text(fetcher.read(file + "/tiles/" + name + ".glb")), kLong);
    EXPECT_EQ(text(fetcher.read(file + "/瓦片/a b%.glb")), "odd");
    EXPECT_EQ(text(fetcher.read(file + "/%E7%93%A6%E7%89%87/a%20b%25.glb?v=2#x")), "odd");
    EXPECT_EQ(text(fetcher.read("file://" + file + "/tiles/2.glb")), kLong);
    EXPECT_EQ(text(fetcher.read(file + "/empty")), "");
    EXPECT_EQ(text(fetcher.read(file + "/none")), "");
    EXPECT_EQ(text(fetcher.read(file + "/tiles/4.glb")), "error: " + file + ": holds no \"tiles/4.glb\"");
  }
}

TEST_F(ArchiveFiles, WhatTheLibraryWritesIsRead) {
  const std::string file = at("made.zip");
  int code = 0;
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_EXCL, &code);
  ASSERT_TRUE(archive);
  const auto add = [&](const char* name, const std::string& body, int method) {
    const zip_int64_t i =
        zip_file_add(archive, name, zip_source_buffer(archive, body.data(), body.size(), 0), ZIP_FL_ENC_UTF_8);
    ASSERT_GE(i, 0);
    ASSERT_EQ(zip_set_file_compression(archive, static_cast<zip_uint64_t>(i), method, 0), 0);
  };
  add("a", kLong, ZIP_CM_STORE);
  add("folder/文件", kLong, ZIP_CM_DEFLATE);
  ASSERT_EQ(zip_close(archive), 0);
  EXPECT_EQ(read(file + "/a"), kLong);
  EXPECT_EQ(read(file + "/folder/文件"), kLong);
}

TEST_F(ArchiveFiles, BackslashesAreSlashes) {
  EXPECT_EQ(read(writeZip(at("a.zip"), {stored("tiles\\1.glb", "x")}) + "/tiles/1.glb"), "x");
  EXPECT_EQ(read(writeZip(at("a.3tz"), {stored("tiles\\1.glb", "x")}, Index::Right) + "/tiles/1.glb"), "x");
}

TEST_F(ArchiveFiles, AFolderThatIsNamedLikeAnArchiveStaysAFolder) {
  ASSERT_TRUE(writeFileAtomically(folder / "a.zip" / "x.json", std::string_view("plain")));
  const std::string inner = writeZip(at("a.zip/b.3tz"), {stored("y", "packed")});
  EXPECT_EQ(read(at("a.zip/x.json")), "plain");
  EXPECT_EQ(read(inner + "/y"), "packed");
  EXPECT_FALSE(archiveAddressOf(at("a.zip/x.json")));
  EXPECT_EQ(archiveAddressOf(inner + "/y")->file, inner);
}

TEST_F(ArchiveFiles, TheIndexLeadsAndTheDirectoryIsNotLoaded) {
  ZipEntry hidden = stored("tiles/1.glb", "found by index");
  hidden.nameInDirectory = "not the name";
  EXPECT_EQ(read(writeZip(at("a.3tz"), {stored("tileset.json", "{}"), hidden}, Index::Right) + "/tiles/1.glb"),
            "found by index");
}

TEST_F(ArchiveFiles, AWrongIndexIsTheDirectorysTurn) {
  ZipEntry elsewhere = stored("a", "body of a"), nowhere = stored("b", "body of b"), far = stored("c", "body of c"),
           unlisted = stored("d", "body of d");
  elsewhere.indexOffset = 0;  // the header of tileset.json
  nowhere.indexOffset = 7;    // none
  far.indexOffset = 1ull << 60;
  unlisted.indexed = false;
  const std::string file =
      writeZip(at("a.3tz"), {stored("tileset.json", "{}"), elsewhere, nowhere, far, unlisted}, Index::Right);
  for (const char* name : {"a", "b", "c", "d"}) {
    auto archive = ZipArchive::open(file);
    ASSERT_TRUE(archive);
    EXPECT_TRUE((*archive)->indexed());
    EXPECT_EQ(text((*archive)->read(name, 1 << 20)), std::string("body of ") + name);
    EXPECT_EQ((*archive)->indexed(), *name == 'd') << name;  // once wrong, never asked again
  }
  const std::string cut = writeZip(at("cut.3tz"), {stored("tileset.json", "{}"), stored("a", "x")}, Index::CutShort);
  EXPECT_FALSE((*ZipArchive::open(cut))->indexed());
  EXPECT_EQ(read(cut + "/a"), "x");
}

TEST_F(ArchiveFiles, BeyondFourGibibytes) {
  ZipEntry far = deflated("far", kLong);
  far.hole = (4ull << 30) + 5;  // takes no room on the disk
  for (const Index index : {Index::None, Index::Right}) {
    const std::string file = writeZip(at("large.3tz"), {stored("near", "x"), far}, index);
    auto archive = ZipArchive::open(file);
    ASSERT_TRUE(archive) << archive.error().text();
    EXPECT_EQ((*archive)->indexed(), index == Index::Right);
    EXPECT_EQ(text((*archive)->read("far", 1 << 20)), kLong);
    EXPECT_EQ(text((*archive)->read("near", 1 << 20)), "x");
  }
}

TEST_F(ArchiveFiles, BombsAreRefusedByWhatTheyDeclareAndByWhatComesOut) {
  const std::string zeros(3 << 20, '\0');
  for (const Index index : {Index::None, Index::Right})
    for (ZipEntry entry : {deflated("bomb", zeros), zstandard("bomb", zeros)}) {
      const std::string honest = writeZip(at("a.3tz"), {entry}, index);
      EXPECT_EQ(read(honest + "/bomb"), zeros);
      EXPECT_EQ(read(honest + "/bomb", 1 << 20),
                "error: " + honest + ": bomb: declares 3,145,728 bytes, more than the 1,048,576 allowed");
      entry.declared = 1000;
      const std::string liar = writeZip(at("b.3tz"), {entry}, index);
      EXPECT_EQ(read(liar + "/bomb"), "error: " + liar + ": bomb: unpacks to more than the 1,000 bytes it declares");
      entry.declared = 200 << 20;  // allowed, and not there
      const std::string boaster = writeZip(at("c.3tz"), {entry}, index);
      EXPECT_SAYS(read(boaster + "/bomb"), "c.3tz: bomb: ", "unpacks to 3,145,728 bytes, declares 209,715,200");
    }
  // What is stored is as large as the file; a gzip in it is not.
  const std::string plain = writeZip(at("d.zip"), {stored("large", kLong)});
  EXPECT_EQ(read(plain + "/large", 1000), kLong);
  ZipEntry lie = stored("large", kLong);
  lie.declared = 1 << 30;
  EXPECT_SAYS(read(writeZip(at("e.zip"), {lie}) + "/large"), "large: is stored in ",
              " and declares 1,073,741,824, expected as many");
}

TEST_F(ArchiveFiles, EncryptedAndUnknownCompressionAreNamed) {
  for (const Index index : {Index::None, Index::Right}) {
    ZipEntry secret = deflated("secret", kLong), odd = deflated("odd", kLong);
    secret.flags = 1;
    odd.method = 12;
    const std::string file = writeZip(at("a.3tz"), {secret, odd}, index);
    EXPECT_EQ(read(file + "/secret"),
              "error: " + file + ": secret: is encrypted, expected an archive without a password");
    EXPECT_EQ(
        read(file + "/odd"),
        "error: " + file + ": odd: is compressed by method 12, expected 0 (stored), 8 (deflate) or 93 (Zstandard)");
  }
}

TEST_F(ArchiveFiles, DamageIsToldAndCutsToo) {
  for (const Index index : {Index::None, Index::Right})
    for (const ZipEntry& entry : {stored("body", kLong), deflated("body", kLong), zstandard("body", kLong)}) {
      ZipEntry damaged = entry;
      damaged.body[damaged.body.size() / 2] ^= 0x10;
      EXPECT_SAYS(read(writeZip(at("a.3tz"), {damaged}, index) + "/body"), "error: ", "a.3tz: body: ");
      const std::string whole = writeZip(at("whole.3tz"), {entry}, index);
      const auto size = std::filesystem::file_size(whole);
      for (uintmax_t kept : {uintmax_t{0}, uintmax_t{3}, size / 3, size / 2, size - 30, size - 1}) {
        std::filesystem::copy_file(whole, at("cut.3tz"), std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(at("cut.3tz"), kept);
        const std::string answer = read(at("cut.3tz") + "/body");
        if (answer != kLong) EXPECT_SAYS(answer, "cut.3tz: ", "was it copied whole?");
        EXPECT_TRUE(answer != kLong || kept + 100 > size);
      }
    }
  EXPECT_SAYS(read(at("none.3tz") + "/body"), "none.3tz/body: cannot be opened");
}

//! Whatever is wrong with the bytes, the answer is the right one or an error; sanitizers watch.
TEST_F(ArchiveFiles, RandomDamageIsNeverWorseThanAnError) {
  std::mt19937 random(7);
  const std::string small = kLong.substr(0, 400);
  for (const Index index : {Index::None, Index::Right}) {
    const std::string whole =
        writeZip(at("whole.3tz"), {stored("a", small), deflated("b", small), zstandard("c", small)}, index);
    const auto original = readFile(whole);
    ASSERT_TRUE(original);
    for (int round = 0; round < 300; ++round) {
      Bytes bytes = *original;
      for (int i = 0; i < 1 + round % 4; ++i) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
      ASSERT_TRUE(writeFileAtomically(at("damaged.3tz"), bytes));
      Archives archives;
      for (const char* name : {"a", "b", "c"}) {
        auto answer = archives.read({at("damaged.3tz"), name}, 1 << 20);
        if (answer) EXPECT_EQ(asText(*answer), small) << "round " << round;
      }
    }
  }
}

TEST_F(ArchiveFiles, NoPathLeavesTheArchive) {
  ASSERT_TRUE(writeFileAtomically(folder / "secret.glb", std::string_view("secret")));
  ASSERT_TRUE(writeFileAtomically(folder / "inside" / "secret.glb", std::string_view("secret")));
  const std::string file = writeZip(
      at("inside/a.3tz"),
      {stored("tileset.json", "{}"), stored("../secret.glb", "even if it is there"), stored("tiles/1.glb", "x")});
  const std::string other = writeZip(at("inside/b.3tz"), {stored("tiles/1.glb", "x")});
  for (const char* way : {"/../secret.glb", "/%2e%2e/secret.glb", "/tiles/../../secret.glb",
                          "/tiles/..%2f..%2fsecret.glb", "/..\\secret.glb", "/%2Fetc/passwd", "//etc/passwd"}) {
    EXPECT_SAYS(read(file + way), "leads out of the archive, expected a path inside it");
    EXPECT_TRUE(mayLead(file, file + way, {}));  // and is refused by the archive itself
  }
  for (const std::string& base : {file, file + "/tileset.json", file + "/tiles/sub.json"}) {
    EXPECT_TRUE(mayLead(base, resolveUri(base, "tiles/1.glb"), {}));
    EXPECT_TRUE(mayLead(base, "data:,x", {}));
    EXPECT_TRUE(mayLead(base, "https://tiles.example.org/1.glb", {}));
    for (const std::string reference : {"../../secret.glb", "../../../secret.glb", "/etc/passwd", "file:///etc/passwd",
                                        "../../b.3tz/tiles/1.glb", "../../a.3tz.glb"}) {
      const auto may = mayLead(base, resolveUri(base, reference), {});
      ASSERT_FALSE(may) << base << " -> " << reference << " = " << resolveUri(base, reference);
      EXPECT_SAYS(may.error().text(), "is not in " + file);
    }
  }
  // The web leads to no file of this machine, in an archive or not.
  EXPECT_FALSE(mayLead("https://tiles.example.org/tileset.json", file + "/tiles/1.glb", {}));
  EXPECT_FALSE(mayLead("https://tiles.example.org/tileset.json", "file://" + file, {}));
  // A document beside it may lead into it.
  EXPECT_TRUE(mayLead(at("inside/city.json"), file, {}));
}

TEST_F(ArchiveFiles, ReferencesBeginInside) {
  EXPECT_EQ(resolveUri("/data/a.3tz", "tiles/1.glb"), "/data/a.3tz/tiles/1.glb");
  EXPECT_EQ(resolveUri("file:///data/a.3tz", "tiles/1.glb"), "file:///data/a.3tz/tiles/1.glb");
  EXPECT_EQ(resolveUri("a.ZIP", "./x"), "a.ZIP/x");
  EXPECT_EQ(resolveUri("/data/a.3tz/sub/tileset.json", "../1.glb"), "/data/a.3tz/1.glb");
  EXPECT_EQ(resolveUri("/data/city.json", "a.3tz"), "/data/a.3tz");
  EXPECT_EQ(resolveUri("https://x.org/a.3tz", "tiles/1.glb"), "https://x.org/tiles/1.glb");
  const std::string file = writeZip(
      at("a.3tz"), {stored("tileset.json",
                           R"({"asset":{"version":"1.1"},"geometricError":1,"root":{"geometricError":0,"refine":"ADD",)"
                           R"("boundingVolume":{"sphere":[0,0,0,1]},"content":{"uri":"tiles/1.glb"}}})")});
  auto bytes = Fetcher().read(file);
  ASSERT_TRUE(bytes);
  auto tileset = parseTileset(*bytes, file);
  ASSERT_TRUE(tileset) << tileset.error().text();
  EXPECT_EQ(tileset->tiles.front().contentUris.front(), file + "/tiles/1.glb");
}

TEST_F(ArchiveFiles, TheDocumentThatAnArchiveOpensWith) {
  Fetcher fetcher;
  const auto entrance = [&](const char* name, const std::vector<ZipEntry>& entries, Index index = Index::None) {
    const std::string file = writeZip(at(name), entries, index);
    auto found = fetcher.entrance(file);
    return found ? found->substr(file.size()) : found.error().text();
  };
  EXPECT_EQ(entrance("a.zip", {stored("tiles/tileset.json", "{}"), stored("city.json", "{}")}), "/city.json");
  EXPECT_EQ(
      entrance("b.zip", {stored("town/", ""), stored("town/city.json", "{}"), stored("town/tiles/tileset.json", "{}")}),
      "/town/city.json");
  EXPECT_EQ(entrance("c.zip", {stored("tiles/1.glb", ""), stored("tileset.json", "{}")}), "/tileset.json");
  EXPECT_SAYS(entrance("d.zip", {stored("x/city.json", "{}"), stored("y/city.json", "{}")}),
              "found x/city.json and y/city.json");
  EXPECT_SAYS(entrance("e.zip", {stored("x/y/city.json", "{}")}),
              "found 1 entries, expected city.json or tileset.json");
  EXPECT_EQ(entrance("f.zip", {deflated("tileset.json", kLong), deflated("city.json", kLong)}, Index::Right),
            "/city.json");
  EXPECT_EQ(entrance("g.3tz", {stored("tileset.json", "{}")}, Index::Right), "/tileset.json");
  EXPECT_EQ(entrance("h.zip", {stored("town/city.json", "{}")}, Index::Right), "/town/city.json");
  EXPECT_EQ(*fetcher.entrance("/data/city.json"), "/data/city.json");
  EXPECT_EQ(*fetcher.entrance("https://x.org/city.zip"), "https://x.org/city.zip");
  EXPECT_EQ(*fetcher.entrance(at("a.zip/x/city.json")), at("a.zip/x/city.json"));
}

TEST_F(ArchiveFiles, AnArchiveInAnArchiveAndOneUnderAnotherNameSaySo) {
  const std::string inner = writeZip(at("inner.3tz"), {stored("tileset.json", "{}")});
  const std::string file = writeZip(at("city.zip"), {stored("inner.3tz", text(readFile(inner)))});
  EXPECT_SAYS(read(file + "/inner.3tz/tileset.json"),
              "inner.3tz/tileset.json: is an archive in an archive, expected it unpacked or beside");
  const auto tileset = parseTileset(*readFile(inner), "https://x.org/inner.3tz");
  ASSERT_FALSE(tileset);
  EXPECT_SAYS(tileset.error().text(), "https://x.org/inner.3tz: is an archive, expected a document");
}

TEST_F(ArchiveFiles, ReadFromManyThreadsAtOnce) {
  std::vector<ZipEntry> entries;
  for (int i = 0; i < 60; ++i) {
    const std::string name = fmt::format("{}", i), body = kLong.substr(static_cast<size_t>(i), 3000);
    entries.push_back(i % 3 == 0 ? stored(name, body) : i % 3 == 1 ? deflated(name, body) : zstandard(name, body));
  }
  for (const Index index : {Index::None, Index::Right}) {
    const std::string file = writeZip(at("a.3tz"), entries, index);
    Fetcher fetcher;
    std::atomic<int> wrong{0};
    std::vector<std::jthread> readers;
    for (int reader = 0; reader < 8; ++reader)
      readers.emplace_back([&, reader] {
        for (int i = 0; i < 240; ++i) {
          const int n = (i * 7 + reader) % 60;
          wrong += text(fetcher.read(fmt::format("{}/{}", file, n))) != kLong.substr(static_cast<size_t>(n), 3000);
        }
      });
    readers.clear();
    EXPECT_EQ(wrong, 0);
  }
}

}  // namespace
}  // namespace cm::source
