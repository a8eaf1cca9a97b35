#include "frame/light.h"

#include <gtest/gtest.h>

#include <cmath>

#include "geo/sun.h"

namespace cm::frame {
namespace {

double luminance(const glm::dvec3& c) { return glm::dot(c, glm::dvec3(0.2126, 0.7152, 0.0722)); }
double sine(double degrees) { return std::sin(degrees * geo::kDegree); }
const glm::dvec3& zenith(const AirLight& air) { return air.radiance[kSkyRows - 1][0]; }
const glm::dvec3& horizonAtSun(const AirLight& air) { return air.radiance[2][0]; }

TEST(Air, GivesFiniteLightForEverySun) {
  for (double height = -90; height <= 90; height += 7.5) {
    const AirLight air = airLight(sine(height), 2);
    const auto sound = [](const glm::dvec3& c) {
      for (int i = 0; i < 3; ++i)
        if (!std::isfinite(c[i]) || c[i] < 0 || c[i] > 100) return false;
      return true;
    };
    EXPECT_TRUE(sound(air.sun) && sound(air.sky)) << height;
    for (const auto& row : air.radiance)
      for (const glm::dvec3& c : row) EXPECT_TRUE(sound(c)) << height;
  }
}

TEST(Air, KeepsTheEnergyOfTheSun) {
  // What comes down cannot be more than what came in, and most of a high sun's light does.
  for (double height = 2; height <= 90; height += 8) {
    const AirLight air = airLight(sine(height), 1);
    const glm::dvec3 down = air.sun * sine(height) + air.sky;
    for (int i = 0; i < 3; ++i)
      EXPECT_LT(down[i], sine(height) * 1.12 + 0.01) << height;  // the ground's light comes back down, too
  }
  EXPECT_GT(luminance(airLight(1, 1).sun), 0.7);
}

TEST(Air, IsBlueAndBrightAtNoonAndRedInTheEvening) {
  const AirLight noon = airLight(sine(55), 2), evening = airLight(sine(1), 2), dusk = airLight(sine(-4), 2);
  EXPECT_GT(zenith(noon).b, 1.5 * zenith(noon).r);
  EXPECT_GT(luminance(zenith(noon)), 4 * luminance(zenith(evening)));
  EXPECT_GT(luminance(zenith(evening)), 4 * luminance(zenith(dusk)));
  EXPECT_GT(horizonAtSun(evening).r, 2 * horizonAtSun(evening).b);
  EXPECT_GT(zenith(dusk).b, 1.5 * zenith(dusk).r) << "the blue hour: ozone";
}

TEST(Air, ReddensTheSunAsItSinks) {
  double earlier = 0;
  for (const double height : {60.0, 30.0, 15.0, 8.0, 4.0, 2.0, 1.0}) {
    const AirLight air = airLight(sine(height), 2);
    const double red = air.sun.r / air.sun.b;
    EXPECT_GT(red, earlier) << height;
    earlier = red;
  }
  EXPECT_GT(earlier, 8);
}

TEST(Air, IsDarkAtNight) {
  const double day = luminance(airLight(sine(40), 2).sky);
  EXPECT_LT(luminance(airLight(sine(-12), 2).sky), day * 1e-3);
  EXPECT_EQ(airLight(sine(-12), 2).sun, glm::dvec3(0));
}

TEST(Air, IsBrighterTowardsTheSunAndTheSameOnBothSidesOfAColumnBesideIt) {
  const AirLight air = airLight(sine(20), 2);
  EXPECT_GT(luminance(air.radiance[8][0]), 2 * luminance(air.radiance[8][kSkyBeside]));
  EXPECT_NEAR(skyColumnTurn(kSkyBeside) / geo::kDegree, 90, 2);
  EXPECT_NEAR(skyColumnTurn(kSkyColumns - 1) / geo::kDegree, 180, 1e-9);
}

// Of the whole light, through the eyes of a scene over Qingdao.
struct LightTest : testing::Test {
  static constexpr geo::Geodetic kPlace{120.38, 36.06, 300};
  Scene scene;
  View view;

  LightTest() {
    scene.look = city::Look::Clay;
    scene.eye = geo::eyeAt(kPlace, 0, 0, 0.7854);
    view.axes = geo::enuFrameAt(kPlace);
    view.upAtEye = glm::vec3(0, 0, 1);
    scene.moon.directionEcef = towards(180, -30);
  }
  glm::dvec3 towards(double azimuth, double height) const {
    const double a = azimuth * geo::kDegree, h = height * geo::kDegree;
    return glm::dmat3(geo::enuFrameAt(kPlace).ecefFromEnu) *
           glm::dvec3(std::sin(a) * std::cos(h), std::cos(a) * std::cos(h), std::sin(h));
  }
  shared::FrameUniforms at(double azimuth, double height) {
    scene.sunDirectionEcef = towards(azimuth, height);
    light.set(scene);
    shared::FrameUniforms u{};
    light.fill(u, view);
    return u;
  }
  Light light;
};

TEST_F(LightTest, IsFiniteAndShownForEverySun) {
  for (const city::Look look : {city::Look::Clay, city::Look::Day})
    for (double height = -89; height <= 89; height += 4.45) {
      scene.look = look;
      const shared::FrameUniforms u = at(200, height);
      for (const glm::vec4& c :
           {u.skyZenith, u.skyHorizon, u.skySunGlow, u.haze, u.skyAmbient, u.groundAmbient, u.sunColour})
        for (int i = 0; i < 4; ++i) EXPECT_TRUE(std::isfinite(c[i]) && c[i] >= 0) << height;
      EXPECT_GT(luminance(glm::vec3(u.skyAmbient)), 0.03) << "no black: " << height;
      for (const SkyVertex& vertex : light.dome())
        for (int i = 0; i < 3; ++i) EXPECT_TRUE(vertex.colour[i] >= 0 && vertex.colour[i] < 1) << height;
    }
}

TEST_F(LightTest, OfTheAfternoonIsWhatTheClayWasPaintedFor) {
  const shared::FrameUniforms u = at(225, std::asin(0.575) / geo::kDegree);
  EXPECT_NEAR(u.sunColour.r, 2.75, 0.01);
  EXPECT_NEAR(u.sunColour.b, 2.255, 0.01);
  EXPECT_NEAR(u.skyAmbient.b, 0.471, 0.003);
  EXPECT_NEAR(u.groundAmbient.r, 0.239, 0.003);
  EXPECT_NEAR(u.skyHorizon.r, 0.80, 0.02);
  EXPECT_EQ(u.night.x, 0);
}

TEST_F(LightTest, FollowsTheSunGentlyDownToTheNight) {
  const shared::FrameUniforms noon = at(180, 45), low = at(260, 4), night = at(300, -20);
  EXPECT_GT(low.sunColour.r / low.sunColour.b, 1.5 * noon.sunColour.r / noon.sunColour.b);
  const auto sky = [](const shared::FrameUniforms& u) { return luminance(glm::vec3(u.skyZenith)); };
  EXPECT_GT(sky(noon), sky(night) * 4);
  EXPECT_EQ(night.night.x, 1);
  EXPECT_GT(night.night.z, 0.9) << "stars";
  EXPECT_EQ(low.night.z, 0) << "no stars before dusk";
  // The eye opens: what is lit in the evening is far less dark to it than to a meter.
  EXPECT_GT(luminance(glm::vec3(low.skyAmbient)), 0.3 * luminance(glm::vec3(noon.skyAmbient)));
  // No jumps on the way.
  double earlier = -1;
  for (double height = 30; height >= -25; height -= 0.25) {
    const shared::FrameUniforms u = at(250, height);
    const double now = sky(u);
    if (earlier >= 0) EXPECT_NEAR(now, earlier, 0.045) << height;  // of a minute
    earlier = now;
  }
}

TEST_F(LightTest, IsFiniteAndShownInEveryWeather) {
  for (const auto& [weather, name] : city::kWeathers)
    for (double height = -89; height <= 89; height += 8.9) {
      scene.weather = sharesOf(weather);
      const shared::FrameUniforms u = at(200, height);
      for (const glm::vec4& c :
           {u.skyZenith, u.skyHorizon, u.haze, u.skyAmbient, u.groundAmbient, u.sunColour, u.weather})
        for (int i = 0; i < 4; ++i) EXPECT_TRUE(std::isfinite(c[i]) && c[i] >= 0) << name << height;
      EXPECT_GT(luminance(glm::vec3(u.skyAmbient)), 0.03) << "no black: " << name << height;
      for (const SkyVertex& vertex : light.dome())
        for (int i = 0; i < 3; ++i) EXPECT_TRUE(vertex.colour[i] >= 0 && vertex.colour[i] < 1) << name << height;
    }
}

TEST_F(LightTest, UnderCloudsIsDimmerGreyerAndWithoutSun) {
  const shared::FrameUniforms clear = at(180, 35);
  const auto onLevelGround = [](const shared::FrameUniforms& u) {
    return luminance(glm::vec3(u.skyAmbient)) + luminance(glm::vec3(u.sunColour)) * sine(35);
  };
  const auto blue = [](const glm::vec4& c) { return c.b / c.r; };
  for (const city::Weather weather : {city::Weather::Overcast, city::Weather::Rain, city::Weather::Snow}) {
    scene.weather = sharesOf(weather);
    const shared::FrameUniforms u = at(180, 35);
    EXPECT_LT(onLevelGround(u), 0.8 * onLevelGround(clear)) << city::weatherName(weather);
    EXPECT_LT(luminance(glm::vec3(u.sunColour)), 0.2 * luminance(glm::vec3(clear.sunColour)));
    EXPECT_GT(luminance(glm::vec3(u.skyAmbient)), luminance(glm::vec3(clear.skyAmbient))) << "what sun there was";
    EXPECT_LT(blue(u.skyZenith), 0.75 * blue(clear.skyZenith));
    EXPECT_GT(u.haze.a, clear.haze.a);
    EXPECT_EQ(u.sunDiscColour.a, 0);
    EXPECT_EQ(at(300, -20).night.z, 0) << "no stars";
  }
}

TEST_F(LightTest, OfFogIsThickOnTheGroundAndThinnerForAHighEye) {
  const auto throughTo = [&](double aboveMetres) {
    view.aboveOriginMetres = aboveMetres;
    shared::FrameUniforms u = at(180, 35);
    u.up.w = float(aboveMetres);
    return hazedByFog(u).haze.a;
  };
  const float clear = throughTo(10);
  scene.weather = sharesOf(city::Weather::Fog);
  EXPECT_GT(throughTo(10), 20 * clear);
  EXPECT_GT(throughTo(10), 5 * throughTo(600)) << "most of the way is above it";
  EXPECT_GT(throughTo(600), 2 * clear);
  EXPECT_EQ(at(180, 35).weather.x, 0) << "neither wet nor white";
}

TEST_F(LightTest, GlidesFromWeatherToWeather) {
  const WeatherShares rain = sharesOf(city::Weather::Rain), snow = sharesOf(city::Weather::Snow);
  double earlier = -1;
  for (float t = 0; t <= 1.001f; t += 0.05f) {
    scene.weather = mixed(rain, snow, t);
    const double now = luminance(glm::vec3(at(180, 35).skyAmbient));
    if (earlier >= 0) EXPECT_NEAR(now, earlier, 0.05) << t;
    earlier = now;
  }
  EXPECT_EQ(mixed(rain, snow, 0), rain);
  EXPECT_EQ(mixed(rain, snow, 1), snow);
  // Half way the streets are neither wet nor white, and the pipelines change there.
  EXPECT_NEAR(coverOf(mixed(rain, snow, 0.5f)), 0, 1e-6);
  EXPECT_EQ(pipelinesOf(mixed(rain, snow, 0.4f)), city::Weather::Rain);
  EXPECT_EQ(pipelinesOf(mixed(rain, snow, 0.6f)), city::Weather::Snow);
  EXPECT_EQ(pipelinesOf(sharesOf(city::Weather::Fog)), city::Weather::Clear) << "fog lies over a clear city's pictures";
  EXPECT_EQ(pipelinesOf({}), city::Weather::Clear);
}

TEST_F(LightTest, ComesFromTheMoonWhenTheSunIsGone) {
  scene.moon = {.directionEcef = towards(120, 40), .radiusRadians = 0.0045, .illuminated = 1};
  const shared::FrameUniforms full = at(300, -20);
  EXPECT_EQ(keyLight(scene), scene.moon.directionEcef);
  EXPECT_GT(full.sunColour.b, full.sunColour.r);
  EXPECT_GT(luminance(glm::vec3(full.sunColour)), 0.1);
  scene.moon.illuminated = 0.1;
  EXPECT_LT(luminance(glm::vec3(at(300, -20).sunColour)), 0.1 * luminance(glm::vec3(full.sunColour)));
  scene.moon.directionEcef = towards(120, -10);
  EXPECT_EQ(luminance(glm::vec3(at(300, -20).sunColour)), 0);
  scene.moon = {.directionEcef = towards(120, 40), .illuminated = 1};
  at(300, -2);
  EXPECT_EQ(keyLight(scene), scene.sunDirectionEcef);
}

TEST_F(LightTest, IsAGradientFromTheHazeUpwards) {
  const shared::FrameUniforms u = at(270, 10);
  ASSERT_FALSE(light.dome().empty());
  for (const SkyVertex& vertex : light.dome()) {
    EXPECT_NEAR(glm::length(vertex.direction), 1, 1e-5);
    if (std::abs(vertex.direction.z) > 0.001f) continue;
    const float c = vertex.direction.x;
    const glm::vec3 haze = glm::vec3(u.skyHorizon) + c * (glm::vec3(u.horizonAlong) + c * glm::vec3(u.horizonAcross));
    EXPECT_LT(glm::distance(vertex.colour, haze), 0.01) << "the city must vanish in what the sky begins with";
  }
  for (const uint32_t index : Light::domeIndices()) EXPECT_LT(index, light.dome().size());
}

TEST_F(LightTest, OfThePlainLookIsTheSunAlone) {
  scene.look = city::Look::Plain;
  at(180, -30);
  EXPECT_TRUE(light.dome().empty());
  EXPECT_EQ(light.keyEcef(), scene.sunDirectionEcef);
}

}  // namespace
}  // namespace cm::frame
