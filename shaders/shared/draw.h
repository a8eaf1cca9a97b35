// What one indirect draw of a tile needs besides its vertices: instance-rate vertex attributes, chosen by firstInstance. (A storage
// buffer indexed by the draw does the same on a GPU; on lavapipe attributes are fetched once a draw, buffers once a vertex.)
#ifndef CITYMIRROR_SHARED_DRAW_H
#define CITYMIRROR_SHARED_DRAW_H

#ifdef __cplusplus
#include <cstdint>
#include <glm/glm.hpp>
namespace cm::shared {
using glm::vec4;
using uint = uint32_t;

struct DrawInstance {
  vec4 row0, row1, row2;   // world (relative to the eye) from content, rows of a 3x4 matrix
  vec4 baseColour;         // linear
  uint firstRecord = 0;
  uint flags = 0;          // kDrawUnlit
  float alphaCutoff = 0;
  uint id = 0;             // of the tile among this frame's, for picking
};
static_assert(sizeof(DrawInstance) == 80);
#endif

const uint kDrawUnlit = 1u;

#ifdef __cplusplus
}  // namespace cm::shared
#endif
#endif
