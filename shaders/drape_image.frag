// A map tile's own colours, which are display colours as the drape's are, or those of a themed look.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/drape.h"
#include "shared/picture.glsl"

layout(push_constant) uniform Push { DrapeImagePush push; };
layout(set = 0, binding = 0) uniform sampler2D picture;

layout(location = 0) in vec2 uv;
layout(location = 0) out vec4 colour;

void main() {
  vec4 texel = texture(picture, uv);
  if (push.place.z == 2.0) texel.rgb = techPicture(texel.rgb);
  if (push.place.z == 3.0) texel.rgb = planPicture(texel.rgb);
  float alpha = texel.a * push.place.y;
  colour = vec4(texel.rgb * alpha, alpha);
}
