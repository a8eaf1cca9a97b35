#include "tiling/gdal_text.h"

#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>

#include <mutex>

namespace cm::tiling {
namespace {

void keep(CPLErr severity, CPLErrorNum, const char* message) {
  auto* text = static_cast<std::string*>(CPLGetErrorHandlerUserData());
  if (severity < CE_Warning || !text) return;
  if (!text->empty()) *text += "; ";
  *text += message;
}

}  // namespace

GdalMessages::GdalMessages() {
  static std::once_flag once;
  std::call_once(once, [] { GDALAllRegister(); });
  CPLPushErrorHandlerEx(keep, &text_);
}

GdalMessages::~GdalMessages() { CPLPopErrorHandler(); }

std::string GdalMessages::text() const { return text_.empty() ? "the reason is not known" : text_; }

}  // namespace cm::tiling
