#include "source/mbtiles.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "source/fetch.h"

namespace cm::source {
namespace {

class MbtilesFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder = Path(testing::TempDir()) / fmt::format("cm_mbtiles_{}", ::getpid());
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string make(const std::string& name, const std::string& sql) const {
    std::string file = (folder / name).string();
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
    sqlite3_free(message);
    sqlite3_close(database);
    return file;
  }
  static std::string text(const Result<Bytes>& bytes) {
    return bytes ? std::string(asText(*bytes)) : "error: " + bytes.error().text();
  }
  static constexpr const char* kTables =
      "CREATE TABLE metadata (name text, value text);"
      "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob);"
      "CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row);";
  Path folder;
  Fetcher fetcher;
};

TEST_F(MbtilesFiles, RowsAreCountedFromTheNorth) {
  // Zoom 2 has four rows: the table's row 3 is the northernmost, the address's row 0.
  const std::string file =
      make("a b%.mbtiles",
           std::string(kTables) + "INSERT INTO tiles VALUES (2, 1, 3, 'north'), (2, 1, 0, 'south'), (0, 0, 0, 'all');");
  EXPECT_EQ(text(fetcher.read(file + "/2/1/0")), "north");
  EXPECT_EQ(text(fetcher.read(file + "/2/1/3.png")), "south");
  EXPECT_EQ(text(fetcher.read(file + "/0/0/0.webp?key=1")), "all");
  EXPECT_EQ(text(fetcher.read("file://" + (folder / "a%20b%25.mbtiles").string() + "/2/1/0")), "north");
  EXPECT_EQ(text(fetcher.read(file + "/2/2/0")), "error: " + file + ": holds no tile 2/2/0 (row 3 of its table)");
  EXPECT_FALSE(fetcher.read(file + "/2/2/0").error().passes());
}

TEST_F(MbtilesFiles, AnAddressIsATileOrAnError) {
  const std::string file = make("a.mbtiles", std::string(kTables) + "INSERT INTO tiles VALUES (1, 0, 0, 'x');");
  for (const char* wrong : {"", "/", "/1/0", "/1/0/2", "/1/2/0", "/1/-1/0", "/31/0/0", "/1/0/0/0", "/1/0/0x", "/a/b/c",
                            "/1/0/../0", "/1/0/0.png/etc", "/99999999999999999999/0/0"}) {
    const std::string answer = text(fetcher.read(file + wrong));
    EXPECT_NE(answer.find("expected the address of a tile: {z}/{x}/{y}"), std::string::npos) << wrong << ": " << answer;
  }
}

TEST_F(MbtilesFiles, SaysWhatItHolds) {
  const std::string file =
      make("a.mbtiles",
           std::string(kTables) +
               "INSERT INTO metadata VALUES ('name', '影像'), ('format', 'jpg'), ('minzoom', '3'), ('maxzoom', '17'),"
               "('bounds', '120.1, 35.9,120.6,36.4'), ('attribution', 'made here');");
  auto told = readMbtilesMetadata(file);
  ASSERT_TRUE(told) << told.error().text();
  EXPECT_EQ(told->name, "影像");
  EXPECT_EQ(told->format, "jpg");
  EXPECT_EQ(told->attribution, "made here");
  EXPECT_EQ(told->minZoom, 3);
  EXPECT_EQ(told->maxZoom, 17);
  ASSERT_TRUE(told->boundsDegrees);
  EXPECT_EQ(*told->boundsDegrees, glm::dvec4(120.1, 35.9, 120.6, 36.4));
}

TEST_F(MbtilesFiles, WhatIsNotSaidIsLookedUpOrLeftOut) {
  const std::string file =
      make("a.mbtiles", std::string(kTables) +
                            "INSERT INTO metadata VALUES ('bounds', 'everywhere');"
                            "INSERT INTO tiles VALUES (4, 0, 0, 'x'), (9, 0, 0, 'x'), (6, 0, 0, 'x');");
  auto told = readMbtilesMetadata(file);
  ASSERT_TRUE(told) << told.error().text();
  EXPECT_EQ(told->format, "");
  EXPECT_FALSE(told->boundsDegrees);
  EXPECT_EQ(told->minZoom, 4);
  EXPECT_EQ(told->maxZoom, 9);
}

TEST_F(MbtilesFiles, DamagedAndOtherFilesSaySo) {
  const std::string text1 = (folder / "text.mbtiles").string();
  ASSERT_TRUE(writeFileAtomically(text1, std::string_view("this is no database, however long it may be. ")));
  EXPECT_EQ(
      text(fetcher.read(text1 + "/0/0/0")),
      "error: " + text1 +
          ": cannot be read: file is not a database; expected MBTiles (SQLite with the tables tiles and metadata)");
  const std::string other = make("other.mbtiles", "CREATE TABLE people (name text);");
  EXPECT_NE(text(fetcher.read(other + "/0/0/0")).find("no such table: tiles"), std::string::npos);
  EXPECT_FALSE(readMbtilesMetadata(other));
  EXPECT_FALSE(readMbtilesMetadata((folder / "none.mbtiles").string()));

  const std::string whole =
      make("cut.mbtiles", std::string(kTables) + "INSERT INTO tiles VALUES (0, 0, 0, randomblob(200000));");
  ASSERT_TRUE(fetcher.read(whole + "/0/0/0"));
  std::filesystem::copy_file(whole, folder / "half.mbtiles");
  std::filesystem::resize_file(folder / "half.mbtiles", std::filesystem::file_size(whole) / 2);
  EXPECT_FALSE(fetcher.read((folder / "half.mbtiles").string() + "/0/0/0"));
}

TEST_F(MbtilesFiles, TooLargeATileIsRefused) {
  const std::string file =
      make("a.mbtiles", std::string(kTables) + "INSERT INTO tiles VALUES (0, 0, 0, zeroblob(5000));");
  Fetcher::Options options;
  options.maxBytes = 5000 + 64;  // SQLite counts the row around it, too
  EXPECT_TRUE(Fetcher(options).read(file + "/0/0/0"));
  options.maxBytes = 4999;
  EXPECT_EQ(text(Fetcher(options).read(file + "/0/0/0")),
            "error: " + file + ": tile 0/0/0 is larger than the 4,999 bytes allowed");
}

TEST_F(MbtilesFiles, AViewThatNeverEndsIsGivenUp) {
  const std::string file =
      make("a.mbtiles",
           "CREATE TABLE metadata (name text, value text);"
           "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
           "SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, 'x' AS tile_data FROM n WHERE i < 0;");
  const std::string answer = text(fetcher.read(file + "/0/0/0"));
  EXPECT_NE(answer.find("interrupted"), std::string::npos) << answer;
}

TEST_F(MbtilesFiles, ReadFromManyThreadsAtOnce) {
  std::string rows;
  for (int x = 0; x < 64; ++x) rows += fmt::format("{}(6, {}, 63, 'tile {}')", x ? "," : "", x, x);
  const std::string file = make("a.mbtiles", std::string(kTables) + "INSERT INTO tiles VALUES " + rows + ";");
  std::atomic<int> wrong{0};
  std::vector<std::jthread> readers;
  for (int reader = 0; reader < 8; ++reader)
    readers.emplace_back([&, reader] {
      for (int i = 0; i < 256; ++i) {
        const int x = (i * 7 + reader) % 64;
        wrong += text(fetcher.read(fmt::format("{}/6/{}/0.png", file, x))) != fmt::format("tile {}", x);
      }
    });
  readers.clear();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace cm::source
