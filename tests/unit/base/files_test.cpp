#include "base/files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace cm {
namespace {

using testing::HasSubstr;

struct FilesTest : testing::Test {
  Path folder = std::filesystem::temp_directory_path() / fmt::format("citymirror-files-{}", ::getpid());
  FilesTest() { std::filesystem::create_directories(folder); }
  ~FilesTest() override { std::filesystem::remove_all(folder); }
  size_t entries() const {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator{}));
  }
};

TEST_F(FilesTest, WritesAndReadsBack) {
  Path path = folder / "new" / "deep" / "a.txt";
  ASSERT_TRUE(writeFileAtomically(path, "城镜\n"));
  auto bytes = readFile(path);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(asText(*bytes), "城镜\n");
  ASSERT_TRUE(writeFileAtomically(path, ""));
  EXPECT_TRUE(readFile(path)->empty());
}

TEST_F(FilesTest, ErrorsNameTheFileAndTheReason) {
  auto missing = readFile(folder / "missing.txt");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().text(), HasSubstr("missing.txt"));
  EXPECT_THAT(missing.error().text(), HasSubstr("No such file"));
  auto directory = readFile(folder);
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error().text(), HasSubstr("folder"));
}

TEST_F(FilesTest, AFailedRenameLeavesNothingBehind) {
  std::filesystem::create_directories(folder / "taken" / "full");
  auto written = writeFileAtomically(folder / "taken", "text");  // a folder that is not empty cannot be replaced
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text(), HasSubstr("taken"));
  EXPECT_EQ(entries(), 1u);
}

TEST_F(FilesTest, APipeIsWrittenToAndStaysAPipe) {
  ASSERT_TRUE(writeFileAtomically(folder / "beside", ""));  // the folder is there
  const Path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int end = ::open(pipe.c_str(), O_RDWR | O_NONBLOCK);
  ASSERT_GE(end, 0);
  EXPECT_TRUE(writeFileAtomically(pipe, "text"));
  char read[8]{};
  EXPECT_EQ(::read(end, read, sizeof read), 4);
  EXPECT_STREQ(read, "text");
  ::close(end);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

TEST_F(FilesTest, WhatAKilledWriteLeftIsRemovedAndNothingElse) {
  for (const char* name : {"deep/2.glb.part25317-7", "deep/2.glb", "a.partly", "b.part.txt"})
    ASSERT_TRUE(writeFileAtomically(folder / name, "x"));
  removeUnfinished(folder);
  EXPECT_FALSE(std::filesystem::exists(folder / "deep" / "2.glb.part25317-7"));
  for (const char* name : {"deep/2.glb", "a.partly", "b.part.txt"})
    EXPECT_TRUE(std::filesystem::exists(folder / name)) << name;
  removeUnfinished(folder / "missing");
}

TEST_F(FilesTest, AFileInPlaceOfAFolderIsAnError) {
  ASSERT_TRUE(writeFileAtomically(folder / "file", "x"));
  auto written = writeFileAtomically(folder / "file" / "below.txt", "text");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text(), HasSubstr("file"));
}

TEST_F(FilesTest, WhatIsInAnArchiveIsNotSavedAndSaysSo) {
  ASSERT_TRUE(writeFileAtomically(folder / "city.zip", "packed"));
  for (const char* inside : {"city.json", "town/city.json"}) {
    auto written = writeFileAtomically(folder / "city.zip" / inside, "text");
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().text(),
                HasSubstr("归档中的城市只读，请先解包 / cannot be saved: " + (folder / "city.zip").string()));
  }
  EXPECT_EQ(asText(*readFile(folder / "city.zip")), "packed");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(FilesTest, AFullDiskKeepsTheOldFileAndNoHalfOne) {
  Path path = folder / "city.json";
  ASSERT_TRUE(writeFileAtomically(path, "old"));
  // A limit on file size answers writes as a full disk does: with an error in the middle.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  auto written = writeFileAtomically(path, std::string(5000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text(), HasSubstr("city.json"));
  EXPECT_EQ(asText(*readFile(path)), "old");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(FilesTest, TheCacheFollowsTheEnvironment) {
  const char* before = std::getenv("XDG_CACHE_HOME");
  std::string kept = before ? before : "";
  ::setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  EXPECT_EQ(cacheFolder(), folder / "citymirror");
  EXPECT_TRUE(std::filesystem::is_directory(folder / "citymirror"));
  if (before)
    ::setenv("XDG_CACHE_HOME", kept.c_str(), 1);
  else
    ::unsetenv("XDG_CACHE_HOME");
}

}  // namespace
}  // namespace cm
