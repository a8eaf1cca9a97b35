#version 460
// Trees of the look "day".
#extension GL_GOOGLE_include_directive : require
#include "shared/light.glsl"
#include "shared/tree.glsl"
#include "shared/weather.glsl"

layout(location = 0) in vec3 inFoot;
layout(location = 1) in uint inLook;

layout(push_constant) uniform Push { TreePush tree; };

layout(location = 0) out vec3 outAmbient;
layout(location = 1) out vec3 outSun;
layout(location = 2) out vec3 outAlbedo;
layout(location = 3) out vec3 outWorld;
layout(location = 4) out vec3 outShadowPlace;
layout(location = 5) out vec3 outLeaf;   // place in the crown, for its leaves
layout(location = 6) out vec4 outNormal;   // w: 1 bark

void main() {
  vec4 foot = vec4(inFoot, 1.0);
  vec3 world = vec3(dot(tree.row0, foot), dot(tree.row1, foot), dot(tree.row2, foot));
  float left = treeLeft(inLook, length(world), tree.side.extra.x) * treeStands(inLook, tree.laid, tree.side.grow);
  TreePoint p = treePoint(gl_VertexIndex, inLook);
  vec3 away = p.place * left;
  float sway = away.z * away.z * 0.0016;
  vec2 wind = vec2(sin(frame.time.x * 1.3 + world.x * 0.05 + world.y * 0.03), cos(frame.time.x * 1.1 + world.y * 0.06));
  away.xy += sway * wind * (1.0 - frame.time.y);
  world += away;
  gl_Position = left > 0.0 ? frame.clipFromWorld * vec4(world, 1.0) : vec4(0.0, 0.0, -1.0, 1.0);
  uint kind = treeKind(inLook);
  float own = treeSize(inLook), turn = treeTurn(inLook) * (1.0 / 6.2831853);
  vec3 leaves = kind == 1u ? mix(vec3(0.026, 0.058, 0.028), vec3(0.042, 0.080, 0.034), turn)
              : kind == 2u ? mix(vec3(0.060, 0.112, 0.030), vec3(0.078, 0.124, 0.034), turn)
                           : mix(vec3(0.044, 0.092, 0.024), vec3(0.098, 0.126, 0.032), turn * own);
  outAlbedo = p.bark ? vec3(0.16, 0.12, 0.09) : leaves;
  if (kSnowy) outAlbedo = mix(outAlbedo, kSnow, frame.weather.x * (p.bark ? 0.0 : 0.85 * smoothstep(-0.1, 0.75, p.normal.z)));
  if (kWet) outAlbedo *= 1.0 - 0.25 * frame.weather.x;
  outAmbient = ambientLight(p.normal, 1.0 - p.inside);
  // Light passes through leaves: the side away from the sun is not black.
  float towards = dot(p.normal, frame.sunDirection.xyz);
  outSun = frame.sunColour.rgb * (p.bark ? max(towards, 0.0) : clamp(towards * 0.62 + 0.30, 0.04, 1.0)) * (1.0 - 0.6 * p.inside);
  outWorld = world;
  outShadowPlace = shadowPlace(world + frame.sunDirection.xyz * 1.2, tree.side.sideIndex);
  outNormal = vec4(p.normal, p.bark ? 1.0 : 0.0);
  outLeaf = p.place + vec3(inFoot.xy, 0.0);
}
