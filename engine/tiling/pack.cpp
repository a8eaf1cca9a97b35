#include "tiling/pack.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>

#include "city/document.h"
#include "source/archive.h"
#include "source/fetch.h"
#include "tiling/zip_writer.h"

namespace cm::tiling {
namespace {

constexpr uint64_t kLargestDeflatedBytes = 64 << 20;  // larger ones are stored, piece by piece
constexpr uint64_t kBatchBytes = 64 << 20;            // in memory at a time
constexpr size_t kBatchFiles = 256;
constexpr uint64_t kLargest3tzBytes = 0xffffffff;  // of one file (3TZ 1.3): its size stands in four bytes

struct File {
  std::string name;  // relative, with slashes
  Path path;
  uint64_t bytes = 0;
};

CityError inputError(Error error) { return {CityFailure::Input, std::move(error)}; }

//! All files of the folder by name.
Result<std::vector<File>> filesOf(const Path& folder) {
  namespace fs = std::filesystem;
  std::vector<File> files;
  std::error_code failure;
  for (auto it = fs::recursive_directory_iterator(folder, failure);
       !failure && it != fs::recursive_directory_iterator{}; it.increment(failure)) {
    const std::string name = it->path().lexically_relative(folder).generic_string();
    if (it->path().filename().string().starts_with('.')) {
      it.disable_recursion_pending();
      continue;
    }
    if (it->is_directory(failure)) {
      if (it->is_symlink(failure))
        return makeError("{}: is a link to a folder, expected the folder itself", it->path().string());
      continue;
    }
    if (!it->is_regular_file(failure))
      return makeError("{}: is no file, expected files and folders alone", it->path().string());
    if (source::namesArchive(name))
      return makeError(
          "{}: is an archive, which cannot be read inside another; unpack it, or keep it beside and out of this folder",
          it->path().string());
    files.push_back({name, it->path(), it->file_size(failure)});
  }
  if (failure) return makeError("{}: cannot be read: {}", folder.string(), failure.message());
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.name < b.name; });
  return files;
}

//! What the document names must be on the web or among the files.
Result<void> namesNothingOutside(const Path& folder) {
  const Path file = folder / "city.json";
  auto bytes = readFile(file);
  if (!bytes) return bytes.error();
  auto parsed = city::parseDocument(asText(*bytes), file.string());
  if (!parsed) return parsed.error();
  const auto check = [&](const std::string& place, const std::string& uri) -> Result<void> {
    const std::string whole = uri.empty() ? "" : source::resolveUri("inside/city.json", uri);
    if (uri.empty() || source::isHttp(whole) || whole.starts_with("data:") || whole.starts_with("inside/")) return {};
    return makeError(
        "{}: {}: {} lies outside the folder, expected what the archive will hold; copy it into the folder first",
        file.string(), place, uri);
  };
  const city::Document& document = parsed->document;
  Result<void> fine;
  for (size_t i = 0; fine && i < document.tilesets.size(); ++i)
    fine = check(fmt::format("tilesets[{}].uri", i), document.tilesets[i].uri);
  for (size_t i = 0; fine && i < document.overlays.size(); ++i)
    fine = check(fmt::format("overlays[{}].uri", i), document.overlays[i].uri);
  for (size_t p = 0; p < document.projects.size(); ++p)
    for (size_t a = 0; fine && a < document.projects[p].additions.size(); ++a) {
      const city::Addition& addition = document.projects[p].additions[a];
      fine = check(fmt::format("projects[{}].additions[{}].tileset", p, a), addition.tilesetUri);
      if (fine) fine = check(fmt::format("projects[{}].additions[{}].ground", p, a), addition.groundUri);
    }
  return fine;
}

class Packer {
 public:
  explicit Packer(const PackOptions& options)
      : options_(options), arena_(options.jobs ? static_cast<int>(options.jobs) : tbb::task_arena::automatic) {}

  std::variant<PackReport, CityError> run() {
    const bool tileset = options_.out.extension() == ".3tz";
    if (!tileset && options_.out.extension() != ".zip")
      return CityError{
          CityFailure::Usage,
          makeError("--out {}: expected a name that ends in .zip (a city) or .3tz (a tileset)", options_.out.string())};
    const std::string document = tileset ? "tileset.json" : "city.json";
    std::error_code ignored;
    Path folder = std::filesystem::weakly_canonical(options_.from, ignored);
    if (folder.filename() == document && std::filesystem::is_regular_file(folder, ignored))
      folder = folder.parent_path();
    if (!std::filesystem::is_regular_file(folder / document, ignored))
      return inputError(makeError("{}: holds no {}, which {} opens with", options_.from.string(), document,
                                  tileset ? "a .3tz" : "a .zip"));
    const Path out = std::filesystem::weakly_canonical(std::filesystem::absolute(options_.out, ignored), ignored);
    if (std::mismatch(folder.begin(), folder.end(), out.begin(), out.end()).first == folder.end())
      return CityError{
          CityFailure::Usage,
          makeError("--out {}: lies in the folder that is packed, expected it elsewhere", options_.out.string())};
    if (auto fine = tileset ? Result<void>{} : namesNothingOutside(folder); !fine) return inputError(fine.error());
    auto files = filesOf(folder);
    if (!files) return inputError(files.error());
    for (const File& file : *files) {
      if (tileset && file.bytes >= kLargest3tzBytes)
        return inputError(
            makeError("{}: has {} bytes, a file in a .3tz has less than 4 GiB", file.path.string(), file.bytes));
      if ((tileset && file.name.find(".3tz") != std::string::npos) || file.name == source::kTileIndexName)
        return inputError(makeError("{}: is a name that must not be in the archive", file.path.string()));
      report_.bytes += file.bytes;
    }
    report_.files = files->size();
    return write(*files);
  }

 private:
  std::variant<PackReport, CityError> write(const std::vector<File>& files) {
    auto writer = ZipWriter::create(options_.out);
    if (!writer) return CityError{CityFailure::Output, writer.error()};
    for (size_t first = 0; first < files.size();) {
      if (files[first].bytes > kLargestDeflatedBytes) {
        const File& file = files[first++];
        if (auto added = (*writer)->addStored(file.name, file.path); !added)
          return CityError{CityFailure::Output, added.error()};
        tell(file.bytes);
        continue;
      }
      size_t end = first;
      for (uint64_t bytes = 0; end < files.size() && end - first < kBatchFiles; ++end) {
        bytes += files[end].bytes;
        if (files[end].bytes > kLargestDeflatedBytes || (bytes > kBatchBytes && end > first)) break;
      }
      if (auto failed = addBatch(**writer, std::span(files).subspan(first, end - first))) return *failed;
      first = end;
    }
    auto done = (*writer)->addTileIndex();
    if (done) done = (*writer)->finish();
    if (!done) return CityError{CityFailure::Output, done.error()};
    report_.packedBytes = (*writer)->bytes();
    return report_;
  }

  //! Read and deflated by all threads, written in order by this one.
  std::optional<CityError> addBatch(ZipWriter& writer, std::span<const File> files) {
    std::vector<std::optional<Result<source::PackedEntry>>> entries(files.size());
    arena_.execute([&] {
      tbb::parallel_for(size_t{0}, files.size(), [&](size_t i) {
        auto bytes = readFile(files[i].path);
        entries[i] =
            bytes ? Result<source::PackedEntry>(packed(std::move(*bytes))) : Result<source::PackedEntry>(bytes.error());
      });
    });
    for (size_t i = 0; i < files.size(); ++i) {
      if (!*entries[i]) return inputError(entries[i]->error());
      if (auto added = writer.add(files[i].name, **entries[i]); !added)
        return CityError{CityFailure::Output, added.error()};
      tell(files[i].bytes);
      entries[i].reset();
    }
    return {};
  }

  void tell(uint64_t bytes) {
    done_ += bytes;
    if (!options_.progress) return;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    const auto done = static_cast<double>(done_) / 1e6, total = static_cast<double>(report_.bytes) / 1e6;
    options_.progress({"pack", done, total, "MB", done > 0 ? seconds / done * (total - done) : -1});
  }

  const PackOptions& options_;
  tbb::task_arena arena_;
  PackReport report_;
  uint64_t done_ = 0;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

std::variant<PackReport, CityError> pack(const PackOptions& options) { return Packer(options).run(); }

}  // namespace cm::tiling
