//! Inside of Streaming: what it knows of each tile between the disk and the GPU. Included by streaming.cpp (one frame, the
//! public functions) and arrivals.cpp (what workers posted); the loop's thread only.
#pragma once

#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "base/jobs.h"
#include "base/mailbox.h"
#include "tiles/streaming.h"

namespace cm::tiles {

using source::MeshContent;
using std::chrono::steady_clock;

//! What one decode works on. A worker's while it runs, the slot's between two attempts.
struct DecodeWork {
  std::vector<Bytes> bodies;  // one a content; empty where it failed
  std::vector<std::string> uris;  // where they came from, after redirects
  glm::dmat4 ecefFromTile{1.0};
  bool zUp = false;
  std::optional<source::SubtreeRef> subtree;
  std::optional<source::TerrainRef> terrain;
  source::Resources resources;
};

//! What the contents of one tile turned out to be.
struct Outcome {
  std::vector<std::string> missing;  // files the contents refer to: fetch them, then decode again
  std::shared_ptr<MeshContent> mesh;
  std::vector<source::Tileset> externals;
  std::optional<geo::Region> bounds;            // of a terrain's tile, now that its heights are known
  std::vector<source::TileDescription> children;  // of the same
  std::vector<std::string> meshUris;
  std::vector<std::string> errors;
};

struct TilesetFetched {
  TilesetId tileset;
  Result<Bytes> bytes;
  std::string address;
};
struct TilesetParsed {
  TilesetId tileset;
  Result<source::Tileset> parsed;
  std::string address;
  bool fetched = true;
};
struct ContentFetched {
  TileId tile;
  uint32_t generation;
  size_t content;
  Result<Bytes> bytes;
  std::string address;
};
struct ContentDecoded {
  TileId tile;
  uint32_t generation;
  Outcome outcome;
};
struct ResourceFetched {
  TileId tile;
  uint32_t generation;
  std::string uri;
  Result<Bytes> bytes;
};
using Event = std::variant<TilesetFetched, TilesetParsed, ContentFetched, ContentDecoded, ResourceFetched>;
using Box = std::shared_ptr<Mailbox<Event>>;

//! The life of one tile between the disk and the GPU, beside its TileState.
struct Slot {
  uint32_t generation = 0;  // of the load under way; events of an older one are dropped
  bool zUp = false;
  bool passing = false;     // what failed of the load under way may work later: better nothing now than half of it for good
  bool decoding = false;  // the job is with the pool (else the bodies wait here)
  uint32_t referrer = 0;  // which of Impl::referrers names its contents
  double priority = 0;
  uint64_t wantedFrame = 0, usedFrame = 0;
  std::vector<source::Fetcher::Id> fetches;
  JobPool::Id job = 0;
  std::shared_ptr<DecodeWork> work;
  std::vector<std::string> errors;
  size_t missing = 0, bodyBytes = 0;
  std::shared_ptr<MeshContent> content;
  size_t gpuBytes = 0, decodedBytes = 0;  // gpuBytes is remembered after eviction
  int failures = 0;         // in a row
  bool hurried = false;     // asked for again before its time, since it last worked
};

//! What may become of a tile that failed.
enum class Hope {
  None,
  Server,  // may be reached again: ever more seldom, but for ever
  Content  // may have been damaged on its way: a few times
};

struct Streaming::Impl {
  source::Fetcher& fetcher;
  Box mailbox = std::make_shared<Mailbox<Event>>();
  TileTree tree;
  std::vector<TileState> states;
  std::vector<Slot> slots;
  std::vector<TileId> active;  // Fetching .. Uploading
  std::vector<TileId> residents;
  std::vector<source::Fetcher::Id> tilesetFetches;
  size_t tilesetsUnderWay = 0;
  std::vector<TileFailure> failures;
  struct Retry {
    steady_clock::time_point at;
    TileId tile;       // or, where that is kNoTile,
    TilesetId tileset;
    std::string origin;
  };
  std::vector<Retry> retries;
  struct Trouble {
    int failures = 0;  // as in Slot
    bool hurried = false;
  };
  std::vector<Trouble> tilesetTroubles;  // by TilesetId
  std::vector<std::string> referrers;  // files that name contents
  std::set<std::string> down;          // origins that have been told of and have answered nothing since
  std::function<void(MeshContent&)> finish;
  std::function<steady_clock::time_point()> clock = [] { return steady_clock::now(); };
  struct Retiring {
    uint64_t frame;
    size_t bytes;
  };
  std::vector<Retiring> retiring;
  uint64_t frame = 1;
  size_t liveBytes = 0, decodedBytes = 0, fetchedBytes = 0;
  size_t pressureBytes = std::numeric_limits<size_t>::max();
  uint64_t pressureUntil = 0;
  bool starved = false, waitingForRoom = false, moreToUpload = false;
  double starvedPriority = std::numeric_limits<double>::infinity();
  std::vector<TileId> yielding;
  struct Roomless {
    TilesetId tileset;
    size_t bytes;  // a budget in which it has room
  };
  std::vector<Roomless> roomless;  // tilesets left out because not even their roots fit
  unsigned decodeThreads;
  size_t decodesRunning = 0;
  JobPool pool;  // last: its jobs end before what they post to

  Impl(source::Fetcher& source, unsigned threads) : fetcher(source), decodeThreads(threads), pool(threads) {}
  ~Impl() {
    for (auto id : tilesetFetches) fetcher.cancel(id);
    for (Slot& slot : slots)
      for (auto id : slot.fetches) fetcher.cancel(id);
  }

  void on(TilesetFetched&& event);
  void on(TilesetParsed&& event);
  void on(ContentFetched&& event);
  void on(ContentDecoded&& event);
  void on(ResourceFetched&& event);
  void fetchResources(TileId id, std::vector<std::string> uris);
  void grow(const source::Tileset& tileset, TilesetId id, TileId parent);
  void makeExternal(TileId id, Outcome& outcome);
  void growTerrain(TileId id, Outcome& outcome);
  void fail(TileId id, std::string message, Hope hope);
  void report(const std::string& uri, std::string message);
  bool told(const std::string& uri, bool passes);
  void answered(const std::string& uri);
  void retry(const std::string& uri, int failures, TileId tile, TilesetId tileset);
  void fetchTileset(TilesetId id);
  void drop(TileId id);
  void forgetActive(TileId id) { std::erase(active, id); }
  void startFetch(TileId id, double priority);
  void startDecode(TileId id);

  void markWanted(const Selection& selection);
  void evictAboveBudget(const Selection& selection, size_t budget, Orders& orders);
  void evictIdle(size_t most, Orders& orders);
  void orderUploads(const Selection& selection, const Budgets& budgets, size_t budget, Orders& orders);
  void startDecodes(const Budgets& budgets);
  void startFetches(const Selection& selection, const Budgets& budgets, size_t budget);
  void startRetries();

  size_t retiringBytes() const;
  std::vector<TileId> idleTiles() const;
  std::vector<TileId> evictable(const Selection& selection, double priority) const;
  bool makeRoom(const Selection& selection, size_t bytes, size_t budget, double priority, Orders& orders);
  size_t lackingRoom(const Selection& selection, size_t bytes, size_t budget, double priority) const;
  std::vector<TileId> lessUrgentDetail(const Selection& selection, size_t bytes, double priority) const;
  void leaveOut(TilesetId id, const Selection& selection, size_t budget);
  void letIn(size_t budget);
  void evict(TileId id, Orders& orders);
  std::vector<TileId> inState(TileState state) const;
};

}  // namespace cm::tiles
