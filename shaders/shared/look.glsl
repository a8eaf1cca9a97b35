// How the city is drawn (city::Look); each look has its own pipelines, so that none pays for another.
#ifndef CITYMIRROR_SHARED_LOOK_GLSL
#define CITYMIRROR_SHARED_LOOK_GLSL

layout(constant_id = 4) const uint kLook = 0u;   // in the order of city::Look

const bool kDay = kLook == 2u;    // facades, streets, matter
const bool kTech = kLook == 3u;   // the smart hub's blue
const bool kPlan = kLook == 4u;   // the plan's colours

#endif
