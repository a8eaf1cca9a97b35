// Sun and moon on the dome of the sky: which of them a draw is, and how far its glow reaches.
#ifndef CITYMIRROR_SHARED_DISC_GLSL
#define CITYMIRROR_SHARED_DISC_GLSL
#include "shared/frame.glsl"

layout(push_constant) uniform Push { SidePush side; };

bool isMoon() { return side.flags == 1u; }
float glowRadii() { return isMoon() ? 6.0 : 22.0; }

#endif
