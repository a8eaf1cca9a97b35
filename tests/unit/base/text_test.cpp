#include "base/text.h"

#include <gtest/gtest.h>

namespace cm {
namespace {

TEST(Nearest, FindsTheWordThatWasMeant) {
  const std::string_view keys[] = {"tilesets", "overlays", "projects", "scenarios", "views"};
  EXPECT_EQ(nearest("tileset", keys), "tilesets");
  EXPECT_EQ(nearest("senarios", keys), "scenarios");
  EXPECT_EQ(nearest("veiws", keys), "views");
  EXPECT_EQ(nearest("projects", keys), "projects");
}

TEST(Nearest, SaysNothingRatherThanNonsense) {
  const std::string_view keys[] = {"tilesets", "overlays"};
  EXPECT_EQ(nearest("zzzzqqqq", keys), "");
  EXPECT_EQ(nearest("word", {}), "");
}

TEST(Text, FallsBackToTheOtherLanguage) {
  EXPECT_EQ((Text{"青岛", "Qingdao"}).in(Language::Chinese), "青岛");
  EXPECT_EQ((Text{"青岛", "Qingdao"}).in(Language::English), "Qingdao");
  EXPECT_EQ((Text{"青岛", ""}).in(Language::English), "青岛");
  EXPECT_EQ((Text{"", "Qingdao"}).in(Language::Chinese), "Qingdao");
  EXPECT_TRUE(Text{}.empty());
}

TEST(Hash64, IsThePublishedFnv1a) {
  EXPECT_EQ(hash64(""), 0xcbf29ce484222325ull);
  EXPECT_EQ(hash64("a"), 0xaf63dc4c8601ec8cull);
  EXPECT_EQ(hash64("foobar"), 0x85944171f73967e8ull);
}

}  // namespace
}  // namespace cm
