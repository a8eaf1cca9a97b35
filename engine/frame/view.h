//! The eye's matrices as the shaders want them. Pure.
#pragma once

#include <glm/glm.hpp>

#include "frame/pass_context.h"
#include "shared/frame.h"

namespace cm::frame {

class Light;

inline constexpr float kNearMetres = 0.5f;

//! Offset of a sample in pixels, -0.5..0.5; of `count` that fill the pixel evenly together, and as well as they can before.
glm::vec2 sampleOffset(unsigned sample, unsigned count);
//! A point of the unit disc, even in area (Vogel's spiral).
glm::vec2 sampleDisc(unsigned sample, unsigned count);

//! `seaHeightMetres`: ellipsoidal height of the plane beyond the city.
View makeView(const Scene& scene, const geo::EnuFrame& axes, VkExtent2D extent, double seaHeightMetres);
//! The same eye with its picture moved by a part of a pixel.
glm::mat4 clipWithOffset(const View& view, glm::vec2 offsetPixels);

//! Everything of the uniforms that does not depend on shadows or the sample.
shared::FrameUniforms uniformsOf(const View& view, const Scene& scene, const Light& light);

}  // namespace cm::frame
