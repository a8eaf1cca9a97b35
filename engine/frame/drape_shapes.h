//! What is laid on the ground at run time, as plain meshes: project areas, the ground that projects add, greenways, areas of
//! other overlays, metro lines without heights. Built once per document; which of it is drawn, and how, is decided per side.
//! Pure functions on plain values; any thread. Coordinates: east and north metres in the frame at the document's origin.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <string>
#include <vector>

#include "city/document.h"
#include "city/session.h"
#include "frame/frame.h"
#include "frame/polyline.h"

namespace cm::frame {

enum class DrapeKind { Ground, Area, District, ProjectFill, ProjectOutline, Greenway, Metro };

//! A run of triangles that is drawn alike.
struct DrapeShape {
  DrapeKind kind = DrapeKind::Area;
  size_t owner = 0;                   // index of the project (Ground, ProjectFill, ProjectOutline) or of the overlay
  size_t part = 0;                    // index of the addition (Ground) or of the item (overlays; kNoItem: none)
  bool fill = false;                  // a fill; otherwise a strip
  glm::vec3 colour{0.5f};             // sRGB
  size_t ground = 0;                  // Ground: its class, by which themed looks colour it
  float widthMetres = 0;              // of a strip
  uint32_t firstIndex = 0, indexCount = 0;
  glm::vec2 lo{0}, hi{0};             // bounds of the centre points
};
inline constexpr size_t kNoItem = SIZE_MAX;

struct DrapeShapes {
  Strip mesh;
  std::vector<DrapeShape> shapes;     // in drawing order
  glm::vec2 lo{0}, hi{0};             // of everything; lo == hi when there is nothing
  //! What can be touched on the ground.
  struct Touchable {
    city::Selection selection;
    DrapeKind kind = DrapeKind::Area;
    size_t owner = 0, part = 0;
    std::vector<std::vector<glm::dvec2>> rings;   // an area and its holes, or one line
    double widthMetres = 0;
  };
  std::vector<Touchable> touchables;
  std::vector<std::string> problems;  // shapes left out and why
};

//! What a plan's ground can be ("class"), as they are laid on each other: the last on top.
std::vector<std::string_view> groundClassNames();

//! `axes`: the frame of the document's origin that all passes use.
DrapeShapes drapeShapes(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes);

//! All that decides what one side's drape looks like. Two sides with equal contents share one drape.
struct DrapeContent {
  city::Date date;
  std::vector<city::ProjectState> projects;
  bool projectAreas = true, greenways = true, metro = true;
  std::set<std::string> hiddenItems;
  std::vector<bool> imagery;          // by layer of the document: shown
  city::Look look = city::Look::Clay; // Tech and Plan have colours of their own; Clay stands for the others
  city::Selection selection;          // emptied when it is nothing that is draped
  bool operator==(const DrapeContent&) const = default;
};
DrapeContent drapeContent(const Scene& scene, const Side& side, const city::Document& document);

//! One call of the drape pipeline; mirrors DrapePush in shaders/shared/drape.h but for the level.
struct DrapeDraw {
  uint32_t firstIndex = 0, indexCount = 0;
  glm::vec2 lo{0}, hi{0};
  glm::vec4 colour{0};                // sRGB, straight alpha
  float halfWidthMetres = 0;
  float leastHalfWidthTexels = 0;     // so that it stays visible from far away
  float feather = 1;                  // texels over which an edge fades
  float dashMetres = 0;               // 0: solid; gaps are as long as 0.7 of the dash
  float leastDashTexels = 0;
  float roundness = 1;                // 1: dashes end round
};
std::vector<DrapeDraw> drapeDraws(const DrapeShapes& shapes, const city::Document& document, const DrapeContent& content);

//! What was touched at a place on the ground: the nearest greenway or draped line within `toleranceMetres` of its edge, else
//! the smallest project area around it.
city::Selection drapeHit(const DrapeShapes& shapes, const city::Document& document, const DrapeContent& content,
                         glm::dvec2 place, double toleranceMetres);

//! Whether an item is drawn on this side: hidden by hand, not there yet (planned ones are drawn dashed until they open).
enum class ItemState { Hidden, Planned, Open };
ItemState itemState(const city::OverlayItem& item, const city::Date& date, const std::set<std::string>& hiddenItems);

//! `#rrggbb` to sRGB 0..1.
std::optional<glm::vec3> colourFrom(std::string_view hex);
//! sRGB; calm, far enough apart to be told from each other on a light ground.
glm::vec3 colourOf(city::ProjectKind kind);

}  // namespace cm::frame
