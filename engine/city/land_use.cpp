#include "city/land_use.h"

#include <initializer_list>

namespace cm::city {
namespace {

// The table's colours are pure inks for sheets that hold little else; a city full of them would dazzle. They are laid on the paper
// of the plan look (shaders/shared/themes.glsl) with this cover, hue by hue as they are.
constexpr float kCover = 0.58f;
const glm::vec3 kPaper(0.930f, 0.920f, 0.890f);

// Of the ground and of buildings whose use nobody says, as the shader has them: they stand in the legend with the rest.
const glm::vec3 kGreen(0.690f, 0.870f, 0.630f), kWater(0.620f, 0.800f, 0.880f), kUnknown(0.905f, 0.897f, 0.872f);

glm::vec3 printed(int red, int green, int blue) {
  return glm::mix(kPaper, glm::vec3(red, green, blue) / 255.0f, kCover);
}

struct LandUse {
  Text name;
  glm::vec3 colour;
  std::initializer_list<const char*> classes;
};

Style makeStyle() {
  // 城镇住宅 255 255 45, 商业服务业 255 0 0, 机关团体 255 0 255, 教育 255 133 201, 医疗卫生 255 127 126, 文化 255 127 0, 工业 187 150 116,
  // 仓储 135 97 211, 交通运输 183 183 183. Where a building's class says less than the table asks for, the class above it is used.
  const LandUse kUses[] = {
      {{"居住用地 R", "Residential (R)"}, printed(255, 255, 45), {"residential", "apartments", "house", "garage"}},
      {{"商业服务业用地 B", "Business (B)"}, printed(255, 0, 0), {"commercial", "office", "retail", "hotel"}},
      {{"行政办公用地 A1", "Administration (A1)"}, printed(255, 0, 255), {"public"}},
      {{"教育科研用地 A3", "Education (A3)"}, printed(255, 133, 201), {"school"}},
      {{"医疗卫生用地 A5", "Health care (A5)"}, printed(255, 127, 126), {"hospital"}},
      {{"文化与古迹用地 A2 A7", "Culture (A2, A7)"}, printed(255, 127, 0), {"historic", "religious"}},
      {{"工业用地 M", "Industry (M)"}, printed(187, 150, 116), {"industrial"}},
      {{"物流仓储用地 W", "Storage (W)"}, printed(135, 97, 211), {"warehouse"}},
      {{"交通设施用地 S", "Transport (S)"}, printed(183, 183, 183), {"transport"}},
      {{"绿地与农林 G E2", "Green, woods, fields (G, E2)"}, kGreen, {"park"}},
      {{"水域 E1", "Water (E1)"}, kWater, {"water"}},
      {{"用途未注明", "Use not stated"}, kUnknown, {"other", "shed", ""}},
  };
  Style style{.id = "land-use", .name = {"用地性质", "Land use"}, .property = "class"};
  for (const LandUse& use : kUses)
    for (const char* value : use.classes) style.categories.push_back({value, use.colour, use.name});
  return style;
}

}  // namespace

const Style& landUseStyle() {
  static const Style style = makeStyle();
  return style;
}

const Style* shownStyle(const Document& document, const Session& session) {
  if (const Style* chosen = document.style(session.style)) return chosen;
  return session.look == Look::Plan ? &landUseStyle() : nullptr;
}

}  // namespace cm::city
