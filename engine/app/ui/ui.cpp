#include "app/ui/ui.h"

#include <imgui_internal.h>

#include <algorithm>

#include "app/ui/panels.h"
#include "city/land_use.h"

namespace cm::app::ui {

struct Ui::Impl {
  Words words{assetsFolder() / "i18n"};
  Theme light = loadTheme(assetsFolder() / "themes" / "harbour.json"),
        dark = loadTheme(assetsFolder() / "themes" / "night.json");
  Theme theme = light;
  float darkness = -1;  // 0 light, 1 dark; below 0 before the first frame
  double themeSeconds = 0;
  Fonts fonts;
  State state;
  Layout layout;
  bool helpAsked = false, playAsked = false, swipeAsked = false, opened = false, themeMoves = false;

  bool followTheme(bool darkPicture, double nowSeconds);
};

//! Panels go dark with the picture behind them, in half a second; true where this changed the theme.
bool Ui::Impl::followTheme(bool darkPicture, double nowSeconds) {
  const float wanted = darkPicture ? 1.0f : 0.0f;
  const auto step = static_cast<float>(std::clamp(nowSeconds - themeSeconds, 0.0, 0.1) / 0.5);
  themeSeconds = nowSeconds;
  const float before = darkness;
  if (darkness < 0) darkness = wanted;
  darkness = darkness < wanted ? std::min(wanted, darkness + step) : std::max(wanted, darkness - step);
  theme = mix(light, dark, darkness * darkness * (3 - 2 * darkness));
  themeMoves = darkness != wanted;
  return darkness != before;
}

Ui::Ui(const city::Document& document, Shows shows) : impl_(std::make_unique<Impl>()) {
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;  // nothing of this is kept by ImGui
  io.LogFilename = nullptr;
  io.ConfigFlags &= ~ImGuiConfigFlags_NavEnableKeyboard;
  if (shows == Shows::Attribution) impl_->fonts.onlySmall();
  impl_->fonts.want(impl_->words);
  impl_->fonts.want(document);
  impl_->fonts.want(city::landUseStyle().name);
  for (const auto& category : city::landUseStyle().categories) impl_->fonts.want(category.name);
}

Ui::~Ui() = default;

bool Ui::prepare(const city::Document& document, const city::Session& session, const Observations& seen) {
  Fonts& fonts = impl_->fonts;
  for (const auto& view : document.views) fonts.want(view.name);
  fonts.want(seen.picked.title);
  fonts.want(seen.picked.source);
  for (const auto& [label, value] : seen.picked.facts) {
    fonts.want(label);
    fonts.want(std::string_view(value));
  }
  for (const StationLine& line : seen.card.lines)
    for (const LineStop& stop : line.stops) fonts.want(stop.name);
  for (const city::Figure& figure : seen.card.model.figures) {
    fonts.want(figure.label);
    fonts.want(figure.unit);
  }
  for (const std::string& error : seen.errors) fonts.want(std::string_view(error));
  if (session.statistics)
    for (const std::string& line : seen.statistics) fonts.want(std::string_view(line));

  float scale = scaleFor(seen.windowSize, seen.scale);
  if (!impl_->opened) {  // a narrow window opens with its panel folded away
    impl_->opened = true;
    impl_->state.panelOpen = seen.windowSize.x / scale >= 700;
  }
  const bool fontsMade = fonts.build(scale),
             themeMoved = impl_->followTheme(darkPicture(session, seen.night), seen.nowSeconds);
  if (fontsMade || themeMoved) applyStyle(impl_->theme, scale);
  return fontsMade;
}

void Ui::draw(const city::Document& document, const city::Session& session, const Observations& seen,
              std::vector<city::Command>& out) {
  State& state = impl_->state;
  if (document.projects.empty()) state.tab = Tab::Layers;
  state.frameSeconds =
      state.previousSeconds < 0 ? 0 : static_cast<float>(std::clamp(seen.nowSeconds - state.previousSeconds, 0.0, 0.1));
  state.previousSeconds = seen.nowSeconds;
  state.animating = impl_->themeMoves;
  if (std::exchange(impl_->helpAsked, false)) state.helpOpen = !state.helpOpen;

  const city::Style* style = city::shownStyle(document, session);
  LayoutWishes wishes{state.panelOpen,
                      hasCard(document, session, seen),
                      !document.views.empty(),
                      session.statistics,
                      !document.projects.empty() || document.scenarios.size() > 1,
                      hasDates(document),
                      style != nullptr};
  impl_->layout = layoutFor(seen.windowSize, seen.scale, wishes);
  Context ui{document, session, seen, out, impl_->words, impl_->theme, impl_->fonts, state, impl_->layout};
  if (!seen.touchable) {
    wishes.creditLines = creditLineCount(ui);
    impl_->layout = layoutFor(seen.windowSize, seen.scale, wishes);
  }
  // What a card needs, not what it might have: the divider's handle looks for a free place beside it.
  impl_->layout.panel = fitted(state, state.tab == Tab::Projects ? "projects" : "layers", impl_->layout.panel);
  impl_->layout.legend = fitted(state, "legend " + (style ? style->id : ""), impl_->layout.legend);
  impl_->layout.card = fitted(state, "card " + session.selection.id, impl_->layout.card);
  if (std::exchange(impl_->playAsked, false)) {
    state.playing = !state.playing;
    state.playYears = shownYears(ui);
  }

  if (std::exchange(impl_->swipeAsked, false)) {
    if (session.compare == city::Compare::Swipe)
      ui.emit(city::SetCompare{city::Compare::Off});
    else
      swipe(ui);
  }

  state.overPicture.clear();
  drawDivider(ui);
  drawLens(ui);
  drawAttribution(ui);
  drawTitle(ui);
  if (wishes.compare) drawCompare(ui);
  drawCorner(ui);
  drawSidePanel(ui);
  drawViews(ui);
  if (wishes.years) drawTimeBar(ui);
  drawNavigation(ui);
  drawCard(ui);
  drawLegend(ui);
  drawStatistics(ui);
  drawLoading(ui);
  drawErrors(ui);
  drawHelp(ui);
}

void Ui::drawAttributionOnly(const city::Document& document, const city::Session& session, const Observations& seen) {
  const Layout whole = layoutFor(seen.windowSize, seen.scale, {});
  impl_->layout = {};
  impl_->layout.scale = whole.scale;
  impl_->layout.attribution = whole.attribution;
  std::vector<city::Command> none;
  Context ui{document, session, seen, none, impl_->words, impl_->theme, impl_->fonts, impl_->state, impl_->layout};
  impl_->state.overPicture.clear();
  impl_->layout.attribution = drawAttributionAlone(ui);
  drawDividerLine(ui);
  drawLensRim(ui);
}

bool Ui::covers(glm::vec2 at) const {
  const auto& windows = ImGui::GetCurrentContext()->Windows;
  return std::any_of(windows.begin(), windows.end(), [&](const ImGuiWindow* window) {
    return window->Active && !window->Hidden && !(window->Flags & ImGuiWindowFlags_NoMouseInputs) &&
           window->OuterRectClipped.Contains({at.x, at.y});
  });
}

bool Ui::animating() const { return impl_->state.animating || impl_->state.playing; }
std::vector<glm::vec4> Ui::covered() const {
  std::vector<glm::vec4> boxes = impl_->state.overPicture;
  for (const auto& [name, rect] : impl_->layout.all())
    if (!rect.empty()) boxes.emplace_back(rect.x, rect.y, rect.right(), rect.bottom());
  return boxes;
}
void Ui::toggleHelp() { impl_->helpAsked = !impl_->helpAsked; }
void Ui::toggleSwipe() { impl_->swipeAsked = !impl_->swipeAsked; }

void Ui::togglePlay() { impl_->playAsked = !impl_->playAsked; }

}  // namespace cm::app::ui
