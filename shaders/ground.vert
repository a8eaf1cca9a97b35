#version 460
// Ground of the clay look: colour and light stay apart, because the drape is laid between them.
#extension GL_GOOGLE_include_directive : require
#include "shared/tile_vertex.glsl"
#include "shared/light.glsl"

layout(location = 0) out vec3 outAlbedo;
layout(location = 1) out vec4 outLight;   // rgb ambient, a sun
layout(location = 2) out vec3 outWorld;

void main() {
  Standing at = standing();
  gl_Position = at.shown ? frame.clipFromWorld * vec4(at.world, 1.0) : kNowhere;
  vec3 n = inNormal.xyz;
  vec3 normal = normalize(vec3(dot(inRow0.xyz, n), dot(inRow1.xyz, n), dot(inRow2.xyz, n)));
  outAlbedo = at.highlighted ? frame.accent.rgb : inColour.rgb * inBaseColour.rgb;
  outLight = vec4(ambientLight(normal, inSky), sunLight(normal));
  outWorld = at.world;
}
