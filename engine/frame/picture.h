//! From the scene to the target: while something moves one sample, smoothed, or the mean of those drawn at once; at rest a running
//! mean of samples, each with its own sub-pixel offset and point of the sun's disc, until nothing would change; labels over it. Owns
//! the images it is drawn into. Loop's thread; must not outlive the scenery.
#pragma once

#include <span>

#include "frame/lens.h"
#include "frame/look_fade.h"
#include "frame/post.h"
#include "frame/scenery.h"
#include "frame/timings.h"

namespace cm::frame {

class PicturePass {
 public:
  PicturePass(gpu::Device& device, Scenery& scenery);

  //! Makes the images for a target of this size, the scene's larger where several samples of a pixel are drawn at once; what the
  //! last frame showed is kept where its look gives way to another.
  void prepare(Passes& passes, const Scene& scene, VkCommandBuffer commands, FrameArena& arena, VkExtent2D extent);
  //! Draws the picture; leaves the target as an attachment.
  void render(PassContext& pass, gpu::Target& target, std::span<const SideDraws> draws, int samples, Timings& timings,
              Statistics& statistics);

  //! A still picture would change with another frame.
  bool unfinished() const { return unfinished_ || fade_.running(); }
  //! Trains, people, rain or snow are drawn over a still picture.
  bool living() const { return living_; }

 private:
  void plain(PassContext& pass, gpu::Target& target, std::span<const SideDraws> draws,
             const shared::FrameUniforms& uniforms);
  void sample(PassContext& pass, std::span<const SideDraws> draws, shared::FrameUniforms uniforms, Timings& timings,
              Statistics& statistics);
  //! What is seen of one, drawn as large as `view`.
  VkImageView moving(PassContext& pass, const View& view, std::span<const SideDraws> draws, Timings& timings,
                     Statistics& statistics);
  //! Mixes what was drawn of each pixel, `across` a side, into the mean with weight `share`; 1: begins it anew.
  void accumulate(PassContext& pass, VkImageView seen, unsigned across, const shared::FrameUniforms& uniforms, float share);
  bool refine(PassContext& pass, std::span<const SideDraws> draws, const shared::FrameUniforms& uniforms, int samples,
              Timings& timings, Statistics& statistics);
  void sides(PassContext& pass, VkImageView view, std::span<const SideDraws> draws, const glm::vec4* clear, bool lit,
             bool still);
  void live(PassContext& pass, gpu::Target& target);
  uint64_t keyOf(const PassContext& pass) const;

  gpu::Device& device_;
  Scenery& scenery_;
  PostPass post_;
  LensPass lens_;
  LookFade fade_;
  gpu::Image picture_, depth_, mean_;
  uint64_t meanKey_ = 0;
  unsigned meanSamples_ = 0;
  bool unfinished_ = false, living_ = false;
  shared::FrameUniforms stillUniforms_{};   // of the last sample of a still picture
};

}  // namespace cm::frame
