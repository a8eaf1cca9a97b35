#include "frame/visibility.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "city/land_use.h"
#include "frame/drape_shapes.h"
#include "frame/view.h"
#include "shared/feature.h"

namespace cm::frame {
namespace {

constexpr double kRowsTold = 12;      // of a picture of 720
constexpr double kStreetMetres = 60;  // from below them one sees no area

bool stateOf(const std::vector<city::ProjectState>& states, size_t project, size_t index, bool addition) {
  if (project >= states.size()) return false;
  const std::vector<bool>& flags = addition ? states[project].additions : states[project].removals;
  return index < flags.size() && flags[index];
}

glm::dvec2 lonLatOf(const glm::dmat4& ecefFromContent, const glm::vec3& point) {
  const geo::Geodetic place = geo::geodeticFromEcef(glm::dvec3(ecefFromContent * glm::dvec4(glm::dvec3(point), 1.0)));
  return {place.lonDegrees, place.latDegrees};
}

}  // namespace

Visibility::Region::Region(const std::vector<city::Polygon>& of) : polygons(of) {
  for (const city::Polygon& polygon : polygons)
    for (const auto& ring : polygon)
      for (const glm::dvec2 point : ring) {
        lo = glm::min(lo, point);
        hi = glm::max(hi, point);
      }
}

void Visibility::setDocument(const city::Document& document, const geo::EnuFrame& axes) {
  removals_.clear();
  areas_.clear();
  projects_.clear();
  colours_.clear();
  areaTints_.clear();
  for (const city::Project& project : document.projects) {
    projects_.push_back(project.id);
    colours_.push_back(colourOf(project.kind));
    Area& area = areas_.emplace_back(Area{Region(project.boundary)});
    if (project.boundary.empty()) continue;
    const auto place = [&](const glm::dvec2& lonLat) {
      return axes.toEnu(geo::ecefFromGeodetic({lonLat.x, lonLat.y, document.origin.heightMetres}));
    };
    area.centreEnu = place((area.region.lo + area.region.hi) * 0.5);
    area.metres = glm::distance(place(area.region.lo), place(area.region.hi)) * 0.7;
  }
  styles_ = document.styles;
  styles_.push_back(city::landUseStyle());
  setStyle(std::exchange(styleId_, {}));
  tiles_.clear();
  residencyGeneration_ = 0;
  for (size_t p = 0; p < document.projects.size(); ++p) {
    const city::Project& project = document.projects[p];
    for (size_t r = 0; r < project.removals.size(); ++r) {
      const city::Removal& from = project.removals[r];
      Removal removal{.project = p, .index = r, .inside = Region(from.inside)};
      for (const std::string& id : from.featureIds) removal.ids.insert(hash64(id));
      removals_.push_back(std::move(removal));
    }
  }
  ++generation_;
}

void Visibility::setStyle(const std::string& id) {
  if (id == styleId_) return;
  styleId_ = id;
  const auto found = std::find_if(styles_.begin(), styles_.end(), [&](const city::Style& one) { return one.id == id; });
  styling_ = found == styles_.end() ? Styling() : Styling(*found);
  restyle_ = true;
}

//! Styles are about what stands on the ground: ground and roads keep their colours, and never open a hole.
void Visibility::applyStyle(const residency::ResidentTile& tile, Info& info) const {
  info.styled = styling_.of(*tile.features);
  for (size_t i = 0; i < tile.features->size(); ++i) {
    if (i < tile.removable.size() && tile.removable[i]) continue;
    if (!info.styled.colours.empty()) info.styled.colours[i] = 0;
    if (!info.styled.hidden.empty()) info.styled.hidden[i] = false;
  }
}

std::vector<uint32_t> Visibility::inside(const residency::ResidentTile& tile, const Region& region) const {
  std::vector<uint32_t> out;
  if (region.polygons.empty()) return out;
  // The corners of the tile's box bound its longitudes and latitudes closely enough; the margin covers the bulge between them.
  glm::dvec2 lo(1e9), hi(-1e9);
  for (int corner = 0; corner < 8; ++corner) {
    const glm::vec3 at(corner & 1 ? tile.hi.x : tile.lo.x, corner & 2 ? tile.hi.y : tile.lo.y,
                       corner & 4 ? tile.hi.z : tile.lo.z);
    const glm::dvec2 lonLat = lonLatOf(tile.ecefFromContent, at);
    lo = glm::min(lo, lonLat);
    hi = glm::max(hi, lonLat);
  }
  const glm::dvec2 margin = (hi - lo) * 0.01 + 1e-5;
  if (glm::any(glm::lessThan(hi + margin, region.lo)) || glm::any(glm::greaterThan(lo - margin, region.hi))) return out;
  const source::FeatureTable& features = *tile.features;
  for (uint32_t i = 0; i < features.size(); ++i) {
    if (i >= features.lo.size() || i >= tile.removable.size() || !tile.removable[i]) continue;
    const glm::dvec2 centre = lonLatOf(tile.ecefFromContent, (features.lo[i] + features.hi[i]) * 0.5f);
    if (glm::any(glm::lessThan(centre, region.lo)) || glm::any(glm::greaterThan(centre, region.hi))) continue;
    const bool in = std::any_of(region.polygons.begin(), region.polygons.end(),
                                [&](const city::Polygon& polygon) { return city::contains(polygon, centre); });
    if (in) out.push_back(i);
  }
  return out;
}

Visibility::Info Visibility::infoOf(const residency::ResidentTile& tile, const tiles::TileTree& tree) const {
  Info info;
  info.bits.assign(tile.features->size(), residency::kVisibleEverywhere);
  if (tile.tile < tree.tiles.size()) {
    auto found = additions_.find(tree.tiles[tile.tile].tileset);
    if (found != additions_.end()) info.addition = found->second;
  }
  if (info.addition) return info;  // what one project adds, another one's boundary does not remove
  bool anyIds = false;
  for (const Removal& removal : removals_) anyIds = anyIds || !removal.ids.empty();
  if (anyIds) {
    for (uint32_t i = 0; i < tile.features->size(); ++i) {
      const uint64_t id = hash64(tile.features->ids[i]);
      for (uint32_t r = 0; r < removals_.size(); ++r)
        if (removals_[r].ids.contains(id)) info.removed.push_back({i, r});
    }
  }
  for (uint32_t r = 0; r < removals_.size(); ++r)
    for (const uint32_t feature : inside(tile, removals_[r].inside)) info.removed.push_back({feature, r});
  for (uint32_t p = 0; p < areas_.size(); ++p)
    for (const uint32_t feature : inside(tile, areas_[p].region)) info.within.push_back({feature, p});
  return info;
}

bool Visibility::tint(const residency::ResidentTile& tile, const Info& info, std::vector<uint32_t>& colours) const {
  bool any = false;
  const auto paint = [&](size_t feature, uint32_t tint) {
    if (colours.empty()) colours.resize(info.bits.size(), 0);
    colours[feature] = tint;
    any = true;
  };
  for (const Within& within : info.within)
    if (areaTints_[within.project] && (colours.empty() || !colours[within.feature]))
      paint(within.feature, areaTints_[within.project]);
  if (!compared_) return any;
  const auto differs = [&](size_t feature, size_t project) {
    const uint32_t shown = info.bits[feature] & compared_;
    if (shown == 0 || shown == compared_ || feature >= tile.removable.size() || !tile.removable[feature]) return;
    paint(feature, packedTint(colours_[project], shared::kDifferenceShare));
  };
  if (info.addition)
    for (size_t i = 0; i < info.bits.size(); ++i) differs(i, info.addition->first);
  for (const Removed& removed : info.removed) differs(removed.feature, removals_[removed.removal].project);
  return any;
}

void Visibility::write(residency::Residency& residency, const residency::ResidentTile& tile, Info& info) {
  const source::FeatureTable& features = *tile.features;
  uint32_t base = residency::kVisibleEverywhere;
  if (info.addition) {
    base = 0;
    for (unsigned slot = 0; slot < slots_.size(); ++slot) {
      if (stateOf(slots_[slot].to, info.addition->first, info.addition->second, true)) base |= 1u << slot;
      if (stateOf(slots_[slot].from, info.addition->first, info.addition->second, true)) base |= 256u << slot;
    }
  }
  std::fill(info.bits.begin(), info.bits.end(), base);
  for (const Removed& removed : info.removed) {
    const Removal& removal = removals_[removed.removal];
    for (unsigned slot = 0; slot < slots_.size(); ++slot) {
      if (stateOf(slots_[slot].to, removal.project, removal.index, false)) info.bits[removed.feature] &= ~(1u << slot);
      if (stateOf(slots_[slot].from, removal.project, removal.index, false))
        info.bits[removed.feature] &= ~(256u << slot);
    }
  }
  for (size_t i = 0; i < info.styled.hidden.size(); ++i)
    if (info.styled.hidden[i]) info.bits[i] = 0;
  info.highlighted = false;
  if (!highlightedId_.empty()) {
    for (size_t i = 0; i < features.size(); ++i) {
      if (features.ids[i] != highlightedId_) continue;
      info.bits[i] |= residency::kHighlightBit;
      info.highlighted = true;
    }
  }
  uint32_t all = 0xffffffffu, any = 0;
  for (uint32_t bits : info.bits) {
    all &= bits;
    any |= bits;
  }
  if (info.bits.empty()) all = any = base;  // geometry without features goes with its tileset
  for (unsigned slot = 0; slot < slots_.size(); ++slot) {
    const auto of = [&](uint32_t bit) { return all & bit ? Shown::All : any & bit ? Shown::Some : Shown::None; };
    info.now[slot] = of(1u << slot);
    info.before[slot] = of(256u << slot);
    // Ground, roads and the like may have no feature at all: a tile of the city is never skipped whole.
    if (!info.addition && info.now[slot] == Shown::None) info.now[slot] = Shown::Some;
    if (!info.addition && info.before[slot] == Shown::None) info.before[slot] = Shown::Some;
  }
  std::vector<uint32_t> colours = info.styled.colours;
  info.tinted = tint(tile, info, colours);
  residency.setRecords(tile.tile, info.bits, colours);
  ++generation_;
}

void Visibility::update(residency::Residency& residency, const tiles::TileTree& tree, std::span<const Side> sides,
                        const std::map<std::pair<size_t, size_t>, tiles::TilesetId>& tilesetOfAddition,
                        const Marks& marks) {
  const uint32_t compared = marks.differences && sides.size() == 2 ? 1u << sides[0].slot | 1u << sides[1].slot : 0;
  bool changed = std::exchange(compared_, compared) != compared;
  std::vector<uint32_t> areaTints(areas_.size(), 0);
  for (size_t p = 0; marks.areas && sides.size() == 1 && p < areas_.size(); ++p) {
    const auto toCome = [&](const std::vector<city::ProjectState>& states) {
      return p < states.size() && !states[p].shown;
    };
    if (!toCome(sides[0].to) && (sides[0].transition >= 1 || !toCome(sides[0].from))) continue;
    const bool selected = marks.selection == city::Selection{city::PickKind::Project, projects_[p]};
    areaTints[p] = packedTint(colours_[p], selected ? shared::kSelectedAreaShare : shared::kAreaShare);
  }
  changed |= std::exchange(areaTints_, areaTints) != areaTints;
  for (const Side& side : sides) {
    if (side.slot >= slots_.size()) continue;
    SlotState& slot = slots_[side.slot];
    if (slot.used && slot.to == side.to && slot.from == side.from) continue;
    slot = {side.from, side.to, true};
    changed = true;
  }
  std::unordered_map<tiles::TilesetId, std::pair<size_t, size_t>> additions;
  for (const auto& [addition, tileset] : tilesetOfAddition) additions[tileset] = addition;
  if (additions != additions_) {
    additions_ = std::move(additions);
    tiles_.clear();
    residencyGeneration_ = 0;
  }
  const bool moved = residency.generation() != residencyGeneration_;
  if (!changed && !moved && !restyle_) return;
  residencyGeneration_ = residency.generation();
  ++pass_;
  for (const tiles::TileId id : residency.residents()) {
    const residency::ResidentTile& tile = *residency.tile(id);
    auto found = tiles_.find(id);
    const bool fresh = found == tiles_.end() || found->second.bits.size() != tile.features->size();
    if (fresh) found = tiles_.insert_or_assign(id, infoOf(tile, tree)).first;
    Info& info = found->second;
    info.seen = pass_;
    const bool restyled = fresh ? styling_.any() : restyle_;
    if (restyled) applyStyle(tile, info);
    if (fresh || restyled || (changed && (info.addition || !info.removed.empty() || !info.within.empty())))
      write(residency, tile, info);
  }
  restyle_ = false;
  std::erase_if(tiles_, [&](const auto& entry) { return entry.second.seen != pass_; });
}

void Visibility::highlight(residency::Residency& residency, const city::Selection& selection) {
  const std::string id = selection.kind == city::PickKind::Building ? selection.id : std::string();
  if (id == highlightedId_) return;
  const std::string old = std::exchange(highlightedId_, id);
  for (auto& [tileId, info] : tiles_) {
    const residency::ResidentTile* tile = residency.tile(tileId);
    if (!tile) continue;
    const auto& ids = tile->features->ids;
    if (info.highlighted || (!id.empty() && std::find(ids.begin(), ids.end(), id) != ids.end()))
      write(residency, *tile, info);
  }
}

bool Visibility::tintsSeen(const View& view, double eyeMetres) const {
  const float perMetre = float(view.extent.height) / (2.0f * std::tan(0.5f * float(view.fovYRadians)));
  if (styling_.any() || eyeMetres < kStreetMetres) return false;
  for (size_t p = 0; p < areaTints_.size(); ++p) {
    if (!areaTints_[p]) continue;
    const Area& area = areas_[p];
    const glm::vec3 world = view.relativeEnu(area.centreEnu);
    const double metres = std::max(double(glm::length(world)), 1.0);
    const glm::vec3 at = view.project(world);
    const bool inPicture =
        at.z > 0 && at.x > 0 && at.y > 0 && at.x < float(view.extent.width) && at.y < float(view.extent.height);
    const double rows = eyeMetres / metres * area.metres / metres * double(perMetre);
    if (inPicture && rows > kRowsTold / 720 * view.extent.height) return true;
  }
  return false;
}

Shown Visibility::shown(tiles::TileId tile, unsigned slot, bool changing) const {
  auto found = tiles_.find(tile);
  if (found == tiles_.end()) return Shown::All;
  const Info& info = found->second;
  Shown result = info.now[slot];
  if (changing && info.before[slot] != result) result = Shown::Some;
  return (info.highlighted || info.tinted || !info.styled.colours.empty()) && result == Shown::All ? Shown::Some
                                                                                                   : result;
}

}  // namespace cm::frame
