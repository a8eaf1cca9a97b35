// Set 0 of every pass that draws the scene.
#ifndef CITYMIRROR_SHARED_FRAME_GLSL
#define CITYMIRROR_SHARED_FRAME_GLSL
#include "shared/frame.h"

layout(set = 0, binding = 0, std140) uniform FrameBlock { FrameUniforms frame; };

#endif
