// Pictures of a project for its card: today and built, from the project's own view, drawn by the window's own frame when nothing moves.
#include <algorithm>
#include <utility>

#include "app/stage.h"

namespace cm::app {
namespace {

constexpr VkExtent2D kDrawn{1280, 720};  // twice what a card shows: the smaller picture is smooth
constexpr uint32_t kKeptSide = 768;

}  // namespace

void Stage::wantPictures(const std::string& project) {
  const auto& projects = document().projects;
  const auto found =
      std::find_if(projects.begin(), projects.end(), [&](const city::Project& p) { return p.id == project; });
  if (found == projects.end()) {
    pictured_.reset();
    return;
  }
  const auto index = size_t(found - projects.begin());
  if (pictured_ && pictured_->project == index) return;
  Pictured wanted{.project = index};
  city::ScenarioState before = session().before, after = session().after;
  before.projects[project] = false;
  after.projects[project] = true;
  city::Date done = city::dateOf(document(), after);
  for (const city::Phase& phase : found->phases) done = std::max(done, phase.to);
  after.date = done;
  const auto side = [&](unsigned slot, const city::ScenarioState& state) {
    frame::Side made{.slot = slot, .date = city::dateOf(document(), state), .to = city::evaluate(document(), state)};
    made.from = made.to;
    return made;
  };
  wanted.sides = {side(0, before), side(1, after)};
  pictured_ = std::move(wanted);
}

void Stage::addPictureViews(std::vector<tiles::SelectionView>& views) const {
  if (!pictured_ || scene_.look == city::Look::Plain) return;
  const geo::Eye eye = eyeOf(city::viewOf(document().projects[pictured_->project]));
  for (const frame::Side& side : pictured_->sides)
    views.push_back(selectionView(side, eye, double(kDrawn.width) / kDrawn.height, kDrawn.height / 2.0));
}

std::optional<ProjectPictures> Stage::drawPictures(gpu::Device& device) {
  const size_t first = sides_.size();
  const bool ready = pictured_ && scene_.look != city::Look::Plain && !moving(now_) && selection_.complete &&
                     options_.quality.coarseness == 1 && !residency_->pending() && !imagery_.busy() &&
                     selection_.draw.size() >= first + 2 && additionsReady();
  if (!ready) return std::nullopt;
  const city::Project& project = document().projects[pictured_->project];
  if (std::exchange(pictured_->look, scene_.look) != scene_.look) pictured_->before = {};
  const size_t i = pictured_->before.rgba.empty() ? 0 : 1;  // one a turn: hands wait for neither
  frame::Side& side = pictured_->sides[i];
  side.draw = selection_.draw[first + i];
  side.cast = selection_.cast[first + i];
  frame::Scene scene = scene_;
  scene.eye = eyeOf(city::viewOf(project));
  scene.selection = {};
  scene.covered.clear();
  scene.still = scene.liveApart = scene.labelsAlone = false;
  scene.resolution = 1;
  scene.wholeHeight = scene.bandTop = 0;
  scene.aside = true;
  frame_->updateVisibility(tree(), {&side, 1}, tilesetOfAddition_);
  gpu::Offscreen target(device, kDrawn, format_);
  gpu::Target into = target.target();
  frame_->render(into, scene, {&side, 1}, 1, {});
  source::Image drawn{.width = kDrawn.width, .height = kDrawn.height, .rgba = target.read()};
  if (drawn.rgba.empty()) return std::nullopt;  // the device was lost
  frame_->updateVisibility(tree(), sides_, tilesetOfAddition_, marks());
  if (i == 0) {
    pictured_->before = shrunk(drawn, kKeptSide);
    return std::nullopt;
  }
  ProjectPictures pictures{project.id, std::move(pictured_->before), shrunk(drawn, kKeptSide)};
  pictured_.reset();
  return pictures;
}

}  // namespace cm::app
