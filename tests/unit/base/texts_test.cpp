#include "base/texts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

using namespace cm;

TEST(Texts, KeepWhatIsAddedWithTheEmptyOnes) {
  Texts texts{"城镜", "", "osm:way/1003"};
  texts.push_back(std::string("a\0b", 3));
  texts.pad(6);
  texts.pad(2);  // never shorter
  ASSERT_EQ(texts.size(), 6u);
  EXPECT_EQ(texts[0], "城镜");
  EXPECT_EQ(texts[1], "");
  EXPECT_EQ(texts[2], "osm:way/1003");
  EXPECT_EQ(texts[3], std::string_view("a\0b", 3));
  EXPECT_EQ(texts[5], "");
  EXPECT_EQ(std::find(texts.begin(), texts.end(), "osm:way/1003") - texts.begin(), 2);
}

TEST(Texts, AreEqualByRowsNotByCharacters) {
  EXPECT_EQ((Texts{"ab", "c"}), (Texts{"ab", "c"}));
  EXPECT_NE((Texts{"ab", "c"}), (Texts{"a", "bc"}));
  Texts joined{"ab"};
  joined.append(Texts{"c", ""});
  EXPECT_EQ(joined, (Texts{"ab", "c", ""}));
  joined.clear();
  EXPECT_TRUE(joined.empty());
}

TEST(Texts, CostLittleBesideTheirCharacters) {
  Texts texts;
  for (int i = 0; i < 1000; ++i) texts.push_back("osm:way/123456789");
  texts.shrink_to_fit();
  EXPECT_LE(texts.bytes(), 1000 * (17 + sizeof(uint32_t)) + 64);
}
