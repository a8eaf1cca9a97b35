#include "source/image.h"

#include <gtest/gtest.h>
#include <jpeglib.h>
#include <webp/encode.h>

#include <cstdio>
#include <cstdlib>

namespace cm::source {
namespace {

std::vector<uint8_t> gradient(uint32_t width, uint32_t height) {
  std::vector<uint8_t> rgba;
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x)
      for (uint32_t v : {x * 3, y * 5, 90u, 255u}) rgba.push_back(static_cast<uint8_t>(v));
  return rgba;
}

TEST(Image, PngRoundTripIsExact) {
  std::vector<uint8_t> rgba = gradient(31, 17);
  rgba[3] = 0;  // alpha is kept
  const Path path = Path(testing::TempDir()) / "cm_image_test" / "picture.png";
  ASSERT_TRUE(writePng(path, 31, 17, rgba));
  auto image = decodeImage(*readFile(path));
  ASSERT_TRUE(image) << image.error().text();
  EXPECT_EQ(image->width, 31u);
  EXPECT_EQ(image->height, 17u);
  EXPECT_EQ(image->rgba, rgba);
  std::filesystem::remove_all(path.parent_path());
}

TEST(Image, WritePngNamesTheFile) {
  auto written = writePng("/proc/nowhere/a.png", 1, 1, std::vector<uint8_t>(4));
  ASSERT_FALSE(written);
  EXPECT_TRUE(written.error().text().starts_with("/proc/nowhere")) << written.error().text();
}

TEST(Image, ReadsJpeg) {
  const auto rgba = gradient(40, 24);
  std::vector<uint8_t> rgb;
  for (size_t i = 0; i < rgba.size(); ++i)
    if (i % 4 != 3) rgb.push_back(rgba[i]);
  jpeg_compress_struct info{};
  jpeg_error_mgr error{};
  info.err = jpeg_std_error(&error);
  jpeg_create_compress(&info);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &data, &size);
  info.image_width = 40;
  info.image_height = 24;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 95, TRUE);
  jpeg_start_compress(&info, TRUE);
  for (size_t y = 0; y < 24; ++y) {
    JSAMPROW row = rgb.data() + y * 120;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  const auto bytes = std::as_bytes(std::span(data, size));
  auto image = decodeImage(bytes);
  ASSERT_TRUE(image) << image.error().text();
  ASSERT_EQ(image->rgba.size(), rgba.size());
  for (size_t i = 0; i < rgba.size(); ++i) EXPECT_NEAR(image->rgba[i], rgba[i], 12);
  EXPECT_FALSE(decodeImage(bytes.first(60)));
  std::free(data);
}

TEST(Image, ReadsWebp) {
  const auto rgba = gradient(20, 10);
  uint8_t* data = nullptr;
  const size_t size = WebPEncodeLosslessRGBA(rgba.data(), 20, 10, 80, &data);
  ASSERT_GT(size, 0u);
  auto image = decodeImage(std::as_bytes(std::span(data, size)));
  ASSERT_TRUE(image) << image.error().text();
  EXPECT_EQ(image->rgba, rgba);
  EXPECT_FALSE(decodeImage(std::as_bytes(std::span(data, size / 2))));
  WebPFree(data);
}

TEST(Image, SaysWhatItCannotRead) {
  EXPECT_EQ(decodeImage(asBytes("GIF89a")).error().text(), "neither JPEG, PNG nor WebP");
  EXPECT_EQ(decodeImage({}).error().text(), "neither JPEG, PNG nor WebP");
  const Bytes png = *encodePng(8, 8, gradient(8, 8));
  auto cut = decodeImage(std::span(png).first(png.size() / 2));
  ASSERT_FALSE(cut);
  EXPECT_TRUE(cut.error().text().starts_with("PNG: ")) << cut.error().text();
}

}  // namespace
}  // namespace cm::source
