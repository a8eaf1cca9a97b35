// Trees: push constants of the passes that draw them, shared by C++ and GLSL. One draw a tile; trees are its instances.
#ifndef CITYMIRROR_SHARED_TREE_H
#define CITYMIRROR_SHARED_TREE_H
#include "shared/frame.h"

#ifdef __cplusplus
namespace cm::shared {
using glm::uvec4;
#endif

struct TreePush {
  SidePush side;            // extra: x metres within which all trees are shown, y how much of the lattice is (1 all), z noise of the sample
  vec4 row0, row1, row2;    // world (relative to the eye) from content
  uvec4 laid;               // see treeStands
};

struct TreeShadowPush {
  SidePush side;            // extra: xyz the eye, in the content's frame, w metres within which all trees are shown
  mat4 clipFromContent;
  uvec4 laid;
};

const float kLeafyMetres = 160.0;                  // nearer, crowns have tufts of leaves and an outline of them
const int kTreeRing = 6;                           // points of the crown's two rings
const int kTreePoints = 2 * kTreeRing + 2 + 6;     // crown, trunk
const int kTreeCrownIndices = 3 * 4 * kTreeRing, kTreeIndices = kTreeCrownIndices + 3 * 6;

#ifdef __cplusplus
static_assert(sizeof(TreePush) == 96 && sizeof(TreeShadowPush) == 112);
}  // namespace cm::shared
#endif
#endif
