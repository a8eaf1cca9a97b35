#include "tiles/streaming.h"

#include <algorithm>
#include <limits>

#include "tiles/ranks.h"
#include "tiles/streaming_impl.h"

namespace cm::tiles {
namespace {

//! What is evicted is freed on the GPU only when the frames in flight are over; until then it counts as used.
constexpr uint64_t kRetireFrames = 3;
//! How long the budget stays lowered after the GPU had no memory.
constexpr uint64_t kPressureFrames = 600;
//! A decoded mesh against its compressed body, for deciding how many decodes may run: an estimate.
constexpr size_t kDecodedPerFetched = 4;

//! What is missed must lack so many times the pixels of what makes room for it: a level of detail is a factor of two.
constexpr double kWorthAnExchange = 1.5;

double mebibytes(size_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

//! What the view keeps below tiles that could stand in for it.
class Below {
 public:
  Below(const TileTree& tree, const std::vector<Slot>& slots, const Selection& selection)
      : tree_(tree), slots_(slots), kept_(tree.tiles.size()) {
    for (TileId id : selection.keep) kept_[id] = 1;
    for (TileId id : selection.pinned) kept_[id] = 0;  // stays whatever happens
  }
  //! Of the next level that has content; what lies below that may yield by itself.
  size_t bytes(TileId id) const {
    size_t sum = 0;
    for (TileId child : tree_.tiles[id].children) sum += kept_[child] ? slots_[child].gpuBytes : bytes(child);
    return sum;
  }

 private:
  const TileTree& tree_;
  const std::vector<Slot>& slots_;
  std::vector<uint8_t> kept_;
};

}  // namespace

void Streaming::Impl::startFetch(TileId id, double priority) {
  Slot& slot = slots[id];
  const Tile& tile = tree.tiles[id];
  slot.work = std::make_shared<DecodeWork>();
  slot.work->bodies.resize(tile.contentUris.size());
  slot.work->uris = tile.contentUris;
  const std::vector<std::string> allowed = fetcher.allowedOrigins();
  slot.work->resources.allowOrigins(allowed);
  slot.errors.clear();
  slot.passing = false;
  slot.missing = tile.contentUris.size();
  slot.bodyBytes = 0;
  slot.priority = priority;
  states[id] = TileState::Fetching;
  active.push_back(id);
  for (size_t i = 0; i < tile.contentUris.size(); ++i) {
    if (auto may = source::mayLead(referrers[slot.referrer], tile.contentUris[i], allowed); !may) {
      mailbox->post(ContentFetched{id, slot.generation, i, may.error(), {}});
      continue;
    }
    slot.fetches.push_back(
        fetcher.fetch(tile.contentUris[i], priority,
                      [box = mailbox, id, generation = slot.generation, i](Result<Bytes> bytes, std::string address) {
                        box->post(ContentFetched{id, generation, i, std::move(bytes), std::move(address)});
                      }));
  }
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

//! What nothing asks for any more, longest unused first.
std::vector<TileId> Streaming::Impl::idleTiles() const {
  std::vector<TileId> order;
  for (TileId id : residents)
    if (slots[id].usedFrame != frame && states[id] == TileState::Resident) order.push_back(id);
  std::sort(order.begin(), order.end(), [&](TileId a, TileId b) {
    return slots[a].usedFrame != slots[b].usedFrame ? slots[a].usedFrame < slots[b].usedFrame : a < b;
  });
  return order;
}

//! What may go for a tile of this priority, first to go first: what nothing asked for; then what is useful but less urgent,
//! least urgent first. Never what must be kept.
std::vector<TileId> Streaming::Impl::evictable(const Selection& selection, double priority) const {
  std::vector<TileId> order = idleTiles();
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

//! What is still over the budget with so many bytes more, once all is gone that may go for them.
size_t Streaming::Impl::lackingRoom(const Selection& selection, size_t bytes, size_t budget, double priority) const {
  size_t held = liveBytes + bytes;
  for (TileId id : evictable(selection, priority)) held -= slots[id].gpuBytes;
  return held > budget ? held - budget : 0;
}

//! Tiles that stand in for what lies below them, least urgent detail first: as many as free so many bytes. None where all of
//! them free less, or where it is not worth it.
std::vector<TileId> Streaming::Impl::lessUrgentDetail(const Selection& selection, size_t bytes, double priority) const {
  const double least = priority > -kClass / 2 && priority < 0 ? priority / kWorthAnExchange : priority;
  std::vector<WantedTile> order = selection.yields;
  std::stable_sort(order.begin(), order.end(),
                   [](const WantedTile& a, const WantedTile& b) { return a.priority > b.priority; });
  const Below below(tree, slots, selection);
  std::vector<TileId> chosen;
  size_t freed = 0;
  for (const WantedTile& detail : order) {
    if (detail.priority <= least) break;
    chosen.push_back(detail.tile);
    freed += below.bytes(detail.tile);
    if (freed >= bytes) return chosen;
  }
  return {};
}

//! Not even the roots fit: better one tileset is missing, and that is said, than that a city has holes.
void Streaming::Impl::leaveOut(TilesetId id, const Selection& selection, size_t budget) {
  const auto roots = [&](bool ours) {
    size_t bytes = 0;
    for (TileId root : selection.pinned)
      if ((tree.tiles[root].tileset == id) == ours && (ours || states[root] == TileState::Resident))
        bytes += slots[root].gpuBytes;
    return bytes;
  };
  const size_t needed = roots(true), taken = roots(false);
  TilesetEntry& entry = tree.tilesets[id];
  entry.failed = true;
  entry.error = fmt::format(
      "{}: 根瓦片至少需要 {:.1f} MiB 显存，而全部瓦片集的预算为 {:.1f} MiB，其他根瓦片已占 {:.1f} MiB；此瓦片集不显示 "
      "/ its "
      "roots need at least {:.1f} MiB of graphics memory, the budget for all tilesets is {:.1f} MiB and other roots "
      "take "
      "{:.1f} MiB of it; the tileset is left out",
      entry.uri, mebibytes(needed), mebibytes(budget), mebibytes(taken), mebibytes(needed), mebibytes(budget),
      mebibytes(taken));
  report(entry.uri, entry.error);
  roomless.push_back({id, needed + taken});
  for (TileId tile : std::vector<TileId>(active))
    if (tree.tiles[tile].tileset == id && states[tile] != TileState::Uploading) drop(tile);
}

//! The budget has grown: those that were left out may try again.
void Streaming::Impl::letIn(size_t budget) {
  std::erase_if(roomless, [&](const Roomless& one) {
    if (budget < one.bytes) return false;
    tree.tilesets[one.tileset].failed = false;
    tree.tilesets[one.tileset].error.clear();
    return true;
  });
}

void Streaming::Impl::evictAboveBudget(const Selection& selection, size_t budget, Orders& orders) {
  if (liveBytes <= budget) return;
  for (TileId id : evictable(selection, -std::numeric_limits<double>::infinity())) {
    if (liveBytes <= budget) return;
    evict(id, orders);
  }
  if (liveBytes <= budget) return;
  yielding = lessUrgentDetail(selection, liveBytes - budget, -std::numeric_limits<double>::infinity());
  waitingForRoom = !yielding.empty();
}

void Streaming::Impl::evictIdle(size_t most, Orders& orders) {
  const std::vector<TileId> idle = idleTiles();
  size_t bytes = 0;
  for (TileId id : idle) bytes += slots[id].gpuBytes;
  for (TileId id : idle) {
    if (bytes <= most) return;
    bytes -= slots[id].gpuBytes;
    evict(id, orders);
  }
}

void Streaming::Impl::orderUploads(const Selection& selection, const Budgets& budgets, size_t budget, Orders& orders) {
  size_t thisFrame = 0;
  for (TileId id : inState(TileState::Decoded)) {
    Slot& slot = slots[id];
    const bool root = slot.priority < kPinnedClass / 2;
    if (slot.gpuBytes > budgets.gpuBytes && !root) {
      fail(id,
           fmt::format(
               "{}: 需要 {:.1f} MiB 显存，而全部瓦片的预算只有 {:.1f} MiB / needs {:.1f} MiB of graphics memory, "
               "the budget for all tiles is {:.1f} MiB",
               tree.tiles[id].contentUris.front(), mebibytes(slot.gpuBytes), mebibytes(budgets.gpuBytes),
               mebibytes(slot.gpuBytes), mebibytes(budgets.gpuBytes)),
           Hope::None);
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
      yielding =
          lessUrgentDetail(selection, lackingRoom(selection, slot.gpuBytes, budget, slot.priority), slot.priority);
      const bool comes = !yielding.empty() || !retiring.empty() || !inState(TileState::Uploading).empty();
      waitingForRoom = !yielding.empty();
      if (root && !comes && budget == budgets.gpuBytes) leaveOut(tree.tiles[id].tileset, selection, budget);
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
    if (decodesRunning >= budgets.decodes * decodeThreads || slots[id].priority > starvedPriority) return;
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
      const size_t lacking = lackingRoom(selection, known, budget, wanted.priority);
      if (lacking > 0 && lessUrgentDetail(selection, lacking, wanted.priority).empty()) {
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
  const auto now = clock();
  std::vector<TilesetId> tilesets;
  std::erase_if(retries, [&](const Retry& retry) {
    if (retry.at > now) return false;
    if (retry.tile == kNoTile)
      tilesets.push_back(retry.tileset);
    else if (states[retry.tile] == TileState::Failed)
      states[retry.tile] = TileState::Absent;
    return true;
  });
  for (TilesetId id : tilesets) fetchTileset(id);
}

void Streaming::Impl::fetchTileset(TilesetId id) {
  ++tilesetsUnderWay;
  tilesetFetches[id] = fetcher.fetch(tree.tilesets[id].uri, -std::numeric_limits<double>::infinity(),
                                     [box = mailbox, id](Result<Bytes> bytes, std::string address) {
                                       box->post(TilesetFetched{id, std::move(bytes), std::move(address)});
                                     });
}

// ----------------------------------------------------------------------------------------------------------- the door

Text budgetIsFull(const StreamingStatistics& statistics) {
  // Beyond the visible class nothing that is seen is missing.
  if (!(statistics.fullAt > -kClass / 2 && statistics.fullAt < 0))
    return {"显存预算已满，画面不受影响", "the budget is full; nothing that is seen is missing"};
  return {fmt::format("显存预算已满：细节降低，误差至 {:.0f} 像素", -statistics.fullAt),
          fmt::format("the budget is full: less detail, errors of up to {:.0f} pixels", -statistics.fullAt)};
}

Streaming::Streaming(source::Fetcher& fetcher, unsigned decodeThreads)
    : impl_(std::make_unique<Impl>(
          fetcher, decodeThreads ? decodeThreads : std::max(std::thread::hardware_concurrency(), 2u) - 1)) {}

Streaming::~Streaming() = default;

TilesetId Streaming::add(const std::string& uri, const glm::dmat4& ecefFromTileset) {
  auto id = static_cast<TilesetId>(impl_->tree.tilesets.size());
  impl_->tree.tilesets.push_back({.uri = uri, .ecefFromTileset = ecefFromTileset});
  impl_->tilesetFetches.push_back(0);
  impl_->tilesetTroubles.emplace_back();
  impl_->fetchTileset(id);
  return id;
}

void Streaming::setFinish(std::function<void(source::MeshContent&)> finish) { impl_->finish = std::move(finish); }

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
  s.yielding.clear();
  s.letIn(budget);
  Orders orders;
  s.startRetries();
  s.markWanted(selection);
  s.evictAboveBudget(selection, budget, orders);
  s.evictIdle(budgets.idleBytes, orders);
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
           Hope::None);
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

std::span<const TileId> Streaming::yielding() const { return impl_->yielding; }
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

void Streaming::setClock(std::function<steady_clock::time_point()> clock) { impl_->clock = std::move(clock); }

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
  statistics.fullAt = s.starvedPriority;
  return statistics;
}

}  // namespace cm::tiles
