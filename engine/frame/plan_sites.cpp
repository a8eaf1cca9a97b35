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
      Site site{.project = p,
                .addition = a,
                .number = uint32_t(sites_.size()) + 1,
                .lo = glm::dvec2(1e9),
                .hi = glm::dvec2(-1e9)};
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

PlanSites::Site PlanSites::onPlane(const Site& site, const geo::EnuFrame& plane, double heightMetres) {
  Site placed{.project = site.project, .addition = site.addition, .number = site.number, .areas = site.areas};
  placed.lo = glm::dvec2(1e9), placed.hi = glm::dvec2(-1e9);
  for (Area& area : placed.areas) {
    area.lo = glm::dvec2(1e9), area.hi = glm::dvec2(-1e9);
    for (auto& ring : area.polygon)
      for (glm::dvec2& p : ring) {
        p = glm::dvec2(plane.toEnu(geo::ecefFromGeodetic({p.x, p.y, heightMetres})));
        area.lo = glm::min(area.lo, p);
        area.hi = glm::max(area.hi, p);
      }
    placed.lo = glm::min(placed.lo, area.lo);
    placed.hi = glm::max(placed.hi, area.hi);
  }
  return placed;
}

const PlanSites::Area* PlanSites::topOf(const Site& site, glm::dvec2 at) {
  if (!within(at, site.lo, site.hi)) return nullptr;
  const auto top = std::find_if(site.areas.rbegin(), site.areas.rend(), [&](const Area& area) {
    return within(at, area.lo, area.hi) && city::contains(area.polygon, at);
  });
  return top == site.areas.rend() ? nullptr : &*top;
}

void PlanSites::mark(source::MeshContent& content) const {
  if (sites_.empty() || content.vertices.empty()) return;
  // On the plane of the content, where a tree is placed by a product and not by a search for its latitude.
  const glm::dvec3 middle = glm::dvec3(content.lo + content.hi) * 0.5;
  const geo::Geodetic origin = geo::geodeticFromEcef(glm::dvec3(content.ecefFromContent * glm::dvec4(middle, 1)));
  const geo::EnuFrame plane = geo::enuFrameAt(origin);
  const glm::dmat4 planeFromContent = plane.enuFromEcef * content.ecefFromContent;
  const auto placeOf = [&](const glm::vec3& at) { return glm::dvec2(planeFromContent * glm::dvec4(at, 1)); };
  glm::dvec2 lo(1e9), hi(-1e9);
  for (int corner = 0; corner < 8; ++corner) {
    const glm::dvec2 at = placeOf({corner & 1 ? content.hi.x : content.lo.x, corner & 2 ? content.hi.y : content.lo.y,
                                   corner & 4 ? content.hi.z : content.lo.z});
    lo = glm::min(lo, at);
    hi = glm::max(hi, at);
  }
  std::vector<Site> near;
  for (const Site& site : sites_) {
    Site placed = onPlane(site, plane, origin.heightMetres);
    if (glm::all(glm::lessThan(lo, placed.hi)) && glm::all(glm::greaterThan(hi, placed.lo)))
      near.push_back(std::move(placed));
  }
  if (near.empty()) return;
  for (source::Tree& tree : content.trees) {
    const glm::dvec2 at = placeOf(tree.position);
    // Phases follow each other: it leaves with the first that lays its ground there.
    const auto first = std::find_if(near.begin(), near.end(), [&](const Site& site) { return topOf(site, at); });
    if (first != near.end()) tree.look |= first->number << source::kTreeSiteShift;
  }
  const glm::dmat4 contentFromPlane = glm::inverse(planeFromContent);
  for (size_t s = 0; s < near.size(); ++s) {
    const Site& site = near[s];
    glm::vec2 from(1e30f), to(-1e30f);
    for (int corner = 0; corner < 4; ++corner) {
      const glm::dvec4 place(corner & 1 ? site.hi.x : site.lo.x, corner & 2 ? site.hi.y : site.lo.y, 0, 1);
      const glm::vec2 at(contentFromPlane * place);
      from = glm::min(from, at);
      to = glm::max(to, at);
    }
    const auto green = [&](const glm::vec3& at) {
      const glm::dvec2 place = placeOf(at);
      const Area* top = topOf(site, place);
      // What a later phase covers again is not planted.
      return top && top->green && std::none_of(near.begin() + ptrdiff_t(s) + 1, near.end(), [&](const Site& later) {
               return topOf(later, place);
             });
    };
    source::plantTrees(content, from, to, green, site.number << source::kTreeSiteShift | source::kTreeComes);
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
