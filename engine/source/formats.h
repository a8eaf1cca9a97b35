//! The content formats of 3D Tiles, one function each; decode.cpp tells them apart. One thread per content.
#pragma once

#include <span>

#include "source/mesh_builder.h"
#include "source/resources.h"

namespace cm::source {

struct DecodeContext {
  Placement placement;
  Resources* resources = nullptr;  // null: nothing outside the file is read
};

Result<MeshContent> decodeGltf(std::span<const std::byte> bytes, DecodeContext context);
Result<MeshContent> decodeB3dm(std::span<const std::byte> bytes, DecodeContext context);
Result<MeshContent> decodeI3dm(std::span<const std::byte> bytes, DecodeContext context);
Result<MeshContent> decodePnts(std::span<const std::byte> bytes, const Placement& placement);

}  // namespace cm::source
