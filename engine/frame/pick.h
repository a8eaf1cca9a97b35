//! What lies under a pixel: tiles near the ray are drawn once more into a few pixels that hold tile, feature and depth, and read back
//! when the frame is done. Loop's thread.
#pragma once

#include <deque>
#include <vector>

#include "frame/draws.h"
#include "frame/pass_context.h"

namespace cm::frame {

class PickPass {
 public:
  PickPass(gpu::Device& device, const SceneLayouts& layouts, VkDescriptorSetLayout records);

  struct Request {
    uint64_t id = 0;
    int x = 0, y = 0;
    city::Selection overlay;      // hit on the CPU, before anything of the scene
  };
  uint64_t ask(int x, int y, city::Selection overlay);
  bool asked() const { return !requests_.empty(); }
  std::vector<Request> takeRequests() { return std::exchange(requests_, {}); }

  //! Draws a request's pixels; `tiles` are the side's, culled here to the ray. The globals must be without sub-pixel offset.
  void draw(PassContext& pass, const SideView& side, const Request& request, std::span<const PlacedTile* const> tiles,
            const Visibility& visibility, VkDescriptorSet records);
  //! The frame that drew them has this timeline value.
  void submitted(uint64_t value);
  //! A finished answer and what the overlays need to be asked too.
  struct Answer {
    Pick pick;
    int x = 0, y = 0;
    unsigned slot = 0;
    float metres = 0;             // along the view; 0: nothing was hit
  };
  std::vector<Answer> take(const gpu::Device& device);

 private:
  struct Waiting {
    uint64_t value = 0;
    Request request;
    unsigned slot = 0;
    gpu::Buffer pixels;
    gpu::Image ids, depth;
    std::vector<tiles::TileId> tiles;
    View view;
    glm::ivec2 origin{0};
  };
  Answer resolve(const Waiting& waiting) const;

  gpu::Device& device_;
  gpu::Pipelines objects_;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  gpu::Pipeline triangles_, points_, lines_;
  std::vector<Request> requests_;
  std::deque<Waiting> waiting_;
  uint64_t next_ = 1;
};

}  // namespace cm::frame
