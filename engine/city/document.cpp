#include "city/document.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cm::city {
namespace {

bool isLeap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int daysIn(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && isLeap(year) ? 29 : days[month - 1];
}

int daysIn(int year) { return isLeap(year) ? 366 : 365; }

template <class Items>
auto* byId(Items& items, std::string_view id) {
  auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

//! Exactly `digits` decimal digits at the front of `text`, taken off it; -1 where they are not there.
int takeNumber(std::string_view& text, size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

}  // namespace

Result<Date> parseDate(std::string_view text) {
  struct Why {
    std::string_view zh, en;
  };
  auto fail = [&](Why why) {
    return makeError(
        "“{}”不是日期{}，应如 2027-07-01、2027-07 或 2027 / found \"{}\"{}, expected a date such as 2027-07-01, "
        "2027-07 or 2027",
        text.substr(0, 40), why.zh, text.substr(0, 40), why.en);
  };
  std::string_view rest = text;
  Date date;
  date.year = takeNumber(rest, 4);
  if (date.year < 1) return fail({});
  for (int* part : {&date.month, &date.day}) {
    if (rest.empty()) break;
    if (rest.front() != '-') return fail({});
    rest.remove_prefix(1);
    *part = takeNumber(rest, 2);
    if (*part < 0) return fail({});
  }
  if (!rest.empty()) return fail({});
  if (date.month < 1 || date.month > 12) return fail({"（没有这个月份）", " (there is no such month)"});
  if (date.day < 1 || date.day > daysIn(date.year, date.month))
    return fail({"（没有这一天）", " (there is no such day)"});
  return date;
}

std::string toString(const Date& date) { return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day); }

double yearsOf(const Date& date) {
  int day = date.day - 1;
  for (int month = 1; month < date.month; ++month) day += daysIn(date.year, month);
  return date.year + static_cast<double>(day) / daysIn(date.year);
}

Date dateFromYears(double years) {
  if (!std::isfinite(years)) return {};
  int year = static_cast<int>(std::floor(years));
  // Half a day up, so that a date survives the way through a fraction.
  int day = static_cast<int>(std::floor((years - year) * daysIn(year) + 0.5));
  if (day >= daysIn(year)) {
    ++year;
    day = 0;
  }
  Date date{year, 1, 1};
  while (day >= daysIn(year, date.month)) day -= daysIn(year, date.month++);
  date.day = day + 1;
  return date;
}

const Project* Document::project(std::string_view wanted) const { return byId(projects, wanted); }
const Scenario* Document::scenario(std::string_view wanted) const { return byId(scenarios, wanted); }
const SavedView* Document::view(std::string_view wanted) const { return byId(views, wanted); }
const Style* Document::style(std::string_view wanted) const { return byId(styles, wanted); }
const Source* Document::source(std::string_view wanted) const { return byId(sources, wanted); }
const Picture* Document::picture(std::string_view of) const {
  auto found = std::find_if(pictures.begin(), pictures.end(), [&](const Picture& picture) { return picture.of == of; });
  return found == pictures.end() ? nullptr : &*found;
}

bool Document::hasItem(std::string_view wanted) const { return item(wanted) || byId(imagery, wanted); }

const OverlayItem* Document::item(std::string_view wanted) const {
  for (const Overlay& overlay : overlays)
    if (const OverlayItem* found = byId(overlay.items, wanted)) return found;
  return nullptr;
}

CameraPose viewOf(const Project& project) {
  if (project.view != CameraPose{} || project.boundary.empty()) return project.view;
  glm::dvec2 low(1e9), high(-1e9);
  for (const Polygon& polygon : project.boundary)
    for (const auto& ring : polygon)
      for (const glm::dvec2& corner : ring) {
        low = glm::min(low, corner);
        high = glm::max(high, corner);
      }
  constexpr double metresPerDegree = 111320;  // of latitude; near enough for placing a camera
  glm::dvec2 middle = (low + high) * 0.5;
  double width = (high.x - low.x) * metresPerDegree * std::cos(middle.y * geo::kDegree);
  double size = std::max({width, (high.y - low.y) * metresPerDegree, 200.0});
  // Looking north from the south side, 38 degrees down, far enough back that the area fills about half of the picture.
  CameraPose pose;
  pose.lonDegrees = middle.x;
  pose.latDegrees = middle.y - size * 1.35 / metresPerDegree;
  pose.heightMetres = size * 1.05;
  pose.pitchDegrees = -38;
  return pose;
}

Document documentForTileset(std::string_view uri) {
  Document document;
  // The folder's name says more than "tileset.json" or "layer.json" does.
  std::string_view path = uri.substr(0, uri.find_first_of("?#"));
  size_t slash = path.find_last_of('/');
  std::string_view file = slash == path.npos ? path : path.substr(slash + 1);
  std::string_view folder = slash == path.npos ? std::string_view{} : path.substr(0, slash);
  if (size_t last = folder.find_last_of('/'); last != folder.npos) folder = folder.substr(last + 1);
  const bool usual = file == "tileset.json" || file == "layer.json";
  std::string name(usual && !folder.empty() && folder != "." && folder != ".." ? folder : file);
  document.id = "tileset";
  document.name = {name, name};
  document.tilesets.push_back({"tiles", document.name, std::string(uri), ""});
  return document;
}

bool contains(const Polygon& polygon, glm::dvec2 p) {
  bool odd = false;
  for (const auto& ring : polygon)
    for (size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
      if ((ring[i].y > p.y) != (ring[j].y > p.y) &&
          p.x < (ring[j].x - ring[i].x) * (p.y - ring[i].y) / (ring[j].y - ring[i].y) + ring[i].x)
        odd = !odd;
  return odd;
}

}  // namespace cm::city
