//! A city on a plane for selection tests: x east, y north, z up, no Earth below. Owns its tree and readiness; one thread.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "geo/eye.h"
#include "tiles/selection.h"

namespace cm::tiles::test {

struct Rectangle {
  double west = 0, south = 0, east = 0, north = 0;
  bool contains(const glm::dvec3& p) const { return p.x >= west && p.x < east && p.y >= south && p.y < north; }
};

struct World {
  static constexpr double kHeight = 30;
  TileTree tree;
  std::vector<TileState> states;
  std::vector<Rectangle> ground;  // by TileId

  TileId add(TileId parent, Rectangle rectangle, double geometricError,
             source::Refine refine = source::Refine::Replace) {
    auto id = static_cast<TileId>(tree.tiles.size());
    Tile tile;
    glm::dvec3 half{(rectangle.east - rectangle.west) / 2, (rectangle.north - rectangle.south) / 2, kHeight / 2};
    tile.bounds = geo::OrientedBox{{rectangle.west + half.x, rectangle.south + half.y, half.z},
                                   glm::dmat3({half.x, 0, 0}, {0, half.y, 0}, {0, 0, half.z})};
    tile.geometricError = geometricError;
    tile.parent = parent;
    tile.refine = refine;
    tile.contentUris = {std::to_string(id) + ".glb"};
    if (parent == kNoTile) {
      tile.tileset = static_cast<TilesetId>(tree.tilesets.size());
      tree.tilesets.push_back({.uri = "tileset.json", .root = id});
    } else {
      tile.tileset = tree.tiles[parent].tileset;
      tile.depth = static_cast<uint16_t>(tree.tiles[parent].depth + 1);
      tree.tiles[parent].children.push_back(id);
    }
    tree.tiles.push_back(std::move(tile));
    states.push_back(TileState::Absent);
    ground.push_back(rectangle);
    return id;
  }

  //! Cuts `id` in two to four parts, `levels` deep; each level halves the error. Leaves have none.
  void split(TileId id, int levels, std::mt19937_64& random) {
    if (levels == 0) {
      tree.tiles[id].geometricError = 0;
      return;
    }
    std::uniform_real_distribution<double> cut(0.3, 0.7);
    Rectangle r = ground[id];
    double x = r.west + (r.east - r.west) * cut(random), y = r.south + (r.north - r.south) * cut(random);
    std::vector<Rectangle> parts;
    switch (random() % 3) {
      case 0: parts = {{r.west, r.south, x, r.north}, {x, r.south, r.east, r.north}}; break;
      case 1: parts = {{r.west, r.south, r.east, y}, {r.west, y, x, r.north}, {x, y, r.east, r.north}}; break;
      default:
        parts = {{r.west, r.south, x, y}, {x, r.south, r.east, y}, {r.west, y, x, r.north}, {x, y, r.east, r.north}};
    }
    double error = tree.tiles[id].geometricError > 1e6 ? 64 : tree.tiles[id].geometricError / 2;
    for (const Rectangle& part : parts)
      split(add(id, part, error), tree.tiles[id].depth > 2 && random() % 12 == 0 ? 0 : levels - 1, random);
  }

  void makeEmpty(TileId id) {
    tree.tiles[id].contentUris.clear();
    tree.tiles[id].geometricError = 1e9;  // nothing is no picture of anything
  }
  bool isBelow(TileId id, TileId ancestor) const {
    for (; id != kNoTile; id = tree.tiles[id].parent)
      if (id == ancestor) return true;
    return false;
  }
  void setAll(TileState state) { std::fill(states.begin(), states.end(), state); }
};

inline World quadtree(int levels, uint64_t seed, double side = 4096) {
  World world;
  std::mt19937_64 random(seed);
  world.split(world.add(kNoTile, {0, 0, side, side}, 256), levels, random);
  return world;
}

struct Camera {
  glm::dvec3 position{2048, -300, 300};
  double headingDegrees = 0, pitchDegrees = -30;
};

inline SelectionView viewOf(const Camera& camera, double left = 0, double right = 1) {
  double h = camera.headingDegrees * geo::kDegree, p = camera.pitchDegrees * geo::kDegree;
  geo::Eye eye;
  eye.position = camera.position;
  eye.direction = {std::sin(h) * std::cos(p), std::cos(h) * std::cos(p), std::sin(p)};
  eye.up = {-std::sin(h) * std::sin(p), -std::cos(h) * std::sin(p), std::cos(p)};
  eye.fovYRadians = 50 * geo::kDegree;
  SelectionView view;
  view.eyeEcef = eye.position;
  view.frustum = geo::frustumOf(eye, 16.0 / 9, left, right, 1, 1e6);
  view.fovYRadians = eye.fovYRadians;
  view.viewportHeightPixels = 720;
  return view;
}

inline bool sees(const SelectionView& view, const glm::dvec3& point) {
  return std::all_of(view.frustum.planes.begin(), view.frustum.planes.end(),
                     [&](const geo::Plane& plane) { return glm::dot(plane.normal, point) + plane.offset >= 0; });
}

inline double ssePixels(const World& world, TileId id, const SelectionView& view) {
  double distance = std::max(geo::distanceTo(world.tree.tiles[id].bounds, view.eyeEcef), 1e-6);
  return world.tree.tiles[id].geometricError * view.viewportHeightPixels / (2 * std::tan(view.fovYRadians / 2)) /
         distance;
}

//! Drawn tiles over a point, of one tileset that only replaces.
inline std::vector<TileId> over(const World& world, const std::vector<TileId>& draw, const glm::dvec3& point) {
  std::vector<TileId> found;
  for (TileId id : draw)
    if (world.ground[id].contains(point)) found.push_back(id);
  return found;
}

}  // namespace cm::tiles::test
