// Addresses and arithmetic of map tiles, by values known from elsewhere.
#include "source/imagery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cm::source {
namespace {

using testing::HasSubstr;
using testing::Not;

glm::uvec2 tileAt(TileMatrix matrix, int level, glm::dvec2 lonLat) {
  return glm::uvec2(matrixPlace(matrix, lonLat) * glm::dvec2(tileCounts(matrix, level)));
}

TEST(ImageryTiles, KnownPlacesFallIntoKnownTiles) {
  // The worked example of the OpenStreetMap wiki ("Slippy map tilenames"): 139.7006793, 35.6590699 at zoom 18.
  EXPECT_EQ(tileAt(TileMatrix::WebMercator, 18, {139.7006793, 35.6590699}), glm::uvec2(232798, 103246));
  EXPECT_EQ(tileAt(TileMatrix::WebMercator, 1, {120, 36}), glm::uvec2(1, 0));
  EXPECT_EQ(tileAt(TileMatrix::Geographic, 0, {120, 36}), glm::uvec2(1, 0));
  EXPECT_EQ(tileAt(TileMatrix::Geographic, 1, {120, 36}), glm::uvec2(3, 0));
}

TEST(ImageryTiles, RectanglesAreThoseOfTheMatrices) {
  const DegreeRectangle world = rectangleOf(TileMatrix::WebMercator, {0, 0, 0});
  EXPECT_NEAR(world.north, 85.0511287798, 1e-9);
  EXPECT_NEAR(world.south, -85.0511287798, 1e-9);
  const DegreeRectangle quarter = rectangleOf(TileMatrix::Geographic, {1, 3, 0});
  EXPECT_DOUBLE_EQ(quarter.west, 90);
  EXPECT_DOUBLE_EQ(quarter.south, 0);
  EXPECT_DOUBLE_EQ(quarter.north, 90);
  EXPECT_EQ(ancestorOf({18, 232798, 103246}, 16), (ImageryTile{16, 58199, 25811}));
  // OGC 07-057r7, annex E.4 (GoogleMapsCompatible): 156543.0339 m a pixel at level 0, 0.5971642 at 18.
  EXPECT_NEAR(metresPerPixel(TileMatrix::WebMercator, 0, 0), 156543.0339280410, 1e-6);
  EXPECT_NEAR(metresPerPixel(TileMatrix::WebMercator, 18, 0), 0.5971642833948135, 1e-9);
  EXPECT_NEAR(metresPerPixel(TileMatrix::WebMercator, 18, 60), 0.2985821417, 1e-9);
}

TEST(ImageryTiles, PlacesComeBack) {
  for (TileMatrix matrix : {TileMatrix::WebMercator, TileMatrix::Geographic})
    for (glm::dvec2 lonLat : {glm::dvec2(120.3, 36.06), {-179.9, -80}, {0, 0}, {77, 84.9}}) {
      const glm::dvec2 back = lonLatOfPlace(matrix, matrixPlace(matrix, lonLat));
      EXPECT_NEAR(back.x, lonLat.x, 1e-11);
      EXPECT_NEAR(back.y, lonLat.y, 1e-11);
    }
}

TEST(ImageryTemplates, XyzAndTms) {
  ImageryTemplate xyz{
      .uri = "https://{s}.example.org/{z}/{x}/{y}.png?k={key}", .subdomains = {"a", "b"}, .key = "secret"};
  EXPECT_EQ(imageryUri(xyz, {3, 5, 2}), "https://b.example.org/3/5/2.png?k=secret");
  ImageryTemplate tms{.kind = ImageryKind::Tms, .uri = "tiles/{z}/{x}/{y}.jpg"};
  EXPECT_EQ(imageryUri(tms, {3, 5, 2}), "tiles/3/5/5.jpg");
  xyz.uri = "{z}/{x}/{-y}.png{unknown}{";
  EXPECT_EQ(imageryUri(xyz, {3, 5, 2}), "3/5/5.png{unknown}{");
}

TEST(ImageryTemplates, WmtsByKeyAndValue) {
  // Tianditu's image layer in degrees ("c"), whose levels begin at 1.
  ImageryTemplate tianditu{.kind = ImageryKind::Wmts,
                           .matrix = TileMatrix::Geographic,
                           .uri = "https://t{s}.tianditu.gov.cn/img_c/wmts?tk={key}",
                           .layer = "img",
                           .style = "default",
                           .matrixSet = "c",
                           .subdomains = {"0", "1", "2", "3", "4", "5", "6", "7"},
                           .levelOffset = 1,
                           .key = "0123"};
  EXPECT_EQ(
      imageryUri(tianditu, {9, 854, 153}),
      "https://t7.tianditu.gov.cn/img_c/wmts?tk=0123&SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=img&STYLE=default"
      "&TILEMATRIXSET=c&FORMAT=tiles&TILEMATRIX=10&TILEROW=153&TILECOL=854");
  tianditu.uri = "http://example.org/wmts?service=WMTS&format=image/png&";
  EXPECT_THAT(imageryUri(tianditu, {9, 854, 153}), Not(HasSubstr("SERVICE=")));
  EXPECT_THAT(imageryUri(tianditu, {9, 854, 153}), Not(HasSubstr("FORMAT=")));
  EXPECT_THAT(imageryUri(tianditu, {9, 854, 153}), HasSubstr("image/png&REQUEST=GetTile&"));
}

TEST(ImageryTemplates, WmtsByPath) {
  const ImageryTemplate rest{
      .kind = ImageryKind::Wmts,
      .uri = "https://example.org/{Layer}/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png",
      .layer = "ortho",
      .style = "normal",
      .matrixSet = "GoogleMapsCompatible"};
  EXPECT_EQ(imageryUri(rest, {3, 5, 2}), "https://example.org/ortho/normal/GoogleMapsCompatible/3/2/5.png");
}

TEST(ImageryTemplates, WmsAsksForTheRectangle) {
  ImageryTemplate wms{
      .kind = ImageryKind::Wms, .uri = "https://example.org/wms", .layer = "a,b", .format = "image/png"};
  EXPECT_EQ(imageryUri(wms, {1, 1, 0}),
            "https://example.org/wms?SERVICE=WMS&REQUEST=GetMap&VERSION=1.3.0&LAYERS=a,b&STYLES=&FORMAT=image/"
            "png&CRS=EPSG:3857"
            "&BBOX=0,0,20037508.3428,20037508.3428&WIDTH=256&HEIGHT=256");
  wms.matrix = TileMatrix::Geographic;
  EXPECT_THAT(imageryUri(wms, {1, 3, 0}), HasSubstr("CRS=CRS:84&BBOX=90,0,180,90&"));
  wms.uri = "https://example.org/wms?version=1.1.1";
  EXPECT_THAT(imageryUri(wms, {1, 3, 0}), HasSubstr("SRS=EPSG:4326&BBOX=90,0,180,90&"));
}

TEST(ImageryTemplates, MbtilesIsAFolderOfTiles) {
  EXPECT_EQ(imageryUri({.kind = ImageryKind::Mbtiles, .uri = "city/ortho.mbtiles"}, {3, 5, 2}),
            "city/ortho.mbtiles/3/5/2");
}

}  // namespace
}  // namespace cm::source
