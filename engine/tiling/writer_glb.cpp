#include "tiling/writer_glb.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <iterator>

namespace cm::tiling {
namespace {

constexpr float kNoHeight = -9999.0f;  // written where a height is NaN, which JSON cannot declare as noData

template <class... Args>
void put(std::string& json, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(json), format, std::forward<Args>(args)...);
}

//! Length of the UTF-8 sequence at `i`, or 0 where there is none (Unicode 15, table 3-7).
size_t sequenceAt(std::string_view text, size_t i) {
  const auto byte = [&](size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0u; };
  const auto follows = [&](size_t k) { return (byte(k) & 0xc0) == 0x80; };
  const unsigned first = byte(i), second = byte(i + 1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(i + 1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool bad = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f);
    return !bad && follows(i + 1) && follows(i + 2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool bad = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return !bad && follows(i + 1) && follows(i + 2) && follows(i + 3) ? 4 : 0;
  }
  return 0;
}

std::string validUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t length = sequenceAt(text, i);
    if (length == 0) out += "\xef\xbf\xbd";
    else out += text.substr(i, length);
    i += std::max<size_t>(length, 1);
  }
  return out;
}

struct StringColumn {
  const char* name;
  const char* semantic;
  std::string TileFeature::*member;
};
constexpr StringColumn kStrings[] = {{"id", "ID", &TileFeature::id},
                                     {"name", "NAME", &TileFeature::name},
                                     {"class", nullptr, &TileFeature::kind},
                                     {"heightSource", nullptr, &TileFeature::heightSource}};

template <class Offset>
void addOffsets(const std::vector<uint32_t>& offsets, GlbBody& body) {
  const std::vector<Offset> typed(offsets.begin(), offsets.end());
  body.addView(std::as_bytes(std::span(typed)), {});
}

//! A column that is empty in every row is left out: a buffer view may not be empty, and no property is required.
void addStrings(const StringColumn& column, std::span<const TileFeature> features, GlbBody& body, std::string& json) {
  std::string values;
  std::vector<uint32_t> offsets{0};
  offsets.reserve(features.size() + 1);
  for (const TileFeature& feature : features) {
    values += validUtf8(feature.*column.member);
    offsets.push_back(static_cast<uint32_t>(values.size()));
  }
  if (values.empty()) return;
  const size_t valuesView = body.addView(asBytes(values), {});
  const char* type = values.size() <= 0xff ? "UINT8" : values.size() <= 0xffff ? "UINT16" : "UINT32";
  if (values.size() <= 0xff) addOffsets<uint8_t>(offsets, body);
  else if (values.size() <= 0xffff) addOffsets<uint16_t>(offsets, body);
  else addOffsets<uint32_t>(offsets, body);
  put(json, R"({}"{}":{{"values":{},"stringOffsets":{},"stringOffsetType":"{}"}})", json.empty() ? "" : ",", column.name,
      valuesView, valuesView + 1, type);
}

void addHeights(std::span<const TileFeature> features, GlbBody& body, std::string& json) {
  std::vector<float> heights;
  heights.reserve(features.size());
  bool any = false;
  for (const TileFeature& feature : features) {
    const bool known = std::isfinite(feature.heightMetres);
    heights.push_back(known ? feature.heightMetres : kNoHeight);
    any = any || known;
  }
  if (!any) return;
  const size_t view = body.addView(std::as_bytes(std::span(heights)), {});
  put(json, R"({}"height":{{"values":{}}})", json.empty() ? "" : ",", view);
}

std::string schemaJson() {
  std::string json = R"({"id":"citymirror","classes":{"feature":{"name":"Feature","properties":{)";
  for (const StringColumn& column : kStrings) {
    put(json, R"("{}":{{"type":"STRING")", column.name);
    if (column.semantic) put(json, R"(,"semantic":"{}")", column.semantic);
    json += R"(,"noData":""},)";
  }
  put(json, R"("height":{{"description":"metres from the ground to the top","type":"SCALAR","componentType":"FLOAT32","noData":{}}})",
      kNoHeight);
  json += "}}}}";
  return json;
}

void putAccessor(std::string& json, int view, size_t offset, int component, const char* type, size_t count,
                 bool normalized) {
  put(json, R"({{"bufferView":{},"byteOffset":{},"componentType":{},"count":{},"type":"{}")", view, offset, component, count,
      type);
  if (normalized) json += R"(,"normalized":true)";
}

//! glTF component types.
constexpr int kByte = 5120, kUnsignedByte = 5121, kUnsignedShort = 5123, kUnsignedInt = 5125;

void putPrimitives(const GlbScene& scene, bool hasTable, std::string& json) {
  size_t accessor = 0;
  std::string accessors, primitives, materials;
  for (const GlbPrimitive& p : scene.primitives) {
    const size_t base = p.firstVertex * kVertexStride;
    const size_t material = static_cast<size_t>(&p - scene.primitives.data());
    const bool features = hasTable && p.featureCount > 0;
    if (material > 0) {
      accessors += ',';
      primitives += ',';
      materials += ',';
    }
    putAccessor(accessors, 0, base, kUnsignedShort, "VEC3", p.vertexCount, false);
    put(accessors, R"(,"min":[{},{},{}],"max":[{},{},{}]}},)", p.lo[0], p.lo[1], p.lo[2], p.hi[0], p.hi[1], p.hi[2]);
    putAccessor(accessors, 0, base + 8, kByte, "VEC3", p.vertexCount, true);
    accessors += "},";
    putAccessor(accessors, 0, base + 12, kUnsignedByte, "VEC4", p.vertexCount, true);
    accessors += "},";
    putAccessor(accessors, 0, base + 16, kUnsignedByte, "SCALAR", p.vertexCount, true);
    accessors += "},";
    put(primitives, R"({{"attributes":{{"POSITION":{},"NORMAL":{},"COLOR_0":{},"_SKY_VISIBILITY":{})", accessor,
        accessor + 1, accessor + 2, accessor + 3);
    accessor += 4;
    if (p.matter) {
      putAccessor(accessors, 0, base + 16, kUnsignedByte, "VEC4", p.vertexCount, false);  // the sky's byte first
      accessors += "},";
      put(primitives, R"(,"_GROUND":{})", accessor++);
    }
    if (features) {
      putAccessor(accessors, 0, base + 20, kUnsignedShort, "SCALAR", p.vertexCount, false);
      accessors += "},";
      put(primitives, R"(,"_FEATURE_ID_0":{})", accessor++);
    }
    putAccessor(accessors, 1, p.firstIndex * scene.indexWidth, scene.indexWidth == 2 ? kUnsignedShort : kUnsignedInt,
                "SCALAR", p.indexCount, false);
    accessors += '}';
    put(primitives, R"(}},"indices":{},"material":{},"mode":4)", accessor++, material);
    if (features)
      put(primitives,
          R"(,"extensions":{{"EXT_mesh_features":{{"featureIds":[{{"featureCount":{},"nullFeatureId":65535,"attribute":0,"propertyTable":0}}]}}}})",
          p.featureCount);
    primitives += '}';
    put(materials, R"({{"name":"{}","pbrMetallicRoughness":{{"metallicFactor":0,"roughnessFactor":1}}}})", p.material);
  }
  put(json, R"("meshes":[{{"primitives":[{}]}}],"materials":[{}],"accessors":[{}],)", primitives, materials, accessors);
}

//! Buffer 0 is the glb's binary chunk. What meshopt unpacks goes by the extension's rules to a buffer without data, number 1,
//! marked as fallback (EXT_meshopt_compression, "Fallback buffers").
void putBuffers(const GlbBody& body, std::string& json) {
  json += R"("bufferViews":[)";
  size_t unpacked = 0;
  for (size_t i = 0; i < body.views.size(); ++i) {
    const GlbView& view = body.views[i];
    const bool packed = !view.mode.empty();
    const size_t length = view.stride > 0 ? view.stride * view.count : view.storedBytes;
    put(json, R"({}{{"buffer":{},"byteOffset":{},"byteLength":{})", i > 0 ? "," : "", packed ? 1 : 0,
        packed ? unpacked : view.offset, length);
    if (view.target == 34962) put(json, R"(,"byteStride":{})", view.stride);
    if (view.target != 0) put(json, R"(,"target":{})", view.target);
    if (packed) {
      put(json,
          R"(,"extensions":{{"EXT_meshopt_compression":{{"buffer":0,"byteOffset":{},"byteLength":{},"byteStride":{},"count":{},"mode":"{}"}}}})",
          view.offset, view.storedBytes, view.stride, view.count, view.mode);
      unpacked += (length + 7) / 8 * 8;
    }
    json += '}';
  }
  put(json, R"(],"buffers":[{{"byteLength":{}}})", body.bytes.size());
  if (unpacked > 0)
    put(json, R"(,{{"byteLength":{},"extensions":{{"EXT_meshopt_compression":{{"fallback":true}}}}}})", unpacked);
  json += ']';
}

void putUint32(Bytes& bytes, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::byte>(value >> shift));
}

//! glb with the JSON padded so that the binary chunk starts on a multiple of eight (3D Tiles 1.1 asks it of contents).
Bytes container(std::string json, const Bytes& body) {
  constexpr size_t kHeader = 12, kChunkHeader = 8;
  while ((kHeader + kChunkHeader + json.size() + kChunkHeader) % 8 != 0) json += ' ';
  const size_t total = kHeader + kChunkHeader + json.size() + kChunkHeader + body.size();
  Bytes out;
  out.reserve(total);
  putUint32(out, 0x46546c67);  // "glTF"
  putUint32(out, 2);
  putUint32(out, static_cast<uint32_t>(total));
  putUint32(out, static_cast<uint32_t>(json.size()));
  putUint32(out, 0x4e4f534a);  // "JSON"
  const auto text = asBytes(json);
  out.insert(out.end(), text.begin(), text.end());
  putUint32(out, static_cast<uint32_t>(body.size()));
  putUint32(out, 0x004e4942);  // "BIN"
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

}  // namespace

void appendJsonString(std::string& json, std::string_view text) {
  json += '"';
  for (char c : validUtf8(text)) {
    if (c == '"' || c == '\\') (json += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20) put(json, "\\u{:04x}", static_cast<unsigned>(c));
    else json += c;
  }
  json += '"';
}

size_t GlbBody::addView(std::span<const std::byte> data, GlbView view) {
  view.offset = bytes.size();
  view.storedBytes = data.size();
  bytes.insert(bytes.end(), data.begin(), data.end());
  bytes.resize((bytes.size() + 7) / 8 * 8);
  views.push_back(std::move(view));
  return views.size() - 1;
}

Bytes assembleGlb(const GlbScene& scene, GlbBody& body) {
  const bool compressed = !body.views[0].mode.empty();
  bool anyFeature = false;
  for (const GlbPrimitive& p : scene.primitives) anyFeature = anyFeature || p.featureCount > 0;
  std::string properties;
  if (anyFeature) {
    for (const StringColumn& column : kStrings) addStrings(column, scene.features, body, properties);
    addHeights(scene.features, body, properties);
  }
  const bool hasTable = !properties.empty();

  std::string json = R"({"asset":{"version":"2.0","generator":"CityMirror")";
  if (!scene.copyright.empty()) {
    json += R"(,"copyright":)";
    appendJsonString(json, scene.copyright);
  }
  json += R"(},"extensionsUsed":["KHR_mesh_quantization")";
  if (compressed) json += R"(,"EXT_meshopt_compression")";
  if (hasTable) json += R"(,"EXT_mesh_features","EXT_structural_metadata")";
  json += R"(],"extensionsRequired":["KHR_mesh_quantization")";
  if (compressed) json += R"(,"EXT_meshopt_compression")";
  const glm::dvec3& t = scene.translation;
  put(json, R"(],"scene":0,"scenes":[{{"nodes":[0]}}],"nodes":[{{"mesh":0,"translation":[{},{},{}],"scale":[{},{},{}]}}],)", t.x,
      t.y, t.z, scene.scale, scene.scale, scene.scale);
  putPrimitives(scene, hasTable, json);
  putBuffers(body, json);
  if (hasTable)
    put(json,
        R"(,"extensions":{{"EXT_structural_metadata":{{"schema":{},"propertyTables":[{{"name":"features","class":"feature","count":{},"properties":{{{}}}}}]}}}})",
        schemaJson(), scene.features.size(), properties);
  json += '}';
  return container(std::move(json), body.bytes);
}

}  // namespace cm::tiling
