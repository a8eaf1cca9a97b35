#include "source/tileset.h"

#include <cmath>
#include <utility>

#include "source/archive.h"
#include "source/fetch.h"
#include "source/implicit.h"
#include "source/json.h"
#include "source/terrain.h"

namespace cm::source {
namespace {

class Parser {
 public:
  Parser(Tileset& tileset, std::shared_ptr<JsonDocument> document) : tileset_(tileset), document_(std::move(document)) {
    const Json root = document_->root(), old = root["extensions"]["3DTILES_metadata"];
    tileset_.facts = factsOf(root["metadata"].present() ? root["metadata"] : old["tileset"], FactOf::Tileset);
    groups_ = (root["groups"].present() ? root["groups"] : old["groups"]).items();
  }

  //! What a tile takes over from the one above it.
  struct Above {
    glm::dmat4 ecefFromTile{1.0};
    double geometricError = 0;
    Refine refine = Refine::Replace;
  };

  //! Appends the tile and all below it. A child that cannot be used becomes a warning; an error is only the root's.
  Result<uint32_t> tile(const Json& json, const std::string& path, const Above& above) {
    if (!json.isObject()) return makeError("{}: found {}, expected a tile", path, json.kind());
    TileDescription tile;
    auto transform = transformOf(json["transform"], path);
    if (!transform) return transform.error();
    tile.ecefFromTile = above.ecefFromTile * *transform;
    auto volume = readVolume(json["boundingVolume"], path + ".boundingVolume");
    if (!volume) return volume.error();
    tile.bounds = geo::transformed(volume->volume, tile.ecefFromTile);
    if (json["viewerRequestVolume"].present()) {
      auto request = readVolume(json["viewerRequestVolume"], path + ".viewerRequestVolume");
      if (request)
        tile.requestVolume = geo::transformed(request->volume, tile.ecefFromTile);
      else
        warn("{}; the tile is shown from anywhere", request.error().text());
    }
    tile.geometricError = errorOf(json["geometricError"], path, above.geometricError);
    tile.refine = refineOf(json["refine"], path, above.refine);
    tile.facts =
        factsOf(json["metadata"].present() ? json["metadata"] : json["extensions"]["3DTILES_metadata"], FactOf::Tile);
    if (auto done = contents(json, path, *volume, tile); !done) return done.error();

    const auto index = static_cast<uint32_t>(tileset_.tiles.size());
    const Above below{tile.ecefFromTile, tile.geometricError, tile.refine};
    tileset_.tiles.push_back(std::move(tile));
    const Json children = json["children"];
    if (children.present() && !children.isArray())
      warn("{}.children: found {}, expected an array", path, children.kind());
    size_t number = 0;
    for (const Json& child : children.items()) {
      auto added = this->tile(child, fmt::format("{}.children[{}]", path, number++), below);
      if (added)
        tileset_.tiles[index].children.push_back(*added);
      else
        warn("{}; the tile is left out", added.error().text());
    }
    return index;
  }

  template <class... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) {
    tileset_.warnings.push_back(tileset_.uri + ": " + fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  static Result<glm::dmat4> transformOf(const Json& json, const std::string& path) {
    glm::dmat4 matrix{1.0};
    if (!json.present()) return matrix;
    const auto numbers = json.numbers();
    if (numbers.size() != 16) return makeError("{}.transform: found {}, expected 16 numbers", path, json.kind());
    for (int i = 0; i < 16; ++i) matrix[i / 4][i % 4] = numbers[static_cast<size_t>(i)];
    if (!(std::abs(glm::determinant(glm::dmat3(matrix))) > 0))
      return makeError("{}.transform: squeezes space flat (determinant 0), expected one that can be undone", path);
    return matrix;
  }

  double errorOf(const Json& json, const std::string& path, double above) {
    const auto value = json.number();
    if (value && *value >= 0) return *value;
    warn("{}.geometricError: found {}, expected a number of at least 0; half its parent's is taken", path,
         value ? numberText(*value) : std::string(json.kind()));
    return above / 2;
  }

  Refine refineOf(const Json& json, const std::string& path, Refine above) {
    if (!json.present()) return above;
    const std::string text = json.text();
    if (text == "REPLACE" || text == "replace") return Refine::Replace;  // 1.0 files have both spellings
    if (text == "ADD" || text == "add") return Refine::Add;
    warn("{}.refine: found \"{}\", expected ADD or REPLACE", path, text);
    return above;
  }

  Result<void> contents(const Json& json, const std::string& path, const ReadVolume& volume, TileDescription& tile) {
    if (json["content"].present()) content(json["content"], path + ".content", tile);
    size_t number = 0;
    Json several = json["contents"];
    if (!several.present()) several = json["extensions"]["3DTILES_multiple_contents"]["contents"];
    if (!several.present()) several = json["extensions"]["3DTILES_multiple_contents"]["content"];
    for (const Json& one : several.items()) content(one, fmt::format("{}.contents[{}]", path, number++), tile);
    Json implicit = json["implicitTiling"];
    if (!implicit.present()) implicit = json["extensions"]["3DTILES_implicit_tiling"];
    if (!implicit.present()) return {};
    auto tiling = readImplicitTiling(implicit, path + ".implicitTiling");
    if (!tiling) return tiling.error();
    tiling->ecefFromTile = tile.ecefFromTile;
    tiling->volume = volume;
    tiling->geometricError = tile.geometricError;
    tiling->refine = tile.refine;
    tiling->tilesetUri = tileset_.uri;
    tiling->zUp = tileset_.zUpContent;
    tiling->document = document_;
    for (const std::string& uri : templates_) tiling->contents.push_back(uri);
    tiling->contentFacts = std::exchange(tile.contentFacts, {});
    tile.subtree = SubtreeRef{std::make_shared<const ImplicitTiling>(std::move(*tiling)), 0, 0, 0, 0};
    tile.contentUris = {subtreeUri(*tile.subtree)};
    return {};
  }

  void content(const Json& json, const std::string& path, TileDescription& tile) {
    Json uri = json["uri"];
    if (!uri.present()) uri = json["url"];  // before 1.0
    const auto text = uri.string();
    if (!text || text->empty())
      return warn("{}.uri: found {}, expected a uri; the content is left out", path,
                  text ? "an empty one" : uri.kind());
    if (tile.contentUris.empty()) templates_.clear();
    templates_.emplace_back(*text);
    tile.contentUris.push_back(resolveUri(tileset_.uri, *text));
    const Json old = json["extensions"]["3DTILES_metadata"];
    std::vector<Fact> facts;
    const auto group = (json["group"].present() ? json["group"] : old["group"]).whole();
    if (group && *group < groups_.size()) facts = factsOf(groups_[*group], FactOf::Group);
    for (Fact& fact : factsOf(json["metadata"].present() ? json["metadata"] : old, FactOf::Content))
      facts.push_back(std::move(fact));
    if (facts.empty()) return;
    tile.contentFacts.resize(tile.contentUris.size());
    tile.contentFacts.back() = std::move(facts);
  }

  Tileset& tileset_;
  std::shared_ptr<JsonDocument> document_;
  std::vector<Json> groups_;
  std::vector<std::string> templates_;  // contents of the tile under way, as written
};

}  // namespace

Result<Tileset> parseTileset(std::span<const std::byte> bytes, const std::string& uri, const glm::dmat4& parent,
                             bool parentZUp) {
  if (auto plain = mustBeNoArchive(bytes, uri); !plain) return plain.error();
  auto parsed = JsonDocument::parse(bytes);
  if (!parsed) return parsed.error().within("{}", uri);
  const auto document = std::make_shared<JsonDocument>(std::move(*parsed));
  const Json json = document->root();
  if (!json.isObject()) return makeError("{}: found {}, expected a tileset", uri, json.kind());
  if (isTerrainLayer(json)) return parseTerrainLayer(json, uri);
  Tileset tileset;
  tileset.uri = uri;
  Parser parser(tileset, document);
  const auto version = json["asset"]["version"].string();
  if (!version)
    parser.warn("asset.version: found {}, expected \"1.0\" or \"1.1\"", json["asset"]["version"].kind());
  else if (*version != "1.0" && *version != "1.1" && *version != "0.0")
    return makeError("{}: asset.version is \"{}\", expected \"1.0\" or \"1.1\"", uri, *version);
  tileset.version = version.value_or("1.0");
  const auto upAxis = json["asset"]["gltfUpAxis"].string();
  tileset.zUpContent = upAxis ? *upAxis == "Z" || *upAxis == "z" : parentZUp;
  for (const Json& extension : json["extensionsRequired"].items()) {
    const std::string name = extension.text();
    if (name != "3DTILES_content_gltf" && name != "3DTILES_multiple_contents" && name != "3DTILES_metadata" &&
        name != "3DTILES_implicit_tiling" && name != "3DTILES_bounding_volume_S2" &&
        name != "3DTILES_batch_table_hierarchy" && name != "3DTILES_draco_point_compression")
      return makeError("{}: requires the extension {}, which is not supported", uri, name);
  }
  tileset.geometricError = json["geometricError"].number().value_or(0);
  if (!json["geometricError"].number())
    parser.warn("geometricError: found {}, expected a number", json["geometricError"].kind());
  if (!json["root"].present()) return makeError("{}: root: found nothing, expected the root tile", uri);
  auto root = parser.tile(json["root"], "root", {parent, tileset.geometricError, Refine::Replace});
  if (!root) return root.error().within("{}", uri);
  return tileset;
}

bool isTilesetJson(std::span<const std::byte> bytes) {
  std::string_view text = asText(bytes);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || text[start] != '{') return false;
  // A glTF in JSON form also starts with "asset"; a tileset is what has a root tile, or tiles in a terrain's format.
  const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
  return (has("\"root\"") && has("\"geometricError\"")) ||
         (has("\"format\"") && has("\"tiles\"") && (has("\"quantized-mesh-1") || has("\"heightmap-1")));
}

}  // namespace cm::source
