//! Stands for residency in streaming tests. One thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "tiles/streaming.h"

namespace cm::tiles::test {

//! A device that holds what it is told to hold, and complains when told nonsense.
struct Device {
  std::set<TileId> held;
  size_t bytes = 0, mostBytes = 0, uploads = 0;
  std::map<TileId, size_t> bytesOf;

  std::vector<TileId> obey(const Orders& orders, const Budgets& budgets) {
    for (TileId id : orders.evictions) {
      EXPECT_EQ(held.erase(id), 1u) << "evicted what is not there";
      bytes -= bytesOf[id];
    }
    std::vector<TileId> done;
    size_t now = 0;
    for (const Upload& upload : orders.uploads) {
      EXPECT_TRUE(held.insert(upload.tile).second) << "uploaded twice";
      bytesOf[upload.tile] = upload.content->gpuBytes();
      bytes += bytesOf[upload.tile];
      now += bytesOf[upload.tile];
      done.push_back(upload.tile);
      ++uploads;
    }
    if (orders.uploads.size() > 1) EXPECT_LE(now, budgets.uploadBytesPerFrame);
    mostBytes = std::max(mostBytes, bytes);
    EXPECT_LE(bytes, budgets.gpuBytes);
    return done;
  }
};

}  // namespace cm::tiles::test
