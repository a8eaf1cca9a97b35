#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace cm {
namespace {

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

//! The file that a path goes through as if it were a folder; empty where there is none.
Path fileOnTheWay(const Path& path) {
  std::error_code ignored;
  Path way;
  for (const Path& part : path.parent_path()) {
    way /= part;
    if (std::filesystem::is_regular_file(way, ignored)) return way;
  }
  return {};
}

}  // namespace

Result<Bytes> readFile(const Path& path) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return makeError("{}: cannot be opened: {}", path.string(), std::strerror(errno));
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return makeError("{}: {}", path.string(), std::strerror(errno));
  if (S_ISDIR(info.st_mode)) return makeError("{}: is a folder, expected a file", path.string());
  Bytes bytes(static_cast<size_t>(info.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    ssize_t n = ::read(file.fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return makeError("{}: reading failed at byte {}: {}", path.string(), done, std::strerror(errno));
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

void removeUnfinished(const Path& folder) {
  std::error_code none;
  std::vector<Path> parts;
  for (std::filesystem::recursive_directory_iterator at(folder, none), end; !none && at != end; at.increment(none)) {
    // ".part<process>-<number>" ends the name.
    const std::string name = at->path().filename().string();
    const size_t part = name.rfind(".part");
    if (part != std::string::npos && name.find_first_not_of("0123456789-", part + 5) == std::string::npos)
      parts.push_back(at->path());
  }
  for (const Path& part : parts) std::filesystem::remove(part, none);
}

Result<void> writeFileAtomically(const Path& path, std::span<const std::byte> bytes) {
  static std::atomic<unsigned> counter{0};
  std::error_code failure;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failure);
  if (Path file = failure ? fileOnTheWay(path) : ""; !file.empty())
    return makeError(
        "{}: 无法保存：{} 是文件而不是文件夹；归档中的城市只读，请先解包 / cannot be saved: {} is a file, not a "
        "folder; a "
        "city in an archive is read-only, unpack it to change it",
        path.string(), file.string(), file.string());
  if (failure) return makeError("{}: folder cannot be made: {}", path.parent_path().string(), failure.message());
  // A device or a pipe is written to, never replaced: renaming over it would take it away from all who use it.
  std::error_code unknown;
  const auto standing = std::filesystem::status(path, unknown).type();
  using Type = std::filesystem::file_type;
  const bool inPlace =
      standing == Type::character || standing == Type::block || standing == Type::fifo || standing == Type::socket;
  Path beside = path;
  if (!inPlace) beside += fmt::format(".part{}-{}", ::getpid(), counter++);
  {
    Descriptor file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (file.fd < 0) return makeError("{}: cannot be written: {}", path.string(), std::strerror(errno));
    size_t done = 0;
    while (done < bytes.size()) {
      ssize_t n = ::write(file.fd, bytes.data() + done, bytes.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        Error error = makeError("{}: writing failed at byte {} of {}: {}", path.string(), done, bytes.size(),
                                std::strerror(errno));
        if (!inPlace) ::unlink(beside.c_str());
        return error;
      }
      done += static_cast<size_t>(n);
    }
  }
  if (inPlace) return {};
  std::filesystem::rename(beside, path, failure);
  if (failure) {
    ::unlink(beside.c_str());
    return makeError("{}: cannot be renamed into place: {}", path.string(), failure.message());
  }
  return {};
}

Path assetsFolder() {
  if (const char* named = std::getenv("CITYMIRROR_ASSETS")) return named;
  std::error_code ignored;
  Path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  Path installed = program.parent_path().parent_path() / "share" / "citymirror" / "assets";
  if (std::filesystem::exists(installed, ignored)) return installed;
  return CITYMIRROR_SOURCE_ASSETS;
}

Path cacheFolder() {
  Path base;
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg)
    base = xdg;
  else if (const char* home = std::getenv("HOME"))
    base = Path(home) / ".cache";
  else
    base = std::filesystem::temp_directory_path();
  Path folder = base / "citymirror";
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  return folder;
}

}  // namespace cm
