//! From what lies under a pixel to what a person is told: selection, title, facts, source. Reads the stage; the loop's thread.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/stage.h"
#include "app/ui/ui.h"
#include "source/tileset.h"

namespace cm::app {

//! Buildings by their feature; else stations, lines, greenways and projects near the place, nearest first.
city::Selection selectionAt(const Stage& stage, const frame::Pick& pick);

//! What has this id: a project, an overlay's item, a station or place of an overlay, else a building.
city::Selection selectionOf(const Stage& stage, const std::string& id);
//! As if the building had been picked: its tile and row in the finest tile that is here; a tile of kNoTile where none has it.
frame::Pick pickOf(const Stage& stage, const std::string& featureId);

//! Metadata of a tile, its contents and their groups, then of the subtrees and tilesets it lies in, from the inside out.
std::vector<std::pair<Text, std::string>> metadataOf(const tiles::TileTree& tree, tiles::TileId tile);

//! What property textures say at the picked point. Looks through all triangles that have any: once a pick, not once a frame.
std::vector<source::Fact> texelFacts(const Stage& stage, const frame::Pick& pick);

//! The card for a selection; `pick` gives the building's row where the selection came from one, `texel` is texelFacts() of it.
ui::Picked factsOf(const Stage& stage, const city::Selection& selection, const frame::Pick& pick,
                   std::span<const source::Fact> texel);

}  // namespace cm::app
