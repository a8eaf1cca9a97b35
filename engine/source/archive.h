//! Files that hold files: an address may lead through one ("city.zip/tiles/1.glb", "city.3tz/tileset.json",
//! "imagery.mbtiles/3/4/5"). What counts is that a part of the path ends in .zip, .3tz or .mbtiles and is a file on this machine; a
//! folder of such a name stays a folder. Archives hold no archives, and are never written to: CityMirror makes them whole (tiling/pack.h).
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/files.h"

namespace cm::source {

class Mbtiles;
class ZipArchive;

//! The two halves of an address that leads into an archive, as they were written: nothing decoded, nothing joined.
struct ArchiveAddress {
  std::string file;    // on this machine
  std::string inside;  // "" where the archive alone is named
};
//! Nothing where `uri` is on the web or leads to a plain file. Looks at the disk only where the name is one of an archive.
std::optional<ArchiveAddress> archiveAddressOf(std::string_view uri);

//! Whether a path ends as that of an archive: .zip, .3tz, .mbtiles.
bool namesArchive(std::string_view path);
//! .zip or .3tz: holds documents, and references in one begin inside it.
bool namesPackage(std::string_view path);

//! An error where `bytes` are an archive in a place where none is opened: on the web, in another one, or under another name.
Result<void> mustBeNoArchive(std::span<const std::byte> bytes, std::string_view uri);

//! "%20" and the like replaced by what they stand for.
std::string percentDecoded(std::string_view text);

//! The archives in use, opened once each; the file is held open, so that one
//! put in its place is not seen before the next start. Any
//! thread, several at once.
class Archives {
 public:
  //! The bytes at an address, refused where they are declared as, or unpack to, more than `maxBytes`.
  Result<Bytes> read(const ArchiveAddress& address, size_t maxBytes);
  //! The path in the archive `file` of the document that it opens with: city.json or else tileset.json, at its root or in its one folder.
  Result<std::string> entrance(const std::string& file);

 private:
  using Opened = std::variant<std::shared_ptr<Mbtiles>, std::shared_ptr<ZipArchive>>;
  struct Held {
    std::string file;
    Opened archive;
  };
  Result<Opened> opened(const std::string& file);

  std::mutex mutex_;
  std::list<Held> held_;  // most recently used first
};

}  // namespace cm::source
