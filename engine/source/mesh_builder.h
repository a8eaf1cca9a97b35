//! A glTF scene to one mesh in a frame of its own: all nodes, primitives and compressions resolved. One thread per content.
#pragma once

#include <glm/glm.hpp>
#include <optional>
#include <string>

#include "source/content.h"
#include "source/gltf.h"
#include "source/metadata.h"

namespace cm::source {

//! One of many places of a model (i3dm).
struct InstancePlace {
  glm::dmat4 tileFromModel{1.0};            // the model already z-up
  uint64_t feature = 0;                     // row of the batch table
};

struct Placement {
  std::string uri;                          // for the ids of features that have none
  glm::dmat4 ecefFromTile{1.0};
  bool zUp = false;                         // the glTF is z-up already (legacy)
  glm::dvec3 rtcCentre{0};                  // b3dm's RTC_CENTER
  std::optional<PropertyTable> batchTable;  // b3dm's and i3dm's; instead of the glTF's own tables
  std::optional<std::vector<InstancePlace>> instances;
};

Result<MeshContent> buildMesh(Gltf& gltf, Placement placement);

}  // namespace cm::source
