#include "tiles/imagery.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <variant>

#include "base/jobs.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "source/image.h"

namespace cm::tiles {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMostCells = 400;  // of one area: 1.5 times what 2,048 texels need at the finest fitting level
constexpr size_t kMostUnderWay = 16;
constexpr uint32_t kLargestSide = 1024;  // services send 256 or 512
constexpr double kFiner = 0.3;           // a level is taken until its pixels are 1.23 texels wide
constexpr auto kRestAfterFailure = std::chrono::seconds(30);
constexpr size_t kExpectedBytes = size_t{256} * 256 * 4 * 4 / 3;  // of a tile that is not here yet

source::TileMatrix matrixOf(const city::Imagery& layer) {
  return layer.matrix == city::ImageryMatrix::Geographic ? source::TileMatrix::Geographic
                                                         : source::TileMatrix::WebMercator;
}

source::DegreeRectangle rectangleOf(const ImageryGround& ground, const ImageryArea& area) {
  source::DegreeRectangle r{180, 90, -180, -90};
  for (int i = -2; i <= 2; ++i)
    for (int k = -2; k <= 2; ++k) {
      const glm::dvec2 enu = area.centre + glm::dvec2(i, k) * (0.25 * area.widthMetres);
      const double fall = glm::dot(enu, enu) / (2 * geo::kSemiMajorMetres);
      const geo::Geodetic place = geo::geodeticFromEcef(ground.axes.toEcef({enu, ground.heightMetres - fall}));
      r.west = std::min(r.west, place.lonDegrees), r.east = std::max(r.east, place.lonDegrees);
      r.south = std::min(r.south, place.latDegrees), r.north = std::max(r.north, place.latDegrees);
    }
  const double margin = 0.004 * (r.north - r.south);  // parallels are bent between the points above
  return {r.west, r.south - margin, r.east, r.north + margin};
}

}  // namespace

std::vector<source::ImageryTile> imageryCells(const city::Imagery& layer, const ImageryGround& ground,
                                              const ImageryArea& area) {
  source::DegreeRectangle r = rectangleOf(ground, area);
  if (layer.bounds) {
    const glm::dvec4& b = *layer.bounds;
    r = {std::max(r.west, b.x), std::max(r.south, b.y), std::min(r.east, b.z), std::min(r.north, b.w)};
  }
  if (r.west >= r.east || r.south >= r.north) return {};
  const source::TileMatrix matrix = matrixOf(layer);
  const double lat = 0.5 * (r.south + r.north);
  const double ideal = std::log2(source::metresPerPixel(matrix, 0, lat) / area.texelMetres);
  const int level = std::clamp(int(std::floor(ideal + 1 - kFiner)), layer.minLevel, source::kMaxImageryLevel);
  const glm::dvec2 counts(source::tileCounts(matrix, level));
  const glm::dvec2 first = glm::floor(source::matrixPlace(matrix, {r.west, r.north}) * counts);
  const glm::dvec2 last = glm::min(glm::ceil(source::matrixPlace(matrix, {r.east, r.south}) * counts), counts) - 1.0;
  if (last.x < first.x || last.y < first.y) return {};
  if ((last.x - first.x + 1) * (last.y - first.y + 1) > double(kMostCells)) return {};
  std::vector<source::ImageryTile> cells;
  for (auto y = uint32_t(first.y); y <= uint32_t(last.y); ++y)
    for (auto x = uint32_t(first.x); x <= uint32_t(last.x); ++x) cells.push_back({level, x, y});
  return cells;
}

size_t imageryBytes(const source::Image& image) { return size_t{image.width} * image.height * 4 * 4 / 3; }

struct ImageryStreaming::Impl {
  enum class State : uint8_t { Fetching, Decoding, Resident, Failed };
  struct Tile {
    State state = State::Fetching;
    uint64_t request = 0;  // its last
    size_t bytes = 0;
    uint64_t usedIn = 0;      // the last update it was drawn or wanted in
    Clock::time_point again;  // Failed: not asked for before
  };
  struct Layer {
    city::Imagery document;
    source::ImageryTemplate address;
    std::string problem;  // it cannot be shown at all
    bool told = false;    // its first failure
  };
  struct Arrival {
    ImageryKey key;
    uint64_t request = 0;  // what came of an earlier request is not for a later one
    std::variant<Bytes, source::Image, Error> what;
  };
  using Post = Mailbox<Arrival>;

  source::Fetcher& fetcher;
  ImageryGround ground;
  std::vector<Layer> layers;
  std::map<ImageryKey, Tile> tiles;
  std::map<ImageryKey, source::Fetcher::Id> requests;        // those that may be cancelled
  std::shared_ptr<Post> mailbox = std::make_shared<Post>();  // callbacks may outlive the loop's interest
  std::function<Clock::time_point()> clock = [] { return Clock::now(); };
  std::vector<std::string> failures;
  ImageryOrders orders;
  uint64_t turn = 0;
  size_t bytes = 0, underWay = 0;
  bool wanting = false, starved = false;
  uint64_t nextRequest = 1;
  JobPool decoder{1};  // last: gone first

  Impl(source::Fetcher& f) : fetcher(f) {}

  void fail(const ImageryKey& key, const Error& error) {
    Tile& tile = tiles[key];
    tile.state = State::Failed;
    tile.again = error.passes() ? clock() + kRestAfterFailure : Clock::time_point::max();
    Layer& layer = layers[key.layer];
    if (std::exchange(layer.told, true)) return;
    std::string text = log::withoutSecrets(error.text());
    const std::string& key_ = layer.address.key;
    for (size_t at = 0; !key_.empty() && (at = text.find(key_, at)) != std::string::npos;)
      text.replace(at, key_.size(), "…");
    failures.push_back(fmt::format(
        "影像 \"{0}\" 第 {1} 级有缺，以较粗的瓦片代替 / imagery \"{0}\", level {1}: {2}; coarser tiles stand in "
        "where there are any",
        layer.document.id, key.tile.level, text));
  }

  void receive(Arrival& arrival) {
    const auto found = tiles.find(arrival.key);
    if (found == tiles.end() || found->second.request != arrival.request) return;
    Tile& tile = found->second;
    requests.erase(arrival.key);
    if (auto* raw = std::get_if<Bytes>(&arrival.what)) {
      tile.state = State::Decoding;
      decoder.submit(
          0, [post = mailbox, key = arrival.key, request = arrival.request, raw = std::move(*raw)](std::stop_token) {
            auto image = source::decodeImage(raw, kLargestSide);
            if (image)
              post->post({key, request, std::move(*image)});
            else
              post->post({key, request, image.error()});
          });
      return;
    }
    --underWay;
    if (auto* error = std::get_if<Error>(&arrival.what)) return fail(arrival.key, *error);
    auto& image = std::get<source::Image>(arrival.what);
    tile.state = State::Resident;
    tile.bytes = imageryBytes(image);
    bytes += tile.bytes;
    orders.uploads.push_back({arrival.key, std::move(image)});
  }

  void request(const ImageryKey& key, double rank) {
    Tile& tile = tiles[key];
    tile.state = State::Fetching;
    tile.usedIn = turn;
    ++underWay;
    // The number that the answer carries is our own: the fetcher's is not known before it may have answered.
    const uint64_t request = tile.request = nextRequest++;
    const std::string uri = source::imageryUri(layers[key.layer].address, key.tile);
    requests[key] = fetcher.fetch(uri, rank, [post = mailbox, key, request](Result<Bytes> answer) {
      if (answer)
        post->post({key, request, std::move(*answer)});
      else
        post->post({key, request, answer.error()});
    });
  }
  void cancelUseless() {
    for (auto entry = tiles.begin(); entry != tiles.end();) {
      const bool onItsWay = entry->second.state == State::Fetching;
      if (!onItsWay || entry->second.usedIn == turn) {
        ++entry;
        continue;
      }
      fetcher.cancel(requests[entry->first]);
      requests.erase(entry->first);
      --underWay;
      entry = tiles.erase(entry);
    }
  }

  //! Least recently used first, never what this turn uses.
  void evictDownTo(size_t budgetBytes) {
    if (bytes <= budgetBytes) return;
    std::vector<std::pair<uint64_t, ImageryKey>> old;
    for (const auto& [key, tile] : tiles)
      if (tile.state == State::Resident && tile.usedIn != turn) old.emplace_back(tile.usedIn, key);
    std::sort(old.begin(), old.end());
    for (const auto& [used, key] : old) {
      if (bytes <= budgetBytes) break;
      bytes -= tiles[key].bytes;
      tiles.erase(key);
      const size_t before = orders.uploads.size();
      std::erase_if(orders.uploads, [&key = key](const ImageryUpload& upload) { return upload.key == key; });
      if (orders.uploads.size() == before) orders.evictions.push_back(key);
    }
  }

  //! What the areas want and have not, the most urgent first; marks what stands in.
  std::vector<ImageryKey> choose(std::span<const ImageryArea> areas, const city::Layers& shown) {
    std::vector<ImageryKey> missing;
    std::set<ImageryKey> seen;
    for (size_t a = areas.size(); a-- > 0;) {
      std::vector<std::pair<double, ImageryKey>> ofArea;
      for (uint32_t l = 0; l < layers.size(); ++l) {
        const city::Imagery& layer = layers[l].document;
        if (shown.hiddenItems.contains(layer.id) || layer.opacity <= 0 || !layers[l].problem.empty()) continue;
        const auto cells = imageryCells(layer, ground, areas[a]);
        const glm::dvec2 middle =
            cells.empty() ? glm::dvec2(0)
                          : 0.5 * glm::dvec2(cells.front().x + cells.back().x, cells.front().y + cells.back().y);
        for (const source::ImageryTile& cell : cells) {
          const ImageryKey key{l, source::ancestorOf(cell, std::min(cell.level, layer.maxLevel))};
          if (!seen.insert(key).second) continue;
          const double away = glm::distance(glm::dvec2(cell.x, cell.y), middle);
          if (wants(key)) ofArea.emplace_back(away, key);
        }
      }
      std::sort(ofArea.begin(), ofArea.end());
      for (const auto& [away, key] : ofArea) missing.push_back(key);
    }
    return missing;
  }

  //! Marks the tile, or what stands in for it, as used. True where it should be asked for.
  bool wants(const ImageryKey& key) {
    const auto found = tiles.find(key);
    if (found != tiles.end()) found->second.usedIn = turn;
    const bool here = found != tiles.end() && found->second.state == State::Resident;
    const bool failed = found != tiles.end() && found->second.state == State::Failed && clock() < found->second.again;
    if (here) return false;
    for (int level = key.tile.level - 1; level >= layers[key.layer].document.minLevel; --level) {
      const auto above = tiles.find({key.layer, source::ancestorOf(key.tile, level)});
      if (above == tiles.end() || above->second.state != State::Resident) continue;
      above->second.usedIn = turn;
      break;
    }
    return !failed;
  }
};

ImageryStreaming::ImageryStreaming(source::Fetcher& fetcher, const city::Document& document, const std::string& base,
                                   bool trusted)
    : impl_(std::make_unique<Impl>(fetcher)) {
  impl_->ground = {geo::enuFrameAt({document.origin.lonDegrees, document.origin.latDegrees, 0}),
                   document.origin.heightMetres};
  for (const city::Imagery& layer : document.imagery) {
    Impl::Layer made{.document = layer};
    made.address = {.kind = static_cast<source::ImageryKind>(layer.kind),
                    .matrix = matrixOf(layer),
                    .uri = layer.uri,
                    .layer = layer.layer,
                    .style = layer.style,
                    .matrixSet = layer.matrixSet,
                    .format = layer.format,
                    .subdomains = layer.subdomains,
                    .levelOffset = layer.levelOffset,
                    .key = layer.key};
    if (!source::isHttp(layer.uri)) made.address.uri = source::resolveUri(base, layer.uri);
    if (!layer.keyEnvironment.empty()) {
      const char* key = std::getenv(layer.keyEnvironment.c_str());
      if (!trusted)
        made.problem = "网上的城市不能使用本机的密钥 / a city from the web may not use keys of this machine";
      else if (key && *key)
        made.address.key = key;
      else if (layer.key.empty())
        made.problem = fmt::format("环境变量 {0} 未设置 / {0} is not set in the environment", layer.keyEnvironment);
    }
    if (!made.problem.empty())
      impl_->failures.push_back(
          fmt::format("影像 \"{0}\" 不显示 / imagery \"{0}\" is not shown: {1}", layer.id, made.problem));
    impl_->layers.push_back(std::move(made));
  }
}

ImageryStreaming::~ImageryStreaming() {
  for (const auto& [key, request] : impl_->requests) impl_->fetcher.cancel(request);
}

ImageryOrders ImageryStreaming::update(std::span<const ImageryArea> areas, const city::Layers& layers,
                                       size_t budgetBytes) {
  Impl& d = *impl_;
  ++d.turn;
  for (Impl::Arrival& arrival : d.mailbox->drain()) d.receive(arrival);
  const std::vector<ImageryKey> missing = d.choose(areas, layers);
  d.cancelUseless();
  d.wanting = d.starved = false;
  size_t open = 0;  // wanted and neither here nor failed
  for (size_t i = 0; i < missing.size(); ++i) {
    ++open;
    const auto found = d.tiles.find(missing[i]);
    if (found != d.tiles.end() && found->second.state != Impl::State::Failed) {
      if (const auto request = d.requests.find(missing[i]); request != d.requests.end())
        d.fetcher.rerank(request->second, double(i));
      continue;
    }
    if (d.underWay >= kMostUnderWay) continue;
    const size_t expected = (d.underWay + 1) * kExpectedBytes;
    if (expected > budgetBytes) {
      d.starved = true;
      continue;
    }
    d.evictDownTo(budgetBytes - expected);
    if (d.bytes + expected > budgetBytes) {
      d.starved = true;
      continue;
    }
    d.request(missing[i], double(i));
  }
  d.evictDownTo(budgetBytes);
  d.wanting = open > 0 && !d.starved;
  return std::exchange(d.orders, {});
}

void ImageryStreaming::forgetResident() {
  Impl& d = *impl_;
  std::erase_if(d.tiles, [](const auto& entry) { return entry.second.state == Impl::State::Resident; });
  d.bytes = 0;
  d.orders = {};
}

bool ImageryStreaming::busy() const { return impl_->underWay > 0 || impl_->wanting; }

std::vector<std::string> ImageryStreaming::takeFailures() { return std::exchange(impl_->failures, {}); }

ImageryStatistics ImageryStreaming::statistics() const {
  ImageryStatistics s{.bytes = impl_->bytes, .starved = impl_->starved};
  for (const auto& [key, tile] : impl_->tiles) {
    s.resident += tile.state == Impl::State::Resident;
    s.fetching += tile.state == Impl::State::Fetching || tile.state == Impl::State::Decoding;
    s.failed += tile.state == Impl::State::Failed;
  }
  return s;
}

void ImageryStreaming::setClock(std::function<Clock::time_point()> clock) {
  impl_->clock = clock ? std::move(clock) : [] { return Clock::now(); };
}

}  // namespace cm::tiles
