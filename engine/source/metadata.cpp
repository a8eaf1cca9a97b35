#include "source/metadata.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace cm::source {
namespace {

using Warnings = std::vector<std::string>;
//! Values of one table: many columns may share few bytes, so that bytes alone do not bound them.
constexpr size_t kMaxCells = size_t{1} << 25;
constexpr double kLargestExact = 9007199254740992.0;  // 2^53: beyond it whole numbers are kept as text

struct Scalar {
  std::string_view name;
  size_t bytes;
};
constexpr Scalar kScalars[] = {{"INT8", 1},   {"UINT8", 1}, {"INT16", 2},  {"UINT16", 2},  {"INT32", 4},
                               {"UINT32", 4}, {"INT64", 8}, {"UINT64", 8}, {"FLOAT32", 4}, {"FLOAT64", 8}};

size_t scalarBytes(std::string_view name) {
  for (const Scalar& scalar : kScalars)
    if (scalar.name == name) return scalar.bytes;
  return 0;
}

template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

//! One number; `normalized` whole numbers become -1..1 or 0..1.
double scalarAt(const std::byte* at, std::string_view type, bool normalized) {
  const auto whole = [&](auto value) {
    using T = decltype(value);
    if (!normalized) return static_cast<double>(value);
    return std::max(static_cast<double>(value) / static_cast<double>(std::numeric_limits<T>::max()), -1.0);
  };
  if (type == "INT8") return whole(load<int8_t>(at));
  if (type == "UINT8") return whole(load<uint8_t>(at));
  if (type == "INT16") return whole(load<int16_t>(at));
  if (type == "UINT16") return whole(load<uint16_t>(at));
  if (type == "INT32") return whole(load<int32_t>(at));
  if (type == "UINT32") return whole(load<uint32_t>(at));
  if (type == "INT64") return whole(load<int64_t>(at));
  if (type == "UINT64") return whole(load<uint64_t>(at));
  return type == "FLOAT32" ? static_cast<double>(load<float>(at)) : load<double>(at);
}

//! -1 for what no 53-bit number holds: enums and offsets may be declared as floats by mistake.
int64_t wholeFrom(double value) { return std::abs(value) <= kLargestExact ? static_cast<int64_t>(value) : -1; }

std::string wholeText(const std::byte* at, std::string_view type) {
  return type == "UINT64" ? fmt::format("{}", load<uint64_t>(at)) : fmt::format("{}", load<int64_t>(at));
}

//! A property of a class of the schema, resolved.
struct Definition {
  std::string type;       // SCALAR, VEC3, STRING ...
  std::string component;  // of numbers and enums
  bool array = false;
  size_t fixedCount = 0;  // of arrays; 0: varies by row
  bool normalized = false;
  std::vector<double> offset, scale, noData;  // one a component
  std::string noDataText;
  std::map<int64_t, std::string> enumNames;
};

size_t componentsOf(std::string_view type) {
  if (type == "VEC2") return 2;
  if (type == "VEC3") return 3;
  if (type == "VEC4" || type == "MAT2") return 4;
  if (type == "MAT3") return 9;
  return type == "MAT4" ? 16 : 1;
}

std::vector<double> numbersOf(const Json& json) {
  if (const auto one = json.number()) return {*one};
  std::vector<double> all;
  for (const Json& item : json.items())
    for (double value : numbersOf(item)) all.push_back(value);
  return all;
}

Definition definitionOf(const Json& property, const Json& schema, const Json& use) {
  Definition d;
  d.type = property["type"].text();
  d.component = property["componentType"].text();
  d.array = property["array"].boolean().value_or(false);
  d.fixedCount = property["count"].whole().value_or(0);
  d.normalized = property["normalized"].boolean().value_or(false);
  d.offset = numbersOf(use["offset"].present() ? use["offset"] : property["offset"]);
  d.scale = numbersOf(use["scale"].present() ? use["scale"] : property["scale"]);
  d.noData = numbersOf(property["noData"]);
  if (!property["noData"].isArray()) d.noDataText = property["noData"].text();
  if (d.type == "ENUM") {
    const Json known = schema["enums"][property["enumType"].text()];
    d.component = known["valueType"].string().value_or("UINT16");
    for (const Json& value : known["values"].items())
      d.enumNames[wholeFrom(value["value"].number().value_or(0))] = value["name"].text();
  }
  return d;
}

//! The buffer views of one property, all checked against the number of rows.
struct Storage {
  std::span<const std::byte> values, arrayOffsets, stringOffsets;
  std::string arrayOffsetType, stringOffsetType;
};

std::optional<uint64_t> offsetAt(std::span<const std::byte> offsets, std::string_view type, uint64_t index) {
  const size_t bytes = scalarBytes(type);
  if (bytes == 0 || index >= offsets.size() / bytes) return {};
  const int64_t value = wholeFrom(scalarAt(offsets.data() + index * bytes, type, false));
  if (value < 0) return {};
  return static_cast<uint64_t>(value);
}

class PropertyReader {
 public:
  PropertyReader(const Definition& definition, const Storage& storage) : d_(definition), s_(storage) {}

  Result<Column> column(std::string name, size_t count) {
    Column column;
    column.name = std::move(name);
    if (!d_.array && d_.type == "SCALAR") {
      auto numbers = scalars(count);
      if (!numbers) return numbers.error();
      column.values = std::move(*numbers);
      if (!tooLarge_) return column;
    }
    Texts texts;
    texts.reserve(count);
    for (size_t row = 0; row < count; ++row) {
      const auto text = d_.array ? arrayText(row) : valueText(row);
      if (!text) return makeError("row {} lies outside its buffer views", row);
      texts.push_back(*text);
    }
    texts.shrink_to_fit();
    column.values = std::move(texts);
    return column;
  }

 private:
  Result<std::vector<double>> scalars(size_t count) {
    const size_t bytes = scalarBytes(d_.component);
    if (bytes == 0) return makeError("componentType is \"{}\"", d_.component);
    if (count > s_.values.size() / bytes)
      return makeError("{} rows need {} bytes, its buffer view has {}", grouped(count), grouped(count * bytes),
                       grouped(s_.values.size()));
    std::vector<double> numbers(count);
    for (size_t row = 0; row < count; ++row) {
      const double raw = scalarAt(s_.values.data() + row * bytes, d_.component, d_.normalized);
      if (bytes == 8 && d_.component != "FLOAT64" && std::abs(raw) > kLargestExact) tooLarge_ = true;
      numbers[row] = finished(raw, 0);
    }
    return numbers;
  }

  double finished(double raw, size_t component) const {
    if (component < d_.noData.size() && componentsOf(d_.type) == 1 && raw == d_.noData[component]) return NAN;
    if (component < d_.scale.size()) raw *= d_.scale[component];
    if (component < d_.offset.size()) raw += d_.offset[component];
    return raw;
  }

  //! Element `index` of all values of the column (row by row, arrays flattened).
  std::optional<std::string> valueText(uint64_t index) const {
    if (d_.type == "STRING") {
      const auto from = offsetAt(s_.stringOffsets, s_.stringOffsetType, index);
      const auto to = offsetAt(s_.stringOffsets, s_.stringOffsetType, index + 1);
      if (!from || !to || *from > *to || *to > s_.values.size()) return {};
      std::string text(asText(s_.values.subspan(*from, *to - *from)));
      return !d_.array && text == d_.noDataText ? std::string() : text;
    }
    if (d_.type == "BOOLEAN") {
      if (index / 8 >= s_.values.size()) return {};
      return (std::to_integer<unsigned>(s_.values[index / 8]) >> (index % 8) & 1) != 0 ? "true" : "false";
    }
    const size_t bytes = scalarBytes(d_.component), components = componentsOf(d_.type);
    if (bytes == 0 || index >= s_.values.size() / (bytes * components)) return {};
    const std::byte* at = s_.values.data() + index * bytes * components;
    if (d_.type == "ENUM") {
      const int64_t value = wholeFrom(scalarAt(at, d_.component, false));
      const auto found = d_.enumNames.find(value);
      const std::string name = found == d_.enumNames.end() ? fmt::format("{}", value) : found->second;
      return !d_.array && name == d_.noDataText ? std::string() : name;
    }
    if (components == 1 && tooLarge_) return wholeText(at, d_.component);
    if (components == 1) return numberText(finished(scalarAt(at, d_.component, d_.normalized), 0));
    std::string text = "[";
    for (size_t k = 0; k < components; ++k)
      text += (k > 0 ? ", " : "") + numberText(finished(scalarAt(at + k * bytes, d_.component, d_.normalized), k));
    return text + "]";
  }

  std::optional<std::string> arrayText(size_t row) const {
    uint64_t from = row * d_.fixedCount, to = from + d_.fixedCount;
    if (d_.fixedCount == 0) {
      const auto begin = offsetAt(s_.arrayOffsets, s_.arrayOffsetType, row);
      const auto end = offsetAt(s_.arrayOffsets, s_.arrayOffsetType, row + 1);
      // Strings share nothing with "values" but their number; at least one bit an element bounds the rest.
      if (!begin || !end || *begin > *end || *end > (s_.values.size() + s_.stringOffsets.size()) * 8) return {};
      from = *begin;
      to = *end;
    }
    std::string text = "[";
    for (uint64_t i = from; i < to; ++i) {
      const auto value = valueText(i);
      if (!value) return {};
      text += (i > from ? ", " : "") + *value;
    }
    return text + "]";
  }

  const Definition& d_;
  const Storage& s_;
  bool tooLarge_ = false;
};

Result<Storage> storageOf(const ViewReader& read, const Json& use) {
  Storage storage;
  const auto get = [&](std::string_view member, std::span<const std::byte>& to) -> Result<void> {
    if (!use[member].present()) return {};
    const auto number = use[member].whole();
    if (!number) return makeError("{} is {}, expected a buffer view", member, use[member].text());
    auto view = read(*number);
    if (!view) return view.error();
    to = *view;
    return {};
  };
  if (auto done = get("values", storage.values); !done) return done.error();
  if (auto done = get("arrayOffsets", storage.arrayOffsets); !done) return done.error();
  if (auto done = get("stringOffsets", storage.stringOffsets); !done) return done.error();
  storage.arrayOffsetType = use["arrayOffsetType"].string().value_or("UINT32");
  storage.stringOffsetType = use["stringOffsetType"].string().value_or("UINT32");
  return storage;
}

//! A column of a batch table that stands in the JSON itself.
Column jsonColumn(std::string_view name, const std::vector<Json>& items, size_t count) {
  Column column;
  column.name = name;
  bool numeric = true;
  for (const Json& item : items) {
    const auto number = item.number();
    numeric = numeric && (item.isNull() || (number && std::abs(*number) < kLargestExact));
  }
  if (numeric) {
    std::vector<double> numbers(count, NAN);
    for (size_t i = 0; i < std::min(count, items.size()); ++i) numbers[i] = items[i].number().value_or(NAN);
    column.values = std::move(numbers);
  } else {
    Texts texts;
    for (size_t i = 0; i < std::min(count, items.size()); ++i) texts.push_back(items[i].text());
    texts.pad(count);
    column.values = std::move(texts);
  }
  return column;
}

//! Names of component types in batch tables -> those of the property tables.
std::string_view batchScalar(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"BYTE", "INT8"}, {"UNSIGNED_BYTE", "UINT8"}, {"SHORT", "INT16"},   {"UNSIGNED_SHORT", "UINT16"},
      {"INT", "INT32"}, {"UNSIGNED_INT", "UINT32"}, {"FLOAT", "FLOAT32"}, {"DOUBLE", "FLOAT64"}};
  for (const auto& [batch, scalar] : kNames)
    if (batch == name) return scalar;
  return {};
}

//! A column of a batch table: an array in the JSON, or a place in the binary part.
Result<Column> batchColumn(std::string_view name, const Json& member, std::span<const std::byte> binary, size_t count,
                           Warnings& warnings) {
  if (member.isArray()) {
    const auto items = member.items();
    if (items.size() != count)
      warnings.push_back(fmt::format("batch table, {}: {} values for {} features", name, items.size(), count));
    return jsonColumn(name, items, count);
  }
  Definition definition;
  definition.type = member["type"].string().value_or("SCALAR");
  definition.component = batchScalar(member["componentType"].text());
  const auto offset = member["byteOffset"].whole();
  if (!offset || *offset > binary.size() || definition.component.empty())
    return makeError("neither values nor a place in the binary part");
  Storage storage;
  storage.values = binary.subspan(*offset);
  return PropertyReader(definition, storage).column(std::string(name), count);
}

//! 3DTILES_batch_table_hierarchy: instances of classes, each with parents; the first `count` of them are the features. A feature
//! has the properties of its own class and, where those lack one, of the instances above it.
class Hierarchy {
 public:
  Hierarchy(const Json& json, std::span<const std::byte> binary, Warnings& warnings)
      : binary_(binary), warnings_(warnings) {
    instances_ = json["instancesLength"].whole().value_or(0);
    if (instances_ > kMost) {
      warnings_.push_back(fmt::format("3DTILES_batch_table_hierarchy: {} instances; left out", grouped(instances_)));
      return;
    }
    const auto classIds = wholes(json["classIds"], instances_, "classIds");
    std::vector<size_t> rows;
    for (const Json& one : json["classes"].items()) {
      classes_.push_back({one["name"].text(), {}});
      rows.push_back(0);
      const size_t length = one["length"].whole().value_or(0);
      for (const auto& [name, member] : one["instances"].members()) {
        cells_ += length;
        auto column = length <= kMost && cells_ <= kMaxCells ? batchColumn(name, member, binary_, length, warnings_)
                                                             : makeError("{} rows", grouped(length));
        if (column)
          classes_.back().columns.push_back(std::move(*column));
        else
          warnings_.push_back(fmt::format("3DTILES_batch_table_hierarchy, {}: {}", name, column.error().text()));
      }
    }
    for (size_t id : classIds) {
      if (id >= classes_.size()) {
        classOf_.clear();
        return;
      }
      classOf_.push_back(id);
      rowOf_.push_back(rows[id]++);
    }
    readParents(json);
  }

  void addTo(PropertyTable& table) const {
    if (classOf_.size() < table.count) return;
    for (const Class& one : classes_)
      for (const Column& column : one.columns)
        if (table.columns.size() * table.count <= kMaxCells) addColumn(table, column.name);
    Texts names;
    for (size_t row = 0; row < table.count; ++row) names.push_back(classes_[classOf_[row]].name);
    if (!has(table, "class")) table.columns.push_back({"class", std::move(names)});
  }

 private:
  struct Class {
    std::string name;
    std::vector<Column> columns;
  };
  static constexpr size_t kMost = size_t{1} << 22;
  static constexpr int kDeepest = 64;

  std::vector<size_t> wholes(const Json& json, size_t count, std::string_view name) {
    auto column = batchColumn(name, json, binary_, count, warnings_);
    const auto* numbers = column ? std::get_if<std::vector<double>>(&column->values) : nullptr;
    if (!numbers) {
      warnings_.push_back(fmt::format("3DTILES_batch_table_hierarchy: {} cannot be read", name));
      return {};
    }
    std::vector<size_t> out;
    for (double value : *numbers) out.push_back(value >= 0 && value < 1e9 ? static_cast<size_t>(value) : SIZE_MAX);
    return out;
  }

  void readParents(const Json& json) {
    firstParent_.assign(classOf_.size() + 1, 0);
    if (!json["parentIds"].present()) return;
    std::vector<size_t> counts(classOf_.size(), 1);
    if (json["parentCounts"].present()) counts = wholes(json["parentCounts"], classOf_.size(), "parentCounts");
    if (counts.size() != classOf_.size()) return;
    size_t total = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
      firstParent_[i] = total;
      total += std::min(counts[i], kMost);
      if (total > kMost) return firstParent_.assign(classOf_.size() + 1, 0);
    }
    firstParent_.back() = total;
    parents_ = wholes(json["parentIds"], total, "parentIds");
    if (parents_.size() != total) firstParent_.assign(classOf_.size() + 1, 0);
  }

  static bool has(const PropertyTable& table, std::string_view name) {
    return std::any_of(table.columns.begin(), table.columns.end(),
                       [&](const Column& column) { return column.name == name; });
  }

  void addColumn(PropertyTable& table, const std::string& name) const {
    if (has(table, name)) return;
    Texts values;
    for (size_t row = 0; row < table.count; ++row) {
      int budget = 256;  // instances looked at: parents may form any graph
      values.push_back(valueOf(row, name, 0, budget));
    }
    table.columns.push_back({name, std::move(values)});
  }

  std::string valueOf(size_t instance, const std::string& name, int depth, int& budget) const {
    if (instance >= classOf_.size() || depth > kDeepest || --budget < 0) return {};
    for (const Column& column : classes_[classOf_[instance]].columns)
      if (column.name == name) return textAt(column, rowOf_[instance]);
    for (size_t i = firstParent_[instance]; i < firstParent_[instance + 1]; ++i) {
      if (parents_[i] == instance) continue;  // its own parent: it has none
      if (std::string value = valueOf(parents_[i], name, depth + 1, budget); !value.empty()) return value;
    }
    return {};
  }

  std::span<const std::byte> binary_;
  Warnings& warnings_;
  size_t instances_ = 0, cells_ = 0;
  std::vector<Class> classes_;
  std::vector<size_t> classOf_, rowOf_;  // by instance
  std::vector<size_t> firstParent_, parents_;
};

}  // namespace

PropertyTable readPropertyTable(const Json& json, const Json& schema, const ViewReader& view, size_t mostRows,
                                size_t number, Warnings& warnings) {
  PropertyTable table;
  table.count = json["count"].whole().value_or(0);
  if (table.count > mostRows || table.count >= kNoFeature) {
    warnings.push_back(fmt::format("property table {}: {} rows, expected at most {}; left out", number,
                                   grouped(table.count), grouped(std::min<size_t>(mostRows, kNoFeature))));
    table.count = 0;
    return table;
  }
  const Json kind = schema["classes"][json["class"].text()];
  if (!kind.present())
    warnings.push_back(
        fmt::format("property table {}: its class \"{}\" is not in the file's schema", number, json["class"].text()));
  for (const auto& [name, use] : json["properties"].members()) {
    const Json property = kind["properties"][name];
    if (!property.present()) continue;
    if ((table.columns.size() + 1) * table.count > kMaxCells) {
      warnings.push_back(
          fmt::format("property table {}: more than {} values; the rest is left out", number, grouped(kMaxCells)));
      break;
    }
    const Definition definition = definitionOf(property, schema, use);
    auto storage = storageOf(view, use);
    auto column = storage ? PropertyReader(definition, *storage).column(std::string(name), table.count)
                          : Result<Column>(storage.error());
    if (!column) {
      warnings.push_back(fmt::format("property table {}, property {}: {}", number, name, column.error().text()));
      continue;
    }
    if (const std::string semantic = property["semantic"].text(); !semantic.empty()) {
      if (semantic == "ID") table.idColumn = name;
      table.semantics.emplace(name, semantic);
    }
    table.columns.push_back(std::move(*column));
  }
  return table;
}

Schema readSchema(Gltf& gltf, Warnings& warnings) {
  Schema schema;
  const Json metadata = gltf.root()["extensions"]["EXT_structural_metadata"];
  schema.json = metadata["schema"];
  const auto uri = metadata["schemaUri"].string();
  if (!uri || schema.json.present()) return schema;
  auto bytes = gltf.elsewhere(*uri);
  auto document = bytes ? JsonDocument::parse(*bytes) : Result<JsonDocument>(bytes.error());
  if (!document) {
    warnings.push_back(fmt::format("EXT_structural_metadata: schema {}: {}", *uri, document.error().text()));
    return schema;
  }
  schema.document = std::move(*document);
  schema.json = schema.document->root();
  return schema;
}

std::vector<PropertyTable> readPropertyTables(Gltf& gltf, const Json& schema, Warnings& warnings) {
  std::vector<PropertyTable> tables;
  for (const Json& table : gltf.root()["extensions"]["EXT_structural_metadata"]["propertyTables"].items())
    // Rows cost at least a bit each somewhere in the file.
    tables.push_back(readPropertyTable(
        table, schema, [&](size_t view) { return gltf.view(view); }, gltf.fileBytes() * 8, tables.size(), warnings));
  return tables;
}

std::optional<PropertyTable> readPropertyAttributes(Gltf& gltf, const Json& primitive, const Json& schema,
                                                    Warnings& warnings) {
  const auto attributes = gltf.root()["extensions"]["EXT_structural_metadata"]["propertyAttributes"].items();
  PropertyTable table;
  for (const Json& number : primitive["extensions"]["EXT_structural_metadata"]["propertyAttributes"].items()) {
    const auto index = number.whole();
    if (!index || *index >= attributes.size()) continue;
    const Json properties = schema["classes"][attributes[*index]["class"].text()]["properties"];
    for (const auto& [name, use] : attributes[*index]["properties"].members()) {
      const std::string semantic = use["attribute"].text();
      auto accessor = gltf.accessor(primitive["attributes"][semantic].whole().value_or(SIZE_MAX));
      const bool fits = accessor && accessor->components == 1 &&
                        (table.columns.empty() || accessor->count == table.count) &&
                        (table.columns.size() + 1) * accessor->count <= kMaxCells;
      if (!fits) {
        warnings.push_back(fmt::format("property attribute {}: {} cannot be read", name, semantic));
        continue;
      }
      const Definition d = definitionOf(properties[name], schema, use);
      table.count = accessor->count;
      std::vector<double> values(table.count);
      for (size_t i = 0; i < table.count; ++i) {
        values[i] = numberAt(*accessor, i, 0);
        if (!d.noData.empty() && values[i] == d.noData[0]) values[i] = NAN;
        if (!d.scale.empty()) values[i] *= d.scale[0];
        if (!d.offset.empty()) values[i] += d.offset[0];
      }
      table.columns.push_back({std::string(name), std::move(values)});
    }
  }
  if (table.columns.empty()) return {};
  return table;
}

std::function<std::string(std::span<const std::byte>)> valueReader(const Json& property, const Json& schema,
                                                                   const Json& use) {
  Definition definition = definitionOf(property, schema, use);
  if (definition.component.empty()) definition.component = "UINT8";
  return [definition = std::move(definition)](std::span<const std::byte> bytes) {
    Storage storage;
    storage.values = bytes;
    auto column = PropertyReader(definition, storage).column({}, 1);
    return column ? textAt(*column, 0) : std::string();
  };
}

PropertyTable readBatchTable(std::span<const std::byte> json, std::span<const std::byte> binary, size_t count,
                             Warnings& warnings) {
  PropertyTable table;
  table.count = count;
  const size_t end = asText(json).find_last_not_of(std::string_view(" \0\n", 3));
  if (json.empty() || end == std::string_view::npos) return table;
  auto document = JsonDocument::parse(json.first(end + 1));
  if (!document) {
    warnings.push_back(fmt::format("batch table: {}", document.error().text()));
    return table;
  }
  const Json packed = document->root()["extensions"]["3DTILES_draco_point_compression"]["properties"];
  for (const auto& [name, member] : document->root().members()) {
    if (name == "extensions" || name == "extras" || name == "HIERARCHY") continue;
    if (packed[name].present()) continue;  // comes with the points
    if ((table.columns.size() + 1) * count > kMaxCells) {
      warnings.push_back(fmt::format("batch table: more than {} values; the rest is left out", grouped(kMaxCells)));
      break;
    }
    auto column = batchColumn(name, member, binary, count, warnings);
    if (column)
      table.columns.push_back(std::move(*column));
    else
      warnings.push_back(fmt::format("batch table, {}: {}", name, column.error().text()));
  }
  Json hierarchy = document->root()["extensions"]["3DTILES_batch_table_hierarchy"];
  if (!hierarchy.present()) hierarchy = document->root()["HIERARCHY"];  // before it was an extension
  if (hierarchy.present()) Hierarchy(hierarchy, binary, warnings).addTo(table);
  return table;
}

const Column* idColumnOf(const PropertyTable& table) {
  const auto lower = [](std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  };
  if (!table.idColumn.empty())
    for (const Column& column : table.columns)
      if (column.name == table.idColumn) return &column;
  for (std::string_view name : {"id", "gml_id", "gml:id", "gmlid", "globalid", "guid", "uuid", "osm_id", "batchid"})
    for (const Column& column : table.columns)
      if (lower(column.name) == name) return &column;
  return nullptr;
}

std::string textAt(const Column& column, size_t row) {
  if (const auto* texts = std::get_if<Texts>(&column.values))
    return row < texts->size() ? std::string((*texts)[row]) : std::string();
  const auto& numbers = std::get<std::vector<double>>(column.values);
  return row < numbers.size() ? numberText(numbers[row]) : std::string();
}

}  // namespace cm::source
