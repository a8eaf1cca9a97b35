//! Life on greenways: where they run over the ground that is resident, and who walks and cycles there at a moment of the city's clock.
//! Simulated, as trains are; nobody real. Plain values and pure functions; the places belong to the loop's thread.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "city/document.h"
#include "city/session.h"
#include "geo/ellipsoid.h"
#include "source/content.h"
#include "source/geojson.h"

namespace cm::frame {

//! Who: a walker in one of four moments of a step, a cyclist in one of two of a turn of the pedals.
enum class Figure : uint8_t { Step0, Step1, Step2, Step3, Pedal0, Pedal1 };
inline constexpr size_t kFigures = 6;

struct Stroller {
  Figure figure = Figure::Step0;
  glm::dvec3 at{0};                    // on the ground, east, north, up at the document's origin, from the ellipsoid
  glm::dvec2 forward{1, 0};            // unit
  uint32_t clothes = 0;                // index of a colour
  size_t overlay = 0, item = 0;        // of the greenway; kNoItem: none
};

//! The greenways of a document as places a few metres apart, each with the height of the ground there once a tile has brought it.
class GreenwayGround {
 public:
  GreenwayGround() = default;
  //! `layers`: the overlays' data by their uri.
  GreenwayGround(const city::Document& document, const std::map<std::string, source::VectorLayer>& layers);

  //! Takes the heights under the greenways from a tile's ground; finer tiles overrule coarser ones, and stay right once they have gone.
  void add(const source::MeshContent& content);
  //! Everybody within `reachMetres` of an eye, at seconds since midnight of the city's clock.
  std::vector<Stroller> strollersAt(const glm::dvec3& eyeEcef, double citySeconds, double reachMetres,
                                    city::Weather weather = city::Weather::Clear) const;
  bool empty() const { return paths_.empty(); }

 private:
  struct Place {
    glm::dvec2 eastNorth{0};
    float up = 0;
    glm::vec2 slope{0};                // of the ground, metres a metre eastwards and northwards
    float tileMetres = std::numeric_limits<float>::infinity();  // of the tile it is from; infinite: not known yet
    bool dry = false;
  };
  struct Path {
    size_t overlay = 0, item = 0;
    std::vector<Place> places;         // kStepMetres apart
    glm::dvec2 lo{0}, hi{0};
  };
  void walk(const Path& path, uint64_t seed, double citySeconds, double share, const glm::dvec3& eye, double reach,
            std::vector<Stroller>& out) const;

  geo::EnuFrame axes_{};
  std::vector<Path> paths_;
};

//! The share of those who could be out that are: most in the morning and towards evening, few when it rains.
double outdoorShare(double hourOfDay, city::Weather weather);

}  // namespace cm::frame
