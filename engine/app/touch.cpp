#include "app/touch.h"

#define GLFW_EXPOSE_NATIVE_X11
#include <GLFW/glfw3native.h>
#include <X11/extensions/XInput2.h>
#include <poll.h>

#include <cmath>

namespace cm::app {

struct TouchScreen::Impl {
  Display* display = nullptr;
  int opcode = 0;
};

TouchScreen::TouchScreen(GLFWwindow* window) {
#ifdef GLFW_PLATFORM_X11
  if (glfwGetPlatform() != GLFW_PLATFORM_X11) return;
#endif
  ::Window target = glfwGetX11Window(window);
  if (!target) return;
  Display* display = XOpenDisplay(nullptr);
  if (!display) return;
  int opcode = 0, event = 0, error = 0, major = 2, minor = 2;
  if (!XQueryExtension(display, "XInputExtension", &opcode, &event, &error) ||
      XIQueryVersion(display, &major, &minor) != Success || major * 10 + minor < 22) {
    XCloseDisplay(display);
    return;
  }
  unsigned char bits[XIMaskLen(XI_LASTEVENT)] = {};
  XISetMask(bits, XI_TouchBegin);
  XISetMask(bits, XI_TouchUpdate);
  XISetMask(bits, XI_TouchEnd);
  XIEventMask mask{XIAllMasterDevices, static_cast<int>(sizeof bits), bits};
  XISelectEvents(display, target, &mask, 1);
  XFlush(display);
  impl_ = std::make_unique<Impl>();
  impl_->display = display;
  impl_->opcode = opcode;
}

TouchScreen::~TouchScreen() {
  if (impl_) XCloseDisplay(impl_->display);
}

void TouchScreen::wait(double seconds) {
  if (seconds > 0) {
    if (!impl_) return glfwWaitEventsTimeout(seconds);
    // What a connection has read already would not wake poll().
    if (!XPending(glfwGetX11Display()) && !XPending(impl_->display)) {
      pollfd connections[] = {{ConnectionNumber(glfwGetX11Display()), POLLIN, 0},
                              {ConnectionNumber(impl_->display), POLLIN, 0}};
      ::poll(connections, 2, static_cast<int>(std::ceil(seconds * 1000)));  // a signal ends it, too
    }
  }
  glfwPollEvents();
}

std::vector<Touch> TouchScreen::poll() {
  std::vector<Touch> touches;
  if (!impl_) return touches;
  while (XPending(impl_->display)) {
    XEvent event;
    XNextEvent(impl_->display, &event);
    XGenericEventCookie& cookie = event.xcookie;
    if (cookie.type != GenericEvent || cookie.extension != impl_->opcode || !XGetEventData(impl_->display, &cookie))
      continue;
    const auto* data = static_cast<const XIDeviceEvent*>(cookie.data);
    Touch touch{static_cast<uint32_t>(data->detail), TouchPhase::Move, {data->event_x, data->event_y}};
    if (cookie.evtype == XI_TouchBegin) touch.phase = TouchPhase::Begin;
    if (cookie.evtype == XI_TouchEnd) touch.phase = TouchPhase::End;
    if (cookie.evtype >= XI_TouchBegin && cookie.evtype <= XI_TouchEnd) touches.push_back(touch);
    XFreeEventData(impl_->display, &cookie);
  }
  return touches;
}

}  // namespace cm::app
