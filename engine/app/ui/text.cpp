// Measuring, wrapping and drawing of text: the part of widgets.h that knows about Chinese.
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "app/ui/widgets.h"

namespace cm::app::ui {
namespace {

bool isWide(unsigned code) { return code >= 0x2e80; }

//! Marks that may not begin a line (JIS X 4051 and GB/T 15834 agree on these).
bool closes(unsigned code) {
  switch (code) {
    case 0x3001:
    case 0x3002:
    case 0xff0c:
    case 0xff1b:
    case 0xff1a:
    case 0xff01:
    case 0xff1f:
    case 0xff09:
    case 0x300b:
    case 0x300d:
    case 0x300f:
    case 0x3011:
    case 0x201d:
    case 0x2019:
    case 0x2026:
    case ',':
    case '.':
    case ';':
    case ':':
    case '!':
    case '?':
    case ')':
    case '%': return true;
    default: return false;
  }
}

//! Marks that may not end one.
bool opens(unsigned code) {
  switch (code) {
    case 0xff08:
    case 0x300a:
    case 0x300c:
    case 0x300e:
    case 0x3010:
    case 0x201c:
    case 0x2018:
    case '(': return true;
    default: return false;
  }
}

float advanceOf(ImFont* font, unsigned code) {
  return font->GetCharAdvance(static_cast<ImWchar>(code > 0xffff ? 0xfffd : code));
}

}  // namespace

float em(ImFont* font) { return font->FontSize / kLineOfEm; }

float widthOf(ImFont* font, std::string_view text) {
  float width = 0;
  eachCharacter(text, [&](unsigned code, size_t, size_t) { width += advanceOf(font, code); });
  return width;
}

void drawText(ImDrawList& list, ImFont* font, ImVec2 at, ImU32 colour, std::string_view text) {
  if (text.empty()) return;
  float above = (font->FontSize - em(font)) / 2;
  list.AddText(font, font->FontSize, {std::round(at.x), std::round(at.y - above)}, colour, text.data(),
               text.data() + text.size());
}

void drawFitted(ImDrawList& list, ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, float room) {
  constexpr float kLeast = 0.78f;
  const float scale = room / std::max(widthOf(font, text), 1.0f);
  if (scale >= 1 || scale < kLeast) return drawText(list, font, at, colour, clipped(font, text, room));
  const float size = font->FontSize * scale, above = (font->FontSize - em(font)) / 2;
  // On the line where the larger letters would stand.
  list.AddText(font, size, {std::round(at.x), std::round(at.y - above + (font->FontSize - size) * 0.8f)}, colour,
               text.data(), text.data() + text.size());
}

std::vector<std::string_view> wrapped(ImFont* font, std::string_view text, float width) {
  std::vector<std::string_view> lines;
  size_t lineStart = 0, breakAt = 0;  // a line may end before `breakAt`
  float x = 0, xAtBreak = 0;
  unsigned previous = 0;
  size_t previousAt = 0;
  float xAtPrevious = 0;
  auto end = [&](size_t at) {
    std::string_view line = text.substr(lineStart, at - lineStart);
    while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
    lines.push_back(line);
    lineStart = at;
  };
  constexpr unsigned kBracket = 0xff08;
  constexpr size_t kShortBytes = 21;  // as （部分示意）: five characters and both brackets
  size_t wholeUntil = 0;              // what stands in short brackets stays together
  eachCharacter(text, [&](unsigned code, size_t at, size_t length) {
    if (code == kBracket)
      if (const size_t closed = text.substr(at, kShortBytes).find("）"); closed != std::string_view::npos)
        wholeUntil = at + closed;
    if (code == '\n') {
      end(at);
      lineStart = breakAt = at + length;
      x = xAtBreak = 0;
      previous = 0;
      return;
    }
    const auto isDigit = [](unsigned c) { return c >= '0' && c <= '9'; };  // a date stays whole
    bool mayBreak = previous != 0 &&
                    (previous == ' ' || (previous == '-' && !isDigit(code)) || isWide(previous) || isWide(code)) &&
                    code != ' ' && !closes(code) && !opens(previous) && (at >= wholeUntil || code == kBracket);
    if (mayBreak) {
      breakAt = at;
      xAtBreak = x;
    }
    float advance = advanceOf(font, code);
    if (x + advance > width && code != ' ' && at > lineStart) {
      if (breakAt <= lineStart) {  // one long word: cut it, but take a letter along with a closing mark
        bool takeAlong = closes(code) && previousAt > lineStart;
        breakAt = takeAlong ? previousAt : at;
        xAtBreak = takeAlong ? xAtPrevious : x;
      }
      end(breakAt);
      x -= xAtBreak;
      xAtBreak = 0;
    }
    xAtPrevious = x;
    previousAt = at;
    x += advance;
    previous = code;
  });
  if (lineStart < text.size() || lines.empty()) end(text.size());
  return lines;
}

std::string clipped(ImFont* font, std::string_view text, float width) {
  if (widthOf(font, text) <= width) return std::string(text);
  float room = width - advanceOf(font, 0x2026);
  size_t kept = 0;
  float x = 0;
  bool full = false;
  eachCharacter(text, [&](unsigned code, size_t at, size_t length) {
    x += advanceOf(font, code);
    full |= x > room;
    if (!full) kept = at + length;
  });
  while (kept > 0 && text[kept - 1] == ' ') --kept;
  // The ellipsis of a Chinese font stands in the middle of the line: right after Chinese only.
  bool latin = kept > 0 && static_cast<unsigned char>(text[kept - 1]) < 0x80;
  return std::string(text.substr(0, kept)) + (latin ? "..." : "…");
}

void paragraph(ImFont* font, ImU32 colour, std::string_view text, float width, float lineGap) {
  ImVec2 at = ImGui::GetCursorScreenPos();
  float step = std::round(em(font) * lineGap);
  float alpha = ImGui::GetStyle().Alpha;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  auto lines = wrapped(font, text, width);
  for (size_t i = 0; i < lines.size(); ++i)
    drawText(list, font, {at.x, at.y + step * static_cast<float>(i) + (step - em(font)) / 2}, withAlpha(colour, alpha),
             lines[i]);
  ImGui::Dummy({width, step * static_cast<float>(lines.size())});
}

std::string number(double value) {
  bool whole = std::abs(value - std::round(value)) < 1e-6 || std::abs(value) >= 1000;
  std::string text = fmt::format("{:.{}f}", value, whole ? 0 : std::abs(value) < 10 ? 2 : 1);
  if (!whole)
    while (text.back() == '0' || text.back() == '.') {
      bool point = text.back() == '.';
      text.pop_back();
      if (point) break;
    }
  size_t point = std::min(text.find('.'), text.size());
  size_t first = text[0] == '-' ? 1 : 0;
  for (size_t at = point; at > first + 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

}  // namespace cm::app::ui
