#include "app/ui/layout.h"

#include <algorithm>
#include <cmath>

namespace cm::app::ui {
namespace {

// Design units.
constexpr float kMargin = 16, kGap = 12;
constexpr float kPanelWidth = 304, kCardWidth = 336;
constexpr float kTitleHeight = 68, kBarHeight = 52;
constexpr float kCompareWidth = 348, kCornerWidth = 144;
constexpr float kTimeHeight = 86, kChipHeight = 44;
constexpr float kNavigationWidth = 4 * 52 + 3 * 8;
constexpr float kLegendWidth = 216;
constexpr float kStatisticsWidth = 300, kStatisticsHeight = 300;

}  // namespace

std::vector<std::pair<const char*, Rect>> Layout::all() const {
  return {{"title", title},
          {"panel", panel},
          {"panelButton", panelButton},
          {"compare", compare},
          {"corner", corner},
          {"card", card},
          {"timeBar", timeBar},
          {"views", views},
          {"navigation", navigation},
          {"attribution", attribution},
          {"statistics", statistics},
          {"legend", legend}};
}

float scaleFor(glm::vec2 windowSize, float displayScale) {
  float fit = std::min(std::min(windowSize.x, windowSize.y) / 720.0f, std::max(windowSize.x, windowSize.y) / 1280.0f);
  // Steps of a twentieth, so that dragging a window's edge does not draw all characters anew at every pixel.
  return std::round(std::max(displayScale, 0.5f) * std::pow(std::clamp(fit, 0.7f, 4.0f), 0.75f) * 20) / 20;
}

Layout layoutFor(glm::vec2 windowSize, float displayScale, const LayoutWishes& wishes) {
  Layout layout;
  layout.scale = scaleFor(windowSize, displayScale);
  const float w = windowSize.x / layout.scale, h = windowSize.y / layout.scale;
  const float right = w - kMargin;
  layout.portrait = w < 1000;
  const bool tiny =
      w < kPanelWidth + kCompareWidth + kCornerWidth + 2 * kMargin + 2 * kGap;  // compare gets a row of its own
  const bool crowded = w < kPanelWidth + kCardWidth + 2 * kMargin + kGap;       // one of panel and card

  const float credits = kCreditHeight * float(wishes.creditLines);
  layout.attribution = {kMargin, h - 8 - credits, w - 2 * kMargin, credits};
  const float floor = layout.attribution.y - 8;

  // The top: title, compare, corner.
  layout.corner = {right - kCornerWidth, kMargin, kCornerWidth, kBarHeight};
  layout.title = {kMargin, kMargin, std::min(kPanelWidth, layout.corner.x - kGap - kMargin), kTitleHeight};
  float top = kMargin + kTitleHeight + kGap, cardTop = kMargin + kBarHeight + kGap;
  if (tiny) {
    layout.compare = {std::max((w - kCompareWidth) / 2, kMargin), top, std::min(kCompareWidth, w - 2 * kMargin),
                      kBarHeight};
    top = cardTop = layout.compare.bottom() + kGap;
  } else {
    float leftmost = layout.title.right() + kGap, rightmost = layout.corner.x - kGap - kCompareWidth;
    layout.compare = {std::max(leftmost, std::min((w - kCompareWidth) / 2, rightmost)), kMargin, kCompareWidth,
                      kBarHeight};
  }

  if (!wishes.compare) {
    if (tiny) top = cardTop = kMargin + kTitleHeight + kGap;
    layout.compare = {};
  }

  // The bottom: years and buttons, side by side or one above the other, and the saved views above them.
  float bottom = floor;
  layout.navigation = {right - kNavigationWidth, floor - kBarHeight, kNavigationWidth, kBarHeight};
  if (layout.portrait) {
    layout.timeBar = {kMargin, floor - kTimeHeight, w - 2 * kMargin, kTimeHeight};
    if (wishes.years) layout.navigation.y = layout.timeBar.y - kGap - kBarHeight;
    if (wishes.views)
      layout.views = {kMargin, layout.navigation.y + (kBarHeight - kChipHeight) / 2,
                      layout.navigation.x - kGap - kMargin, kChipHeight};
    bottom = layout.navigation.y - kGap;
  } else {
    float left = kMargin + kPanelWidth + kGap;
    layout.timeBar = {left, floor - kTimeHeight, layout.navigation.x - kGap - left, kTimeHeight};
    const float y = wishes.years ? layout.timeBar.y - 10 - kChipHeight : floor - (kBarHeight + kChipHeight) / 2;
    if (wishes.views) layout.views = {left, y, layout.timeBar.width, kChipHeight};
  }

  if (!wishes.years) layout.timeBar = {};

  // The sides. In a wide window the panel may reach down beside the years; the card ends above the buttons.
  const float panelBottom = layout.portrait ? bottom : floor;
  const float cardBottom = layout.portrait ? bottom : layout.navigation.y - kGap;
  const bool panelOpen = wishes.panel && !(crowded && wishes.card);
  layout.panelButton = panelOpen ? Rect{} : Rect{kMargin, top, kBarHeight, kBarHeight};
  if (panelOpen)
    layout.panel = {kMargin, top, std::min(kPanelWidth, w - 2 * kMargin), std::max(panelBottom - top, 120.0f)};
  if (wishes.card) {
    float width = std::min(kCardWidth, w - 2 * kMargin - (crowded ? kBarHeight + kGap : 0));
    // Beside views that reach under it, the card stays above them.
    layout.card = {right - width, cardTop, width, std::max(cardBottom - cardTop, 120.0f)};
    if (!layout.portrait && !layout.views.empty() && layout.card.x < layout.views.right() + kGap)
      layout.views.width = std::max(layout.card.x - kGap - layout.views.x, 0.0f);
    if (!layout.portrait && wishes.years && layout.card.x < layout.timeBar.right() + kGap)
      layout.card.height = std::min(layout.card.height, layout.timeBar.y - kGap - layout.card.y);
  }
  // Where the card is, the legend of a style is not: it also stands in the panel.
  if (wishes.legend && !wishes.card && w > kPanelWidth + kLegendWidth + 2 * kMargin + kGap)
    layout.legend = {right - kLegendWidth, cardTop, kLegendWidth, std::max(cardBottom - cardTop, 120.0f)};
  if (wishes.statistics) {
    float x = panelOpen ? layout.panel.right() + kGap : layout.panelButton.right() + kGap;
    float y = std::max(layout.compare.bottom(), layout.title.bottom()) + kGap;
    float width = std::min(kStatisticsWidth, (wishes.card             ? layout.card.x - kGap
                                              : layout.legend.empty() ? right
                                                                      : layout.legend.x - kGap) -
                                                 x);
    float below = layout.portrait ? bottom
                                  : (!layout.views.empty() ? layout.views.y
                                     : wishes.years        ? layout.timeBar.y
                                                           : floor) -
                                        kGap;
    if (width > 120) layout.statistics = {x, y, width, std::clamp(below - y, 60.0f, kStatisticsHeight)};
  }

  for (Rect* rect :
       {&layout.title, &layout.panel, &layout.panelButton, &layout.compare, &layout.corner, &layout.card,
        &layout.timeBar, &layout.views, &layout.navigation, &layout.attribution, &layout.statistics, &layout.legend}) {
    rect->x *= layout.scale;
    rect->y *= layout.scale;
    rect->width *= layout.scale;
    rect->height *= layout.scale;
  }
  return layout;
}

double freeMiddle(const Layout& layout, float windowWidth) {
  constexpr float kLittle = 0.3f;
  float left = 0, right = windowWidth;
  if (!layout.panel.empty()) left = layout.panel.right();
  for (const Rect* rect : {&layout.card, &layout.legend})
    if (!rect->empty()) right = std::min(right, rect->x);
  return right - left < kLittle * windowWidth ? 0.5 : double((left + right) / 2 / windowWidth);
}

}  // namespace cm::app::ui
