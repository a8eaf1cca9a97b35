//! Where a plan lays ground of its own: the city's trees leave with the old ground, and where the new one is green it brings others.
//! Trees are numbered by site when their tile is decoded (source::Tree::look); what is shown is a mask of sites. Immutable: any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "frame/frame.h"
#include "geo/ellipsoid.h"
#include "source/content.h"

namespace cm::frame {

class PlanSites {
 public:
  //! More grounds than this change no tree.
  static constexpr size_t kMost = 63;

  PlanSites() = default;
  PlanSites(const city::Document& document, const VectorLayers& layers);

  //! Writes into each tree's look which site's ground it leaves with, and plants what comes. Once for a content.
  void mark(source::MeshContent& content) const;
  //! Bit i: the ground of site i + 1 is laid. `states` by Document::projects.
  uint64_t laid(std::span<const city::ProjectState> states) const;

 private:
  struct Area {
    bool green = false;
    city::Polygon polygon;
    glm::dvec2 lo{0}, hi{0};  // degrees; a content's own areas: metres of its plane
  };
  struct Site {
    size_t project = 0, addition = 0;
    uint32_t number = 0;      // from 1, as trees have it
    std::vector<Area> areas;  // as they lie on each other: the last on top
    glm::dvec2 lo{0}, hi{0};
  };
  static Site onPlane(const Site& site, const geo::EnuFrame& plane, double heightMetres);
  static const Area* topOf(const Site& site, glm::dvec2 at);

  std::vector<Site> sites_;
};

}  // namespace cm::frame
