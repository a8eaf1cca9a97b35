//! Chooses what to draw and what to load for all views at once. Pure: reads its arguments, touches nothing else.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "geo/bounds.h"
#include "tiles/tree.h"

namespace cm::tiles {

//! Light whose shadows are drawn: what stands outside the view and throws one into it is selected too.
struct SunLight {
  glm::dvec3 direction{0, 0, 1};             // unit, towards the sun, ECEF
  glm::dvec3 up{0, 0, 1};                    // unit, where the view is
  double reachMetres = 14000;                // from the eye; beyond, shadows are not drawn
};

//! One view as selection sees it. `frustum` is already cut to the view's rectangle.
struct SelectionView {
  glm::dvec3 eyeEcef{0};
  geo::Frustum frustum;
  double viewportHeightPixels = 720;
  double fovYRadians = 1.0;
  double fogShare = 1;                       // of options.fogDensity: 1 looking at the horizon, 0 straight down
  std::vector<bool> tilesets;                // by TilesetId: drawn in this view; shorter means true
  std::vector<bool> prefetch;                // by TilesetId: loaded though not drawn; shorter means false
  std::optional<SunLight> sun;               // empty: no shadows
  bool ahead = false;                        // where the camera will be: loaded for, after all that is seen now; draws nothing
};

struct SelectionOptions {
  double maxSsePixels = 16;
  double fogDensity = 0;                     // per metre; 0: the limit is the same at any distance
  double fogPixels = 16;                     // what the limit grows by where the fog is thick
  //! Of the levels between what is drawn and what is asked only every n-th is loaded; 0: all.
  unsigned skipLevels = 0;
  //! Nothing this urgent or less finds room (StreamingStatistics::fullAt). Then no level is passed over, for one of them may
  //! have to do; and what is finer than asked gives way where it keeps the tile out that was asked for.
  double fullAt = std::numeric_limits<double>::infinity();
  std::span<const TileId> yielding;          // Streaming::yielding: these are drawn themselves, not what lies below them
};

//! What the limit of the screen-space error grows by at a distance: the bell curve of CesiumJS
//! (Cesium3DTileset.dynamicScreenSpaceErrorDensity and ...Factor): factor * (1 - exp(-(distance * density)^2)).
double fogPixelsAt(double distance, double share, const SelectionOptions& options);

struct WantedTile {
  TileId tile = kNoTile;
  double priority = 0;                       // smaller first
};

struct Selection {
  std::vector<std::vector<TileId>> draw;     // per view, nearest first; every tile Resident; none in a view ahead
  std::vector<std::vector<TileId>> cast;     // per view: what it does not draw but may throw shadows into it; Resident
  std::vector<WantedTile> want;              // what is missing, most urgent first
  std::vector<TileId> keep;                  // must not be evicted: drawn, their ancestors with content, roots
  std::vector<WantedTile> useful;            // resident, not drawn, and wanted: give way only to what is more urgent
  std::vector<WantedTile> yields;            // drawn by what lies below and able to stand in for it; how urgent that detail is
  std::vector<TileId> pinned;                // the first tiles with content of each tileset, there or not
  std::vector<uint8_t> refined;              // by TileId: children were drawn last time (prevents flashes)
  bool complete = false;                     // all that was asked for at full detail is drawn, or has failed for good
};

//! A tile is refined when its screen-space error exceeds `options.maxSsePixels` in any view (3D Tiles 1.1, 6.8: SSE =
//! geometricError * viewportHeight / (2 * distance * tan(fovY / 2))); a parent stays drawn until every child that is in a
//! frustum is resident, so the picture never has a hole. `ready` is indexed by TileId (shorter: Absent). A failed tile with
//! children is replaced by them; without, or where they only add to it, its nearest drawable ancestor stays, and where there
//! is none it draws nothing.
//! Where the views of one call differ in what they ask, the finest wish decides for all of them. At most 32 views.
Selection select(const TileTree& tree, std::span<const TileState> ready, std::span<const SelectionView> views,
                 const Selection& previous, const SelectionOptions& options);

}  // namespace cm::tiles
