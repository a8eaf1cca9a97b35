#include "source/mbtiles.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/log.h"
#include "source/archive.h"
#include "source/json.h"

namespace cm::source {
namespace {

constexpr int kMaxZoom = 30;           // row and column fit into 31 bits
constexpr int kPatienceMillis = 1000;  // for somebody who writes the file
//! A view may compute its tiles, and a hostile one for ever. Instructions of SQLite's machine: about a second.
constexpr int kMostSteps = 50'000'000;

struct TileAddress {
  int64_t z = 0, x = 0, y = 0;
};

std::optional<TileAddress> tileAddressOf(std::string_view inside) {
  inside = inside.substr(0, inside.find_first_of("?#"));
  TileAddress tile;
  for (int64_t* number : {&tile.z, &tile.x, &tile.y}) {
    if (number != &tile.z) {
      if (!inside.starts_with('/')) return {};
      inside.remove_prefix(1);
    }
    const auto [end, failed] = std::from_chars(inside.data(), inside.data() + inside.size(), *number);
    if (failed != std::errc{}) return {};
    inside.remove_prefix(static_cast<size_t>(end - inside.data()));
  }
  if (!inside.empty() && (!inside.starts_with('.') || inside.find('/') != std::string_view::npos)) return {};
  if (tile.z < 0 || tile.z > kMaxZoom || tile.x < 0 || tile.x >> tile.z || tile.y < 0 || tile.y >> tile.z) return {};
  return tile;
}

//! "file:..." as SQLite reads it (sqlite.org/uri.html).
std::string sqliteUri(const std::string& file, std::string_view query) {
  std::string uri = "file:";
  for (char c : file) {
    if (c == '%' || c == '?' || c == '#')
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    else
      uri += c;
  }
  return uri + "?" + std::string(query);
}

int giveUp(void*) { return 1; }

struct Statement {
  sqlite3_stmt* handle = nullptr;
  ~Statement() { sqlite3_finalize(handle); }
  std::string text(int column) const {
    const auto* characters = reinterpret_cast<const char*>(sqlite3_column_text(handle, column));
    return characters ? std::string(characters, static_cast<size_t>(sqlite3_column_bytes(handle, column))) : "";
  }
};

//! "-180,-85,180,85"
std::optional<glm::dvec4> boxFrom(std::string_view text) {
  glm::dvec4 box(0);
  for (int i = 0; i < 4; ++i) {
    while (!text.empty() && (text.front() == ' ' || (i > 0 && text.front() == ','))) text.remove_prefix(1);
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), box[i]);
    if (failed != std::errc{}) return {};
    text.remove_prefix(static_cast<size_t>(end - text.data()));
  }
  const bool sound = box.x < box.z && box.y < box.w && box.x >= -180 && box.z <= 180 && box.y >= -90 && box.w <= 90;
  if (!sound) return {};
  return box;
}

std::optional<int> zoomFrom(const std::string& text) {
  int zoom = -1;
  std::from_chars(text.data(), text.data() + text.size(), zoom);
  if (zoom < 0 || zoom > kMaxZoom) return {};
  return zoom;
}

}  // namespace

Error Mbtiles::failure(std::string_view doing) const {
  return makeError("{}: {}: {}; expected MBTiles (SQLite with the tables tiles and metadata)", file_, doing,
                   sqlite3_errmsg(database_));
}

Result<std::shared_ptr<Mbtiles>> Mbtiles::open(const std::string& file) {
  std::shared_ptr<Mbtiles> made(new Mbtiles(file));
  auto ready = made->prepare(false);
  // Nobody could write where a file with a journal beside it cannot be opened for reading: a disc, a folder of another's.
  if (!ready && sqlite3_errcode(made->database_) == SQLITE_CANTOPEN) ready = made->prepare(true);
  if (!ready) return ready.error();
  return made;
}

Result<void> Mbtiles::prepare(bool immutable) {
  sqlite3_close(database_);
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
  const std::string uri = sqliteUri(file_, immutable ? "mode=ro&immutable=1" : "mode=ro");
  if (sqlite3_open_v2(uri.c_str(), &database_, flags, nullptr) != SQLITE_OK) return failure("cannot be opened");
  sqlite3_busy_timeout(database_, kPatienceMillis);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);  // a file from anybody
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_progress_handler(database_, kMostSteps, giveUp, nullptr);
  if (sqlite3_prepare_v3(database_,
                         "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?", -1,
                         SQLITE_PREPARE_PERSISTENT, &tile_, nullptr) != SQLITE_OK)
    return failure("cannot be read");
  return {};
}

Mbtiles::~Mbtiles() {
  sqlite3_finalize(tile_);
  sqlite3_close(database_);
}

Result<Bytes> Mbtiles::read(std::string_view inside, size_t maxBytes) {
  const auto tile = tileAddressOf(inside);
  if (!tile)
    return makeError("{}: found \"{}\" after the file, expected the address of a tile: {{z}}/{{x}}/{{y}}", file_,
                     inside);
  const int64_t row = (int64_t{1} << tile->z) - 1 - tile->y;  // MBTiles 1.3, Tiles: TMS counts from the south
  std::lock_guard lock(mutex_);
  sqlite3_limit(database_, SQLITE_LIMIT_LENGTH, static_cast<int>(std::min<size_t>(maxBytes, 1 << 30)));
  sqlite3_bind_int64(tile_, 1, tile->z);
  sqlite3_bind_int64(tile_, 2, tile->x);
  sqlite3_bind_int64(tile_, 3, row);
  sqlite3_stmt_status(tile_, SQLITE_STMTSTATUS_VM_STEP,
                      1);  // kMostSteps are for this tile, not for all there ever were
  const int code = sqlite3_step(tile_);
  Result<Bytes> answer = Bytes{};
  if (code == SQLITE_ROW) {
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(tile_, 0));
    answer->assign(data, data + sqlite3_column_bytes(tile_, 0));
  } else if (code == SQLITE_DONE) {
    answer = makeError("{}: holds no tile {}/{}/{} (row {} of its table)", file_, tile->z, tile->x, tile->y, row);
  } else if (code == SQLITE_TOOBIG) {
    answer = makeError("{}: tile {}/{}/{} is larger than the {} bytes allowed", file_, tile->z, tile->x, tile->y,
                       grouped(maxBytes));
  } else {
    answer = failure(fmt::format("tile {}/{}/{} cannot be read", tile->z, tile->x, tile->y));
    if (code == SQLITE_BUSY) answer = Error(answer.error()).passing();
  }
  sqlite3_reset(tile_);
  return answer;
}

Result<MbtilesMetadata> Mbtiles::metadata() {
  std::lock_guard lock(mutex_);
  std::map<std::string, std::string> values;
  Statement rows;
  int code = sqlite3_prepare_v2(database_, "SELECT name, value FROM metadata", -1, &rows.handle, nullptr);
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(rows.handle);
    if (code == SQLITE_ROW) values[rows.text(0)] = rows.text(1);
  }
  if (code != SQLITE_DONE) return failure("metadata cannot be read");
  MbtilesMetadata told;
  told.name = values["name"];
  told.attribution = values["attribution"];
  told.format = values["format"];
  told.boundsDegrees = boxFrom(values["bounds"]);
  if (!told.boundsDegrees && !values["bounds"].empty())
    log::warning("{}: metadata: bounds: found \"{}\", expected west,south,east,north in degrees; taken as not said",
                 file_, values["bounds"]);
  const auto lowest = zoomFrom(values["minzoom"]), highest = zoomFrom(values["maxzoom"]);
  std::array<int, 2> there{0, 0};
  if (!lowest || !highest) {
    Statement range;
    code =
        sqlite3_prepare_v2(database_, "SELECT (SELECT min(zoom_level) FROM tiles), (SELECT max(zoom_level) FROM tiles)",
                           -1, &range.handle, nullptr);
    if (code == SQLITE_OK) code = sqlite3_step(range.handle);
    if (code != SQLITE_ROW) return failure("zoom levels cannot be read");
    there = {sqlite3_column_int(range.handle, 0), sqlite3_column_int(range.handle, 1)};
  }
  told.minZoom = lowest.value_or(there[0]);
  told.maxZoom = highest.value_or(there[1]);
  if (told.minZoom > told.maxZoom || told.minZoom < 0 || told.maxZoom > kMaxZoom)
    return makeError("{}: metadata: found zoom levels {} to {}, expected them to rise within 0 to {}", file_,
                     told.minZoom, told.maxZoom, kMaxZoom);
  return told;
}

Result<MbtilesMetadata> readMbtilesMetadata(const std::string& uri) {
  const auto address = archiveAddressOf(uri);
  if (!address || !address->inside.empty())
    return makeError("{}: is no .mbtiles file, or not there", log::withoutSecrets(uri));
  auto file = Mbtiles::open(address->file);
  if (!file) return file.error();
  return (*file)->metadata();
}

}  // namespace cm::source
