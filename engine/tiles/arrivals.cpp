#include <algorithm>

#include "base/log.h"
#include "source/implicit.h"
#include "source/merge.h"
#include "tiles/growth.h"
#include "tiles/streaming_impl.h"

namespace cm::tiles {
namespace {

constexpr std::chrono::seconds kFirstRetry{20}, kLastRetry{600};
constexpr int kDamagedAgain = 3;  // how often a content that cannot be decoded is asked for again

Outcome decode(DecodeWork& work, const std::stop_token& stop) {
  Outcome outcome;
  for (size_t i = 0; i < work.bodies.size() && !stop.stop_requested(); ++i) {
    const Bytes& body = work.bodies[i];
    if (body.empty()) continue;
    if (work.terrain) {
      auto tile = source::decodeTerrain(body, work.uris[i], *work.terrain);
      if (!tile) {
        outcome.errors.push_back(tile.error().text());
        continue;
      }
      outcome.mesh = std::make_shared<MeshContent>(std::move(tile->mesh));
      outcome.bounds = tile->bounds;
      outcome.children = std::move(tile->children);
      continue;
    }
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
  if (parent == kNoTile) tree.tilesets[id].root = root;
  states.resize(tree.tiles.size(), TileState::Absent);
  slots.resize(tree.tiles.size());
  for (size_t i = before; i < slots.size(); ++i) {
    slots[i].zUp = tileset.zUpContent;
    slots[i].referrer = static_cast<uint32_t>(referrers.size());
  }
  // A subtree file only says what is there; the tileset says where.
  const bool implicit = parent != kNoTile && tree.tiles[parent].subtree;
  referrers.push_back(implicit ? tree.tiles[parent].subtree->tiling->tilesetUri : tileset.uri);
  for (const std::string& warning : tileset.warnings) report(tileset.uri, warning);
}

void Streaming::Impl::on(TilesetFetched&& event) {
  TilesetEntry& entry = tree.tilesets[event.tileset];
  if (!event.bytes) {
    on(TilesetParsed{event.tileset, event.bytes.error(), {}, false});
    return;
  }
  fetchedBytes += event.bytes->size();
  answered(entry.uri);
  auto bytes = std::make_shared<Bytes>(std::move(*event.bytes));
  pool.submit(-std::numeric_limits<double>::infinity(), [bytes, uri = event.address, at = entry.ecefFromTileset,
                                                         id = event.tileset, box = mailbox](std::stop_token) {
    box->post(TilesetParsed{id, source::parseTileset(*bytes, uri, at), uri});
  });
}

void Streaming::Impl::on(TilesetParsed&& event) {
  --tilesetsUnderWay;
  TilesetEntry& entry = tree.tilesets[event.tileset];
  if (event.parsed && !event.parsed->tiles.empty()) {
    entry.failed = false;
    entry.error.clear();
    tilesetTroubles[event.tileset] = {};
    grow(*event.parsed, event.tileset, kNoTile);
    return;
  }
  const bool web = source::isHttp(entry.uri);
  const bool passes = web && !event.parsed && event.parsed.error().passes();
  const bool damaged = web && event.fetched && tilesetTroubles[event.tileset].failures < kDamagedAgain;
  const int earlier = tilesetTroubles[event.tileset].failures++;
  entry.failed = true;
  entry.error = event.parsed ? fmt::format("{}: holds no tile", entry.uri) : event.parsed.error().text();
  if (!told(entry.uri, passes) && earlier == 0)
    report(entry.uri, fmt::format("{}; the tileset is left out{}", entry.error, passes ? " until it can be read" : ""));
  if (damaged) fetcher.forget(event.address);
  if (passes || damaged) retry(entry.uri, earlier + 1, kNoTile, event.tileset);
}

void Streaming::Impl::report(const std::string& uri, std::string message) {
  failures.push_back({log::withoutSecrets(uri), log::withoutSecrets(message)});
}

//! Whether the failure has been reported as one of the server. If it had not, it counts as reported now.
bool Streaming::Impl::told(const std::string& uri, bool passes) {
  return passes && !down.insert(source::originOf(uri)).second;
}

//! A server that was down is back: what waits for it is asked for now. Once, though: what it still refuses, while it answers
//! the rest, keeps to its pauses.
void Streaming::Impl::answered(const std::string& uri) {
  if (down.empty() || !source::isHttp(uri)) return;
  const std::string origin = source::originOf(uri);
  if (down.erase(origin) == 0) return;
  for (Retry& retry : retries) {
    if (retry.origin != origin) continue;
    bool& hurried = retry.tile == kNoTile ? tilesetTroubles[retry.tileset].hurried : slots[retry.tile].hurried;
    if (!std::exchange(hurried, true)) retry.at = clock();
  }
}

//! A missing network is a state: ask again, ever more seldom.
void Streaming::Impl::retry(const std::string& uri, int times, TileId tile, TilesetId tileset) {
  auto pause = std::min(kFirstRetry * (1 << std::min(times - 1, 6)), kLastRetry);
  retries.push_back({clock() + pause, tile, tileset, source::originOf(uri)});
}

void Streaming::Impl::on(ContentFetched&& event) {
  Slot& slot = slots[event.tile];
  if (event.generation != slot.generation) return;
  const std::string& uri = tree.tiles[event.tile].contentUris[event.content];
  if (event.bytes) {
    answered(uri);
    fetchedBytes += event.bytes->size();
    slot.bodyBytes += event.bytes->size();
    if (event.bytes->empty()) slot.errors.push_back(fmt::format("{}: is empty", uri));
    slot.work->bodies[event.content] = std::move(*event.bytes);
    slot.work->uris[event.content] = std::move(event.address);
  } else {
    const bool passes = event.bytes.error().passes();
    slot.errors.insert(passes ? slot.errors.begin() : slot.errors.end(), event.bytes.error().text());
    slot.passing |= passes;
  }
  if (--slot.missing > 0) return;
  slot.fetches.clear();
  if (slot.passing || slot.bodyBytes == 0) {
    fail(event.tile, slot.errors.front(), slot.passing ? Hope::Server : Hope::None);
    return;
  }
  states[event.tile] = TileState::Decoding;  // startDecodes picks it up in its turn
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
  const std::vector<std::string> addresses = std::move(slot.work->uris);
  slot.work.reset();
  outcome.errors.insert(outcome.errors.begin(), slot.errors.begin(), slot.errors.end());
  if (!outcome.externals.empty()) {
    makeExternal(event.tile, outcome);
    if (states[event.tile] == TileState::Failed)
      for (const std::string& address : addresses) fetcher.forget(address);
    return;
  }
  if (!outcome.mesh) {
    fail(event.tile, outcome.errors.empty() ? "nothing could be decoded" : outcome.errors.front(), Hope::Content);
    for (const std::string& address : addresses) fetcher.forget(address);
    return;
  }
  for (const std::string& error : outcome.errors)
    report(tree.tiles[event.tile].contentUris.front(), error + "; the tile's other contents are shown");
  for (const std::string& warning : outcome.mesh->warnings) log::warning("{}", warning);
  slot.content = std::move(outcome.mesh);
  slot.gpuBytes = slot.content->gpuBytes();
  slot.decodedBytes = slot.content->cpuBytes();
  slot.failures = 0;
  slot.hurried = false;
  decodedBytes += slot.decodedBytes;
  states[event.tile] = TileState::Decoded;
  growTerrain(event.tile, outcome);
}

//! The tile stays what it is, and gets to know its own height and the tiles below: once, for it may come again.
void Streaming::Impl::growTerrain(TileId id, Outcome& outcome) {
  if (!outcome.bounds) return;
  tree.tiles[id].bounds = geo::boxOf(*outcome.bounds);
  if (!tree.tiles[id].children.empty()) return;
  const uint32_t referrer = slots[id].referrer;
  for (source::TileDescription& child : outcome.children) {
    source::Tileset one;
    one.tiles.push_back(std::move(child));
    graft(tree, one, tree.tiles[id].tileset, id);
  }
  states.resize(tree.tiles.size(), TileState::Absent);
  slots.resize(tree.tiles.size());
  for (TileId child : tree.tiles[id].children) slots[child].referrer = referrer;
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
    answered(event.uri);
    fetchedBytes += event.bytes->size();
    slot.bodyBytes += event.bytes->size();
  } else if (event.bytes.error().passes()) {
    slot.passing = true;
    slot.errors.insert(slot.errors.begin(), event.bytes.error().text());
  }
  slot.work->resources.put(std::move(event.uri), std::move(event.bytes));
  if (--slot.missing > 0) return;
  slot.fetches.clear();
  if (slot.passing) {
    fail(event.tile, slot.errors.front(), Hope::Server);
    return;
  }
  states[event.tile] = TileState::Decoding;
}

//! The tile refers to other tilesets: they become its children, and so does a mesh that stands beside them.
void Streaming::Impl::makeExternal(TileId id, Outcome& outcome) {
  std::string uri = tree.tiles[id].contentUris.front();
  for (const std::string& error : outcome.errors) report(uri, error);
  TilesetId tileset = tree.tiles[id].tileset;
  std::vector<const source::Tileset*> good;
  for (const source::Tileset& external : outcome.externals) {
    if (refersToItself(tree, id, external.uri))
      outcome.errors.push_back(fmt::format("{}: refers to itself through the tiles above it", external.uri));
    else if (!external.tiles.empty())
      good.push_back(&external);
  }
  if (good.empty()) {
    fail(id, outcome.errors.empty() ? fmt::format("{}: holds no tile", uri) : outcome.errors.back(), Hope::Content);
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

void Streaming::Impl::fail(TileId id, std::string message, Hope hope) {
  Slot& slot = slots[id];
  const Tile& tile = tree.tiles[id];
  const std::string& uri = tile.contentUris.front();
  drop(id);
  states[id] = TileState::Failed;
  bool ancestor = false;
  for (TileId at = tile.parent; at != kNoTile && !ancestor; at = tree.tiles[at].parent)
    ancestor = !tree.tiles[at].contentUris.empty() && !tree.tiles[at].external;
  const bool standIn = !tile.children.empty() && (tile.refine == source::Refine::Replace || !ancestor);
  const bool web = source::isHttp(uri);
  const bool first = slot.failures++ == 0;
  if (!told(uri, web && hope == Hope::Server) && first)
    report(uri, fmt::format("{}; tile skipped, {}", message,
                            standIn    ? "its children stand in"
                            : ancestor ? "its parent stays"
                                       : "nothing stands in for it"));
  if (!web || hope == Hope::None || (hope == Hope::Content && slot.failures > kDamagedAgain)) return;
  retry(uri, slot.failures, id, 0);
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
  slot.decoding = slot.passing = false;
  if (slot.content) decodedBytes -= slot.decodedBytes;
  slot.content.reset();
  slot.decodedBytes = 0;
  states[id] = TileState::Absent;
  forgetActive(id);
}

void Streaming::Impl::startDecode(TileId id) {
  Slot& slot = slots[id];
  const Tile& tile = tree.tiles[id];
  slot.work->ecefFromTile = tile.ecefFromTile;
  slot.work->zUp = slot.zUp;
  slot.work->subtree = tile.subtree;
  slot.work->terrain = tile.terrain;
  slot.decoding = true;
  ++decodesRunning;
  slot.job = pool.submit(slot.priority, [work = slot.work, id, generation = slot.generation, box = mailbox,
                                         finish = finish](std::stop_token stop) {
    Outcome outcome = decode(*work, stop);
    if (outcome.mesh && outcome.missing.empty() && finish) finish(*outcome.mesh);
    box->post(ContentDecoded{id, generation, std::move(outcome)});
  });
}

}  // namespace cm::tiles
