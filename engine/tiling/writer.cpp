#include "tiling/writer.h"

#include <meshoptimizer.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "tiling/writer_glb.h"

namespace cm::tiling {
namespace {

constexpr uint16_t kNullFeature = 0xffff;
constexpr size_t kMaxFeatures = 0xffff;
constexpr double kFinestStep = 1.0 / 1024;  // metres; finer than any survey

//! One vertex as stored: every attribute starts on a multiple of four bytes, as glTF 2.0, 3.6.2.4 demands. The unused bytes
//! are zero and cost next to nothing once compressed.
struct PackedVertex {
  std::array<uint16_t, 4> position{};
  std::array<int8_t, 4> normal{};
  std::array<uint8_t, 4> colour{};
  std::array<uint8_t, 4> sky{};
  std::array<uint16_t, 2> feature{};
};
static_assert(sizeof(PackedVertex) == kVertexStride);

//! A 16-bit grid whose points are multiples of `step` in the city's frame, the same for every tile with that step, so that
//! what two tiles share stays shared.
struct Grid {
  double step = kFinestStep;
  glm::dvec3 base{0};  // ENU, a multiple of step
};

glm::dvec3 yUp(const glm::dvec3& enu) { return {enu.x, enu.z, -enu.y}; }

Result<void> check(const TileMesh& mesh) {
  if (mesh.features.size() > kMaxFeatures)
    return makeError("tile has {} features; at most {} fit a 16-bit feature id", mesh.features.size(), kMaxFeatures);
  size_t triangles = 0;
  for (const SurfaceMesh& surface : mesh.surfaces) {
    const size_t n = surface.positions.size();
    if (surface.normals.size() != n || surface.colours.size() != n || surface.sky.size() != n ||
        surface.features.size() != n || (!surface.matter.empty() && surface.matter.size() != n))
      return makeError(
          "surface {}: {} positions, {} normals, {} colours, {} sky values, {} feature ids; expected as many of each",
          source::nameOf(surface.surface), n, surface.normals.size(), surface.colours.size(), surface.sky.size(),
          surface.features.size());
    if (surface.indices.size() % 3 != 0)
      return makeError("surface {}: {} indices; expected a multiple of three", source::nameOf(surface.surface),
                       surface.indices.size());
    for (uint32_t index : surface.indices)
      if (index >= n)
        return makeError("surface {}: index {} of {} vertices", source::nameOf(surface.surface), index, n);
    for (uint32_t feature : surface.features)
      if (feature != source::kNoFeature && feature >= mesh.features.size())
        return makeError("surface {}: feature {} of {}", source::nameOf(surface.surface), feature,
                         mesh.features.size());
    for (const glm::vec3& p : surface.positions)
      if (!std::isfinite(p.x + p.y + p.z))
        return makeError("surface {}: a position is not finite", source::nameOf(surface.surface));
    triangles += surface.indices.size() / 3;
  }
  if (triangles == 0) return makeError("tile has no triangles");
  return {};
}

Grid gridFor(const TileMesh& mesh) {
  glm::vec3 lo(std::numeric_limits<float>::max()), hi(std::numeric_limits<float>::lowest());
  for (const SurfaceMesh& surface : mesh.surfaces)
    for (const glm::vec3& p : surface.positions) {
      lo = glm::min(lo, p);
      hi = glm::max(hi, p);
    }
  const glm::dvec3 extent = glm::dvec3(hi) - glm::dvec3(lo);
  Grid grid;
  // Two steps of slack: the base is rounded down, the far end may be rounded up.
  while (std::max({extent.x, extent.y, extent.z}) / grid.step > 65533) grid.step *= 2;
  grid.base = glm::floor((mesh.centreEnu + glm::dvec3(lo)) / grid.step) * grid.step;
  return grid;
}

int8_t snorm8(float value) { return static_cast<int8_t>(std::lround(std::clamp(value, -1.0f, 1.0f) * 127)); }

void pack(const SurfaceMesh& surface, const glm::dvec3& centre, const Grid& grid, std::vector<PackedVertex>& out) {
  out.resize(surface.positions.size());
  const glm::dvec3 offset = (centre - grid.base) / grid.step;
  const double scale = 1 / grid.step;
  // Of what is never negative; std::lround is slower.
  auto rounded = [](double q) { return static_cast<uint16_t>(q + 0.5); };  // NOLINT(bugprone-incorrect-roundings)
  for (size_t i = 0; i < out.size(); ++i) {
    const glm::dvec3 q = glm::dvec3(surface.positions[i]) * scale + offset;
    const uint16_t x = rounded(q.x), y = rounded(q.y), z = rounded(q.z);
    const glm::vec3& n = surface.normals[i];
    PackedVertex& v = out[i];
    // y-up: (x, z, -y). The grid is mirrored in y so that values stay unsigned; see the node's translation.
    v.position = {x, z, static_cast<uint16_t>(65535 - y), 0};
    v.normal = {snorm8(n.x), snorm8(n.z), snorm8(-n.y), 0};
    v.colour = surface.colours[i];
    v.sky = {surface.sky[i], 0, 0, 0};
    if (!surface.matter.empty()) std::copy_n(surface.matter[i].begin(), 3, v.sky.begin() + 1);
    const uint32_t feature = surface.features[i];
    v.feature = {feature == source::kNoFeature ? kNullFeature : static_cast<uint16_t>(feature), 0};
  }
}

//! Scratch memory of one thread, kept from tile to tile.
struct Scratch {
  std::vector<PackedVertex> packed, vertices, all;
  std::vector<uint32_t> remap, indices, ordered, allIndices;
  std::vector<bool> seen;
  std::vector<unsigned char> encoded;
};

//! Deduplicates, drops triangles that the grid made degenerate, orders for the vertex cache, appends to `scratch.all*`.
void appendSurface(const SurfaceMesh& surface, const TileMesh& mesh, const Grid& grid, Scratch& s,
                   std::vector<GlbPrimitive>& primitives) {
  pack(surface, mesh.centreEnu, grid, s.packed);
  const size_t indexCount = surface.indices.size();
  s.remap.resize(s.packed.size());
  const size_t unique = meshopt_generateVertexRemap(s.remap.data(), surface.indices.data(), indexCount, s.packed.data(),
                                                    s.packed.size(), sizeof(PackedVertex));
  s.vertices.resize(unique);
  meshopt_remapVertexBuffer(s.vertices.data(), s.packed.data(), s.packed.size(), sizeof(PackedVertex), s.remap.data());
  s.indices.clear();
  const auto at = [&](uint32_t i) { return s.vertices[i].position; };
  for (size_t i = 0; i < indexCount; i += 3) {
    const uint32_t a = s.remap[surface.indices[i]], b = s.remap[surface.indices[i + 1]],
                   c = s.remap[surface.indices[i + 2]];
    if (at(a) == at(b) || at(b) == at(c) || at(a) == at(c)) continue;
    s.indices.insert(s.indices.end(), {a, b, c});
  }
  if (s.indices.empty()) return;
  s.ordered.resize(s.indices.size());
  meshopt_optimizeVertexCache(s.ordered.data(), s.indices.data(), s.indices.size(), unique);
  const size_t first = s.all.size();
  s.all.resize(first + unique);
  const size_t used = meshopt_optimizeVertexFetch(s.all.data() + first, s.ordered.data(), s.ordered.size(),
                                                  s.vertices.data(), unique, sizeof(PackedVertex));
  s.all.resize(first + used);

  GlbPrimitive primitive;
  primitive.material = fmt::format("cm:{}", source::nameOf(surface.surface));
  primitive.firstVertex = first;
  primitive.vertexCount = used;
  primitive.firstIndex = s.allIndices.size();
  primitive.indexCount = s.ordered.size();
  primitive.lo = {65535, 65535, 65535};
  primitive.hi = {0, 0, 0};
  s.seen.assign(mesh.features.size(), false);
  for (size_t i = first; i < first + used; ++i) {
    const PackedVertex& v = s.all[i];
    for (size_t k = 0; k < 3; ++k) {
      primitive.lo[k] = std::min(primitive.lo[k], v.position[k]);
      primitive.hi[k] = std::max(primitive.hi[k], v.position[k]);
    }
    primitive.matter = primitive.matter || v.sky[1] != 0;
    if (v.feature[0] != kNullFeature && !s.seen[v.feature[0]]) {
      s.seen[v.feature[0]] = true;
      ++primitive.featureCount;
    }
  }
  s.allIndices.insert(s.allIndices.end(), s.ordered.begin(), s.ordered.end());
  primitives.push_back(std::move(primitive));
}

void appendVertices(Scratch& s, bool compressed, GlbBody& body) {
  GlbView view;
  view.stride = kVertexStride;
  view.count = s.all.size();
  view.target = 34962;
  if (!compressed) {
    body.addView(std::as_bytes(std::span(s.all)), view);
    return;
  }
  s.encoded.resize(meshopt_encodeVertexBufferBound(s.all.size(), kVertexStride));
  const size_t size =
      meshopt_encodeVertexBuffer(s.encoded.data(), s.encoded.size(), s.all.data(), s.all.size(), kVertexStride);
  view.mode = "ATTRIBUTES";
  body.addView(std::as_bytes(std::span(s.encoded).first(size)), view);
}

void appendIndices(Scratch& s, size_t width, bool compressed, GlbBody& body) {
  GlbView view;
  view.stride = width;
  view.count = s.allIndices.size();
  view.target = 34963;
  if (compressed) {
    s.encoded.resize(meshopt_encodeIndexBufferBound(s.allIndices.size(), s.all.size()));
    const size_t size =
        meshopt_encodeIndexBuffer(s.encoded.data(), s.encoded.size(), s.allIndices.data(), s.allIndices.size());
    view.mode = "TRIANGLES";
    body.addView(std::as_bytes(std::span(s.encoded).first(size)), view);
  } else if (width == 4) {
    body.addView(std::as_bytes(std::span(s.allIndices)), view);
  } else {
    std::vector<uint16_t> narrow(s.allIndices.begin(), s.allIndices.end());
    body.addView(std::as_bytes(std::span(narrow)), view);
  }
}

//! The index codec may rotate a triangle's corners; done beforehand so that the twin holds the very same indices.
void rotateAsCodecDoes(Scratch& s) {
  s.encoded.resize(meshopt_encodeIndexBufferBound(s.allIndices.size(), s.all.size()));
  const size_t size =
      meshopt_encodeIndexBuffer(s.encoded.data(), s.encoded.size(), s.allIndices.data(), s.allIndices.size());
  const int failed = meshopt_decodeIndexBuffer(s.allIndices.data(), s.allIndices.size(), 4, s.encoded.data(), size);
  CM_CHECK(failed == 0, "the index codec cannot read what it wrote");
}

}  // namespace

Result<Bytes> writeGlb(const TileMesh& mesh, const GlbOptions& options) {
  if (auto checked = check(mesh); !checked) return checked.error();
  // The extension's bitstream is vertex codec 0 and index codec 1 (EXT_meshopt_compression, "Compressed bitstream").
  [[maybe_unused]] static const bool versions = [] {
    meshopt_encodeVertexVersion(0);
    meshopt_encodeIndexVersion(1);
    return true;
  }();
  static thread_local Scratch scratch;
  scratch.all.clear();
  scratch.allIndices.clear();

  const Grid grid = gridFor(mesh);
  GlbScene scene;
  for (const SurfaceMesh& surface : mesh.surfaces)
    if (!surface.indices.empty()) appendSurface(surface, mesh, grid, scratch, scene.primitives);
  if (scene.primitives.empty()) return makeError("tile has no triangle larger than {} m", grid.step);

  size_t most = 0;
  for (const GlbPrimitive& primitive : scene.primitives) most = std::max(most, primitive.vertexCount);
  scene.indexWidth = most <= 65535 ? 2 : 4;
  scene.scale = grid.step;
  // The stored third coordinate is 65535 - y: its origin lies 65535 steps north of the base.
  scene.translation = yUp(grid.base + glm::dvec3(0, 65535 * grid.step, 0));
  scene.copyright = options.copyright;
  scene.features = mesh.features;

  GlbBody body;
  if (!options.compressed) rotateAsCodecDoes(scratch);
  appendVertices(scratch, options.compressed, body);
  appendIndices(scratch, scene.indexWidth, options.compressed, body);
  return assembleGlb(scene, body);
}

}  // namespace cm::tiling
