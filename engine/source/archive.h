//! Files that hold files: an address may lead through one ("city.zip/tiles/1.glb", "city.3tz/tileset.json",
//! "imagery.mbtiles/3/4/5"). What counts is that a part of the path ends in .zip, .3tz or .mbtiles and is a file on this machine; a
//! folder of such a name stays a folder. Archives hold no archives, and are never written to: CityMirror makes them whole (tiling/pack.h).
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/files.h"

namespace cm::source {

class Mbtiles;

//! The two halves of an address that leads into an archive, as they were written: nothing decoded, nothing joined.
struct ArchiveAddress {
  std::string file;    // on this machine
  std::string inside;  // "" where the archive alone is named
};
//! Nothing where `uri` is on the web or leads to a plain file. Looks at the disk only where the name is one of an archive.
std::optional<ArchiveAddress> archiveAddressOf(std::string_view uri);

//! Whether the last part of a path is named as an archive that holds documents: references in one begin inside it.
bool namesPackage(std::string_view path);

//! "%20" and the like replaced by what they stand for.
std::string percentDecoded(std::string_view text);

//! The archives in use, opened once each; a file replaced meanwhile is seen when its archive has been left alone for a while. Any
//! thread, several at once.
class Archives {
 public:
  //! The bytes at an address, refused where they are declared as, or unpack to, more than `maxBytes`.
  Result<Bytes> read(const ArchiveAddress& address, size_t maxBytes);

 private:
  using Opened = std::variant<std::shared_ptr<Mbtiles>>;
  struct Held {
    std::string file;
    Opened archive;
  };
  Result<Opened> opened(const std::string& file);

  std::mutex mutex_;
  std::list<Held> held_;  // most recently used first
};

}  // namespace cm::source
