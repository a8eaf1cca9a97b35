//! Fingers on a touch screen, through XInput 2.2 on a connection of our own (GLFW knows no touch). Where there is no X11 window
//! or no XInput 2.2 it is simply empty. The loop's thread; the window must outlive it.
#pragma once

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <cstdint>
#include <glm/glm.hpp>
#include <memory>
#include <vector>

namespace cm::app {

enum class TouchPhase { Begin, Move, End };

struct Touch {
  uint32_t finger = 0;                           // the same from Begin to End
  TouchPhase phase = TouchPhase::Begin;
  glm::dvec2 at{0};                              // window units from the top left
};

class TouchScreen {
 public:
  explicit TouchScreen(GLFWwindow* window);
  ~TouchScreen();
  //! Runs GLFW's events and callbacks. Before, sleeps until there are any, or fingers, or `seconds` have passed: GLFW's own wait
  //! does not see our connection, and a finger would be late by as much.
  void wait(double seconds);
  //! What fingers did since the last call, in order.
  std::vector<Touch> poll();
  bool available() const { return impl_ != nullptr; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::app
