#include "source/ktx.h"

#include <cstring>

#ifdef CITYMIRROR_HAS_KTX
#include <ktx.h>

#include <memory>
#endif

#include "source/json.h"

namespace cm::source {

Result<Ktx2Size> ktx2Size(std::span<const std::byte> bytes) {
  constexpr size_t kHeaderBytes = 80;  // KTX 2.0, 3: identifier, format, sizes, index
  if (bytes.size() < kHeaderBytes || !asText(bytes).substr(4).starts_with(" 20"))
    return makeError("KTX: found {} bytes or another version, expected KTX 2.0", grouped(bytes.size()));
  Ktx2Size size;
  std::memcpy(&size.width, bytes.data() + 20, 4);
  std::memcpy(&size.height, bytes.data() + 24, 4);
  return size;
}

#ifdef CITYMIRROR_HAS_KTX

bool readsKtx2() { return true; }

Result<Image> decodeKtx2(std::span<const std::byte> bytes) {
  constexpr uint32_t kRgba8Unorm = 37, kRgba8Srgb = 43;  // VkFormat
  const auto size = ktx2Size(bytes);
  if (!size) return size.error();
  const auto failed = [](KTX_error_code code) { return makeError("KTX2: {}", ktxErrorString(code)); };
  ktxTexture2* made = nullptr;
  if (const auto code = ktxTexture2_CreateFromMemory(reinterpret_cast<const ktx_uint8_t*>(bytes.data()), bytes.size(),
                                                     KTX_TEXTURE_CREATE_LOAD_IMAGE_DATA_BIT, &made);
      code != KTX_SUCCESS)
    return failed(code);
  const auto base = [](ktxTexture2* texture) { return reinterpret_cast<ktxTexture*>(texture); };
  const auto destroy = [base](ktxTexture2* texture) { ktxTexture_Destroy(base(texture)); };
  const std::unique_ptr<ktxTexture2, decltype(destroy)> texture(made, destroy);
  if (ktxTexture2_NeedsTranscoding(made)) {
    if (const auto code = ktxTexture2_TranscodeBasis(made, KTX_TTF_RGBA32, 0); code != KTX_SUCCESS) return failed(code);
  } else if (made->vkFormat != kRgba8Unorm && made->vkFormat != kRgba8Srgb) {
    return makeError("KTX2: format {}, expected Basis Universal or RGBA of 8 bits", made->vkFormat);
  }
  ktx_size_t offset = 0;
  if (const auto code = ktxTexture_GetImageOffset(base(made), 0, 0, 0, &offset); code != KTX_SUCCESS)
    return failed(code);
  const size_t needed = size_t{size->width} * size->height * 4, there = ktxTexture_GetDataSize(base(made));
  if (made->baseWidth != size->width || made->baseHeight != size->height || offset > there || needed > there - offset)
    return makeError("KTX2: damaged data");
  const ktx_uint8_t* data = ktxTexture_GetData(base(made)) + offset;
  return Image{.width = size->width, .height = size->height, .rgba = std::vector<uint8_t>(data, data + needed)};
}

#else

bool readsKtx2() { return false; }

Result<Image> decodeKtx2(std::span<const std::byte>) {
  return makeError("a KTX texture, for which this build has no libktx; JPEG, PNG and WebP are read");
}

#endif

}  // namespace cm::source
