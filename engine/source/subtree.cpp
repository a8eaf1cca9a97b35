//! Subtree files of implicit tiling: which tiles, contents and further subtrees there are, and their metadata.
#include <cmath>
#include <cstring>

#include "source/fetch.h"
#include "source/implicit.h"
#include "source/metadata.h"

namespace cm::source {
namespace {

uint64_t uint64At(std::span<const std::byte> bytes, size_t offset) {
  uint64_t value = 0;
  if (offset + 8 <= bytes.size()) std::memcpy(&value, bytes.data() + offset, 8);
  return value;
}

//! One bit a tile, or one answer for all.
struct Availability {
  std::span<const std::byte> bits;
  bool constant = false;
  bool at(uint64_t index) const {
    if (bits.empty()) return constant;
    return (std::to_integer<unsigned>(bits[index / 8]) >> (index % 8) & 1) != 0;
  }
};

//! Every second (of `axes`: third) bit of a Morton index.
uint64_t unzipped(uint64_t morton, unsigned axis, unsigned axes) {
  uint64_t value = 0;
  for (unsigned bit = 0; bit * axes + axis < 64; ++bit) value |= (morton >> (bit * axes + axis) & 1) << bit;
  return value;
}

//! A property table together with how far its rows have been given out: rows go to what is available, in order.
struct Rows {
  PropertyTable table;
  size_t next = 0;
};

std::vector<double> numbersIn(const std::string& text) {
  auto document = JsonDocument::parse(asBytes(text));
  if (!document) return {};
  if (const auto one = document->root().number()) return {*one};
  return document->root().numbers();
}

class SubtreeParser {
 public:
  SubtreeParser(const SubtreeRef& ref, std::string uri, Resources* resources)
      : ref_(ref), tiling_(*ref.tiling), uri_(std::move(uri)), resources_(resources) {}

  Result<Tileset> parse(std::span<const std::byte> bytes) {
    std::span<const std::byte> json = bytes;
    if (asText(bytes).starts_with("subt")) {
      constexpr size_t kHeader = 24;
      if (bytes.size() < kHeader) return makeError("{} bytes; a subtree has at least {}", bytes.size(), kHeader);
      const uint64_t jsonBytes = uint64At(bytes, 8), binaryBytes = uint64At(bytes, 16);
      if (jsonBytes > bytes.size() - kHeader || binaryBytes > bytes.size() - kHeader - jsonBytes)
        return makeError("header says {} and {} bytes, the file has {}", grouped(jsonBytes), grouped(binaryBytes),
                         grouped(bytes.size()));
      json = bytes.subspan(kHeader, jsonBytes);
      binary_ = bytes.subspan(kHeader + jsonBytes, binaryBytes);
    }
    auto document = JsonDocument::parse(json);
    if (!document) return document.error();
    json_ = document->root();
    if (!json_["tileAvailability"].isObject())
      return makeError("tileAvailability: found {}, expected an object", json_["tileAvailability"].kind());
    bufferViews_ = json_["bufferViews"].items();
    buffers_ = json_["buffers"].items();
    for (uint32_t level = 0; level < tiling_.subtreeLevels; ++level) nodes_ += rowOf(level);
    if (auto read = readAvailability(); !read) return read.error();
    readMetadata();
    if (auto grown = grow(); !grown) return grown.error();
    return std::move(tileset_);
  }

 private:
  uint64_t rowOf(uint32_t level) const { return uint64_t{1} << (level * (tiling_.octree ? 3 : 2)); }

  Result<std::span<const std::byte>> view(size_t index) {
    if (index >= bufferViews_.size()) return makeError("buffer view {} does not exist", index);
    const Json json = bufferViews_[index];
    const auto number = json["buffer"].whole(), length = json["byteLength"].whole();
    const size_t offset = json["byteOffset"].whole().value_or(0);
    if (!number || !length || *number >= buffers_.size())
      return makeError("buffer view {}: its buffer does not exist or it has no byteLength", index);
    std::span<const std::byte> whole = binary_;
    if (const auto file = buffers_[*number]["uri"].string()) {
      if (!resources_) return makeError("buffer {} is in the file {}, which is not read here", *number, *file);
      auto bytes = resources_->get(uri_, *file);
      if (!bytes) return bytes.error().within("buffer {}", *number);
      whole = *bytes;
    }
    if (offset > whole.size() || *length > whole.size() - offset)
      return makeError("buffer view {} ends at byte {}, buffer {} has {}", index, grouped(offset + *length), *number,
                       grouped(whole.size()));
    return whole.subspan(offset, *length);
  }

  Result<Availability> availability(const Json& json, uint64_t count, std::string_view name) {
    Availability out;
    if (const auto constant = json["constant"].whole()) {
      out.constant = *constant != 0;
      return out;
    }
    auto number = json["bitstream"].whole();
    if (!number) number = json["bufferView"].whole();  // 3DTILES_implicit_tiling
    if (!number) return makeError("{}: found neither constant nor bitstream", name);
    auto bits = view(*number);
    if (!bits) return bits.error().within("{}", name);
    if (bits->size() < (count + 7) / 8)
      return makeError("{}: {} tiles need {} bytes, its buffer view has {}", name, grouped(count),
                       grouped((count + 7) / 8), grouped(bits->size()));
    out.bits = *bits;
    return out;
  }

  Result<void> readAvailability() {
    auto tiles = availability(json_["tileAvailability"], nodes_, "tileAvailability");
    if (!tiles) return tiles.error();
    tiles_ = *tiles;
    auto below =
        availability(json_["childSubtreeAvailability"], rowOf(tiling_.subtreeLevels), "childSubtreeAvailability");
    if (!below) return below.error();
    below_ = *below;
    auto list = json_["contentAvailability"].items();
    if (list.empty() && json_["contentAvailability"].isObject()) list = {json_["contentAvailability"]};
    for (const Json& one : json_["extensions"]["3DTILES_multiple_contents"]["contentAvailability"].items())
      list.push_back(one);
    for (size_t i = 0; i < list.size() && i < tiling_.contents.size(); ++i) {
      auto content = availability(list[i], nodes_, fmt::format("contentAvailability[{}]", i));
      if (!content) return content.error();
      contents_.push_back(*content);
    }
    return {};
  }

  void readMetadata() {
    tileset_.facts = factsOf(json_["subtreeMetadata"], FactOf::Subtree);
    if (!json_["propertyTables"].isArray()) return;
    const Json root = tiling_.document->root();
    Json schema = root["schema"];
    std::optional<JsonDocument> elsewhere;
    if (const auto uri = root["schemaUri"].string(); uri && !schema.present() && resources_) {
      auto bytes = resources_->get(tiling_.tilesetUri, *uri);
      auto document = bytes ? JsonDocument::parse(*bytes) : Result<JsonDocument>(bytes.error());
      if (document)
        elsewhere = std::move(*document);
      else
        tileset_.warnings.push_back(fmt::format("{}: schema: {}", uri_, document.error().text()));
      if (elsewhere) schema = elsewhere->root();
    }
    const auto tables = json_["propertyTables"].items();
    const auto read = [&](const Json& number) -> std::optional<Rows> {
      const auto index = number.whole();
      if (!index || *index >= tables.size()) return {};
      return Rows{readPropertyTable(
                      tables[*index], schema, [this](size_t view) { return this->view(view); }, nodes_, *index,
                      tileset_.warnings),
                  0};
    };
    tileRows_ = read(json_["tileMetadata"]);
    for (const Json& number : json_["contentMetadata"].items()) contentRows_.push_back(read(number));
  }

  //! The facts of the next row; what selection can use goes into the tile instead.
  std::vector<Fact> takeRow(Rows& rows, TileDescription* tile) {
    std::vector<Fact> facts;
    const size_t row = rows.next++;
    for (const Column& column : rows.table.columns) {
      std::string text = textAt(column, row);
      if (text.empty()) continue;
      const auto semantic = rows.table.semantics.find(column.name);
      if (tile && semantic != rows.table.semantics.end() && useSemantic(semantic->second, text, *tile)) continue;
      facts.push_back({column.name, std::move(text), tile ? FactOf::Tile : FactOf::Content});
    }
    return facts;
  }

  //! 3D Metadata Semantic Reference, "Tile".
  bool useSemantic(const std::string& semantic, const std::string& text, TileDescription& tile) const {
    const auto n = numbersIn(text);
    if (semantic == "TILE_GEOMETRIC_ERROR" && n.size() == 1 && n[0] >= 0) {
      tile.geometricError = n[0];
    } else if (semantic == "TILE_BOUNDING_BOX" && n.size() == 12) {
      const geo::OrientedBox box{{n[0], n[1], n[2]},
                                 glm::dmat3(n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11])};
      tile.bounds = geo::transformed(box, tile.ecefFromTile);
    } else if (semantic == "TILE_BOUNDING_SPHERE" && n.size() == 4 && n[3] >= 0) {
      tile.bounds = geo::transformed(geo::Sphere{{n[0], n[1], n[2]}, n[3]}, tile.ecefFromTile);
    } else if (semantic == "TILE_BOUNDING_REGION" && n.size() == 6 && n[1] <= n[3] && n[4] <= n[5]) {
      tile.bounds = geo::Region{n[0], n[1], n[2], n[3], n[4], n[5]};
    } else if ((semantic == "TILE_MINIMUM_HEIGHT" || semantic == "TILE_MAXIMUM_HEIGHT") && n.size() == 1) {
      auto* region = std::get_if<geo::Region>(&tile.bounds);
      if (!region) return false;
      (semantic == "TILE_MINIMUM_HEIGHT" ? region->minHeight : region->maxHeight) = n[0];
    } else {
      return false;
    }
    return true;
  }

  Result<TileDescription> describe(uint32_t level, uint64_t x, uint64_t y, uint64_t z) const {
    TileDescription tile;
    tile.ecefFromTile = tiling_.ecefFromTile;
    tile.geometricError = std::ldexp(tiling_.geometricError, -static_cast<int>(level));
    tile.refine = tiling_.refine;
    const auto volume = dividedVolume(tiling_, level, x, y, z);
    if (!volume)
      return makeError(
          "the tileset's root has a sphere, or an S2 cell too small; implicit tiles need a box, region or cell");
    tile.bounds = geo::transformed(*volume, tile.ecefFromTile);
    return tile;
  }

  Result<void> grow() {
    tileset_.uri = uri_;
    tileset_.version = "1.1";
    tileset_.zUpContent = tiling_.zUp;
    tileset_.geometricError = tiling_.geometricError;
    const unsigned axes = tiling_.octree ? 3 : 2;
    std::vector<uint32_t> above, row;  // by Morton index: the tile, or none
    constexpr uint32_t kNone = 0xffffffff;
    uint64_t first = 0;
    size_t orphans = 0;
    for (uint32_t depth = 0; depth <= tiling_.subtreeLevels; ++depth) {
      const bool last = depth == tiling_.subtreeLevels;  // the roots of the subtrees below
      const uint32_t level = ref_.level + depth;
      if (level >= tiling_.availableLevels) break;
      row.assign(rowOf(depth), kNone);
      for (uint64_t morton = 0; morton < rowOf(depth); ++morton) {
        if (!(last ? below_.at(morton) : tiles_.at(first + morton))) continue;
        const uint32_t parent = depth == 0 ? kNone : above[morton >> axes];
        const uint64_t x = (ref_.x << depth) + unzipped(morton, 0, axes),
                       y = (ref_.y << depth) + unzipped(morton, 1, axes),
                       z = tiling_.octree ? (ref_.z << depth) + unzipped(morton, 2, axes) : 0;
        auto tile = describe(level, x, y, z);
        if (!tile) return tile.error();
        if (last) {
          tile->subtree = SubtreeRef{ref_.tiling, level, x, y, z};
          tile->contentUris = {subtreeUri(*tile->subtree)};
        } else {
          fill(*tile, first + morton, level, x, y, z);
        }
        if (depth > 0 && parent == kNone) {
          ++orphans;
          continue;
        }
        row[morton] = static_cast<uint32_t>(tileset_.tiles.size());
        if (depth > 0) tileset_.tiles[parent].children.push_back(row[morton]);
        tileset_.tiles.push_back(std::move(*tile));
      }
      first += rowOf(depth);
      std::swap(above, row);
    }
    if (tileset_.tiles.empty()) return makeError("tileAvailability: the root is not available");
    if (orphans > 0)
      tileset_.warnings.push_back(
          fmt::format("{}: {} tiles are available below tiles that are not; they are left out", uri_, orphans));
    return {};
  }

  void fill(TileDescription& tile, uint64_t index, uint32_t level, uint64_t x, uint64_t y, uint64_t z) {
    if (tileRows_) tile.facts = takeRow(*tileRows_, &tile);
    for (size_t i = 0; i < contents_.size(); ++i) {
      if (!contents_[i].at(index)) continue;
      tile.contentUris.push_back(filledIn(tiling_, tiling_.contents[i], level, x, y, z));
      std::vector<Fact> facts;
      if (i < tiling_.contentFacts.size()) facts = tiling_.contentFacts[i];
      if (i < contentRows_.size() && contentRows_[i])
        for (Fact& fact : takeRow(*contentRows_[i], nullptr)) facts.push_back(std::move(fact));
      if (facts.empty()) continue;
      tile.contentFacts.resize(tile.contentUris.size());
      tile.contentFacts.back() = std::move(facts);
    }
  }

  const SubtreeRef& ref_;
  const ImplicitTiling& tiling_;
  std::string uri_;
  Resources* resources_;
  std::span<const std::byte> binary_;
  Json json_;
  std::vector<Json> bufferViews_, buffers_;
  uint64_t nodes_ = 0;
  Availability tiles_, below_;
  std::vector<Availability> contents_;
  std::optional<Rows> tileRows_;
  std::vector<std::optional<Rows>> contentRows_;
  Tileset tileset_;
};

}  // namespace

Result<Tileset> parseSubtree(std::span<const std::byte> bytes, const std::string& uri, const SubtreeRef& subtree,
                             Resources* resources) {
  auto tileset = SubtreeParser(subtree, uri, resources).parse(bytes);
  if (!tileset) return tileset.error().within("{}", uri);
  return tileset;
}

}  // namespace cm::source
