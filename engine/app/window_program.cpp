#include <backends/imgui_impl_glfw.h>
#include <fmt/format.h>
#include <imgui.h>
#include <vulkan/vulkan.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "app/card_facts.h"
#include "app/card_pictures.h"
#include "app/facts.h"
#include "app/imgui_pass.h"
#include "app/programs.h"
#include "app/stage.h"
#include "app/ui/ui.h"
#include "app/window_input.h"
#include "base/log.h"
#include "tiling/demo.h"

namespace cm::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kLevelFadeSeconds = 0.25;
constexpr double kLookFadeSeconds = 0.6;
constexpr double kEnteringSeconds = 3.2;    // the flight that opens the city; a touch ends it
constexpr double kFrameSeconds = 1.0 / 60;  // FIFO is not throttled everywhere: keep the rate ourselves
constexpr double kAwakeSeconds = 0.6;       // frames go on for this long after the last touch
constexpr double kIdleSeconds = 0.25;       // then the loop looks up this often
constexpr double kLiveSeconds = 1.0 / 25;   // or this often, where trains run over a picture at rest

std::atomic<bool> stopAsked{false};

//! Where the built-in city lies; made on the first start.
Result<std::string> builtInCity() {
  Path folder = cacheFolder() / "qingdao-1";
  Path city = folder / "city.json";
  std::error_code ignored;
  if (std::filesystem::exists(city, ignored)) return city.string();
  log::info("正在生成内置城市（仅首次）… / making the built-in city, once: {}", folder.string());
  tiling::DemoOptions options;
  options.out = folder;
  auto made = tiling::buildDemo(options);
  if (!made) return made.error();
  return city.string();
}

Path sessionFile(const std::string& uri) { return cacheFolder() / fmt::format("session-{:016x}.json", hash64(uri)); }

//! GLFW, the window and its surface; destroyed in the right order.
struct Window {
  GLFWwindow* handle = nullptr;
  int windowed[4] = {100, 100, 1280, 720};

  ~Window() {
    if (handle) glfwDestroyWindow(handle);
    glfwTerminate();
  }
  void toggleFullscreen() {
    if (glfwGetWindowMonitor(handle)) {
      glfwSetWindowMonitor(handle, nullptr, windowed[0], windowed[1], windowed[2], windowed[3], 0);
      return;
    }
    glfwGetWindowPos(handle, &windowed[0], &windowed[1]);
    glfwGetWindowSize(handle, &windowed[2], &windowed[3]);
    GLFWmonitor* monitor = glfwGetPrimaryMonitor();
    if (const GLFWvidmode* mode = monitor ? glfwGetVideoMode(monitor) : nullptr)
      glfwSetWindowMonitor(handle, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
  }
  VkExtent2D framebuffer() const {
    int width = 0, height = 0;
    glfwGetFramebufferSize(handle, &width, &height);
    return {static_cast<uint32_t>(std::max(width, 0)), static_cast<uint32_t>(std::max(height, 0))};
  }
};

Result<void> open(Window& window, const WindowOptions& options, const Text& title) {
#ifdef GLFW_PLATFORM_X11
  glfwInitHint(GLFW_PLATFORM, GLFW_PLATFORM_X11);  // touch comes through XInput2
#endif
  if (!glfwInit()) {
    const char* why = nullptr;
    glfwGetError(&why);
    return makeError("没有可用的显示器 / no display: {} (citymirror render works without one)", why ? why : "unknown");
  }
  if (!glfwVulkanSupported())
    return makeError(
        "找不到 Vulkan / no Vulkan driver: install the package mesa-vulkan-drivers or the GPU maker's driver");
  glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
  glfwWindowHint(GLFW_VISIBLE, GLFW_TRUE);
  GLFWmonitor* monitor = options.fullscreen ? glfwGetPrimaryMonitor() : nullptr;
  int width = static_cast<int>(options.width), height = static_cast<int>(options.height);
  int x = 0, y = 0, areaWidth = width, areaHeight = height;
  if (GLFWmonitor* primary = glfwGetPrimaryMonitor()) {
    glfwGetMonitorWorkarea(primary, &x, &y, &areaWidth, &areaHeight);
    if (const GLFWvidmode* mode = monitor ? glfwGetVideoMode(monitor) : nullptr)
      width = mode->width, height = mode->height;
    else if (areaWidth > 0 && areaHeight > 0)
      width = std::min(width, areaWidth), height = std::min(height, areaHeight);
  }
  std::string caption = title.zh + " · 城镜 CityMirror";
  window.handle = glfwCreateWindow(width, height, caption.c_str(), monitor, nullptr);
  if (!window.handle) return makeError("the window could not be opened");
  glfwSetWindowSizeLimits(window.handle, 480, 360, GLFW_DONT_CARE, GLFW_DONT_CARE);
  return {};
}

//! Everything that dies with the device.
struct Screen {
  std::unique_ptr<gpu::Device> device;
  VkSurfaceKHR surface = VK_NULL_HANDLE;
  std::unique_ptr<gpu::Swapchain> chain;
  std::unique_ptr<ImguiPass> imgui;

  ~Screen() { close(); }
  void close() {
    imgui.reset();
    chain.reset();
    if (surface) vkDestroySurfaceKHR(device->instance(), surface, nullptr);
    surface = VK_NULL_HANDLE;
    device.reset();
  }
  Result<void> open(const Window& window) {
    gpu::DeviceOptions options;
    uint32_t count = 0;
    const char** names = glfwGetRequiredInstanceExtensions(&count);
    options.instanceExtensions.assign(names, names + count);
    auto made = gpu::Device::create(options);
    if (!made) return made.error();
    device = std::move(*made);
    if (glfwCreateWindowSurface(device->instance(), window.handle, nullptr, &surface) != VK_SUCCESS)
      return makeError("the window has no Vulkan surface");
    chain = std::make_unique<gpu::Swapchain>(*device, surface);
    chain->resize(window.framebuffer());
    imgui = std::make_unique<ImguiPass>(*device, chain->format());
    return {};
  }
};

//! The window's loop, one turn at a time.
class Loop {
 public:
  Loop(Window& window, Screen& screen, Stage& stage, ui::Ui& layer, WindowInput& input)
      : window_(window), screen_(screen), stage_(stage), layer_(layer), input_(input) {
    for (const std::string& failure : stage.loadFailures()) errors_.push_back(failure);
  }

  void turn() {
    waitForNext();
    double now = seconds();
    if (input_.takeActivity()) awakeUntil_ = now + kAwakeSeconds;
    if (input_.takeFullscreenToggle()) window_.toggleFullscreen();
    VkExtent2D extent = window_.framebuffer();
    if (extent.width != chainExtent_.width || extent.height != chainExtent_.height) {
      screen_.chain->resize(extent);
      chainExtent_ = extent;
      awakeUntil_ = now + kAwakeSeconds;
    }
    if (extent.width == 0 || extent.height == 0) {  // minimised
      glfwWaitEventsTimeout(kIdleSeconds);
      return;
    }
    std::vector<city::Command> commands = std::exchange(pending_, {});
    ImGuiIO& io = ImGui::GetIO();
    input_.handle(stage_, layer_, io.WantCaptureMouse && !input_.dragging(), io.WantTextInput, now, commands);
    drawLayer(now, commands);
    const frame::Statistics& drawn = stage_.frame().statistics();
    if (stage_.settled() && drawn.triangles > 0) pace_.measured(drawn.gpuMilliseconds);
    stage_.options().quality = pace_.next(now, now - lastFrame_, moved_);
    lastFrame_ = now;
    moved_ = stage_.step(std::move(commands), now, extent).camera;
    for (std::string& failure : stage_.takeFailures()) {
      log::warning("{}", failure);
      errors_.push_back(std::move(failure));
    }
    if (errors_.size() > 3) errors_.erase(errors_.begin(), errors_.end() - 3);
    picks();
    if (cardPictures_.draw(stage_, *screen_.imgui, *screen_.device)) wake();

    gpu::Target target;
    if (screen_.chain->acquire(target)) {
      stage_.render(target, 1, screen_.imgui->pass());
      screen_.chain->present();
      countFrame(now);
    }
    screen_.device->collect();
  }

  bool deviceLost() const { return screen_.device->state() == gpu::DeviceState::Lost; }
  void wake() { awakeUntil_ = seconds() + kAwakeSeconds; }
  //! In the next turn, as if a hand had asked for it.
  void ask(city::Command command) { pending_.push_back(std::move(command)); }
  //! Before the device that is lost goes.
  void forgetTextures() { cardPictures_.forget(); }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  void waitForNext() {
    double now = seconds();
    bool busy = now < awakeUntil_ || stage_.moving(now) || !stage_.settled() || stage_.frame().wantsAnotherFrame() ||
                layer_.animating() || pickAsked_ || !pending_.empty();
    if (!busy) {
      input_.wait(stage_.frame().lives() ? kLiveSeconds : kIdleSeconds);
    } else {
      double due = lastTurn_ + kFrameSeconds - now;
      if (due > 0) std::this_thread::sleep_for(std::chrono::duration<double>(due));
      input_.wait(0);
    }
    lastTurn_ = seconds();
  }

  void drawLayer(double now, std::vector<city::Command>& commands) {
    ImGui_ImplGlfw_NewFrame();
    ui::Observations seen;
    ImGuiIO& io = ImGui::GetIO();
    seen.windowSize = {io.DisplaySize.x, io.DisplaySize.y};
    float scaleX = 1, scaleY = 1;
    glfwGetWindowContentScale(window_.handle, &scaleX, &scaleY);
    seen.scale = std::max(1.0f, scaleX);
    seen.nowSeconds = now;
    seen.framesPerSecond = framesPerSecond_;
    seen.depthFactor = stage_.depthFactor();
    seen.trains = stage_.trainsInSight() > 0;
    seen.people = stage_.peopleInSight() > 0;
    seen.night = stage_.night();
    seen.tinted = stage_.tintedInSight();
    seen.loading = static_cast<float>(stage_.loaded());
    seen.headingDegrees = stage_.session().camera.headingDegrees;
    seen.errors = errors_;
    if (stage_.session().selection.kind != city::PickKind::Nothing) {
      seen.picked = factsOf(stage_, stage_.session().selection, lastPick_, lastTexel_);
      seen.picked.screen = pickedAt_;
    }
    seen.card = cardFacts_.of(stage_, stage_.session().selection);
    seen.card.picture = cardPictures_.of(stage_, *screen_.imgui, stage_.session().selection);
    CameraControl control(stage_.axes(), stage_.ground());
    control.take(stage_.session().camera, double(io.DisplaySize.x) / std::max(1.0f, io.DisplaySize.y));
    seen.focusMetres = control.focusMetres();
    if (stage_.session().statistics) seen.statistics = statistics();
    if (layer_.prepare(stage_.document(), stage_.session(), seen)) screen_.imgui->uploadFonts();
    ImGui::NewFrame();
    size_t before = commands.size();
    layer_.draw(stage_.document(), stage_.session(), seen, commands);
    ImGui::Render();
    stage_.setCovered(ImguiPass::pixelsOf(layer_.covered()));
    if (commands.size() != before) awakeUntil_ = now + kAwakeSeconds;
  }

  std::vector<std::string> statistics() const {
    const frame::Statistics& f = stage_.frame().statistics();
    tiles::StreamingStatistics t = stage_.streamingStatistics();
    const bool zh = stage_.session().language == Language::Chinese;
    std::vector<std::string> lines{
        fmt::format("{:.0f} fps · GPU {:.1f} ms · {}", framesPerSecond_, f.gpuMilliseconds, screen_.device->name()),
        fmt::format(fmt::runtime(zh ? "{} 三角形 · {} 瓦片 · {} 次绘制 · {} 次阴影绘制"
                                    : "{} triangles · {} tiles · {} draws · {} shadow draws"),
                    f.triangles, f.tiles, f.draws, f.shadowDraws),
        fmt::format(fmt::runtime(zh ? "驻留 {} / {} 瓦片 · {} 读取中 · {} 解码中 · {} 失败"
                                    : "{} of {} tiles resident · {} fetching · {} decoding · {} failed"),
                    t.resident, t.tiles, t.fetching, t.decoding, t.failed),
        fmt::format(fmt::runtime(zh ? "显存 {:.1f} MiB · 已读取 {:.1f} MiB" : "GPU {:.1f} MiB · fetched {:.1f} MiB"),
                    double(t.gpuBytes) / 1048576.0, double(t.fetchedBytes) / 1048576.0)};
    const Quality& q = stage_.options().quality;
    lines.push_back(fmt::format(
        fmt::runtime(zh ? "画质 {}/{} · 像素 {:.0f}% · 细节 ÷{:.1f} · 树 {:.0f}%{}"
                        : "quality {}/{} · {:.0f}% of pixels · detail ÷{:.1f} · trees {:.0f}%{}"),
        pace_.step(), Pace::steps().size() - 1, 100 * q.resolution * q.resolution, q.coarseness, 100 * q.trees,
        q.bloom ? ""
        : zh    ? " · 无光晕"
                : " · no bloom"));
    if (q.samplesAcross > 1)
      lines.back() += fmt::format(fmt::runtime(zh ? " · 每像素 {} 次采样" : " · {} samples a pixel"),
                                  q.samplesAcross * q.samplesAcross);
    if (t.starved) lines.push_back(tiles::budgetIsFull(t).in(stage_.session().language));
    if (!stage_.document().imagery.empty()) {
      const tiles::ImageryStatistics i = stage_.imageryStatistics();
      lines.push_back(fmt::format(fmt::runtime(zh ? "影像 {} 瓦片 · {} 读取中 · {} 失败 · 显存 {:.1f} MiB{}"
                                                  : "imagery {} tiles · {} fetching · {} failed · GPU {:.1f} MiB{}"),
                                  i.resident, i.fetching, i.failed, double(i.bytes) / 1048576.0,
                                  !i.starved ? ""
                                  : zh       ? "（预算已满）"
                                             : " (budget is full)"));
    }
    for (const auto& [name, ms] : f.passes) lines.push_back(fmt::format("{}: {:.2f} ms", name, ms));
    return lines;
  }

  void picks() {
    if (auto click = input_.takeClick()) {
      float scaleX = ImGui::GetIO().DisplayFramebufferScale.x, scaleY = ImGui::GetIO().DisplayFramebufferScale.y;
      asked_ = stage_.frame().pick(static_cast<int>(click->x * scaleX), static_cast<int>(click->y * scaleY));
      pickedAt_ = glm::vec2(*click);
      pickAsked_ = true;
    }
    for (const frame::Pick& pick : stage_.frame().takePicks()) {
      if (pick.request != asked_) continue;
      pickAsked_ = false;
      lastPick_ = pick;
      lastTexel_ = texelFacts(stage_, pick);
      pending_.push_back(city::Select{selectionAt(stage_, pick)});
    }
  }

  void countFrame(double now) {
    ++frames_;
    if (now - countedSince_ < 0.5) return;
    framesPerSecond_ = static_cast<float>(frames_ / (now - countedSince_));
    frames_ = 0;
    countedSince_ = now;
  }

  Window& window_;
  Screen& screen_;
  Stage& stage_;
  ui::Ui& layer_;
  WindowInput& input_;
  Clock::time_point start_ = Clock::now();
  double awakeUntil_ = 5, lastTurn_ = 0, countedSince_ = 0;
  double lastFrame_ = 0;
  Pace pace_;
  bool moved_ = false;
  float framesPerSecond_ = 0;
  int frames_ = 0;
  VkExtent2D chainExtent_{};
  std::vector<city::Command> pending_;
  std::vector<std::string> errors_;
  CardFacts cardFacts_;
  CardPictures cardPictures_;
  frame::Pick lastPick_;
  std::vector<source::Fact> lastTexel_;  // of it
  glm::vec2 pickedAt_{0};
  uint64_t asked_ = 0;
  bool pickAsked_ = false;
};

}  // namespace

int windowProgram(const WindowOptions& options) {
  std::string uri = options.city;
  if (uri.empty()) {
    auto builtIn = builtInCity();
    if (!builtIn) {
      log::error("{}", builtIn.error().text());
      return kExitFailed;
    }
    uri = *builtIn;
  }
  source::Fetcher fetcher(options.fetch);
  auto loaded = loadCity(uri, fetcher);
  if (!loaded) {
    log::error("{}", loaded.error().text());
    return kExitFailed;
  }
  for (const city::Problem& problem : loaded->problems) {
    log::warning("{}: {}: {}", loaded->uri, problem.path, problem.message);
    loaded->failures.push_back(problem.path + ": " + problem.message);
  }
  Window window;
  Screen screen;
  auto opened = open(window, options, loaded->document.name);
  if (opened) {
    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    opened = screen.open(window);
  }
  if (!opened) {
    log::error("{}", opened.error().text());
    if (ImGui::GetCurrentContext()) ImGui::DestroyContext();
    return kExitFailed;
  }
  std::signal(SIGTERM, [](int) { stopAsked = true; });
  std::signal(SIGINT, [](int) { stopAsked = true; });
  Path saved = sessionFile(loaded->uri);
  {
    WindowInput input(window.handle);
    ImGui_ImplGlfw_InitForVulkan(window.handle, true);
    // At ten kilometres towards the horizon twice the error is allowed, at one nothing more than nearby.
    const double usualFade = screen.device->isSoftware() ? 0 : kLevelFadeSeconds;
    Stage stage(*screen.device, screen.chain->format(), std::move(*loaded), fetcher,
                {.levelFadeSeconds = options.reducedMotion ? 0 : options.levelFadeSeconds.value_or(usualFade),
                 .lookFadeSeconds = options.reducedMotion ? 0 : kLookFadeSeconds,
                 .sweepsHours = !options.reducedMotion,
                 .fogDensity = 1e-4,
                 .liveApart = true});
    city::Session session = stage.session();
    const auto json = options.forget ? Result<Bytes>(makeError("not asked for")) : readFile(saved);
    if (json)
      city::readSession(asText(*json), stage.document(), session);
    else if (!options.reducedMotion)
      session.camera = city::approachTo(session.camera);
    stage.city().restore(std::move(session));
    stage.step({}, 0, window.framebuffer());  // the layer's first frame asks what there is: day or night
    ui::Ui layer(stage.document());
    Loop loop(window, screen, stage, layer, input);
    if (!json && !options.reducedMotion) loop.ask(city::FlyTo{city::homeOf(stage.document()), kEnteringSeconds});
    while (!glfwWindowShouldClose(window.handle) && !stopAsked && !input.closeAsked()) {
      loop.turn();
      if (!loop.deviceLost()) continue;
      log::warning("the graphics device was lost; starting it again");
      loop.forgetTextures();
      stage.detach();
      screen.close();
      if (auto again = screen.open(window); !again) {
        log::error("{}", again.error().text());
        break;
      }
      stage.attach(*screen.device, screen.chain->format());
      screen.imgui->uploadFonts();
      loop.wake();
    }
    if (auto written = writeFileAtomically(saved, city::writeSession(stage.session())); !written)
      log::warning("{}", written.error().text());
    if (screen.device) {
      screen.device->wait(screen.device->submitted());
    }
    stage.detach();
    ImGui_ImplGlfw_Shutdown();
  }
  screen.close();
  ImGui::DestroyContext();
  return kExitDone;
}

}  // namespace cm::app
