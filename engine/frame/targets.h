//! Beginning to draw into the frame's images, once their pass has begun (passes.h): attachments, viewport. Owns nothing; each
//! call records into the command buffer it is given.
#pragma once

#include <vulkan/vulkan.h>

#include <glm/glm.hpp>

#include "frame/pass_context.h"
#include "gpu/device.h"

namespace cm::frame {

//! Begins rendering to a colour image and the depth image, depth cleared to far. `clear`: the background; null where every
//! pixel will be drawn. The viewport is the whole picture, of which the images hold `view.part`; the scissor is left to the caller.
void beginScene(VkCommandBuffer commands, VkImageView colourView, const gpu::Image& depth, const View& view,
                const glm::vec4* clear);

//! Begins rendering to a colour image alone, over all of it.
void beginColour(VkCommandBuffer commands, VkImageView view, VkExtent2D extent, VkAttachmentLoadOp load);

//! Draws from here on as the whole picture has it, of which the target holds `view.part`; and only within a rectangle of it.
void setWholeViewport(VkCommandBuffer commands, const View& view);
void setScissor(VkCommandBuffer commands, const View& view, const VkRect2D& rectangle);
//! Within a rendering with depth: a rectangle of the whole picture is far again.
void clearDepth(VkCommandBuffer commands, const View& view, const VkRect2D& rectangle);

//! Begins rendering over a finished colour image, tested against the depth it has.
void beginOver(VkCommandBuffer commands, VkImageView colourView, const gpu::Image& depth, const View& view);

//! What a picture of `whole` pixels is drawn at: at least one pixel a side, `resolution` is in (0, 1].
VkExtent2D extentAt(VkExtent2D whole, float resolution);

}  // namespace cm::frame
