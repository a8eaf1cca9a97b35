//! A city from a path or URL: the document, its overlays, what was wrong. Blocking; used when a program starts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "city/document.h"
#include "frame/frame.h"
#include "source/content.h"
#include "source/fetch.h"

namespace cm::app {

struct LoadedCity {
  std::string uri;                          // of city.json or tileset.json, as asked for
  std::string address;                      // where it was found: what it refers to is relative to this
  city::Document document;
  glm::dmat4 ecefFromTilesets{1.0};         // not identity where a bare tileset stands nowhere on Earth
  frame::VectorLayers layers;               // by uri as written in the document
  std::vector<city::Problem> problems;      // of the document; the rest of it was kept
  std::map<std::string, source::Image, std::less<>> pictures;   // by what they are of; small enough for a card
  std::vector<std::string> failures;        // overlays and pictures that could not be read
};

//! Fails only where there is nothing to show. A tileset.json may stand wherever a city.json may.
Result<LoadedCity> loadCity(const std::string& uri, source::Fetcher& fetcher);

//! A picture of the same shape whose longer side is at most `side` pixels; averaged in linear light.
source::Image shrunk(const source::Image& image, uint32_t side);

}  // namespace cm::app
