#include <algorithm>
#include <cmath>

#include "source/geos.h"
#include "tiling/geometry.h"
#include "tiling/polygon.h"

namespace cm::tiling {
namespace {

namespace geos = source::geos;

constexpr size_t kMostQuickPoints = 64;  // up to here the quadratic test for crossings beats GEOS

struct Faults {
  size_t notFinite = 0, spikes = 0, outsideHoles = 0, emptyHoles = 0;
  std::string crossing;
};

std::string sentence(const Faults& faults, size_t parts) {
  std::string text;
  auto add = [&](std::string_view more) {
    if (!text.empty()) text += "; ";
    text += more;
  };
  if (faults.notFinite) add(fmt::format("{} points without finite coordinates left out", faults.notFinite));
  if (faults.spikes) add(fmt::format("{} spikes cut off", faults.spikes));
  if (faults.outsideHoles) add(fmt::format("{} holes outside the outline left out", faults.outsideHoles));
  if (faults.emptyHoles) add(fmt::format("{} holes without area left out", faults.emptyHoles));
  if (!faults.crossing.empty()) add(faults.crossing);
  if (parts == 0)
    add("no area is left, so nothing can be drawn");
  else if (!faults.crossing.empty() && parts > 1)
    add(fmt::format("now {} parts", parts));
  return text;
}

bool same(glm::dvec2 a, glm::dvec2 b, double distance) {
  return std::abs(a.x - b.x) <= distance && std::abs(a.y - b.y) <= distance;
}

Ring cleaned(const Ring& ring, double distance, Faults& faults) {
  Ring out;
  for (const glm::dvec2& p : ring) {
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) {
      ++faults.notFinite;
      continue;
    }
    if (!out.empty() && same(out.back(), p, distance)) continue;
    out.push_back(p);
  }
  while (out.size() > 1 && same(out.back(), out.front(), distance)) out.pop_back();
  // A spike goes out and comes straight back: its tip is a point whose two sides lie on each other.
  for (bool again = true; again && out.size() >= 3;) {
    again = false;
    for (size_t i = 0; i < out.size() && out.size() >= 3; ++i) {
      const size_t n = out.size(), before = (i + n - 1) % n, after = (i + 1) % n;
      const glm::dvec2 u = out[before] - out[i], v = out[after] - out[i];
      const double lu = glm::length(u), lv = glm::length(v);
      const bool spike = same(out[before], out[after], distance) ||
                         (glm::dot(u, v) > 0 && std::abs(cross(u, v)) <= distance * std::max(lu, lv));
      if (!spike) continue;
      ++faults.spikes;
      const bool together = same(out[before], out[after], distance);
      out.erase(out.begin() + static_cast<std::ptrdiff_t>(i));
      if (together) out.erase(out.begin() + static_cast<std::ptrdiff_t>(i % out.size()));
      again = true;
      break;
    }
  }
  return out;
}

void orient(Rings& rings) {
  for (size_t r = 0; r < rings.size(); ++r)
    if ((signedArea(rings[r]) > 0) != (r == 0)) std::reverse(rings[r].begin(), rings[r].end());
}

geos::Geometry validArea(const Ring& ring, std::string& crossing) {
  geos::Geometry polygon = geos::polygonFrom({ring});
  if (!polygon || GEOSisValid_r(geos::context(), polygon.get()) == 1) return polygon;
  if (crossing.empty()) {
    char* reason = GEOSisValidReason_r(geos::context(), polygon.get());
    crossing = fmt::format("the outline was not simple ({}): repaired", reason ? reason : "unknown");
    GEOSFree_r(geos::context(), reason);
  }
  return geos::Geometry(GEOSMakeValid_r(geos::context(), polygon.get()));
}

}  // namespace

RepairedRings repairRings(const Rings& rings, double distance) {
  Faults faults;
  RepairedRings out;
  Rings clean;
  const double leastArea = distance * distance * 100;
  for (size_t r = 0; r < rings.size(); ++r) {
    Ring ring = cleaned(rings[r], distance, faults);
    const bool empty = ring.size() < 3 || (std::abs(signedArea(ring)) < leastArea && isSimple(ring));
    if (empty && r == 0) break;
    if (empty)
      ++faults.emptyHoles;
    else
      clean.push_back(std::move(ring));
  }
  if (clean.empty()) {
    out.problem = sentence(faults, 0);
    return out;
  }
  for (size_t r = clean.size(); r-- > 1;) {
    const bool outside =
        std::none_of(clean[r].begin(), clean[r].end(), [&](glm::dvec2 p) { return contains(clean[0], p); }) &&
        !contains(clean[r], centroidOf(clean[0]));
    if (!outside) continue;
    ++faults.outsideHoles;
    clean.erase(clean.begin() + static_cast<std::ptrdiff_t>(r));
  }

  bool valid = clean.size() == 1 && clean[0].size() <= kMostQuickPoints && isSimple(clean[0]);
  if (!valid) {
    geos::Geometry polygon = geos::polygonFrom(clean);
    valid = polygon && GEOSisValid_r(geos::context(), polygon.get()) == 1;
  }
  if (valid) {
    orient(clean);
    out.polygons.push_back(std::move(clean));
    out.problem = sentence(faults, 1);
    return out;
  }
  geos::Geometry area = validArea(clean[0], faults.crossing);
  for (size_t r = 1; r < clean.size() && area; ++r) {
    if (faults.crossing.empty()) faults.crossing = "a hole touched or crossed the outline or another hole: cut out";
    std::string unused = "hole";
    geos::Geometry hole = validArea(clean[r], unused);
    if (!hole) continue;
    geos::Geometry rest(GEOSDifference_r(geos::context(), area.get(), hole.get()));
    if (rest)
      area = std::move(rest);
    else
      ++faults.emptyHoles;
  }
  for (Rings& part : geos::polygonsOf(area.get())) {
    if (std::abs(signedArea(part[0])) < leastArea) continue;
    orient(part);
    out.polygons.push_back(std::move(part));
  }
  out.problem = sentence(faults, out.polygons.size());
  return out;
}

}  // namespace cm::tiling
