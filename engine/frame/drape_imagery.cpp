#include "frame/drape_imagery.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/log.h"
#include "frame/themes.h"
#include "residency/textures.h"
#include "shared/drape.h"

namespace cm::frame {
namespace {

constexpr uint32_t kPoints = kImageryGrid + 1;
constexpr uint32_t kIndexCount = kImageryGrid * kImageryGrid * 6;

struct CellVertex {
  glm::vec2 place, cell;
};

source::TileMatrix matrixOf(const city::Imagery& layer) {
  return layer.matrix == city::ImageryMatrix::Geographic ? source::TileMatrix::Geographic
                                                         : source::TileMatrix::WebMercator;
}

std::array<uint16_t, kIndexCount> gridIndices() {
  std::array<uint16_t, kIndexCount> indices{};
  size_t at = 0;
  for (uint32_t row = 0; row < kImageryGrid; ++row)
    for (uint32_t column = 0; column < kImageryGrid; ++column) {
      const uint32_t corner = row * kPoints + column;
      for (const uint32_t i :
           {corner, corner + 1, corner + kPoints, corner + 1, corner + kPoints + 1, corner + kPoints})
        indices[at++] = uint16_t(i);
    }
  return indices;
}

}  // namespace

glm::vec3 partOf(const source::ImageryTile& tile, const source::ImageryTile& cell) {
  const int up = cell.level - tile.level;
  const double width = std::exp2(-up);
  const glm::dvec2 offset(cell.x - (uint64_t{tile.x} << up), cell.y - (uint64_t{tile.y} << up));
  return {offset * width, width};
}

std::vector<glm::vec2> cellPlaces(source::TileMatrix matrix, const source::ImageryTile& cell,
                                  const tiles::ImageryGround& ground, glm::dvec2 centre) {
  std::vector<glm::vec2> places;
  places.reserve(size_t{kPoints} * kPoints);
  const glm::dvec2 counts = glm::dvec2(source::tileCounts(matrix, cell.level)) * double(kImageryGrid);
  for (uint32_t row = 0; row < kPoints; ++row)
    for (uint32_t column = 0; column < kPoints; ++column) {
      // Counted over the whole matrix, so that the border between two cells is one number and not two.
      const glm::dvec2 at(double(uint64_t{cell.x} * kImageryGrid + column),
                          double(uint64_t{cell.y} * kImageryGrid + row));
      const glm::dvec2 lonLat = source::lonLatOfPlace(matrix, at / counts);
      const glm::dvec3 enu = ground.axes.toEnu(geo::ecefFromGeodetic({lonLat.x, lonLat.y, ground.heightMetres}));
      places.emplace_back(glm::dvec2(enu) - centre);
    }
  return places;
}

DrapeImagery::DrapeImagery(gpu::Device& device, VkFormat colour) : device_(device), pipelines_(device) {
  set_ = pipelines_.sampledLayout(1);
  layout_ = pipelines_.layout({&set_, 1}, sizeof(shared::DrapeImagePush));
  const VkVertexInputBindingDescription binding{0, sizeof(CellVertex), VK_VERTEX_INPUT_RATE_VERTEX};
  const VkVertexInputAttributeDescription attributes[] = {{0, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(CellVertex, place)},
                                                          {1, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(CellVertex, cell)}};
  pipeline_ = pipelines_.make({.vertex = "drape_image.vert",
                               .fragment = "drape_image.frag",
                               .layout = layout_,
                               .bindings = {&binding, 1},
                               .attributes = attributes,
                               .colours = {colour},
                               .blend = gpu::Blend::Premultiplied},
                              "drape imagery");
  sampler_ = pipelines_.sampler(VK_FILTER_LINEAR, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE);
}

void DrapeImagery::setDocument(const city::Document& document, const geo::EnuFrame& axes) {
  layers_ = document.imagery;
  ground_ = {axes, document.origin.heightMetres};
  ++generation_;
}

void DrapeImagery::apply(tiles::ImageryOrders orders) {
  for (const tiles::ImageryKey& key : orders.evictions) {
    std::erase_if(waiting_, [&](const tiles::ImageryUpload& upload) { return upload.key == key; });
    if (textures_.erase(key) > 0) ++generation_;
  }
  for (tiles::ImageryUpload& upload : orders.uploads) waiting_.push_back(std::move(upload));
}

void DrapeImagery::upload(PassContext& context) {
  for (const tiles::ImageryUpload& upload : std::exchange(waiting_, {})) {
    const source::Image& image = upload.image;
    const residency::MipChain chain = residency::mipChainOf(image.width, image.height);
    const Slice slice = context.arena.allocate(chain.bytes, 16);
    residency::writeMips(image, chain, slice.data);
    gpu::Image texture = residency::mippedImage(device_, image, chain, VK_FORMAT_R8G8B8A8_UNORM, "imagery",
                                                context.commands, slice.buffer, slice.offset, true);
    if (!texture) {
      log::warning("no memory for a map tile of {} x {} pixels", image.width, image.height);
      continue;
    }
    textures_[upload.key] = std::move(texture);
    ++generation_;
  }
}

ImageryDraws DrapeImagery::draws(const std::vector<bool>& shown, const tiles::ImageryArea& area) const {
  ImageryDraws draws;
  if (textures_.empty()) return draws;
  for (uint32_t l = 0; l < layers_.size(); ++l) {
    if (l >= shown.size() || !shown[l]) continue;
    for (const source::ImageryTile& cell : tiles::imageryCells(layers_[l], ground_, area))
      for (int level = std::min(cell.level, layers_[l].maxLevel); level >= layers_[l].minLevel; --level) {
        const tiles::ImageryKey key{l, source::ancestorOf(cell, level)};
        if (!textures_.contains(key)) continue;
        draws.push_back({key, cell});
        break;
      }
  }
  return draws;
}

void DrapeImagery::draw(PassContext& context, const ImageryDraws& draws, const tiles::ImageryArea& area) {
  if (draws.empty()) return;
  if (!indices_) {
    const auto grid = gridIndices();
    indices_ = gpu::Buffer(device_, sizeof grid, VK_BUFFER_USAGE_INDEX_BUFFER_BIT, true, "imagery grid");
    if (!indices_) return;
    std::memcpy(indices_.mapped(), grid.data(), sizeof grid);
  }
  const float look = lookNumber(context.scene.look);
  VkCommandBuffer commands = context.commands;
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_);
  vkCmdBindIndexBuffer(commands, indices_.handle(), 0, VK_INDEX_TYPE_UINT16);
  for (const ImageryDraw& draw : draws) {
    const city::Imagery& layer = layers_[draw.key.layer];
    const auto places = cellPlaces(matrixOf(layer), draw.cell, ground_, area.centre);
    std::array<CellVertex, size_t{kPoints} * kPoints> vertices;
    for (size_t i = 0; i < vertices.size(); ++i)
      vertices[i] = {places[i], glm::vec2(i % kPoints, i / kPoints) / float(kImageryGrid)};
    const Slice slice = context.arena.copy(std::span<const CellVertex>(vertices), 16);
    const std::array<Binding, 1> bindings{{{.binding = 0,
                                            .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                                            .view = textures_.at(draw.key).view(),
                                            .sampler = sampler_}}};
    const VkDescriptorSet set = context.arena.descriptors(set_, bindings);
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_, 0, 1, &set, 0, nullptr);
    const VkDeviceSize offset = slice.offset;
    vkCmdBindVertexBuffers(commands, 0, 1, &slice.buffer, &offset);
    const shared::DrapeImagePush push{.place = {1.0 / area.widthMetres, layer.opacity, look, 0},
                                      .part = glm::vec4(partOf(draw.key.tile, draw.cell), 0)};
    vkCmdPushConstants(commands, layout_, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push,
                       &push);
    vkCmdDrawIndexed(commands, kIndexCount, 1, 0, 0, 0);
  }
}

}  // namespace cm::frame
