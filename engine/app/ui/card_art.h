//! What a card draws of its thing: a picture, an elevation, a strip map. Each at the cursor, which moves below it; the loop's thread.
#pragma once

#include "app/ui/chart.h"

namespace cm::app::ui {

//! The picture, or both of them with a line that a finger wipes; its caption and source below. Nothing where there is none.
void cardPicture(const Context& ui, float width, const CardPicture& picture, std::string_view key);
//! A building straight on, to scale, beside a person and a tree.
void elevation(const Context& ui, float width, const BuildingForm& form);
//! Where this stands among buildings.
void heightRange(const Context& ui, float width, const HeightRange& heights);
//! A line from end to end in its own colour, and the stops about this one with their transfers; a tap on one picks it.
void stripMap(const Context& ui, float width, const StationLine& line);
//! Trains an hour of all lines of a station.
void trainsByHour(const Context& ui, float width, std::span<const StationLine> lines);

}  // namespace cm::app::ui
