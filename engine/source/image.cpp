#include "source/image.h"

#include <jpeglib.h>
#include <png.h>
#include <webp/decode.h>
#include <zlib.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "source/json.h"
#include "source/ktx.h"

namespace cm::source {
namespace {

constexpr uint64_t kMaxPixels = uint64_t{1} << 26;  // 256 MiB: a small file may claim any size

Result<void> checkSize(std::string_view format, uint64_t width, uint64_t height, uint32_t mostSide) {
  if (width == 0 || height == 0 || width > mostSide || height > mostSide)
    return makeError("{} of {} x {} pixels, expected 1 to {} a side", format, width, height, grouped(mostSide));
  if (width * height > kMaxPixels)
    return makeError("{} of {} x {} pixels, more than {} in all", format, width, height, grouped(kMaxPixels));
  return {};
}

//! libjpeg leaves by longjmp. The frame that calls setjmp holds nothing with a destructor that the jump could skip.
struct JpegError {
  jpeg_error_mgr manager;
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
};

void jpegFailed(j_common_ptr info) {
  auto* error = reinterpret_cast<JpegError*>(info->err);
  error->manager.format_message(info, error->message);
  std::longjmp(error->back, 1);
}
void jpegSilent(j_common_ptr) {}

bool readJpegHeader(jpeg_decompress_struct& info, JpegError& error, std::span<const std::byte> bytes) {
  if (setjmp(error.back)) return false;
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&info, TRUE);
  return true;
}

bool readJpegRows(jpeg_decompress_struct& info, JpegError& error, uint8_t* rgba) {
  if (setjmp(error.back)) return false;
  info.out_color_space = JCS_EXT_RGBA;
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = rgba + size_t{info.output_scanline} * info.output_width * 4;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  return true;
}

Result<Image> decodeJpeg(std::span<const std::byte> bytes, uint32_t mostSide) {
  jpeg_decompress_struct info{};
  JpegError error{};
  info.err = jpeg_std_error(&error.manager);
  error.manager.error_exit = jpegFailed;
  error.manager.output_message = jpegSilent;
  Image image;
  bool good = readJpegHeader(info, error, bytes);
  Result<void> sized;
  if (good) {
    sized = checkSize("JPEG", info.image_width, info.image_height, mostSide);
    if (sized) {
      image.width = info.image_width;
      image.height = info.image_height;
      image.rgba.resize(size_t{image.width} * image.height * 4);
      good = readJpegRows(info, error, image.rgba.data());
    }
  }
  jpeg_destroy_decompress(&info);
  if (!sized) return sized.error();
  if (!good) return makeError("JPEG: {}", error.message);
  return image;
}

Result<Image> decodePng(std::span<const std::byte> bytes, uint32_t mostSide) {
  png_image info{};
  info.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&info, bytes.data(), bytes.size())) return makeError("PNG: {}", info.message);
  if (auto sized = checkSize("PNG", info.width, info.height, mostSide); !sized) {
    png_image_free(&info);
    return sized.error();
  }
  info.format = PNG_FORMAT_RGBA;
  Image image;
  image.width = info.width;
  image.height = info.height;
  image.rgba.resize(PNG_IMAGE_SIZE(info));
  if (!png_image_finish_read(&info, nullptr, image.rgba.data(), 0, nullptr)) return makeError("PNG: {}", info.message);
  return image;
}

Result<Image> decodeWebp(std::span<const std::byte> bytes, uint32_t mostSide) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  int width = 0, height = 0;
  if (!WebPGetInfo(data, bytes.size(), &width, &height)) return makeError("WebP: damaged header");
  if (auto sized = checkSize("WebP", static_cast<uint64_t>(width), static_cast<uint64_t>(height), mostSide); !sized)
    return sized.error();
  Image image;
  image.width = static_cast<uint32_t>(width);
  image.height = static_cast<uint32_t>(height);
  image.rgba.resize(size_t{image.width} * image.height * 4);
  if (!WebPDecodeRGBAInto(data, bytes.size(), image.rgba.data(), image.rgba.size(), width * 4))
    return makeError("WebP: damaged data");
  return image;
}

void pngFailed(png_structp png, png_const_charp message) {
  *static_cast<std::string*>(png_get_error_ptr(png)) = message;
  png_longjmp(png, 1);
}
void pngSilent(png_structp, png_const_charp) {}
void pngAppend(png_structp png, png_bytep data, size_t size) {
  auto* out = static_cast<Bytes*>(png_get_io_ptr(png));
  const auto* from = reinterpret_cast<const std::byte*>(data);
  out->insert(out->end(), from, from + size);
}

bool writeRows(png_structp png, png_infop info, uint32_t width, uint32_t height, const uint8_t* rgba) {
  if (setjmp(png_jmpbuf(png))) return false;
  // What is drawn hardly repeats itself: differences to the pixel before, and their runs, take a third of the time of a search
  // for repetitions and fewer bytes than its quick levels.
  png_set_compression_strategy(png, Z_RLE);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
  const size_t pixels = size_t{width} * height;
  bool opaque = true;
  for (size_t i = 0; i < pixels; ++i) opaque = opaque && rgba[i * 4 + 3] == 255;
  png_set_IHDR(png, info, width, height, 8, opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_write_info(png, info);
  if (opaque) png_set_filler(png, 0, PNG_FILLER_AFTER);
  for (uint32_t y = 0; y < height; ++y) png_write_row(png, rgba + size_t{y} * width * 4);
  png_write_end(png, info);
  return true;
}

}  // namespace

Result<Image> decodeImage(std::span<const std::byte> bytes, uint32_t mostSide) {
  const std::string_view text = asText(bytes);
  if (text.starts_with("\xff\xd8\xff")) return decodeJpeg(bytes, mostSide);
  if (text.starts_with("\x89PNG")) return decodePng(bytes, mostSide);
  if (text.starts_with("RIFF") && text.substr(0, 12).ends_with("WEBP")) return decodeWebp(bytes, mostSide);
  if (text.starts_with("\xabKTX")) {
    const auto size = ktx2Size(bytes);
    if (!size) return size.error();
    if (auto sized = checkSize("KTX2", size->width, size->height, mostSide); !sized) return sized.error();
    return decodeKtx2(bytes);
  }
  return makeError("neither JPEG, PNG nor WebP");
}

Result<Bytes> encodePng(uint32_t width, uint32_t height, std::span<const uint8_t> rgba) {
  CM_CHECK(rgba.size() == size_t{width} * height * 4, "{} bytes for {} x {} pixels", rgba.size(), width, height);
  std::string message;
  Bytes bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &message, pngFailed, pngSilent);
  if (!png) return makeError("PNG: no memory");
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, pngAppend, nullptr);
  const bool good = info && writeRows(png, info, width, height, rgba.data());
  png_destroy_write_struct(&png, &info);
  if (!good) return makeError("PNG: {}", message.empty() ? "no memory" : message);
  return bytes;
}

Result<void> writePng(const Path& path, uint32_t width, uint32_t height, std::span<const uint8_t> rgba) {
  auto bytes = encodePng(width, height, rgba);
  if (!bytes) return bytes.error().within("{}", path.string());
  return writeFileAtomically(path, std::span<const std::byte>(*bytes));
}

}  // namespace cm::source
