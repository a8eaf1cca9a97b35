//! Metro and rail lines that stand in space (their data has heights), and stations, as plain data. Built once per document.
//! Pure functions on plain values; any thread. Coordinates: metres in the frame at the document's origin (x east, z up).
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <optional>
#include <string>
#include <vector>

#include "city/document.h"
#include "city/session.h"
#include "frame/frame.h"
#include "frame/rail_paths.h"

namespace cm::frame {

//! A point of a line with its neighbours: the vertex shader widens it in pixels.
struct LineVertex {
  glm::vec3 position{0}, previous{0}, next{0};   // relative to the line's origin
  float side = 0;                                // -1 or +1
  float along = 0;                               // metres
  float sinks = 0;                               // below the ground: metres below kSinksBelow (below.h)
};
static_assert(sizeof(LineVertex) == 48);

struct LineShape {
  size_t overlay = 0, item = 0;                  // item: kNoItem where the data names none
  std::optional<city::Date> opens;               // of this piece; over the item's
  glm::vec3 colour{0.5f};                        // sRGB
  glm::dvec3 origin{0};
  uint32_t firstIndex = 0, indexCount = 0;
  std::vector<glm::dvec3> points;                // as drawn, for touching
  std::vector<double> sinks;                     // of those, in a tunnel: metres below kSinksBelow
  city::Network network = city::Network::Urban;
  bool underground = false;                      // drawn on the ground above its tunnel
  bool inTunnel = false;                         // the same piece down where it is, for the underground view
  bool shaft = false;                            // from the street down to a platform, for the underground view
  bool onWorks = false;                          // on a viaduct or an embankment that is there to be seen (frame/rail_mesh.h)
};

struct Station {
  std::string id;                                // property "id", else its name
  Text name;
  glm::dvec3 position{0};
  glm::dvec3 along{0};                           // unit, the direction of a line there; 0 where none has heights
  struct Stop {
    size_t overlay = 0, item = 0;
    std::optional<city::Date> opens;
    glm::vec3 colour{0.5f};                      // sRGB
  };
  std::vector<Stop> stops;                       // one a line; more than one: an interchange
  bool transfer = false;                         // the data says so, though it names one line only
  int rank = 0;
  double depthMetres = 0;                        // of its deepest platform below the ground; 0: none is
  bool depthStated = false;                      // the data says how deep, nobody assumed it
  glm::dvec3 platform{0};                        // there
  city::Network network = city::Network::Urban;  // the widest of its lines': it stands for the others
};

struct LineShapes {
  std::vector<LineVertex> vertices;
  std::vector<uint32_t> indices;
  std::vector<LineShape> lines;
  std::vector<Station> stations;
};

//! Stations of one name within 400 m of each other are one interchange. Lines follow the rails
//! (frame/rail_paths.h); what runs underground lies on the ground above, in pieces of its own.
LineShapes lineShapes(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes);

//! What is drawn on one side.
struct LineDraw {
  size_t line = 0;
  bool planned = false, selected = false;
};
struct StationDraw {
  size_t station = 0;
  glm::vec3 colour{0.5f};
  bool interchange = false, planned = false, selected = false;
};
struct LineDraws {
  std::vector<LineDraw> lines;
  std::vector<StationDraw> stations;
};
LineDraws lineDraws(const LineShapes& shapes, const city::Document& document, const city::Date& date,
                    const city::Layers& layers, const city::Selection& selection);

}  // namespace cm::frame
