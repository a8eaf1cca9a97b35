#include "tiling/ground_cell.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace cm::tiling {
namespace {

int64_t turnOf(Point a, Point b, Point c) {
  return int64_t(b.x - a.x) * (c.y - a.y) - int64_t(b.y - a.y) * (c.x - a.x);
}

bool inCircle(Point a, Point b, Point c, Point d) {
  const int64_t ax = a.x - d.x, ay = a.y - d.y, bx = b.x - d.x, by = b.y - d.y, cx = c.x - d.x, cy = c.y - d.y;
  const int64_t a2 = ax * ax + ay * ay, b2 = bx * bx + by * by,
                c2 = cx * cx + cy * cy;  // each up to 2^27, sums below 2^56
  return a2 * (bx * cy - by * cx) - b2 * (ax * cy - ay * cx) + c2 * (ax * by - ay * bx) > 0;
}

bool between(Point a, Point b, Point p) {  // strictly, on the line a b
  return p != a && p != b && std::min(a.x, b.x) <= p.x && p.x <= std::max(a.x, b.x) && std::min(a.y, b.y) <= p.y &&
         p.y <= std::max(a.y, b.y);
}

struct Cut {
  size_t segment;
  Point at;
};

void cutsOf(const CellSegment& s, const CellSegment& t, size_t i, size_t j, std::vector<Cut>& cuts) {
  const int64_t sa = turnOf(t.a, t.b, s.a), sb = turnOf(t.a, t.b, s.b), ta = turnOf(s.a, s.b, t.a),
                tb = turnOf(s.a, s.b, t.b);
  if ((sa > 0) == (sb > 0) && sa != 0 && sb != 0) return;
  if ((ta > 0) == (tb > 0) && ta != 0 && tb != 0) return;
  if (sa == 0 && between(t.a, t.b, s.a)) cuts.push_back({j, s.a});
  if (sb == 0 && between(t.a, t.b, s.b)) cuts.push_back({j, s.b});
  if (ta == 0 && between(s.a, s.b, t.a)) cuts.push_back({i, t.a});
  if (tb == 0 && between(s.a, s.b, t.b)) cuts.push_back({i, t.b});
  if (sa == 0 || sb == 0 || ta == 0 || tb == 0) return;
  const double f = double(sa) / double(sa - sb);
  const Point at(static_cast<int>(std::lround(s.a.x + f * (s.b.x - s.a.x))),
                 static_cast<int>(std::lround(s.a.y + f * (s.b.y - s.a.y))));
  if (at != s.a && at != s.b) cuts.push_back({i, at});
  if (at != t.a && at != t.b) cuts.push_back({j, at});
}

bool applyCuts(std::vector<CellSegment>& segments, std::vector<Cut>& cuts) {
  if (cuts.empty()) return false;
  auto along = [&](const Cut& c) {
    const glm::i64vec2 d(c.at - segments[c.segment].a);
    return d.x * d.x + d.y * d.y;
  };
  std::sort(cuts.begin(), cuts.end(), [&](const Cut& l, const Cut& r) {
    if (l.segment != r.segment) return l.segment < r.segment;
    const int64_t dl = along(l), dr = along(r);
    if (dl != dr) return dl < dr;
    return l.at.x != r.at.x ? l.at.x < r.at.x : l.at.y < r.at.y;
  });
  for (size_t c = 0; c < cuts.size();) {
    const size_t segment = cuts[c].segment;
    const CellSegment whole = segments[segment];
    Point from = whole.a;
    bool first = true;
    auto emit = [&](Point to) {
      if (to == from) return;
      if (first)
        segments[segment] = {from, to, whole.owner};
      else
        segments.push_back({from, to, whole.owner});
      first = false;
      from = to;
    };
    for (; c < cuts.size() && cuts[c].segment == segment; ++c) emit(cuts[c].at);
    emit(whole.b);
  }
  return true;
}

}  // namespace

void nodeSegments(std::vector<CellSegment>& segments) {
  std::vector<Cut> cuts;
  for (int round = 0; round < 6; ++round) {  // rounding moves a segment by less than a unit: two rounds are the rule
    cuts.clear();
    std::sort(segments.begin(), segments.end(), [](const CellSegment& l, const CellSegment& r) {
      const int lx = std::min(l.a.x, l.b.x), rx = std::min(r.a.x, r.b.x);
      if (lx != rx) return lx < rx;
      return std::tie(l.a.x, l.a.y, l.b.x, l.b.y, l.owner) < std::tie(r.a.x, r.a.y, r.b.x, r.b.y, r.owner);
    });
    for (size_t i = 0; i < segments.size(); ++i) {
      const CellSegment& s = segments[i];
      const int right = std::max(s.a.x, s.b.x), low = std::min(s.a.y, s.b.y), high = std::max(s.a.y, s.b.y);
      for (size_t j = i + 1; j < segments.size(); ++j) {
        const CellSegment& t = segments[j];
        if (std::min(t.a.x, t.b.x) > right) break;
        if (std::min(t.a.y, t.b.y) > high || std::max(t.a.y, t.b.y) < low) continue;
        cutsOf(s, t, i, j, cuts);
      }
    }
    if (!applyCuts(segments, cuts)) return;
  }
}

void CellTriangulation::reset() {
  const int k = kCellUnits;
  points_ = {{0, 0}, {k, 0}, {k, k}, {0, k}};
  triangles_.assign(2, {});
  triangles_[0] = {{0, 1, 2}, {-1, 1, -1}, {}};
  triangles_[1] = {{0, 2, 3}, {-1, -1, 0}, {}};
  triangleOf_ = {0, 0, 0, 1};
  last_ = 0;
}

int CellTriangulation::locate(Point p) const {
  int t = last_;
  for (size_t step = 0; step < 4 * triangles_.size() + 8; ++step) {
    const Triangle& triangle = triangles_[size_t(t)];
    int next = -1;
    for (size_t i = 0; i < 3 && next < 0; ++i)
      if (turnOf(points_[size_t(triangle.vertex[(i + 1) % 3])], points_[size_t(triangle.vertex[(i + 2) % 3])], p) < 0)
        next = triangle.neighbour[i];
    if (next < 0) return last_ = t;
    t = next;
  }
  for (t = 0; t < int(triangles_.size()); ++t) {  // a walk can go in circles once edges are constrained
    const Triangle& triangle = triangles_[size_t(t)];
    bool in = true;
    for (size_t i = 0; i < 3; ++i)
      in = in && turnOf(points_[size_t(triangle.vertex[i])], points_[size_t(triangle.vertex[(i + 1) % 3])], p) >= 0;
    if (in) return last_ = t;
  }
  return last_ = 0;
}

void CellTriangulation::remember(int t) {
  for (int v : triangles_[size_t(t)].vertex) triangleOf_[size_t(v)] = t;
}

void CellTriangulation::replaceNeighbour(int t, int from, int to) {
  if (t < 0) return;
  for (int& n : triangles_[size_t(t)].neighbour)
    if (n == from) {
      n = to;
      return;
    }
}

int CellTriangulation::insert(Point p) {
  const int t = locate(p);
  const Triangle triangle = triangles_[size_t(t)];
  for (int v : triangle.vertex)
    if (points_[size_t(v)] == p) return v;
  const int index = int(points_.size());
  points_.push_back(p);
  triangleOf_.push_back(t);
  for (size_t i = 0; i < 3; ++i)
    if (turnOf(points_[size_t(triangle.vertex[(i + 1) % 3])], points_[size_t(triangle.vertex[(i + 2) % 3])], p) == 0) {
      splitEdge(t, int(i), index);
      return index;
    }
  split(t, index);
  return index;
}

void CellTriangulation::split(int t, int p) {
  const Triangle old = triangles_[size_t(t)];
  const int t1 = int(triangles_.size()), t2 = t1 + 1;
  triangles_.resize(triangles_.size() + 2);
  const auto [a, b, c] = old.vertex;
  triangles_[size_t(t)] = {{p, b, c}, {old.neighbour[0], t1, t2}, {}};
  triangles_[size_t(t1)] = {{p, c, a}, {old.neighbour[1], t2, t}, {}};
  triangles_[size_t(t2)] = {{p, a, b}, {old.neighbour[2], t, t1}, {}};
  replaceNeighbour(old.neighbour[1], t, t1);
  replaceNeighbour(old.neighbour[2], t, t2);
  for (int k : {t, t1, t2}) remember(k);
  for (int k : {t, t1, t2}) legalise(k, p);
}

void CellTriangulation::splitEdge(int t, int side, int p) {
  const auto i = size_t(side);
  const Triangle old = triangles_[size_t(t)];
  const int a = old.vertex[i], b = old.vertex[(i + 1) % 3], c = old.vertex[(i + 2) % 3], other = old.neighbour[i];
  const int nb = old.neighbour[(i + 1) % 3],
            nc = old.neighbour[(i + 2) % 3];  // opposite b: side c a; opposite c: side a b
  const int t1 = int(triangles_.size());
  triangles_.emplace_back();
  if (other < 0) {
    triangles_[size_t(t)] = {{a, b, p}, {-1, t1, nc}, {}};
    triangles_[size_t(t1)] = {{a, p, c}, {-1, nb, t}, {}};
    replaceNeighbour(nb, t, t1);
    for (int k : {t, t1}) remember(k);
    for (int k : {t, t1}) legalise(k, p);
    return;
  }
  const Triangle facing = triangles_[size_t(other)];
  size_t j = 0;
  while (facing.neighbour[j] != t) ++j;
  const int d = facing.vertex[j];  // facing = d, c, b
  const int fc = facing.neighbour[(j + 1) % 3],
            fb = facing.neighbour[(j + 2) % 3];  // opposite c: side b d; opposite b: side d c
  const int t2 = int(triangles_.size());
  triangles_.emplace_back();
  triangles_[size_t(t)] = {{a, b, p}, {other, t1, nc}, {}};
  triangles_[size_t(t1)] = {{a, p, c}, {t2, nb, t}, {}};
  triangles_[size_t(other)] = {{d, p, b}, {t, fc, t2}, {}};
  triangles_[size_t(t2)] = {{d, c, p}, {t1, other, fb}, {}};
  replaceNeighbour(nb, t, t1);
  replaceNeighbour(fb, other, t2);
  for (int k : {t, t1, other, t2}) remember(k);
  for (int k : {t, t1, other, t2}) legalise(k, p);
}

// The side opposite `side`'s vertex becomes the other diagonal of the two triangles; false where they are not convex together.
bool CellTriangulation::flip(int t, int side) {
  const auto i = size_t(side);
  const Triangle one = triangles_[size_t(t)];
  const int u = one.neighbour[i];
  if (u < 0) return false;
  const Triangle two = triangles_[size_t(u)];
  size_t j = 0;
  while (two.neighbour[j] != t) ++j;
  const int a = one.vertex[i], b = one.vertex[(i + 1) % 3], c = one.vertex[(i + 2) % 3], d = two.vertex[j];
  if (turnOf(points_[size_t(a)], points_[size_t(b)], points_[size_t(d)]) <= 0 ||
      turnOf(points_[size_t(a)], points_[size_t(d)], points_[size_t(c)]) <= 0)
    return false;
  const int ab = one.neighbour[(i + 2) % 3], ca = one.neighbour[(i + 1) % 3];
  const int bd = two.neighbour[(j + 1) % 3], dc = two.neighbour[(j + 2) % 3];
  const bool fab = one.fixed[(i + 2) % 3], fca = one.fixed[(i + 1) % 3], fbd = two.fixed[(j + 1) % 3],
             fdc = two.fixed[(j + 2) % 3];
  triangles_[size_t(t)] = {{a, b, d}, {bd, u, ab}, {fbd, false, fab}};
  triangles_[size_t(u)] = {{a, d, c}, {dc, ca, t}, {fdc, fca, false}};
  replaceNeighbour(bd, u, t);
  replaceNeighbour(ca, t, u);
  remember(t);
  remember(u);
  return true;
}

void CellTriangulation::legalise(int first, int p) {
  std::vector<int> work{first};
  while (!work.empty()) {
    const int t = work.back();
    work.pop_back();
    const Triangle& triangle = triangles_[size_t(t)];
    size_t i = 0;
    while (i < 3 && triangle.vertex[i] != p) ++i;
    if (i == 3 || triangle.neighbour[i] < 0) continue;
    const int u = triangle.neighbour[i];
    const Triangle& other = triangles_[size_t(u)];
    size_t j = 0;
    while (other.neighbour[j] != t) ++j;
    if (!inCircle(points_[size_t(triangle.vertex[0])], points_[size_t(triangle.vertex[1])],
                  points_[size_t(triangle.vertex[2])], points_[size_t(other.vertex[j])]))
      continue;
    if (!flip(t, int(i))) continue;
    work.push_back(t);
    work.push_back(u);
  }
}

// The triangle that has p and q as consecutive vertices and the side between them; -1 where there is none.
std::pair<int, int> CellTriangulation::sideFrom(int p, int q) const {
  // Around p, first counter-clockwise up to the border, then clockwise from the beginning.
  for (size_t turn : {size_t(1), size_t(2)}) {
    int t = triangleOf_[size_t(p)];
    for (size_t guard = 0; t >= 0 && guard <= triangles_.size(); ++guard) {
      const Triangle& triangle = triangles_[size_t(t)];
      size_t i = 0;
      while (triangle.vertex[i] != p) ++i;
      if (triangle.vertex[(i + 1) % 3] == q) return {t, int((i + 2) % 3)};
      t = triangle.neighbour[(i + turn) % 3];
      if (t == triangleOf_[size_t(p)]) return {-1, 0};
    }
  }
  return {-1, 0};
}

// Sloan 1993: the edges a constraint crosses are flipped until none is left.
void CellTriangulation::constrain(int a, int b) {
  if (a == b) return;
  const Point pa = points_[size_t(a)], pb = points_[size_t(b)];
  // Walk from a towards b: turn around a to the triangle the segment leaves through.
  crossed_.clear();
  int t = triangleOf_[size_t(a)];
  const int begin = t;
  bool turnedBack = false;
  size_t i = 0;
  for (size_t guard = 0;; ++guard) {
    if (guard > 2 * triangles_.size() + 4) return;
    Triangle& triangle = triangles_[size_t(t)];
    i = 0;
    while (triangle.vertex[i] != a) ++i;
    const int right = triangle.vertex[(i + 1) % 3], left = triangle.vertex[(i + 2) % 3];
    for (size_t k : {size_t(1), size_t(2)}) {
      const int v = triangle.vertex[(i + k) % 3];
      const Point pv = points_[size_t(v)];
      if (v != b && !(turnOf(pa, pb, pv) == 0 && between(pa, pb, pv))) continue;
      const size_t edge = (i + 3 - k) % 3;  // opposite the third vertex
      triangle.fixed[edge] = true;
      if (const int n = triangle.neighbour[edge]; n >= 0)
        for (size_t e = 0; e < 3; ++e)
          if (triangles_[size_t(n)].neighbour[e] == t) triangles_[size_t(n)].fixed[e] = true;
      if (v != b) constrain(v, b);
      return;
    }
    if (turnOf(pa, pb, points_[size_t(right)]) < 0 && turnOf(pa, pb, points_[size_t(left)]) > 0) break;
    // Counter-clockwise around a until the border, then clockwise from the beginning.
    int next = turnedBack ? triangle.neighbour[(i + 2) % 3] : triangle.neighbour[(i + 1) % 3];
    if (next < 0 && !turnedBack) {
      turnedBack = true;
      const Triangle& start = triangles_[size_t(begin)];
      size_t k = 0;
      while (start.vertex[k] != a) ++k;
      next = start.neighbour[(k + 2) % 3];
    }
    if (next < 0 || (next == begin && guard > 0)) return;
    t = next;
  }
  int end = b;
  for (size_t guard = 0; guard < triangles_.size() + 1; ++guard) {
    const Triangle& triangle = triangles_[size_t(t)];
    if (triangle.fixed[i])
      return;  // would cut another outline: rounding left it so; the triangle's middle decides its class
    const int u = triangle.neighbour[i];
    if (u < 0) return;
    const int right = triangle.vertex[(i + 1) % 3], left = triangle.vertex[(i + 2) % 3];
    crossed_.push_back({right, left});
    const Triangle& other = triangles_[size_t(u)];
    size_t j = 0;
    while (other.neighbour[j] != t) ++j;
    const int v = other.vertex[j];
    if (v == b) break;
    const int64_t side = turnOf(pa, pb, points_[size_t(v)]);
    if (side == 0) {
      end = v;
      break;
    }
    // other = v, left', right' around: leave through the side that the segment crosses
    t = u;
    size_t k = 0;
    const int stays = side > 0 ? left : right;  // the vertex on v's side is left behind
    while (other.vertex[k] != stays) ++k;
    i = k;
  }
  std::vector<std::array<int, 2>> work = crossed_;
  for (size_t guard = 0, head = 0; head < work.size() && guard < 64 * crossed_.size() + 64; ++guard, ++head) {
    const auto [p, q] = work[head];
    const auto [at, side] = sideFrom(p, q);
    if (at < 0) continue;
    const int apex = triangles_[size_t(at)].vertex[size_t(side)];
    if (!flip(at, side)) {
      work.push_back({p, q});
      continue;
    }
    const int d = triangles_[size_t(at)].vertex[2];  // flip leaves {apex, p, d}
    if (apex == a || apex == end || d == a || d == end) continue;
    const int64_t s1 = turnOf(pa, pb, points_[size_t(apex)]), s2 = turnOf(pa, pb, points_[size_t(d)]);
    if ((s1 > 0) != (s2 > 0)) work.push_back({apex, d});
  }
  for (const auto& [from, to] : {std::pair{a, end}, std::pair{end, a}})
    if (const auto [at, side] = sideFrom(from, to); at >= 0) triangles_[size_t(at)].fixed[size_t(side)] = true;
  if (end != b) constrain(end, b);
}

}  // namespace cm::tiling
