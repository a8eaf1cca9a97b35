//! One frame as an ordered list of passes: shadow, drape, opaque, sky, water, overlay, label, pick, post, ui. Reads plain
//! values; owns its pipelines, targets and atlases. Belongs to the loop's thread; must not outlive device and residency.
#pragma once

#include <vulkan/vulkan.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "city/document.h"
#include "city/session.h"
#include "frame/declutter.h"
#include "frame/passes.h"
#include "frame/strollers.h"
#include "frame/weather.h"
#include "geo/eye.h"
#include "geo/sun.h"
#include "gpu/device.h"
#include "residency/residency.h"
#include "source/geojson.h"
#include "tiles/cross_fade.h"
#include "tiles/imagery.h"

namespace cm::frame {

class PlanSites;

//! Overlay data by uri as written in the document, parsed by source/geojson; the app fetches them.
using VectorLayers = std::map<std::string, source::VectorLayer>;

//! A round glass on the picture; the side that is `inLens` is seen inside it.
struct Lens {
  glm::vec2 centre{0.5f};                       // fractions of the picture's width and height
  float radius = 0;                             // of its height; 0: there is none
  bool on() const { return radius > 0; }
};

//! What is the same for every side.
struct Scene {
  geo::Eye eye;
  city::Look look = city::Look::Clay;
  Language language = Language::Chinese;
  city::Layers layers;
  city::Selection selection;
  glm::dvec3 sunDirectionEcef{0};               // unit, towards the sun
  geo::Moon moon;                               // lights the city when the sun is gone
  WeatherShares weather;                        // none in looks without (city::hasWeather)
  double hourOfDay = 12;                        // how many windows are lit after dusk
  double eyeMetres = 1e9;                       // of the eye above the ground; near it names and lines are few (near_ground.h)
  double nowSeconds = 0;                        // the loop's clock, for transitions
  double windSeconds = 0;                       // waves, leaves and rings of rain move with it
  double citySeconds = 0;                       // the city's own, since midnight: where its trains are
  bool liveApart = false;                       // trains are drawn over a still picture, so that it may refine itself under them
  Lens lens;                                    // two sides then: the whole picture, and what is inside
  bool aside = false;                           // a picture beside the window's: has no labels, and leaves those of the window alone
  bool still = false;                           // nothing moves: the picture may refine itself frame by frame
  float lookFadeSeconds = 0;                    // in which a look gives way to the next; 0: at once
  unsigned stillSamples = 24;                   // until it is the mean of so many samples
  unsigned samplesAcross = 1;                   // so many a side of every pixel are drawn at once, in a larger picture; moving, too
  bool labelsAlone = false;                     // nothing is drawn: labels and what is laid on the ground come into being
  float resolution = 1;                         // otherwise: of the scene's width and height, enlarged to the target's
  unsigned shadowPatience = 8;                  // frames until a change of level of detail reaches the shadows while moving
  float trees = 1;                              // share of the most that are drawn while moving, the nearest
  bool bloom = true;                            // at night, while moving; pictures at rest have it
  uint32_t wholeHeight = 0, bandTop = 0;        // a poster's band: the target holds these rows of a higher picture; 0: all of it
  std::vector<Stroller> strollers;              // near the eye: who is out on the greenways
  std::vector<Box> covered;                     // by the control layer, pixels: no label hides under it
  glm::vec3 plainBackground{0.5f, 0.6f, 0.7f};  // Look::Plain only
  float plainDiffuse = 0.75f, plainAmbient = 0.25f;
};

//! One side as drawn: a view slot, its part of the window, its scenario, its tiles.
struct Side {
  unsigned slot = 0;
  float left = 0, right = 1;                    // fractions of the target's width
  float top = 0, bottom = 1;                    // and of its height
  bool inLens = false;                          // is seen inside Scene::lens and nowhere else
  city::Date date;
  std::vector<city::ProjectState> from, to;     // by Document::projects
  float transition = 1;                         // 0 at its start .. 1 done
  std::span<const tiles::TileId> draw;
  std::span<const tiles::TileId> cast;          // not drawn, but their shadows may be seen
  std::span<const tiles::LevelFade> fades;      // levels that change: `in` is part of `draw`
};

//! What is marked by its project's colour.
struct Marks {
  bool differences = false;                     // of two sides, what one shows and the other does not
  bool areas = false;                           // of one side, from afar, what stands where a project is to come
  city::Selection selection;                    // a selected one's has more of it
};

//! What lies under a pixel. Delivered some frames after it was asked for.
struct Pick {
  uint64_t request = 0;
  bool hit = false;
  glm::dvec3 positionEcef{0};
  tiles::TileId tile = tiles::kNoTile;
  uint32_t feature = source::kNoFeature;
  city::Selection overlay;                      // a label or line that was hit first (station, place ...)
};

struct Statistics {
  uint32_t triangles = 0, tiles = 0, draws = 0, shadowDraws = 0;
  uint32_t trains = 0, people = 0;              // in sight
  bool tinted = false;                          // so is a project's area whose buildings have its colour (Marks)
  double gpuMilliseconds = 0;                   // of the last finished frame
  std::vector<std::pair<std::string, double>> passes;
};

//! Draws into the rendering that is open on the target: the ImGui layer.
using UiPass = std::function<void(VkCommandBuffer)>;

class Frame {
 public:
  //! `colourFormat` is that of the targets it will render to.
  Frame(gpu::Device& device, residency::Residency& residency, VkFormat colourFormat);
  ~Frame();

  //! The document whose overlays, projects and labels are drawn. Call again when it changes.
  void setDocument(const city::Document& document, const VectorLayers& layers);
  //! Where the document's plans lay ground: marks the trees of each content before it goes to residency.
  std::shared_ptr<const PlanSites> planSites() const;
  //! A style of the document by its id, for all sides; empty: none.
  void setStyle(const std::string& id);

  //! The squares of the ground that imagery is wanted for, in this scene on a target of that size; finest first.
  std::vector<tiles::ImageryArea> imageryAreas(const Scene& scene, VkExtent2D extent);
  void imagery(tiles::ImageryOrders orders);

  //! Which features each resident tile shows in each side: call after residency.apply and whenever a side's states change.
  //! Incremental: only new tiles and changed projects are recomputed. `tilesetOfAddition` maps project/addition to TilesetId.
  //! `tree` is looked at again by render.
  void updateVisibility(const tiles::TileTree& tree, std::span<const Side> sides,
                        const std::map<std::pair<size_t, size_t>, tiles::TilesetId>& tilesetOfAddition,
                        const Marks& marks = {});

  //! Records and submits one frame into `target` (left in `target.finalLayout`). `samples`: pictures averaged at once, each
  //! with its own sub-pixel offset and sun sample (1 while moving).
  void render(gpu::Target& target, const Scene& scene, std::span<const Side> sides, int samples, const UiPass& ui);
  //! True where another frame of a still scene would change the picture (accumulating samples, glyphs in the making).
  bool wantsAnotherFrame() const;
  //! True where the picture changes with the city's clock: trains drawn over it are in sight.
  bool lives() const;
  //! Waits until all glyphs asked for are made (pictures without a window); the next frame shows them.
  void waitForGlyphs();

  //! x, y: pixels of the target. The answer comes from `takePicks` after a later render.
  uint64_t pick(int x, int y);
  std::vector<Pick> takePicks();

  const Statistics& statistics() const;
  //! What the last frame did, in order, with the barriers it recorded.
  std::span<const Passes::Begun> passes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::frame
