#include "source/implicit.h"

#include <cmath>

#include "source/fetch.h"

namespace cm::source {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr uint64_t kDeepestLevels = 60;          // coordinates are 64-bit numbers, and no volume is left below
constexpr uint64_t kMaxSubtreeTiles = 1u << 18;  // a file of a few bytes may say that all of them are there

bool finite(const std::vector<double>& numbers) {
  for (double number : numbers)
    if (!std::isfinite(number)) return false;
  return true;
}

Result<ReadVolume> readCell(const Json& json, const std::string& path) {
  const auto token = json["token"].string();
  const auto low = json["minimumHeight"].number(), high = json["maximumHeight"].number();
  const auto cell = token ? geo::s2CellFromToken(*token) : std::nullopt;
  if (!cell || !low || !high || !(*low <= *high))
    return makeError("{}: expected the token of an S2 cell, a minimumHeight and a maximumHeight", path);
  return ReadVolume{geo::boxOf(*cell, *low, *high), cell, *low, *high};
}

geo::OrientedBox divided(const geo::OrientedBox& box, bool octree, double n, const glm::dvec3& at) {
  geo::OrientedBox part = box;
  for (int k = 0; k < (octree ? 3 : 2); ++k) {
    part.halfAxes[k] = box.halfAxes[k] / n;
    part.centre += box.halfAxes[k] * ((2 * at[k] + 1) / n - 1);
  }
  return part;
}

geo::Region divided(const geo::Region& region, bool octree, double n, const glm::dvec3& at) {
  const double width = (region.east < region.west ? region.east + kTwoPi : region.east) - region.west;
  const double height = region.north - region.south, rise = region.maxHeight - region.minHeight;
  const auto turned = [](double angle) { return angle > kTwoPi / 2 ? angle - kTwoPi : angle; };
  geo::Region part = region;
  part.west = turned(region.west + width * at.x / n);
  part.east = turned(region.west + width * (at.x + 1) / n);
  part.south = region.south + height * at.y / n;
  part.north = region.south + height * (at.y + 1) / n;
  if (octree) {
    part.minHeight = region.minHeight + rise * at.z / n;
    part.maxHeight = region.minHeight + rise * (at.z + 1) / n;
  }
  return part;
}

}  // namespace

Result<ReadVolume> readVolume(const Json& json, const std::string& path) {
  if (const Json cell = json["extensions"]["3DTILES_bounding_volume_S2"]; cell.present())
    return readCell(cell, path + ".extensions.3DTILES_bounding_volume_S2");
  if (const Json box = json["box"]; box.present()) {
    const auto n = box.numbers();
    if (n.size() != 12 || !finite(n)) return makeError("{}.box: found {}, expected 12 numbers", path, box.kind());
    return ReadVolume{
        geo::OrientedBox{{n[0], n[1], n[2]}, glm::dmat3(n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11])}};
  }
  if (const Json sphere = json["sphere"]; sphere.present()) {
    const auto n = sphere.numbers();
    if (n.size() != 4 || !finite(n) || n[3] < 0)
      return makeError("{}.sphere: expected 4 numbers, the last a radius of at least 0", path);
    return ReadVolume{geo::Sphere{{n[0], n[1], n[2]}, n[3]}};
  }
  if (const Json region = json["region"]; region.present()) {
    const auto n = region.numbers();
    if (n.size() != 6 || !finite(n) || n[1] > n[3] || n[4] > n[5] || std::abs(n[1]) > 1.5708 ||
        std::abs(n[3]) > 1.5708 || std::abs(n[0]) > 6.2832 || std::abs(n[2]) > 6.2832)
      return makeError("{}.region: expected west, south, east, north in radians and lowest, highest in metres", path);
    return ReadVolume{geo::Region{n[0], n[1], n[2], n[3], n[4], n[5]}};
  }
  return makeError("{}: found {}, expected a box, sphere or region", path, json.present() ? "none of them" : "nothing");
}

Result<ImplicitTiling> readImplicitTiling(const Json& json, const std::string& path) {
  ImplicitTiling tiling;
  const std::string scheme = json["subdivisionScheme"].text();
  if (scheme != "QUADTREE" && scheme != "OCTREE")
    return makeError("{}.subdivisionScheme: found \"{}\", expected QUADTREE or OCTREE", path, scheme);
  tiling.octree = scheme == "OCTREE";
  auto levels = json["subtreeLevels"].whole(), available = json["availableLevels"].whole();
  if (!available && json["maximumLevel"].whole())
    available = *json["maximumLevel"].whole() + 1;  // the extension of 1.0
  if (!levels || *levels < 1 || !available || *available < 1 || *available > kDeepestLevels)
    return makeError("{}: subtreeLevels is {} and availableLevels {}, expected 1 to {}", path,
                     json["subtreeLevels"].text(), json["availableLevels"].text(), kDeepestLevels);
  uint64_t tiles = 0, row = 1;
  for (uint64_t level = 0; level < *levels; ++level) {
    tiles += row;
    if (tiles > kMaxSubtreeTiles)
      return makeError("{}.subtreeLevels: {} levels are more than {} tiles a subtree", path, *levels,
                       grouped(kMaxSubtreeTiles));
    row *= tiling.octree ? 8 : 4;
  }
  tiling.subtreeLevels = static_cast<uint32_t>(*levels);
  tiling.availableLevels = static_cast<uint32_t>(*available);
  const auto subtrees = json["subtrees"]["uri"].string();
  if (!subtrees || subtrees->empty()) return makeError("{}.subtrees.uri: found nothing, expected a template", path);
  tiling.subtrees = *subtrees;
  return tiling;
}

std::optional<geo::BoundingVolume> dividedVolume(const ImplicitTiling& tiling, uint32_t level, uint64_t x, uint64_t y,
                                                 uint64_t z) {
  const double n = std::ldexp(1.0, static_cast<int>(level));
  const glm::dvec3 at(static_cast<double>(x), static_cast<double>(y), static_cast<double>(z));
  if (const auto& cell = tiling.volume.cell) {
    if (cell->level + static_cast<int>(level) > 30) return {};
    const double rise = tiling.octree ? (tiling.volume.maxHeight - tiling.volume.minHeight) / n : 0;
    const double low = tiling.volume.minHeight + rise * at.z;
    return geo::boxOf(geo::s2Descendant(*cell, static_cast<int>(level), x, y), low,
                      tiling.octree ? low + rise : tiling.volume.maxHeight);
  }
  if (const auto* box = std::get_if<geo::OrientedBox>(&tiling.volume.volume))
    return divided(*box, tiling.octree, n, at);
  if (const auto* region = std::get_if<geo::Region>(&tiling.volume.volume))
    return divided(*region, tiling.octree, n, at);
  return {};
}

std::string filledIn(const ImplicitTiling& tiling, std::string_view pattern, uint32_t level, uint64_t x, uint64_t y,
                     uint64_t z) {
  const std::pair<std::string_view, uint64_t> values[] = {{"{level}", level}, {"{x}", x}, {"{y}", y}, {"{z}", z}};
  std::string out;
  while (!pattern.empty()) {
    bool found = false;
    for (const auto& [name, value] : values)
      if (pattern.starts_with(name)) {
        out += std::to_string(value);
        pattern.remove_prefix(name.size());
        found = true;
        break;
      }
    if (found) continue;
    out += pattern.front();
    pattern.remove_prefix(1);
  }
  return resolveUri(tiling.tilesetUri, out);
}

std::string subtreeUri(const SubtreeRef& s) { return filledIn(*s.tiling, s.tiling->subtrees, s.level, s.x, s.y, s.z); }

std::vector<Fact> factsOf(const Json& entity, FactOf of) {
  std::vector<Fact> facts;
  for (const auto& [name, value] : entity["properties"].members())
    if (std::string text = value.text(); !text.empty()) facts.push_back({std::string(name), std::move(text), of});
  return facts;
}

}  // namespace cm::source
