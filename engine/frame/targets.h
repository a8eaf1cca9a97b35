//! Beginning and ending to draw into the frame's images: barriers, attachments, viewport. Owns nothing; each call records
//! into the command buffer it is given.
#pragma once

#include <vulkan/vulkan.h>

#include <glm/glm.hpp>

#include "frame/pass_context.h"
#include "gpu/device.h"

namespace cm::frame {

//! Begins rendering to a colour image and the depth image, depth cleared to far. `clear`: the background; null where every
//! pixel will be drawn. The viewport is the whole picture, of which the images hold `view.part`; the scissor is left to the caller.
void beginScene(VkCommandBuffer commands, VkImageView colourView, VkImage colourImage, const gpu::Image& depth,
                const View& view, const glm::vec4* clear);

//! Begins rendering to a colour image alone, which is in COLOR_ATTACHMENT_OPTIMAL already, over all of it.
void beginColour(VkCommandBuffer commands, VkImageView view, VkExtent2D extent, VkAttachmentLoadOp load);

//! The same over what has just been drawn there.
void beginAgain(VkCommandBuffer commands, VkImageView view, VkExtent2D extent);

//! Draws from here on as the whole picture has it, of which the target holds `view.part`; and only within a rectangle of it.
void setWholeViewport(VkCommandBuffer commands, const View& view);
void setScissor(VkCommandBuffer commands, const View& view, const VkRect2D& rectangle);
//! Within a rendering with depth: a rectangle of the whole picture is far again.
void clearDepth(VkCommandBuffer commands, const View& view, const VkRect2D& rectangle);

//! Begins rendering over a finished colour image (in COLOR_ATTACHMENT_OPTIMAL), tested against a depth image that was sampled.
void beginOver(VkCommandBuffer commands, VkImageView colourView, const gpu::Image& depth, const View& view);

//! Something that was sampled, copied or drawn to becomes a colour attachment; from UNDEFINED what it holds is lost.
void toColour(VkCommandBuffer commands, VkImage image, VkImageLayout from = VK_IMAGE_LAYOUT_UNDEFINED);

//! From attachment to something the next pass samples.
void toSampled(VkCommandBuffer commands, VkImage image, bool depth);

//! What a picture of `whole` pixels is drawn at: at least one pixel a side, `resolution` is in (0, 1].
VkExtent2D extentAt(VkExtent2D whole, float resolution);

}  // namespace cm::frame
