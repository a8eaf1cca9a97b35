//! What `render` and `film` share: from their options to a stage that shows what was asked for. Defined in render_program.cpp.
#pragma once

#include "app/programs.h"
#include "app/stage.h"

namespace cm::app {

inline constexpr double kPictureSsePixels = 4;  // a picture to keep is worth four times the window's detail

//! The camera of `--camera`, of `--view` (a saved view or a project, by id or name), else of the city's first view. An error
//! names the views there are.
Result<city::CameraPose> cameraFor(const city::Document& document, const RenderOptions& options);
//! Camera, look, language, style, scenarios, comparison, date, hour and selection, at once and without a transition.
Result<void> setUpPicture(Stage& stage, const RenderOptions& options);

}  // namespace cm::app
