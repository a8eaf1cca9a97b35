//! Decides fetch, decode, upload and eviction from what selection wants, within one byte budget over all tilesets. Owns the
//! tree's growth, the tiles' states and the worker pools; called by the loop's thread; workers talk back through its mailbox.
//! Destruction never blocks a frame for longer than one running decode.
#pragma once

#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/text.h"
#include "source/fetch.h"
#include "tiles/selection.h"
#include "tiles/tree.h"

namespace cm::tiles {

struct Budgets {
  size_t gpuBytes = size_t{512} << 20;       // all tilesets together; obeyed, whatever selection wants
  size_t idleBytes = std::numeric_limits<size_t>::max();  // of these: what nothing asks for any more, kept for a way back
  size_t decodedBytes = size_t{64} << 20;    // decoded but not yet uploaded
  size_t uploadBytesPerFrame = size_t{8} << 20;
  unsigned fetches = 16;                     // under way at once
  unsigned decodes = 2;                      // begun or waiting for it, a worker: more than one ends in a frame leave it idle
};

struct Upload {
  TileId tile = kNoTile;
  std::shared_ptr<source::MeshContent> content;  // handed over: residency takes the feature table and drops the rest
};

//! What residency is told to do this frame.
struct Orders {
  std::vector<Upload> uploads;
  std::vector<TileId> evictions;
};

struct TileFailure {
  std::string uri;
  std::string message;
};

struct StreamingStatistics {
  size_t tiles = 0, resident = 0, fetching = 0, decoding = 0, failed = 0;
  size_t gpuBytes = 0, fetchedBytes = 0;
  bool starved = false;                      // the budget is full: what is still wanted does not fit
  double fullAt = std::numeric_limits<double>::infinity();  // then: the priority of the first that does not
};

//! For people, where the statistics are `starved`: how many pixels the picture lacks for that.
Text budgetIsFull(const StreamingStatistics& statistics);

class Streaming {
 public:
  explicit Streaming(source::Fetcher& fetcher, unsigned decodeThreads = 0 /* cores - 1 */);
  ~Streaming();
  Streaming(const Streaming&) = delete;
  Streaming& operator=(const Streaming&) = delete;

  //! Begins to fetch tileset.json; the tree has the root some frames later.
  //! `ecefFromTileset`: where to lay one that stands nowhere on Earth by itself.
  TilesetId add(const std::string& uri, const glm::dmat4& ecefFromTileset = glm::dmat4(1.0));

  //! What is done to every content once it is decoded, by the worker that decoded it; of the decodes that begin from here on.
  void setFinish(std::function<void(source::MeshContent&)> finish);

  //! Takes what workers have posted. Call once a frame before select.
  void drain();
  //! Re-ranks queues by `selection`, starts and cancels work, and says what to upload and evict now.
  Orders update(const Selection& selection, const Budgets& budgets);
  //! For the next select (SelectionOptions::yielding): where the budget is full, what is drawn in more detail than is worth it
  //! makes room for what is missed much more, so that detail is lowered evenly. Until the next update.
  std::span<const TileId> yielding() const;
  //! Residency reports: the upload is complete on the GPU (`Uploading` -> `Resident`), or there was no memory for it.
  void uploaded(TileId tile);
  void uploadFailed(TileId tile);
  //! The device was lost: everything resident is absent again.
  void forgetResident();

  const TileTree& tree() const;
  std::span<const TileState> states() const;
  //! True while anything is fetched, decoded or uploaded. False, though selection wants more, when the budget is full of
  //! what is more urgent (`statistics().starved`): detail stays lower then, and nothing is loaded in vain.
  bool busy() const;
  //! Blocks until a worker posts or `longest` passes; returns at once where the next update has something to do anyway.
  void waitForWork(std::chrono::milliseconds longest);
  //! Failures since the last call, each told once: a tile's again only after it has been there meanwhile, and a server's that
  //! is down once for all its tiles. What may pass is asked for again, ever more seldom, and at once when the server is back.
  std::vector<TileFailure> takeFailures();
  StreamingStatistics statistics() const;
  //! Tests move the time of retries by hand; empty: the machine's.
  void setClock(std::function<std::chrono::steady_clock::time_point()> clock);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::tiles
