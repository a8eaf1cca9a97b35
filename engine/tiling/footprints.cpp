#include <cpl_conv.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>

#include "tiling/convert.h"
#include "tiling/gdal_text.h"
#include "tiling/plane.h"
#include "tiling/readers.h"
#include "tiling/tags.h"

namespace cm::tiling {
namespace {

struct DatasetCloser {
  void operator()(GDALDatasetH set) const { GDALClose(set); }
};
struct FeatureCloser {
  void operator()(OGRFeatureH feature) const { OGR_F_Destroy(feature); }
};

//! Where in a layer the fields we know stand; -1: not there.
struct Fields {
  int height = -1, levels = -1;
  std::vector<std::pair<std::string, int>> tags;  // OSM-like names that buildingFrom understands
  int id = -1;
};

std::string fieldNames(OGRFeatureDefnH definition) {
  std::string names;
  for (int i = 0; i < OGR_FD_GetFieldCount(definition); ++i)
    names += (i ? ", " : "") + std::string(OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, i)));
  return names.empty() ? "none" : names;
}

Result<Fields> fieldsOf(OGRFeatureDefnH definition, const FootprintFields& wanted, const std::string& file) {
  Fields fields;
  for (auto [name, index] : {std::pair{&wanted.height, &fields.height}, std::pair{&wanted.levels, &fields.levels}}) {
    if (name->empty()) continue;
    *index = OGR_FD_GetFieldIndex(definition, name->c_str());
    if (*index < 0)
      return makeError("{0}: 没有字段“{1}” / has no field \"{1}\", found: {2}", file, *name, fieldNames(definition));
  }
  for (const char* id : {"id", "@id", "osm_id", "gml_id", "fid", "objectid", "ref"})
    if (fields.id < 0) fields.id = OGR_FD_GetFieldIndex(definition, id);
  for (const char* tag : {"name", "name:zh", "building", "roof:shape", "roof:height", "building:colour", "roof:colour",
                          "min_height", "height", "building:levels", "amenity", "historic"})
    if (int at = OGR_FD_GetFieldIndex(definition, tag); at >= 0) fields.tags.emplace_back(tag, at);
  return fields;
}

std::vector<glm::dvec2> ringOf(OGRGeometryH ring) {
  std::vector<glm::dvec2> points;
  const int count = OGR_G_GetPointCount(ring);
  points.reserve(count);
  for (int i = 0; i < count; ++i) points.emplace_back(OGR_G_GetX(ring, i), OGR_G_GetY(ring, i));
  if (points.size() > 1 && points.front() == points.back()) points.pop_back();
  return points;
}

//! All polygons of a geometry, however nested.
void collectPolygons(OGRGeometryH geometry, std::vector<city::Polygon>& polygons) {
  if (!geometry) return;
  OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(geometry));
  if (type == wkbPolygon) {
    auto& rings = polygons.emplace_back();
    for (int i = 0; i < OGR_G_GetGeometryCount(geometry); ++i)
      rings.push_back(ringOf(OGR_G_GetGeometryRef(geometry, i)));
    if (rings.empty()) polygons.pop_back();
  } else if (type == wkbMultiPolygon || type == wkbGeometryCollection) {
    for (int i = 0; i < OGR_G_GetGeometryCount(geometry); ++i)
      collectPolygons(OGR_G_GetGeometryRef(geometry, i), polygons);
  }
}

std::string crsOf(OGRLayerH layer) {
  OGRSpatialReferenceH reference = OGR_L_GetSpatialRef(layer);
  if (!reference) return {};
  const char* authority = OSRGetAuthorityName(reference, nullptr);
  const char* code = OSRGetAuthorityCode(reference, nullptr);
  if (authority && code) {
    // CRS84 is WGS84 with longitude first, which is what OGR hands out for EPSG:4326 as well.
    if (std::string_view(code) == "CRS84") return "EPSG:4326";
    return fmt::format("{}:{}", authority, code);
  }
  char* wkt = nullptr;
  OSRExportToWkt(reference, &wkt);
  std::string text = wkt ? wkt : "";
  CPLFree(wkt);
  return text;
}

class LayerReader {
 public:
  LayerReader(const std::string& file, const ReadOptions& options, Builder& builder, ReadReport& report)
      : file_(file), options_(options), builder_(builder), report_(report) {}

  Result<void> read(OGRLayerH layer, const FootprintFields& wanted, GdalMessages& messages) {
    auto fields = fieldsOf(OGR_L_GetLayerDefn(layer), wanted, file_);
    if (!fields) return fields.error();
    auto convert = Converter::from(options_.crs.empty() ? crsOf(layer) : options_.crs);
    if (!convert) return convert.error().within("{}", file_);
    report_.crs = convert->name();
    stem_ = std::filesystem::path(file_).stem().string();
    auto total = static_cast<double>(OGR_L_GetFeatureCount(layer, 0));
    OGR_L_ResetReading(layer);
    messages.clear();
    size_t bad = 0;
    for (double done = 0;; ++done) {
      std::unique_ptr<void, FeatureCloser> feature(OGR_L_GetNextFeature(layer));
      if (!feature) break;
      auto added = add(feature.get(), *fields, *convert, bad);
      if (!added) return added;
      if (options_.progress && std::fmod(done, 4096) == 0) options_.progress(done, std::max(total, done));
    }
    report_.residualMetres = std::max(report_.residualMetres, convert->residualMetres());
    if (messages.text().find("rror") != std::string::npos || CPLGetLastErrorType() == CE_Failure)
      report_.cutOff = makeError("{0}: 第 {1} 个要素之后已损坏 / broken after feature {1}: {2}", file_,
                                 report_.buildings, messages.text());
    // One wrong system makes all coordinates wrong: then it is not the data but the --crs that has to be said.
    if (report_.buildings == 0 && bad > 0) return Error(firstBad_).within("{}", file_);
    return {};
  }

 private:
  std::string text(OGRFeatureH feature, int field) const {
    return OGR_F_IsFieldSetAndNotNull(feature, field) ? OGR_F_GetFieldAsString(feature, field) : "";
  }

  Result<void> add(OGRFeatureH feature, const Fields& fields, const Converter& convert, size_t& bad) {
    std::string own = fields.id >= 0 ? text(feature, fields.id) : "";
    std::string id = fmt::format("{}/{}", stem_, own.empty() ? std::to_string(OGR_F_GetFID(feature)) : own);
    std::vector<city::Polygon> polygons;
    collectPolygons(OGR_F_GetGeometryRef(feature), polygons);
    if (polygons.empty()) {
      note(id, "has no polygon, expected a footprint");
      return {};
    }
    std::vector<std::string> values;
    for (const auto& [name, at] : fields.tags) values.push_back(text(feature, at));
    std::vector<Tag> tags{{"building", "yes"}};
    for (size_t i = 0; i < values.size(); ++i)
      if (!values[i].empty()) tags.emplace_back(fields.tags[i].first, values[i]);
    if (auto kind = valueOf(std::span(tags).subspan(1), "building"); !kind.empty()) tags.front().second = kind;
    Building building = buildingFrom(tags);
    applyHeights(feature, fields, building);
    for (auto& polygon : polygons) {
      for (auto& ring : polygon) {
        auto converted = convert(ring);
        if (converted) continue;
        if (bad++ == 0) firstBad_ = fmt::format("{}: {}", id, converted.error().text());
        note(id, converted.error().text());
        builder_.notePartial();
        return {};
      }
      if (options_.bboxDegrees) {
        glm::dvec2 at = pointInside(polygon);
        const glm::dvec4& box = *options_.bboxDegrees;
        if (at.x < box.x || at.x > box.z || at.y < box.y || at.y > box.w) continue;
      }
      Building one = building;
      one.id = id;
      one.rings = std::move(polygon);
      ++report_.buildings;
      if (auto added = builder_.add(std::move(one)); !added) return added;
    }
    return {};
  }

  void applyHeights(OGRFeatureH feature, const Fields& fields, Building& building) const {
    if (fields.height >= 0) {
      auto height = parseMetres(text(feature, fields.height));
      if (height && *height > 0.3 && *height < 1000) {
        building.height = static_cast<float>(*height);
        building.heightSource = HeightSource::Measured;
        return;
      }
    }
    if (fields.levels >= 0) {
      auto levels = parseCount(text(feature, fields.levels));
      if (levels && *levels > 0 && *levels < 300) {
        building.height = static_cast<float>(*levels * kStoreyMetres);
        building.heightSource = HeightSource::Levels;
      }
    }
  }

  void note(const std::string& id, const std::string& what) {
    report_.problems.push_back(fmt::format("{}: {}: {}; left out", file_, id, what));
    builder_.noteDropped(fmt::format("{}: {}", id, what));
  }

  const std::string& file_;
  const ReadOptions& options_;
  Builder& builder_;
  ReadReport& report_;
  std::string stem_, firstBad_;
};

}  // namespace

Result<ReadReport> readFootprints(const std::string& file, const FootprintFields& fields, const ReadOptions& options,
                                  Builder& builder) {
  GdalMessages messages;
  ReadReport report;
  std::unique_ptr<void, DatasetCloser> set(
      GDALOpenEx(file.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY, nullptr, nullptr, nullptr));
  if (!set) return makeError("{}: 无法作为建筑底面读取 / cannot be read as footprints: {}", file, messages.text());
  LayerReader reader(file, options, builder, report);
  size_t used = 0;
  for (int i = 0; i < GDALDatasetGetLayerCount(set.get()); ++i) {
    OGRLayerH layer = GDALDatasetGetLayer(set.get(), i);
    OGRwkbGeometryType type = wkbFlatten(OGR_L_GetGeomType(layer));
    if (type != wkbPolygon && type != wkbMultiPolygon && type != wkbUnknown && type != wkbGeometryCollection) continue;
    ++used;
    CPLErrorReset();
    if (auto read = reader.read(layer, fields, messages); !read) return read.error();
  }
  if (used == 0)
    return makeError(
        "{0}: 有 {1} 个图层，但没有面图层，应为建筑底面 / has {1} layers and none of polygons, expected footprints",
        file, GDALDatasetGetLayerCount(set.get()));
  return report;
}

}  // namespace cm::tiling
