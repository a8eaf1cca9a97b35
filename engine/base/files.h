//! Whole files in and out. Errors name the file and what the system said. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cm {

using Bytes = std::vector<std::byte>;
using Path = std::filesystem::path;

inline std::string_view asText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::span<const std::byte> asBytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

Result<Bytes> readFile(const Path& path);

//! What a killed process left beside its files in the middle of writeFileAtomically, in `folder` and all below it.
void removeUnfinished(const Path& folder);

//! Writes `path` whole or not at all: beside it first, then renamed. Makes missing parent folders.
Result<void> writeFileAtomically(const Path& path, std::span<const std::byte> bytes);
inline Result<void> writeFileAtomically(const Path& path, std::string_view text) {
  return writeFileAtomically(path, asBytes(text));
}

//! The program's own data (fonts list, schema, translations, the built-in city's facts): CITYMIRROR_ASSETS, else
//! beside the installed program, else the source tree it was built from.
Path assetsFolder();

//! A per-user cache folder (XDG_CACHE_HOME/citymirror or ~/.cache/citymirror), made on first use.
Path cacheFolder();

}  // namespace cm
