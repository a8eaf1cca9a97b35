//! Shapes of one tile, from plain local data to triangles: buildings, the ground, bridges and baked sky visibility, and the
//! repair of broken rings. Pure and deterministic: the same input gives the same bits; any thread, one thread per mesh.
//!
//! Frame: everything is in the city's ENU frame (x east, y north, z up, metres, double); tiles are axis-aligned squares of its
//! plane. Meshes hold floats relative to `centre`. Walls are parallel to z. A mesh is only ever appended to.
#pragma once

#include <cstdint>
#include <functional>
#include <glm/glm.hpp>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "source/content.h"
#include "tiling/mesh.h"
#include "tiling/model.h"

namespace cm::tiling {

using Ring = std::vector<glm::dvec2>;
using Rings = std::vector<Ring>;  // not closed; first outer, then holes; orientation does not matter

//! ENU z at ENU x, y. Must be the same function for all tiles of a tileset: then neighbours of equal level meet exactly.
using HeightFunction = std::function<double(double x, double y)>;

//! The mesh of `surface` in `tile`, made on first use.
SurfaceMesh& surfaceOf(TileMesh& tile, source::Surface surface);

// ---- buildings -----------------------------------------------------------------------------------------------------------

struct LocalBuilding {
  Rings rings;          // simple (see repairRings)
  double baseZ = 0;     // what heights are measured from: the ground's height at the building
  double groundZ = 0;   // where walls start; below baseZ on a slope: the lowest ground under the footprint
  float height = 0;     // top of the roof above baseZ
  float minHeight = 0;  // underside above baseZ; > 0: walls start there and an underside is drawn
  RoofShape roof = RoofShape::Flat;
  float roofHeight = 0;             // 0: by shape
  float roofDirectionDegrees = -1;  // clockwise from north, where the main slope faces; -1: from the footprint
  BuildingClass kind = BuildingClass::Other;
  HeightSource heightSource = HeightSource::ClassDefault;
  std::optional<glm::vec3> colour, roofColour;  // sRGB 0..1, tagged
  uint64_t idHash = 0;                          // hash64(id): tiny variation of tone, the same at every level
  uint32_t feature = source::kNoFeature;        // index into TileMesh::features
};

//! A leaf's level is the default. Coarser ones bound what they change by the returned error.
struct BuildingLod {
  double simplifyMetres = 0;  // tolerance of the footprint; 0: as it is
  double flattenMetres = 0;   // roofs up to twice as high become flat at half their height
  bool boxOnly = false;       // the smallest rectangle around the footprint, wherever that is within simplifyMetres
  bool hut = false;           // four triangles from the corners of that rectangle up to the top, whatever the building is
  bool details = true;        // parapets on large flat roofs; stair heads on synthetic (Rule) buildings only
};

//! Appends walls, roof and (minHeight > 0) underside. Returns the error: a bound in metres of the distance from any point of
//! the full shape to what was drawn (0 for the default lod). Draws nothing and returns droppedError() where the footprint
//! has no area. `mesh` is usually surfaceOf(tile, Surface::Building). Watertight but for its foot.
double appendBuilding(SurfaceMesh& mesh, const glm::dvec3& centre, const LocalBuilding& building,
                      const BuildingLod& lod);

//! The error of leaving the building out: its height above the lowest ground.
double droppedError(const LocalBuilding& building);

//! What details may add above the top that `height` states.
double heightAboveTop(const Building& building);

//! ENU z of the eaves (where walls end) and the top of the roof.
double eavesZ(const LocalBuilding& building);
double topZ(const LocalBuilding& building);

// ---- repair --------------------------------------------------------------------------------------------------------------

struct RepairedRings {
  std::vector<Rings> polygons;  // valid, simple; outer counter-clockwise, holes clockwise; empty: nothing left
  std::string problem;          // one sentence of what was wrong and what was done; empty: all was well
};

//! Any units. Points nearer to each other than `same` are one point (the default is 1 mm in degrees). NaN and infinite points,
//! repeated points, spikes, explicit closing, wrong orientation (both silent), self-intersections (GEOS MakeValid), holes outside.
RepairedRings repairRings(const Rings& rings, double same = 1e-8);

// ---- ground --------------------------------------------------------------------------------------------------------------

struct LocalGround {
  GroundClass kind = GroundClass::Land;
  Rings rings;                   // an area, best already clipped roughly to the tile (a margin does no harm)
  std::vector<glm::dvec2> line;  // or a centre line with a width; clipped roughly, or whole
  double widthMetres = 0;
  int8_t layer = 0;
  bool bridge = false, tunnel = false;        // buildGround leaves both out: see appendBridge
  bool rampAtStart = true, rampAtEnd = true;  // of a bridge: false where it goes on in another bridge
  double levelZOffset =
      std::numeric_limits<double>::quiet_NaN();  // Water: surface above seaZ(x, y); NaN: follows the terrain
  uint32_t feature = source::kNoFeature;         // named roads, parks, water have one; the anonymous none
};

class HeightField;

struct GroundTile {
  glm::dvec2 lo{0}, hi{0};        // the square, ENU x and y
  glm::dvec3 centre{0};           // positions are relative to it
  unsigned cells = 32;            // of the terrain grid, a side; a power of two; a leaf has cells of 12..16 m
  double skirtMetres = 2;         // depth of the skirt: geometric error plus a few metres
  double minLineWidthMetres = 0;  // narrower lines are left out
  double minAreaMetres2 = 0;      // smaller areas are left out
  double simplifyMetres = 0;      // tolerance of outlines
  double mergeMetres = 0;         // small nameless dry areas of one class grow together over gaps of twice this
  double levelMetres = 0;         // of the grid's nodes only those are drawn that are needed to stay this near to all of them
  const HeightField* heights = nullptr;  // what stands on the ground, if its shade shall be kept in the same way
  HeightFunction terrainZ;        // bare ground; required
  HeightFunction seaZ;            // sea level (orthometric 0) in ENU z; null: terrainZ
};

struct GroundStatistics {
  double seconds = 0;
  size_t triangles = 0;
  double areaMetres2 = 0;  // plan area of all triangles without skirts and banks: equals the square's
  double areaByClass[size_t(GroundClass::Pier) + 1] = {};
  bool outlines = false;    // some outline cuts the square: it is not all of one class
  size_t geosFailures = 0;  // features left out because GEOS could not work with them
};

//! The width a line of this class is drawn with where the data has none.
double defaultWidthMetres(GroundClass kind);
//! What a triangle of this class is lit as.
source::Surface surfaceOf(GroundClass kind);

//! Appends the ground of one tile: a partition of the square by class (later GroundClass cuts earlier), on the terrain, with banks
//! down to water and skirts around the border. Whatever no feature covers is Land. Features of every class may overlap.
GroundStatistics buildGround(TileMesh& tile, const GroundTile& ground, std::span<const LocalGround> features);

//! A leaf's level is the default.
struct BridgeLod {
  double simplifyMetres = 0;  // tolerance of the deck's edges; 0: everything as it is
  double pierMetres = 0;      // piers up to this high are left out
};

//! Appends a bridge's deck, sides and piers (Surface::Structure, the roadway Surface::Road or Rail). Needs the whole line, so
//! call it in one tile only, e.g. the one that holds the line's middle point. Returns the error, as appendBuilding does: of
//! piers down to the bare ground, which water may hide.
double appendBridge(TileMesh& tile, const glm::dvec3& centre, const LocalGround& bridge, const HeightFunction& terrainZ,
                    const BridgeLod& lod = {});

//! The error of leaving the bridge out: how high it rises above the bare ground.
double bridgeRise(const LocalGround& bridge, const HeightFunction& terrainZ);

// ---- sky -----------------------------------------------------------------------------------------------------------------

//! Heights of what stands on the ground (buildings as prisms) over a rectangle of the ENU plane, 0.1 m steps. Make one for the
//! whole city or one per tile with a margin of kSkyReachMetres. Reading: any number of threads; filling: one.
class HeightField {
 public:
  HeightField(glm::dvec2 lo, glm::dvec2 hi, double cellMetres = 4, double lowestZ = -1000);
  //! Terrain is evaluated every `stepMetres` and interpolated between.
  void fillTerrain(const HeightFunction& terrainZ, double stepMetres = 32);
  //! Raises the cells whose centre lies in the footprint to `topZ`.
  void raise(const Rings& rings, double topZ);
  void raise(const LocalBuilding& building);
  //! Nearest cell; far below everything outside the rectangle.
  float at(double x, double y) const;

  glm::dvec2 lo() const { return lo_; }
  double cellMetres() const { return cell_; }
  int columns() const { return columns_; }
  int rows() const { return rows_; }
  size_t bytes() const { return cells_.size() * sizeof(uint16_t); }
  const uint16_t* data() const { return cells_.data(); }
  double lowestZ() const { return lowestZ_; }

 private:
  glm::dvec2 lo_;
  double cell_;
  double lowestZ_;
  int columns_, rows_;
  std::vector<uint16_t> cells_;  // (z - lowestZ) / 0.1 m
};

inline constexpr double kSkyReachMetres = 120;

//! Writes SurfaceMesh::sky of every vertex: how much of the sky its surface sees, cosine-weighted, walls at most about half,
//! with a gentle curve: 255 open, streets 0.5..0.7. Call after all geometry is appended.
void bakeSky(TileMesh& tile, const HeightField& heights);

}  // namespace cm::tiling
