#include "source/archive.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/log.h"
#include "source/fetch.h"
#include "source/mbtiles.h"
#include "source/zip_archive.h"

namespace cm::source {
namespace {

constexpr size_t kMostOpen = 64;

bool endsIn(std::string_view path, std::string_view ending) {
  return path.size() > ending.size() && std::equal(ending.rbegin(), ending.rend(), path.rbegin(), [](char a, char b) {
           return a == std::tolower(static_cast<unsigned char>(b));
         });
}

bool isFile(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

}  // namespace

bool namesArchive(std::string_view path) { return namesPackage(path) || endsIn(path, ".mbtiles"); }
bool namesPackage(std::string_view path) { return endsIn(path, ".zip") || endsIn(path, ".3tz"); }

Result<void> mustBeNoArchive(std::span<const std::byte> bytes, std::string_view uri) {
  if (!asText(bytes).starts_with("PK\3\4")) return {};
  return makeError("{}: is an archive, expected a document; archives are files of this machine named .zip or .3tz",
                   log::withoutSecrets(uri));
}

std::string percentDecoded(std::string_view text) {
  const auto hex = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 32);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<ArchiveAddress> archiveAddressOf(std::string_view uri) {
  if (isHttp(uri) || uri.starts_with("data:")) return {};
  const bool schemed = uri.starts_with("file://");
  if (schemed) {
    uri.remove_prefix(7);
    uri = uri.substr(std::min(uri.find('/'), uri.size()));  // past "localhost"
  }
  for (size_t end = 0; end < uri.size(); ++end) {
    end = std::min(uri.find_first_of("/?#", end), uri.size());
    const std::string_view file = uri.substr(0, end);
    if (!namesArchive(file)) continue;
    for (const std::string& name : {std::string(schemed ? "" : file), percentDecoded(file)}) {
      if (!isFile(name)) continue;
      const bool further = end < uri.size() && uri[end] == '/';
      return ArchiveAddress{name, std::string(further ? uri.substr(end + 1) : "")};
    }
  }
  return {};
}

Result<Archives::Opened> Archives::opened(const std::string& file) {
  std::lock_guard lock(mutex_);  // held while opening: who comes second wants the same one
  const auto found = std::find_if(held_.begin(), held_.end(), [&](const Held& held) { return held.file == file; });
  if (found != held_.end()) {
    held_.splice(held_.begin(), held_, found);
    return held_.front().archive;
  }
  Opened made;
  const auto keep = [&](auto archive) -> Result<void> {
    if (!archive) return archive.error();
    made = *archive;
    return {};
  };
  auto kept = namesPackage(file) ? keep(ZipArchive::open(file)) : keep(Mbtiles::open(file));
  if (!kept) return kept.error();
  held_.push_front({file, made});
  if (held_.size() > kMostOpen) held_.pop_back();
  return made;
}

Result<Bytes> Archives::read(const ArchiveAddress& address, size_t maxBytes) {
  auto archive = opened(address.file);
  if (!archive) return archive.error();
  return std::visit([&](auto& one) { return one->read(address.inside, maxBytes); }, *archive);
}

Result<std::string> Archives::entrance(const std::string& file) {
  auto archive = opened(file);
  if (!archive) return archive.error();
  if (auto* package = std::get_if<std::shared_ptr<ZipArchive>>(&*archive)) return (*package)->entrance();
  return makeError("{}: holds imagery, expected a city or a tileset", file);
}

}  // namespace cm::source
