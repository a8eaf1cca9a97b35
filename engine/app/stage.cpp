#include "app/stage.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/ahead.h"
#include "app/lens_place.h"
#include "city/land_use.h"
#include "frame/life_pass.h"
#include "frame/light.h"
#include "frame/plan_sites.h"
#include "frame/themes.h"
#include "geo/sun.h"

namespace cm::app {
namespace {

constexpr double kNearMetres = 0.5, kFarMetres = 4.0e6;
constexpr size_t kImageryShare = 4;  // at most this part of the GPU's budget is imagery; the tiles have the rest
constexpr unsigned kTrimFrames = 600;
constexpr unsigned kDecodesAtRest = 16;
constexpr double kPrefetchMetres = 9000;  // projects nearer than this are kept ready to be switched on

bool changesScenario(const city::Command& command) {
  return std::holds_alternative<city::ShowSide>(command) || std::holds_alternative<city::SetCompare>(command) ||
         std::holds_alternative<city::SetScenario>(command) || std::holds_alternative<city::SetDate>(command) ||
         std::holds_alternative<city::SetProject>(command) || std::holds_alternative<city::SetAllProjects>(command);
}

}  // namespace

geo::Eye eyeOf(const city::CameraPose& pose) {
  return geo::eyeAt({pose.lonDegrees, pose.latDegrees, pose.heightMetres}, pose.headingDegrees, pose.pitchDegrees,
                    kFieldOfViewRadians);
}

Stage::Stage(gpu::Device& device, VkFormat format, LoadedCity loaded, source::Fetcher& fetcher,
             const StageOptions& options)
    : loaded_(std::move(loaded)),
      options_(options),
      city_(loaded_.document),
      axes_(geo::enuFrameAt(loaded_.document.origin)),
      streaming_(fetcher, options.decodeThreads),
      imagery_(fetcher, loaded_.document, loaded_.address, !source::isHttp(loaded_.address)),
      ground_(axes_),
      measures_(city_.document(), loaded_.layers, axes_),
      greenways_(loaded_.document, loaded_.layers) {
  for (const city::TilesetRef& tileset : document().tilesets) {
    streaming_.add(source::resolveUri(loaded_.address, tileset.uri), loaded_.ecefFromTilesets);
    ++tilesetCount_;
  }
  for (size_t p = 0; p < document().projects.size(); ++p)
    for (size_t a = 0; a < document().projects[p].additions.size(); ++a) {
      const std::string& uri = document().projects[p].additions[a].tilesetUri;
      if (uri.empty()) continue;
      tilesetOfAddition_[{p, a}] = streaming_.add(source::resolveUri(loaded_.address, uri));
      ++tilesetCount_;
    }
  attach(device, format);
}

Stage::~Stage() = default;

void Stage::attach(gpu::Device& device, VkFormat format) {
  format_ = format;
  software_ = device.isSoftware();
  residency_ = std::make_unique<residency::Residency>(device, options_.budgets.gpuBytes, software_);
  frame_ = std::make_unique<frame::Frame>(device, *residency_, format);
  setDocument();
}

void Stage::setDocument() {
  frame_->setDocument(document(), loaded_.layers);
  streaming_.setFinish([sites = frame_->planSites()](source::MeshContent& content) { sites->mark(content); });
}

void Stage::detach() {
  frame_.reset();
  residency_.reset();
  ground_.clear();
  measures_.clear();
  streaming_.forgetResident();
  imagery_.forgetResident();
  selection_ = {};
}

geo::Eye Stage::eye() const {
  if (eyeOverride_) return *eyeOverride_;
  return eyeOf(session().camera);
}

void Stage::setPlainLight(glm::vec3 background, glm::dvec3 sunEcef, float diffuse, float ambient) {
  scene_.plainBackground = background;
  scene_.plainDiffuse = diffuse;
  scene_.plainAmbient = ambient;
  scene_.sunDirectionEcef = sunEcef;
}

void Stage::collectSides(double nowSeconds, double aspect) {
  const city::Session& s = session();
  double t =
      s.transition.durationSeconds > 0 ? (nowSeconds - s.transition.startSeconds) / s.transition.durationSeconds : 1;
  auto make = [&](city::SideName name, float left, float right) -> frame::Side& {
    bool before = name == city::SideName::Before;
    frame::Side side;
    side.slot = before ? 0 : 1;
    side.left = left;
    side.right = right;
    side.date = city::dateOf(document(), before ? s.before : s.after);
    side.to = city_.states(name);
    side.from = before ? s.previousBefore : s.previousAfter;
    if (side.from.size() != side.to.size()) side.from = side.to;
    side.transition = static_cast<float>(std::clamp(t, 0.0, 1.0));
    return sides_.emplace_back(std::move(side));
  };
  sides_.clear();
  if (s.compare == city::Compare::Swipe) {
    float divider = static_cast<float>(std::clamp(s.divider, 0.0, 1.0));
    if (divider > 0.0005f) make(city::SideName::Before, 0, divider);
    if (divider < 0.9995f) make(city::SideName::After, divider, 1);
    return;
  }
  make(s.showAfter ? city::SideName::After : city::SideName::Before, 0, 1);
  if (!scene_.lens.on()) return;
  const float half = scene_.lens.radius / float(aspect), x = scene_.lens.centre.x, y = scene_.lens.centre.y;
  frame::Side& inside = make(s.showAfter ? city::SideName::Before : city::SideName::After, std::max(0.0f, x - half),
                             std::min(1.0f, x + half));
  inside.top = std::max(0.0f, y - scene_.lens.radius);
  inside.bottom = std::min(1.0f, y + scene_.lens.radius);
  inside.inLens = true;
}

std::vector<bool> Stage::additionsShown(const frame::Side& side) const {
  std::vector<bool> shown(tilesetCount_, false);
  std::fill_n(shown.begin(), static_cast<ptrdiff_t>(document().tilesets.size()), true);
  for (const auto& [key, tileset] : tilesetOfAddition_) {
    // clang before 16 captures a structured binding only by name.
    auto stands = [&key = key](const std::vector<city::ProjectState>& states) {
      return key.first < states.size() && key.second < states[key.first].additions.size() &&
             states[key.first].additions[key.second];
    };
    if (tileset < shown.size()) shown[tileset] = stands(side.to) || (side.transition < 1 && stands(side.from));
  }
  return shown;
}

tiles::SelectionView Stage::selectionView(const frame::Side& side, const geo::Eye& eye, double aspect,
                                          double heightPixels) const {
  tiles::SelectionView view;
  view.eyeEcef = eye.position;
  view.frustum = geo::frustumOf(eye, aspect, side.left, side.right, kNearMetres, kFarMetres);
  view.viewportHeightPixels = heightPixels;
  view.fovYRadians = eye.fovYRadians;
  // Looking down, all is at one distance and none of it is the horizon.
  const double down = glm::dot(eye.direction, glm::normalize(eye.position));
  view.fogShare = 1 - std::abs(down);
  if (scene_.look != city::Look::Plain && scene_.layers.shadows)
    view.sun = tiles::SunLight{.direction = frame::keyLight(scene_), .up = glm::normalize(eye.position)};
  view.tilesets = additionsShown(side);
  view.prefetch.assign(tilesetCount_, false);
  for (const auto& [key, tileset] : tilesetOfAddition_) {
    const city::CameraPose& place = document().projects[key.first].view;
    glm::dvec3 there = geo::ecefFromGeodetic({place.lonDegrees, place.latDegrees, place.heightMetres});
    if (tileset < view.prefetch.size()) view.prefetch[tileset] = glm::distance(there, eye.position) < kPrefetchMetres;
  }
  return view;
}

//! What the sides show, and what they will show where a flight leads.
std::vector<tiles::SelectionView> Stage::selectionViews(VkExtent2D extent) const {
  const double aspect = double(extent.width) / std::max(1u, extent.height);
  std::vector<tiles::SelectionView> views;
  for (const frame::Side& side : sides_) views.push_back(selectionView(side, scene_.eye, aspect, extent.height));
  addPictureViews(views);
  if (eyeOverride_) return views;
  for (const city::CameraPose& pose : posesAhead(session(), held_, now_))
    for (const frame::Side& side : sides_) {
      views.push_back(selectionView(side, eyeOf(pose), aspect, extent.height));
      views.back().ahead = true;
    }
  return views;
}

void Stage::placeLens(double aspect) {
  if (session().lens != city::LensPlace{}) return;
  const auto place = lensOnChange(document(), city_.states(city::SideName::Before), city_.states(city::SideName::After),
                                  eye(), aspect, session().lens);
  if (place) city_.apply({city::SetLens{*place}}, now_);
}

bool Stage::additionsReady() const {
  auto states = streaming_.states();
  for (const auto& [key, tileset] : tilesetOfAddition_) {
    const tiles::TilesetEntry& entry = tree().tilesets[tileset];
    if (entry.failed) continue;
    const city::CameraPose& place = document().projects[key.first].view;
    glm::dvec3 there = geo::ecefFromGeodetic({place.lonDegrees, place.latDegrees, place.heightMetres});
    if (glm::distance(there, scene_.eye.position) >= kPrefetchMetres) continue;  // far away nobody sees it arrive
    if (entry.root == tiles::kNoTile) return false;
    if (tree().tiles[entry.root].contentUris.empty()) continue;
    tiles::TileState state = states[entry.root];
    if (state != tiles::TileState::Resident && state != tiles::TileState::Failed) return false;
  }
  return true;
}

city::Changes Stage::step(std::vector<city::Command> commands, double nowSeconds, VkExtent2D extent) {
  now_ = nowSeconds;
  bool wantsScenario = std::any_of(commands.begin(), commands.end(), changesScenario);
  if (wantsScenario && held_.empty()) heldSince_ = nowSeconds;
  if (!held_.empty() || (wantsScenario && !additionsReady())) {
    held_.insert(held_.end(), commands.begin(), commands.end());
    commands.clear();
    if (additionsReady() || nowSeconds - heldSince_ > kLongestWaitSeconds) commands = std::exchange(held_, {});
  }
  const bool hadLens = session().compare == city::Compare::Lens;
  city::Changes changes = city_.apply(commands, nowSeconds);
  if (!hadLens && session().compare == city::Compare::Lens)
    placeLens(double(extent.width) / std::max(1u, extent.height));
  if (changes.document) setDocument();

  geo::Eye eyeNow = eye();
  bool moved = eyeNow.position != scene_.eye.position || eyeNow.direction != scene_.eye.direction;
  scene_.eye = eyeNow;
  const glm::dvec3 eyeEnu = axes_.toEnu(eyeNow.position);
  scene_.eyeMetres = eyeEnu.z - ground_.at(glm::dvec2(eyeEnu)).value_or(0.0);
  scene_.look = session().look;
  scene_.language = session().language;
  scene_.layers = session().layers;
  scene_.selection = session().selection;
  scene_.nowSeconds = nowSeconds;
  scene_.windSeconds = options_.clockRuns ? nowSeconds : 0;
  scene_.citySeconds = session().hourOfDay * 3600 + scene_.windSeconds;
  scene_.liveApart = options_.liveApart;
  daylight_.follow(session().hourOfDay, nowSeconds, options_.sweepsHours);
  scene_.hourOfDay = daylight_.at(nowSeconds);
  scene_.lookFadeSeconds = float(options_.lookFadeSeconds);
  scene_.lens = {};
  if (session().compare == city::Compare::Lens) {
    const city::LensPlace& lens = session().lens;
    scene_.lens = {glm::vec2(lens.x, lens.y), float(lens.radius)};
  }
  if (const frame::WeatherShares weather = frame::sharesOf(session().weather); !weather_)
    weather_ = {weather, weather};
  else if (weather_->to != weather)
    weather_ = {weatherAt(nowSeconds), weather, nowSeconds};
  scene_.weather = city::hasWeather(scene_.look) ? weatherAt(nowSeconds) : frame::WeatherShares{};
  if (scene_.look != city::Look::Plain) lightUp();

  streaming_.drain();
  collectSides(nowSeconds, double(extent.width) / std::max(1u, extent.height));
  selection_ = tiles::select(tree(), streaming_.states(), selectionViews(extent), selection_,
                             {.maxSsePixels = options_.maxSsePixels * options_.quality.coarseness,
                              .fogDensity = options_.fogDensity,
                              .skipLevels = options_.skipLevels,
                              .fullAt = streaming_.statistics().fullAt,
                              .yielding = streaming_.yielding()});
  tiles::Orders orders = streaming_.update(selection_, updateImagery(extent));
  for (const tiles::Upload& upload : orders.uploads) {
    ground_.add(upload.tile, *upload.content);
    measures_.add(upload.tile, *upload.content);
    greenways_.add(*upload.content);
  }
  for (tiles::TileId tile : orders.evictions) {
    ground_.remove(tile);
    measures_.remove(tile);
  }
  residency::Residency::Report report = residency_->apply(orders, options_.budgets.uploadBytesPerFrame);
  for (tiles::TileId tile : report.uploaded) streaming_.uploaded(tile);
  for (tiles::TileId tile : report.failed) streaming_.uploadFailed(tile);
  for (size_t i = 0; i < sides_.size(); ++i) {
    sides_[i].draw = selection_.draw[i];
    sides_[i].cast = selection_.cast[i];
  }
  letStroll();
  fadeLevels(nowSeconds);
  scene_.resolution = options_.quality.resolution;
  scene_.shadowPatience = options_.quality.shadowPatience;
  scene_.trees = options_.quality.trees;
  scene_.bloom = options_.quality.bloom;
  const city::Style* style = city::shownStyle(document(), session());
  frame_->setStyle(style ? style->id : std::string());
  frame_->updateVisibility(tree(), sides_, tilesetOfAddition_, marks());

  wantedPeak_ = selection_.want.empty() ? 0 : std::max(wantedPeak_, selection_.want.size());
  scene_.still = options_.refineWhenStill && !moved && !moving(nowSeconds) && selection_.complete &&
                 !residency_->pending() && !imagery_.busy();
  return changes;
}

bool Stage::night() const { return frame::nightOf(scene_) > double(frame::kDarkNight); }

frame::Marks Stage::marks() const {
  const city::Layers& layers = session().layers;
  const bool compared = session().compare != city::Compare::Off;
  return {.differences = compared && layers.differences,
          .areas = !compared && layers.differences && layers.projectAreas && !layers.underground,
          .selection = session().selection};
}

//! People belong to the looks that show a city as it is; whoever looks from high above sees none.
void Stage::letStroll() {
  scene_.strollers.clear();
  const bool shows = scene_.look == city::Look::Clay || scene_.look == city::Look::Day;
  const city::Layers& layers = scene_.layers;
  if (!shows || !layers.life || !layers.greenways || layers.underground || greenways_.empty()) return;
  scene_.strollers =
      greenways_.strollersAt(scene_.eye.position, scene_.citySeconds, frame::kPeopleReachMetres, session().weather);
}

//! Sun and moon over the city. The hour is local mean solar time: what a clock would show that keeps to the city's own meridian.
void Stage::lightUp() {
  if (frame::themed(scene_.look)) {
    scene_.sunDirectionEcef = frame::mapLightEcef(document().origin);
    return;
  }
  const city::Date& day = options_.lightDate;
  const geo::Geodetic& place = document().origin;
  const double instant = geo::julianDate(day.year, day.month, day.day, scene_.hourOfDay - place.lonDegrees / 15);
  scene_.sunDirectionEcef = geo::sunDirectionEcef(instant);
  scene_.moon = geo::moonAt(place, instant);
}

void Stage::fadeLevels(double nowSeconds) {
  std::erase_if(fades_, [&](const auto& fade) {
    return std::none_of(sides_.begin(), sides_.end(), [&](const frame::Side& side) { return side.slot == fade.first; });
  });
  for (frame::Side& side : sides_) {
    tiles::CrossFade& fade = fades_[side.slot];
    fade.update(tree(), streaming_.states(), side.draw, nowSeconds, options_.levelFadeSeconds);
    side.fades = fade.fades();
  }
}

//! One turn of imagery; what it leaves of the budget.
tiles::Budgets Stage::updateImagery(VkExtent2D extent) {
  tiles::Budgets budgets = options_.budgets;
  // Where the GPU's memory is the machine's own, and a tile decoded again is quick beside a frame, nothing is kept for a way
  // back: a quarter less of memory over Tokyo. Unless levels fade: what fades out is idle meanwhile.
  if (software_ && options_.levelFadeSeconds <= 0) budgets.idleBytes = 0;
  // A motion that gave up detail to be fluent keeps the processor; at rest the picture is to be whole soon.
  if (options_.quality.whole()) budgets.decodes = kDecodesAtRest;
  if (document().imagery.empty()) return budgets;
  // The plain look is a measurement of tiles; nothing is laid on the ground in it.
  const bool draped = scene_.look != city::Look::Plain;
  const auto areas = draped ? frame_->imageryAreas(scene_, extent) : std::vector<tiles::ImageryArea>{};
  frame_->imagery(imagery_.update(areas, scene_.layers, budgets.gpuBytes / kImageryShare));
  budgets.gpuBytes -= std::min(budgets.gpuBytes, imagery_.statistics().bytes);
  return budgets;
}

void Stage::render(gpu::Target& target, int samples, const frame::UiPass& ui) {
  scene_.stillSamples = options_.stillSamples;
  scene_.samplesAcross = options_.quality.samplesAcross;
  scene_.labelsAlone = options_.labelsAlone;
  frame_->render(target, scene_, sides_, samples, ui);
  if (!software_) return;
  if (started_) {
    // Tiles that come and go leave pages behind: some 10 MiB in ten thousand frames over Tokyo.
    if (++framesSinceTrim_ < kTrimFrames) return;
  } else {
    // The frame before was the first of a view that is all there: by now its shaders are compiled.
    if (!std::exchange(settledBefore_, settled())) return;
    started_ = true;
  }
  framesSinceTrim_ = 0;
  gpu::returnFreedMemory();
}

ui::ModelFigures Stage::modelFigures(const std::string& project) const {
  for (size_t p = 0; p < document().projects.size(); ++p)
    if (document().projects[p].id == project) return measures_.figures(p, tree(), tilesetOfAddition_);
  return {};
}

frame::WeatherShares Stage::weatherAt(double nowSeconds) const {
  if (!weather_) return {};
  const double t = std::clamp((nowSeconds - weather_->sinceSeconds) / kWeatherSeconds, 0.0, 1.0);
  return frame::mixed(weather_->from, weather_->to, float(t * t * (3 - 2 * t)));
}

bool Stage::transitioning(double nowSeconds) const {
  return city_.moving(nowSeconds) || !held_.empty() || daylight_.moving(nowSeconds) ||
         (weather_ && nowSeconds < weather_->sinceSeconds + kWeatherSeconds);
}

bool Stage::moving(double nowSeconds) const {
  return transitioning(nowSeconds) ||
         std::any_of(fades_.begin(), fades_.end(), [](const auto& fade) { return !fade.second.empty(); });
}

bool Stage::settled() const {
  // A view that wants more than the budget holds is as good as it gets once streaming has given up on more.
  return (selection_.complete || streaming_.statistics().starved) && !streaming_.busy() && !residency_->pending() &&
         !imagery_.busy() && !transitioning(now_);
}

double Stage::loaded() const {
  if (wantedPeak_ == 0) return 1;
  return 1.0 - double(selection_.want.size()) / double(wantedPeak_);
}

std::vector<std::string> Stage::takeFailures() {
  std::vector<std::string> sentences;
  for (tiles::TileFailure& failure : streaming_.takeFailures()) sentences.push_back(std::move(failure.message));
  for (std::string& failure : imagery_.takeFailures()) sentences.push_back(std::move(failure));
  return sentences;
}

}  // namespace cm::app
