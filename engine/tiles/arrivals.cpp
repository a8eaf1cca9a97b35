#include <algorithm>

#include "base/log.h"
#include "source/merge.h"
#include "tiles/growth.h"
#include "tiles/streaming_impl.h"

namespace cm::tiles {
namespace {

constexpr std::chrono::seconds kFirstRetry{20}, kLastRetry{600};

Outcome decode(DecodeWork& work, const std::stop_token& stop) {
  Outcome outcome;
  for (size_t i = 0; i < work.bodies.size() && !stop.stop_requested(); ++i) {
    const Bytes& body = work.bodies[i];
    if (body.empty()) continue;
    if (work.subtree || source::isTilesetJson(body)) {
      auto tileset = work.subtree ? source::parseSubtree(body, work.uris[i], *work.subtree, &work.resources)
                                  : source::parseTileset(body, work.uris[i], work.ecefFromTile, work.zUp);
      if (auto missing = work.resources.takeMissing(); !missing.empty())
        outcome.missing = std::move(missing);
      else if (tileset)
        outcome.externals.push_back(std::move(*tileset));
      else
        outcome.errors.push_back(tileset.error().text());
      continue;
    }
    auto mesh = source::decodeContent(body, work.uris[i], work.ecefFromTile, work.zUp, &work.resources);
    if (auto missing = work.resources.takeMissing(); !missing.empty()) {
      outcome.missing.insert(outcome.missing.end(), missing.begin(), missing.end());
      continue;
    }
    if (!mesh) {
      outcome.errors.push_back(mesh.error().text());
      continue;
    }
    outcome.meshUris.push_back(work.uris[i]);
    if (outcome.mesh)
      source::merge(*outcome.mesh, std::move(*mesh));
    else
      outcome.mesh = std::make_shared<MeshContent>(std::move(*mesh));
  }
  return outcome;
}

}  // namespace

void Streaming::Impl::grow(const source::Tileset& tileset, TilesetId id, TileId parent) {
  size_t before = tree.tiles.size();
  TileId root = graft(tree, tileset, id, parent);
  if (parent == kNoTile) {
    tree.tilesets[id].root = root;
    tree.tilesets[id].facts = tileset.facts;
  }
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
              [bytes, uri = entry.uri, at = entry.ecefFromTileset, id = event.tileset, box = mailbox](std::stop_token) {
                box->post(TilesetParsed{id, source::parseTileset(*bytes, uri, at)});
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
    slot.work->bodies[event.content] = std::move(*event.bytes);
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
  if (!outcome.missing.empty()) {
    fetchResources(event.tile, std::move(outcome.missing));
    return;
  }
  slot.work.reset();
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

//! The contents refer to other files: they are fetched as the contents were, and then all is decoded again.
void Streaming::Impl::fetchResources(TileId id, std::vector<std::string> uris) {
  Slot& slot = slots[id];
  states[id] = TileState::Fetching;
  slot.missing = uris.size();
  for (std::string& uri : uris)
    slot.fetches.push_back(
        fetcher.fetch(uri, slot.priority, [box = mailbox, id, generation = slot.generation, uri](Result<Bytes> bytes) {
          box->post(ResourceFetched{id, generation, uri, std::move(bytes)});
        }));
}

void Streaming::Impl::on(ResourceFetched&& event) {
  Slot& slot = slots[event.tile];
  if (event.generation != slot.generation) return;
  if (event.bytes) {
    fetchedBytes += event.bytes->size();
    slot.bodyBytes += event.bytes->size();
  }
  slot.work->resources.put(std::move(event.uri), std::move(event.bytes));
  if (--slot.missing > 0) return;
  slot.fetches.clear();
  states[event.tile] = TileState::Decoding;
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
  states[id] = TileState::Resident;  // nothing more is wanted of it
  forgetActive(id);
}

void Streaming::Impl::fail(TileId id, std::string message, bool mayComeBack) {
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
  slot.work.reset();
  slot.errors.clear();
  slot.bodyBytes = slot.missing = 0;
  slot.decoding = false;
  if (slot.content) decodedBytes -= slot.decodedBytes;
  slot.content.reset();
  slot.decodedBytes = 0;
  states[id] = TileState::Absent;
  forgetActive(id);
}

void Streaming::Impl::startDecode(TileId id) {
  Slot& slot = slots[id];
  const Tile& tile = tree.tiles[id];
  slot.work->uris = tile.contentUris;
  slot.work->ecefFromTile = tile.ecefFromTile;
  slot.work->zUp = slot.zUp;
  slot.work->subtree = tile.subtree;
  slot.decoding = true;
  ++decodesRunning;
  slot.job = pool.submit(slot.priority,
                         [work = slot.work, id, generation = slot.generation, box = mailbox](std::stop_token stop) {
                           box->post(ContentDecoded{id, generation, decode(*work, stop)});
                         });
}

}  // namespace cm::tiles
