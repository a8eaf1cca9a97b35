#include "frame/glyphs.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_MODULE_H
#include <hb.h>
#include <hb-ot.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "base/jobs.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/text.h"

namespace cm::frame {
namespace {

struct FontPlace {
  Path file;
  unsigned face = 0;
};

//! assets/fonts.txt: "file ; face index ; note" a line, the first that exists is used; # starts a comment.
Result<FontPlace> fontPlace() {
  if (const char* named = std::getenv("CITYMIRROR_FONT"); named && *named) {
    const std::string text = named;   // file or file:face
    const size_t colon = text.rfind(':');
    FontPlace place{text, 0};
    if (colon != std::string::npos && !std::filesystem::exists(place.file)) {
      place.file = text.substr(0, colon);
      std::from_chars(text.data() + colon + 1, text.data() + text.size(), place.face);
    }
    if (std::filesystem::exists(place.file)) return place;
    return makeError("CITYMIRROR_FONT names {}, which does not exist", text);
  }
  const Path list = assetsFolder() / "fonts.txt";
  auto bytes = readFile(list);
  if (!bytes) return bytes.error().within("list of fonts");
  std::string_view rest = asText(*bytes);
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty() || line[0] == '#') continue;
    auto field = [&] {
      std::string_view part = line.substr(0, line.find(';'));
      line.remove_prefix(std::min(line.size(), part.size() + 1));
      while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
      while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
      return part;
    };
    FontPlace place{Path(field()), 0};
    const std::string_view face = field();
    std::from_chars(face.data(), face.data() + face.size(), place.face);
    if (std::filesystem::exists(place.file)) return place;
  }
  return makeError("no font with Chinese characters was found: install the package fonts-noto-cjk, or name one in CITYMIRROR_FONT");
}

//! A made glyph: distances and where the bitmap lies relative to the pen, pixels, y up (FreeType's way).
struct MadeGlyph {
  uint32_t glyph = 0;
  int16_t left = 0, top = 0;
  uint16_t width = 0, height = 0;
  std::vector<uint8_t> pixels;
};

//! FreeType's objects of the worker thread. Made by its first job, used by no other thread.
struct Maker {
  FT_Library library = nullptr;
  FT_Face face = nullptr;

  ~Maker() {
    if (face) FT_Done_Face(face);
    if (library) FT_Done_FreeType(library);
  }
  bool open(const FontPlace& place) {
    if (face) return true;
    if (!library) {
      if (FT_Init_FreeType(&library) != 0) return false;
      FT_UInt spread = Glyphs::kSpread;
      for (const char* module : {"sdf", "bsdf"}) FT_Property_Set(library, module, "spread", &spread);
    }
    if (FT_New_Face(library, place.file.c_str(), static_cast<FT_Long>(place.face), &face) != 0) return false;
    return FT_Set_Pixel_Sizes(face, 0, Glyphs::kPixels) == 0;
  }
  //! A blank glyph where the font cannot give it: text is drawn with a gap rather than not at all.
  MadeGlyph make(const FontPlace& place, uint32_t glyph) {
    MadeGlyph made{.glyph = glyph};
    if (!open(place) || FT_Load_Glyph(face, glyph, FT_LOAD_NO_HINTING) != 0 || face->glyph->outline.n_points == 0 ||
        FT_Render_Glyph(face->glyph, FT_RENDER_MODE_SDF) != 0)
      return made;
    const FT_Bitmap& bitmap = face->glyph->bitmap;
    made.left = static_cast<int16_t>(face->glyph->bitmap_left);
    made.top = static_cast<int16_t>(face->glyph->bitmap_top);
    made.width = static_cast<uint16_t>(bitmap.width);
    made.height = static_cast<uint16_t>(bitmap.rows);
    made.pixels.resize(size_t(made.width) * made.height);
    for (uint32_t row = 0; row < bitmap.rows; ++row)
      std::memcpy(&made.pixels[size_t(row) * made.width], bitmap.buffer + std::ptrdiff_t(row) * bitmap.pitch, made.width);
    return made;
  }
};

constexpr char kMagic[8] = {'C', 'M', 'G', 'L', 'Y', 'P', 'H', '1'};

std::string pack(const std::vector<MadeGlyph>& glyphs) {
  std::string bytes(kMagic, sizeof kMagic);
  auto put = [&](const auto& value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
  for (const MadeGlyph& g : glyphs) {
    put(g.glyph), put(g.left), put(g.top), put(g.width), put(g.height);
    bytes.append(reinterpret_cast<const char*>(g.pixels.data()), g.pixels.size());
  }
  return bytes;
}

//! What can be read of a cache file; a broken tail is dropped.
std::vector<MadeGlyph> unpack(std::string_view bytes) {
  std::vector<MadeGlyph> glyphs;
  if (!bytes.starts_with(std::string_view(kMagic, sizeof kMagic))) return glyphs;
  bytes.remove_prefix(sizeof kMagic);
  auto take = [&](auto& value) {
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
  };
  while (bytes.size() >= 12) {
    MadeGlyph g;
    take(g.glyph), take(g.left), take(g.top), take(g.width), take(g.height);
    const size_t size = size_t(g.width) * g.height;
    if (size > bytes.size() || g.width > 512 || g.height > 512) break;
    g.pixels.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    bytes.remove_prefix(size);
    glyphs.push_back(std::move(g));
  }
  return glyphs;
}

}  // namespace

Result<Path> findFont() {
  auto place = fontPlace();
  if (!place) return place.error();
  return place->file;
}

struct Glyphs::Impl {
  FontPlace font;
  Path cacheFile;
  hb_blob_t* blob = nullptr;
  hb_face_t* hbFace = nullptr;
  hb_font_t* hbFont = nullptr;
  float emUnits = 1000;

  std::unordered_map<std::string, ShapedText> shaped;
  std::unordered_map<uint32_t, AtlasGlyph> placed;
  std::unordered_set<uint32_t> asked;
  std::vector<MadeGlyph> known;       // all in the atlas or on disk, for the cache file
  size_t unsaved = 0, inTheMaking = 0;

  std::vector<uint8_t> atlas = std::vector<uint8_t>(size_t(kAtlasSize) * kAtlasSize, 0);
  uint32_t penX = 1, penY = 1, shelf = 0;
  Rows dirty{kAtlasSize, 0};
  bool full = false;

  Mailbox<MadeGlyph> made;
  Maker maker;
  JobPool pool{1};                    // last: joined before what its jobs use is gone

  ~Impl() {
    if (hbFont) hb_font_destroy(hbFont);
    if (hbFace) hb_face_destroy(hbFace);
    if (blob) hb_blob_destroy(blob);
  }

  void place(const MadeGlyph& g) {
    AtlasGlyph& at = placed[g.glyph];
    at.ready = true;
    at.blank = g.pixels.empty();
    if (at.blank) return;
    if (penX + g.width + 1 > kAtlasSize) penX = 1, penY += shelf + 1, shelf = 0;
    if (penY + g.height + 1 > kAtlasSize) {
      if (!full) log::warning("the atlas of glyphs is full: some characters are missing from labels");
      full = at.blank = true;
      return;
    }
    for (uint32_t row = 0; row < g.height; ++row)
      std::memcpy(&atlas[size_t(penY + row) * kAtlasSize + penX], &g.pixels[size_t(row) * g.width], g.width);
    const float em = kPixels, size = kAtlasSize;
    at.lo = glm::vec2(g.left, -g.top) / em;
    at.hi = at.lo + glm::vec2(g.width, g.height) / em;
    at.uvLo = glm::vec2(penX, penY) / size;
    at.uvHi = glm::vec2(penX + g.width, penY + g.height) / size;
    dirty.begin = std::min(dirty.begin, penY);
    dirty.end = std::max(dirty.end, penY + g.height);
    penX += g.width + 1;
    shelf = std::max(shelf, uint32_t(g.height));
  }

  void ask(uint32_t glyph) {
    if (!asked.insert(glyph).second) return;
    ++inTheMaking;
    pool.submit(0, [this, glyph](std::stop_token) { made.post(maker.make(font, glyph)); });
  }

  void save() {
    if (unsaved == 0) return;
    unsaved = 0;
    auto written = writeFileAtomically(cacheFile, pack(known));
    if (!written) log::warning("made glyphs are not kept for the next start: {}", written.error().text());
  }
};

Glyphs::Glyphs(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Glyphs::~Glyphs() {
  collect();
  impl_->save();
}

Result<std::unique_ptr<Glyphs>> Glyphs::create(const Path& cache) {
  auto font = fontPlace();
  if (!font) return font.error();
  auto impl = std::make_unique<Impl>();
  impl->font = *font;
  impl->blob = hb_blob_create_from_file(font->file.c_str());
  impl->hbFace = hb_face_create(impl->blob, font->face);
  if (hb_face_get_glyph_count(impl->hbFace) == 0)
    return makeError("{}: face {} is not a font that can be read", font->file.string(), font->face);
  impl->hbFont = hb_font_create(impl->hbFace);
  hb_ot_font_set_funcs(impl->hbFont);
  impl->emUnits = static_cast<float>(hb_face_get_upem(impl->hbFace));
  hb_font_set_scale(impl->hbFont, static_cast<int>(impl->emUnits), static_cast<int>(impl->emUnits));

  std::error_code ignored;
  const uint64_t key = hash64(fmt::format("{}:{}:{}:{}:{}", font->file.string(), font->face,
                                          std::filesystem::file_size(font->file, ignored), kPixels, kSpread));
  impl->cacheFile = cache / fmt::format("glyphs-{:016x}.bin", key);
  if (std::filesystem::exists(impl->cacheFile, ignored)) {
    if (auto bytes = readFile(impl->cacheFile)) impl->known = unpack(asText(*bytes));
    for (const MadeGlyph& g : impl->known)
      if (impl->asked.insert(g.glyph).second) impl->place(g);
  }
  return std::unique_ptr<Glyphs>(new Glyphs(std::move(impl)));
}

const ShapedText& Glyphs::shape(std::string_view text, float spacing) {
  std::string key = fmt::format("{}\n{}", spacing, text);
  if (auto found = impl_->shaped.find(key); found != impl_->shaped.end()) return found->second;
  hb_buffer_t* buffer = hb_buffer_create();
  hb_buffer_add_utf8(buffer, text.data(), static_cast<int>(text.size()), 0, static_cast<int>(text.size()));
  hb_buffer_guess_segment_properties(buffer);
  hb_shape(impl_->hbFont, buffer, nullptr, 0);
  unsigned count = 0;
  const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer, &count);
  const hb_glyph_position_t* positions = hb_buffer_get_glyph_positions(buffer, &count);
  ShapedText out;
  float pen = 0;
  for (unsigned i = 0; i < count; ++i) {
    const auto em = [&](hb_position_t units) { return static_cast<float>(units) / impl_->emUnits; };
    out.glyphs.push_back({infos[i].codepoint, {pen + em(positions[i].x_offset), -em(positions[i].y_offset)}});
    pen += em(positions[i].x_advance) + spacing;
    impl_->ask(infos[i].codepoint);
  }
  hb_buffer_destroy(buffer);
  out.width = count > 0 ? pen - spacing : 0;
  return impl_->shaped.emplace(std::move(key), std::move(out)).first->second;
}

AtlasGlyph Glyphs::glyph(uint32_t glyph) const {
  auto found = impl_->placed.find(glyph);
  return found == impl_->placed.end() ? AtlasGlyph{} : found->second;
}

bool Glyphs::collect() {
  std::vector<MadeGlyph> made = impl_->made.drain();
  for (MadeGlyph& g : made) {
    impl_->place(g);
    impl_->known.push_back(std::move(g));
  }
  impl_->inTheMaking -= made.size();
  impl_->unsaved += made.size();
  return !made.empty();
}

bool Glyphs::pending() const { return impl_->inTheMaking > 0; }

void Glyphs::waitAll() {
  impl_->pool.waitIdle();
  collect();
  impl_->save();
}

const std::vector<uint8_t>& Glyphs::atlas() const { return impl_->atlas; }

Glyphs::Rows Glyphs::takeDirtyRows() {
  if (impl_->dirty.begin >= impl_->dirty.end) return {};
  return std::exchange(impl_->dirty, Rows{kAtlasSize, 0});
}

}  // namespace cm::frame
