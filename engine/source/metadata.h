//! What files know about their features: property tables (EXT_structural_metadata) and batch tables (3D Tiles 1.0) as columns.
//! What cannot be read becomes a warning, the rest is kept. Any thread.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "source/content.h"
#include "source/gltf.h"

namespace cm::source {

struct PropertyTable {
  size_t count = 0;
  std::vector<Column> columns;
  std::string idColumn;  // by the property's semantic "ID"; may be empty
  std::map<std::string, std::string> semantics;  // by column
};

//! The bytes of a buffer view.
using ViewReader = std::function<Result<std::span<const std::byte>>(size_t index)>;

//! One property table (3D Metadata, binary table format). `mostRows`: more are damage.
PropertyTable readPropertyTable(const Json& json, const Json& schema, const ViewReader& view, size_t mostRows, size_t number,
                                std::vector<std::string>& warnings);

//! The schema of a glTF's metadata, wherever it stands; `json` is absent where there is none.
struct Schema {
  Json json;
  std::optional<JsonDocument> document;
};
Schema readSchema(Gltf& gltf, std::vector<std::string>& warnings);

//! In the file's order, so that a primitive's "propertyTable" indexes the result.
std::vector<PropertyTable> readPropertyTables(Gltf& gltf, const Json& schema, std::vector<std::string>& warnings);

//! What a primitive's vertices say of themselves (EXT_structural_metadata, "Property attributes"): a row a vertex.
std::optional<PropertyTable> readPropertyAttributes(Gltf& gltf, const Json& primitive, const Json& schema,
                                                    std::vector<std::string>& warnings);

//! Reads one value of a property from its bytes, as a person reads it; empty where there is none. Outlives the JSON.
std::function<std::string(std::span<const std::byte>)> valueReader(const Json& property, const Json& schema, const Json& use);

//! `json` may be empty: then there are only `count` features without data.
PropertyTable readBatchTable(std::span<const std::byte> json, std::span<const std::byte> binary, size_t count,
                             std::vector<std::string>& warnings);

//! The column that identifies features at every level of detail, or null: "id", "gml_id" and the like, in any case.
const Column* idColumnOf(const PropertyTable& table);

//! The value of one row as a person reads it.
std::string textAt(const Column& column, size_t row);

}  // namespace cm::source
