//! The UI layer without a window: frames with scripted fingers, and the commands that come of them.
#pragma once

#include <imgui.h>

#include <variant>
#include <vector>

#include "app/ui/layout.h"
#include "app/ui/ui.h"
#include "unit/city/example.h"

namespace cm::app::ui {

class UiHarness {
 public:
  explicit UiHarness(glm::vec2 size = {1280, 720}) : context_(ImGui::CreateContext()), city(city::example()), ui(city.document()) {
    seen.windowSize = size;
    ImGui::GetIO().DisplaySize = {size.x, size.y};
    frames(3);
    commands.clear();
  }
  ~UiHarness() { ImGui::DestroyContext(context_); }
  UiHarness(const UiHarness&) = delete;
  UiHarness& operator=(const UiHarness&) = delete;

 private:
  ImGuiContext* context_;

 public:
  city::City city;
  Ui ui;
  Observations seen;
  std::vector<city::Command> commands;   // everything emitted since it was last cleared
  int atlasesBuilt = 0;

  void frames(int count) {
    for (int i = 0; i < count; ++i) {
      seen.nowSeconds += 1.0 / 60;
      ImGui::GetIO().DeltaTime = 1.0f / 60;
      if (ui.prepare(city.document(), city.session(), seen)) {
        ++atlasesBuilt;
        ImGui::GetIO().Fonts->SetTexID(reinterpret_cast<ImTextureID>(1));
      }
      ImGui::NewFrame();
      std::vector<city::Command> emitted;
      ui.draw(city.document(), city.session(), seen, emitted);
      ImGui::Render();
      city.apply(emitted, seen.nowSeconds);
      commands.insert(commands.end(), emitted.begin(), emitted.end());
    }
  }
  void press(glm::vec2 at) {
    ImGui::GetIO().AddMousePosEvent(at.x, at.y);
    frames(2);
    ImGui::GetIO().AddMouseButtonEvent(0, true);
    frames(1);
  }
  void moveTo(glm::vec2 at) {
    ImGui::GetIO().AddMousePosEvent(at.x, at.y);
    frames(2);
  }
  void release() {
    ImGui::GetIO().AddMouseButtonEvent(0, false);
    frames(1);
    ImGui::GetIO().AddMousePosEvent(-9999, -9999);
    frames(1);
  }
  //! One finger down and up at one place; returns what it made.
  std::vector<city::Command> tap(glm::vec2 at) {
    commands.clear();
    press(at);
    release();
    return commands;
  }
  Layout layout(bool card = false) const { return layoutFor(seen.windowSize, seen.scale, {true, card, true, city.session().statistics}); }
};

template <class T>
const T* only(const std::vector<city::Command>& commands) {
  const T* found = nullptr;
  for (const auto& command : commands)
    if (const T* match = std::get_if<T>(&command)) found = match;
  return found;
}

}  // namespace cm::app::ui
