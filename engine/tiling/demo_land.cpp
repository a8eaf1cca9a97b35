// Ground of the built-in city: a gentle plain that rises from the shore, and named hills of their published heights.
#include <algorithm>
#include <cmath>

#include "tiling/demo_facts.h"

namespace cm::tiling::demo {
namespace {

constexpr double kMassifCell = 40.0;
constexpr double kCell = 30.0;                                        // metres; the shore is known to about 100 m
constexpr glm::dvec2 kLo{-33000.0, -21500.0}, kHi{30500.0, 28000.0};  // covers coast.geojson

//! Even-odd fill of all rings along each row; columns get true where land is.
void fillRow(double y, const std::vector<std::vector<glm::dvec2>>& rings, std::vector<char>& row) {
  std::vector<double> crossings;
  for (const auto& ring : rings)
    for (size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
      glm::dvec2 a = ring[j], b = ring[i];
      if ((a.y > y) != (b.y > y)) crossings.push_back(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
    }
  std::sort(crossings.begin(), crossings.end());
  for (size_t k = 0; k + 1 < crossings.size(); k += 2) {
    int from = std::max(0, static_cast<int>(std::ceil((crossings[k] - kLo.x) / kCell - 0.5)));
    int to = std::min(static_cast<int>(row.size()) - 1,
                      static_cast<int>(std::floor((crossings[k + 1] - kLo.x) / kCell - 0.5)));
    for (int c = from; c <= to; ++c) row[static_cast<size_t>(c)] = 1;
  }
}

//! Squared distance transform of one line (Felzenszwalb and Huttenlocher 2012), in cells.
void distanceLine(std::vector<float>& f) {
  size_t n = f.size();
  std::vector<size_t> v(n);
  std::vector<float> z(n + 1), d(n);
  size_t k = 0;
  z[0] = -1e20f;
  z[1] = 1e20f;
  for (size_t q = 1; q < n; ++q) {
    auto meet = [&](size_t p) {
      return ((f[q] + float(q * q)) - (f[p] + float(p * p))) / (2.0f * float(q) - 2.0f * float(p));
    };
    float s = meet(v[k]);
    while (s <= z[k]) s = meet(v[--k]);
    v[++k] = q;
    z[k] = s;
    z[k + 1] = 1e20f;
  }
  k = 0;
  for (size_t q = 0; q < n; ++q) {
    while (z[k + 1] < float(q)) ++k;
    float step = float(q) - float(v[k]);
    d[q] = step * step + f[v[k]];
  }
  f = std::move(d);
}

std::vector<float> distanceTo(const std::vector<char>& land, int columns, int rows, char value) {
  std::vector<float> d(land.size());
  for (size_t i = 0; i < land.size(); ++i) d[i] = land[i] == value ? 0.0f : 1e9f;
  std::vector<float> line(static_cast<size_t>(rows));
  for (int c = 0; c < columns; ++c) {
    for (int r = 0; r < rows; ++r) line[size_t(r)] = d[size_t(r) * size_t(columns) + size_t(c)];
    distanceLine(line);
    for (int r = 0; r < rows; ++r) d[size_t(r) * size_t(columns) + size_t(c)] = line[size_t(r)];
  }
  line.resize(static_cast<size_t>(columns));
  for (int r = 0; r < rows; ++r) {
    std::copy_n(d.begin() + r * columns, columns, line.begin());
    distanceLine(line);
    std::copy(line.begin(), line.end(), d.begin() + r * columns);
  }
  return d;
}

}  // namespace

double valueNoise(glm::dvec2 p) {
  auto corner = [](double x, double y) {
    Dice dice(static_cast<uint64_t>(static_cast<int64_t>(x) * 7919 + static_cast<int64_t>(y) * 104729 + 0x1000000));
    return dice.unit();
  };
  glm::dvec2 cell = glm::floor(p), t = p - cell;
  t = t * t * (3.0 - 2.0 * t);
  return glm::mix(glm::mix(corner(cell.x, cell.y), corner(cell.x + 1, cell.y), t.x),
                  glm::mix(corner(cell.x, cell.y + 1), corner(cell.x + 1, cell.y + 1), t.x), t.y);
}

namespace {

// Slopes fall away from the crests, steeply at first, and meet in valleys; ribs of granite run down them.
double massifHeight(const Summit& summit, glm::dvec2 p) {
  constexpr double kFoot = 320, kReachOfHeight = 2.5;  // a crest of 1,000 m reaches 2.8 km: 20 degrees in the mean
  double crest = 0;
  for (const auto& ridge : summit.ridges)
    for (size_t i = 1; i < ridge.size(); ++i) {
      const glm::dvec2 a(ridge[i - 1]), d = glm::dvec2(ridge[i]) - a, to = p - a;
      const double t = std::clamp(glm::dot(to, d) / glm::dot(d, d), 0.0, 1.0);
      const double top = glm::mix(ridge[i - 1].z, ridge[i].z, t), reach = kFoot + kReachOfHeight * top;
      const glm::dvec2 away = to - d * t;
      const double q2 = glm::dot(away, away) / (reach * reach);
      if (q2 >= 1) continue;
      const double q = std::sqrt(q2);
      crest = std::max(crest, top * (1 - q) * std::sqrt(1 - q));
    }
  if (crest <= 0) return 0;
  const auto sharp = [&](double metres) { return 1 - std::abs(2 * valueNoise(p / metres + 37.0) - 1); };
  const double rough = 1 - std::pow(crest / summit.height, 8);  // the summit keeps its height
  const double ribs = 0.56 * sharp(620) + 0.29 * sharp(270) + 0.15 * sharp(120);
  return crest * (1 + rough * (0.42 * ribs - 0.24));
}

}  // namespace

Land::Land(const Facts& facts) : facts_(facts) {
  columns_ = static_cast<int>((kHi.x - kLo.x) / kCell);
  rows_ = static_cast<int>((kHi.y - kLo.y) / kCell);
  std::vector<std::vector<glm::dvec2>> rings;
  for (const Shore& shore : facts.shores) {
    if (shore.kind != "land") continue;
    for (const auto& ring : shore.rings) {
      rings.emplace_back();
      for (glm::dvec2 point : ring) rings.back().push_back(planeFrom(point));
    }
  }
  std::vector<char> land(static_cast<size_t>(columns_) * static_cast<size_t>(rows_));
  std::vector<char> row(static_cast<size_t>(columns_));
  for (int r = 0; r < rows_; ++r) {
    std::fill(row.begin(), row.end(), char{0});
    fillRow(kLo.y + (r + 0.5) * kCell, rings, row);
    std::copy(row.begin(), row.end(), land.begin() + r * columns_);
  }
  auto toSea = distanceTo(land, columns_, rows_, 0), toLand = distanceTo(land, columns_, rows_, 1);
  inland_.resize(land.size());
  for (size_t i = 0; i < land.size(); ++i)
    inland_[i] = static_cast<float>(kCell) * (land[i] ? std::sqrt(toSea[i]) - 0.5f : 0.5f - std::sqrt(toLand[i]));
  for (const Summit& summit : facts.summits) {
    if (summit.ridges.empty()) continue;
    constexpr double kAround = 3200;  // what the highest crest reaches
    glm::dvec2 lo(summit.at), hi(summit.at);
    for (const auto& ridge : summit.ridges)
      for (const glm::dvec3& p : ridge) lo = glm::min(lo, glm::dvec2(p)), hi = glm::max(hi, glm::dvec2(p));
    Massif massif{lo - kAround,
                  int((hi.x - lo.x + 2 * kAround) / kMassifCell) + 2,
                  int((hi.y - lo.y + 2 * kAround) / kMassifCell) + 2,
                  {}};
    for (int r = 0; r < massif.rows; ++r)
      for (int c = 0; c < massif.columns; ++c)
        massif.heights.push_back(float(massifHeight(summit, massif.lo + kMassifCell * glm::dvec2(c, r))));
    massifs_.push_back(std::move(massif));
  }
}

glm::dvec2 Land::lo() const { return kLo; }
glm::dvec2 Land::hi() const { return kHi; }

double Land::Massif::at(glm::dvec2 p) const {
  const glm::dvec2 q = (p - lo) / kMassifCell;
  if (q.x < 0 || q.y < 0 || q.x >= columns - 1 || q.y >= rows - 1) return 0;
  const int c = int(q.x), r = int(q.y);
  const float* sw = &heights[size_t(r) * size_t(columns) + size_t(c)];
  const float* nw = sw + columns;
  const double u = q.x - c, v = q.y - r;
  return glm::mix(glm::mix(double(sw[0]), double(sw[1]), u), glm::mix(double(nw[0]), double(nw[1]), u), v);
}

double Land::inland(glm::dvec2 p) const {
  double x = std::clamp((p.x - kLo.x) / kCell - 0.5, 0.0, columns_ - 1.001);
  double y = std::clamp((p.y - kLo.y) / kCell - 0.5, 0.0, rows_ - 1.001);
  int c = static_cast<int>(x), r = static_cast<int>(y);
  auto at = [&](int column, int line) { return double(inland_[size_t(line) * size_t(columns_) + size_t(column)]); };
  return glm::mix(glm::mix(at(c, r), at(c + 1, r), x - c), glm::mix(at(c, r + 1), at(c + 1, r + 1), x - c), y - r);
}

double Land::hill(glm::dvec2 p) const {
  double best = 0;
  for (const Summit& summit : facts_.summits) {
    if (!summit.ridges.empty()) continue;
    glm::dvec2 d = p - summit.at;
    double r2 = glm::dot(d, d) / (summit.radius * summit.radius);
    // Ridges run down from the top: the reach varies with direction, not with distance, so the foot has spurs. They end where
    // q is 1, at 1 / 0.75 of the radius at the farthest: cut off sooner, there would be cliffs.
    if (r2 * (0.75 * 0.75) >= 1.0) continue;
    double angle = std::atan2(d.y, d.x), phase = summit.at.x * 0.013;
    double reach = 1.0 + 0.16 * std::sin(3.0 * angle + phase) + 0.09 * std::sin(7.0 * angle + 2.0 * phase);
    double q = std::min(1.0, r2 * reach * reach);
    double shape = (1.0 - q) * (1.0 - q);
    shape *= 0.86 + 0.28 * valueNoise(p / (summit.radius * 0.22)) * (1.0 - shape);
    best = std::max(best, summit.height * std::min(shape, 1.0));
  }
  for (const Massif& massif : massifs_) best = std::max(best, massif.at(p));
  return best;
}

double Land::height(glm::dvec2 p) const {
  double d = inland(p);
  if (d <= 0) return std::max(-12.0, d * 0.02 - 0.4);
  double plain = 2.0 + 9.0 * (1.0 - std::exp(-d / 900.0)) + 14.0 * (1.0 - std::exp(-d / 5000.0));
  plain += 7.0 * (valueNoise(p / 700.0) - 0.5) * std::min(1.0, d / 900.0);
  double top = hill(p) * std::min(1.0, d / 160.0);
  return plain + std::max(0.0, top - 0.35 * plain * std::min(1.0, top / 40.0));
}

double Land::slope(glm::dvec2 p) const {
  constexpr double step = 12.0;
  double dx = height(p + glm::dvec2(step, 0)) - height(p - glm::dvec2(step, 0));
  double dy = height(p + glm::dvec2(0, step)) - height(p - glm::dvec2(0, step));
  return std::hypot(dx, dy) / (2.0 * step);
}

}  // namespace cm::tiling::demo
