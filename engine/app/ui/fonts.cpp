#include "app/ui/fonts.h"

#include <fcntl.h>
#include <imgui_freetype.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include "app/ui/words.h"
#include "base/log.h"

namespace cm::app::ui {
namespace {

//! The bold face beside a regular one: the same name with Bold in it; the regular one where there is none.
FontFile boldBeside(const FontFile& regular) {
  std::string name = regular.path.filename().string();
  size_t at = name.find("Regular");
  if (at == name.npos) return regular;
  FontFile bold{regular.path.parent_path() / name.replace(at, 7, "Bold"), regular.index};
  std::error_code ignored;
  return std::filesystem::exists(bold.path, ignored) ? bold : regular;
}

std::string trimmed(const std::string& text) {
  size_t first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
  return first == text.npos ? std::string{} : text.substr(first, last - first + 1);
}

}  // namespace

FontFile findFont(bool bold) {
  auto bytes = readFile(assetsFolder() / "fonts.txt");
  if (!bytes) {
    log::error("{}", bytes.error().text());
    return {};
  }
  // Lines of "file ; face index in the file ; note"; # begins a comment.
  std::istringstream lines{std::string(asText(*bytes))};
  std::error_code ignored;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream parts(line);
    std::string file, index;
    std::getline(parts, file, ';');
    std::getline(parts, index, ';');
    FontFile font{trimmed(file), std::atoi(index.c_str())};
    if (font.path.empty() || !std::filesystem::exists(font.path, ignored)) continue;
    return bold ? boldBeside(font) : font;
  }
  return {};
}

// Mapped, not read: a collection has 19 MB, of which the characters of one city touch a few hundred kilobytes.
Fonts::MappedFont::MappedFont(const FontFile& file) : index(file.index) {
  int fd = file.path.empty() ? -1 : ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  struct stat info {};
  if (::fstat(fd, &info) == 0 && info.st_size > 0) {
    bytes = static_cast<size_t>(info.st_size);
    void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    data = mapped == MAP_FAILED ? nullptr : mapped;
  }
  ::close(fd);
}

Fonts::MappedFont& Fonts::MappedFont::operator=(MappedFont&& other) noexcept {
  std::swap(data, other.data);
  std::swap(bytes, other.bytes);
  std::swap(index, other.index);
  return *this;
}

Fonts::MappedFont::~MappedFont() {
  if (data) ::munmap(data, bytes);
}

bool Fonts::want(std::string_view utf8) {
  bool added = false;
  eachCharacter(utf8, [&](unsigned code, size_t, size_t) {
    if (code < 0x20 || code >= 0xfffe || wanted_[code]) return;
    wanted_[code] = true;
    added = true;
  });
  changed_ |= added;
  return added;
}

void Fonts::want(const city::Document& document) {
  want(document.name);
  want(document.description);
  want(document.dataDate);
  for (const auto& source : document.sources) {
    want(source.name);
    want(source.note);
    want(source.licence);
    want(source.date);
  }
  for (const auto& overlay : document.overlays) {
    want(overlay.name);
    for (const auto& item : overlay.items) {
      want(item.name);
      want(item.story);
    }
  }
  for (const auto& imagery : document.imagery) {
    want(imagery.name);
    want(imagery.attribution);
  }
  for (const auto& project : document.projects) {
    want(project.name);
    want(project.story);
    for (const auto& phase : project.phases) want(phase.name);
    for (const auto& figure : project.figures) {
      want(figure.label);
      want(figure.unit);
    }
  }
  for (const auto& picture : document.pictures) want(picture.caption);
  for (const auto& scenario : document.scenarios) want(scenario.name);
  for (const auto& view : document.views) want(view.name);
  for (const auto& style : document.styles) {
    want(style.name);
    want(style.unit);
    for (const auto& category : style.categories) {
      want(category.name);
      want(category.value);
    }
  }
}

void Fonts::want(const Words& words) {
  for (const auto& [key, text] : words.all()) want(text);
}

bool Fonts::build(float scale) {
  if (!changed_ && scale == scale_) return false;
  changed_ = false;
  scale_ = scale;
  for (unsigned code = 0x20; code < 0x100; ++code) wanted_[code] = true;
  for (unsigned code : {0x2013u, 0x2014u, 0x2026u, 0x2192u, 0x2265u, 0x00b7u, 0x2018u, 0x2019u, 0x201cu, 0x201du})
    wanted_[code] = true;
  ranges_.clear();
  for (unsigned code = 0x20; code < wanted_.size(); ++code) {
    if (!wanted_[code] || (code >= 0x7f && code < 0xa0)) continue;
    if (!ranges_.empty() && ranges_.back() + 1u == code)
      ranges_.back() = static_cast<ImWchar>(code);
    else
      ranges_.insert(ranges_.end(), {static_cast<ImWchar>(code), static_cast<ImWchar>(code)});
  }
  ranges_.push_back(0);

  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
  atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
  atlas.TexDesiredWidth = 2048;
  if (!regular_.data) {
    regular_ = MappedFont(findFont(false));
    bold_ = MappedFont(findFont(true));
    if (!regular_.data)
      log::error("no Chinese font was found: install the package fonts-noto-cjk or name one in {}",
                 (assetsFolder() / "fonts.txt").string());
  }
  auto add = [&](const MappedFont& font, float size) -> ImFont* {
    ImFontConfig config;
    config.FontNo = font.index;
    config.OversampleH = config.OversampleV = 1;
    config.PixelSnapH = true;
    config.GlyphRanges = ranges_.data();
    config.FontDataOwnedByAtlas = false;
    config.SizePixels = std::round(size * scale * kLineOfEm);
    if (!font.data) return atlas.AddFontDefault(&config);
    return atlas.AddFontFromMemoryTTF(font.data, static_cast<int>(font.bytes), config.SizePixels, &config,
                                      ranges_.data());
  };
  const MappedFont &regular = regular_, &bold = bold_.data ? bold_ : regular_;
  small = body = strong = title = display = add(regular, 13);
  if (!onlySmall_) {
    body = add(regular, 15.5f);
    strong = add(bold, 15.5f);
    title = add(bold, 20);
    display = add(bold, 28);
  }
  ImGui::GetIO().FontDefault = body;
  if (!atlas.Build())
    log::error("the characters of the layer could not be drawn from {}", findFont(false).path.string());
  return true;
}

}  // namespace cm::app::ui
