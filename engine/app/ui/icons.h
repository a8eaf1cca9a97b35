//! Icons as strokes, so that they are crisp at any size. The loop's thread.
#pragma once

#include <imgui.h>

namespace cm::app::ui {

enum class Icon { Play, Pause, Plus, Minus, Home, Close, ChevronLeft, ChevronRight, Layers, Buildings, Help, Train, Leaf, Label,
                  Sun, Cloud, Fog, Rain, Snow, Shadow, Pin, Swipe, Area, Check, Clock, Warning, Star,
                  Resize, Lens };

//! In a square of `size` around `centre`, with lines of a twelfth of it.
void drawIcon(ImDrawList& list, Icon icon, ImVec2 centre, float size, ImU32 colour);

//! A compass needle whose red end points north when the picture looks `headingDegrees` clockwise from it.
void drawCompass(ImDrawList& list, ImVec2 centre, float size, float headingDegrees, ImU32 north, ImU32 south);

}  // namespace cm::app::ui
