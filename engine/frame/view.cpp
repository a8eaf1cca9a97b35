#include "frame/view.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "frame/light.h"
#include "frame/themes.h"

namespace cm::frame {
namespace {}  // namespace

glm::vec2 sampleOffset(unsigned sample, unsigned count) {
  // A lattice of the golden ratio, symmetric about the pixel's middle and gone through in leaps.
  constexpr double kGolden = 0.61803398874989485;
  if (count < 2) return glm::vec2(0);
  unsigned step = unsigned(std::lround(count * kGolden));
  while (std::gcd(step, count) != 1) ++step;
  const double fromMiddle = (count / 2 + sample * step) % count + 0.5 - count * 0.5;
  double whole = 0;
  const double across = std::modf(0.5 + fromMiddle * kGolden + count, &whole);
  return {float(fromMiddle / count), float(across - 0.5)};
}

glm::vec2 sampleDisc(unsigned sample, unsigned count) {
  const double radius = std::sqrt((sample + 0.5) / count), angle = 2.39996322972865332 * sample;
  return {float(radius * std::cos(angle)), float(radius * std::sin(angle))};
}

View makeView(const Scene& scene, const geo::EnuFrame& axes, VkExtent2D extent, double seaHeightMetres) {
  View view;
  view.axes = axes;
  view.extent = extent;
  view.part = {{0, 0}, extent};
  view.fovYRadians = scene.eye.fovYRadians;
  view.eyeEnu = axes.toEnu(scene.eye.position);
  const glm::dmat3 rotation(axes.enuFromEcef);
  view.forward = glm::normalize(rotation * scene.eye.direction);
  view.right = glm::normalize(glm::cross(view.forward, rotation * scene.eye.up));
  view.up = glm::cross(view.right, view.forward);
  const geo::Geodetic place = geo::geodeticFromEcef(scene.eye.position);
  view.upAtEye = glm::vec3(rotation * geo::upAt(place));
  if (scene.look != city::Look::Plain && !themed(scene.look)) view.night = float(nightOf(scene));
  view.seaBelowMetres = place.heightMetres - seaHeightMetres;
  view.clipFromWorldCentred = clipWithOffset(view, glm::vec2(0));
  view.clipFromWorld = view.clipFromWorldCentred;
  return view;
}

glm::mat4 clipWithOffset(const View& view, glm::vec2 offsetPixels) {
  const double aspect = double(view.extent.width) / std::max(1u, view.extent.height);
  const double focal = 1.0 / std::tan(view.fovYRadians / 2);
  const glm::dvec2 offset = glm::dvec2(offsetPixels) * 2.0 / glm::dvec2(view.extent.width, view.extent.height);
  // Rows: x right, y down, z constant (near / w after the division, 0 at infinity), w along the view direction.
  const glm::dvec3 x = view.right * (focal / aspect) + view.forward * offset.x;
  const glm::dvec3 y = view.up * -focal + view.forward * offset.y;
  const glm::dvec3 w = view.forward;
  return glm::mat4(glm::vec4(x.x, y.x, 0, w.x), glm::vec4(x.y, y.y, 0, w.y), glm::vec4(x.z, y.z, 0, w.z),
                   glm::vec4(0, 0, kNearMetres, 0));
}

shared::FrameUniforms uniformsOf(const View& view, const Scene& scene, const Light& light) {
  shared::FrameUniforms u{};
  u.clipFromWorld = view.clipFromWorld;
  light.fill(u, view);
  if (themed(scene.look)) setThemedLight(u, view, scene.look);
  u.upAtEye = glm::vec4(view.upAtEye, float(view.seaBelowMetres));
  const auto width = float(view.extent.width), height = float(view.extent.height);
  u.viewport = {width, height, 1 / width, 1 / height};
  const auto tangent = float(std::tan(view.fovYRadians / 2));
  u.time = {float(std::fmod(scene.windSeconds, 3600.0)), scene.still ? 1 : 0, lookNumber(scene.look), tangent};
  u.plain = {scene.plainAmbient, scene.plainDiffuse, 0, 0};
  u.part = {float(view.part.offset.x), float(view.part.offset.y), 0, 0};
  u.right = glm::vec4(glm::vec3(view.right), tangent * width / height);
  u.up = glm::vec4(glm::vec3(view.up), float(view.aboveOriginMetres));
  u.forward = glm::vec4(glm::vec3(view.forward), 0);
  u.accent = {0.010f, 0.330f, 0.350f, 1};
  return u;
}

}  // namespace cm::frame
