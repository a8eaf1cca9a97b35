// How the city is drawn, where looks share a shader (city::Look); each has its own pipelines, so that none pays for another.
#ifndef CITYMIRROR_SHARED_LOOK_GLSL
#define CITYMIRROR_SHARED_LOOK_GLSL

layout(constant_id = 5) const uint kLook = 0u;   // in the order of city::Look

const bool kTech = kLook == 3u;   // the smart hub's blue
const bool kPlan = kLook == 4u;   // the plan's colours

#endif
