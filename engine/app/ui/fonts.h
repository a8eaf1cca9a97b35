//! The layer's fonts: Noto Sans CJK SC in a few sizes, holding exactly the characters that are shown. The loop's thread;
//! needs a current ImGui context.
#pragma once

#include <imgui.h>

#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "city/document.h"

namespace cm::app::ui {

class Words;

struct FontFile {
  Path path;
  int index = 0;   // of the face in a collection
};
//! The first font of assets/fonts.txt that is installed, or the bold one beside it. Empty path: none.
FontFile findFont(bool bold);

//! Line height of a character's square in Noto Sans CJK (ascent 1160 + descent 288 of 1000); ImGui sizes fonts by the line.
inline constexpr float kLineOfEm = 1.448f;

//! Sizes are those of a character's square, in design units.
class Fonts {
 public:
  ImFont* small = nullptr;     // 13
  ImFont* body = nullptr;      // 15.5
  ImFont* strong = nullptr;    // 15.5 bold
  ImFont* title = nullptr;     // 20 bold
  ImFont* display = nullptr;   // 28 bold

  //! Characters to hold from now on; true where any was new.
  bool want(std::string_view utf8);
  bool want(const Text& text) {
    bool zh = want(std::string_view(text.zh));
    return want(std::string_view(text.en)) || zh;
  }
  //! Every text of the document that the layer can show.
  void want(const city::Document& document);
  void want(const Words& words);

  //! From now on all faces are the small one: a fifth of the time and of the atlas.
  void onlySmall() { onlySmall_ = true; }
  //! Builds io.Fonts for `scale` where the scale or the wanted characters changed; true where it did.
  bool build(float scale);

 private:
  struct MappedFont {
    void* data = nullptr;
    size_t bytes = 0;
    int index = 0;
    MappedFont() = default;
    explicit MappedFont(const FontFile& file);
    MappedFont& operator=(MappedFont&& other) noexcept;
    ~MappedFont();
  };

  MappedFont regular_, bold_;
  std::vector<bool> wanted_ = std::vector<bool>(0x10000);
  bool changed_ = true, onlySmall_ = false;
  float scale_ = 0;
  std::vector<ImWchar> ranges_;
};

//! Calls `use(codepoint)` for each character of `utf8`; broken bytes are skipped.
template <class F>
void eachCharacter(std::string_view utf8, F use) {
  for (size_t i = 0; i < utf8.size();) {
    auto lead = static_cast<unsigned char>(utf8[i]);
    size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
    if (length == 0 || i + length > utf8.size()) {
      ++i;
      continue;
    }
    unsigned code = length == 1 ? lead : lead & (0x7fu >> length);
    for (size_t k = 1; k < length; ++k) code = (code << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3fu);
    use(code, i, length);
    i += length;
  }
}

}  // namespace cm::app::ui
