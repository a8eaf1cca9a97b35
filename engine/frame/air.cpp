#include "frame/air.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

namespace cm::frame {
namespace {

using glm::dvec3;

constexpr double kPi = std::numbers::pi;
// Kilometres; coefficients per kilometre at 680, 550 and 440 nm (Hillaire 2020, table 1).
constexpr double kGround = 6360, kTop = 6460, kEye = 0.2;
constexpr double kRayleighHeight = 8, kMieHeight = 1.2;
const dvec3 kRayleigh(5.802e-3, 13.558e-3, 33.1e-3), kOzone(0.650e-3, 1.881e-3, 0.085e-3);
constexpr double kMieScattering = 3.996e-3, kMieAbsorption = 4.4e-3, kMieForward = 0.8, kGroundAlbedo = 0.25;
constexpr int kSteps = 24;

struct Medium {
  dvec3 rayleigh{0}, extinction{0};
  double mie = 0;
};
Medium mediumAt(double altitude, double dust) {
  const double thin = std::exp(-altitude / kRayleighHeight), low = std::exp(-altitude / kMieHeight) * dust;
  const double ozone = std::max(0.0, 1 - std::abs(altitude - 25) / 15);
  Medium m;
  m.rayleigh = kRayleigh * thin;
  m.mie = kMieScattering * low;
  m.extinction = m.rayleigh + dvec3((kMieScattering + kMieAbsorption) * low) + kOzone * ozone;
  return m;
}

//! Length of a ray inside the air, from `radius` in a direction of cosine `up` from the vertical. `ground`: it ends there.
double wayOut(double radius, double up, bool& ground) {
  const double b = radius * up, toGround = b * b - radius * radius + kGround * kGround;
  ground = up < 0 && toGround >= 0;
  if (ground) return std::max(0.0, -b - std::sqrt(toGround));
  return -b + std::sqrt(std::max(0.0, b * b - radius * radius + kTop * kTop));
}

//! Cosine from the vertical of the ground's edge as seen from an altitude.
double horizonCosine(double altitude) {
  const double sine = kGround / (kGround + altitude);
  return -std::sqrt(std::max(0.0, 1 - sine * sine));
}

//! Bilinear table over altitude and the cosine of a direction from the vertical, both as square roots: fine at the ground and at the
//! horizon, where the table ends.
class Table {
 public:
  static constexpr int kAltitudes = 32, kCosines = 48;
  template <class Of>
  explicit Table(const Of& of) : values_(size_t(kAltitudes) * kCosines) {
    for (int a = 0; a < kAltitudes; ++a)
      for (int c = 0; c < kCosines; ++c) {
        const double up = double(a) / (kAltitudes - 1), across = double(c) / (kCosines - 1);
        const double altitude = up * up * (kTop - kGround), low = horizonCosine(altitude);
        values_[size_t(a) * kCosines + size_t(c)] = of(altitude, low + across * across * (1 - low));
      }
  }
  dvec3 at(double altitude, double cosine) const {
    const double low = horizonCosine(altitude);
    const double a = std::sqrt(std::clamp(altitude / (kTop - kGround), 0.0, 1.0)) * (kAltitudes - 1);
    const double c = std::sqrt(std::clamp((cosine - low) / (1 - low), 0.0, 1.0)) * (kCosines - 1);
    const int i = std::min(int(a), kAltitudes - 2), j = std::min(int(c), kCosines - 2);
    const auto value = [&](int y, int x) { return values_[size_t(y) * kCosines + size_t(x)]; };
    return glm::mix(glm::mix(value(i, j), value(i, j + 1), c - j),
                    glm::mix(value(i + 1, j), value(i + 1, j + 1), c - j), a - i);
  }

 private:
  std::vector<dvec3> values_;
};

//! Optical depth to the sun: of the gases and of the dust, kept apart so that one table serves every dustiness.
struct Depths {
  Table gases, dust;
};
const Depths& depths() {
  const auto through = [](double altitude, double up, bool dust) {
    constexpr int kFine = 96;
    const double radius = kGround + altitude, b = radius * up;
    const double length = -b + std::sqrt(std::max(0.0, b * b - radius * radius + kTop * kTop));
    dvec3 depth(0);
    for (int i = 0; i < kFine; ++i) {
      const double t = length * (i + 0.5) / kFine;
      const Medium air =
          mediumAt(std::max(0.0, std::sqrt(radius * radius + t * t + 2 * t * b) - kGround), dust ? 1 : 0);
      depth += (dust ? dvec3(air.mie / kMieScattering * (kMieScattering + kMieAbsorption)) : air.extinction) *
               (length / kFine);
    }
    return depth;
  };
  static const Depths made{Table([&](double a, double c) { return through(a, c, false); }),
                           Table([&](double a, double c) { return through(a, c, true); })};
  return made;
}

constexpr double kSunWide = 0.0093;  // radians: it sets over that

//! How far above the ground's edge the sun is at a place.
double overEdge(double altitude, double sunUp) { return sunUp - horizonCosine(altitude); }
//! The sun's light at a place; `spread`: over how much of overEdge the place extends.
dvec3 sunlight(double altitude, double up, double dust, double spread = 0) {
  const double seen = std::clamp(overEdge(altitude, up) / (kSunWide + spread) + 0.5, 0.0, 1.0);
  if (seen <= 0) return dvec3(0);
  const Depths& d = depths();
  return glm::exp(-(d.gases.at(altitude, up) + d.dust.at(altitude, up) * dust)) * seen;
}

double rayleighPhase(double cosine) { return 3 / (16 * kPi) * (1 + cosine * cosine); }
// Cornette and Shanks, "Physically reasonable analytic expression for the single-scattering phase function", Applied Optics 31(16), 1992.
double miePhase(double cosine) {
  const double g = kMieForward;
  return 3 / (8 * kPi) * (1 - g * g) * (1 + cosine * cosine) /
         ((2 + g * g) * std::pow(1 + g * g - 2 * g * cosine, 1.5));
}

//! Light that comes along a ray: single scattering and, where `again` is given, the later orders it says for a place.
struct Ray {
  dvec3 light{0}, share{0};  // share: of an isotropic unit light that the ray scatters towards the eye
};
template <class Again>
Ray march(double altitude, const dvec3& direction, const dvec3& sun, double dust, bool isotropic, const Again& again) {
  bool ground = false;
  const double radius = kGround + altitude, length = wayOut(radius, direction.z, ground);
  const double cosine = glm::dot(direction, sun);
  const double rayleigh = isotropic ? 1 / (4 * kPi) : rayleighPhase(cosine),
               mie = isotropic ? 1 / (4 * kPi) : miePhase(cosine);
  const auto edgeAt = [&](double t) {
    const dvec3 at = dvec3(0, 0, radius) + direction * t;
    const double r = glm::length(at);
    return overEdge(std::max(0.0, r - kGround), glm::dot(at, sun) / r);
  };
  double before = edgeAt(0);
  Ray ray;
  dvec3 through(1);
  for (int i = 0; i < kSteps; ++i) {
    const double from = double(i) / kSteps, to = double(i + 1) / kSteps;
    const double t = length * 0.5 * (from * from + to * to), dt = length * (to * to - from * from);
    const dvec3 at = dvec3(0, 0, radius) + direction * t;
    const double r = glm::length(at), h = std::max(0.0, r - kGround), sunUp = glm::dot(at, sun) / r;
    // The edge of the Earth's shadow runs through a step, not from step to step.
    const double edge = edgeAt(length * to * to), spread = std::abs(edge - before);
    before = edge;
    const Medium m = mediumAt(h, dust);
    const dvec3 scattering = m.rayleigh + dvec3(m.mie);
    const dvec3 source =
        (m.rayleigh * rayleigh + dvec3(m.mie * mie)) * sunlight(h, sunUp, dust, spread) + scattering * again(h, sunUp);
    const dvec3 step = glm::exp(-m.extinction * dt), held = (dvec3(1) - step) / glm::max(m.extinction, dvec3(1e-9));
    ray.light += through * source * held;
    ray.share += through * scattering * held;
    through *= step;
  }
  if (ground) {
    const dvec3 at = dvec3(0, 0, radius) + direction * length;
    const double sunUp = glm::dot(at, sun) / glm::length(at);
    ray.light += through * sunlight(0, sunUp, dust) * (std::max(sunUp, 0.0) * kGroundAlbedo / kPi);
  }
  return ray;
}

//! Later orders of scattering by place and sun: a geometric series of what an even light loses and gets back (Hillaire 2020, eq. 7-10).
class Later {
 public:
  explicit Later(double dust) {
    for (int a = 0; a < kAltitudes; ++a)
      for (int s = 0; s < kSuns; ++s) values_[size_t(a)][size_t(s)] = of(altitude(a), sunCosine(s), dust);
  }
  dvec3 at(double h, double sunUp) const {
    const double a = std::sqrt(std::clamp(h / 60, 0.0, 1.0)) * (kAltitudes - 1),
                 s = std::clamp((sunUp + 0.4) / 1.4, 0.0, 1.0) * (kSuns - 1);
    const size_t i = std::min(size_t(a), size_t(kAltitudes - 2)), j = std::min(size_t(s), size_t(kSuns - 2));
    const double x = s - double(j), y = a - double(i);
    return glm::mix(glm::mix(values_[i][j], values_[i][j + 1], x),
                    glm::mix(values_[i + 1][j], values_[i + 1][j + 1], x), y);
  }

 private:
  static constexpr int kAltitudes = 8, kSuns = 24;
  static double altitude(int i) { return 60.0 * i * i / ((kAltitudes - 1) * (kAltitudes - 1)); }
  static double sunCosine(int i) { return -0.4 + 1.4 * i / (kSuns - 1); }
  static dvec3 of(double h, double sunUp, double dust) {
    constexpr int kRounds = 4, kRises = 6;
    const dvec3 sun(std::sqrt(std::max(0.0, 1 - sunUp * sunUp)), 0, sunUp);
    dvec3 second(0), share(0);
    for (int i = 0; i < kRises; ++i)
      for (int j = 0; j < kRounds; ++j) {
        const double up = (2 * i + 1.0) / kRises - 1, turn = (j + 0.5) * kPi / kRounds, flat = std::sqrt(1 - up * up);
        const Ray ray = march(h, {flat * std::cos(turn), flat * std::sin(turn), up}, sun, dust, true,
                              [](double, double) { return dvec3(0); });
        second += ray.light;
        share += ray.share;
      }
    constexpr double kCount = kRounds * kRises;
    // What all directions bring, scattered evenly once more: times 4 pi / (4 pi).
    return second / kCount / (dvec3(1) - glm::min(share / kCount, dvec3(0.95)));
  }
  std::array<std::array<dvec3, kSuns>, kAltitudes> values_;
};

}  // namespace

double skyRowSine(int row) {
  const double t = double(row) / (kSkyRows - 1);
  return std::sin(t * t * kPi / 2);
}

double skyColumnTurn(int column) {
  const double t = double(column) / (kSkyColumns - 1);
  return kPi * t * (0.45 + 0.55 * t);
}

AirLight airLight(double sunSine, double dust) {
  thread_local double kept = -1;
  thread_local std::unique_ptr<Later> later;
  if (!later || kept != dust) later = std::make_unique<Later>(kept = dust);
  AirLight result;
  const dvec3 sun(std::sqrt(std::max(0.0, 1 - sunSine * sunSine)), 0, sunSine);
  result.sun = sunlight(kEye, sunSine, dust);
  for (int row = 0; row < kSkyRows; ++row) {
    const double up = std::max(skyRowSine(row), 0.004), flat = std::sqrt(1 - up * up);
    for (int column = 0; column < kSkyColumns; ++column) {
      const double turn = skyColumnTurn(column);
      const dvec3 direction(flat * std::cos(turn), flat * std::sin(turn), up);
      result.radiance[size_t(row)][size_t(column)] =
          march(kEye, direction, sun, dust, false, [&](double h, double sunUp) { return later->at(h, sunUp); }).light;
    }
  }
  // Trapezoids over sine and azimuth: the integral of radiance times sine over the hemisphere.
  for (int row = 0; row + 1 < kSkyRows; ++row) {
    const double low = skyRowSine(row), high = skyRowSine(row + 1);
    for (int column = 0; column < kSkyColumns; ++column) {
      const double width =
          skyColumnTurn(std::min(column + 1, kSkyColumns - 1)) - skyColumnTurn(std::max(column - 1, 0));
      const dvec3 mean = (result.radiance[size_t(row)][size_t(column)] * low +
                          result.radiance[size_t(row) + 1][size_t(column)] * high) *
                         0.5;
      result.sky += mean * ((high - low) * width);  // both halves of the sky
    }
  }
  return result;
}

}  // namespace cm::frame
