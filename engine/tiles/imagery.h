//! Chooses the map tiles that the drape's levels need, asks for them and forgets them again, within a byte budget. Owns the
//! tiles' states and one decoding thread; called by the loop's thread; workers talk back through a mailbox. Knows no GPU: what
//! it orders is carried out by the frame. Outlived by the fetcher.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "city/document.h"
#include "city/session.h"
#include "geo/ellipsoid.h"
#include "source/content.h"
#include "source/fetch.h"
#include "source/imagery.h"

namespace cm::tiles {

//! A square of the ground around `centre` (east and north metres in `axes`) that shows texels of a size.
struct ImageryArea {
  glm::dvec2 centre{0};
  double widthMetres = 0, texelMetres = 1;
};

//! Where the areas lie: the document's frame and the height that stands for the ground's.
struct ImageryGround {
  geo::EnuFrame axes;
  double heightMetres = 0;
};

//! The cells of a layer that cover an area, without gap or overlap, in rows from the north-west: of the level that fits the
//! texels, though it may be finer than the layer's finest. None where the layer is nowhere near or far too fine.
std::vector<source::ImageryTile> imageryCells(const city::Imagery& layer, const ImageryGround& ground, const ImageryArea& area);

struct ImageryKey {
  uint32_t layer = 0;                        // index into Document::imagery
  source::ImageryTile tile;
  auto operator<=>(const ImageryKey&) const = default;  // NOLINT(modernize-use-nullptr): the zero it compares with is no pointer
};

struct ImageryUpload {
  ImageryKey key;
  source::Image image;
};
struct ImageryOrders {
  std::vector<ImageryUpload> uploads;
  std::vector<ImageryKey> evictions;
};

struct ImageryStatistics {
  size_t resident = 0, fetching = 0, failed = 0;
  size_t bytes = 0;                          // on the GPU, mips counted
  bool starved = false;                      // the budget is full: coarser tiles stand in
};

//! GPU bytes of a picture with its mips.
size_t imageryBytes(const source::Image& image);

class ImageryStreaming {
 public:
  //! `base`: the document's address. `trusted`: keys may come from the environment.
  ImageryStreaming(source::Fetcher& fetcher, const city::Document& document, const std::string& base, bool trusted);
  ~ImageryStreaming();
  ImageryStreaming(const ImageryStreaming&) = delete;
  ImageryStreaming& operator=(const ImageryStreaming&) = delete;

  //! `areas` finest first. Coarse ones are asked for first, so that there is something to stand in.
  ImageryOrders update(std::span<const ImageryArea> areas, const city::Layers& layers, size_t budgetBytes);
  //! The device was lost: everything is absent again.
  void forgetResident();

  //! True while something that is wanted is on its way.
  bool busy() const;
  //! One sentence a layer, once; without keys.
  std::vector<std::string> takeFailures();
  ImageryStatistics statistics() const;
  //! Tests move the time of retries by hand; empty: the machine's.
  void setClock(std::function<std::chrono::steady_clock::time_point()> clock);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cm::tiles
