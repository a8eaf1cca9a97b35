#include "residency/residency.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "gpu/access.h"
#include "residency/arena.h"
#include "residency/matter.h"
#include "residency/mesh_layout.h"
#include "residency/records.h"
#include "residency/textures.h"

namespace cm::residency {
namespace {

constexpr size_t kBatchesInFlight = 3;

constexpr VkDeviceSize aligned(VkDeviceSize bytes) { return (bytes + 15) / 16 * 16; }

struct Held {
  ResidentTile tile;
  ArenaRange range;
  RecordRange records;
  std::vector<Texture> textures;
};

//! Uploads that travel together: one staging buffer, one submit.
struct Batch {
  uint64_t value = 0;
  gpu::Buffer staging;
  VkCommandPool pool = VK_NULL_HANDLE;
  VkCommandBuffer commands = VK_NULL_HANDLE;
  std::vector<std::unique_ptr<Held>> tiles;
};

}  // namespace

struct Residency::Impl {
  gpu::Device& device;
  size_t budgetBytes;
  Arena arena;
  Records records;
  Textures textures;
  bool directly;
  size_t textureBytes = 0;
  std::deque<tiles::Upload> queue;
  std::deque<Batch> flying;
  std::vector<Batch> idle;  // with their staging buffers, for the next uploads
  std::unordered_map<tiles::TileId, std::unique_ptr<Held>> held;
  std::unordered_set<tiles::TileId> dropped;  // evicted while their upload was under way
  std::vector<tiles::TileId> residents;
  uint64_t generation = 1;

  Impl(gpu::Device& d, size_t budget, bool direct)
      : device(d), budgetBytes(budget), arena(d, budget, direct), records(d), textures(d), directly(direct) {}

  void evict(tiles::TileId tile);
  void release(Held& tile);
  void takeFinished(Report& report);
  Batch makeBatch(VkDeviceSize bytes);
  void startUploads(size_t uploadBytes, Report& report);
  std::unique_ptr<Held> place(source::MeshContent& content, tiles::TileId id, VkDeviceSize meshBytes);
};

void Residency::Impl::release(Held& tile) {
  if (tile.range.size) arena.free(tile.range);
  records.free(tile.records);
  for (Texture& texture : tile.textures) {
    const VkExtent2D extent = texture.image.description().extent;
    textureBytes -= mipChainOf(extent.width, extent.height).bytes;
    textures.free(std::move(texture));
  }
}

void Residency::Impl::evict(tiles::TileId tile) {
  ++generation;
  if (auto found = held.find(tile); found != held.end()) {
    release(*found->second);
    held.erase(found);
    residents.erase(std::find(residents.begin(), residents.end(), tile));
    return;
  }
  std::erase_if(queue, [&](const tiles::Upload& upload) { return upload.tile == tile; });
  for (const Batch& batch : flying)
    for (const auto& flyer : batch.tiles)
      if (flyer->tile.tile == tile) dropped.insert(tile);
}

void Residency::Impl::takeFinished(Report& report) {
  const uint64_t done = flying.empty() ? 0 : device.transferred();
  while (!flying.empty() && flying.front().value <= done) {
    Batch batch = std::move(flying.front());
    flying.pop_front();
    for (auto& tile : batch.tiles) {
      const tiles::TileId id = tile->tile.tile;
      if (dropped.erase(id)) {
        release(*tile);
        continue;
      }
      report.uploaded.push_back(id);
      residents.push_back(id);
      held[id] = std::move(tile);
      ++generation;
    }
    batch.tiles.clear();
    vkResetCommandPool(device.handle(), batch.pool, 0);
    idle.push_back(std::move(batch));
  }
}

Batch Residency::Impl::makeBatch(VkDeviceSize bytes) {
  auto fits = std::find_if(idle.begin(), idle.end(), [&](const Batch& batch) { return batch.staging.size() >= bytes; });
  Batch batch;
  if (fits == idle.end() && !idle.empty()) fits = idle.begin();
  if (fits != idle.end()) {
    batch = std::move(*fits);
    idle.erase(fits);
  } else {
    const VkCommandPoolCreateInfo pool{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                       .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
                                       .queueFamilyIndex = device.transferFamily()};
    CM_CHECK(vkCreateCommandPool(device.handle(), &pool, nullptr, &batch.pool) == VK_SUCCESS, "upload pool");
    const VkCommandBufferAllocateInfo allocate{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                               .commandPool = batch.pool,
                                               .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                               .commandBufferCount = 1};
    CM_CHECK(vkAllocateCommandBuffers(device.handle(), &allocate, &batch.commands) == VK_SUCCESS, "upload commands");
  }
  if (batch.staging.size() < bytes) {
    const VkDeviceSize size = std::max<VkDeviceSize>(bytes, VkDeviceSize{1} << 20);
    batch.staging = gpu::Buffer(device, size, VK_BUFFER_USAGE_TRANSFER_SRC_BIT, true, "staging");
  }
  return batch;
}

std::unique_ptr<Held> Residency::Impl::place(source::MeshContent& content, tiles::TileId id, VkDeviceSize meshBytes) {
  auto tile = std::make_unique<Held>();
  if (meshBytes) {
    const auto range = arena.allocate(meshBytes + sizeof(source::Vertex));
    if (!range) return nullptr;
    tile->range = *range;
  }
  tile->tile.tile = id;
  tile->tile.features = std::make_shared<source::FeatureTable>(std::move(content.features));
  tile->tile.propertySurfaces = std::move(content.propertySurfaces);
  tile->tile.ecefFromContent = content.ecefFromContent;
  tile->tile.lo = content.lo;
  tile->tile.hi = content.hi;
  const source::FeatureTable& features = *tile->tile.features;
  tile->records = records.allocate(uint32_t(features.size()));
  tile->tile.firstRecord = tile->records.first;
  const auto bases = records.at(tile->records);
  for (size_t i = 0; i < bases.size(); ++i) bases[i].base = i < features.lo.size() ? features.lo[i].z : content.lo.z;
  writeMatter(features, bases);
  return tile;
}

void Residency::Impl::startUploads(size_t uploadBytes, Report& report) {
  if (queue.empty() || flying.size() >= kBatchesInFlight || device.state() == gpu::DeviceState::Lost) return;
  // What goes together this time, and how much room it needs in the staging buffer.
  struct Item {
    tiles::Upload upload;
    MeshLayout layout;
    std::vector<MipChain> mips;
    VkDeviceSize at = 0;  // in the staging buffer: the mesh where it is staged, then the images
    VkDeviceSize imagesAt = 0;
  };
  std::vector<Item> items;
  VkDeviceSize bytes = 0, staged = 0;
  while (!queue.empty() && (items.empty() || bytes < uploadBytes)) {
    Item item{.upload = std::move(queue.front()), .at = staged};
    queue.pop_front();
    item.layout = layoutOf(*item.upload.content);
    bytes += aligned(item.layout.bytes);
    item.imagesAt = item.at + (directly ? 0 : aligned(item.layout.bytes));
    staged = item.imagesAt;
    for (const source::Image& image : item.upload.content->images) {
      item.mips.push_back(mipChainOf(image.width, image.height));
      bytes += aligned(item.mips.back().bytes);
      staged += aligned(item.mips.back().bytes);
    }
    items.push_back(std::move(item));
  }
  Batch batch = makeBatch(staged);
  const VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                       .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
  vkBeginCommandBuffer(batch.commands, &begin);
  std::set<uint32_t> written;  // chunks
  for (Item& item : items) {
    source::MeshContent& content = *item.upload.content;
    VkDeviceSize imageBytes = 0;
    for (const MipChain& chain : item.mips) imageBytes += chain.bytes;
    std::unique_ptr<Held> tile;
    if (arena.usedBytes() + textureBytes + item.layout.bytes + imageBytes <= budgetBytes)
      tile = place(content, item.upload.tile, content.indices.empty() ? 0 : item.layout.bytes);
    if (!tile) {
      report.failed.push_back(item.upload.tile);
      continue;
    }
    std::vector<VkDescriptorSet> images;
    VkDeviceSize at = item.imagesAt;
    for (size_t i = 0; i < content.images.size(); ++i) {
      writeMips(content.images[i], item.mips[i], batch.staging.mapped() + at);
      tile->textures.push_back(
          textures.make(content.images[i], item.mips[i], batch.commands, batch.staging.handle(), at));
      images.push_back(tile->textures.back().set);
      at += aligned(item.mips[i].bytes);
    }
    textureBytes += imageBytes;
    if (!content.indices.empty()) {
      const VkDeviceSize start =
          (tile->range.offset + sizeof(source::Vertex) - 1) / sizeof(source::Vertex) * sizeof(source::Vertex);
      if (directly) {
        writeMesh(content, item.layout, arena.mapped(tile->range.chunk) + start, tile->tile);
      } else {
        writeMesh(content, item.layout, batch.staging.mapped() + item.at, tile->tile);
        const VkBufferCopy copy{item.at, start, item.layout.bytes};
        vkCmdCopyBuffer(batch.commands, batch.staging.handle(), arena.buffer(tile->range.chunk), 1, &copy);
        written.insert(tile->range.chunk);
      }
      tile->tile.chunk = tile->range.chunk;
      tile->tile.vertexOffset = int32_t(start / sizeof(source::Vertex));
      tile->tile.uvOffset = start + item.layout.uvs;
      tile->tile.treeOffset = start + item.layout.trees;
      tile->tile.indexType = content.indexBytes() == sizeof(uint16_t) ? VK_INDEX_TYPE_UINT16 : VK_INDEX_TYPE_UINT32;
      for (const source::Tree& tree : content.trees) tile->tile.treeOrder.push_back(uint8_t(tree.look >> 24));
      tile->tile.draws = drawsOf(content, images);
      for (TileDraw& draw : tile->tile.draws) {
        if (draw.kind != DrawClass::Points && draw.kind != DrawClass::Lines)
          tile->tile.triangles += draw.indexCount / 3;
        draw.firstIndex += uint32_t((start + item.layout.indices) / content.indexBytes());
      }
    }
    batch.tiles.push_back(std::move(tile));
  }
  if (!device.hasTransferQueue())
    for (const uint32_t chunk : written) {
      gpu::AccessState state;
      gpu::use(batch.commands, arena.buffer(chunk), state, gpu::Access::CopyTo);
      gpu::use(batch.commands, arena.buffer(chunk), state, gpu::Access::Vertices);
    }
  vkEndCommandBuffer(batch.commands);
  // What the host has written is seen by all that is submitted after it (Vulkan 1.3, 7.9 Host Write Ordering Guarantees).
  if (staged) batch.value = device.submitTransfer(batch.commands);
  flying.push_back(std::move(batch));
}

Residency::Residency(gpu::Device& device, size_t budgetBytes, bool direct)
    : impl_(std::make_unique<Impl>(device, budgetBytes, direct)) {}

Residency::~Residency() {
  Impl& r = *impl_;
  r.device.wait(r.device.submitted());
  if (!r.flying.empty()) r.device.waitTransfer(r.flying.back().value);
  for (const Batch& batch : r.flying) vkDestroyCommandPool(r.device.handle(), batch.pool, nullptr);
  for (const Batch& batch : r.idle) vkDestroyCommandPool(r.device.handle(), batch.pool, nullptr);
}

Residency::Report Residency::apply(const tiles::Orders& orders, size_t uploadBytes) {
  Impl& r = *impl_;
  Report report;
  r.arena.collect();
  r.textures.collect();
  r.takeFinished(report);
  for (const tiles::TileId tile : orders.evictions) r.evict(tile);
  std::erase_if(report.uploaded, [&](tiles::TileId tile) { return !r.held.contains(tile); });
  for (const tiles::Upload& upload : orders.uploads)
    if (upload.content) r.queue.push_back(upload);
  r.startUploads(uploadBytes, report);
  if (r.directly) r.takeFinished(report);
  return report;
}

bool Residency::pending() const { return !impl_->queue.empty() || !impl_->flying.empty(); }

void Residency::waitUploads() {
  if (!impl_->flying.empty()) impl_->device.waitTransfer(impl_->flying.front().value);
}

const ResidentTile* Residency::tile(tiles::TileId tile) const {
  auto found = impl_->held.find(tile);
  return found == impl_->held.end() ? nullptr : &found->second->tile;
}

std::span<const tiles::TileId> Residency::residents() const { return impl_->residents; }
uint64_t Residency::generation() const { return impl_->generation; }

void Residency::setRecords(tiles::TileId tile, std::span<const uint32_t> bits, std::span<const uint32_t> colours) {
  auto found = impl_->held.find(tile);
  if (found == impl_->held.end()) return;
  const auto records = impl_->records.at(found->second->records);
  CM_CHECK(records.size() == bits.size(), "tile {} has {} features, {} records were given", tile, records.size(),
           bits.size());
  bool changed = false;
  for (size_t i = 0; i < bits.size(); ++i) {
    const uint32_t tint = i < colours.size() ? colours[i] : 0;
    changed = changed || records[i].bits != bits[i] || records[i].tint != tint;
    records[i].bits = bits[i];
    records[i].tint = tint;
  }
  if (changed) impl_->records.changed(found->second->records);
}

size_t Residency::gpuBytes() const { return impl_->arena.usedBytes() + impl_->textureBytes; }

bool Residency::recordsStale() { return impl_->records.stale(); }
void Residency::flushRecords(VkCommandBuffer commands, const Stage& stage) { impl_->records.flush(commands, stage); }
VkBuffer Residency::chunk(uint32_t index) const { return impl_->arena.buffer(index); }
size_t Residency::chunks() const { return impl_->arena.chunks(); }
VkBuffer Residency::records() const { return impl_->records.buffer(); }
VkDescriptorSetLayout Residency::textureLayout() const { return impl_->textures.layout(); }

}  // namespace cm::residency
