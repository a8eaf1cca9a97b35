//! The drape: a clip-map of what is laid on the ground at run time, sampled by the ground's fragments. Owns its texture array
//! and meshes. A level is redrawn only when the eye has left its middle or its content changed: all at once when the content
//! changed or the scene is still, one a frame while moving. Sides with equal contents share a set of levels; nothing is
//! allocated while nothing is draped. Belongs to the loop's thread; must not outlive the device.
#pragma once

#include <vulkan/vulkan.h>

#include <array>
#include <memory>

#include "frame/drape_imagery.h"
#include "frame/drape_shapes.h"
#include "frame/pass_context.h"

namespace cm::frame {

//! One level as it should be now: a square around `centre` (metres in the document's frame).
struct DrapeLevel {
  int exponent = 0;                   // metres per texel: 2^exponent; the level over all: kWholeLevel
  double texelMetres = 0;
  glm::dvec2 centre{0};
  bool wanted = false;                // false: the level over all is as fine
};
inline constexpr int kWholeLevel = 1000;

struct DrapeEye {
  glm::dvec3 position{0}, forward{0}, up{0};     // frame of the document's origin
  double heightMetres = 0;                       // above the ground
  double fovYRadians = 1;
  uint32_t pixelRows = 720;
  double texelPixels = 1.6;                      // of the finest level, at the nearest ground in sight
};
//! The levels of a set, finest first, the one over [lo, hi] last; `size` texels each. `previousExponent` is that of the
//! finest level last time: it stays until a clearly better one is there.
std::array<DrapeLevel, 5> drapeLevels(const DrapeEye& eye, uint32_t size, glm::dvec2 lo, glm::dvec2 hi,
                                      std::optional<int> previousExponent);

class Drape {
 public:
  Drape(gpu::Device& device, const SceneLayouts& layouts);
  ~Drape();
  Drape(const Drape&) = delete;
  Drape& operator=(const Drape&) = delete;

  void setDocument(const city::Document& document, const VectorLayers& layers, const geo::EnuFrame& axes);

  //! How far the city reaches from the document's origin: the level over all shows imagery that far.
  void setReach(double metres);
  //! The squares that the levels show or will show with the next `update`, for whom imagery is to be fetched; finest first.
  std::vector<tiles::ImageryArea> imageryAreas(const View& view) const;
  //! Map tiles come and go; what shows them is redrawn by the next updates.
  void imagery(tiles::ImageryOrders orders);

  //! Outside any rendering, before the scene.
  void update(PassContext& context);
  //! For set 0 bindings 2 and 3; after `update`.
  Slice uniforms(PassContext& context) const;
  VkImageView view() const;
  VkSampler sampler() const;
  //! Nothing is laid on the ground of this slot: the ground may be drawn by a shader that does not look.
  bool empty(unsigned slot) const;
  //! Levels wait to be redrawn.
  bool wantsAnotherFrame() const;

  //! What is draped at a place on the ground as last drawn on `slot`, or within `toleranceMetres` of it where it is a line.
  city::Selection hit(unsigned slot, const glm::dvec3& positionEcef, double toleranceMetres) const;

  //! Levels redrawn by the last `update`.
  unsigned redrawn() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::frame
