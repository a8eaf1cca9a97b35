#include "app/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "source/property_textures.h"

namespace cm::app {
namespace {

using city::PickKind;

//! Words of the property table ("class", "heightSource") for people.
const std::map<std::string, Text, std::less<>> kWords{
    {"house", {"住宅（独栋）", "House"}},
    {"residential", {"住宅", "Residential"}},
    {"apartments", {"住宅楼", "Apartments"}},
    {"commercial", {"商业", "Commercial"}},
    {"office", {"办公", "Office"}},
    {"retail", {"商铺", "Retail"}},
    {"hotel", {"酒店", "Hotel"}},
    {"industrial", {"工业", "Industrial"}},
    {"warehouse", {"仓储", "Warehouse"}},
    {"public", {"公共建筑", "Public"}},
    {"school", {"学校", "School"}},
    {"hospital", {"医院", "Hospital"}},
    {"religious", {"宗教建筑", "Religious"}},
    {"historic", {"历史建筑", "Historic"}},
    {"transport", {"交通设施", "Transport"}},
    {"garage", {"车库", "Garage"}},
    {"shed", {"棚屋", "Shed"}},
    {"other", {"建筑", "Building"}},
    {"measured", {"数据标注", "As tagged in the data"}},
    {"levels", {"由层数推算", "From storeys"}},
    {"class default", {"按类别默认，未测量", "Default by class, not measured"}},
    {"rule", {"按规则生成（示意）", "Made by rule (illustrative)"}}};

Text wordFor(const std::string& value) {
  auto found = kWords.find(value);
  return found == kWords.end() ? Text{value, value} : found->second;
}

double distanceToSegment(glm::dvec2 p, glm::dvec2 a, glm::dvec2 b) {
  glm::dvec2 d = b - a;
  double length = glm::dot(d, d), t = length > 0 ? std::clamp(glm::dot(p - a, d) / length, 0.0, 1.0) : 0;
  return glm::distance(p, a + d * t);
}

//! Metres from a place to a line of an overlay; both in a flat frame about the place.
double distanceToLine(const source::VectorFeature& feature, const geo::Geodetic& place) {
  double perLat = 110950, perLon = 111320 * std::cos(place.latDegrees * geo::kDegree), best = 1e18;
  auto flat = [&](const glm::dvec3& p) {
    return glm::dvec2((p.x - place.lonDegrees) * perLon, (p.y - place.latDegrees) * perLat);
  };
  for (const auto& part : feature.parts)
    for (size_t i = 1; i < part.size(); ++i)
      best = std::min(best, distanceToSegment({0, 0}, flat(part[i - 1]), flat(part[i])));
  return best;
}

Text sourceText(const city::Document& document, const std::string& id) {
  const city::Source* source = document.source(id);
  if (!source) return {};
  Text text = source->name;
  if (!source->licence.empty()) {
    text.zh += " · " + source->licence;
    text.en += " · " + source->licence;
  }
  return text;
}

const city::OverlayItem* itemOf(const city::Document& document, const std::string& id, const city::Overlay** overlay) {
  for (const city::Overlay& o : document.overlays)
    for (const city::OverlayItem& item : o.items)
      if (item.id == id) {
        *overlay = &o;
        return &item;
      }
  return nullptr;
}

Text statusText(city::PlanStatus status) {
  switch (status) {
    case city::PlanStatus::Existing: return {"现状", "Existing"};
    case city::PlanStatus::Planned: return {"方案", "Planned"};
    case city::PlanStatus::UnderConstruction: return {"在建", "Under construction"};
    case city::PlanStatus::Approved: return {"已批", "Approved"};
  }
  return {};
}

constexpr double kTexelReachMetres = 0.5;

Text wordFor(source::FactOf of) {
  switch (of) {
    case source::FactOf::Feature: return {};
    case source::FactOf::Tile: return {"瓦片", "Tile"};
    case source::FactOf::Content: return {"内容", "Content"};
    case source::FactOf::Group: return {"分组", "Group"};
    case source::FactOf::Subtree: return {"子树", "Subtree"};
    case source::FactOf::Tileset: return {"瓦片集", "Tileset"};
  }
  return {};
}

//! Authored surfaces without features: what their texture and their tile say is all there is to say.
ui::Picked surfaceFacts(const Stage& stage, const frame::Pick& pick, std::span<const source::Fact> texel) {
  ui::Picked card;
  const auto metadata = metadataOf(stage.tree(), pick.tile);
  if (texel.empty() && metadata.empty()) return card;
  card.any = true;
  card.kind = PickKind::Building;
  card.title = {"表面", "Surface"};
  for (const source::Fact& fact : texel) card.facts.push_back({{fact.name, fact.name}, fact.value});
  card.facts.insert(card.facts.end(), metadata.begin(), metadata.end());
  if (!stage.document().tilesets.empty())
    card.source = sourceText(stage.document(), stage.document().tilesets.front().source);
  return card;
}

ui::Picked buildingFacts(const Stage& stage, const frame::Pick& pick, std::span<const source::Fact> texel,
                         Language language) {
  ui::Picked card;
  const residency::ResidentTile* tile = stage.residency().tile(pick.tile);
  if (!tile || !tile->features || pick.feature >= tile->features->size()) return surfaceFacts(stage, pick, texel);
  const source::FeatureTable& table = *tile->features;
  card.any = true;
  card.kind = PickKind::Building;
  card.id = table.ids[pick.feature];
  std::string name = table.text("name", pick.feature), kind = table.text("class", pick.feature);
  card.title = name.empty() ? (kind.empty() ? Text{"建筑", "Building"} : wordFor(kind)) : Text{name, name};
  for (const source::Column& column : table.columns) {
    std::string value = table.text(column.name, pick.feature);
    if (value.empty() || column.name == "id" || column.name == "name") continue;
    if (column.name == "class")
      card.facts.push_back({{"类别", "Class"}, wordFor(value).in(language)});
    else if (column.name == "height") {
      char* end = nullptr;
      double metres = std::strtod(value.c_str(), &end);
      if (end != value.c_str() && std::isfinite(metres))
        card.facts.push_back({{"高度", "Height"}, fmt::format("{:.1f} m", metres)});
    } else if (column.name == "heightSource")
      card.facts.push_back({{"高度来源", "Height from"}, wordFor(value).in(language)});
    else
      card.facts.push_back({{column.name, column.name}, value});
  }
  for (const source::Fact& fact : texel)
    card.facts.push_back({{fmt::format("此处 {}", fact.name), fmt::format("Here: {}", fact.name)}, fact.value});
  card.facts.push_back({{"编号", "Id"}, card.id});
  for (auto& fact : metadataOf(stage.tree(), pick.tile)) card.facts.push_back(std::move(fact));
  if (!stage.document().tilesets.empty())
    card.source = sourceText(stage.document(), stage.document().tilesets.front().source);
  return card;
}

ui::Picked itemFacts(const city::Document& document, const city::Selection& selection, Language language) {
  ui::Picked card;
  const city::Overlay* overlay = nullptr;
  const city::OverlayItem* item = itemOf(document, selection.id, &overlay);
  if (!item) return card;
  card.any = true;
  card.kind = selection.kind;
  card.id = item->id;
  card.title = item->name;
  card.facts.push_back({{"状态", "Status"}, statusText(item->status).in(language)});
  if (item->opens) card.facts.push_back({{"开通", "Opens"}, city::toString(*item->opens)});
  if (item->lengthKilometres)
    card.facts.push_back({{"长度", "Length"}, fmt::format("{:.1f} km", *item->lengthKilometres)});
  card.source = sourceText(document, item->source);
  return card;
}

ui::Picked pointFacts(const Stage& stage, const city::Selection& selection, Language language) {
  ui::Picked card;
  const city::Document& document = stage.document();
  for (const city::Overlay& overlay : document.overlays) {
    auto layer = stage.layers().find(overlay.uri);
    if (layer == stage.layers().end()) continue;
    for (const source::VectorFeature& feature : layer->second.features) {
      if (feature.property("id") != selection.id) continue;
      card.any = true;
      card.kind = selection.kind;
      card.id = selection.id;
      card.title = {feature.property("zh"), feature.property("en")};
      const city::Overlay* owner = nullptr;
      if (const city::OverlayItem* item = itemOf(document, feature.property("item"), &owner)) {
        card.facts.push_back({{"线路", "Line"}, item->name.in(language)});
        if (item->opens) card.facts.push_back({{"开通", "Opens"}, city::toString(*item->opens)});
      }
      if (feature.property("transfer") == "true")
        card.facts.push_back({{"换乘站", "Interchange"}, language == Language::Chinese ? "是" : "yes"});
      card.source = sourceText(document, overlay.source);
      return card;
    }
  }
  return card;
}

}  // namespace

std::vector<std::pair<Text, std::string>> metadataOf(const tiles::TileTree& tree, tiles::TileId id) {
  std::vector<std::pair<Text, std::string>> lines;
  if (id >= tree.tiles.size()) return lines;
  const tiles::Tile& tile = tree.tiles[id];
  for (const auto* facts : {&tile.facts, &tree.enclosing[tile.enclosing]})
    for (const source::Fact& fact : *facts) {
      const Text of = wordFor(fact.of);
      lines.push_back({{fmt::format("{} {}", of.zh, fact.name), fmt::format("{} {}", of.en, fact.name)}, fact.value});
    }
  return lines;
}

std::vector<source::Fact> texelFacts(const Stage& stage, const frame::Pick& pick) {
  const residency::ResidentTile* tile = pick.hit ? stage.residency().tile(pick.tile) : nullptr;
  if (!tile) return {};
  return source::propertiesAt(tile->propertySurfaces, pick.positionEcef, kTexelReachMetres);
}

city::Selection selectionAt(const Stage& stage, const frame::Pick& pick) {
  if (pick.overlay.kind != PickKind::Nothing) return pick.overlay;
  if (!pick.hit) return {};
  if (const residency::ResidentTile* tile = stage.residency().tile(pick.tile);
      tile && tile->features && pick.feature < tile->features->size()) {
    const source::FeatureTable& table = *tile->features;
    // Ground features (roads, woods) have no height; a tap on them means the place, not them.
    bool building = table.column("height") == nullptr || (!table.text("heightSource", pick.feature).empty());
    if (building) return {PickKind::Building, std::string(table.ids[pick.feature])};
  }
  if (!texelFacts(stage, pick).empty()) return {PickKind::Building, stage.tree().tiles[pick.tile].contentUris.front()};
  const city::Document& document = stage.document();
  geo::Geodetic place = geo::geodeticFromEcef(pick.positionEcef);
  double reach = std::max(12.0, glm::distance(stage.eye().position, pick.positionEcef) * 0.008), best = reach;
  city::Selection nearest;
  for (const city::Overlay& overlay : document.overlays) {
    auto layer = stage.layers().find(overlay.uri);
    if (layer == stage.layers().end() || overlay.kind != city::OverlayKind::Greenway) continue;
    for (const source::VectorFeature& feature : layer->second.features) {
      if (feature.kind != source::GeometryKind::Line) continue;
      double metres = distanceToLine(feature, place);
      if (metres < best && !stage.session().layers.hiddenItems.contains(feature.property("item"))) {
        best = metres;
        nearest = {PickKind::Greenway, feature.property("item")};
      }
    }
  }
  if (nearest.kind != PickKind::Nothing) return nearest;
  for (const city::Project& project : document.projects)
    for (const city::Polygon& polygon : project.boundary)
      if (city::contains(polygon, {place.lonDegrees, place.latDegrees})) return {PickKind::Project, project.id};
  if (stage.residency().tile(pick.tile) && !metadataOf(stage.tree(), pick.tile).empty())
    return {PickKind::Building, stage.tree().tiles[pick.tile].contentUris.front()};
  return {};
}

city::Selection selectionOf(const Stage& stage, const std::string& id) {
  const city::Document& document = stage.document();
  if (document.project(id)) return {PickKind::Project, id};
  if (document.item(id)) return {PickKind::MetroLine, id};
  for (const city::Overlay& overlay : document.overlays) {
    const auto layer = stage.layers().find(overlay.uri);
    if (layer == stage.layers().end()) continue;
    for (const source::VectorFeature& feature : layer->second.features)
      if (feature.property("id") == id)
        return {feature.property("kind") == "station" ? PickKind::Station : PickKind::Place, id};
  }
  return {PickKind::Building, id};
}

frame::Pick pickOf(const Stage& stage, const std::string& featureId) {
  frame::Pick pick;
  double finest = 1e300;
  for (const tiles::TileId tile : stage.residency().residents()) {
    const residency::ResidentTile* resident = stage.residency().tile(tile);
    if (!resident || !resident->features || stage.tree().tiles[tile].geometricError >= finest) continue;
    const auto& ids = resident->features->ids;
    const auto found = std::find(ids.begin(), ids.end(), featureId);
    if (found == ids.end()) continue;
    pick.tile = tile;
    pick.feature = uint32_t(found - ids.begin());
    finest = stage.tree().tiles[tile].geometricError;
  }
  return pick;
}

ui::Picked factsOf(const Stage& stage, const city::Selection& selection, const frame::Pick& pick,
                   std::span<const source::Fact> texel) {
  Language language = stage.session().language;
  switch (selection.kind) {
    case PickKind::Building: return buildingFacts(stage, pick, texel, language);
    case PickKind::Greenway:
    case PickKind::MetroLine: return itemFacts(stage.document(), selection, language);
    case PickKind::Station:
    case PickKind::Place: return pointFacts(stage, selection, language);
    case PickKind::Project:
    case PickKind::Nothing: break;  // a project has its own card
  }
  return {};
}

}  // namespace cm::app
