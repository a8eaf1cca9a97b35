//! What `render` and `film` share: from their options to a stage that shows what was asked for. Defined in render_program.cpp.
#pragma once

#include "app/programs.h"
#include "app/stage.h"
#include "app/ui_picture.h"

namespace cm::app {

inline constexpr double kPictureSsePixels = 4;  // a picture to keep is worth four times the window's detail; at 5 low towns get bald

//! The camera of `--camera`, of `--view` (a saved view or a project, by id or name), else of the city's first view. An error
//! names the views there are.
Result<city::CameraPose> cameraFor(const city::Document& document, const RenderOptions& options);
//! Camera, look, language, style, scenarios, comparison, date, hour and selection, at once and without a transition.
Result<void> setUpPicture(Stage& stage, const RenderOptions& options);

//! How many samples a side of every pixel are drawn at once (Scene::samplesAcross): four together cost a software device little more
//! than one alone, most of whose time goes into its vertices.
unsigned samplesAcrossOf(int samples);

//! Labels, glyphs, cards and what is laid on the ground come into being and stop moving: what is drawn next shows all of it. The stage
//! has settled; its clock is `nowSeconds`.
void warmUp(gpu::Device& device, Stage& stage, VkExtent2D extent, UiPicture& layer, double nowSeconds);

//! The last rows of a band and the first of the next are drawn twice: edges look at their neighbours.
inline constexpr uint32_t kBandMargin = 8;
//! A picture of any size, drawn and averaged in bands of at most `rowsAtOnce` rows (margins not counted), so that the device holds one
//! at a time. The stage has stepped with `extent`; `layer` is laid out. RGBA8 rows from the top; empty where the device is lost.
std::vector<uint8_t> drawInBands(gpu::Device& device, Stage& stage, VkExtent2D extent, uint32_t rowsAtOnce, int samples,
                                 const UiPicture& layer);

}  // namespace cm::app
