//! A display of the test's own with a touch screen: Xorg on its `dummy` video driver and its `inputtest` fingers, and the
//! picture that is on it. One thread. Needs xserver-xorg-core, xserver-xorg-video-dummy, and xserver-xorg-dev when compiled.
#pragma once

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <memory>
#include <optional>

#include "support/process.h"

#ifdef CITYMIRROR_HAS_INPUTTEST
#include <xorg/xf86-input-inputtest-protocol.h>
#endif

namespace cm::test {

struct Point {
  double x = 0, y = 0;
};

//! A rectangle of the screen, four bytes a pixel.
struct Patch {
  std::vector<uint8_t> bytes;
  bool operator==(const Patch&) const = default;
  //! Something is drawn: not all of one colour.
  bool varied() const {
    for (size_t i = 4; i < bytes.size(); ++i)
      if (bytes[i] != bytes[i % 4]) return true;
    return false;
  }
  //! Mean absolute difference, 0..255.
  double difference(const Patch& other) const {
    if (bytes.size() != other.bytes.size() || bytes.empty()) return 255;
    double sum = 0;
    for (size_t i = 0; i < bytes.size(); ++i)
      if (i % 4 != 3) sum += std::abs(int(bytes[i]) - int(other.bytes[i]));
    return sum / (double(bytes.size()) * 0.75);
  }
};

class TouchDisplay {
 public:
  static constexpr int kWidth = 1280, kHeight = 720;

  //! Why there can be no such display on this machine; empty when there can be.
  static std::string missing() {
#ifndef CITYMIRROR_HAS_INPUTTEST
    return "the tests were built without xf86-input-inputtest-protocol.h (package xserver-xorg-dev)";
#endif
    if (server().empty()) return "Xorg is not installed (package xserver-xorg-core)";
    if (!std::filesystem::exists(modules() / "input/inputtest_drv.so"))
      return "Xorg has no inputtest driver (package xserver-xorg-core, 21.1 or newer)";
    if (!std::filesystem::exists(modules() / "drivers/dummy_drv.so"))
      return "Xorg has no dummy video driver (package xserver-xorg-video-dummy)";
    if (::geteuid() != 0) return "Xorg reads a configuration of any folder, and opens no console, only when root starts it";
    return {};
  }

  //! Throws with the server's own words when it does not start.
  explicit TouchDisplay(const std::filesystem::path& folder) : folder_(folder) {
    // A socket's path has room for 107 characters only, and a build folder may lie deep.
    socketPath_ = std::filesystem::temp_directory_path() / ("citymirror-fingers-" + std::to_string(::getpid()));
    std::filesystem::remove(socketPath_);
    std::ofstream(folder / "xorg.conf") << configuration();
    server_ = std::make_unique<Process>(
        std::vector<std::string>{server(), name(), "-config", (folder / "xorg.conf").string(), "-logfile", (folder / "xorg.log").string(),
                                 "-nolisten", "tcp", "-noreset", "-novtswitch", "-sharevts"},
        Environment{}, folder / "xorg.txt");
    bool up = eventually(20, [&] {
      if (!display_) display_ = XOpenDisplay(name().c_str());
      return display_ || !server_->running();
    });
    if (!up || !display_ || !connect())
      throw std::runtime_error("Xorg did not start: " + textOf(folder / "xorg.txt") + textOf(folder / "xorg.log"));
  }
  ~TouchDisplay() {
    if (display_) XCloseDisplay(display_);
    if (socket_ >= 0) ::close(socket_);
    server_->signal(SIGTERM);
    server_->wait();
    std::filesystem::remove(socketPath_);
  }
  TouchDisplay(const TouchDisplay&) = delete;
  TouchDisplay& operator=(const TouchDisplay&) = delete;

  static std::string name() { return ":" + std::to_string(600 + ::getpid() % 400); }

  void down(uint32_t finger, Point at) { send(finger, 18, at); }  // XI_TouchBegin
  void move(uint32_t finger, Point at) { send(finger, 19, at); }  // XI_TouchUpdate
  void up(uint32_t finger, Point at) { send(finger, 20, at); }    // XI_TouchEnd
  //! Returns when the server has taken in everything that was sent.
  void sync() {
#ifdef CITYMIRROR_HAS_INPUTTEST
    xf86ITEventWaitForSync event{};
    event.header = {sizeof event, XF86IT_EVENT_WAIT_FOR_SYNC};
    write(&event, sizeof event);
    while (answer() != XF86IT_RESPONSE_SYNC_FINISHED) {}
#endif
  }

  //! What is on the screen now.
  Patch patch(int x, int y, int width, int height) const {
    XImage* image = XGetImage(display_, DefaultRootWindow(display_), x, y, unsigned(width), unsigned(height), AllPlanes, ZPixmap);
    if (!image) throw std::runtime_error("the screen cannot be read");
    Patch patch;
    patch.bytes.assign(image->data, image->data + size_t(image->bytes_per_line) * size_t(image->height));
    XDestroyImage(image);
    return patch;
  }
  Patch patch() const { return patch(0, 0, kWidth, kHeight); }
  //! True when a window with this in its title is open.
  bool hasWindow(const std::string& title) const {
    Window root = 0, parent = 0, *children = nullptr;
    unsigned count = 0;
    bool found = false;
    if (!XQueryTree(display_, DefaultRootWindow(display_), &root, &parent, &children, &count)) return false;
    for (unsigned i = 0; i < count && !found; ++i) {
      XTextProperty text{};
      if (XGetWMName(display_, children[i], &text) && text.value) {
        found = std::string(reinterpret_cast<char*>(text.value)).find(title) != std::string::npos;
        XFree(text.value);
      }
    }
    if (children) XFree(children);
    return found;
  }

 private:
  static std::filesystem::path modules() { return "/usr/lib/xorg/modules"; }
  //! The server itself rather than a wrapper that asks for a console.
  static std::string server() {
    for (const char* path : {"/usr/lib/xorg/Xorg", "/usr/libexec/Xorg", "/usr/bin/Xorg"})
      if (std::filesystem::exists(path)) return path;
    return {};
  }
  std::string configuration() const {
    return R"(Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
  Option "DontVTSwitch" "true"
  Option "BlankTime" "0"
EndSection
Section "InputDevice"
  Identifier "fingers"
  Driver "inputtest"
  Option "DeviceType" "Touch"
  Option "TouchCount" "10"
  Option "SocketPath" ")" + socketPath_.string() + R"("
EndSection
Section "Device"
  Identifier "card"
  Driver "dummy"
  VideoRam 32768
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "1280x720"
    Virtual 1280 720
  EndSubSection
EndSection
Section "ServerLayout"
  Identifier "layout"
  Screen "screen"
  InputDevice "fingers"
EndSection
)";
  }

#ifdef CITYMIRROR_HAS_INPUTTEST
  bool connect() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socketPath_.c_str(), sizeof address.sun_path - 1);
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool open = eventually(5, [&] { return ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0; });
    if (!open) return false;
    xf86ITEventClientVersion version{};
    version.header = {sizeof version, XF86IT_EVENT_CLIENT_VERSION};
    version.major = XF86IT_PROTOCOL_VERSION_MAJOR;
    version.minor = XF86IT_PROTOCOL_VERSION_MINOR;
    write(&version, sizeof version);
    return answer() == XF86IT_RESPONSE_SERVER_VERSION;
  }
  void send(uint32_t finger, uint32_t type, Point at) {
    xf86ITEventTouch event{};
    event.header = {sizeof event, XF86IT_EVENT_TOUCH};
    event.touchid = finger;
    event.touch_type = type;
    event.valuators.mask[0] = 3;
    event.valuators.valuators[0] = at.x * 65536 / kWidth;   // the device's own units
    event.valuators.valuators[1] = at.y * 65536 / kHeight;
    write(&event, sizeof event);
  }
  void write(const void* data, size_t size) {
    if (::send(socket_, data, size, MSG_NOSIGNAL) != ssize_t(size)) throw std::runtime_error("the touch screen's socket is closed");
  }
  int answer() {
    xf86ITResponseAny response{};
    auto* bytes = reinterpret_cast<char*>(&response);
    size_t have = 0, want = sizeof response.header;
    while (have < want) {
      ssize_t got = ::recv(socket_, bytes + have, want - have, 0);
      if (got <= 0) throw std::runtime_error("the touch screen does not answer");
      have += size_t(got);
      if (have >= sizeof response.header) want = std::min<size_t>(response.header.length, sizeof response);
    }
    return int(response.header.type);
  }
#else
  bool connect() { return false; }
  void send(uint32_t, uint32_t, Point) {}
#endif

  std::filesystem::path folder_, socketPath_;
  std::unique_ptr<Process> server_;
  Display* display_ = nullptr;
  int socket_ = -1;
};

}  // namespace cm::test
