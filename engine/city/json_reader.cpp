#include "city/json_reader.h"

#include <algorithm>
#include <cmath>

namespace cm::city {
namespace {

std::string joined(format::Names words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + std::string(words[i]);
  return text;
}

bool isWithin(double value, double least, double most) { return std::isfinite(value) && value >= least && value <= most; }

}  // namespace

std::string describe(const Json* value) {
  if (!value || value->is_null()) return "nothing";
  if (value->is_array()) return fmt::format("a list of {}", value->size());
  if (value->is_object()) return "an object";
  std::string shown = value->dump(-1, ' ', false, Json::error_handler_t::replace);
  if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
  return value->is_string() ? "text " + shown : shown;
}

ObjectReader::ObjectReader(std::vector<Problem>& problems, const Json& value, std::string path, format::Names known)
    : problems_(&problems), value_(&value), path_(std::move(path)), known_(known) {
  for (const auto& entry : value.items()) {
    if (std::find(known.begin(), known.end(), entry.key()) != known.end()) continue;
    std::string_view near = nearest(entry.key(), known);
    problems_->push_back({pathOf(entry.key()),
                          near.empty() ? fmt::format("found an unknown key, expected one of {}", joined(known))
                                       : fmt::format("found an unknown key, expected perhaps \"{}\"", near)});
  }
}

std::string ObjectReader::pathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const Json* ObjectReader::find(std::string_view key) const {
  CM_CHECK(std::find(known_.begin(), known_.end(), key) != known_.end(), "key {} is missing from city/format.h", key);
  auto found = value_->find(std::string(key));
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

void ObjectReader::report(std::string_view key, std::string message) const {
  problems_->push_back({pathOf(key), std::move(message)});
}

bool ObjectReader::missing(std::string_view key, bool required, std::string_view expected) const {
  if (required) report(key, fmt::format("found nothing, expected {}", expected));
  return false;
}

bool ObjectReader::read(std::string_view key, std::string& target, bool required) const {
  const Json* value = find(key);
  if (!value) return missing(key, required, "text");
  if (!value->is_string()) {
    report(key, fmt::format("found {}, expected text", describe(value)));
    return false;
  }
  target = value->get_ref<const std::string&>();
  if (required && target.empty()) {
    report(key, "found empty text, expected text");
    return false;
  }
  return true;
}

bool ObjectReader::read(std::string_view key, Text& target, bool required) const {
  const Json* value = find(key);
  if (!value) return missing(key, required, "an object with \"zh\" and \"en\"");
  if (!value->is_object()) {
    report(key, fmt::format("found {}, expected an object with \"zh\" and \"en\"", describe(value)));
    return false;
  }
  ObjectReader text(*problems_, *value, pathOf(key), format::kText);
  text.read("zh", target.zh);
  text.read("en", target.en);
  if (required && target.empty()) {
    report(key, "found no text, expected \"zh\" and \"en\"");
    return false;
  }
  return true;
}

bool ObjectReader::read(std::string_view key, double& target, double least, double most, bool required) const {
  const Json* value = find(key);
  if (!value) return missing(key, required, "a number");
  if (!value->is_number()) {
    report(key, fmt::format("found {}, expected a number", describe(value)));
    return false;
  }
  double number = value->get<double>();
  if (!isWithin(number, least, most)) {
    report(key, fmt::format("found {}, expected a number from {} to {}", describe(value), least, most));
    return false;
  }
  target = number;
  return true;
}

bool ObjectReader::read(std::string_view key, bool& target) const {
  const Json* value = find(key);
  if (!value) return false;
  if (!value->is_boolean()) {
    report(key, fmt::format("found {}, expected true or false", describe(value)));
    return false;
  }
  target = value->get<bool>();
  return true;
}

bool ObjectReader::read(std::string_view key, Date& target, bool required) const {
  std::string text;
  if (!find(key)) return missing(key, required, "a date such as 2027-07-01");
  if (!read(key, text)) return false;
  auto date = parseDate(text);
  if (!date) {
    report(key, date.error().text());
    return false;
  }
  target = *date;
  return true;
}

bool ObjectReader::read(std::string_view key, CameraPose& target, bool required) const {
  const Json* value = find(key);
  if (!value) return missing(key, required, "a camera with lon, lat, height, heading and pitch");
  if (!value->is_object()) {
    report(key, fmt::format("found {}, expected an object with lon, lat, height, heading and pitch", describe(value)));
    return false;
  }
  ObjectReader camera(*problems_, *value, pathOf(key), format::kCamera);
  CameraPose pose;
  bool good = camera.read("lon", pose.lonDegrees, -180, 180, true);
  good &= camera.read("lat", pose.latDegrees, -90, 90, true);
  good &= camera.read("height", pose.heightMetres, -12000, 1e8, true);
  camera.read("heading", pose.headingDegrees, -360, 360);
  camera.read("pitch", pose.pitchDegrees, -90, 90);
  if (good) target = pose;
  return good;
}

bool ObjectReader::readColour(std::string_view key, glm::vec3& target) const {
  std::string text;
  if (!read(key, text)) return false;
  bool good = text.size() == 7 && text[0] == '#' && text.find_first_not_of("0123456789abcdefABCDEF", 1) == text.npos;
  if (!good) {
    report(key, fmt::format("found text \"{}\", expected a colour such as #0e8f8f", text.substr(0, 40)));
    return false;
  }
  auto channel = [&](size_t at) { return static_cast<float>(std::stoi(text.substr(at, 2), nullptr, 16)) / 255.0f; };
  target = {channel(1), channel(3), channel(5)};
  return true;
}

void ObjectReader::readRing(const Json& ring, const std::string& where, Polygon& polygon) const {
  auto problem = [&](const std::string& at, std::string message) { problems_->push_back({at, std::move(message)}); };
  if (!ring.is_array()) return problem(where, fmt::format("found {}, expected a ring: a list of [lon, lat]", describe(&ring)));
  std::vector<glm::dvec2> corners;
  for (size_t i = 0; i < ring.size(); ++i) {
    const Json& corner = ring[i];
    std::string at = fmt::format("{}[{}]", where, i);
    if (!corner.is_array() || corner.size() != 2 || !corner[0].is_number() || !corner[1].is_number())
      return problem(at, fmt::format("found {}, expected [lon, lat]", describe(&corner)));
    glm::dvec2 place(corner[0].get<double>(), corner[1].get<double>());
    if (!isWithin(place.x, -180, 180) || !isWithin(place.y, -90, 90))
      return problem(at, fmt::format("found [{}, {}], expected longitude -180 to 180 and latitude -90 to 90", place.x, place.y));
    corners.push_back(place);
  }
  if (corners.size() > 1 && corners.front() == corners.back()) corners.pop_back();  // GeoJSON closes its rings
  if (corners.size() < 3)
    return problem(where, fmt::format("found a ring of {} corners, expected three or more", corners.size()));
  polygon.push_back(std::move(corners));
}

void ObjectReader::read(std::string_view key, std::vector<Polygon>& target) const {
  const Json* list = findList(key);
  if (!list) return;
  for (size_t i = 0; i < list->size(); ++i) {
    const Json& rings = (*list)[i];
    std::string where = fmt::format("{}[{}]", pathOf(key), i);
    if (!rings.is_array() || rings.empty()) {
      problems_->push_back({where, fmt::format("found {}, expected a polygon: a list of rings", describe(&rings))});
      continue;
    }
    Polygon polygon;
    for (size_t r = 0; r < rings.size(); ++r) {
      size_t good = polygon.size();
      readRing(rings[r], fmt::format("{}[{}]", where, r), polygon);
      if (r == 0 && polygon.size() == good) break;  // without its outer ring the rest means nothing
    }
    if (!polygon.empty()) target.push_back(std::move(polygon));
  }
}

void ObjectReader::read(std::string_view key, std::vector<std::string>& target) const {
  const Json* list = findList(key);
  if (!list) return;
  for (size_t i = 0; i < list->size(); ++i) {
    if ((*list)[i].is_string() && !(*list)[i].get_ref<const std::string&>().empty())
      target.push_back((*list)[i].get<std::string>());
    else
      problems_->push_back({fmt::format("{}[{}]", pathOf(key), i),
                            fmt::format("found {}, expected text", describe(&(*list)[i]))});
  }
}

const Json* ObjectReader::findList(std::string_view key) const {
  const Json* value = find(key);
  if (!value || value->is_array()) return value;
  report(key, fmt::format("found {}, expected a list", describe(value)));
  return nullptr;
}

bool ObjectReader::readWord(std::string_view key, size_t& index, format::Names words, bool required) const {
  std::string text;
  if (!find(key)) return missing(key, required, joined(words));
  if (!read(key, text)) return false;
  auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) {
    std::string_view near = nearest(text, words);
    report(key, fmt::format("found text \"{}\", expected {}{}", text.substr(0, 40), joined(words),
                            near.empty() ? std::string{} : fmt::format(" (perhaps {})", near)));
    return false;
  }
  index = static_cast<size_t>(found - words.begin());
  return true;
}

}  // namespace cm::city
