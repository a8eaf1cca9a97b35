#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "app/ui/theme.h"
#include "app/ui/widgets.h"
#include "ui_harness.h"

namespace cm::app::ui {
namespace {

std::set<std::string> keysOf(const char* file) {
  auto bytes = readFile(assetsFolder() / "i18n" / file);
  EXPECT_TRUE(bytes) << file;
  std::set<std::string> keys;
  if (!bytes) return keys;
  auto json = nlohmann::json::parse(asText(*bytes));
  for (const auto& [key, value] : json.items()) {
    EXPECT_TRUE(value.is_string() && !value.get<std::string>().empty()) << file << ": " << key;
    keys.insert(key);
  }
  return keys;
}

TEST(Texts, BothLanguagesHaveTheSameKeysAndPlaces) {
  EXPECT_EQ(keysOf("zh.json"), keysOf("en.json"));
  auto places = [](const std::string& text) {
    size_t count = 0;
    for (size_t at = 0; (at = text.find("{}", at)) != text.npos; at += 2) ++count;
    return count;
  };
  Words words(assetsFolder() / "i18n");
  for (const auto& [key, text] : words.all()) EXPECT_EQ(places(text.zh), places(text.en)) << key;
}

TEST(Texts, EveryKeyThatIsUsedExistsAndEveryKeyIsUsed) {
  std::set<std::string> known = keysOf("zh.json"), families, used;
  for (const std::string& key : known) families.insert(key.substr(0, key.find('.')));
  const std::regex literal("\"([a-zA-Z]+(\\.[a-zA-Z]+)+)\"");
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(CITYMIRROR_SOURCE_DIR) / "engine/app/ui")) {
    if (entry.path().extension() != ".cpp") continue;
    ++files;
    auto bytes = readFile(entry.path());
    ASSERT_TRUE(bytes);
    std::string text(asText(*bytes));
    for (std::sregex_iterator match(text.begin(), text.end(), literal), end; match != end; ++match) {
      std::string key = (*match)[1];
      if (!families.contains(key.substr(0, key.find('.')))) continue;  // "zh.json" and the like
      if (key == "divider.held" || key == "lens.held" || key == "years.held" || key == "weather.slot")
        continue;  // names of eased values
      EXPECT_TRUE(known.contains(key)) << entry.path().filename() << " uses \"" << key << "\"";
      used.insert(key);
    }
  }
  EXPECT_GT(files, 10);
  for (const std::string& key : known) EXPECT_TRUE(used.contains(key)) << key << " is not used";
}

TEST(Texts, EveryCharacterHasItsGlyph) {
  if (findFont(false).path.empty()) GTEST_SKIP() << "needs a Chinese font: install fonts-noto-cjk";
  UiHarness app;
  Words words(assetsFolder() / "i18n");
  std::vector<Text> texts;
  for (const auto& [key, text] : words.all()) texts.push_back(text);
  const city::Document& city = app.city.document();
  texts.push_back(city.name);
  for (const auto& project : city.projects) texts.insert(texts.end(), {project.name, project.story});
  for (const auto& overlay : city.overlays)
    for (const auto& item : overlay.items) texts.insert(texts.end(), {item.name, item.story});
  for (const auto& source : city.sources) texts.insert(texts.end(), {source.name, source.note});
  for (const auto& view : city.views) texts.push_back(view.name);
  size_t checked = 0;
  for (ImFont* font : ImGui::GetIO().Fonts->Fonts)
    for (const Text& text : texts)
      for (const std::string* half : {&text.zh, &text.en})
        eachCharacter(*half, [&](unsigned code, size_t, size_t) {
          ++checked;
          EXPECT_TRUE(font->FindGlyphNoFallback(static_cast<ImWchar>(code)))
              << "U+" << std::hex << code << " of " << *half;
        });
  EXPECT_GT(checked, 2000u);
}

TEST(Texts, LinesAreWrappedAsChineseIs) {
  UiHarness app;
  ImFont* font = ImGui::GetIO().Fonts->Fonts[0];
  const std::string text =
      "低矮拥挤的自建房让位于新社区，居民原地回迁（含安置）。河岸 1,200 米 return to walking and "
      "cycling，先建公园、学校与地铁。";
  for (float width : {60.0f, 100.0f, 173.0f, 260.0f, 400.0f}) {
    std::string joined;
    for (std::string_view line : wrapped(font, text, width)) {
      EXPECT_LE(widthOf(font, line), width + 0.5f) << line;
      for (const char* mark : {"，", "。", "、", "）"}) EXPECT_FALSE(line.starts_with(mark)) << line;
      EXPECT_FALSE(line.ends_with("（")) << line;
      joined += line;
    }
    std::string unspaced, plain;
    for (char c : joined)
      if (c != ' ') unspaced += c;
    for (char c : text)
      if (c != ' ') plain += c;
    EXPECT_EQ(unspaced, plain);
  }
  EXPECT_EQ(wrapped(font, "a\nb", 100).size(), 2u);
  for (float width = 60; width < 160; width += 7)
    for (std::string_view line : wrapped(font, "Data of 2026-11 and 2026-12", width))
      EXPECT_FALSE(line.ends_with("2026-")) << line;
  const std::string bracketed = "主要道路（示意）、街区规则（示意）、绿道（示意）";
  for (float width = 90; width < 300; width += 7)  // what is short in brackets stays whole
    for (std::string_view line : wrapped(font, bracketed, width))
      for (const char* part : {"（示", "示意"}) EXPECT_FALSE(line.ends_with(part)) << line;
  EXPECT_LE(widthOf(font, clipped(font, text, 120)), 120);
}

TEST(Texts, NumbersReadWell) {
  EXPECT_EQ(number(12), "12");
  EXPECT_EQ(number(12.5), "12.5");
  EXPECT_EQ(number(0.25), "0.25");
  EXPECT_EQ(number(2600), "2,600");
  EXPECT_EQ(number(1234567.8), "1,234,568");
  EXPECT_EQ(number(-1500), "-1,500");
  EXPECT_EQ(number(100), "100");
  EXPECT_EQ(filled("{} of {}", {"1", "2"}), "1 of 2");
}

TEST(Theme, ReadsColoursAndNamesWhatIsWrong) {
  auto theme = readTheme(R"({"accent": "#102030", "card": "#ffffff80"})", "t.json");
  ASSERT_TRUE(theme);
  EXPECT_EQ(theme->accent, IM_COL32(0x10, 0x20, 0x30, 0xff));
  EXPECT_EQ(theme->card >> IM_COL32_A_SHIFT, 0x80u);
  for (const char* bad : {"[]", R"({"acent": "#102030"})", R"({"accent": "teal"})", R"({"accent": 3})"})
    EXPECT_FALSE(readTheme(bad, "t.json")) << bad;
  auto shipped = readFile(assetsFolder() / "themes" / "harbour.json");
  ASSERT_TRUE(shipped);
  EXPECT_TRUE(readTheme(asText(*shipped), "harbour.json"));
}

}  // namespace
}  // namespace cm::app::ui
