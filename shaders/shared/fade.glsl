// A level of detail that gives way to another: each keeps a part of the pixels, the one what the other leaves. Pipelines of what
// does not change have nothing of it.
#ifndef CITYMIRROR_SHARED_FADE_GLSL
#define CITYMIRROR_SHARED_FADE_GLSL
#include "shared/dither.glsl"

layout(constant_id = 4) const bool kFading = false;

// `extra` of the push constants: x share of the level that comes, y 1 where this one goes, z turns the noise from sample to sample.
// The last a fragment shader does: what is discarded has no derivatives.
void fadeLevel(vec4 extra) {
  if (!kFading) return;
  float noise = fract(ditherAt(gl_FragCoord.xy) + extra.z);
  if ((noise < extra.x) == (extra.y > 0.5)) discard;
}

#endif
