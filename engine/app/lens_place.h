//! Where a lens opens that nobody has placed yet: over something that differs. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "city/document.h"
#include "city/session.h"
#include "geo/eye.h"

namespace cm::app {

//! Nothing where `lens` already holds a project that `before` and `after` show differently, or none is in the picture; else the place
//! over the nearest of them.
std::optional<city::LensPlace> lensOnChange(const city::Document& document, const std::vector<city::ProjectState>& before,
                                            const std::vector<city::ProjectState>& after, const geo::Eye& eye, double aspect,
                                            const city::LensPlace& lens);

}  // namespace cm::app
