#include "frame/plan_sites.h"

#include <algorithm>

#include "frame/drape_shapes.h"
#include "geo/ellipsoid.h"
#include "source/trees.h"

namespace cm::frame {
namespace {

bool within(glm::dvec2 at, glm::dvec2 lo, glm::dvec2 hi) {
  return glm::all(glm::greaterThanEqual(at, lo)) && glm::all(glm::lessThanEqual(at, hi));
}

std::vector<city::Polygon> polygonsOf(const source::VectorFeature& feature) {
  std::vector<city::Polygon> polygons;
  for (size_t i = 0; i < feature.parts.size(); ++i) {
    const auto& starts = feature.polygonStarts;
    if (polygons.empty() || std::find(starts.begin(), starts.end(), i) != starts.end()) polygons.emplace_back();
    polygons.back().emplace_back(feature.parts[i].begin(), feature.parts[i].end());
  }
  return polygons;
}

}  // namespace

PlanSites::PlanSites(const city::Document& document, const VectorLayers& layers) {
  for (size_t p = 0; p < document.projects.size(); ++p)
    for (size_t a = 0; a < document.projects[p].additions.size(); ++a) {
      const auto layer = layers.find(document.projects[p].additions[a].groundUri);
      if (layer == layers.end() || sites_.size() == kMost) continue;
      Site site{.project = p, .addition = a, .lo = glm::dvec2(1e9), .hi = glm::dvec2(-1e9)};
      for (const std::string_view name : groundClassNames())
        for (const source::VectorFeature& feature : layer->second.features) {
          if (feature.kind != source::GeometryKind::Area || feature.property("class") != name) continue;
          for (city::Polygon& polygon : polygonsOf(feature)) {
            Area area{.green = name == "green", .lo = glm::dvec2(1e9), .hi = glm::dvec2(-1e9)};
            for (const glm::dvec2 at : polygon.front())
              area.lo = glm::min(area.lo, at), area.hi = glm::max(area.hi, at);
            area.polygon = std::move(polygon);
            site.lo = glm::min(site.lo, area.lo);
            site.hi = glm::max(site.hi, area.hi);
            site.areas.push_back(std::move(area));
          }
        }
      sites_.push_back(std::move(site));
    }
}

void PlanSites::mark(source::MeshContent& content) const {
  if (sites_.empty()) return;
  const auto lonLatOf = [&](const glm::vec3& at) {
    const geo::Geodetic place = geo::geodeticFromEcef(glm::dvec3(content.ecefFromContent * glm::dvec4(at, 1)));
    return glm::dvec2(place.lonDegrees, place.latDegrees);
  };
  glm::dvec2 lo(1e9), hi(-1e9);
  for (int corner = 0; corner < 8; ++corner) {
    const glm::dvec2 at = lonLatOf({corner & 1 ? content.hi.x : content.lo.x, corner & 2 ? content.hi.y : content.lo.y,
                                    corner & 4 ? content.hi.z : content.lo.z});
    lo = glm::min(lo, at);
    hi = glm::max(hi, at);
  }
  // The corners bound the box's longitudes and latitudes closely enough; the margin covers the bulge between them.
  const glm::dvec2 margin = (hi - lo) * 0.01;
  std::vector<uint32_t> near;
  for (uint32_t s = 0; s < sites_.size(); ++s)
    if (glm::all(glm::lessThan(lo - margin, sites_[s].hi)) && glm::all(glm::greaterThan(hi + margin, sites_[s].lo)))
      near.push_back(s);
  if (near.empty()) return;
  const auto topOf = [](const Site& site, glm::dvec2 at) -> const Area* {
    if (!within(at, site.lo, site.hi)) return nullptr;
    const auto top = std::find_if(site.areas.rbegin(), site.areas.rend(), [&](const Area& area) {
      return within(at, area.lo, area.hi) && city::contains(area.polygon, at);
    });
    return top == site.areas.rend() ? nullptr : &*top;
  };
  constexpr uint32_t kSiteBits = 63u << source::kTreeSiteShift | source::kTreeComes;
  std::erase_if(content.trees, [](const source::Tree& tree) { return (tree.look & source::kTreeComes) != 0; });
  for (source::Tree& tree : content.trees) {
    const glm::dvec2 at = lonLatOf(tree.position);
    // Phases follow each other: it leaves with the first that lays its ground there.
    const auto first = std::find_if(near.begin(), near.end(), [&](uint32_t s) { return topOf(sites_[s], at); });
    const uint32_t leavesWith = first == near.end() ? 0 : *first + 1;
    tree.look = (tree.look & ~kSiteBits) | leavesWith << source::kTreeSiteShift;
  }
  const glm::dmat4 contentFromEcef = glm::inverse(content.ecefFromContent);
  const double height = geo::geodeticFromEcef(glm::dvec3(content.ecefFromContent[3])).heightMetres;
  for (const uint32_t s : near) {
    const Site& site = sites_[s];
    glm::vec2 from(1e30f), to(-1e30f);
    for (int corner = 0; corner < 4; ++corner) {
      const geo::Geodetic place{corner & 1 ? site.hi.x : site.lo.x, corner & 2 ? site.hi.y : site.lo.y, height};
      const glm::vec2 at(contentFromEcef * glm::dvec4(geo::ecefFromGeodetic(place), 1));
      from = glm::min(from, at);
      to = glm::max(to, at);
    }
    const auto green = [&](const glm::vec3& at) {
      const glm::dvec2 place = lonLatOf(at);
      const Area* top = topOf(site, place);
      // What a later phase covers again is not planted.
      return top && top->green && std::none_of(near.begin(), near.end(), [&](uint32_t other) {
               return other > s && topOf(sites_[other], place);
             });
    };
    source::plantTrees(content, from, to, green, (s + 1) << source::kTreeSiteShift | source::kTreeComes);
  }
}

uint64_t PlanSites::laid(std::span<const city::ProjectState> states) const {
  uint64_t mask = 0;
  for (size_t s = 0; s < sites_.size(); ++s) {
    const Site& site = sites_[s];
    if (site.project >= states.size()) continue;
    const std::vector<bool>& additions = states[site.project].additions;
    if (site.addition < additions.size() && additions[site.addition]) mask |= uint64_t{1} << s;
  }
  return mask;
}

}  // namespace cm::frame
