#include "source/image.h"

#include <gtest/gtest.h>
#include <jpeglib.h>
#include <webp/encode.h>

#include <cstdio>
#include <cstdlib>

#include "source/ktx.h"

namespace cm::source {
namespace {

std::vector<uint8_t> gradient(uint32_t width, uint32_t height) {
  std::vector<uint8_t> rgba;
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x)
      for (uint32_t v : {x * 3, y * 5, 90u, 255u}) rgba.push_back(static_cast<uint8_t>(v));
  return rgba;
}

//! KTX 2.0 of one level of plain RGBA, written by the published format.
Bytes ktx2(uint32_t width, uint32_t height, const std::vector<uint8_t>& rgba) {
  Bytes out;
  const auto put = [&](auto value) {
    const auto* from = reinterpret_cast<const std::byte*>(&value);
    out.insert(out.end(), from, from + sizeof value);
  };
  for (const char c : std::string_view("\xabKTX 20\xbb\r\n\x1a\n", 12)) put(c);
  constexpr uint32_t kDescriptor = 104, kDescriptorBytes = 4 + 24 + 4 * 16, kData = kDescriptor + kDescriptorBytes;
  for (uint32_t word : {43u, 1u, width, height, 0u, 0u, 1u, 1u, 0u})
    put(word);  // VK_FORMAT_R8G8B8A8_SRGB, sizes, counts
  for (uint32_t word : {kDescriptor, kDescriptorBytes, 0u, 0u}) put(word);
  put(uint64_t{0});
  put(uint64_t{0});
  for (uint64_t word : {uint64_t{kData}, uint64_t{rgba.size()}, uint64_t{rgba.size()}}) put(word);
  put(kDescriptorBytes);
  put(uint32_t{0});
  put(uint32_t{2 | (24 + 64) << 16});
  put(uint32_t{1 | 1 << 8 | 2 << 16});  // RGBSDA, BT.709, sRGB
  put(uint32_t{0});
  put(uint64_t{4});
  for (const uint32_t channel : {0u, 1u, 2u, 15u | 16u}) {  // alpha is linear
    put(uint32_t{channel == 31 ? 24 : channel * 8} | 7 << 16 | channel << 24);
    for (const uint32_t word : {0u, 0u, 255u}) put(word);
  }
  const auto pixels = std::as_bytes(std::span(rgba));
  out.insert(out.end(), pixels.begin(), pixels.end());
  return out;
}

TEST(Image, Ktx2WhereTheBuildHasItsLibrary) {
  const std::vector<uint8_t> rgba = gradient(4, 4);
  const Bytes file = ktx2(4, 4, rgba);
  const auto image = decodeImage(file);
  if (readsKtx2()) {
    ASSERT_TRUE(image) << image.error().text();
    EXPECT_EQ(image->width, 4u);
    EXPECT_EQ(image->rgba, rgba);
    for (size_t keep = 0; keep < file.size(); keep += 3) EXPECT_FALSE(decodeImage(std::span(file).first(keep))) << keep;
  } else {
    EXPECT_EQ(image.error().text(), "a KTX texture, for which this build has no libktx; JPEG, PNG and WebP are read");
  }
  EXPECT_EQ(decodeImage(ktx2(100'000, 4, rgba)).error().text(),
            "KTX2 of 100000 x 4 pixels, expected 1 to 16,384 a side");
  EXPECT_EQ(decodeImage(std::span(file).first(60)).error().text(),
            "KTX: found 60 bytes or another version, expected KTX 2.0");
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
