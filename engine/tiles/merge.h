//! Joins the contents of a tile that has several (3D Tiles 1.1, 7.3.7) into one mesh. Any thread.
#pragma once

#include "source/content.h"

namespace cm::tiles {

//! Appends `from` to `to`, moved into `to`'s frame. Columns that only one of them has are filled with NaN or empty text.
void merge(source::MeshContent& to, source::MeshContent&& from);

}  // namespace cm::tiles
