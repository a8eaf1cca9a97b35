//! Coordinates from anywhere to WGS84: CRS through PROJ, the Chinese map datums GCJ-02 and BD-09, and the geoid.
//! A `Transform` belongs to one thread; make one per thread. The free functions are pure.
#pragma once

#include <glm/glm.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "geo/ellipsoid.h"

namespace cm::geo {

//! WGS84 -> GCJ-02 (the published obfuscation formula), degrees in and out; identity outside China's bounding box.
glm::dvec2 gcj02FromWgs84(glm::dvec2 lonLatDegrees);
//! The inverse by fixed-point iteration; the residual |gcj02(result) - input| is below 1e-9 degrees (0.1 mm).
glm::dvec2 wgs84FromGcj02(glm::dvec2 lonLatDegrees);
glm::dvec2 gcj02FromBd09(glm::dvec2 lonLatDegrees);
glm::dvec2 bd09FromGcj02(glm::dvec2 lonLatDegrees);
glm::dvec2 wgs84FromBd09(glm::dvec2 lonLatDegrees);

//! From a named CRS ("EPSG:4549", "GCJ02", "BD09", a WKT string) to WGS84 lon/lat degrees. x is easting or longitude.
class Transform {
 public:
  static Result<Transform> toWgs84(std::string_view crs);
  Transform(Transform&&) noexcept;
  Transform& operator=(Transform&&) noexcept;
  ~Transform();

  //! Fails (with the coordinate in the error) where the point lies outside the CRS or is not finite.
  Result<glm::dvec2> operator()(glm::dvec2 xy) const;
  //! What to tell the user about accuracy, in metres: PROJ's stated accuracy (negative where it states
  //! none), or the worst round-trip residual of GCJ-02/BD-09 among the points transformed so far.
  double residualMetres() const;
  const std::string& name() const;

 private:
  struct Impl;
  explicit Transform(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

//! Height of the geoid above the ellipsoid. EGM96 through PROJ's grid where it is installed; otherwise a constant that
//! says so in `name()`.
class Geoid {
 public:
  static Geoid egm96();
  static Geoid constant(double metres);
  double undulationMetres(double lonDegrees, double latDegrees) const;
  const std::string& name() const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace cm::geo
