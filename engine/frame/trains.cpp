#include "frame/trains.h"

#include <algorithm>
#include <cmath>

namespace cm::frame {
namespace {

constexpr double kTrackHalf = 2.1;    // from the middle to each track's
constexpr double kBogieShare = 0.35;  // of a car's length, from its middle to a bogie

}  // namespace

std::vector<city::Timetable> timetablesOf(const std::vector<RailPath>& paths) {
  std::vector<city::Timetable> timetables;
  for (const RailPath& path : paths) timetables.push_back(city::timetableOf(path.service, path.stopMetres));
  return timetables;
}

Consist consistOf(const RailPath& path) {
  Consist consist;
  consist.fast = path.network == city::Network::Intercity || path.network == city::Network::HighSpeed;
  const double usual = carMetres(consist.fast ? Car::FastMiddle : Car::MetroMiddle);
  consist.cars = static_cast<unsigned>(std::clamp(std::lround(path.service.trainMetres / usual), 2L, 40L));
  consist.carMetres = path.service.trainMetres / consist.cars;
  return consist;
}

void placeTrain(const RailPath& path, const city::TrainAt& train, std::vector<PlacedCar>& cars) {
  const Consist consist = consistOf(path);
  const double way = train.back ? -1 : 1, length = path.lengthMetres();
  const double side = (consist.fast ? -1 : 1) * kTrackHalf;  // to the right of the way it goes
  const double usual = carMetres(consist.fast ? Car::FastMiddle : Car::MetroMiddle);
  const auto onTrack = [&](double along) {
    const glm::dvec3 at = pointAt(path, along).at;
    constexpr double kReach = 12;
    const glm::dvec3 ahead = (pointAt(path, along + kReach).at - pointAt(path, along - kReach).at) * way;
    const double level = std::max(std::hypot(ahead.x, ahead.y), 1e-9);
    return at + glm::dvec3(ahead.y, -ahead.x, 0) * (side / level);
  };
  for (unsigned i = 0; i < consist.cars; ++i) {
    // The first car leads.
    const double along = train.metres + way * (double(consist.cars - 1) / 2 - double(i)) * consist.carMetres;
    if (along < 0 || along > length) continue;
    const double bogie = way * kBogieShare * consist.carMetres;
    const glm::dvec3 front = onTrack(along + bogie), rear = onTrack(along - bogie);
    const bool end = i == 0 || i + 1 == consist.cars;
    PlacedCar car{
        .car = consist.fast ? (end ? Car::FastEnd : Car::FastMiddle) : (end ? Car::MetroEnd : Car::MetroMiddle),
        .at = (front + rear) * 0.5,
        .forward = glm::normalize(front - rear),
        .stretch = consist.carMetres / usual,
        .aboveGroundMetres = pointAt(path, along).aboveGround()};
    if (i > 0 && end) car.forward = -car.forward;
    cars.push_back(car);
  }
}

}  // namespace cm::frame
