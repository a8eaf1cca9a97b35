// Structures that C++ and GLSL share: one frame's uniforms and the push constants of the scene's passes.
#ifndef CITYMIRROR_SHARED_FRAME_H
#define CITYMIRROR_SHARED_FRAME_H

#ifdef __cplusplus
#include <cstdint>
#include <glm/glm.hpp>
namespace cm::shared {
using glm::mat4;
using glm::vec4;
using uint = uint32_t;
#endif

const int kCascades = 2;   // shadow maps of one side: near and whole city
const int kSectors = 16;   // directions in which the plane beyond the city has its own colour

const float kPlaceMetres = 8192.0;   // patterns fixed to the city repeat after this

// std140. "World": axes of the document's origin (east, north, up), metres, relative to the eye.
struct FrameUniforms {
  mat4 clipFromWorld;
  mat4 shadowFromWorld[2];     // by side, into the near map: xy 0..1, z 0..1 with 1 nearest to the sun
  vec4 farScale[2];            // from there into the far map, which looks along the same axes: near * scale + offset
  vec4 farOffset[2];
  vec4 sunDirection;           // xyz towards the sun; w: 1 where shadows are drawn
  vec4 sunColour;              // linear, already times its strength
  vec4 skyAmbient;             // linear light from above
  vec4 groundAmbient;          // linear light from below
  vec4 skyZenith;              // display colours of the sky; a: how soon the horizon's colour gives way to it
  vec4 skyHorizon;             // beside the sun
  vec4 skySunGlow;             // below the sun
  vec4 haze;                   // rgb display colour; a: extinction per metre
  vec4 upAtEye;                // xyz; w: eye above the plane beyond the city, metres
  vec4 viewport;               // width, height, 1/width, 1/height
  vec4 time;                   // x seconds (wrapped), y still (0/1), z look (0 plain, 1 lit, 2 tech, 3 plan), w tan(fovY/2)
  vec4 plain;                  // x ambient, y diffuse
  vec4 right;                  // camera's axes in world; w: tan(fovX/2)
  vec4 up;                     // w: eye above the ground of the city's origin, metres
  vec4 forward;
  vec4 accent;                 // highlighted features, linear
  vec4 shadowTexel;            // x: 1/map size
  vec4 edgeColour[kSectors];   // linear colour of the plane beyond the city by direction from its middle; a: 1 water
  vec4 edgeCentre;             // xyz: the city's middle in world; w: its radius
  vec4 night;                  // x: 0 by day .. 1 at night; y: share of windows lit; z: stars, 0..1; w: light from where the sun went down
  vec4 horizonAlong;           // the horizon by the cosine c of the azimuth from the sun: skyHorizon + c * (along + c * across)
  vec4 horizonAcross;
  vec4 sunFlat;                // xyz: level, towards the sun's azimuth
  vec4 sunDisc;                // xyz: towards the sun, also where the moon gives the light; w: radius of its disc, radians
  vec4 sunDiscColour;          // display colour; a: 0 below the horizon
  vec4 moonDisc;               // as the sun's
  vec4 moonDiscColour;         // display colour; a: how much of it shows against the sky
  vec4 part;                   // xy: pixels of the picture left of and above the part that is drawn
  vec4 weather;                // x: how wet or how white; y: fog on that ground, extinction per metre; z: 1 / its height; w: cloud
  vec4 place;                  // xyz: what makes of a world position metres fixed to the city, modulo kPlaceMetres
};

const uint kUnshaded = 1u;   // SidePush::flags, of the plane beyond the city: no shadows fall on it

// Bytes 0..31 of the push constants.
struct SidePush {
  uint slot;        // view slot: which visibility bit
  float grow;       // 0..1, eased: how far the running transition is
  uint sideIndex;   // which shadow maps
  uint flags;
  vec4 extra;       // of the pass
};

#ifdef __cplusplus
static_assert(sizeof(SidePush) == 32);
}  // namespace cm::shared
#endif
#endif
