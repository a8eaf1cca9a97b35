//! Where tests find files. Owns nothing; any thread.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace cm::test {

//! A file or folder of the repository's tests/data.
inline std::filesystem::path testData(const std::filesystem::path& name) {
  return std::filesystem::path(CITYMIRROR_TEST_DATA) / name;
}

//! A file or folder of the large data that is not part of the repository: $CITYMIRROR_SHARED_DATA, else ../shared/data
//! beside the checkout. May not exist: see CM_NEED_SHARED_DATA.
inline std::filesystem::path sharedData(const std::filesystem::path& name) {
  const char* root = std::getenv("CITYMIRROR_SHARED_DATA");
  return std::filesystem::path(root && *root ? root : CITYMIRROR_SHARED_DATA) / name;
}

}  // namespace cm::test

//! Skips the test with a sentence when a file or folder of the shared data is absent.
#define CM_NEED_SHARED_DATA(name)                                                                       \
  if (!std::filesystem::exists(::cm::test::sharedData(name)))                                           \
  GTEST_SKIP() << "needs " << ::cm::test::sharedData(name).string() << ", which is absent; set CITYMIRROR_SHARED_DATA to " \
               << "the folder that holds " << (name)
