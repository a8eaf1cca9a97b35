//! Metro and rail lines as the tracks a train runs along: pieces joined, curved, and given a height that a train can climb. Built once
//! per document. Pure functions on plain values; any thread. Coordinates: metres in the frame at the document's origin (z up).
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <optional>
#include <vector>

#include "city/document.h"
#include "frame/frame.h"

namespace cm::frame {

enum class RailStructure : uint8_t { Unstated, Elevated, Ground, Underground };

//! How a feature says it is built: "structure", else OSM's tunnel, bridge and layer.
RailStructure structureOf(const source::VectorFeature& feature);

struct RailPoint {
  glm::dvec3 at{0};                              // top of the rails, between the two tracks
  double groundMetres = 0;                       // z of the ground there
  double alongMetres = 0;                        // from the path's start, on the level
  RailStructure structure = RailStructure::Unstated;
  double statedDepth = 0;                        // metres below the ground as the data says; 0: it does not
  double aboveGround() const { return at.z - groundMetres; }
};

//! From end to end without a gap. What is stated is kept in the middle of a piece; towards another structure the track climbs or
//! falls, so `RailPoint::aboveGround` tells what stands at a point: a viaduct, an embankment, a tunnel.
struct RailPath {
  size_t overlay = 0, item = 0;                  // item: kNoItem where the data names none
  std::optional<city::Date> opens;               // of this piece; over the item's
  glm::vec3 colour{0.5f};                        // sRGB
  city::Network network = city::Network::Urban;
  city::RailService service;
  std::vector<RailPoint> points;                 // at most 40 m apart
  std::vector<double> stopMetres;                // along it, ascending: stations, and an end where the line goes on beyond the data
  std::vector<bool> stopIsStation;               // by stopMetres
  bool stated = false;                           // the data says how it is built
  double lengthMetres() const { return points.empty() ? 0 : points.back().alongMetres; }
};

//! Lines whose data has heights. Pieces of one item that follow each other in the data and meet are one path.
std::vector<RailPath> railPaths(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes);

//! The path at a distance from its start, between points; the ends go on straight.
RailPoint pointAt(const RailPath& path, double metres);

}  // namespace cm::frame
