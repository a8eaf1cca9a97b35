//! What a card shows besides words: plain values that the app works out of what is loaded, and pictures by their texture. Nothing in
//! here is made up: what the data does not give is empty, and is not drawn. The loop's thread.
#pragma once

#include <array>
#include <glm/glm.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "city/document.h"

namespace cm::app::ui {

inline constexpr double kStoreyMetres = 3.2;     // of a storey where the data has no storeys: said wherever it is used

//! One picture, or two of the same place that a finger wipes over: today's and the plan's.
struct CardPicture {
  void* before = nullptr;                        // ImTextureID; one picture alone stands here
  void* after = nullptr;
  float aspect = 16.0f / 9;                      // width over height
  bool awaited = false;                          // is being drawn: its place is kept
  Text caption;
  Text source;
};

//! A building seen straight on.
struct BuildingForm {
  double heightMetres = 0, widthMetres = 0;
  int storeys = 0;                               // as the data has them; 0: it does not say
  std::string year;                              // as the data has it
};

//! Heights of the buildings around one, metres; `mine` is one of them.
struct HeightRange {
  std::vector<float> metres;
  float mine = 0;
  double reachMetres = 0;                        // how far around it; 0: all that is loaded
};

struct LineStop {
  std::string id;                                // of its feature; empty: the line goes on beyond the data
  Text name;
  std::vector<glm::vec3> transfers;              // colours of the other lines here
};

//! A line that calls at a station.
struct StationLine {
  Text name;
  glm::vec3 colour{0.5f};                        // sRGB
  std::optional<city::Date> opens;               // no trains before it
  std::vector<LineStop> stops;
  size_t here = 0;                               // of `stops`; past the end: the line itself was picked
  std::array<int, 24> trains{};                  // that call here (or leave both ends) by hour of the day, both directions
};

//! Counted in what is loaded, before and after a project.
struct ModelFigures {
  std::vector<city::Figure> figures;
  bool partial = false;                          // finer tiles were not here yet
};

struct CardData {
  CardPicture picture;
  std::optional<BuildingForm> form;
  HeightRange heights;
  std::vector<StationLine> lines;
  ModelFigures model;
};

}  // namespace cm::app::ui
