#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/atmosphere.glsl"
#include "shared/colour.glsl"
#include "shared/fade.glsl"
#include "shared/look.glsl"
#include "shared/picture.glsl"
#include "shared/shadow.glsl"
#include "shared/weather.glsl"

layout(constant_id = 2) const bool kBlends = false;   // else it covers all, or nothing below the cutoff

layout(set = 2, binding = 0) uniform sampler2D picture;

layout(push_constant) uniform Push { SidePush side; };

layout(location = 0) in vec4 inBase;
layout(location = 1) in vec4 inLight;
layout(location = 2) in vec3 inWorld;
layout(location = 3) in vec2 inUv;
layout(location = 4) flat in vec2 inCutoffAndUnlit;
layout(location = 5) in vec3 inShadowPlace;
layout(location = 6) in float inUp;
layout(location = 0) out vec4 outColour;

void main() {
  vec4 texel = texture(picture, inUv);
  if (texel.a < inCutoffAndUnlit.x) discard;
  vec3 albedo = texel.rgb * inBase.rgb;
  if (kSnowy) albedo = mix(albedo, kSnow, snowCover(inUp, inWorld.xy + frame.place.xy, fwidth(inWorld.x), 1.0));
  if (kWet) albedo *= 1.0 - 0.2 * frame.weather.x;
  float cover = kBlends ? texel.a * inBase.a : 1.0;
  if (frame.time.z < 0.5) {   // look "plain"
    outColour = vec4(srgbEncoded(inCutoffAndUnlit.y > 0.5 ? albedo : albedo * inLight.rgb) * cover, cover);
  } else {
    vec3 light = inLight.rgb + frame.sunColour.rgb * (inLight.a * sunAt(inShadowPlace, side.sideIndex));
    // Photographs already hold their light: only dimmed where the model is in shadow.
    vec3 display = inCutoffAndUnlit.y > 0.5 ? srgbEncoded(albedo) * (0.80 + 0.20 * clamp(light.g, 0.0, 1.0)) : toneMapped(albedo * light);
    if (kTech) display = techPicture(display);
    if (kPlan) display = planPicture(display);
    outColour = vec4(hazed(display, inWorld) * cover, cover);
  }
  fadeLevel(side.extra);
}
