#include "app/window_input.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/lens_grip.h"

namespace cm::app {
namespace {

constexpr double kClickPixels = 6, kClickSeconds = 0.6, kDoubleClickSeconds = 0.35, kDoubleClickPixels = 40;

WindowInput* self(GLFWwindow* window) { return static_cast<WindowInput*>(glfwGetWindowUserPointer(window)); }

//! Towards what is under a double tap, as an eased flight.
void flyNearer(Stage& stage, glm::dvec2 at, double aspect, double factor, std::vector<city::Command>& out) {
  CameraControl control(stage.axes(), stage.ground());
  control.take(stage.session().camera, aspect);
  control.zoom(at, factor);
  out.push_back(city::FlyTo{control.pose(), 0.5});
}

}  // namespace

WindowInput::WindowInput(GLFWwindow* window) : window_(window), touchScreen_(window) {
  glfwSetWindowUserPointer(window, this);
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int action, int mods) {
    self(w)->buttons_.push_back({button, action, mods, self(w)->cursor_});
    self(w)->activity_ = true;
  });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double, double y) {
    self(w)->scroll_ += y;
    self(w)->activity_ = true;
  });
  glfwGetCursorPos(window, &cursor_.x, &cursor_.y);
  glfwSetCursorPosCallback(window, [](GLFWwindow* w, double x, double y) {
    self(w)->cursor_ = {x, y};
    self(w)->activity_ = true;
  });
  glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int, int action, int mods) {
    if (action != GLFW_RELEASE) self(w)->pressed_.emplace_back(key, mods);
    self(w)->activity_ = true;
  });
  glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { self(w)->activity_ = true; });
}

glm::dvec2 WindowInput::fraction(glm::dvec2 at) const {
  int width = 1, height = 1;
  glfwGetWindowSize(window_, &width, &height);
  return at / glm::dvec2(std::max(1, width), std::max(1, height));
}

std::optional<glm::dvec2> WindowInput::takeClick() { return std::exchange(click_, std::nullopt); }

void WindowInput::wait(double seconds) {
  touchScreen_.wait(seconds);
  for (const Touch& touch : touchScreen_.poll()) touches_.push_back(touch);
}

bool WindowInput::takeActivity() { return std::exchange(activity_, false) || !touches_.empty(); }

void WindowInput::fingers(Stage& stage, const ui::Ui& layer, CameraControl& control, glm::dvec2 size, double nowSeconds,
                          std::vector<city::Command>& out, bool& moved) {
  auto covered = [&](glm::dvec2 at) { return layer.covers(at); };
  city::LensPlace* lens = stage.session().compare == city::Compare::Lens ? &lens_ : nullptr;
  auto outcome = gestures_.follow(std::exchange(touches_, {}), covered, control, size, nowSeconds, lens);
  moved |= outcome.moved;
  if (outcome.landed && stage.session().flight.durationSeconds > 0) out.push_back(city::StopFlight{});
  for (glm::dvec2 at : outcome.taps) click(at, stage, size, nowSeconds, out);
}

//! One asks what is there, two in one place go nearer.
void WindowInput::click(glm::dvec2 at, Stage& stage, glm::dvec2 size, double nowSeconds,
                        std::vector<city::Command>& out) {
  if (nowSeconds - lastClick_ < kDoubleClickSeconds && glm::distance(at, lastClickAt_) < kDoubleClickPixels) {
    flyNearer(stage, fraction(at), size.x / size.y, 0.45, out);
    lastClick_ = -10;
  } else {
    click_ = at;
    lastClick_ = nowSeconds;
    lastClickAt_ = at;
  }
}

//! Moves the camera as the pointer moved from where it was last seen; false while it has not left the place of the press.
bool WindowInput::drag(CameraControl& control, glm::dvec2 to, glm::dvec2 size) {
  if (to == lastAt_) return false;
  if (!wandered_ && glm::distance(to, downAt_) <= kClickPixels) return false;
  if (!wandered_) lastAt_ = downAt_;
  wandered_ = true;
  if (drag_ == Drag::Lens) {
    lens_ = movedBy(lens_, to - lastAt_, size);
    lastAt_ = to;
    return false;
  }
  if (drag_ == Drag::Pan) {
    control.grab(fraction(lastAt_));
    control.dragTo(fraction(to));
  } else {
    control.beginTurn({0.5, 0.5});
    glm::dvec2 d = to - lastAt_;
    control.turn(d.x / size.y * 3.2, -d.y / size.y * 2.2);
  }
  lastAt_ = to;
  return true;
}

void WindowInput::button(const Button& event, Stage& stage, CameraControl& control, bool uiHasMouse, glm::dvec2 size,
                         double nowSeconds, std::vector<city::Command>& out, bool& moved) {
  if (event.action == GLFW_PRESS && !uiHasMouse && drag_ == Drag::None) {
    bool turn = event.button == GLFW_MOUSE_BUTTON_RIGHT || event.button == GLFW_MOUSE_BUTTON_MIDDLE ||
                (event.mods & (GLFW_MOD_CONTROL | GLFW_MOD_SHIFT));
    const bool lens = stage.session().compare == city::Compare::Lens && insideLens(lens_, event.at, size);
    drag_ = turn ? Drag::Turn : lens ? Drag::Lens : Drag::Pan;
    downAt_ = lastAt_ = event.at;
    downSince_ = nowSeconds;
    wandered_ = false;
    if (stage.session().flight.durationSeconds > 0) out.push_back(city::StopFlight{});
  } else if (event.action == GLFW_RELEASE && drag_ != Drag::None) {
    // A whole drag may lie between two frames: what is left of it is the way to where the button came up.
    moved |= drag(control, event.at, size);
    bool still = drag_ != Drag::Turn && !wandered_ && nowSeconds - downSince_ < kClickSeconds;
    drag_ = Drag::None;
    if (still) click(event.at, stage, size, nowSeconds, out);
  }
}

void WindowInput::handle(Stage& stage, ui::Ui& layer, bool uiHasMouse, bool uiHasKeys, double nowSeconds,
                         std::vector<city::Command>& out) {
  int width = 1, height = 1;
  glfwGetWindowSize(window_, &width, &height);
  CameraControl control(stage.axes(), stage.ground());
  control.take(stage.session().camera, double(width) / std::max(1, height));
  bool moved = false;
  const glm::dvec2 size{width, std::max(1, height)};
  lens_ = stage.session().lens;

  fingers(stage, layer, control, size, nowSeconds, out, moved);
  for (const Button& event : std::exchange(ripe_, std::exchange(buttons_, {})))
    button(event, stage, control, uiHasMouse, size, nowSeconds, out, moved);
  if (!ripe_.empty()) activity_ = true;
  if (drag_ != Drag::None) moved |= drag(control, cursor_, size);
  if (scroll_ != 0 && !uiHasMouse && stage.session().compare == city::Compare::Lens && onRim(lens_, cursor_, size)) {
    lens_ = scaledBy(lens_, std::pow(1.08, scroll_));
  } else if (scroll_ != 0 && !uiHasMouse) {
    control.zoom(fraction(cursor_), std::pow(0.86, scroll_));
    moved = true;
  }
  scroll_ = 0;
  double seconds = std::clamp(nowSeconds - lastSeconds_, 0.0, 0.1);
  lastSeconds_ = nowSeconds;
  if (uiHasKeys)
    pressed_.clear();
  else
    keys(stage, layer, control, seconds, out, moved);
  if (lens_ != stage.session().lens) out.push_back(city::SetLens{lens_});
  if (moved) out.push_back(city::SetCamera{control.pose()});
}

void WindowInput::keys(Stage& stage, ui::Ui& layer, CameraControl& control, double seconds,
                       std::vector<city::Command>& out, bool& moved) {
  const city::Session& s = stage.session();
  for (auto [key, mods] : std::exchange(pressed_, {})) {
    bool control_ = mods & GLFW_MOD_CONTROL;
    switch (key) {
      case GLFW_KEY_HOME: out.push_back(city::FlyTo{city::homeOf(stage.document())}); break;
      case GLFW_KEY_TAB: out.push_back(city::ShowSide{!s.showAfter}); break;
      case GLFW_KEY_C: layer.toggleSwipe(); break;
      case GLFW_KEY_G:
        out.push_back(city::SetCompare{s.compare == city::Compare::Lens ? city::Compare::Off : city::Compare::Lens});
        break;
      case GLFW_KEY_SPACE: layer.togglePlay(); break;
      case GLFW_KEY_L:
        out.push_back(city::SetLanguage{s.language == Language::Chinese ? Language::English : Language::Chinese});
        break;
      case GLFW_KEY_F1: layer.toggleHelp(); break;
      case GLFW_KEY_F3: out.push_back(city::SetStatistics{!s.statistics}); break;
      case GLFW_KEY_F11: fullscreenToggle_ = true; break;
      case GLFW_KEY_ESCAPE:
        if (s.selection.kind != city::PickKind::Nothing) out.push_back(city::Select{});
        break;
      case GLFW_KEY_N: {  // north up
        city::CameraPose pose = s.camera;
        pose.headingDegrees = 0;
        out.push_back(city::FlyTo{pose, 0.6});
        break;
      }
      case GLFW_KEY_Z:
        if (control_)
          out.push_back((mods & GLFW_MOD_SHIFT) ? city::Command{city::Redo{}} : city::Command{city::Undo{}});
        break;
      case GLFW_KEY_Y:
        if (control_) out.push_back(city::Redo{});
        break;
      case GLFW_KEY_Q:
        if (control_) closeAsked_ = true;
        break;
      default: break;
    }
  }
  auto down = [&](int a, int b = GLFW_KEY_UNKNOWN) {
    return glfwGetKey(window_, a) == GLFW_PRESS || (b != GLFW_KEY_UNKNOWN && glfwGetKey(window_, b) == GLFW_PRESS);
  };
  if (down(GLFW_KEY_LEFT_CONTROL, GLFW_KEY_RIGHT_CONTROL)) return;
  double right = down(GLFW_KEY_RIGHT, GLFW_KEY_D) - down(GLFW_KEY_LEFT, GLFW_KEY_A);
  double forward = down(GLFW_KEY_UP, GLFW_KEY_W) - down(GLFW_KEY_DOWN, GLFW_KEY_S);
  double turn = down(GLFW_KEY_E) - down(GLFW_KEY_Q), tilt = down(GLFW_KEY_R) - down(GLFW_KEY_F);
  double nearer = down(GLFW_KEY_EQUAL, GLFW_KEY_KP_ADD) - down(GLFW_KEY_MINUS, GLFW_KEY_KP_SUBTRACT);
  if (right != 0 || forward != 0) control.walk(right * seconds * 0.55, forward * seconds * 0.55);
  if (turn != 0 || tilt != 0) {
    control.beginTurn({0.5, 0.5});
    control.turn(turn * seconds * 0.9, tilt * seconds * 0.6);
  }
  if (nearer != 0) control.zoom({0.5, 0.5}, std::pow(0.35, nearer * seconds));
  moved |= right != 0 || forward != 0 || turn != 0 || tilt != 0 || nearer != 0;
  if (moved) activity_ = true;
}

}  // namespace cm::app
