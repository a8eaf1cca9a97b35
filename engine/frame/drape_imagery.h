//! Imagery as the drape draws it: the tiles' textures, and for one level of the clip-map the cells that cover it, each with the
//! finest tile that is there. Carries out the orders of tiles/imagery.h. Loop's thread; must not outlive the device.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "frame/pass_context.h"
#include "tiles/imagery.h"

namespace cm::frame {

//! A cell as it can be drawn now: all or a part of a resident tile.
struct ImageryDraw {
  tiles::ImageryKey key;
  source::ImageryTile cell;
  bool operator==(const ImageryDraw&) const = default;
};
//! From the lowest layer up; each place of the area once a layer, so that half-transparent layers do not show their joints.
using ImageryDraws = std::vector<ImageryDraw>;

//! The part of the tile's picture that the cell shows: offset from the north-west and width, 0..1.
glm::vec3 partOf(const source::ImageryTile& tile, const source::ImageryTile& cell);

//! kImageryGrid cells a side: the Earth's bend within a cell of 256 texels of t metres is below t / 10,000 texels then.
inline constexpr uint32_t kImageryGrid = 4;
//! A cell's corners and the points between, rows from the north-west, in metres from `centre`. Neighbours agree to the bit.
std::vector<glm::vec2> cellPlaces(source::TileMatrix matrix, const source::ImageryTile& cell, const tiles::ImageryGround& ground,
                                  glm::dvec2 centre);

class DrapeImagery {
 public:
  DrapeImagery(gpu::Device& device, VkFormat colour);

  void setDocument(const city::Document& document, const geo::EnuFrame& axes);
  //! Takes the orders; textures appear with the next `upload`.
  void apply(tiles::ImageryOrders orders);
  bool pending() const { return !waiting_.empty(); }
  //! Outside any rendering.
  void upload(PassContext& context);
  //! Changes whenever a texture comes or goes.
  uint64_t generation() const { return generation_; }

  //! `shown`: by layer.
  ImageryDraws draws(const std::vector<bool>& shown, const tiles::ImageryArea& area) const;
  //! Within the level's rendering, before all else.
  void draw(PassContext& context, const ImageryDraws& draws, const tiles::ImageryArea& area);

 private:
  gpu::Device& device_;
  gpu::Pipelines pipelines_;
  VkDescriptorSetLayout set_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  gpu::Pipeline pipeline_;
  VkSampler sampler_ = VK_NULL_HANDLE;
  gpu::Buffer indices_;
  std::vector<city::Imagery> layers_;
  tiles::ImageryGround ground_;
  std::map<tiles::ImageryKey, gpu::Image> textures_;
  std::vector<tiles::ImageryUpload> waiting_;
  uint64_t generation_ = 1;
};

}  // namespace cm::frame
