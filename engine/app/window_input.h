//! What the window's mouse, fingers and keys mean: gestures to the camera, keys to commands. Reads GLFW's state once a frame
//! and its callbacks' queue; the loop's thread.
#pragma once

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <glm/glm.hpp>

#include <optional>
#include <utility>
#include <vector>

#include "app/camera_control.h"
#include "app/stage.h"
#include "app/touch.h"
#include "app/touch_gestures.h"
#include "app/ui/ui.h"

namespace cm::app {

class WindowInput {
 public:
  //! Installs the callbacks (before Dear ImGui's, which chains them). `window` must outlive it.
  explicit WindowInput(GLFWwindow* window);

  //! Takes in what mouse, keys and fingers did; waits for it, at most this long.
  void wait(double seconds);
  //! Turns what happened since the last frame into commands. `uiHasMouse`/`uiHasKeys`: the control layer has taken them.
  void handle(Stage& stage, ui::Ui& layer, bool uiHasMouse, bool uiHasKeys, double nowSeconds, std::vector<city::Command>& out);
  //! A click that asks what is under it, in window units; taken once.
  std::optional<glm::dvec2> takeClick();
  bool dragging() const { return drag_ != Drag::None; }
  bool closeAsked() const { return closeAsked_; }
  bool takeFullscreenToggle() { return std::exchange(fullscreenToggle_, false); }
  //! Something came in since the last call: the loop need not sleep.
  bool takeActivity();

 private:
  enum class Drag { None, Pan, Turn, Lens };
  struct Button { int button = 0, action = 0, mods = 0; glm::dvec2 at{0}; };
  void fingers(Stage& stage, const ui::Ui& layer, CameraControl& control, glm::dvec2 size, double nowSeconds,
               std::vector<city::Command>& out, bool& moved);
  void click(glm::dvec2 at, Stage& stage, glm::dvec2 size, double nowSeconds, std::vector<city::Command>& out);
  void button(const Button& event, Stage& stage, CameraControl& control, bool uiHasMouse, glm::dvec2 size, double nowSeconds,
              std::vector<city::Command>& out, bool& moved);
  bool drag(CameraControl& control, glm::dvec2 to, glm::dvec2 size);
  void keys(Stage& stage, ui::Ui& layer, CameraControl& control, double seconds, std::vector<city::Command>& out, bool& moved);
  glm::dvec2 fraction(glm::dvec2 at) const;

  GLFWwindow* window_;
  TouchScreen touchScreen_;
  std::vector<Touch> touches_;                   // not yet handled
  TouchGestures gestures_;
  //! A press is judged one frame late: only then has the control layer seen the pointer where it is.
  std::vector<Button> buttons_, ripe_;
  std::vector<std::pair<int, int>> pressed_;     // key, mods
  glm::dvec2 cursor_{0};                         // as of the last event: GLFW's own answer runs ahead of the queue
  double scroll_ = 0;
  Drag drag_ = Drag::None;
  city::LensPlace lens_;                         // as this turn leaves it
  glm::dvec2 downAt_{0}, lastAt_{0}, lastClickAt_{0};
  double downSince_ = 0, lastClick_ = -10;
  bool wandered_ = false, closeAsked_ = false, fullscreenToggle_ = false, activity_ = false;
  std::optional<glm::dvec2> click_;
  double lastSeconds_ = 0;
};

}  // namespace cm::app
