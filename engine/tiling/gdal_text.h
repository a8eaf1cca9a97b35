//! Keeps what GDAL says instead of letting it print, for our error messages. One at a time per thread; registers the drivers.
#pragma once

#include <string>

namespace cm::tiling {

class GdalMessages {
 public:
  GdalMessages();
  ~GdalMessages();
  GdalMessages(const GdalMessages&) = delete;
  GdalMessages& operator=(const GdalMessages&) = delete;
  //! The messages so far in one line; "the reason is not known" where there were none.
  std::string text() const;
  void clear() { text_.clear(); }

 private:
  std::string text_;
};

}  // namespace cm::tiling
