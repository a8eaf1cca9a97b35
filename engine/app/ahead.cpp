#include "app/ahead.h"

namespace cm::app {
namespace {

// What a flight passes is in sight for a second or so: asked for much earlier it would be thrown out again, later it is late.
constexpr double kLookAheadSeconds = 0.5;

}  // namespace

std::vector<city::CameraPose> posesAhead(const city::Session& session, std::span<const city::Command> held,
                                         double nowSeconds) {
  std::vector<city::CameraPose> poses;
  const city::Flight& flight = session.flight;
  if (flight.durationSeconds > 0 && nowSeconds < flight.startSeconds + flight.durationSeconds) {
    poses.push_back(flight.to);
    const city::CameraPose soon = city::poseOf(flight, nowSeconds + kLookAheadSeconds);
    if (!city::samePlace(soon, flight.to)) poses.push_back(soon);
  }
  for (const city::Command& command : held)
    if (const auto* next = std::get_if<city::FlyTo>(&command)) poses.push_back(next->camera);
  return poses;
}

}  // namespace cm::app
