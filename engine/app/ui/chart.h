//! Small charts in the theme's colours, for cards: each is drawn at the cursor, as wide as it is told, and moves the cursor below
//! itself. Only what it is given is drawn. The loop's thread.
#pragma once

#include <array>
#include <span>
#include <string>

#include "app/ui/widgets.h"

namespace cm::app::ui {

//! Before and after as two bars of one scale; the second has `grown` to 0..1 of its length.
void figureBars(const Context& ui, float width, const city::Figure& figure, float grown);
//! What the two colours of figureBars mean.
void figureLegend(const Context& ui, float width);

struct HourSeries {
  ImU32 colour = 0;
  std::array<int, 24> values{};
};
//! A column an hour, series stacked; the hour that it is now stands out, and its sum is written.
void hourColumns(const Context& ui, float width, std::span<const HourSeries> series, double hourNow);

//! How often values occur, in columns of even steps from 0; `mine` is marked where it falls.
struct Bins {
  float step = 1;
  std::vector<int> counts;       // of [i * step, (i + 1) * step); the last holds its upper end, too
  size_t mine = 0;
  int below = 0;                 // how many values are less than `mine`
};
//! At most `most` columns, of 1, 2 or 5 times a power of ten each. Pure.
Bins binsOf(std::span<const float> values, float mine, size_t most);
void distribution(const Context& ui, float width, std::span<const float> values, float mine, std::string_view unit);

//! The smallest of 1, 2, 5 times a power of ten that is at least `least`, which is more than 0.
double niceStep(double least);

//! A colour of the data's own as a thing to be seen on a card: darkened or lightened until it stands out from it 3 to 1 (WCAG 2.2, 1.4.11).
ImU32 seenOnCard(const Theme& theme, ImU32 colour);

}  // namespace cm::app::ui
