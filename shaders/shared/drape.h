// Structures that C++ and GLSL share: the drape, a clip-map of what is laid on the ground at run time.
#ifndef CITYMIRROR_SHARED_DRAPE_H
#define CITYMIRROR_SHARED_DRAPE_H

#ifdef __cplusplus
#include <cstdint>
#include <glm/glm.hpp>
namespace cm::shared {
using glm::ivec4;
using glm::vec2;
using glm::vec4;
using uint = uint32_t;
#endif

const int kDrapeLevels = 5;   // of one set: four that follow the eye, each with half the resolution of the one before, and one over all
const int kDrapeSets = 2;     // sides whose contents differ

// std140. Level k of set s lies in layer s * kDrapeLevels + k of the texture array.
struct DrapeUniforms {
  vec4 level[10];       // [set * kDrapeLevels + k], finest first: uv = world.xy * x + yz; x 0: not drawn yet; w: the layer
  ivec4 setOfSlot[2];   // view slot -> set, -1: nothing is draped there
  vec4 scale;           // x: metres a pixel covers at one metre's distance, y: 1 / metres per texel of the finest level
};

// Push constants of drape.vert and drape.frag.
struct DrapePush {
  vec4 place;           // uv = centre * x + yz; w: metres per texel
  vec4 colour;          // display colour, straight alpha
  float halfWidth;      // metres
  float leastTexels;    // of half the width
  float feather;        // texels
  float dash;           // metres; 0: solid
  float leastDash;      // texels
  float pad0, pad1, pad2;
};

// Push constants of drape_image.vert and drape_image.frag.
struct DrapeImagePush {
  vec4 place;           // x: 1 / the level's width in metres, y: opacity, z: FrameUniforms::time.z
  vec4 part;            // of the tile's picture: offset and width, 0..1
};

#ifdef __cplusplus
static_assert(sizeof(DrapeUniforms) == 208 && sizeof(DrapePush) == 64 && sizeof(DrapeImagePush) == 32);
}  // namespace cm::shared
#endif
#endif
