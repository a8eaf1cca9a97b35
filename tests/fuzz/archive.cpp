//! Whatever the bytes are, reading an archive ends with bytes or an error: by its directory, by the index of a 3D Tiles archive,
//! and as the tables of an .mbtiles file. What is handed out is never larger than allowed.
#include <unistd.h>

#include "base/log.h"
#include "source/mbtiles.h"
#include "source/zip_archive.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kMostBytes = size_t{1} << 20;

void holds(bool good) {
  if (!good) __builtin_trap();
}

template <class T>
bool answered(const cm::Result<T>& result) {
  if (!result) holds(!result.error().text().empty());
  return bool(result);
}

void readZip(const std::string& file, size_t size) {
  auto archive = cm::source::ZipArchive::open(file);
  if (!answered(archive)) return;
  for (const char* name : {"", "tileset.json", "a/b.glb", "a%2fb.glb?x", "../a", "@3dtilesIndex1@"})
    if (auto bytes = (*archive)->read(name, kMostBytes); answered(bytes))
      holds(bytes->size() <= std::max(kMostBytes, size));  // what is stored as it is lies there already
  answered((*archive)->entrance());
}

void readTables(const std::string& file) {
  auto tables = cm::source::Mbtiles::open(file);
  if (!answered(tables)) return;
  for (const char* tile : {"0/0/0", "1/1/0.png", "3/2/1", "x", "", "99/0/0"}) {
    auto bytes = (*tables)->read(tile, kMostBytes);
    if (answered(bytes)) holds(bytes->size() <= kMostBytes);
  }
  if (auto told = (*tables)->metadata(); answered(told)) holds(told->minZoom <= told->maxZoom);
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cm::log::setLevel(cm::log::Level::Error);  // an index that is wrong is told, and most are
  static const std::string file =
      std::filesystem::temp_directory_path() / fmt::format("citymirror-fuzz-archive-{}", ::getpid());
  holds(bool(cm::writeFileAtomically(file, std::as_bytes(std::span(data, size)))));
  readZip(file, size);
  readTables(file);
  return 0;
}
