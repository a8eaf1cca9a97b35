//! Text of the scene: shaping through HarfBuzz, signed-distance glyphs through FreeType, made in the background and kept on
//! disk (about 5 ms a glyph, so the second start is instant), packed into one atlas. Owns the font, its worker and the atlas'
//! bytes; the frame uploads them. Belongs to the loop's thread; touches no GPU.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace cm::frame {

//! One glyph of a shaped line, in units of the font size (em), y down, the pen at the line's start on the baseline.
struct ShapedGlyph {
  uint32_t glyph = 0;
  glm::vec2 pen{0};
};
struct ShapedText {
  std::vector<ShapedGlyph> glyphs;
  float width = 0;                    // em
};

//! Where a glyph lies in the atlas and how it is placed: rectangle relative to the pen, em, y down.
struct AtlasGlyph {
  bool ready = false;
  bool blank = false;                 // a space: nothing to draw
  glm::vec2 lo{0}, hi{0};             // em
  glm::vec2 uvLo{0}, uvHi{0};         // 0..1
};

class Glyphs {
 public:
  static constexpr uint32_t kAtlasSize = 2048;
  static constexpr uint32_t kPixels = 42;       // of an em in the atlas
  static constexpr uint32_t kSpread = 9;        // pixels of distance on each side of the outline
  static constexpr float kCapHeight = 0.733f;   // of Noto Sans, em
  static constexpr float kIdeographTop = 0.88f, kIdeographBottom = -0.12f;

  //! Fails with the package to install where there is no font. `cache`: folder for the made glyphs.
  static Result<std::unique_ptr<Glyphs>> create(const Path& cache);
  ~Glyphs();
  Glyphs(const Glyphs&) = delete;
  Glyphs& operator=(const Glyphs&) = delete;

  //! Shapes UTF-8 text (remembered); `spacing` em is added after each glyph. Asks for the glyphs it needs.
  const ShapedText& shape(std::string_view text, float spacing = 0);
  AtlasGlyph glyph(uint32_t glyph) const;

  //! Takes finished glyphs into the atlas; true where the atlas changed. Call once a frame.
  bool collect();
  //! Glyphs still in the making.
  bool pending() const;
  //! Returns when all that was asked for is in the atlas.
  void waitAll();

  //! kAtlasSize squared bytes, 128 on the outline, more inside; rows [dirtyBegin, dirtyEnd) changed since the last
  //! `takeDirtyRows`.
  const std::vector<uint8_t>& atlas() const;
  struct Rows {
    uint32_t begin = 0, end = 0;
  };
  Rows takeDirtyRows();

 private:
  struct Impl;
  explicit Glyphs(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

//! The font file: CITYMIRROR_FONT, else where assets/fonts.txt says.
Result<Path> findFont();

}  // namespace cm::frame
