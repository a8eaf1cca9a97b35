#include "tiles/streaming.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>

#include "base/jobs.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "tiles/growth.h"
#include "tiles/merge.h"

namespace cm::tiles {
namespace {

using source::MeshContent;
using std::chrono::steady_clock;

//! What is evicted is freed on the GPU only when the frames in flight are over; until then it counts as used.
constexpr uint64_t kRetireFrames = 3;
//! How long the budget stays lowered after the GPU had no memory.
constexpr uint64_t kPressureFrames = 600;
//! A decoded mesh against its compressed body, for deciding how many decodes may run: measured 3..5 with meshopt.
constexpr size_t kDecodedPerFetched = 4;
constexpr std::chrono::seconds kFirstRetry{20}, kLastRetry{600};

//! What the contents of one tile turned out to be.
struct Outcome {
  std::shared_ptr<MeshContent> mesh;
  std::vector<source::Tileset> externals;
  std::vector<std::string> meshUris;
  std::vector<std::string> errors;
};

struct TilesetFetched {
  TilesetId tileset;
  Result<Bytes> bytes;
};
struct TilesetParsed {
  TilesetId tileset;
  Result<source::Tileset> parsed;
};
struct ContentFetched {
  TileId tile;
  uint32_t generation;
  size_t content;
  Result<Bytes> bytes;
};
struct ContentDecoded {
  TileId tile;
  uint32_t generation;
  Outcome outcome;
};
using Event = std::variant<TilesetFetched, TilesetParsed, ContentFetched, ContentDecoded>;
using Box = std::shared_ptr<Mailbox<Event>>;

//! The life of one tile between the disk and the GPU, beside its TileState.
struct Slot {
  uint32_t generation = 0;  // of the load under way; events of an older one are dropped
  bool zUp = false;
  bool decoding = false;  // the job is with the pool (else the bodies wait here)
  double priority = 0;
  uint64_t wantedFrame = 0, usedFrame = 0;
  std::vector<source::Fetcher::Id> fetches;
  JobPool::Id job = 0;
  std::vector<Bytes> bodies;  // one a content; empty where it failed
  std::vector<std::string> errors;
  size_t missing = 0, bodyBytes = 0;
  std::shared_ptr<MeshContent> content;
  size_t gpuBytes = 0, decodedBytes = 0;  // gpuBytes is remembered after eviction
  int failures = 0;
};

Outcome decode(const std::vector<Bytes>& bodies, const std::vector<std::string>& uris, const glm::dmat4& ecefFromTile,
               bool zUp, const std::stop_token& stop) {
  Outcome outcome;
  for (size_t i = 0; i < bodies.size() && !stop.stop_requested(); ++i) {
    if (bodies[i].empty()) continue;
    if (source::isTilesetJson(bodies[i])) {
      auto tileset = source::parseTileset(bodies[i], uris[i], ecefFromTile);
      if (tileset)
        outcome.externals.push_back(std::move(*tileset));
      else
        outcome.errors.push_back(tileset.error().text());
      continue;
    }
    auto mesh = source::decodeContent(bodies[i], uris[i], ecefFromTile, zUp);
    if (!mesh) {
      outcome.errors.push_back(mesh.error().text());
      continue;
    }
    outcome.meshUris.push_back(uris[i]);
    if (outcome.mesh)
      merge(*outcome.mesh, std::move(*mesh));
    else
      outcome.mesh = std::make_shared<MeshContent>(std::move(*mesh));
  }
  return outcome;
}

double mebibytes(size_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

}  // namespace

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
    TileId tile;
  };
  std::vector<Retry> retries;
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
  void grow(const source::Tileset& tileset, TilesetId id, TileId parent);
  void makeExternal(TileId id, Outcome& outcome);
  void fail(TileId id, const std::string& message, bool mayComeBack);
  void drop(TileId id);
  void forgetActive(TileId id) { std::erase(active, id); }
  void startFetch(TileId id, double priority);
  void startDecode(TileId id);

  void markWanted(const Selection& selection);
  void evictAboveBudget(const Selection& selection, size_t budget, Orders& orders);
  void orderUploads(const Selection& selection, const Budgets& budgets, size_t budget, Orders& orders);
  void startDecodes(const Budgets& budgets);
  void startFetches(const Selection& selection, const Budgets& budgets, size_t budget);
  void startRetries();

  size_t retiringBytes() const;
  std::vector<TileId> evictable(const Selection& selection, double priority) const;
  bool makeRoom(const Selection& selection, size_t bytes, size_t budget, double priority, Orders& orders);
  void evict(TileId id, Orders& orders);
  std::vector<TileId> inState(TileState state) const;
};

// ---------------------------------------------------------------------------------------------------------- arrivals

void Streaming::Impl::grow(const source::Tileset& tileset, TilesetId id, TileId parent) {
  size_t before = tree.tiles.size();
  TileId root = graft(tree, tileset, id, parent);
  if (parent == kNoTile) tree.tilesets[id].root = root;
  states.resize(tree.tiles.size(), TileState::Absent);
  slots.resize(tree.tiles.size());
  for (size_t i = before; i < slots.size(); ++i) slots[i].zUp = tileset.zUpContent;
  for (const std::string& warning : tileset.warnings) failures.push_back({tileset.uri, warning});
}

void Streaming::Impl::on(TilesetFetched&& event) {
  TilesetEntry& entry = tree.tilesets[event.tileset];
  if (!event.bytes) {
    on(TilesetParsed{event.tileset, event.bytes.error()});
    return;
  }
  fetchedBytes += event.bytes->size();
  auto bytes = std::make_shared<Bytes>(std::move(*event.bytes));
  pool.submit(-std::numeric_limits<double>::infinity(),
              [bytes, uri = entry.uri, id = event.tileset, box = mailbox](std::stop_token) {
                box->post(TilesetParsed{id, source::parseTileset(*bytes, uri)});
              });
}

void Streaming::Impl::on(TilesetParsed&& event) {
  --tilesetsUnderWay;
  TilesetEntry& entry = tree.tilesets[event.tileset];
  if (event.parsed && !event.parsed->tiles.empty()) {
    grow(*event.parsed, event.tileset, kNoTile);
    return;
  }
  entry.failed = true;
  entry.error = event.parsed ? fmt::format("{}: holds no tile", entry.uri) : event.parsed.error().text();
  failures.push_back({entry.uri, entry.error + "; the tileset is left out"});
}

void Streaming::Impl::on(ContentFetched&& event) {
  Slot& slot = slots[event.tile];
  if (event.generation != slot.generation) return;
  if (event.bytes) {
    fetchedBytes += event.bytes->size();
    slot.bodyBytes += event.bytes->size();
    if (event.bytes->empty())
      slot.errors.push_back(fmt::format("{}: is empty", tree.tiles[event.tile].contentUris[event.content]));
    slot.bodies[event.content] = std::move(*event.bytes);
  } else {
    slot.errors.push_back(event.bytes.error().text());
  }
  if (--slot.missing > 0) return;
  slot.fetches.clear();
  if (slot.bodyBytes > 0) {
    states[event.tile] = TileState::Decoding;  // startDecodes picks it up in its turn
    return;
  }
  fail(event.tile, slot.errors.front(), true);
}

void Streaming::Impl::on(ContentDecoded&& event) {
  --decodesRunning;
  Slot& slot = slots[event.tile];
  if (event.generation != slot.generation) return;
  slot.decoding = false;
  Outcome& outcome = event.outcome;
  outcome.errors.insert(outcome.errors.begin(), slot.errors.begin(), slot.errors.end());
  if (!outcome.externals.empty()) {
    makeExternal(event.tile, outcome);
    return;
  }
  if (!outcome.mesh) {
    fail(event.tile, outcome.errors.empty() ? "nothing could be decoded" : outcome.errors.front(), false);
    return;
  }
  const Tile& tile = tree.tiles[event.tile];
  for (const std::string& error : outcome.errors)
    failures.push_back({tile.contentUris.front(), error + "; the tile's other contents are shown"});
  for (const std::string& warning : outcome.mesh->warnings) log::warning("{}", warning);
  slot.content = std::move(outcome.mesh);
  slot.gpuBytes = slot.content->gpuBytes();
  slot.decodedBytes = slot.content->cpuBytes();
  slot.failures = 0;
  decodedBytes += slot.decodedBytes;
  states[event.tile] = TileState::Decoded;
}

//! The tile refers to other tilesets: they become its children, and so does a mesh that stands beside them.
void Streaming::Impl::makeExternal(TileId id, Outcome& outcome) {
  std::string uri = tree.tiles[id].contentUris.front();
  for (const std::string& error : outcome.errors) failures.push_back({uri, error});
  TilesetId tileset = tree.tiles[id].tileset;
  std::vector<const source::Tileset*> good;
  for (const source::Tileset& external : outcome.externals) {
    if (refersToItself(tree, id, external.uri))
      outcome.errors.push_back(fmt::format("{}: refers to itself through the tiles above it", external.uri));
    else if (!external.tiles.empty())
      good.push_back(&external);
  }
  if (good.empty()) {
    fail(id, outcome.errors.empty() ? fmt::format("{}: holds no tile", uri) : outcome.errors.back(), false);
    return;
  }
  tree.tiles[id].external = true;
  for (const source::Tileset* external : good) grow(*external, tileset, id);
  if (outcome.mesh) {
    source::Tileset beside;
    beside.uri = uri;
    beside.zUpContent = slots[id].zUp;
    source::TileDescription leaf;
    leaf.ecefFromTile = tree.tiles[id].ecefFromTile;
    leaf.bounds = tree.tiles[id].bounds;
    leaf.contentUris = outcome.meshUris;
    beside.tiles.push_back(std::move(leaf));
    grow(beside, tileset, id);
  }
  slots[id].bodies.clear();
  states[id] = TileState::Resident;  // nothing more is wanted of it
  forgetActive(id);
}

void Streaming::Impl::fail(TileId id, const std::string& message, bool mayComeBack) {
  Slot& slot = slots[id];
  const Tile& tile = tree.tiles[id];
  drop(id);
  states[id] = TileState::Failed;
  bool ancestor = false;
  for (TileId at = tile.parent; at != kNoTile && !ancestor; at = tree.tiles[at].parent)
    ancestor = !tree.tiles[at].contentUris.empty() && !tree.tiles[at].external;
  if (slot.failures++ == 0)
    failures.push_back({tile.contentUris.front(), fmt::format("{}; tile skipped, {}", message,
                                                              !tile.children.empty() ? "its children stand in"
                                                              : ancestor             ? "its parent stays"
                                                                                     : "nothing stands in for it")});
  if (!mayComeBack || !source::isHttp(tile.contentUris.front())) return;
  // A missing network is a state: ask again, ever more seldom.
  auto pause = std::min(kFirstRetry * (1 << std::min(slot.failures - 1, 6)), kLastRetry);
  retries.push_back({steady_clock::now() + pause, id});
}

//! Takes back whatever is under way for the tile; it is Absent then.
void Streaming::Impl::drop(TileId id) {
  Slot& slot = slots[id];
  for (auto fetch : slot.fetches) fetcher.cancel(fetch);
  if (slot.decoding && pool.cancel(slot.job)) --decodesRunning;
  ++slot.generation;
  slot.fetches.clear();
  slot.bodies.clear();
  slot.errors.clear();
  slot.bodyBytes = slot.missing = 0;
  slot.decoding = false;
  if (slot.content) decodedBytes -= slot.decodedBytes;
  slot.content.reset();
  slot.decodedBytes = 0;
  states[id] = TileState::Absent;
  forgetActive(id);
}

// ---------------------------------------------------------------------------------------------------------- one frame

void Streaming::Impl::startFetch(TileId id, double priority) {
  Slot& slot = slots[id];
  const Tile& tile = tree.tiles[id];
  slot.bodies.assign(tile.contentUris.size(), {});
  slot.errors.clear();
  slot.missing = tile.contentUris.size();
  slot.bodyBytes = 0;
  slot.priority = priority;
  states[id] = TileState::Fetching;
  active.push_back(id);
  for (size_t i = 0; i < tile.contentUris.size(); ++i)
    slot.fetches.push_back(fetcher.fetch(tile.contentUris[i], priority,
                                         [box = mailbox, id, generation = slot.generation, i](Result<Bytes> bytes) {
                                           box->post(ContentFetched{id, generation, i, std::move(bytes)});
                                         }));
}

void Streaming::Impl::startDecode(TileId id) {
  Slot& slot = slots[id];
  const Tile& tile = tree.tiles[id];
  struct Work {
    std::vector<Bytes> bodies;
    std::vector<std::string> uris;
    glm::dmat4 ecefFromTile;
    bool zUp;
  };
  auto work = std::make_shared<Work>(Work{std::move(slot.bodies), tile.contentUris, tile.ecefFromTile, slot.zUp});
  slot.bodies.clear();
  slot.decoding = true;
  ++decodesRunning;
  slot.job = pool.submit(slot.priority, [work, id, generation = slot.generation, box = mailbox](std::stop_token stop) {
    box->post(ContentDecoded{id, generation, decode(work->bodies, work->uris, work->ecefFromTile, work->zUp, stop)});
  });
}

void Streaming::Impl::markWanted(const Selection& selection) {
  for (const WantedTile& wanted : selection.want) {
    Slot& slot = slots[wanted.tile];
    slot.wantedFrame = frame;
    if (slot.priority == wanted.priority) continue;
    slot.priority = wanted.priority;
    for (auto fetch : slot.fetches) fetcher.rerank(fetch, wanted.priority);
    if (slot.decoding) pool.rerank(slot.job, wanted.priority);
  }
  for (TileId id : selection.keep) slots[id].usedFrame = frame;
  for (const WantedTile& useful : selection.useful) slots[useful.tile].usedFrame = frame;
  std::vector<TileId> unwanted;
  for (TileId id : active)
    if (states[id] != TileState::Uploading && slots[id].wantedFrame != frame) unwanted.push_back(id);
  for (TileId id : unwanted) drop(id);
}

size_t Streaming::Impl::retiringBytes() const {
  size_t bytes = 0;
  for (const Retiring& r : retiring) bytes += r.bytes;
  return bytes;
}

std::vector<TileId> Streaming::Impl::inState(TileState state) const {
  std::vector<TileId> found;
  for (TileId id : active)
    if (states[id] == state) found.push_back(id);
  std::sort(found.begin(), found.end(), [&](TileId a, TileId b) {
    return slots[a].priority != slots[b].priority ? slots[a].priority < slots[b].priority : a < b;
  });
  return found;
}

//! What may go for a tile of this priority, first to go first: what nothing asked for, longest unused first; then what is
//! useful but less urgent, least urgent first. Never what must be kept.
std::vector<TileId> Streaming::Impl::evictable(const Selection& selection, double priority) const {
  std::vector<TileId> order;
  for (TileId id : residents)
    if (slots[id].usedFrame != frame && states[id] == TileState::Resident) order.push_back(id);
  std::sort(order.begin(), order.end(), [&](TileId a, TileId b) {
    return slots[a].usedFrame != slots[b].usedFrame ? slots[a].usedFrame < slots[b].usedFrame : a < b;
  });
  for (auto useful = selection.useful.rbegin(); useful != selection.useful.rend() && useful->priority > priority;
       ++useful)
    if (states[useful->tile] == TileState::Resident) order.push_back(useful->tile);
  return order;
}

void Streaming::Impl::evict(TileId id, Orders& orders) {
  states[id] = TileState::Absent;
  liveBytes -= slots[id].gpuBytes;
  retiring.push_back({frame, slots[id].gpuBytes});
  std::erase(residents, id);
  orders.evictions.push_back(id);
}

//! Evicts until `bytes` more fit, or nothing at all where they would not.
bool Streaming::Impl::makeRoom(const Selection& selection, size_t bytes, size_t budget, double priority,
                               Orders& orders) {
  if (liveBytes + bytes <= budget) return true;
  std::vector<TileId> order = evictable(selection, priority);
  size_t spare = 0, count = 0;
  while (count < order.size() && liveBytes + bytes > budget + spare) spare += slots[order[count++]].gpuBytes;
  if (liveBytes + bytes > budget + spare) return false;
  for (size_t i = 0; i < count; ++i) evict(order[i], orders);
  return true;
}

void Streaming::Impl::evictAboveBudget(const Selection& selection, size_t budget, Orders& orders) {
  if (liveBytes <= budget) return;
  for (TileId id : evictable(selection, -std::numeric_limits<double>::infinity())) {
    if (liveBytes <= budget) return;
    evict(id, orders);
  }
}

void Streaming::Impl::orderUploads(const Selection& selection, const Budgets& budgets, size_t budget, Orders& orders) {
  size_t thisFrame = 0;
  for (TileId id : inState(TileState::Decoded)) {
    Slot& slot = slots[id];
    if (slot.gpuBytes > budgets.gpuBytes) {
      fail(id,
           fmt::format("{}: needs {:.1f} MiB of graphics memory, the budget for all tiles is {:.1f} MiB",
                       tree.tiles[id].contentUris.front(), mebibytes(slot.gpuBytes), mebibytes(budgets.gpuBytes)),
           false);
      continue;
    }
    if (thisFrame > 0 && thisFrame + slot.gpuBytes > budgets.uploadBytesPerFrame) {
      moreToUpload = true;
      return;
    }
    if (!makeRoom(selection, slot.gpuBytes, budget, slot.priority, orders)) {
      // Strictly by urgency: letting a smaller, less urgent one in would only be undone later.
      starved = true;
      starvedPriority = slot.priority;
      return;
    }
    if (liveBytes + retiringBytes() + slot.gpuBytes > budget) {
      waitingForRoom = true;
      return;
    }
    thisFrame += slot.gpuBytes;
    liveBytes += slot.gpuBytes;
    decodedBytes -= slot.decodedBytes;
    slot.decodedBytes = 0;
    states[id] = TileState::Uploading;
    orders.uploads.push_back({id, std::move(slot.content)});
  }
}

void Streaming::Impl::startDecodes(const Budgets& budgets) {
  size_t underWay = 0;
  std::vector<TileId> waiting;
  for (TileId id : inState(TileState::Decoding)) {
    if (slots[id].decoding)
      underWay += slots[id].bodyBytes * kDecodedPerFetched;
    else
      waiting.push_back(id);
  }
  for (TileId id : waiting) {
    if (decodesRunning >= 2 * decodeThreads || slots[id].priority > starvedPriority) return;
    size_t expected = slots[id].bodyBytes * kDecodedPerFetched;
    if (decodedBytes + underWay + expected > budgets.decodedBytes && decodedBytes + underWay > 0) {
      // Less urgent meshes that wait for their upload give way; they come again.
      std::vector<TileId> decoded = inState(TileState::Decoded);
      while (!decoded.empty() && slots[decoded.back()].priority > slots[id].priority &&
             decodedBytes + underWay + expected > budgets.decodedBytes) {
        drop(decoded.back());
        decoded.pop_back();
      }
      if (decodedBytes + underWay + expected > budgets.decodedBytes && decodedBytes + underWay > 0) return;
    }
    underWay += expected;
    startDecode(id);
  }
}

void Streaming::Impl::startFetches(const Selection& selection, const Budgets& budgets, size_t budget) {
  size_t fetching = 0, waitingBytes = decodedBytes;
  for (TileId id : active) {
    if (states[id] == TileState::Fetching) ++fetching;
    if (states[id] == TileState::Decoding) waitingBytes += slots[id].bodyBytes;
  }
  for (const WantedTile& wanted : selection.want) {
    if (fetching >= std::max(budgets.fetches, 1u) || (waitingBytes >= budgets.decodedBytes && fetching > 0)) return;
    if (wanted.priority > starvedPriority) return;
    TileId id = wanted.tile;
    if (states[id] != TileState::Absent || tree.tiles[id].contentUris.empty()) continue;
    // Known from before and does not fit: fetching it again would be in vain.
    if (size_t known = slots[id].gpuBytes; known > 0 && liveBytes + known > budget) {
      size_t evictableBytes = 0;
      for (TileId other : evictable(selection, wanted.priority)) evictableBytes += slots[other].gpuBytes;
      if (liveBytes + known > budget + evictableBytes) {
        starved = true;
        starvedPriority = wanted.priority;
        return;
      }
    }
    startFetch(id, wanted.priority);
    ++fetching;
  }
}

void Streaming::Impl::startRetries() {
  if (retries.empty()) return;
  auto now = steady_clock::now();
  std::erase_if(retries, [&](const Retry& retry) {
    if (retry.at > now) return false;
    if (states[retry.tile] == TileState::Failed) states[retry.tile] = TileState::Absent;
    return true;
  });
}

// ----------------------------------------------------------------------------------------------------------- the door

Streaming::Streaming(source::Fetcher& fetcher, unsigned decodeThreads)
    : impl_(std::make_unique<Impl>(
          fetcher, decodeThreads ? decodeThreads : std::max(std::thread::hardware_concurrency(), 2u) - 1)) {}

Streaming::~Streaming() = default;

TilesetId Streaming::add(const std::string& uri) {
  auto id = static_cast<TilesetId>(impl_->tree.tilesets.size());
  impl_->tree.tilesets.push_back({uri, kNoTile, false, {}});
  ++impl_->tilesetsUnderWay;
  impl_->tilesetFetches.push_back(impl_->fetcher.fetch(uri, -std::numeric_limits<double>::infinity(),
                                                       [box = impl_->mailbox, id](Result<Bytes> bytes) {
                                                         box->post(TilesetFetched{id, std::move(bytes)});
                                                       }));
  return id;
}

void Streaming::drain() {
  for (Event& event : impl_->mailbox->drain()) std::visit([&](auto& e) { impl_->on(std::move(e)); }, event);
}

Orders Streaming::update(const Selection& selection, const Budgets& budgets) {
  Impl& s = *impl_;
  ++s.frame;
  std::erase_if(s.retiring, [&](const Impl::Retiring& r) { return r.frame + kRetireFrames <= s.frame; });
  if (s.frame >= s.pressureUntil) s.pressureBytes = std::numeric_limits<size_t>::max();
  size_t budget = std::min(budgets.gpuBytes, s.pressureBytes);
  s.starved = s.waitingForRoom = s.moreToUpload = false;
  s.starvedPriority = std::numeric_limits<double>::infinity();
  Orders orders;
  s.startRetries();
  s.markWanted(selection);
  s.evictAboveBudget(selection, budget, orders);
  s.orderUploads(selection, budgets, budget, orders);
  s.startDecodes(budgets);
  s.startFetches(selection, budgets, budget);
  return orders;
}

void Streaming::uploaded(TileId tile) {
  if (impl_->states[tile] != TileState::Uploading) return;  // forgotten meanwhile
  impl_->states[tile] = TileState::Resident;
  impl_->slots[tile].usedFrame = impl_->frame;
  impl_->forgetActive(tile);
  impl_->residents.push_back(tile);
}

void Streaming::uploadFailed(TileId tile) {
  Impl& s = *impl_;
  if (s.states[tile] != TileState::Uploading) return;
  s.liveBytes -= s.slots[tile].gpuBytes;
  if (s.liveBytes == 0) {
    s.fail(tile,
           fmt::format("{}: the graphics device has no {:.1f} MiB left for it", s.tree.tiles[tile].contentUris.front(),
                       mebibytes(s.slots[tile].gpuBytes)),
           false);
    return;
  }
  s.pressureBytes = s.liveBytes;  // what is there fits; more does not, until something goes
  s.pressureUntil = s.frame + kPressureFrames;
  s.drop(tile);
}

void Streaming::forgetResident() {
  Impl& s = *impl_;
  for (TileId id : s.residents) s.states[id] = TileState::Absent;
  s.residents.clear();
  for (TileId id : s.inState(TileState::Uploading)) s.drop(id);
  s.liveBytes = 0;
  s.retiring.clear();
  s.pressureBytes = std::numeric_limits<size_t>::max();
}

const TileTree& Streaming::tree() const { return impl_->tree; }
std::span<const TileState> Streaming::states() const { return impl_->states; }

bool Streaming::busy() const {
  const Impl& s = *impl_;
  if (s.tilesetsUnderWay > 0 || s.waitingForRoom || s.moreToUpload) return true;
  return std::any_of(s.active.begin(), s.active.end(), [&](TileId id) {
    bool waits = s.states[id] == TileState::Decoded || (s.states[id] == TileState::Decoding && !s.slots[id].decoding);
    return !waits || !s.starved || s.slots[id].priority < s.starvedPriority;
  });
}

void Streaming::waitForWork(std::chrono::milliseconds longest) {
  const Impl& s = *impl_;
  bool something = s.waitingForRoom || s.moreToUpload;
  for (TileId id : s.active) something |= s.states[id] == TileState::Uploading;
  if (!something) impl_->mailbox->waitFor(longest);
}

std::vector<TileFailure> Streaming::takeFailures() { return std::exchange(impl_->failures, {}); }

StreamingStatistics Streaming::statistics() const {
  const Impl& s = *impl_;
  StreamingStatistics statistics;
  statistics.tiles = s.tree.tiles.size();
  statistics.resident = s.residents.size();
  for (TileId id : s.active) {
    statistics.fetching += s.states[id] == TileState::Fetching;
    statistics.decoding += s.states[id] == TileState::Decoding;
  }
  statistics.failed = static_cast<size_t>(std::count(s.states.begin(), s.states.end(), TileState::Failed));
  statistics.gpuBytes = s.liveBytes;
  statistics.fetchedBytes = s.fetchedBytes;
  statistics.starved = s.starved;
  return statistics;
}

}  // namespace cm::tiles
