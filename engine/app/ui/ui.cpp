#include "app/ui/ui.h"

#include <imgui_internal.h>

#include <algorithm>

#include "app/ui/panels.h"

namespace cm::app::ui {

struct Ui::Impl {
  Words words{assetsFolder() / "i18n"};
  Theme theme = loadTheme(assetsFolder() / "themes" / "harbour.json");
  Fonts fonts;
  State state;
  Layout layout;
  bool helpAsked = false, playAsked = false, opened = false;
};

Ui::Ui(const city::Document& document) : impl_(std::make_unique<Impl>()) {
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;  // nothing of this is kept by ImGui
  io.LogFilename = nullptr;
  io.ConfigFlags &= ~ImGuiConfigFlags_NavEnableKeyboard;
  impl_->fonts.want(impl_->words);
  impl_->fonts.want(document);
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
  for (const std::string& error : seen.errors) fonts.want(std::string_view(error));
  if (session.statistics)
    for (const std::string& line : seen.statistics) fonts.want(std::string_view(line));

  float scale = scaleFor(seen.windowSize, seen.scale);
  if (!impl_->opened) {  // a narrow window opens with its panel folded away
    impl_->opened = true;
    impl_->state.panelOpen = seen.windowSize.x / scale >= 700;
  }
  if (!fonts.build(scale)) return false;
  applyStyle(impl_->theme, scale);
  return true;
}

void Ui::draw(const city::Document& document, const city::Session& session, const Observations& seen,
              std::vector<city::Command>& out) {
  State& state = impl_->state;
  if (document.projects.empty()) state.tab = Tab::Layers;
  state.frameSeconds =
      state.previousSeconds < 0 ? 0 : static_cast<float>(std::clamp(seen.nowSeconds - state.previousSeconds, 0.0, 0.1));
  state.previousSeconds = seen.nowSeconds;
  state.animating = false;
  if (std::exchange(impl_->helpAsked, false)) state.helpOpen = !state.helpOpen;

  LayoutWishes wishes{state.panelOpen,
                      hasCard(document, session, seen),
                      !document.views.empty(),
                      session.statistics,
                      !document.projects.empty() || document.scenarios.size() > 1,
                      hasDates(document),
                      document.style(session.style) != nullptr};
  impl_->layout = layoutFor(seen.windowSize, seen.scale, wishes);
  // What a card needs, not what it might have: the divider's handle looks for a free place beside it.
  impl_->layout.panel = fitted(state, state.tab == Tab::Projects ? "projects" : "layers", impl_->layout.panel);
  impl_->layout.legend = fitted(state, "legend " + session.style, impl_->layout.legend);
  impl_->layout.card = fitted(state, "card " + session.selection.id, impl_->layout.card);
  Context ui{document, session, seen, out, impl_->words, impl_->theme, impl_->fonts, state, impl_->layout};
  if (std::exchange(impl_->playAsked, false)) {
    state.playing = !state.playing;
    state.playYears = shownYears(ui);
  }

  drawDivider(ui);
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
  impl_->layout.attribution = drawAttributionAlone(ui);
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
  std::vector<glm::vec4> boxes;
  for (const auto& [name, rect] : impl_->layout.all())
    if (!rect.empty()) boxes.emplace_back(rect.x, rect.y, rect.right(), rect.bottom());
  return boxes;
}
void Ui::toggleHelp() { impl_->helpAsked = !impl_->helpAsked; }
void Ui::togglePlay() { impl_->playAsked = !impl_->playAsked; }

}  // namespace cm::app::ui
