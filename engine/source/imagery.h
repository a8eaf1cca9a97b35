//! Map tiles of others: which tile of a matrix covers a place, and the address of a tile by an XYZ, TMS, WMTS or WMS template.
//! Rows are counted from the north everywhere here; what a service counts otherwise is turned round in its address.
//! Formats: OGC 07-057r7 (WMTS 1.0.0), OGC 06-042 (WMS 1.3.0), OSGeo TMS 1.0.0. Pure; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <glm/glm.hpp>
#include <string>
#include <vector>

namespace cm::source {

//! WebMercator: EPSG:3857, one tile at level 0. Geographic: WGS84 degrees, two tiles side by side at level 0.
enum class TileMatrix { WebMercator, Geographic };

struct ImageryTile {
  int level = 0;
  uint32_t x = 0, y = 0;
  auto operator<=>(const ImageryTile&) const = default;  // NOLINT(modernize-use-nullptr): the zero it compares with is no pointer
};
inline constexpr int kMaxImageryLevel = 26;  // 2 mm a pixel: finer than any picture of the ground

struct DegreeRectangle {
  double west = -180, south = -90, east = 180, north = 90;
};

//! Of a level: columns and rows.
glm::uvec2 tileCounts(TileMatrix matrix, int level);
//! 0..1 of the matrix, from the west and from the north; what lies outside of it is laid on its border.
glm::dvec2 matrixPlace(TileMatrix matrix, glm::dvec2 lonLatDegrees);
glm::dvec2 lonLatOfPlace(TileMatrix matrix, glm::dvec2 place);
DegreeRectangle rectangleOf(TileMatrix matrix, const ImageryTile& tile);
//! The tile of `level` (at most the tile's own) that contains it.
ImageryTile ancestorOf(const ImageryTile& tile, int level);
//! Metres a pixel of a level covers at a latitude, tiles being 256 pixels wide.
double metresPerPixel(TileMatrix matrix, int level, double latDegrees);

enum class ImageryKind { Xyz, Tms, Wmts, Wms, Mbtiles };

//! How a service's tiles are called. In `uri`, these are replaced: {z} {x} {y} {-y} (y from the south; for Tms it is {y} that
//! is), {s} (one of `subdomains`), {key}, {TileMatrix} {TileRow} {TileCol} {TileMatrixSet} {Layer} {Style} {bbox} {width}
//! {height}. To a Wmts or Wms address without the place of a tile in it, the parameters of GetTile or GetMap are added; those
//! that are in it stay as they are. Mbtiles: the file's address.
struct ImageryTemplate {
  ImageryKind kind = ImageryKind::Xyz;
  TileMatrix matrix = TileMatrix::WebMercator;
  std::string uri;
  std::string layer, style, matrixSet, format;
  std::vector<std::string> subdomains;
  int levelOffset = 0;                       // added to the level in addresses: some matrices begin to count at 1
  std::string key;                           // a secret
};
std::string imageryUri(const ImageryTemplate& from, const ImageryTile& tile);

}  // namespace cm::source
