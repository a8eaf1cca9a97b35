// Push constants of the passes over the whole picture.
#ifndef CITYMIRROR_SHARED_POST_H
#define CITYMIRROR_SHARED_POST_H

#ifdef __cplusplus
#include <glm/glm.hpp>
namespace cm::shared {
using glm::vec4;
#endif

struct PostPush {
  vec4 pixel;   // 1/width, 1/height, angle of a pixel in radians, strength of the edges
  vec4 smooth_; // x: strength of the smoothing filter 0..1; y: haze per metre; z: near plane
};

#ifdef __cplusplus
}  // namespace cm::shared
#endif
#endif
