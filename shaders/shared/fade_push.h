// Push constants of the cross-fade between looks.
#ifndef CITYMIRROR_SHARED_FADE_PUSH_H
#define CITYMIRROR_SHARED_FADE_PUSH_H

#ifdef __cplusplus
#include <glm/glm.hpp>
namespace cm::shared {
using glm::vec4;
#endif

struct FadePush {
  vec4 scale;  // from pixels of the target to the picture's 0..1
};

#ifdef __cplusplus
}  // namespace cm::shared
#endif
#endif
