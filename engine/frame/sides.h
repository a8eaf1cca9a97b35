//! The sides of a picture: where each lies, and whether a picture still shows the same. Pure functions on plain values; loop's thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "frame/hash.h"
#include "frame/pass_context.h"

namespace cm::frame {

//! Rectangles and shadow maps of the sides, in their order. `sides` must outlive what is returned.
std::vector<SideView> sideViewsOf(std::span<const Side> sides, VkExtent2D extent);

//! The same in a picture of another size.
std::vector<SideView> sidesAt(std::span<const SideView> sides, VkExtent2D was, VkExtent2D is);

//! Centre and radius of the lens, pixels of a picture of that size.
glm::vec3 circleOf(const Lens& lens, VkExtent2D extent);
//! Whether it is this side that is seen at a pixel of a picture of that size.
bool seenAt(const Side& side, const Lens& lens, VkExtent2D extent, glm::vec2 pixel);

//! Adds all that decides what a still picture shows, but for what is resident.
void addPicture(Hash& hash, const View& view, const Scene& scene, std::span<const SideView> sides);

}  // namespace cm::frame
