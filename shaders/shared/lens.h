// Push constants of the lens.
#ifndef CITYMIRROR_SHARED_LENS_H
#define CITYMIRROR_SHARED_LENS_H

#ifdef __cplusplus
#include <glm/glm.hpp>
namespace cm::shared {
using glm::vec4;
#endif

struct LensPush {
  vec4 circle;  // centre and radius, pixels of the image
};

#ifdef __cplusplus
}  // namespace cm::shared
#endif
#endif
