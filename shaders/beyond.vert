#version 460
// The plane beyond the city, so that nothing ends in a void: rings around the point below the eye, growing to the horizon and
// bent with the Earth, a little below everything else. Its colour continues what the city shows at its border.
#extension GL_GOOGLE_include_directive : require
#include "shared/light.glsl"

layout(location = 0) out vec3 outWorld;
layout(location = 1) out vec4 outEdge;   // linear colour, share of water
layout(location = 2) out vec3 outShadowPlace;

layout(push_constant) uniform Push { SidePush side; };   // extra: first radius, ratio of radii, segments, below

const float kEarthRadius = 6371000.0;
const float kTurn = 6.28318531;

vec4 edgeAt(vec3 world) {
  vec2 offset = world.xy - frame.edgeCentre.xy;
  float at = (atan(offset.y, offset.x) / kTurn + 1.0) * float(kSectors);
  int sector = int(at);
  return mix(frame.edgeColour[sector % kSectors], frame.edgeColour[(sector + 1) % kSectors], at - float(sector));
}

void main() {
  const vec2 corners[6] = vec2[](vec2(0, 0), vec2(1, 0), vec2(1, 1), vec2(0, 0), vec2(1, 1), vec2(0, 1));   // ring, segment
  int segments = int(side.extra.z);
  int cell = gl_VertexIndex / 6;
  vec2 corner = corners[gl_VertexIndex % 6];
  float ring = float(cell / segments) + corner.x;
  float radius = ring < 0.5 ? 0.0 : side.extra.x * pow(side.extra.y, ring - 1.0);
  float angle = kTurn * (float(cell % segments) + corner.y) / float(segments);

  vec3 up = frame.upAtEye.xyz;
  vec3 east = normalize(cross(vec3(0.0, 1.0, 0.0), up));
  vec3 north = cross(up, east);
  float drop = radius * radius / (2.0 * kEarthRadius);
  float below = side.extra.w + radius * 2e-5;   // tiles win wherever there are any, and no step shows at their end
  vec3 world = (east * cos(angle) + north * sin(angle)) * radius - up * (frame.upAtEye.w + drop + below);
  gl_Position = frame.clipFromWorld * vec4(world, 1.0);
  outWorld = world;
  outEdge = edgeAt(world);
  outShadowPlace = (side.flags & kUnshaded) != 0u ? vec3(-1e5) : shadowPlace(world, side.sideIndex);   // on no map
}
