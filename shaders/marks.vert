#version 460
// Points and lines of authored content: point clouds, drawings. Without normals they shine by themselves.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"

layout(location = 0) out vec3 outColour;

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  gl_PointSize = clamp(frame.viewport.y / 300.0, 2.0, 8.0);   // a disc of about a three hundredth of the picture's height
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  vec3 albedo = albedoOf(at);
  bool unlit = (inDraw.y & kDrawUnlit) != 0u;
  if (frame.time.z < 0.5) {   // look "plain"
    outColour = srgbEncoded(unlit ? albedo : albedo * (frame.plain.x + frame.plain.y * sunLight(normal)));
    return;
  }
  outColour = unlit ? hazed(srgbEncoded(albedo), at.world) : litColours(albedo, normal, 1.0, at.world).sunny;
}
