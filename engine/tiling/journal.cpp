#include "tiling/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

namespace cm::tiling {
namespace {

constexpr int kStateFormat = 2;

struct Line {
  TileRecord record;
  uint64_t check = 0;
};

uint64_t checkOf(const TileRecord& record) { return hash64({reinterpret_cast<const char*>(&record), sizeof(record)}); }

}  // namespace

BuildState readState(const Path& file) {
  BuildState state;
  auto bytes = readFile(file);
  if (!bytes) return state;
  auto json = nlohmann::json::parse(asText(*bytes), nullptr, false);
  if (json.is_discarded() || !json.is_object() || json.value("format", 0) != kStateFormat) return state;
  try {
    state.fingerprint = json.at("fingerprint");
    state.stage = json.at("stage");
    for (int i = 0; i < 4; ++i) state.bboxDegrees[i] = json.at("bbox").at(static_cast<size_t>(i));
    state.partsPlaced = json.at("partsPlaced");
    state.outlinesReplaced = json.at("outlinesReplaced");
    state.partial = json.at("partial");
    json.at("repaired").get_to(state.repaired);
    json.at("dropped").get_to(state.dropped);
  } catch (const nlohmann::json::exception&) {
    return {};
  }
  return state;
}

Result<void> writeState(const Path& file, const BuildState& state) {
  nlohmann::json json{{"format", kStateFormat},
                      {"fingerprint", state.fingerprint},
                      {"stage", state.stage},
                      {"bbox", {state.bboxDegrees.x, state.bboxDegrees.y, state.bboxDegrees.z, state.bboxDegrees.w}},
                      {"partsPlaced", state.partsPlaced},
                      {"outlinesReplaced", state.outlinesReplaced},
                      {"partial", state.partial},
                      {"repaired", state.repaired},
                      {"dropped", state.dropped}};
  return writeFileAtomically(file, json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Journal::~Journal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> Journal::open(const Path& file) {
  path_ = file;
  size_t whole = 0;
  if (auto bytes = readFile(file)) {
    for (Line line; (whole + 1) * sizeof(Line) <= bytes->size(); ++whole) {
      std::memcpy(static_cast<void*>(&line), bytes->data() + whole * sizeof(Line), sizeof(Line));
      if (line.check != checkOf(line.record)) break;
      finished_[line.record.id] = line.record;
    }
  }
  descriptor_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0 || ::ftruncate(descriptor_, static_cast<off_t>(whole * sizeof(Line))) != 0 ||
      ::lseek(descriptor_, 0, SEEK_END) < 0)
    return makeError("{}: 无法写入 / cannot be written: {}", file.string(), std::strerror(errno));
  return {};
}

Result<void> Journal::append(const TileRecord& record) {
  Line line;
  std::memset(static_cast<void*>(&line), 0, sizeof(line));  // the padding too: it is checked
  line.record.id = record.id;
  line.record = record;
  line.check = checkOf(line.record);
  std::lock_guard lock(mutex_);
  ssize_t n = ::write(descriptor_, &line, sizeof(line));
  if (n != static_cast<ssize_t>(sizeof(line)))
    return makeError("{}: 写入失败 / writing failed: {}", path_.string(),
                     n < 0 ? std::strerror(errno) : "No space left on device");
  return {};
}

const TileRecord* Journal::find(const TileId& id) const {
  auto found = finished_.find(id);
  return found == finished_.end() ? nullptr : &found->second;
}

}  // namespace cm::tiling
