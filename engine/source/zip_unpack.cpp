// Entries of archives to what they were, bounded by what they declare: memory grows with what really comes out, so that neither a
// number in a header nor a stream that goes on and on can take more.
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "source/json.h"
#include "source/zip_archive.h"

namespace cm::source {
namespace {

constexpr size_t kFirstBytes = 64 << 10;

//! Calls `step(out, room)`, which says how much it wrote and whether that was all, until `declared` bytes are there.
struct Step {
  size_t written = 0;
  bool ended = false;
  std::string failure;
};
template <class OneStep>
Result<Bytes> grown(const PackedEntry& entry, OneStep step) {
  Bytes out(std::min<uint64_t>(entry.bytes + 1, std::max<uint64_t>(entry.packed.size() * 4, kFirstBytes)));
  size_t done = 0;
  while (true) {
    if (done == out.size()) out.resize(std::min<uint64_t>(out.size() * 2, entry.bytes + 1));
    const Step now = step(out.data() + done, out.size() - done);
    done += now.written;
    if (done > entry.bytes) return makeError("unpacks to more than the {} bytes it declares", grouped(entry.bytes));
    if (!now.failure.empty())
      return makeError("is damaged after {} of {} unpacked bytes: {}", grouped(done), grouped(entry.bytes),
                       now.failure);
    if (now.ended) break;
  }
  if (done != entry.bytes) return makeError("unpacks to {} bytes, declares {}", grouped(done), grouped(entry.bytes));
  out.resize(done);
  return out;
}

Result<Bytes> inflated(const PackedEntry& entry) {
  z_stream stream{};
  if (inflateInit2(&stream, -15) != Z_OK) return makeError("deflate: no memory");
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> ending(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(entry.packed.data()));
  stream.avail_in = static_cast<uInt>(entry.packed.size());
  return grown(entry, [&](std::byte* to, size_t room) {
    stream.next_out = reinterpret_cast<Bytef*>(to);
    stream.avail_out = static_cast<uInt>(std::min<size_t>(room, 1u << 30));
    const uInt offered = stream.avail_out;
    const int code = inflate(&stream, Z_NO_FLUSH);
    Step step{offered - stream.avail_out, code == Z_STREAM_END, ""};
    if (code != Z_OK && code != Z_STREAM_END) step.failure = stream.msg ? stream.msg : "it ends too early";
    return step;
  });
}

Result<Bytes> unZstandard(const PackedEntry& entry) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
  if (!stream) return makeError("Zstandard: no memory");
  ZSTD_inBuffer in{entry.packed.data(), entry.packed.size(), 0};
  return grown(entry, [&](std::byte* to, size_t room) {
    ZSTD_outBuffer out{to, room, 0};
    const size_t before = in.pos;
    const size_t code = ZSTD_decompressStream(stream.get(), &out, &in);
    Step step{out.pos, code == 0 && in.pos == in.size, ""};
    if (ZSTD_isError(code))
      step.failure = ZSTD_getErrorName(code);
    else if (!step.ended && out.pos == 0 && in.pos == before)
      step.failure = "it ends too early";
    return step;
  });
}

}  // namespace

Result<Bytes> unpackedEntry(PackedEntry entry, const std::string& where) {
  auto bytes = entry.method == 0   ? Result<Bytes>(std::move(entry.packed))
               : entry.method == 8 ? inflated(entry)
                                   : unZstandard(entry);
  if (!bytes) return bytes.error().within("{}", where);
  const auto crc = static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes->data()), bytes->size()));
  if (crc != entry.crc)
    return makeError("{}: is damaged: its checksum is {:08x}, expected {:08x}", where, crc, entry.crc);
  return bytes;
}

}  // namespace cm::source
