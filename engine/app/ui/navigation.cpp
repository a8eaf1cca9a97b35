// Compass, zoom and home.
#include <algorithm>
#include <cmath>

#include "app/ui/panels.h"

namespace cm::app::ui {
namespace {

double focusOf(const city::CameraPose& pose, double groundMetres, double focusMetres) {
  if (focusMetres > 0) return focusMetres;
  double above = std::max(pose.heightMetres - groundMetres, 20.0);
  double down = std::sin(std::max(-pose.pitchDegrees, 8.0) * geo::kDegree);
  return above / down;
}

//! The pose moved `metres` along its own direction of view.
city::CameraPose advanced(city::CameraPose pose, double metres) {
  double heading = pose.headingDegrees * geo::kDegree, pitch = pose.pitchDegrees * geo::kDegree;
  double along = metres * std::cos(pitch) / geo::kSemiMajorMetres / geo::kDegree;
  pose.lonDegrees += along * std::sin(heading) / std::max(std::cos(pose.latDegrees * geo::kDegree), 0.01);
  pose.latDegrees += along * std::cos(heading);
  pose.heightMetres += metres * std::sin(pitch);
  return pose;
}

}  // namespace

city::CameraPose zoomed(const city::CameraPose& pose, double groundMetres, double focusMetres, double factor) {
  double focus = focusOf(pose, groundMetres, focusMetres);
  city::CameraPose moved = advanced(pose, focus * (1 - factor));
  // Not through the ground, and not out of sight of the city.
  if (moved.heightMetres < groundMetres + 15 && factor < 1) return pose;
  if (moved.heightMetres > groundMetres + 40000 && factor > 1) return pose;
  return moved;
}

city::CameraPose facingNorth(const city::CameraPose& pose, double groundMetres, double focusMetres) {
  double focus = focusOf(pose, groundMetres, focusMetres);
  city::CameraPose at = advanced(pose, focus);  // the point that stays in the middle
  at.headingDegrees = 0;
  return advanced(at, -focus);
}

void drawNavigation(Context& ui) {
  const Rect rect = ui.layout.navigation;
  float size = ui.px(52), gap = ui.px(8);
  beginBare("##navigation", rect);
  ImVec2 at{rect.x, rect.y};
  // A flight under way is continued from its end, so that taps add up.
  const city::CameraPose pose = ui.session.flight.durationSeconds > 0 ? ui.session.flight.to : ui.session.camera;
  const double ground = ui.document.origin.heightMetres,
               focus = ui.session.flight.durationSeconds > 0 ? 0 : ui.seen.focusMetres;

  ImDrawList& list = *ImGui::GetWindowDrawList();
  bool tapped = hitArea("compass", at, {size, size});
  float p = ImGui::IsItemActive() ? 1.0f : ImGui::IsItemHovered() ? 0.4f : 0.0f;
  ImVec2 centre{at.x + size / 2, at.y + size / 2};
  roundGround(ui, at, size, mix(ui.theme.card, ui.theme.accentTint, p));
  drawCompass(list, centre, ui.px(32), static_cast<float>(ui.seen.headingDegrees), ui.theme.after, ui.theme.before);
  if (tapped) ui.emit(city::FlyTo{facingNorth(pose, ground, focus), 0.8});

  at.x += size + gap;
  if (roundButton(ui, "out", at, size, Icon::Minus)) ui.emit(city::FlyTo{zoomed(pose, ground, focus, 1.55), 0.45});
  at.x += size + gap;
  if (roundButton(ui, "in", at, size, Icon::Plus)) ui.emit(city::FlyTo{zoomed(pose, ground, focus, 0.62), 0.45});
  at.x += size + gap;
  if (roundButton(ui, "home", at, size, Icon::Home)) ui.emit(city::FlyTo{city::homeOf(ui.document), 1.8});
  endBare();
}

}  // namespace cm::app::ui
