//! Bodies that move through the city, one instance each: the cars of trains, people. Owns meshes that were made once; pipelines are
//! made when first drawn with. Loop's thread; must not outlive the device.
#pragma once

#include <span>
#include <vector>

#include "frame/pass_context.h"
#include "frame/rail_mesh.h"

namespace cm::frame {

struct Body {
  size_t mesh = 0;
  glm::vec3 world{0};                // its foot, or its wheels on the rails; relative to the eye
  glm::vec3 forward{1, 0, 0};        // unit
  float wide = 1, stretch = 1;       // of the mesh: to the sides and up, and along
  glm::vec3 livery{1};               // linear
};

class Bodies {
 public:
  Bodies(gpu::Device& device, const SceneLayouts& layouts, std::span<const RailMesh> meshes, const char* name);
  //! Farthest first: where no depth is written they cover each other in this order. Inside the scene's rendering; or `over` the
  //! finished picture, against its depth, which they leave as it is.
  void draw(PassContext& pass, const SideView& side, std::span<const Body> bodies, bool moving, bool over);

 private:
  struct Range {
    uint32_t first = 0, count = 0;
    int32_t vertex = 0;
  };
  VkPipeline pipelineFor(bool night, bool moving, bool over);

  gpu::Pipelines pipelines_;
  const SceneLayouts layouts_;
  const char* name_;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  VkPipeline made_[2][2][2]{};       // [night][moving][over the picture]
  std::vector<Range> meshes_;
  gpu::Buffer vertices_, indices_;
};

}  // namespace cm::frame
