// Push constants of the passes over the whole picture.
#ifndef CITYMIRROR_SHARED_POST_H
#define CITYMIRROR_SHARED_POST_H

#ifdef __cplusplus
#include <glm/glm.hpp>
namespace cm::shared {
using glm::vec4;
#endif

struct PostPush {
  vec4 pixel;   // width and height of the scene's picture, angle of one of its pixels in radians, strength of the edges
  vec4 scene;   // its size against the target's in x and y (accumulate: x its height / 720), near plane in metres, haze per metre
  vec4 light;   // share of night, height of the target / 720
};

#ifdef __cplusplus
}  // namespace cm::shared
#endif
#endif
