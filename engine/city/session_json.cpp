#include <algorithm>
#include <array>
#include <cmath>

#include "base/log.h"
#include "city/commands.h"
#include "city/json_reader.h"

namespace cm::city {
namespace {

constexpr std::array<std::string_view, 3> kCompares{"off", "swipe", "lens"};  // by Compare

Json json(const CameraPose& pose) {
  return {{"lon", pose.lonDegrees},
          {"lat", pose.latDegrees},
          {"height", pose.heightMetres},
          {"heading", pose.headingDegrees},
          {"pitch", pose.pitchDegrees}};
}

Json json(const ScenarioState& side) {
  Json out;
  out["scenario"] = side.scenario;
  if (side.date) out["date"] = toString(*side.date);
  Json& projects = out["projects"] = Json::object();
  for (const auto& [id, on] : side.projects) projects[id] = on;
  return out;
}

template <class T>
void take(const Json& object, const char* key, T& target) {
  if (!object.is_object()) return;
  auto found = object.find(key);
  if (found == object.end()) return;
  if constexpr (std::is_same_v<T, bool>) {
    if (found->is_boolean()) target = found->template get<bool>();
  } else if constexpr (std::is_same_v<T, double>) {
    if (found->is_number()) target = found->template get<double>();
  } else {
    if (found->is_string()) target = found->template get<std::string>();
  }
}

const Json& member(const Json& object, const char* key) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

void readCamera(const Json& object, CameraPose& camera) {
  CameraPose pose = camera;
  take(object, "lon", pose.lonDegrees);
  take(object, "lat", pose.latDegrees);
  take(object, "height", pose.heightMetres);
  take(object, "heading", pose.headingDegrees);
  take(object, "pitch", pose.pitchDegrees);
  bool good = std::abs(pose.lonDegrees) <= 180 && std::abs(pose.latDegrees) <= 90 &&
              std::abs(pose.heightMetres) < 1e8 && std::abs(pose.headingDegrees) <= 1e6 &&
              std::abs(pose.pitchDegrees) <= 90;
  if (good) camera = pose;
}

void readSide(const Json& object, const Document& document, ScenarioState& side) {
  std::string scenario, date;
  take(object, "scenario", scenario);
  if (document.scenario(scenario)) side.scenario = scenario;
  take(object, "date", date);
  if (!date.empty())
    if (auto parsed = parseDate(date)) side.date = *parsed;
  const Json& projects = member(object, "projects");
  if (!projects.is_object()) return;
  for (const auto& entry : projects.items())
    if (document.project(entry.key()) && entry.value().is_boolean())
      side.projects[entry.key()] = entry.value().get<bool>();
}

void readLayers(const Json& object, const Document& document, Layers& layers) {
  take(object, "labels", layers.labels);
  take(object, "projectAreas", layers.projectAreas);
  take(object, "greenways", layers.greenways);
  take(object, "metro", layers.metro);
  take(object, "shadows", layers.shadows);
  take(object, "buildings", layers.buildings);
  take(object, "life", layers.life);
  take(object, "underground", layers.underground);
  take(object, "differences", layers.differences);
  const Json& hidden = member(object, "hiddenItems");
  if (!hidden.is_array()) return;
  for (const Json& id : hidden)
    if (id.is_string() && document.hasItem(id.get<std::string>())) layers.hiddenItems.insert(id.get<std::string>());
}

}  // namespace

std::string writeSession(const Session& session) {
  Json out;
  out["camera"] = json(session.flight.durationSeconds > 0 ? session.flight.to : session.camera);
  out["before"] = json(session.before);
  out["after"] = json(session.after);
  out["showAfter"] = session.showAfter;
  out["compare"] = kCompares[static_cast<size_t>(session.compare)];
  out["lens"] = {{"x", session.lens.x}, {"y", session.lens.y}, {"radius", session.lens.radius}};
  out["divider"] = session.divider;
  const Layers& layers = session.layers;
  out["layers"] = {{"labels", layers.labels}, {"projectAreas", layers.projectAreas}, {"greenways", layers.greenways},
                   {"metro", layers.metro},   {"shadows", layers.shadows},           {"buildings", layers.buildings}};
  out["layers"]["life"] = layers.life;
  out["layers"]["underground"] = layers.underground;
  out["layers"]["differences"] = layers.differences;
  out["layers"]["hiddenItems"] = layers.hiddenItems;
  out["look"] = lookName(session.look);
  out["language"] = session.language == Language::English ? "en" : "zh";
  out["hour"] = session.hourOfDay;
  out["weather"] = weatherName(session.weather);
  out["style"] = session.style;
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void readSession(std::string_view text, const Document& document, Session& session) {
  Json in = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!in.is_object()) return log::warning("the saved session is not JSON and was left aside");
  readCamera(member(in, "camera"), session.camera);
  readSide(member(in, "before"), document, session.before);
  readSide(member(in, "after"), document, session.after);
  take(in, "showAfter", session.showAfter);
  std::string compare, look, weather, language;
  take(in, "compare", compare);
  const auto known = std::find(kCompares.begin(), kCompares.end(), compare);
  if (known != kCompares.end()) session.compare = static_cast<Compare>(known - kCompares.begin());
  const Json& lens = member(in, "lens");
  take(lens, "x", session.lens.x);
  take(lens, "y", session.lens.y);
  take(lens, "radius", session.lens.radius);
  session.lens = kept(session.lens);
  double divider = session.divider, hour = session.hourOfDay;
  take(in, "divider", divider);
  take(in, "hour", hour);
  if (divider >= 0 && divider <= 1) session.divider = divider;
  if (hour >= 0 && hour <= 24) session.hourOfDay = hour;
  readLayers(member(in, "layers"), document, session.layers);
  std::string style;
  take(in, "style", style);
  if (document.style(style)) session.style = style;
  take(in, "look", look);
  for (const auto& [value, name] : kLooks)
    if (name == look) session.look = value;
  take(in, "weather", weather);
  for (const auto& [value, name] : kWeathers)
    if (name == weather) session.weather = value;
  take(in, "language", language);
  if (language == "en" || language == "zh") session.language = language == "en" ? Language::English : Language::Chinese;
}

}  // namespace cm::city
