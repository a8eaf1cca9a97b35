// The shape of a tree: a crown of two rings and two tips, a trunk of three sides. Point numbers as frame/trees.cpp joins them.
#ifndef CITYMIRROR_SHARED_TREE_GLSL
#define CITYMIRROR_SHARED_TREE_GLSL
#include "shared/tree.h"

struct TreePoint {
  vec3 place;     // metres from the foot
  vec3 normal;
  float inside;   // 0 at the crown's outside .. 1 deep in it: how much sky is missing
  bool bark;
};

uint treeKind(uint look) { return look & 3u; }
// 1 where it stands .. 0 where the ground of a plan has taken its place, or has yet to bring it. `laid`: sites whose ground lies
// before the running transition in xy, after it in zw (frame/plan_sites.h).
float treeStands(uint look, uvec4 laid, float grow) {
  uint site = (look >> 2u) & 63u;
  if (site == 0u) return 1.0;
  uvec2 before = laid.xy, after = laid.zw;
  uint bit = (site - 1u) & 31u;
  bool high = site > 32u;
  float share = mix(float(((high ? before.y : before.x) >> bit) & 1u), float(((high ? after.y : after.x) >> bit) & 1u), grow);
  return (look & 256u) != 0u ? share : 1.0 - share;
}
float treeSize(uint look) { return float((look >> 9u) & 127u) * (1.0 / 127.0); }
float treeTurn(uint look) { return float((look >> 16u) & 255u) * (6.2831853 / 255.0); }
float treeOrder(uint look) { return float(look >> 24u) * (1.0 / 255.0); }

// How much of a tree is left this far away: 1 all .. 0 nothing; it shrinks before it goes, and what stays grows instead.
float treeLeft(uint look, float distanceMetres, float fullMetres) {
  float shown = pow(min(fullMetres / max(distanceMetres, 1.0), 1.0), 0.75);   // as treeOrder: the root of the share
  float left = clamp((shown * 1.08 - treeOrder(look)) / (0.12 * shown) + 0.0, 0.0, 1.0);
  return left * min(inversesqrt(shown), 1.7);
}

TreePoint treePoint(int point, uint look) {
  uint kind = treeKind(look);
  float size = treeSize(look), turn = treeTurn(look);
  float height = kind == 1u ? mix(7.0, 13.0, size) : kind == 2u ? mix(6.5, 9.0, size) : mix(5.5, 11.0, size);
  float radius = kind == 1u ? height * 0.26 : kind == 2u ? height * 0.30 : height * 0.40;
  // Height and radius of the rings, of the whole.
  vec4 rings = kind == 1u ? vec4(0.56, 0.52, 0.16, 1.0) : vec4(0.78, 0.80, 0.46, 1.0);
  float low = kind == 1u ? 0.13 : 0.19;
  TreePoint p;
  p.bark = point >= 2 * kTreeRing + 2;
  p.inside = 0.0;
  if (p.bark) {
    int corner = (point - 2 * kTreeRing - 2) % 3;
    bool top = point >= 2 * kTreeRing + 5;
    float angle = turn + float(corner) * 2.0943951;
    vec2 out2 = vec2(cos(angle), sin(angle));
    p.place = vec3(out2 * height * (top ? 0.018 : 0.030), top ? height * (low + 0.17) : -0.6);
    p.normal = vec3(out2, 0.0);
    return p;
  }
  if (point == 0 || point == 2 * kTreeRing + 1) {
    bool top = point == 0;
    p.place = vec3(0.0, 0.0, height * (top ? 1.0 : low));
    p.normal = vec3(0.0, 0.0, top ? 1.0 : -1.0);
    p.inside = top ? 0.0 : 0.65;
    return p;
  }
  int ring = (point - 1) / kTreeRing, corner = (point - 1) % kTreeRing;
  float angle = turn + (float(corner) + 0.5 * float(ring)) * (6.2831853 / float(kTreeRing));
  uint uneven = (look >> 9u) * 2654435761u + uint(point) * 0x9e3779b9u;
  float bulge = 0.84 + 0.32 * float((uneven ^ (uneven >> 13u)) & 255u) * (1.0 / 255.0);
  vec2 out2 = vec2(cos(angle), sin(angle));
  p.place = vec3(out2 * radius * (ring == 0 ? rings.y : rings.w) * bulge, height * (ring == 0 ? rings.x : rings.z));
  p.normal = normalize(vec3(out2, ring == 0 ? 0.75 : kind == 1u ? 0.25 : -0.05));
  p.inside = ring == 0 ? 0.12 : 0.42;
  return p;
}

#endif
