// Under the metro's lines: what each network looks like, where trains are switched on, and that nobody's timetable moves them.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/ui/panels.h"

namespace cm::app::ui {
namespace {

constexpr float kRowHeight = 30, kSampleLength = 34;

//! One line of the city as frame/overlay_lines draws it.
void lineSample(const Context& ui, ImVec2 at, city::Network network, bool underground, ImU32 colour) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float length = ui.px(kSampleLength), y = std::round(at.y);
  const auto band = [&](float from, float to, float thick, ImU32 ink) {
    list.AddRectFilled({at.x + from, y - thick / 2}, {at.x + to, y + thick / 2}, ink, 1);
  };
  const ImU32 paper = IM_COL32(0xfc, 0xfb, 0xf8, 255);
  if (underground) {
    band(0, length, ui.px(6), withAlpha(colour, 0.42f));
    for (float from = 0; from < length; from += ui.px(14))
      band(from, std::min(from + ui.px(9), length), ui.px(6), withAlpha(colour, 0.86f));
    return;
  }
  switch (network) {
    case city::Network::Urban: band(0, length, ui.px(6), colour); break;
    case city::Network::Suburban:
      band(0, length, ui.px(7), ui.theme.ink);
      band(0, length, ui.px(4), colour);
      break;
    case city::Network::Intercity:
      band(0, length, ui.px(7), colour);
      for (float from = ui.px(2); from < length; from += ui.px(12))
        band(from, std::min(from + ui.px(6), length - 1), ui.px(3), paper);
      break;
    case city::Network::HighSpeed:
      band(0, length, ui.px(9), colour);
      band(0, length, ui.px(4), paper);
      break;
  }
}

struct Entry {
  std::string name;
  city::Network network;
  bool underground;
  ImU32 colour;
};

std::vector<Entry> entries(const Context& ui) {
  std::vector<Entry> found;
  const std::array<std::pair<city::Network, const char*>, 4> kNames{{{city::Network::Urban, "network.urban"},
                                                                     {city::Network::Suburban, "network.suburban"},
                                                                     {city::Network::Intercity, "network.intercity"},
                                                                     {city::Network::HighSpeed, "network.highSpeed"}}};
  for (const auto& [network, key] : kNames)
    for (const city::Overlay& overlay : ui.document.overlays) {
      if (overlay.kind != city::OverlayKind::Metro && overlay.kind != city::OverlayKind::Rail) continue;
      const auto item = std::find_if(overlay.items.begin(), overlay.items.end(),
                                     [wanted = network](const city::OverlayItem& i) { return i.network == wanted; });
      if (item == overlay.items.end()) continue;
      found.push_back({ui.tr(key), network, false, colourOf(item->colour)});
      break;
    }
  if (!found.empty()) found.push_back({ui.tr("network.underground"), city::Network::Urban, true, found.front().colour});
  return found;
}

}  // namespace

bool hasTrains(const city::Document& document) {
  for (const city::Overlay& overlay : document.overlays)
    for (const city::OverlayItem& item : overlay.items)
      if (item.service.headwaySeconds > 0) return true;
  return false;
}

void drawRailLegend(Context& ui, float width) {
  const std::vector<Entry> all = entries(ui);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float left = ui.px(18), column = (width - 2 * left) / 2;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  for (size_t i = 0; i < all.size(); ++i) {
    const float x = at.x + left + column * float(i % 2), y = at.y + ui.px(kRowHeight) * (float(i / 2) + 0.5f);
    lineSample(ui, {x, y}, all[i].network, all[i].underground, all[i].colour);
    const float text = x + ui.px(kSampleLength + 8);
    drawFitted(list, ui.fonts.small, {text, y - em(ui.fonts.small) / 2}, ui.theme.inkSoft, all[i].name,
               column - ui.px(kSampleLength + 12));
  }
  ImGui::Dummy({width, ui.px(kRowHeight) * float((all.size() + 1) / 2) + ui.px(4)});
}

}  // namespace cm::app::ui
