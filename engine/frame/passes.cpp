#include "frame/passes.h"

#include <utility>

namespace cm::frame {
namespace {

using enum gpu::Access;
using R = Resource;

// Each pass and what it does with what, in the order of the enumeration.
constexpr Use kRecords[] = {{R::Records, CopyTo}};
constexpr Use kNoDrape[] = {{R::NoDrape, CopyTo, true}};
constexpr Use kDrape[] = {{R::Drape, Colour}};
constexpr Use kGlyphs[] = {{R::Glyphs, CopyTo}};
constexpr Use kKeptShadows[] = {{R::Records, Records}, {R::KeptShadows, Depth}};
constexpr Use kSampleShadows[] = {{R::Records, Records}, {R::SampleShadows, Depth, true}};
constexpr Use kPlainScene[] = {{R::Records, Records},     {R::NoDrape, Sampled},     {R::Drape, Sampled},
                               {R::KeptShadows, Sampled}, {R::Target, Colour, true}, {R::Depth, Depth, true}};
constexpr Use kMovingScene[] = {{R::Records, Records},     {R::NoDrape, Sampled},      {R::Drape, Sampled},
                                {R::KeptShadows, Sampled}, {R::Picture, Colour, true}, {R::Depth, Depth, true}};
constexpr Use kSampleScene[] = {{R::Records, Records},       {R::NoDrape, Sampled},      {R::Drape, Sampled},
                                {R::SampleShadows, Sampled}, {R::Picture, Colour, true}, {R::Depth, Depth, true}};
constexpr Use kLens[] = {{R::Lens, Colour, true}, {R::LensDepth, Depth, true}};
constexpr Use kLensLaid[] = {{R::Lens, Sampled}, {R::LensDepth, Sampled}};
constexpr Use kNearGlow[] = {{R::Picture, Sampled}, {R::NearGlow, Colour, true}};
constexpr Use kFarGlow[] = {{R::NearGlow, Sampled}, {R::FarGlow, Colour, true}};
constexpr Use kWeather[] = {{R::Picture, Sampled},
                            {R::Depth, Sampled},
                            {R::NearGlow, Sampled},
                            {R::FarGlow, Sampled},
                            {R::Weathered, Colour, true}};
constexpr Use kAccumulate[] = {{R::Picture, Sampled}, {R::Weathered, Sampled}, {R::Depth, Sampled}, {R::Mean, Colour}};
constexpr Use kShowMoving[] = {{R::Picture, Sampled}, {R::Weathered, Sampled}, {R::Depth, Sampled},
                               {R::Glyphs, Sampled},  {R::Fading, Sampled},    {R::Target, Colour, true}};
constexpr Use kShowMean[] = {
    {R::Mean, Sampled}, {R::Depth, Sampled}, {R::Glyphs, Sampled}, {R::Fading, Sampled}, {R::Target, Colour, true}};
constexpr Use kFadePicture[] = {{R::Fading, Sampled}, {R::Picture, Colour}};
constexpr Use kFadeMean[] = {{R::Fading, Sampled}, {R::Mean, Colour}};
constexpr Use kLive[] = {
    {R::SampleShadows, Sampled}, {R::NoDrape, Sampled}, {R::Drape, Sampled}, {R::Target, Colour}, {R::Depth, Depth}};
constexpr Use kOver[] = {{R::Glyphs, Sampled}, {R::Target, Colour}};
constexpr Use kSight[] = {{R::Depth, CopyFrom}, {R::SightBytes, CopyTo}};
constexpr Use kSightRead[] = {{R::SightBytes, Host}};
constexpr Use kPick[] = {{R::Records, Records}, {R::PickIds, Colour, true}, {R::PickDepth, Depth, true}};
constexpr Use kPickCopy[] = {{R::PickIds, CopyFrom}, {R::PickBytes, CopyTo}};
constexpr Use kPickRead[] = {{R::PickBytes, Host}};
constexpr Use kCopyable[] = {{R::Target, CopyFrom}};
constexpr Use kPresent[] = {{R::Target, gpu::Access::Present}};

constexpr std::span<const Use> kUses[] = {
    kRecords,     kNoDrape,     kDrape,    kGlyphs,      kKeptShadows, kSampleShadows, kPlainScene,
    kMovingScene, kSampleScene, kLens,     kLensLaid,    kNearGlow,    kFarGlow,       kWeather,
    kAccumulate,  kShowMoving,  kShowMean, kFadePicture, kFadeMean,    kLive,          kOver,
    kSight,       kSightRead,   kPick,     kPickCopy,    kPickRead,    kCopyable,      kPresent};
static_assert(std::size(kUses) == kPasses);

bool isDepth(Resource resource) {
  return resource == R::KeptShadows || resource == R::SampleShadows || resource == R::Depth ||
         resource == R::LensDepth || resource == R::PickDepth;
}

}  // namespace

std::span<const Use> usesOf(Pass pass) { return kUses[size_t(pass)]; }

bool isBuffer(Resource resource) {
  return resource == R::Records || resource == R::PickBytes || resource == R::SightBytes;
}

void Passes::made(Resource resource, VkImage image, VkPipelineStageFlags2 readers) {
  held_[size_t(resource)] = {.image = image, .state = {.readers = readers}};
}

void Passes::made(Resource resource, VkBuffer buffer) { held_[size_t(resource)] = {.buffer = buffer}; }

void Passes::move(Resource from, Resource to) {
  held_[size_t(to)] = std::exchange(held_[size_t(from)], {});
  moved_.emplace_back(from, to);
}

std::vector<Recorded> Passes::derive(Pass pass) {
  std::vector<Recorded> barriers;
  for (const Use& use : usesOf(pass)) {
    Held& held = held_[size_t(use.resource)];
    if (!held.image && !held.buffer) continue;
    const auto barrier = isBuffer(use.resource) ? gpu::deriveBuffer(held.state, use.access)
                                                : gpu::derive(held.state, use.access, use.discards);
    if (barrier) barriers.push_back({use.resource, held.image, held.buffer, *barrier});
  }
  return barriers;
}

void Passes::begin(VkCommandBuffer commands, Pass pass) {
  std::vector<Recorded> before = derive(pass);
  for (const Recorded& one : before)
    if (one.buffer)
      gpu::record(commands, one.barrier, one.buffer);
    else
      gpu::record(commands, one.barrier, one.image,
                  isDepth(one.resource) ? VK_IMAGE_ASPECT_DEPTH_BIT : VK_IMAGE_ASPECT_COLOR_BIT);
  begun_.push_back({pass, std::move(before), std::exchange(moved_, {})});
}

}  // namespace cm::frame
