// What the pixels say: the tiny scene in both looks, shadows, projects, transitions, swipes, precision, a lost device.
#include "frame/plan_sites.h"
#include "gpu/support.h"
#include "source/matter.h"
#include "source/trees.h"

namespace cm {
namespace {

using test::Picture;
using test::Rig;

constexpr geo::Geodetic kPlace{120.37, 36.07, 0};
constexpr VkExtent2D kSize{320, 240};

source::MeshContent tinyScene() {
  source::MeshContent content;
  content.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
  test::addBox(content, {-20, -20, 0}, {20, 20, 60}, {200, 200, 200, 255}, source::Surface::Building, "tower");
  test::addBox(content, {60, -20, 0}, {100, 20, 20}, {200, 60, 60, 255}, source::Surface::Building, "red");
  test::addFlat(content, {-400, -400}, {400, 400}, 0, {130, 140, 120, 255}, source::Surface::Ground);
  return content;
}

frame::Scene fromSouth(city::Look look) {
  geo::Geodetic eye = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({0, -300, 120}));
  return test::sceneAt(eye, 0, -20, look, 200, 45);
}

#define CM_NEEDS_DEVICE(rig) \
  if (!(rig).device) GTEST_SKIP() << (rig).problem

TEST(Picture, PlainIsOneLambertLight) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  rig.add(tinyScene());
  auto scene = fromSouth(city::Look::Plain);
  const Picture picture = rig.render(scene, rig.oneSide(), kSize);
  EXPECT_EQ(rig.frame->statistics().triangles, 26u);
  // The tower's south wall: albedo 200/255, ambient .25 + .75 cos(angle to the sun), sRGB-encoded.
  const double cosine = std::cos(45 * geo::kDegree) * std::cos(20 * geo::kDegree);
  const double linear = 200 / 255.0 * (0.25 + 0.75 * cosine);
  const int expected = int(std::lround(255 * (1.055 * std::pow(linear, 1 / 2.4) - 0.055)));
  EXPECT_NEAR(picture.brightness(160, 120), expected, 3);
  const glm::ivec3 background = picture.at(5, 3);
  EXPECT_NEAR(background.r, 128, 1);
  EXPECT_NEAR(background.b, 179, 1);
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

TEST(Picture, ClayHasShadowsSkyAndNoVoid) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  rig.add(tinyScene());
  auto scene = fromSouth(city::Look::Clay);  // the sun stands in the south-south-west: shadows fall to the north-east
  geo::Geodetic above = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({0, 0, 500}));
  scene.eye = geo::eyeAt(above, 0, -90, 0.7854);
  const Picture down = rig.render(scene, rig.oneSide(), kSize, 4);
  // 240 pixels are 414 m: a point 50 m north, 20 m east of the tower lies in its shadow, one south of it does not.
  const int shadow = down.brightness(160 + 9, 120 - 22), lit = down.brightness(160, 120 + 40);
  EXPECT_LT(shadow, lit - 15);
  scene.layers.shadows = false;
  const Picture without = rig.render(scene, rig.oneSide(), kSize, 4);
  EXPECT_NEAR(without.brightness(160 + 9, 120 - 22), without.brightness(160, 120 + 40), 3);
  const Picture level = rig.render(fromSouth(city::Look::Clay), rig.oneSide(), kSize, 1);
  for (unsigned y = 0; y < kSize.height; y += 7)
    for (unsigned x = 0; x < kSize.width; x += 7) EXPECT_GT(level.brightness(x, y), 20) << x << "," << y;
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

TEST(Picture, ByDayThereAreWindowsAndTrees) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  source::MeshContent content = tinyScene();
  content.materials[0].name = "cm:ground";
  test::addFlat(content, {-100, -160}, {100, -60}, 0.1f, {40, 80, 40, 255}, source::Surface::Green);
  for (size_t i = content.vertices.size() - 4; i < content.vertices.size(); ++i)
    content.vertices[i].matter[0] = 9;  // a park
  source::measureWalls(content);
  source::MeshContent treeless = content;
  source::strewTrees(content);
  ASSERT_GT(content.trees.size(), 50u);
  const auto scene = fromSouth(city::Look::Day);
  // Steps of brightness across the tower's south wall: windows.
  const auto edges = [&](const Picture& picture) {
    int count = 0;
    for (unsigned x = 146; x < 174; ++x)
      count += std::abs(picture.brightness(x, 105) - picture.brightness(x - 1, 105)) > 8;
    return count;
  };
  rig.add(std::move(treeless));
  const Picture without = rig.render(scene, rig.oneSide(), kSize, 4);
  const uint32_t triangles = rig.frame->statistics().triangles;
  EXPECT_GT(edges(without), 4);
  EXPECT_LT(edges(rig.render(fromSouth(city::Look::Clay), rig.oneSide(), kSize, 4)), 3);
  rig.upload(rig.drawn.front(), std::make_shared<source::MeshContent>(std::move(content)));
  rig.drawn.pop_back();
  const Picture with = rig.render(scene, rig.oneSide(), kSize, 4);
  EXPECT_GE(rig.frame->statistics().triangles, triangles);
  size_t changed = 0;
  for (unsigned y = 120; y < kSize.height; ++y)
    for (unsigned x = 0; x < kSize.width; ++x)
      changed += std::abs(with.brightness(x, y) - without.brightness(x, y)) > 12;
  EXPECT_GT(changed, 1000u);
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

TEST(Picture, TreesLeaveWhereAPlanLaysItsGround) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  source::MeshContent content = tinyScene();
  content.materials[0].name = "cm:ground";
  test::addFlat(content, {-100, -160}, {100, -60}, 0.1f, {40, 80, 40, 255}, source::Surface::Green);
  for (size_t i = content.vertices.size() - 4; i < content.vertices.size(); ++i)
    content.vertices[i].matter[0] = 9;  // a park
  source::MeshContent treeless = content;
  source::strewTrees(content);
  ASSERT_GT(content.trees.size(), 50u);
  city::Document document{.origin = kPlace};
  document.projects.resize(1);
  document.projects[0].additions = {{.phase = "1", .groundUri = "ground"}};
  frame::VectorLayers layers;
  source::VectorFeature land{.kind = source::GeometryKind::Area, .parts = {{}}, .polygonStarts = {0}};
  for (const glm::dvec2 p : {glm::dvec2(-150, -200), {150, -200}, {150, -40}, {-150, -40}}) {
    const geo::Geodetic at = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({p, 0}));
    land.parts[0].emplace_back(at.lonDegrees, at.latDegrees, 0);
  }
  land.properties["class"] = "land";
  layers["ground"].features.push_back(land);
  rig.setDocument(document, layers);
  rig.frame->planSites()->mark(content);
  const auto differing = [](const Picture& one, const Picture& other) {
    int count = 0;
    for (unsigned y = 120; y < kSize.height; ++y)
      for (unsigned x = 0; x < kSize.width; ++x) count += std::abs(one.brightness(x, y) - other.brightness(x, y)) > 12;
    return count;
  };
  const auto shown = [&](bool planned) {
    std::vector<frame::Side> sides = rig.oneSide();
    sides[0].from = sides[0].to = {{.shown = planned, .removals = {}, .additions = {planned}}};
    return rig.render(fromSouth(city::Look::Day), sides, kSize, 4);
  };
  rig.add(std::move(treeless));
  const Picture bareToday = shown(false), barePlan = shown(true);
  rig.upload(rig.drawn.front(), std::make_shared<source::MeshContent>(std::move(content)));
  rig.drawn.pop_back();
  EXPECT_GT(differing(shown(false), bareToday), 1000);
  EXPECT_EQ(differing(shown(true), barePlan), 0) << "neither trees nor their shadows";
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

TEST(Picture, TechIsADarkScreenWithLuminousEdges) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  rig.add(tinyScene());
  auto scene = fromSouth(city::Look::Tech);
  for (const int samples : {1, 4}) {
    const Picture picture = rig.render(scene, rig.oneSide(), kSize, samples);
    // The ground is dark and bluish, whatever it is made of; the tower's roof edge shines against it.
    const glm::ivec3 ground = picture.at(30, 200);
    EXPECT_LT(ground.r, 30);
    EXPECT_GT(ground.b, ground.r + 10);
    int brightest = 0;
    for (unsigned y = 40; y < 120; ++y) brightest = std::max(brightest, picture.brightness(160, y));
    EXPECT_GT(brightest, picture.brightness(30, 200) + 70) << samples;
  }
  // A drawing knows no hour: the sun of night gives the same picture.
  const Picture byDay = rig.render(scene, rig.oneSide(), kSize, 1);
  scene.hourOfDay = 2;
  EXPECT_EQ(rig.render(scene, rig.oneSide(), kSize, 1).rgba, byDay.rgba);
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

TEST(Picture, PlanIsPaperWithLandUse) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  source::MeshContent content = tinyScene();
  content.features.columns.push_back({"class", Texts{"residential", "office", ""}});
  rig.add(std::move(content));
  rig.frame->setStyle("land-use");
  auto scene = fromSouth(city::Look::Plan);
  geo::Geodetic above = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({0, 0, 500}));
  scene.eye = geo::eyeAt(above, 0, -90, 0.7854);
  for (const int samples : {1, 4}) {
    const Picture picture = rig.render(scene, rig.oneSide(), kSize, samples);
    const glm::ivec3 home = picture.at(160, 120), office = picture.at(160 + 48, 120),
                     paper = picture.at(160 - 60, 120 + 60);
    EXPECT_GT(std::min(home.r, home.g), home.b + 70) << "yellow";
    EXPECT_GT(office.r, std::max(office.g, office.b) + 90) << "red";
    EXPECT_GT(std::min({paper.r, paper.g, paper.b}), 200);
  }
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

TEST(Picture, ThemedLooksTakeInWhatIsAuthored) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  // A photograph, glass before it, points, water and ground, each a part of its own.
  source::MeshContent content;
  content.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
  content.materials.resize(5);
  test::addBox(content, {-30, -20, 0}, {30, 20, 60}, {255, 255, 255, 255}, source::Surface::Authored, "photograph");
  content.images.push_back({.width = 1, .height = 1, .rgba = {230, 90, 60, 255}});
  content.materials[0].image = 0;
  test::addBox(content, {60, -20, 0}, {100, 20, 40}, {255, 255, 255, 90}, source::Surface::Authored, "glass");
  content.materials[1].alphaCutoff = source::Material::kBlends;
  test::addFlat(content, {-90, -30}, {-60, 0}, 20, {255, 255, 255, 255}, source::Surface::Authored);
  content.parts.back().topology = source::Topology::Points;
  test::addFlat(content, {-400, -400}, {400, -150}, 0, {60, 90, 120, 255}, source::Surface::Water);
  content.materials[3].name = "cm:water";
  test::addFlat(content, {-400, -150}, {400, 400}, 0, {130, 140, 120, 255}, source::Surface::Ground);
  content.materials[4].name = "cm:ground";
  for (uint32_t part = 0; part < content.parts.size(); ++part) content.parts[part].material = part;
  content.uvs.assign(content.vertices.size(), glm::vec2(0.5f));
  rig.add(std::move(content));
  for (const city::Look look : {city::Look::Tech, city::Look::Plan})
    for (const int samples : {1, 4}) {
      const Picture picture = rig.render(fromSouth(look), rig.oneSide(), kSize, samples);
      const glm::ivec3 wall = picture.at(160, 110);
      if (look == city::Look::Tech)
        EXPECT_GT(wall.b, std::max(wall.r + 20, 55)) << "the red photograph is blue light";
      else
        EXPECT_GT(std::min({wall.r - 10, wall.g, wall.b}), 120) << "and a pale print, still reddish";
      if (look == city::Look::Plan) EXPECT_GT(wall.r, wall.b + 10);
    }
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

TEST(Picture, StillScenesRefineAndThenStop) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  rig.add(tinyScene());
  auto scene = fromSouth(city::Look::Clay);
  scene.still = true;
  int frames = 0;
  Picture last, before;
  do {
    before = std::move(last);
    last = rig.render(scene, rig.oneSide(), kSize);
    ++frames;
  } while (rig.frame->wantsAnotherFrame() && frames < 100);
  EXPECT_GT(frames, 8);
  EXPECT_LT(frames, 64);
  const Picture again = rig.render(scene, rig.oneSide(), kSize);
  EXPECT_EQ(again.rgba, last.rgba);
  scene.still = false;
  rig.render(scene, rig.oneSide(), kSize);
  EXPECT_FALSE(rig.frame->wantsAnotherFrame());
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

city::Document documentWithProject() {
  city::Document document{.origin = kPlace};
  city::Project project{.id = "p"};
  project.removals.push_back({"one", {"red"}, {}});
  document.projects.push_back(project);
  return document;
}

TEST(Picture, AProjectRemovesOnItsSideOnly) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument(documentWithProject());
  rig.add(tinyScene());
  auto scene = fromSouth(city::Look::Plain);
  geo::Geodetic eye = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({80, -300, 120}));
  scene.eye = geo::eyeAt(eye, 0, -20, 0.7854);
  auto sides = rig.oneSide();
  sides.push_back(sides[0]);
  sides[0].right = sides[1].left = 0.5f;
  sides[1].slot = 1;
  const std::vector<city::ProjectState> off{{false, {false}, {}}}, on{{true, {true}, {}}};
  sides[0].from = sides[0].to = off;
  sides[1].from = sides[1].to = on;
  const Picture picture = rig.render(scene, sides, kSize);
  const glm::ivec3 left = picture.at(152, 124), right = picture.at(168, 124);
  EXPECT_GT(left.r, left.g + 30);    // the red house today
  EXPECT_LT(right.r, right.g + 15);  // gone in the plan: ground
  sides[1].from = off;
  sides[1].transition = 0.3f;  // still sinking
  const Picture half = rig.render(scene, sides, kSize);
  EXPECT_NE(half.rgba, picture.rgba);
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

//! What is going to go has its project's colour in a comparison, and nowhere else.
TEST(Picture, WhatDiffersIsTintedWhereItStands) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  city::Document document = documentWithProject();
  document.projects[0].kind = city::ProjectKind::Waterfront;  // blue
  rig.setDocument(document);
  rig.add(tinyScene());
  auto scene = fromSouth(city::Look::Plain);
  scene.eye = geo::eyeAt(geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({80, -300, 120})), 0, -20, 0.7854);
  const std::vector<city::ProjectState> off{{false, {false}, {}}}, on{{true, {true}, {}}};
  auto sides = rig.oneSide();
  sides[0].from = sides[0].to = off;
  sides.push_back(sides[0]);
  sides[0].right = sides[1].left = 0.5f;
  sides[1].slot = 1;
  const auto houseWhere = [&](const std::vector<city::ProjectState>& there, bool differences) {
    sides[1].from = sides[1].to = there;
    rig.marks.differences = differences;
    return rig.render(scene, sides, kSize).at(152, 124);
  };
  const glm::ivec3 plain = houseWhere(on, false), same = houseWhere(off, true), tinted = houseWhere(on, true);
  EXPECT_GT(plain.r, plain.b + 30);
  EXPECT_EQ(same, plain) << "both sides show it";
  EXPECT_GT(tinted.b, tinted.r + 30) << "blue, as the project is";
  EXPECT_EQ(houseWhere(on, false), plain) << "switched off again";
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

//! Seen from afar its neighbours hide the ground of a project's area: what stands there has a breath of its colour.
TEST(Picture, WhatStandsInAnAreaHasItsProjectsTintUntilTheProjectIsThere) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  city::Document document = documentWithProject();
  document.projects[0].kind = city::ProjectKind::Waterfront;  // blue
  document.projects[0].removals.clear();
  const glm::dvec2 middle(kPlace.lonDegrees, kPlace.latDegrees);
  std::vector<glm::dvec2> ring;
  for (const glm::dvec2 corner : {glm::dvec2(-1, -1), {1, -1}, {1, 1}, {-1, 1}})
    ring.push_back(middle + 0.003 * corner);
  document.projects[0].boundary = {{ring}};
  rig.setDocument(document);
  rig.add(tinyScene());
  const std::vector<city::ProjectState> off{{false, {}, {}}}, on{{true, {}, {}}};
  for (const city::Look look : {city::Look::Plain, city::Look::Clay, city::Look::Day, city::Look::Tech}) {
    SCOPED_TRACE(int(look));
    auto scene = fromSouth(look);
    const auto lookAtTheHouseFrom = [&](double metres) {  // into the middle of the picture
      scene.eyeMetres = metres / 2 + 20;
      const glm::dvec3 eye(80, -metres * std::sqrt(0.75), scene.eyeMetres);
      scene.eye = geo::eyeAt(geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef(eye)), 0, -30, 0.2618);
    };
    lookAtTheHouseFrom(800);
    auto sides = rig.oneSide();
    const auto house = [&](const std::vector<city::ProjectState>& state, bool areas, bool selected = false) {
      sides[0].from = sides[0].to = state;
      rig.marks = {.areas = areas};
      if (selected) rig.marks.selection = {city::PickKind::Project, document.projects[0].id};
      return rig.render(scene, sides, kSize).at(160, 120);
    };
    const glm::ivec3 own = house(off, false), toCome = house(off, true), selected = house(off, true, true);
    EXPECT_TRUE(rig.frame->statistics().tinted);
    EXPECT_GT(toCome.b - toCome.r, own.b - own.r + 4) << "bluer";
    EXPECT_GT(glm::length(glm::vec3(selected - own)), glm::length(glm::vec3(toCome - own)) + 4);
    EXPECT_EQ(house(on, true, true), own) << "it is there";
    EXPECT_FALSE(rig.frame->statistics().tinted);
    lookAtTheHouseFrom(150);
    EXPECT_EQ(house(off, true), house(off, false)) << "near it has its own colours";
    lookAtTheHouseFrom(800);
    sides[0].to = on;
    // While it comes the tint stays: what is there in the end grows without it.
    sides[0].transition = 0.5f;
    sides[0].from = off;
    EXPECT_EQ(rig.render(scene, sides, kSize).at(160, 120), toCome);
  }
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

//! Inside the circle the picture of the one side, outside that of the other, in every way of drawing; no pixel of a third kind.
TEST(Picture, TheLensShowsTheOtherSideInACircle) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument(documentWithProject());
  const tiles::TileId tile = rig.add(tinyScene());
  geo::Geodetic eye = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({80, -300, 120}));
  const std::vector<city::ProjectState> off{{false, {false}, {}}}, on{{true, {true}, {}}};
  const auto side = [&](unsigned slot, const std::vector<city::ProjectState>& states) {
    frame::Side made = rig.oneSide()[0];
    made.slot = slot;
    made.from = made.to = states;
    return made;
  };
  struct Way {
    city::Look look;
    int samples;
    bool underground;
    float resolution;
  };
  for (const Way& way : {Way{city::Look::Plain, 1, false, 1}, Way{city::Look::Clay, 1, false, 1},
                         Way{city::Look::Clay, 4, false, 1}, Way{city::Look::Clay, 1, true, 1},
                         Way{city::Look::Tech, 4, false, 1}, Way{city::Look::Clay, 1, false, 0.75f}}) {
    auto scene = fromSouth(way.look);
    scene.eye = geo::eyeAt(eye, 0, -20, 0.7854);
    scene.layers.underground = way.underground;
    scene.resolution = way.resolution;
    const Picture today = rig.render(scene, {side(0, off)}, kSize, way.samples),
                  plan = rig.render(scene, {side(1, on)}, kSize, way.samples);
    ASSERT_NE(today.rgba, plan.rgba);
    scene.lens = {{0.5f, 0.5f}, 0.25f};
    std::vector<frame::Side> sides{side(0, off), side(1, on)};
    sides[1].inLens = true;
    sides[1].left = 0.5f - 60.0f / 320, sides[1].right = 0.5f + 60.0f / 320;
    sides[1].top = 0.25f, sides[1].bottom = 0.75f;
    const Picture picture = rig.render(scene, sides, kSize, way.samples);
    size_t wrong = 0, told = 0;
    for (unsigned y = 0; y < kSize.height; ++y)
      for (unsigned x = 0; x < kSize.width; ++x) {
        const float from = glm::distance(glm::vec2(float(x) + 0.5f, float(y) + 0.5f), glm::vec2(160, 120)) - 60;
        if (std::abs(from) < 6) continue;  // edges look at their neighbours, and the rim is drawn over it
        const Picture &mine = from < 0 ? plan : today, &other = from < 0 ? today : plan;
        wrong += glm::length(glm::vec3(picture.at(x, y) - mine.at(x, y))) > 12;
        told += picture.at(x, y) != other.at(x, y);
      }
    EXPECT_LT(wrong, 15u) << "look " << int(way.look) << ", " << way.samples << " samples, below " << way.underground;
    EXPECT_GT(told, 100u) << "look " << int(way.look);
  }
  // Picks hit the side that is seen.
  auto scene = fromSouth(city::Look::Clay);
  scene.eye = geo::eyeAt(eye, 0, -20, 0.7854);
  std::vector<frame::Side> sides{side(0, off), side(1, on)};
  sides[1].inLens = true;
  for (const float radius : {0.25f, 0.02f}) {  // the red house stands in the middle of the picture; the plan removes it
    scene.lens = {{radius > 0.1f ? 0.5f : 0.9f, 0.5f}, radius};
    const uint64_t request = rig.frame->pick(160, 124);
    rig.render(scene, sides, kSize);
    const auto picks = rig.frame->takePicks();
    ASSERT_EQ(picks.size(), 1u);
    EXPECT_EQ(picks[0].request, request);
    EXPECT_EQ(picks[0].hit && picks[0].tile == tile && picks[0].feature == 1u, radius < 0.1f) << radius;
  }
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

TEST(Picture, OneLookFadesIntoAnotherAndMayBeInterrupted) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  rig.add(tinyScene());
  auto scene = fromSouth(city::Look::Clay);
  const auto shown = [&](city::Look look, double now, int samples = 1) {
    scene.look = look;
    for (; scene.lookFadeSeconds > 0 && scene.nowSeconds + 0.06 < now; scene.nowSeconds += 0.05)  // as frames come
      rig.render(scene, rig.oneSide(), kSize, samples);
    scene.nowSeconds = now;
    return rig.render(scene, rig.oneSide(), kSize, samples);
  };
  const Picture tech = shown(city::Look::Tech, 1), plan = shown(city::Look::Plan, 2), clay = shown(city::Look::Clay, 3);
  EXPECT_FALSE(rig.frame->wantsAnotherFrame()) << "without seconds looks change at once";
  const auto away = [](const Picture& a, const Picture& b) {
    double sum = 0;
    for (size_t i = 0; i < a.rgba.size(); ++i) sum += std::abs(int(a.rgba[i]) - int(b.rgba[i]));
    return sum / double(a.rgba.size());
  };
  scene.lookFadeSeconds = 0.6f;
  for (const int samples : {1, 4}) {  // from a moving picture, and from a mean of samples
    scene.nowSeconds = 9;
    shown(city::Look::Clay, 10, samples);
    const Picture first = shown(city::Look::Tech, 10.001);
    EXPECT_LT(away(first, clay), 3) << "as it was";
    EXPECT_TRUE(rig.frame->wantsAnotherFrame());
    const Picture half = shown(city::Look::Tech, 10.3);
    EXPECT_NEAR(away(half, clay), away(half, tech), 0.15 * away(clay, tech));
    // Another look on the way goes on from what is on the screen.
    const Picture turned = shown(city::Look::Plan, 10.301);
    EXPECT_LT(away(turned, half), 4);
    EXPECT_GT(away(turned, plan), 0.25 * away(half, plan));
    EXPECT_EQ(shown(city::Look::Plan, 11).rgba, plan.rgba) << "and ends in the new one";
  }
  // Sizes may change on the way.
  shown(city::Look::Tech, 11.001);
  scene.nowSeconds = 11.1;
  rig.render(scene, rig.oneSide(), {200, 160}, 1);
  scene.resolution = 0.5f;
  scene.look = city::Look::Clay;
  rig.render(scene, rig.oneSide(), {200, 160}, 1);
  scene.resolution = 1;
  EXPECT_EQ(shown(city::Look::Tech, 13).rgba, tech.rgba);
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

TEST(Picture, PicksTheFeatureUnderAPixel) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  const tiles::TileId tile = rig.add(tinyScene());
  auto scene = fromSouth(city::Look::Clay);
  const uint64_t request = rig.frame->pick(160, 120);
  rig.render(scene, rig.oneSide(), kSize);
  const auto picks = rig.frame->takePicks();
  ASSERT_EQ(picks.size(), 1u);
  EXPECT_EQ(picks[0].request, request);
  ASSERT_TRUE(picks[0].hit);
  EXPECT_EQ(picks[0].tile, tile);
  EXPECT_EQ(picks[0].feature, 0u);
  const glm::dvec3 enu = geo::enuFrameAt(kPlace).toEnu(picks[0].positionEcef);
  EXPECT_NEAR(enu.y, -20, 0.01);  // the south wall
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

//! Indices are as short as a tile's vertices allow: tiles of both kinds in one picture.
//! Meshes copied by the GPU, or written where they stay.
class EitherWay : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Uploads, EitherWay, testing::Bool(),
                         [](const auto& way) { return way.param ? "Direct" : "Staged"; });

TEST_P(EitherWay, TilesOfManyVerticesAndOfFewAreDrawnAndPicked) {
  Rig rig(true, size_t{256} << 20, GetParam());
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  source::MeshContent many;
  many.ecefFromContent = geo::enuFrameAt(kPlace).ecefFromEnu;
  constexpr uint32_t kBoxes = 3000;  // of 24 vertices
  for (uint32_t i = 0; i < kBoxes; ++i) {
    const float x = -300 + float(i % 60) * 10, y = 200 + float(i / 60) * 10;
    test::addBox(many, {x, y, 0}, {x + 5, y + 5, 3}, {120, 120, 120, 255});
  }
  test::addBox(many, {20, -20, 0}, {60, 20, 60}, {40, 40, 220, 255});
  ASSERT_EQ(many.indexBytes(), 4u);
  source::MeshContent few;
  few.ecefFromContent = many.ecefFromContent;
  test::addBox(few, {-60, -20, 0}, {-20, 20, 60}, {220, 40, 40, 255});
  ASSERT_EQ(few.indexBytes(), 2u);
  const tiles::TileId manyTile = rig.add(std::move(many)), fewTile = rig.add(std::move(few));
  const auto scene = fromSouth(city::Look::Plain);
  const std::array<glm::uvec2, 2> places{{{160 + 34, 120}, {160 - 34, 120}}};
  const std::array<std::pair<tiles::TileId, uint32_t>, 2> expected{{{manyTile, kBoxes}, {fewTile, 0u}}};
  Picture picture;
  for (size_t i = 0; i < places.size(); ++i) {
    rig.frame->pick(int(places[i].x), int(places[i].y));
    picture = rig.render(scene, rig.oneSide(), kSize);
    const auto picks = rig.frame->takePicks();
    ASSERT_EQ(picks.size(), 1u);
    EXPECT_EQ(std::pair(picks[0].tile, picks[0].feature), expected[i]);
  }
  EXPECT_GT(picture.at(places[0].x, places[0].y).b, picture.at(places[0].x, places[0].y).r + 40);
  EXPECT_GT(picture.at(places[1].x, places[1].y).r, picture.at(places[1].x, places[1].y).b + 40);
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

//! A pick reads the depth that the GPU made of a vertex; in a surface seen square on it is the same at every pixel, so that each
//! of three looks measures one coordinate.
TEST(Picture, PicksWithinAMillimetreAThousandKilometresFromTheOrigin) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  const geo::Geodetic far{kPlace.lonDegrees, kPlace.latDegrees - 9, 30};
  const geo::EnuFrame here = geo::enuFrameAt(far);
  source::MeshContent content;
  content.ecefFromContent = here.ecefFromEnu;
  const glm::vec3 lo(700.1f, 900.2f, 0.3f), hi(712.7f, 911.4f, 33.6f);
  test::addBox(content, lo, hi, {200, 200, 200, 255});
  test::addFlat(content, {-1500, -1500}, {1500, 1500}, 0, {90, 90, 90, 255}, source::Surface::Ground);
  rig.setDocument({.origin = kPlace});
  rig.add(std::move(content));

  const glm::dvec3 middle = (glm::dvec3(lo) + glm::dvec3(hi)) * 0.5;
  struct Look {
    int axis;
    double exact;
    glm::dvec3 eye, direction, up;
  };
  for (const Look& look : {Look{2, double(hi.z), {middle.x, middle.y, hi.z + 7.3}, {0, 0, -1}, {0, 1, 0}},
                           Look{1, double(lo.y), {middle.x, lo.y - 7.3, middle.z}, {0, 1, 0}, {0, 0, 1}},
                           Look{0, double(lo.x), {lo.x - 7.3, middle.y, middle.z}, {1, 0, 0}, {0, 0, 1}}}) {
    auto scene = fromSouth(city::Look::Plain);
    scene.eye.position = here.toEcef(look.eye);
    scene.eye.direction = glm::dmat3(here.ecefFromEnu) * look.direction;
    scene.eye.up = glm::dmat3(here.ecefFromEnu) * look.up;
    rig.frame->pick(160, 120);
    rig.render(scene, rig.oneSide(), kSize);
    const auto picks = rig.frame->takePicks();
    ASSERT_EQ(picks.size(), 1u);
    ASSERT_TRUE(picks[0].hit);
    EXPECT_NEAR(here.toEnu(picks[0].positionEcef)[look.axis], look.exact, 0.001) << "axis " << look.axis;
  }
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

//! Marks of one colour, unlit, as one feature: in a plane in front of the tower's south wall.
void addMarks(source::MeshContent& content, source::Topology topology, std::initializer_list<glm::vec2> eastUp,
              std::array<uint8_t, 4> colour, const std::string& id) {
  const auto feature = uint32_t(content.features.size()), firstIndex = uint32_t(content.indices.size());
  content.features.ids.push_back(id);
  content.features.lo.push_back({-20, -30, 0});
  content.features.hi.push_back({20, -30, 60});
  for (glm::vec2 at : eastUp) {
    content.indices.push_back(uint32_t(content.vertices.size()));
    content.vertices.push_back(
        {.position = {at.x, -30, at.y}, .featureAndSurface = feature, .normal = {0, 0, 127}, .colour = colour});
  }
  content.materials.push_back({.unlit = true});
  content.parts.push_back({firstIndex, uint32_t(eastUp.size()), uint32_t(content.materials.size()) - 1, topology});
}

TEST(Picture, DrawsAndPicksPointsAndLines) {
  for (city::Look look : {city::Look::Plain, city::Look::Clay}) {
    Rig rig;
    CM_NEEDS_DEVICE(rig);
    rig.setDocument({.origin = kPlace});
    source::MeshContent content = tinyScene();
    addMarks(content, source::Topology::Points, {{0, 30}}, {255, 0, 0, 255}, "point");
    addMarks(content, source::Topology::Lines, {{-15, 45}, {15, 45}}, {0, 0, 255, 255}, "line");
    rig.add(std::move(content));
    geo::Geodetic eye = geo::geodeticFromEcef(geo::enuFrameAt(kPlace).toEcef({0, -130, 30}));
    const auto scene = test::sceneAt(eye, 0, 0, look, 200, 45);
    // 240 pixels are 82.8 m at the marks' distance: the point is in the middle, the line 15 m = 43 pixels above it.
    const uint64_t onPoint = rig.frame->pick(160, 120), onLine = rig.frame->pick(150, 76),
                   beside = rig.frame->pick(175, 130);
    const Picture picture = rig.render(scene, rig.oneSide(), kSize);
    const glm::ivec3 point = picture.at(160, 120);
    EXPECT_GT(point.r, 200);
    EXPECT_LT(point.g, 90);
    int blue = 0;
    for (unsigned y = 70; y < 84; ++y) blue = std::max(blue, picture.at(160, y).b - picture.at(160, y).r);
    EXPECT_GT(blue, 60);
    EXPECT_EQ(rig.frame->statistics().triangles, 26u);
    const auto picks = rig.frame->takePicks();
    ASSERT_EQ(picks.size(), 3u);
    for (const frame::Pick& pick : picks)
      EXPECT_EQ(pick.feature, pick.request == onPoint  ? 2u
                              : pick.request == onLine ? 3u
                                                       : 0u)
          << (pick.request == beside);
    EXPECT_EQ(gpu::Device::validationMessages(), 0u);
  }
}

TEST(Picture, GlassIsSeenThrough) {
  for (city::Look look : {city::Look::Plain, city::Look::Clay}) {
    Rig rig;
    CM_NEEDS_DEVICE(rig);
    rig.setDocument({.origin = kPlace});
    const auto picture = [&](bool glass) {
      source::MeshContent content = tinyScene();
      test::addBox(content, {-10, -40, 0}, {10, -30, 50}, {0, 60, 255, 255}, source::Surface::Authored, "glass");
      content.materials.push_back(
          {.baseColour = {1, 1, 1, 0.4f}, .alphaCutoff = glass ? source::Material::kBlends : 0.0f});
      content.parts.back().material = 1;
      rig.drawn.clear();
      rig.add(std::move(content));
      return rig.render(fromSouth(look), rig.oneSide(), kSize).at(160, 130);
    };
    const glm::ivec3 opaque = picture(false), seen = picture(true);
    EXPECT_GT(seen.r, opaque.r + 30);  // the grey tower shows behind the blue
    EXPECT_GT(seen.b, seen.r);
    EXPECT_EQ(gpu::Device::validationMessages(), 0u);
  }
}

TEST(Picture, APictureIsSeenThroughWhereItIsClear) {
  for (city::Look look : {city::Look::Plain, city::Look::Clay}) {
    Rig rig;
    CM_NEEDS_DEVICE(rig);
    rig.setDocument({.origin = kPlace});
    const auto picture = [&](uint8_t alpha) {
      source::MeshContent content = tinyScene();
      test::addBox(content, {-10, -40, 0}, {10, -30, 50}, {255, 255, 255, 255}, source::Surface::Authored, "pane");
      // One texel for the west half of the pane, one for the east half: blue, and yellow as clear as `alpha` says.
      content.images.push_back({.width = 2, .height = 1, .rgba = {0, 60, 255, 255, 255, 220, 0, alpha}});
      for (const source::Vertex& vertex : content.vertices)
        content.uvs.emplace_back((vertex.position.x + 10) / 20, 0.5f);
      content.materials.push_back({.image = 0, .alphaCutoff = source::Material::kBlends});
      content.parts.back().material = 1;
      rig.drawn.clear();
      rig.add(std::move(content));
      return rig.render(fromSouth(look), rig.oneSide(), kSize);
    };
    const Picture opaque = picture(255), half = picture(128), clear = picture(0);
    EXPECT_GT(opaque.at(155, 130).b, opaque.at(155, 130).r + 60) << "blue";
    EXPECT_GT(opaque.at(165, 130).r, opaque.at(165, 130).b + 60) << "yellow";
    EXPECT_NEAR(half.at(155, 130).b, opaque.at(155, 130).b, 3);
    EXPECT_LT(std::abs(clear.at(165, 130).r - clear.at(165, 130).b), 25) << "the grey tower behind";
    EXPECT_NEAR(half.at(165, 130).r, (opaque.at(165, 130).r + clear.at(165, 130).r) / 2, 3);
    EXPECT_NEAR(half.at(165, 130).b, (opaque.at(165, 130).b + clear.at(165, 130).b) / 2, 3);
    rig.frame->pick(165, 130);
    rig.render(fromSouth(look), rig.oneSide(), kSize);
    const auto picks = rig.frame->takePicks();
    ASSERT_EQ(picks.size(), 1u);
    EXPECT_EQ(picks[0].feature, 2u) << "what is seen through can be picked";
    EXPECT_EQ(gpu::Device::validationMessages(), 0u);
  }
}

TEST(Picture, ALostDeviceComesBackEqual) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  const tiles::TileId tile = rig.add(tinyScene());
  const auto scene = fromSouth(city::Look::Clay);
  const Picture before = rig.render(scene, rig.oneSide(), kSize, 2);
  rig.device->injectLoss();
  const Picture lost = rig.render(scene, rig.oneSide(), kSize, 2);
  EXPECT_TRUE(lost.rgba.empty());
  EXPECT_EQ(rig.device->state(), gpu::DeviceState::Lost);
  rig.forgetTarget();
  rig.frame.reset();
  rig.residency.reset();
  rig.device.reset();
  auto made = gpu::Device::create({.validation = true});
  ASSERT_TRUE(made);
  rig.device = std::move(*made);
  rig.attach();
  rig.drawn.clear();
  rig.upload(tile, std::make_shared<source::MeshContent>(tinyScene()));
  const Picture after = rig.render(scene, rig.oneSide(), kSize, 2);
  EXPECT_EQ(after.rgba, before.rgba);
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

TEST(Picture, SizesMayChangeEveryFrame) {
  Rig rig;
  CM_NEEDS_DEVICE(rig);
  rig.setDocument({.origin = kPlace});
  rig.add(tinyScene());
  const auto scene = fromSouth(city::Look::Clay);
  for (unsigned i = 1; i < 8; ++i) {
    const VkExtent2D extent{37 * i + 1, 211 - 17 * i};
    EXPECT_EQ(rig.render(scene, rig.oneSide(), extent).rgba.size(), size_t(extent.width) * extent.height * 4);
  }
  EXPECT_EQ(gpu::Device::validationMessages(), 0u);
}

}  // namespace
}  // namespace cm
