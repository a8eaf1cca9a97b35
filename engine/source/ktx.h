//! Pictures in KTX2 form (Basis Universal, or plain RGBA) by libktx, where the build has it: it is packaged for few systems. Any thread.
#pragma once

#include <span>

#include "source/content.h"

namespace cm::source {

//! Whether this build can; where not, materials that name both take the other picture.
bool readsKtx2();

//! Width and height as declared, unchecked.
struct Ktx2Size {
  uint32_t width = 0, height = 0;
};
Result<Ktx2Size> ktx2Size(std::span<const std::byte> bytes);

//! The finest level of the first layer.
Result<Image> decodeKtx2(std::span<const std::byte> bytes);

}  // namespace cm::source
