#include "geo/eye.h"

#include <cmath>

namespace cm::geo {

Eye eyeAt(const Geodetic& place, double headingDegrees, double pitchDegrees, double fovYRadians) {
  double heading = headingDegrees * kDegree, pitch = pitchDegrees * kDegree;
  double sh = std::sin(heading), ch = std::cos(heading), sp = std::sin(pitch), cp = std::cos(pitch);
  EnuFrame frame = enuFrameAt(place);
  glm::dmat3 turn(frame.ecefFromEnu);
  Eye eye;
  eye.position = glm::dvec3(frame.ecefFromEnu[3]);
  eye.direction = glm::normalize(turn * glm::dvec3(sh * cp, ch * cp, sp));
  eye.up = glm::normalize(turn * glm::dvec3(-sh * sp, -ch * sp, cp));
  eye.fovYRadians = fovYRadians;
  return eye;
}

Frustum frustumOf(const Eye& eye, double aspect, double left, double right, double nearMetres, double farMetres) {
  double tanY = std::tan(eye.fovYRadians / 2), tanX = tanY * aspect;
  glm::dvec3 d = eye.direction, u = eye.up, r = glm::cross(d, u);
  auto through = [&](const glm::dvec3& normal, double offset) {
    glm::dvec3 n = glm::normalize(normal);
    return Plane{n, offset - glm::dot(n, eye.position)};
  };
  // A direction d + x*r is inside where x lies between the two cut values; likewise up and down.
  double xLeft = (2 * left - 1) * tanX, xRight = (2 * right - 1) * tanX;
  Frustum frustum;
  frustum.planes = {through(r - xLeft * d, 0), through(xRight * d - r, 0), through(u + tanY * d, 0),
                    through(tanY * d - u, 0),  through(d, -nearMetres),    through(-d, farMetres)};
  return frustum;
}

glm::dvec3 rayThrough(const Eye& eye, double aspect, double x, double y) {
  double tanY = std::tan(eye.fovYRadians / 2), tanX = tanY * aspect;
  glm::dvec3 r = glm::cross(eye.direction, eye.up);
  return glm::normalize(eye.direction + (2 * x - 1) * tanX * r + (1 - 2 * y) * tanY * eye.up);
}

}  // namespace cm::geo
