//! MBTiles 1.3 (an SQLite file of map tiles) as a source of bytes.
//!
//! A tile's address is "<file>.mbtiles/{z}/{x}/{y}", y counted from the north as XYZ templates do; the table counts its rows from the
//! south (TMS), and the flip is made here. An ending (".png") is allowed and means nothing. Fetcher::fetch and read take such
//! addresses; a tile that the table does not hold is an error that does not pass. What the file says about itself:
//! `readMbtilesMetadata("<file>.mbtiles")`, blocking, for when a layer is set up.
#pragma once

#include <glm/glm.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/files.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cm::source {

struct MbtilesMetadata {
  std::string name, attribution;
  std::string format;                       // "png", "jpg", "webp", "pbf" or a media type, as written; empty where it is not said
  std::optional<glm::dvec4> boundsDegrees;  // west, south, east, north; nothing where it is not said
  int minZoom = 0, maxZoom = 0;             // as said, else of the tiles that are there
};

//! `uri`: a path or a file:// address.
Result<MbtilesMetadata> readMbtilesMetadata(const std::string& uri);

//! One open file. Any thread; one at a time reads.
class Mbtiles {
 public:
  static Result<std::shared_ptr<Mbtiles>> open(const std::string& file);
  ~Mbtiles();
  Mbtiles(const Mbtiles&) = delete;
  Mbtiles& operator=(const Mbtiles&) = delete;

  //! `inside`: "{z}/{x}/{y}" or "{z}/{x}/{y}.png". The bytes are as stored: gzip stays gzip.
  Result<Bytes> read(std::string_view inside, size_t maxBytes);
  Result<MbtilesMetadata> metadata();

 private:
  explicit Mbtiles(std::string file) : file_(std::move(file)) {}
  Error failure(std::string_view doing) const;
  Result<void> prepare(bool immutable);

  const std::string file_;
  std::mutex mutex_;  // guards what follows
  sqlite3* database_ = nullptr;
  sqlite3_stmt* tile_ = nullptr;
};

}  // namespace cm::source
