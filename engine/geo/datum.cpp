#include "geo/datum.h"

#include <proj.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <glm/gtc/constants.hpp>
#include <mutex>
#include <vector>

namespace cm::geo {
namespace {

constexpr double kPi = glm::pi<double>();
// Krasovsky 1940, the ellipsoid of the GCJ-02 formula.
constexpr double kGcjSemiMajorMetres = 6378245.0;
constexpr double kGcjEccentricitySquared = 0.00669342162296594323;

bool insideChina(glm::dvec2 p) { return p.x >= 72.004 && p.x <= 137.8347 && p.y >= 0.8293 && p.y <= 55.8271; }

//! What GCJ-02 adds to a place, in degrees: the formula that has circulated since 2013 ("EvilTransform").
glm::dvec2 gcjShift(glm::dvec2 wgs) {
  double x = wgs.x - 105.0, y = wgs.y - 35.0;
  double waves = (20.0 * std::sin(6.0 * x * kPi) + 20.0 * std::sin(2.0 * x * kPi)) * 2.0 / 3.0;
  double north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * std::sqrt(std::abs(x)) + waves +
                 (20.0 * std::sin(y * kPi) + 40.0 * std::sin(y / 3.0 * kPi)) * 2.0 / 3.0 +
                 (160.0 * std::sin(y / 12.0 * kPi) + 320.0 * std::sin(y * kPi / 30.0)) * 2.0 / 3.0;
  double east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * std::sqrt(std::abs(x)) + waves +
                (20.0 * std::sin(x * kPi) + 40.0 * std::sin(x / 3.0 * kPi)) * 2.0 / 3.0 +
                (150.0 * std::sin(x / 12.0 * kPi) + 300.0 * std::sin(x / 30.0 * kPi)) * 2.0 / 3.0;
  double lat = wgs.y * kDegree;
  double magic = 1.0 - kGcjEccentricitySquared * std::sin(lat) * std::sin(lat);
  double meridian = kGcjSemiMajorMetres * (1.0 - kGcjEccentricitySquared) / (magic * std::sqrt(magic));
  double parallel = kGcjSemiMajorMetres / std::sqrt(magic) * std::cos(lat);
  return {east / (parallel * kDegree), north / (meridian * kDegree)};
}

//! Solves forward(x) = target for a forward that is nearly the identity: its shift changes by less than 2 % of a change of place.
template <class Forward>
glm::dvec2 invert(glm::dvec2 target, Forward forward) {
  glm::dvec2 x = target;
  for (int step = 0; step < 20; ++step) {
    glm::dvec2 miss = forward(x) - target;
    x -= miss;
    if (std::abs(miss.x) + std::abs(miss.y) < 1e-13) break;
  }
  return x;
}

std::string lettersAndDigits(std::string_view text) {
  std::string out;
  for (unsigned char c : text)
    if (std::isalnum(c)) out += static_cast<char>(std::toupper(c));
  return out;
}

double metresBetween(glm::dvec2 a, glm::dvec2 b) {
  double perDegree = kSemiMajorMetres * kDegree;
  return perDegree * std::hypot((a.x - b.x) * std::cos(a.y * kDegree), a.y - b.y);
}

}  // namespace

glm::dvec2 gcj02FromWgs84(glm::dvec2 p) { return insideChina(p) ? p + gcjShift(p) : p; }

glm::dvec2 wgs84FromGcj02(glm::dvec2 p) {
  if (!insideChina(p)) return p;
  return invert(p, [](glm::dvec2 wgs) { return wgs + gcjShift(wgs); });
}

glm::dvec2 bd09FromGcj02(glm::dvec2 p) {
  constexpr double k = kPi * 3000.0 / 180.0;
  double z = std::hypot(p.x, p.y) + 0.00002 * std::sin(p.y * k);
  double theta = std::atan2(p.y, p.x) + 0.000003 * std::cos(p.x * k);
  return {z * std::cos(theta) + 0.0065, z * std::sin(theta) + 0.006};
}

glm::dvec2 gcj02FromBd09(glm::dvec2 p) {
  // The inverse formula in circulation is only approximate; solving the forward one is exact.
  return invert(p, [](glm::dvec2 gcj) { return bd09FromGcj02(gcj); });
}

glm::dvec2 wgs84FromBd09(glm::dvec2 p) { return wgs84FromGcj02(gcj02FromBd09(p)); }

struct Transform::Impl {
  enum class Kind { Proj, Gcj02, Bd09 };
  Kind kind = Kind::Proj;
  std::string name;
  PJ_CONTEXT* context = nullptr;
  PJ* operation = nullptr;
  double accuracyMetres = -1;
  std::array<double, 4> areaDegrees{-180, -90, 180, 90};  // west, south, east, north
  mutable double worstResidualMetres = 0;

  ~Impl() {
    proj_destroy(operation);
    if (context) proj_context_destroy(context);
  }
  void readArea(const PJ* crs);
  void readAccuracy(const PJ* crs);
};

void Transform::Impl::readArea(const PJ* crs) {
  double w = 0, s = 0, e = 0, n = 0;
  if (proj_get_area_of_use(context, crs, &w, &s, &e, &n, nullptr) && w > -1000) areaDegrees = {w, s, e, n};
}

void Transform::Impl::readAccuracy(const PJ* crs) {
  PJ* base = proj_crs_get_geodetic_crs(context, crs);
  std::string_view baseName = base ? proj_get_name(base) : "";
  bool isWgs84 = baseName == "WGS 84", isCgcs2000 = baseName == "China Geodetic Coordinate System 2000";
  proj_destroy(base);
  if (isWgs84 || isCgcs2000) {
    // PROJ states nothing for CGCS2000. It is ITRF97 at epoch 2000.0; the plates under China have moved by less than a metre since.
    accuracyMetres = isWgs84 ? 0 : 1;
    return;
  }
  accuracyMetres = proj_coordoperation_get_accuracy(context, operation);
  if (accuracyMetres >= 0) return;
  // Several operations are candidates: ask for the one that serves the middle of the area.
  auto [w, s, e, n] = areaDegrees;
  proj_trans(operation, PJ_INV, proj_coord((w + e) / 2, (s + n) / 2, 0, HUGE_VAL));
  if (PJ* used = proj_trans_get_last_used_operation(operation)) {
    accuracyMetres = proj_coordoperation_get_accuracy(context, used);
    proj_destroy(used);
  }
  proj_errno_reset(operation);
}

Transform::Transform(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Transform::Transform(Transform&&) noexcept = default;
Transform& Transform::operator=(Transform&&) noexcept = default;
Transform::~Transform() = default;

Result<Transform> Transform::toWgs84(std::string_view crs) {
  auto impl = std::make_unique<Impl>();
  std::string plain = crs.size() < 24 ? lettersAndDigits(crs) : "";
  if (plain == "GCJ02" || plain == "BD09" || plain == "BD09LL") {
    impl->kind = plain == "GCJ02" ? Impl::Kind::Gcj02 : Impl::Kind::Bd09;
    impl->name = plain == "GCJ02" ? "GCJ-02" : "BD-09";
    return Transform(std::move(impl));
  }
  std::string text(crs);
  impl->context = proj_context_create();
  proj_log_level(impl->context, PJ_LOG_NONE);
  PJ* source = text.empty() ? nullptr : proj_create(impl->context, text.c_str());
  // PROJ also takes a part of a name ("Beijing") for the first CRS that contains it: a guess is not good enough here.
  bool guessed = source && text.find_first_of(":[{+") == std::string::npos &&
                 lettersAndDigits(text) != lettersAndDigits(proj_get_name(source));
  if (!source || guessed || !proj_is_crs(source)) {
    int code = proj_context_errno(impl->context);
    proj_destroy(source);
    return makeError(
        "CRS \"{}\": not a coordinate system PROJ knows{}; expected a name such as EPSG:4549, GCJ02, BD09 or a WKT "
        "text",
        text, code ? fmt::format(" ({})", proj_context_errno_string(impl->context, code)) : "");
  }
  impl->readArea(source);
  const char* name = proj_get_name(source);
  impl->name = name ? name : text;
  PJ* target = proj_create(impl->context, "EPSG:4326");
  PJ* raw = target ? proj_create_crs_to_crs_from_pj(impl->context, source, target, nullptr, nullptr) : nullptr;
  if (raw) {
    impl->operation = proj_normalize_for_visualization(impl->context, raw);
    proj_destroy(raw);
  }
  if (impl->operation) impl->readAccuracy(source);
  proj_destroy(source);
  proj_destroy(target);
  if (!impl->operation)
    return makeError("CRS \"{}\" ({}): PROJ has no way from it to WGS84: {}", text, impl->name,
                     proj_context_errno_string(impl->context, proj_context_errno(impl->context)));
  return Transform(std::move(impl));
}

Result<glm::dvec2> Transform::operator()(glm::dvec2 xy) const {
  if (!std::isfinite(xy.x) || !std::isfinite(xy.y))
    return makeError("{}: coordinate ({}, {}) is not finite", impl_->name, xy.x, xy.y);
  if (impl_->kind != Impl::Kind::Proj) {
    if (std::abs(xy.x) > 180 || std::abs(xy.y) > 90)
      return makeError("{}: coordinate ({}, {}) found, expected longitude and latitude in degrees", impl_->name, xy.x,
                       xy.y);
    bool gcj = impl_->kind == Impl::Kind::Gcj02;
    glm::dvec2 wgs = gcj ? wgs84FromGcj02(xy) : wgs84FromBd09(xy);
    glm::dvec2 back = gcj ? gcj02FromWgs84(wgs) : bd09FromGcj02(gcj02FromWgs84(wgs));
    impl_->worstResidualMetres = std::max(impl_->worstResidualMetres, metresBetween(xy, back));
    return wgs;
  }
  PJ_COORD out = proj_trans(impl_->operation, PJ_FWD, proj_coord(xy.x, xy.y, 0, HUGE_VAL));
  int code = proj_errno(impl_->operation);
  if (code || !std::isfinite(out.xy.x) || !std::isfinite(out.xy.y)) {
    proj_errno_reset(impl_->operation);
    return makeError("{}: coordinate ({}, {}) cannot be brought to WGS84: {}", impl_->name, xy.x, xy.y,
                     code ? proj_context_errno_string(impl_->context, code) : "outside the projection");
  }
  // Surveys cross the edges of their zone by a little; swapped axes or a wrong zone miss by far more.
  constexpr double kMarginDegrees = 6;
  auto [w, s, e, n] = impl_->areaDegrees;
  bool lonOutside =
      w <= e && e - w < 360 - 2 * kMarginDegrees && (out.xy.x < w - kMarginDegrees || out.xy.x > e + kMarginDegrees);
  if (lonOutside || out.xy.y < s - kMarginDegrees || out.xy.y > n + kMarginDegrees)
    return makeError(
        "{}: coordinate ({}, {}) lies at {:.4f}, {:.4f}, far outside this CRS ({:.2f}..{:.2f}, {:.2f}..{:.2f}); "
        "are x and y swapped, or is it another zone?",
        impl_->name, xy.x, xy.y, out.xy.x, out.xy.y, w, e, s, n);
  return glm::dvec2(out.xy.x, out.xy.y);
}

double Transform::residualMetres() const {
  return impl_->kind == Impl::Kind::Proj ? impl_->accuracyMetres : impl_->worstResidualMetres;
}

const std::string& Transform::name() const { return impl_->name; }

//! EGM96 is a 15-minute grid. It is read through PROJ in blocks of 10 degrees on first use (41 x 41 nodes, a few
//! milliseconds) and interpolated bilinearly, as PROJ does, without a lock.
struct Geoid::Impl {
  static constexpr int kBlocksX = 36, kBlocksY = 18, kStepsPerBlock = 40, kNodes = kStepsPerBlock + 1;

  std::string name;
  double constantMetres = 0;
  PJ_CONTEXT* context = nullptr;
  PJ* grid = nullptr;
  mutable std::mutex reading;
  mutable std::array<std::once_flag, kBlocksX * kBlocksY> read;
  mutable std::array<std::vector<float>, kBlocksX * kBlocksY> blocks;

  ~Impl() {
    proj_destroy(grid);
    if (context) proj_context_destroy(context);
  }

  double nodeMetres(double lon, double lat) const {
    PJ_COORD out = proj_trans(grid, PJ_FWD, proj_coord(lon * kDegree, lat * kDegree, 0, HUGE_VAL));
    return std::isfinite(out.xyz.z) ? out.xyz.z : NAN;
  }

  const std::vector<float>& block(int bx, int by) const {
    size_t index = by * kBlocksX + bx;
    std::call_once(read[index], [&] {
      std::lock_guard lock(reading);
      std::vector<float>& nodes = blocks[index];
      nodes.reserve(kNodes * kNodes);
      for (int y = 0; y < kNodes; ++y)
        for (int x = 0; x < kNodes; ++x)
          nodes.push_back(static_cast<float>(nodeMetres(-180 + bx * 10 + x * 0.25, -90 + by * 10 + y * 0.25)));
    });
    return blocks[index];
  }
};

Geoid Geoid::constant(double metres) {
  auto impl = std::make_shared<Impl>();
  impl->constantMetres = metres;
  impl->name = fmt::format("constant {:.2f} m", metres);
  Geoid geoid;
  geoid.impl_ = std::move(impl);
  return geoid;
}

Geoid Geoid::egm96() {
  auto impl = std::make_shared<Impl>();
  impl->context = proj_context_create();
  proj_log_level(impl->context, PJ_LOG_NONE);
  impl->grid = proj_create(impl->context, "+proj=vgridshift +grids=egm96_15.gtx +multiplier=1");
  if (impl->grid && std::isfinite(impl->nodeMetres(0, 0))) {
    impl->name = "EGM96";
  } else {
    impl->name = "constant 0.00 m (the EGM96 grid egm96_15.gtx of package proj-data is not installed)";
    proj_destroy(impl->grid);
    impl->grid = nullptr;
  }
  Geoid geoid;
  geoid.impl_ = std::move(impl);
  return geoid;
}

double Geoid::undulationMetres(double lonDegrees, double latDegrees) const {
  if (!impl_->grid || !std::isfinite(lonDegrees) || !std::isfinite(latDegrees)) return impl_->constantMetres;
  double lon = lonDegrees - 360.0 * std::floor((lonDegrees + 180.0) / 360.0);  // -180 .. 180
  double lat = std::clamp(latDegrees, -90.0, 90.0);
  int bx = std::clamp(static_cast<int>((lon + 180) / 10), 0, Impl::kBlocksX - 1);
  int by = std::clamp(static_cast<int>((lat + 90) / 10), 0, Impl::kBlocksY - 1);
  const std::vector<float>& nodes = impl_->block(bx, by);
  double x = (lon + 180 - bx * 10) * 4, y = (lat + 90 - by * 10) * 4;
  int ix = std::clamp(static_cast<int>(x), 0, Impl::kStepsPerBlock - 1);
  int iy = std::clamp(static_cast<int>(y), 0, Impl::kStepsPerBlock - 1);
  double fx = x - ix, fy = y - iy;
  auto at = [&](int column, int row) { return static_cast<double>(nodes[row * Impl::kNodes + column]); };
  return (at(ix, iy) * (1 - fx) + at(ix + 1, iy) * fx) * (1 - fy) +
         (at(ix, iy + 1) * (1 - fx) + at(ix + 1, iy + 1) * fx) * fy;
}

const std::string& Geoid::name() const { return impl_->name; }

}  // namespace cm::geo
