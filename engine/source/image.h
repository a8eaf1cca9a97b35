//! Pictures in and out: JPEG, PNG, WebP and, where the build has libktx, KTX2 from memory, PNG to a file. Any thread.
#pragma once

#include <span>

#include "base/files.h"
#include "source/content.h"

namespace cm::source {

//! Told by the first bytes, not by a name. Fails on anything larger than `mostSide` pixels a side or 64 Mi pixels.
Result<Image> decodeImage(std::span<const std::byte> bytes, uint32_t mostSide = 16384);

//! Four bytes a pixel, rows from the top; appears whole or not at all.
Result<void> writePng(const Path& path, uint32_t width, uint32_t height, std::span<const uint8_t> rgba);
//! The same in memory.
Result<Bytes> encodePng(uint32_t width, uint32_t height, std::span<const uint8_t> rgba);

}  // namespace cm::source
