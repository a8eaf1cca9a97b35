#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "city/document.h"

namespace cm::city {
namespace {

TEST(Samples, EveryCityIsWithoutProblemsAndItsFilesAreThere) {
  int cities = 0;
  for (const auto& entry : std::filesystem::directory_iterator(Path(CITYMIRROR_SOURCE_DIR) / "samples")) {
    Path file = entry.path() / "city.json";
    if (!std::filesystem::exists(file)) continue;
    ++cities;
    auto bytes = readFile(file);
    ASSERT_TRUE(bytes);
    auto parsed = parseDocument(asText(*bytes), file.string());
    ASSERT_TRUE(parsed) << parsed.error().text();
    for (const Problem& problem : parsed->problems) ADD_FAILURE() << file << ": " << problem.path << ": " << problem.message;
    const Document& city = parsed->document;
    auto expectFile = [&](const std::string& uri) {
      if (uri.empty() || uri.find("://") != uri.npos) return;
      EXPECT_TRUE(std::filesystem::exists(entry.path() / uri)) << uri;
    };
    for (const auto& tileset : city.tilesets) expectFile(tileset.uri);
    for (const auto& overlay : city.overlays) expectFile(overlay.uri);
    for (const auto& project : city.projects)
      for (const auto& addition : project.additions) {
        expectFile(addition.tilesetUri);
        expectFile(addition.groundUri);
      }
    EXPECT_EQ(writeDocument(city), asText(*bytes)) << "a sample is written as the engine writes it";
  }
  EXPECT_GE(cities, 1);
}

}  // namespace
}  // namespace cm::city
