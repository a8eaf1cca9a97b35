// A fill, or a strip with soft edges and, when dashed, round dashes.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "shared/drape.h"

layout(push_constant) uniform Push { DrapePush push; };

layout(location = 0) in vec2 acrossAndAlong;
layout(location = 0) out vec4 colour;

void main() {
  float texel = push.place.w;
  float halfWidth = max(push.halfWidth, push.leastTexels * texel);
  float across = abs(acrossAndAlong.x);
  float outside = across - halfWidth;   // metres beyond the edge
  if (push.dash > 0.0) {
    // Dashes of a coarser level are twice, four times ... as long, so that levels agree where dashes begin.
    float dash = push.dash * exp2(max(0.0, ceil(log2(push.leastDash * texel / push.dash))));
    float period = dash * 1.7;
    float t = abs(mod(acrossAndAlong.y, period) - 0.5 * period);
    float straight = max(0.5 * dash - halfWidth, 0.0);
    outside = length(vec2(max(t - straight, 0.0), across)) - halfWidth;
  }
  float cover = clamp(0.5 - outside / (push.feather * texel), 0.0, 1.0);
  float alpha = push.colour.a * cover;
  colour = vec4(push.colour.rgb * alpha, alpha);
}
