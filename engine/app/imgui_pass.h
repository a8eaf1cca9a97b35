//! Dear ImGui on our device: draws the layer into the frame's ui pass. One at a time, as ImGui itself; the loop's thread; the
//! device must outlive it.
#pragma once

#include <vulkan/vulkan.h>

#include <vector>

#include "frame/frame.h"
#include "gpu/device.h"
#include "source/content.h"

namespace cm::app {

class ImguiPass {
 public:
  ImguiPass(gpu::Device& device, VkFormat colourFormat);
  ~ImguiPass();
  ImguiPass(const ImguiPass&) = delete;
  ImguiPass& operator=(const ImguiPass&) = delete;

  //! After Ui::prepare has built io.Fonts anew.
  void uploadFonts();
  //! A picture for ImGui's AddImage, good for as long as this; null where there is no memory.
  void* addTexture(const source::Image& image);
  //! The layer's boxes in the picture's pixels, as Stage::setCovered wants them.
  static std::vector<frame::Box> pixelsOf(const std::vector<glm::vec4>& boxes);
  //! Draws what ImGui::Render made last.
  frame::UiPass pass() const;
  //! The same on a target that holds so many rows of it.
  frame::UiPass band(uint32_t top, uint32_t rows) const;

 private:
  gpu::Device& device_;
  VkDescriptorPool pool_ = VK_NULL_HANDLE;
  VkSampler sampler_ = VK_NULL_HANDLE;
  std::vector<gpu::Image> images_;
};

}  // namespace cm::app
