#include <cpl_conv.h>
#include <gdal.h>
#include <gdalwarper.h>
#include <ogr_srs_api.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "tiling/gdal_text.h"
#include "tiling/readers.h"

namespace cm::tiling {
namespace {

//! Heights on a grid of WGS84 degrees; NaN where unknown.
struct Grid {
  glm::dvec2 lo{0}, step{1};  // of the first cell's centre
  int columns = 0, rows = 0;  // rows from the south
  std::vector<float> heights;

  //! Bilinear between cell centres; where some of the four are unknown the nearest that is known.
  double at(double lon, double lat) const {
    double u = (lon - lo.x) / step.x, v = (lat - lo.y) / step.y;
    if (!(u > -0.75) || !(v > -0.75) || u > columns - 0.25 || v > rows - 0.25)
      return std::numeric_limits<double>::quiet_NaN();
    u = std::clamp(u, 0.0, columns - 1.0);
    v = std::clamp(v, 0.0, rows - 1.0);
    int i = std::min(static_cast<int>(u), columns - 2), j = std::min(static_cast<int>(v), rows - 2);
    double s = u - i, t = v - j;
    const float* a = heights.data() + static_cast<size_t>(j) * static_cast<size_t>(columns) + static_cast<size_t>(i);
    const float* b = a + columns;
    double mixed = (1 - t) * ((1 - s) * a[0] + s * a[1]) + t * ((1 - s) * b[0] + s * b[1]);
    if (std::isfinite(mixed)) return mixed;
    const float near[4] = {s < 0.5 ? (t < 0.5 ? a[0] : b[0]) : (t < 0.5 ? a[1] : b[1]), a[0], a[1], b[0]};
    return near[0];
  }
};

struct Closer {
  void operator()(GDALDatasetH set) const { GDALClose(set); }
};
using Dataset = std::unique_ptr<std::remove_pointer_t<GDALDatasetH>, Closer>;

}  // namespace

Result<Dem> readDem(const std::string& file, const std::string& crs, const glm::dvec4& box) {
  GdalMessages messages;
  std::string name =
      file.ends_with(".zip") && !file.starts_with("/vsi") && !file.ends_with(".hgt.zip") ? "/vsizip/" + file : file;
  Dataset source(GDALOpen(name.c_str(), GA_ReadOnly));
  if (!source)
    return makeError("{}: 无法作为高程模型读取 / cannot be read as an elevation model: {}", file, messages.text());
  if (GDALGetRasterCount(source.get()) < 1)
    return makeError("{}: 没有栅格波段，应为高程 / has no raster band, expected heights", file);
  const char* known = GDALGetProjectionRef(source.get());
  std::string from = crs.empty() ? std::string(known ? known : "") : crs;
  if (from.empty())
    return makeError(
        "{}: 未写明坐标系；请在文件后用 --crs EPSG:n 指明 / names no coordinate reference system, expected one; say "
        "which with --crs EPSG:n after the file",
        file);
  OGRSpatialReferenceH reference = OSRNewSpatialReference(nullptr);
  if (OSRSetFromUserInput(reference, from.c_str()) != OGRERR_NONE) {
    OSRDestroySpatialReference(reference);
    return makeError(
        "{0}: 无法识别坐标系“{1}”，应为 EPSG:n 或 WKT / coordinate reference system \"{1}\" is not known, expected "
        "EPSG:n or WKT",
        file, from.substr(0, 80));
  }
  char* wkt = nullptr;
  OSRExportToWkt(reference, &wkt);
  std::string sourceWkt = wkt ? wkt : "";
  CPLFree(wkt);
  OSRDestroySpatialReference(reference);
  OGRSpatialReferenceH degrees = OSRNewSpatialReference(nullptr);
  OSRImportFromEPSG(degrees, 4326);
  OSRSetAxisMappingStrategy(degrees, OAMS_TRADITIONAL_GIS_ORDER);
  char* targetText = nullptr;
  OSRExportToWkt(degrees, &targetText);
  std::string targetWkt = targetText ? targetText : "";
  CPLFree(targetText);
  OSRDestroySpatialReference(degrees);

  // The warped view has the file's own resolution; only the box is read from it.
  Dataset warped(
      GDALAutoCreateWarpedVRT(source.get(), sourceWkt.c_str(), targetWkt.c_str(), GRA_Bilinear, 0.0, nullptr));
  if (!warped)
    return makeError("{}: 无法换算为经纬度 / cannot be converted to longitude and latitude: {}", file, messages.text());
  double transform[6];
  if (GDALGetGeoTransform(warped.get(), transform) != CE_None || transform[1] <= 0 || transform[5] >= 0)
    return makeError(
        "{}: 没有可用的地理定位，应为正北向栅格 / has no usable position (geotransform), expected a north-up raster",
        file);
  int width = GDALGetRasterXSize(warped.get()), height = GDALGetRasterYSize(warped.get());
  auto column = [&](double lon) {
    return static_cast<int>(std::clamp(std::floor((lon - transform[0]) / transform[1]), -2.0, width + 2.0));
  };
  auto row = [&](double lat) {
    return static_cast<int>(std::clamp(std::floor((lat - transform[3]) / transform[5]), -2.0, height + 2.0));
  };
  int x0 = std::max(column(box.x) - 2, 0), x1 = std::min(column(box.z) + 3, width);
  int y0 = std::max(row(box.w) - 2, 0), y1 = std::min(row(box.y) + 3, height);
  if (x1 - x0 < 2 || y1 - y0 < 2)
    return makeError(
        "{0}: 覆盖经度 {1:.4f} 至 {2:.4f}、纬度 {3:.4f} 至 {4:.4f}，与城市范围不相交；请检查 --crs / covers longitude "
        "{1:.4f} to {2:.4f}, latitude {3:.4f} to {4:.4f} and nothing of the city at {5:.4f} to {6:.4f}, {7:.4f} to "
        "{8:.4f}; is its --crs right?",
        file, transform[0], transform[0] + width * transform[1], transform[3] + height * transform[5], transform[3],
        box.x, box.z, box.y, box.w);
  auto grid = std::make_shared<Grid>();
  grid->columns = x1 - x0;
  grid->rows = y1 - y0;
  grid->step = {transform[1], -transform[5]};
  grid->lo = {transform[0] + (x0 + 0.5) * transform[1], transform[3] + (y1 - 0.5) * transform[5]};
  grid->heights.resize(static_cast<size_t>(grid->columns) * static_cast<size_t>(grid->rows));
  GDALRasterBandH band = GDALGetRasterBand(warped.get(), 1);
  int hasNothing = 0;
  double nothing = GDALGetRasterNoDataValue(band, &hasNothing);
  size_t knownCells = 0;
  for (int y = 0; y < grid->rows; ++y) {
    float* line = grid->heights.data() + static_cast<size_t>(grid->rows - 1 - y) * static_cast<size_t>(grid->columns);
    if (GDALRasterIO(band, GF_Read, x0, y0 + y, grid->columns, 1, line, grid->columns, 1, GDT_Float32, 0, 0) != CE_None)
      return makeError("{0}: 第 {1} 行无法读取 / row {1} cannot be read: {2}", file, y0 + y, messages.text());
    for (int x = 0; x < grid->columns; ++x) {
      bool unknown =
          (hasNothing && line[x] == static_cast<float>(nothing)) || !(line[x] > -12'000) || !(line[x] < 9'000);
      if (unknown)
        line[x] = std::numeric_limits<float>::quiet_NaN();
      else
        ++knownCells;
    }
  }
  Dem dem;
  dem.terrain = [grid](double lon, double lat) { return grid->at(lon, lat); };
  dem.name = std::filesystem::path(file).filename().string();
  dem.bboxDegrees = {grid->lo, grid->lo + grid->step * glm::dvec2(grid->columns - 1, grid->rows - 1)};
  dem.knownShare = static_cast<double>(knownCells) / static_cast<double>(grid->heights.size());
  if (knownCells == 0)
    return makeError(
        "{}: 城市范围内没有高程（全部为无数据） / has no known height under the city (all cells are no-data)", file);
  return dem;
}

Dem combined(const std::vector<Dem>& models) {
  if (models.size() == 1) return models.front();
  Dem all;
  std::vector<TerrainFunction> functions;
  for (const auto& model : models) {
    functions.push_back(model.terrain);
    all.name += (all.name.empty() ? "" : ", ") + model.name;
  }
  if (!functions.empty())
    all.terrain = [functions](double lon, double lat) {
      double height = std::numeric_limits<double>::quiet_NaN();
      for (const auto& function : functions)
        if (height = function(lon, lat); std::isfinite(height)) break;
      return height;
    };
  return all;
}

}  // namespace cm::tiling
