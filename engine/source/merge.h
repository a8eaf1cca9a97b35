//! Joins the contents of a tile that has several (3D Tiles 1.1, 7.3.7; 1.0 composites) into one mesh. Any thread.
#pragma once

#include "source/content.h"

namespace cm::source {

//! Appends `from` to `to`, moved into `to`'s frame. Columns that only one of them has are filled with NaN or empty text.
void merge(MeshContent& to, MeshContent&& from);

}  // namespace cm::source
