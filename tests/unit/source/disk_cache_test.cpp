#include "source/disk_cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace cm::source {
namespace {

namespace fs = std::filesystem;

class Cache : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder); }
  static CachedAnswer answer(const std::string& body) {
    CachedAnswer made;
    made.etag = "\"" + body.substr(0, 3) + "\"";
    made.freshUntil = 12.5;
    made.mustRevalidate = true;
    made.body.assign(asBytes(body).begin(), asBytes(body).end());
    return made;
  }
  static std::string found(DiskCache& cache, const std::string& uri) {
    const auto answer = cache.find(uri);
    return answer ? std::string(asText(answer->body)) : "nothing";
  }
  std::vector<Path> files() const {
    std::vector<Path> all;
    for (const auto& file : fs::directory_iterator(folder)) all.push_back(file.path());
    return all;
  }
  Path folder = Path(testing::TempDir()) / fmt::format("cm_cache_{}", ::getpid());
};

TEST_F(Cache, KeepsAnswersBetweenRuns) {
  DiskCache(folder, 1 << 20).store("http://h/a", answer("body"));
  DiskCache cache(folder, 1 << 20);
  const auto kept = cache.find("http://h/a");
  ASSERT_TRUE(kept);
  EXPECT_EQ(asText(kept->body), "body");
  EXPECT_EQ(kept->etag, "\"bod\"");
  EXPECT_EQ(kept->freshUntil, 12.5);
  EXPECT_TRUE(kept->mustRevalidate);
  EXPECT_FALSE(cache.find("http://h/b"));
  cache.store("http://h/a", answer("newer"));
  EXPECT_EQ(found(cache, "http://h/a"), "newer");
  cache.remove("http://h/a");
  EXPECT_EQ(found(cache, "http://h/a"), "nothing");
  EXPECT_EQ(cache.bytes(), 0u);
  EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all) << "addresses may hold keys";
}

TEST_F(Cache, WritesNoSecretOfAnAddressAndTellsThemApart) {
  const std::string here = "http://h/a?tk=S3CRET&z=1", there = "http://h/b?access_token=T0KEN";
  DiskCache cache(folder, 1 << 20);
  cache.store(here, answer("mine"));
  cache.storeRedirect("http://h/latest?key=K3Y", there);
  cache.storeRedirect("http://h/older?key=K3Y", "http://h/latest?key=K3Y");
  EXPECT_EQ(found(cache, "http://h/older?key=K3Y"), "nothing") << "what it leads to is not here";
  cache.store(there, answer("theirs"));
  EXPECT_EQ(found(cache, here), "mine");
  for (const char* other : {"http://h/a", "http://h/a?tk=S3CRET&z=2", "http://h/a?tk=other&z=1", "http://h/latest"})
    EXPECT_EQ(found(cache, other), "nothing") << other;
  const auto led = cache.find("http://h/older?key=K3Y");
  ASSERT_TRUE(led);
  EXPECT_EQ(asText(led->body), "theirs");
  EXPECT_EQ(led->address, "http://h/b");
  EXPECT_EQ(led->etag, "") << "of the other address";
  EXPECT_EQ(led->freshUntil, 0);
  EXPECT_TRUE(led->mustRevalidate);
  ASSERT_EQ(files().size(), 4u);
  for (const Path& file : files()) {
    const std::string all = file.string() + std::string(asText(*readFile(file)));
    for (const char* secret : {"S3CRET", "T0KEN", "K3Y", "tk=", "key="})
      EXPECT_EQ(all.find(secret), std::string::npos) << secret << " in " << file;
  }
  cache.storeRedirect("http://h/1", "http://h/2");
  cache.storeRedirect("http://h/2", "http://h/1");
  EXPECT_EQ(found(cache, "http://h/1"), "nothing") << "and a circle ends";
}

TEST_F(Cache, ClearsWhatAnEarlierVersionWroteWithItsSecrets) {
  ASSERT_TRUE(writeFileAtomically(folder / "0123456789abcdef0123456789abcdef", "http://h/a?tk=S3CRET"));
  DiskCache cache(folder, 1 << 20);
  cache.store("http://h/a", answer("body"));
  EXPECT_EQ(files().size(), 1u);
  EXPECT_EQ(found(cache, "http://h/a"), "body");
}

TEST_F(Cache, WhateverACrashLeavesIsNoAnswer) {
  DiskCache(folder, 1 << 20).store("http://h/a", answer(std::string(5000, 'x')));
  const Path file = files().at(0);
  const Bytes whole = *readFile(file);
  for (size_t keep = 0; keep < whole.size(); keep += keep < 100 ? 1 : 997) {
    ASSERT_TRUE(writeFileAtomically(file, std::span(whole).first(keep)));
    DiskCache cache(folder, 1 << 20);
    EXPECT_EQ(found(cache, "http://h/a"), "nothing") << keep;
    EXPECT_FALSE(fs::exists(file)) << "and it is gone";
  }
  for (size_t at = 0; at < whole.size(); at += at < 120 ? 1 : 997) {
    Bytes damaged = whole;
    damaged[at] ^= std::byte{4};
    ASSERT_TRUE(writeFileAtomically(file, damaged));
    DiskCache cache(folder, 1 << 20);
    EXPECT_EQ(found(cache, "http://h/a"), "nothing") << at;
  }
}

TEST_F(Cache, ForgetsTheLongestUnusedFirst) {
  DiskCache cache(folder, 100'000);
  for (int i = 0; i < 9; ++i) cache.store("http://h/" + std::to_string(i), answer(std::string(10'000, 'x')));
  EXPECT_NE(found(cache, "http://h/0"), "nothing");  // used again
  for (int i = 9; i < 12; ++i) cache.store("http://h/" + std::to_string(i), answer(std::string(10'000, 'x')));
  EXPECT_LE(cache.bytes(), 100'000u);
  EXPECT_NE(found(cache, "http://h/0"), "nothing");
  EXPECT_EQ(found(cache, "http://h/1"), "nothing");
  EXPECT_NE(found(cache, "http://h/11"), "nothing");
  EXPECT_EQ(files().size(), 9u);
  cache.store("http://h/large", answer(std::string(50'000, 'x')));
  EXPECT_EQ(found(cache, "http://h/large"), "nothing") << "one does not push out the rest";
}

TEST_F(Cache, TheNextRunKnowsWhatWasUsedLastAndClearsWhatACrashLeft) {
  {
    DiskCache cache(folder, 100'000);
    for (int i = 0; i < 8; ++i) cache.store("http://h/" + std::to_string(i), answer(std::string(12'000, 'x')));
  }
  const auto now = fs::file_time_type::clock::now();
  for (const Path& file : files()) fs::last_write_time(file, now - std::chrono::hours(2));
  ASSERT_TRUE(writeFileAtomically(folder / "0123.part77-1", "half"));
  fs::last_write_time(folder / "0123.part77-1", now - std::chrono::hours(1));
  ASSERT_TRUE(writeFileAtomically(folder / "4567.part78-1", "being written by another program"));
  DiskCache cache(folder, 100'000);
  EXPECT_NE(found(cache, "http://h/0"), "nothing");
  cache.store("http://h/new", answer(std::string(12'000, 'x')));
  EXPECT_LE(cache.bytes(), 100'000u);
  EXPECT_NE(found(cache, "http://h/0"), "nothing");
  EXPECT_NE(found(cache, "http://h/new"), "nothing");
  EXPECT_FALSE(fs::exists(folder / "0123.part77-1"));
  EXPECT_TRUE(fs::exists(folder / "4567.part78-1"));
}

TEST_F(Cache, OneThatCannotBeWrittenKeepsNothingAndHarmsNothing) {
  ASSERT_TRUE(writeFileAtomically(folder, "a file where the folder should be"));
  DiskCache cache(folder, 1 << 20);
  cache.store("http://h/a", answer("body"));
  EXPECT_EQ(found(cache, "http://h/a"), "nothing");
}

}  // namespace
}  // namespace cm::source
