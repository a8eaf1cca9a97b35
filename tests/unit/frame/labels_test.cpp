#include "frame/label_layout.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "frame/drape_shapes.h"

namespace cm::frame {
namespace {

class LabelsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (auto font = findFont(); !font) GTEST_SKIP() << font.error().text();
    cache = std::filesystem::path(::testing::TempDir()) / ("citymirror-glyphs-" + std::to_string(::getpid()));
    std::filesystem::remove_all(cache);
    auto made = Glyphs::create(cache);
    ASSERT_TRUE(made) << made.error().text();
    glyphs = std::move(*made);
    view.project = [this](const glm::dvec3& p) { return glm::vec3(float(p.x) + shift, float(p.y), 1000); };
    view.rectangle = {{0, 0}, {1280, 720}};
    view.nowSeconds = 1;
  }
  void add(LabelKind kind, const char* zh, const char* en, double x, double y, int rank = 1) {
    labels.push_back({.kind = kind,
                      .selection = {city::PickKind::Place, en},
                      .text = {zh, en},
                      .position = {x, y, 0},
                      .rank = rank,
                      .item = kNoItem});
  }
  void layOut() {
    quads.clear();
    layout.layOut(labels, document, layers, {2025, 1, 1}, {}, language, {}, view, *glyphs, quads);
  }
  void layOutWithGlyphs() {
    layOut();
    glyphs->waitAll();
    layOut();
  }

  Path cache;
  std::unique_ptr<Glyphs> glyphs;
  std::vector<Label> labels;
  city::Document document;
  city::Layers layers;
  Language language = Language::Chinese;
  LabelView view;
  float shift = 0;
  LabelLayout layout;
  std::vector<LabelQuad> quads;
};

TEST_F(LabelsTest, TextIsShapedAndMadeOnce) {
  const ShapedText& text = glyphs->shape("青岛 Qingdao");
  EXPECT_EQ(text.glyphs.size(), 10u);
  EXPECT_NEAR(glyphs->shape("青岛").width, 2.0f, 0.01f);
  EXPECT_NEAR(glyphs->shape("青岛", 0.5f).width, 2.5f, 0.01f);
  glyphs->waitAll();
  EXPECT_FALSE(glyphs->pending());
  const AtlasGlyph made = glyphs->glyph(text.glyphs[0].glyph);
  ASSERT_TRUE(made.ready);
  // Inside the strokes above 128, in the margin 0.
  const auto& atlas = glyphs->atlas();
  uint8_t highest = 0;
  for (auto y = size_t(made.uvLo.y * Glyphs::kAtlasSize); y < size_t(made.uvHi.y * Glyphs::kAtlasSize); ++y)
    for (auto x = size_t(made.uvLo.x * Glyphs::kAtlasSize); x < size_t(made.uvHi.x * Glyphs::kAtlasSize); ++x)
      highest = std::max(highest, atlas[y * Glyphs::kAtlasSize + x]);
  EXPECT_GT(highest, 135);
  const uint32_t first = text.glyphs[0].glyph;
  glyphs = nullptr;  // what was made is kept on disk
  auto again = Glyphs::create(cache);
  ASSERT_TRUE(again);
  EXPECT_TRUE((*again)->glyph(first).ready);
  EXPECT_EQ((*again)->glyph(first).lo, made.lo);
}

TEST_F(LabelsTest, ABrokenCacheIsMadeAnew) {
  glyphs->shape("青");
  glyphs->waitAll();
  glyphs = nullptr;
  for (const auto& file : std::filesystem::directory_iterator(cache)) {
    std::filesystem::resize_file(file.path(), 21);
  }
  auto again = Glyphs::create(cache);
  ASSERT_TRUE(again);
  const uint32_t glyph = (*again)->shape("青").glyphs[0].glyph;
  EXPECT_FALSE((*again)->glyph(glyph).ready);
  (*again)->waitAll();
  EXPECT_TRUE((*again)->glyph(glyph).ready);
}

TEST_F(LabelsTest, NothingIsShownBeforeItsGlyphsAreThere) {
  add(LabelKind::Place, "市南区", "Shinan District", 600, 300);
  layOut();
  EXPECT_TRUE(quads.empty());
  EXPECT_TRUE(layout.changing());
}

TEST_F(LabelsTest, NoLabelCrossesTheRimOfALens) {
  const char* names[] = {"五四广场", "广场五四", "四广场五", "场五四广", "四五广场", "五广场四", "广四五场"};
  for (int i = 0; i < 60; ++i)
    add(LabelKind::Place, names[i % 7], "May Fourth Square", (i * 137) % 1280, (i * 89) % 720, i % 4);
  view.circle = {640, 360, 240};
  for (const bool inside : {false, true}) {
    layout = {};
    view.inCircle = inside;
    layOutWithGlyphs();
    ASSERT_GT(layout.shown().size(), 3u);
    for (const auto& [selection, box] : layout.shown())
      for (const glm::vec2 corner : {box.lo, box.hi, glm::vec2(box.lo.x, box.hi.y), glm::vec2(box.hi.x, box.lo.y)})
        EXPECT_EQ(glm::distance(corner, glm::vec2(view.circle)) < view.circle.z, inside) << selection.id;
  }
}

TEST_F(LabelsTest, ShownBoxesNeitherOverlapNorLeaveTheRectangle) {
  const char* names[] = {"五四广场", "广场五四", "四广场五", "场五四广", "四五广场", "五广场四", "广四五场"};
  for (int i = 0; i < 60; ++i)
    add(LabelKind::Place, names[i % 7], "May Fourth Square", (i * 137) % 1280, (i * 89) % 720, i % 4);
  view.rectangle = {{0, 0}, {700, 720}};  // the left side of a divider
  layOutWithGlyphs();
  const auto& shown = layout.shown();
  ASSERT_GT(shown.size(), 8u);
  for (size_t i = 0; i < shown.size(); ++i) {
    EXPECT_GE(shown[i].box.lo.x, 0);
    EXPECT_LE(shown[i].box.hi.x, 700);
    for (size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(shown[i].box, shown[j].box));
  }
}

TEST_F(LabelsTest, NoLabelHidesUnderTheControlLayer) {
  const char* names[] = {"东", "南", "西", "北", "中", "前", "后", "左", "右", "上", "下", "外"};
  for (int i = 0; i < 12; ++i) add(LabelKind::Place, names[i], names[i], 100 + 100 * i, 60 + 55 * i);
  layOutWithGlyphs();
  const size_t before = layout.shown().size();
  const Box panel{{0, 0}, {520, 720}};
  view.covered = {&panel, 1};
  view.nowSeconds += 1;
  layOut();
  ASSERT_GT(layout.shown().size(), 0u);
  EXPECT_LT(layout.shown().size(), before);
  for (const auto& shown : layout.shown()) EXPECT_FALSE(overlap(shown.box, panel));
}

TEST_F(LabelsTest, FadesWithinAFifthOfASecondAndDoesNotFlicker) {
  add(LabelKind::Place, "五四广场", "May Fourth Square", 400, 300, 2);
  add(LabelKind::Place, "奥帆中心", "Olympic Sailing Centre", 420, 306, 2);
  layOutWithGlyphs();
  ASSERT_EQ(layout.shown().size(), 1u);
  const std::string stays = layout.shown()[0].selection.id;
  for (int frame = 0; frame < 40; ++frame) {
    view.nowSeconds += 0.05;
    shift = frame % 2 ? 0.6f : -0.6f;
    layOut();
    ASSERT_EQ(layout.shown().size(), 1u);
    EXPECT_EQ(layout.shown()[0].selection.id, stays);
  }
  layers.labels = false;
  layOut();
  EXPECT_TRUE(layout.shown().empty());
  layers.labels = true;
  view.nowSeconds += 0.05;
  layOut();
  EXPECT_TRUE(layout.changing());
  const float early = quads.back().colour.a;
  view.nowSeconds += 0.2;
  layOut();
  EXPECT_FALSE(layout.changing());
  EXPECT_GT(quads.back().colour.a, early * 2);
}

TEST_F(LabelsTest, TheLanguageDecidesWhichTextIsLarge) {
  add(LabelKind::Place, "湾", "Bay", 600, 300);
  const auto largest = [&] {
    layOutWithGlyphs();
    float height = 0;
    for (const LabelQuad& quad : quads)
      if (quad.shape.x == 0) height = std::max(height, quad.shape.y);
    return std::pair(height, quads.size());
  };
  const auto [chinese, quadsOfChinese] = largest();
  EXPECT_EQ(quadsOfChinese, 10u);  // the veils of two lines, halo and ink of 1 + 3 glyphs
  language = Language::English;
  layOut();
  EXPECT_FLOAT_EQ(quads[2].shape.y, chinese * 0.94f);
}

TEST_F(LabelsTest, OneOfTwoNeighboursOfOneNameIsEnough) {
  add(LabelKind::Place, "台东", "Taidong", 500, 300, 3);
  add(LabelKind::Place, "台东", "Taidong Square", 620, 380, 1);
  add(LabelKind::Place, "台东", "Taidong West", 1100, 300, 3);
  layOutWithGlyphs();
  ASSERT_EQ(layout.shown().size(), 2u);
  EXPECT_EQ(layout.shown()[0].selection.id, "Taidong Square");
  EXPECT_EQ(layout.shown()[1].selection.id, "Taidong West");
}

TEST_F(LabelsTest, WhatIsHiddenBehindTheCityIsLeftOutWithPatience) {
  add(LabelKind::Place, "湾", "Bay", 300, 300);
  add(LabelKind::Place, "山", "Hill", 800, 300);
  std::map<size_t, bool> seen;
  view.inSight = [&](size_t label) { return seen.contains(label) ? std::optional(seen[label]) : std::nullopt; };
  layOutWithGlyphs();
  EXPECT_TRUE(layout.shown().empty()) << "not known yet";
  EXPECT_EQ(layout.inQuestion(), (std::vector<size_t>{0, 1}));
  seen = {{0, true}, {1, false}};
  layOut();
  ASSERT_EQ(layout.shown().size(), 1u) << "a clock that stands still waits for nothing";
  EXPECT_EQ(layout.shown()[0].selection.id, "Bay");
  // A glimpse between two houses does not count, in neither direction.
  for (int frame = 0; frame < 20; ++frame) {
    view.nowSeconds += 0.05;
    seen = {{0, frame % 3 != 0}, {1, frame % 3 == 0}};
    layOut();
    ASSERT_EQ(layout.shown().size(), 1u) << frame;
    EXPECT_EQ(layout.shown()[0].selection.id, "Bay");
  }
  seen = {{0, false}, {1, true}};
  for (int frame = 0; frame < 10; ++frame) view.nowSeconds += 0.05, layOut();
  ASSERT_EQ(layout.shown().size(), 1u);
  EXPECT_EQ(layout.shown()[0].selection.id, "Hill");
}

TEST_F(LabelsTest, NearTheGroundAFewOfTheMostImportantStay) {
  const char* names[] = {"东", "南", "西", "北", "中", "前", "后", "左"};
  for (int i = 0; i < 8; ++i) add(LabelKind::Place, names[i], names[i], 100 + 130 * i, 300, i);
  view.most = 3;
  layOutWithGlyphs();
  ASSERT_EQ(layout.shown().size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(layout.shown()[size_t(i)].selection.id, names[i]);
  view.reachMetres = 900;  // they are 1000 away
  view.nowSeconds += 1;
  layOut();
  EXPECT_TRUE(layout.shown().empty());
}

TEST_F(LabelsTest, BehindTheEyeThereIsNoLabel) {
  add(LabelKind::Place, "湾", "Bay", 600, 300);
  view.project = [](const glm::dvec3&) { return glm::vec3(600, 300, -5); };
  layOutWithGlyphs();
  EXPECT_TRUE(layout.shown().empty());
}

}  // namespace
}  // namespace cm::frame
