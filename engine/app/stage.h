//! A city on a GPU: document and session, streaming, residency and frame, joined by the one loop of DESIGN.md. The window and
//! the programs without one all step this. Belongs to one thread; the device must outlive it.
#pragma once

#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/daylight.h"
#include "app/ground.h"
#include "app/load.h"
#include "app/pace.h"
#include "app/project_measures.h"
#include "city/commands.h"
#include "frame/below.h"
#include "frame/frame.h"
#include "gpu/device.h"
#include "residency/residency.h"
#include "tiles/imagery.h"
#include "tiles/streaming.h"

namespace cm::app {

//! Vertical field of view of every picture that does not say otherwise.
inline constexpr double kFieldOfViewRadians = 0.7854;

struct StageOptions {
  tiles::Budgets budgets;
  double maxSsePixels = 8;                   // at 16, as other viewers have it, a quarter of a low town is left out far away
  unsigned skipLevels = 3;                   // tiles::SelectionOptions: of a deep jump every third level is loaded
  double levelFadeSeconds = 0;               // in which a level of detail gives way to the next; 0: at once
  double lookFadeSeconds = 0;                // in which a look gives way to another; the window asks for it
  bool sweepsHours = true;                   // the sun goes from hour to hour; false: it is there at once
  double fogDensity = 0;                     // tiles::SelectionOptions: less detail far away; the window asks for it
  Quality quality;                           // what is given up while moving, and how many samples are drawn at once
  bool refineWhenStill = true;               // false: every frame as while moving (measurements)
  unsigned stillSamples = 24;                // a picture at rest is the mean of so many samples
  unsigned decodeThreads = 0;                // 0: one core is left to the frame
  bool labelsAlone = false;                  // Scene::labelsAlone
  bool clockRuns = true;                     // the city's clock goes on from the session's hour; false: it stands there, and the wind
  bool liveApart = false;                    // frame::Scene; the window asks for it
  city::Date lightDate{2030, 10, 14};        // for sun and moon: mid-October, when even early afternoon's shadows are long
};

geo::Eye eyeOf(const city::CameraPose& pose);

//! A project from its own view, for its card.
struct ProjectPictures {
  std::string project;
  source::Image before, after;
};

class Stage {
 public:
  //! Puts the loaded city on the device. `fetcher` must outlive the stage.
  Stage(gpu::Device& device, VkFormat format, LoadedCity loaded, source::Fetcher& fetcher, const StageOptions& options);
  ~Stage();

  const city::Document& document() const { return city_.document(); }
  const city::Session& session() const { return city_.session(); }
  city::City& city() { return city_; }
  frame::Frame& frame() { return *frame_; }
  const residency::Residency& residency() const { return *residency_; }
  const tiles::TileTree& tree() const { return streaming_.tree(); }
  const frame::VectorLayers& layers() const { return loaded_.layers; }
  const geo::EnuFrame& axes() const { return axes_; }
  const GroundHeights& ground() const { return ground_; }
  const ProjectMeasures& measures() const { return measures_; }
  //! What the loaded tiles say of a project, today and built; empty where they do not reach.
  ui::ModelFigures modelFigures(const std::string& project) const;
  tiles::StreamingStatistics streamingStatistics() const { return streaming_.statistics(); }
  tiles::ImageryStatistics imageryStatistics() const { return imagery_.statistics(); }
  std::vector<std::string> takeFailures();
  const std::vector<std::string>& loadFailures() const { return loaded_.failures; }
  StageOptions& options() { return options_; }

  //! One turn of the loop up to the picture: commands, mailbox, selection, streaming, residency, visibility. Commands that
  //! show a project wait until all of it is here (at most kLongestWaitSeconds), so that it switches in one frame.
  city::Changes step(std::vector<city::Command> commands, double nowSeconds, VkExtent2D extent);

  //! A lens that nobody has moved yet is put over something that differs.
  void placeLens(double aspect);
  //! How many times deeper what lies underground is drawn.
  int depthFactor() const { return int(std::lround(frame::depthFactor(scene_.eyeMetres))); }
  //! Trains in the last picture.
  unsigned trainsInSight() const { return frame_->statistics().trains; }
  //! Walkers and cyclists, likewise.
  unsigned peopleInSight() const { return frame_->statistics().people; }
  //! The sun is so low that what is written on the picture is light on dark.
  bool night() const;
  //! What has a project's colour.
  bool tintedInSight() const { return frame_->statistics().tinted; }

  //! Where the control layer lies, pixels: labels keep off.
  void setCovered(std::vector<frame::Box> boxes) { scene_.covered = std::move(boxes); }

  //! What is rendered from here on are so many rows of the picture from `top`, which is `wholeHeight` high; 0: all of it.
  void setBand(uint32_t wholeHeight, uint32_t top) { scene_.wholeHeight = wholeHeight, scene_.bandTop = top; }
  //! The picture of the last step.
  void render(gpu::Target& target, int samples, const frame::UiPass& ui);

  //! What is on screen is all that was asked for: nothing on its way, nothing moving.
  bool settled() const;
  //! Blocks until a worker has something or `longest` has passed.
  void waitForWork(std::chrono::milliseconds longest) { streaming_.waitForWork(longest); }
  //! True while the picture would change by itself.
  bool moving(double nowSeconds) const;

  //! Sets the eye directly, for poses that are not the session's camera; empty to go back to it.
  void overrideEye(std::optional<geo::Eye> eye) { eyeOverride_ = eye; }
  geo::Eye eye() const;
  //! 0..1: how much of what is wanted is here.
  double loaded() const;
  //! Asks for pictures of a project, today and built; empty: of none. Its tiles are loaded beside those of the view.
  void wantPictures(const std::string& project);
  //! They, once both are drawn: one a call, between step and render. Takes a frame's time and the GPU's answer.
  std::optional<ProjectPictures> drawPictures(gpu::Device& device);
  //! The document's pictures that could be read, by what they are of.
  const std::map<std::string, source::Image, std::less<>>& pictures() const { return loaded_.pictures; }
  //! Plain look: background and light of the measurement.
  void setPlainLight(glm::vec3 background, glm::dvec3 sunEcef, float diffuse, float ambient);

  //! The device was lost: everything of it goes; `attach` puts it on a new one.
  void detach();
  void attach(gpu::Device& device, VkFormat format);

 private:
  static constexpr double kLongestWaitSeconds = 3, kWeatherSeconds = 1.6;
  void setDocument();
  tiles::Budgets updateImagery(VkExtent2D extent);
  void lightUp();
  void letStroll();
  frame::Marks marks() const;
  void collectSides(double nowSeconds, double aspect);
  tiles::SelectionView selectionView(const frame::Side& side, const geo::Eye& eye, double aspect, double heightPixels) const;
  std::vector<tiles::SelectionView> selectionViews(VkExtent2D extent) const;
  void addPictureViews(std::vector<tiles::SelectionView>& views) const;
  bool additionsReady() const;
  void fadeLevels(double nowSeconds);
  bool transitioning(double nowSeconds) const;
  std::vector<bool> additionsShown(const frame::Side& side) const;
  frame::WeatherShares weatherAt(double nowSeconds) const;

  struct Pictured {
    size_t project = 0;
    std::array<frame::Side, 2> sides;            // today, built
    source::Image before;                        // once it is drawn, in this look
    city::Look look = city::Look::Plain;
  };

  //! As the light's: one weather gives way to another.
  struct WeatherChange {
    frame::WeatherShares from, to;
    double sinceSeconds = -1e9;
  };

  LoadedCity loaded_;
  StageOptions options_;
  city::City city_;
  geo::EnuFrame axes_;
  tiles::Streaming streaming_;
  tiles::ImageryStreaming imagery_;
  tiles::Selection selection_;
  std::map<std::pair<size_t, size_t>, tiles::TilesetId> tilesetOfAddition_;
  size_t tilesetCount_ = 0;
  bool software_ = false;                        // the device draws on the processor
  bool settledBefore_ = false, started_ = false; // of the frames since the device came
  unsigned framesSinceTrim_ = 0;
  std::unique_ptr<residency::Residency> residency_;
  std::unique_ptr<frame::Frame> frame_;
  GroundHeights ground_;
  ProjectMeasures measures_;
  frame::GreenwayGround greenways_;
  std::vector<frame::Side> sides_;
  std::map<unsigned, tiles::CrossFade> fades_;   // by view slot
  frame::Scene scene_;
  std::optional<geo::Eye> eyeOverride_;
  std::vector<city::Command> held_;
  double heldSince_ = 0;
  double now_ = 0;
  Daylight daylight_;
  std::optional<WeatherChange> weather_;         // none before the first picture
  size_t wantedPeak_ = 0;
  VkFormat format_ = VK_FORMAT_UNDEFINED;        // of the targets
  std::optional<Pictured> pictured_;
};

}  // namespace cm::app
