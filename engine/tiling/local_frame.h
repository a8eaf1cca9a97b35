//! The city's local frame: WGS84 to east-north-up metres at the origin and back to the ground under a point of its plane,
//! with the geoid and the terrain in it. Immutable once made; any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "geo/datum.h"
#include "geo/ellipsoid.h"
#include "tiling/model.h"

namespace cm::tiling {

class LocalFrame {
 public:
  //! `bboxDegrees` (west, south, east, north) is where the geoid is sampled; beyond it the nearest value holds.
  LocalFrame(const geo::Geodetic& origin, const geo::Geoid& geoid, const glm::dvec4& bboxDegrees, TerrainFunction terrain);

  //! Prepares the way back from the plane for the square [lo, hi]: call once before groundZ and seaZ.
  void coverPlane(const glm::dvec2& lo, const glm::dvec2& hi);

  const geo::EnuFrame& enu() const { return enu_; }
  double undulation(double lonDegrees, double latDegrees) const;
  //! Orthometric height of the bare ground; 0 where the terrain is unknown.
  double terrain(double lonDegrees, double latDegrees) const;
  bool flat() const { return !terrain_; }
  glm::dvec3 fromOrthometric(double lonDegrees, double latDegrees, double heightMetres) const;

  //! ENU z of the bare ground, and of the sea level, at ENU x, y. Within 3 mm of the exact way over the ellipsoid.
  double groundZ(double x, double y) const { return planeZ(x, y, true); }
  double seaZ(double x, double y) const { return planeZ(x, y, false); }
  glm::dvec2 lonLatAt(double x, double y) const;

 private:
  struct Node {
    double lon = 0, lat = 0, height = 0;   // of the point z = 0 of the plane
  };
  Node nodeAt(double x, double y) const;
  double planeZ(double x, double y, bool withTerrain) const;

  geo::EnuFrame enu_;
  TerrainFunction terrain_;
  glm::dvec2 geoidLo_{0}, geoidStep_{1};
  std::vector<double> geoid_;
  glm::dvec2 planeLo_{0};
  double planeStep_ = 0;
  int planeCount_ = 0;
  std::vector<Node> plane_;
};

}  // namespace cm::tiling
