//! Labels as plain data: what can be labelled (built once per document), and for every frame which of it is shown where, and the
//! quads that draw it. Belongs to the loop's thread; touches no GPU.
#pragma once

#include <cstdint>
#include <functional>
#include <glm/glm.hpp>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/text.h"
#include "city/document.h"
#include "city/session.h"
#include "frame/declutter.h"
#include "frame/glyphs.h"
#include "frame/line_shapes.h"

namespace cm::frame {

enum class LabelKind { Project, District, Place, Water, Station };

struct Label {
  LabelKind kind = LabelKind::Place;
  city::Selection selection;
  Text text;
  Text below;                         // in the underground view: with the depth; empty: as ever
  glm::dvec3 position{0};             // frame of the document's origin
  glm::dvec3 along{0};                // stations: the direction of their line, which the text keeps clear of
  int rank = 0;                       // 0 first
  size_t owner = 0;                   // index of the project, of the overlay, or of the station in LineShapes
  size_t item = 0;                    // of the overlay, or kNoItem
  glm::vec3 colour{0.3f};             // sRGB: of the project's kind
};
std::vector<Label> labelsOf(const city::Document& document, const VectorLayers& layers, const LineShapes& lines,
                            const geo::EnuFrame& axes);

//! One textured or plain rectangle, in drawing order. Mirrors the instance attributes of label.vert.
struct LabelQuad {
  glm::vec2 lo{0}, hi{0};             // pixels, y down
  glm::vec2 uvLo{0}, uvHi{0};         // glyphs: in the atlas
  glm::vec4 colour{0};                // sRGB, straight alpha
  glm::vec4 shape{0};                 // x: 0 glyph, 1 rounded rectangle; y: glyph: pixels of the screen a pixel of the atlas
                                      // covers, rectangle: corner radius; z: glyph: pixels of the outline pushed outwards
                                      // (halo, weight), rectangle: softness of its edge; w: glyph: softness
};
static_assert(sizeof(LabelQuad) == 64);

//! What the layout needs to know of the picture. `project` gives pixels and the distance along the view (<= 0: behind).
struct LabelView {
  std::function<glm::vec3(const glm::dvec3&)> project;
  Box rectangle;                      // the side's part of the picture: no label reaches out of it
  glm::vec3 circle{0};                // of a lens: centre and radius, pixels; no label crosses it. Radius 0: there is none
  bool inCircle = false;              // this side is what is seen inside it
  std::span<const Box> covered;       // something lies over the picture there: labels keep off
  float scale = 1;                    // pixels of a reference pixel (720 lines)
  bool still = false;                 // put text on whole pixels
  float night = 0;                    // 0..1: light ink on dark halos
  double nowSeconds = 0;
  float reachMetres = std::numeric_limits<float>::infinity();   // away: labels fade out towards it
  size_t most = std::numeric_limits<size_t>::max();             // of labels, but for a selected one
  //! Where given, what is hidden behind the city is left out; nothing where that is not known yet.
  std::function<std::optional<bool>(size_t label)> inSight;
};

//! Remembers from frame to frame what is shown in one slot.
class LabelLayout {
 public:
  struct Shown {
    city::Selection selection;
    Box box;
  };
  //! Appends the quads of this frame. `stations` is what the side's lines show.
  void layOut(const std::vector<Label>& labels, const city::Document& document, const city::Layers& layers,
              const city::Date& date, const city::Selection& selection, Language language,
              const std::vector<StationDraw>& stations, const LabelView& view, Glyphs& glyphs,
              std::vector<LabelQuad>& quads);
  //! Of the last frame, most important first.
  const std::vector<Shown>& shown() const { return shown_; }
  //! Something fades in or out, or waits for its glyphs.
  bool changing() const { return changing_; }
  //! Labels of the last frame that would be shown where they are in sight.
  const std::vector<size_t>& inQuestion() const { return inQuestion_; }

 private:
  struct Memory {
    int placement = -1;               // -1: hidden now
    int last = 0;                     // where it stood, so that it fades out there
    float alpha = 0;
  };
  struct Sighting {
    float clear = 0;                  // 1: seen for a while, 0: hidden for a while
    bool shown = false;
  };
  bool inSight(size_t label, const LabelView& view, float step, std::map<size_t, Sighting>& next);

  std::map<uint64_t, Memory> memory_;
  std::map<size_t, Sighting> sightings_;
  std::vector<size_t> inQuestion_;
  std::vector<Shown> shown_;
  double lastSeconds_ = -1;
  bool changing_ = false;
};

}  // namespace cm::frame
