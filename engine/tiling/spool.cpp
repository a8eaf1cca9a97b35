#include "tiling/spool.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>

namespace cm::tiling {
namespace {

constexpr double kUnitsPerDegree = 1e9;
constexpr size_t kBufferBytes = size_t{1} << 20;

class Packer {
 public:
  explicit Packer(std::string& out) : out_(out) {}
  void varint(uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  void zigzag(int64_t value) { varint((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63)); }
  void byte(unsigned value) { out_.push_back(static_cast<char>(value)); }
  void real(float value) {
    uint32_t bits = std::bit_cast<uint32_t>(value);
    for (int i = 0; i < 4; ++i) byte(bits >> (8 * i) & 0xff);
  }
  void text(std::string_view value) {
    varint(value.size());
    out_.append(value);
  }
  void colour(const std::optional<glm::vec3>& value) {
    if (!value) return;
    for (int i = 0; i < 3; ++i) byte(static_cast<unsigned>(std::lround(glm::clamp((*value)[i], 0.0f, 1.0f) * 255)));
  }
  void points(const std::vector<glm::dvec2>& values, glm::i64vec2& last) {
    varint(values.size());
    for (const auto& value : values) {
      glm::i64vec2 now(std::llround(value.x * kUnitsPerDegree), std::llround(value.y * kUnitsPerDegree));
      zigzag(now.x - last.x);
      zigzag(now.y - last.y);
      last = now;
    }
  }
  void rings(const city::Polygon& values) {
    glm::i64vec2 last(0);
    varint(values.size());
    for (const auto& ring : values) points(ring, last);
  }

 private:
  std::string& out_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; at_ < end_; shift += 7) {
      auto b = static_cast<unsigned char>(*at_++);
      value |= static_cast<uint64_t>(b & 0x7f) << shift;
      if (b < 0x80) break;
    }
    return value;
  }
  int64_t zigzag() {
    uint64_t value = varint();
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }
  uint8_t byte() { return at_ < end_ ? static_cast<uint8_t>(*at_++) : uint8_t{0}; }
  float real() {
    uint32_t bits = 0;
    for (int i = 0; i < 4; ++i) bits |= static_cast<uint32_t>(byte()) << (8 * i);
    return std::bit_cast<float>(bits);
  }
  std::string text() {
    size_t size = std::min<size_t>(varint(), static_cast<size_t>(end_ - at_));
    std::string value(at_, size);
    at_ += size;
    return value;
  }
  glm::vec3 colour() {
    glm::vec3 value;
    for (int i = 0; i < 3; ++i) value[i] = static_cast<float>(byte()) / 255.0f;
    return value;
  }
  std::vector<glm::dvec2> points(glm::i64vec2& last) {
    std::vector<glm::dvec2> values(std::min<size_t>(varint(), static_cast<size_t>(end_ - at_)));
    for (auto& value : values) {
      last.x += zigzag();
      last.y += zigzag();
      value = {static_cast<double>(last.x) / kUnitsPerDegree, static_cast<double>(last.y) / kUnitsPerDegree};
    }
    return values;
  }
  city::Polygon rings() {
    glm::i64vec2 last(0);
    city::Polygon values(std::min<size_t>(varint(), static_cast<size_t>(end_ - at_)));
    for (auto& ring : values) ring = points(last);
    return values;
  }

 private:
  const char* at_;
  const char* end_;
};

enum BuildingFlag : unsigned { kHasColour = 1, kHasRoofColour = 2, kHasRoofDirection = 4, kIsPart = 8 };
enum GroundFlag : unsigned { kBridge = 1, kTunnel = 2 };

}  // namespace

void encode(const Building& building, std::string& out) {
  Packer pack(out);
  unsigned flags = (building.colour ? kHasColour : 0u) | (building.roofColour ? kHasRoofColour : 0u) |
                   (building.roofDirectionDegrees >= 0 ? kHasRoofDirection : 0u) | (building.part ? kIsPart : 0u);
  pack.byte(flags);
  pack.byte(static_cast<unsigned>(building.kind));
  pack.byte(static_cast<unsigned>(building.heightSource) << 4 | static_cast<unsigned>(building.roof));
  pack.real(building.height);
  pack.real(building.minHeight);
  pack.real(building.roofHeight);
  if (flags & kHasRoofDirection) pack.real(building.roofDirectionDegrees);
  pack.colour(building.colour);
  pack.colour(building.roofColour);
  pack.text(building.id);
  pack.text(building.name);
  pack.text(building.parent);
  pack.rings(building.rings);
}

Building decodeBuilding(std::string_view bytes) {
  Unpacker unpack(bytes);
  Building building;
  unsigned flags = unpack.byte();
  building.kind = static_cast<BuildingClass>(unpack.byte());
  unsigned both = unpack.byte();
  building.heightSource = static_cast<HeightSource>(both >> 4);
  building.roof = static_cast<RoofShape>(both & 15);
  building.height = unpack.real();
  building.minHeight = unpack.real();
  building.roofHeight = unpack.real();
  building.part = flags & kIsPart;
  if (flags & kHasRoofDirection) building.roofDirectionDegrees = unpack.real();
  if (flags & kHasColour) building.colour = unpack.colour();
  if (flags & kHasRoofColour) building.roofColour = unpack.colour();
  building.id = unpack.text();
  building.name = unpack.text();
  building.parent = unpack.text();
  building.rings = unpack.rings();
  return building;
}

bool isPartRecord(std::string_view bytes) { return !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & kIsPart); }

void encode(const GroundFeature& feature, std::string& out) {
  Packer pack(out);
  pack.byte((feature.bridge ? kBridge : 0u) | (feature.tunnel ? kTunnel : 0u));
  pack.byte(static_cast<unsigned>(feature.kind));
  pack.byte(static_cast<uint8_t>(feature.layer));
  pack.real(feature.widthMetres);
  pack.text(feature.id);
  pack.text(feature.name);
  pack.rings(feature.rings);
  glm::i64vec2 last(0);
  pack.points(feature.line, last);
}

GroundFeature decodeGround(std::string_view bytes) {
  Unpacker unpack(bytes);
  GroundFeature feature;
  unsigned flags = unpack.byte();
  feature.bridge = flags & kBridge;
  feature.tunnel = flags & kTunnel;
  feature.kind = static_cast<GroundClass>(unpack.byte());
  feature.layer = static_cast<int8_t>(unpack.byte());
  feature.widthMetres = unpack.real();
  feature.id = unpack.text();
  feature.name = unpack.text();
  feature.rings = unpack.rings();
  glm::i64vec2 last(0);
  feature.line = unpack.points(last);
  return feature;
}

Result<FileWriter> FileWriter::create(const Path& path) {
  std::error_code failure;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failure);
  if (failure)
    return makeError("{}: 无法创建文件夹 / folder cannot be made: {}", path.parent_path().string(), failure.message());
  int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return makeError("{}: 无法写入 / cannot be written: {}", path.string(), std::strerror(errno));
  return FileWriter(path, descriptor);
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      written_(other.written_),
      buffer_(std::move(other.buffer_)) {}

FileWriter& FileWriter::operator=(FileWriter&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(written_, other.written_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

FileWriter::~FileWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> FileWriter::write(std::string_view bytes) {
  buffer_.append(bytes);
  return buffer_.size() >= kBufferBytes ? flush() : Result<void>{};
}

Result<void> FileWriter::flush() {
  size_t done = 0;
  while (done < buffer_.size()) {
    ssize_t n = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      return makeError("{0}: 在第 {1} 字节处写入失败 / writing failed at byte {1}: {2}", path_.string(),
                       written_ + done, std::strerror(errno));
    done += static_cast<size_t>(n);
  }
  written_ += done;
  buffer_.clear();
  return {};
}

Result<void> FileWriter::finish() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (::close(std::exchange(descriptor_, -1)) != 0)
    return makeError("{0}: 在第 {1} 字节处关闭失败 / closing failed at byte {1}: {2}", path_.string(), written_,
                     std::strerror(errno));
  return {};
}

Result<MappedFile> MappedFile::open(const Path& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return makeError("{}: 无法打开 / cannot be opened: {}", path.string(), std::strerror(errno));
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) {
    ::close(descriptor);
    return makeError("{}: {}", path.string(), std::strerror(errno));
  }
  MappedFile file;
  if (info.st_size > 0) {
    void* data = ::mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ, MAP_SHARED, descriptor, 0);
    if (data != MAP_FAILED) {
      file.data_ = data;
      file.size_ = static_cast<size_t>(info.st_size);
    }
  }
  ::close(descriptor);
  if (info.st_size > 0 && !file.data_)
    return makeError("{}: 无法映射到内存 / cannot be mapped: {}", path.string(), std::strerror(errno));
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(data_, size_);
}

void MappedFile::forget(uint64_t begin, uint64_t length) const {
  const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  uint64_t first = (begin + page - 1) / page * page;
  uint64_t last = std::min<uint64_t>(begin + length, size_) / page * page;
  if (data_ && last > first) ::madvise(static_cast<char*>(data_) + first, last - first, MADV_DONTNEED);
}

}  // namespace cm::tiling
