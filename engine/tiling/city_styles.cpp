// The styles every city of ours comes with: what its buildings say of themselves, as colours.
#include <array>
#include <utility>

#include "tiling/city_document.h"
#include "tiling/model.h"

namespace cm::tiling {
namespace {

glm::vec3 colour(uint32_t rgb) { return glm::vec3(rgb >> 16, rgb >> 8 & 255, rgb & 255) / 255.0f; }

// From paper to a deep blue by even steps of lightness; legible to the colour-blind.
std::vector<city::StyleStop> heightStops() {
  constexpr std::array<std::pair<double, uint32_t>, 7> kStops{{{0, 0xf4efd9},
                                                               {12, 0xd3e6c3},
                                                               {24, 0x97cfb9},
                                                               {50, 0x52abb3},
                                                               {80, 0x2f80aa},
                                                               {120, 0x2c5697},
                                                               {200, 0x382c74}}};
  std::vector<city::StyleStop> stops;
  for (const auto& [metres, rgb] : kStops) stops.push_back({metres, colour(rgb)});
  return stops;
}

}  // namespace

std::vector<city::Style> cityStyles() {
  city::Style height{.id = "height", .name = {"建筑高度", "Building height"}, .property = "height", .unit = "m"};
  height.stops = heightStops();

  // Hues as planners know them (GB 50137-2011, table A: housing yellow, business red, public pink, industry brown, storage
  // purple, transport grey), muted.
  struct Class {
    BuildingClass kind;
    uint32_t rgb;
    Text name;
  };
  const std::array<Class, 18> kClasses{{{BuildingClass::Residential, 0xf0cf72, {"住宅", "Residential"}},
                                        {BuildingClass::Apartments, 0xe3b04b, {"住宅楼", "Apartments"}},
                                        {BuildingClass::House, 0xf5e2a8, {"独栋住宅", "House"}},
                                        {BuildingClass::Office, 0xb8475a, {"办公", "Office"}},
                                        {BuildingClass::Commercial, 0xd8665c, {"商业", "Commercial"}},
                                        {BuildingClass::Retail, 0xe79079, {"商铺", "Retail"}},
                                        {BuildingClass::Hotel, 0xc9698f, {"酒店", "Hotel"}},
                                        {BuildingClass::Public, 0xe08ac0, {"公共建筑", "Public"}},
                                        {BuildingClass::School, 0xeab0d2, {"学校", "School"}},
                                        {BuildingClass::Hospital, 0xc25b95, {"医院", "Hospital"}},
                                        {BuildingClass::Religious, 0xa8699e, {"宗教建筑", "Religious"}},
                                        {BuildingClass::Historic, 0x9c5a3c, {"历史建筑", "Historic"}},
                                        {BuildingClass::Industrial, 0xa08060, {"工业", "Industrial"}},
                                        {BuildingClass::Warehouse, 0x8f7cba, {"仓储", "Warehouse"}},
                                        {BuildingClass::Transport, 0x7f8a95, {"交通设施", "Transport"}},
                                        {BuildingClass::Garage, 0xa9b0b6, {"车库", "Garage"}},
                                        {BuildingClass::Shed, 0xc3c6c4, {"棚屋", "Shed"}},
                                        {BuildingClass::Other, 0xd8d7d1, {"其他", "Other"}}}};
  city::Style kind{.id = "class", .name = {"建筑类别", "Building class"}, .property = "class"};
  for (const Class& one : kClasses)
    kind.categories.push_back({std::string(nameOf(one.kind)), colour(one.rgb), one.name});

  city::Style source{
      .id = "height-source", .name = {"高度来源", "Where heights come from"}, .property = "heightSource"};
  source.categories = {
      {std::string(nameOf(HeightSource::Measured)), colour(0x2f80aa), {"数据标注", "As tagged"}},
      {std::string(nameOf(HeightSource::Levels)), colour(0x79b9a6), {"由层数推算", "From storeys"}},
      {std::string(nameOf(HeightSource::ClassDefault)), colour(0xe5b769), {"按类别默认", "Default by class"}},
      {std::string(nameOf(HeightSource::Rule)), colour(0xcabfae), {"按规则生成（示意）", "By rule (illustrative)"}}};
  return {height, kind, source};
}

}  // namespace cm::tiling
