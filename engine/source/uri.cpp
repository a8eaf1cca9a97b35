#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <vector>

#include "base/log.h"
#include "source/archive.h"
#include "source/fetch.h"

namespace cm::source {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

//! Length of "scheme:" at the start (RFC 3986, 3.1), 0 where there is none. One letter is a drive, not a scheme.
size_t schemeLength(std::string_view uri) {
  size_t i = 0;
  while (i < uri.size() &&
         (std::isalnum(static_cast<unsigned char>(uri[i])) || uri[i] == '+' || uri[i] == '-' || uri[i] == '.'))
    ++i;
  const bool named = i >= 2 && i < uri.size() && uri[i] == ':' && std::isalpha(static_cast<unsigned char>(uri[0]));
  return named ? i + 1 : 0;
}

//! "http://host:80" of "http://host:80/a/b"; empty for files.
std::string_view authorityOf(std::string_view uri) {
  const size_t scheme = schemeLength(uri);
  if (scheme == 0 || uri.substr(scheme, 2) != "//") return uri.substr(0, scheme);
  const size_t end = uri.find_first_of("/?#", scheme + 2);
  return uri.substr(0, end);
}

//! RFC 3986, 5.2.4, on the path alone; leading ".." of a relative path are kept.
std::string withoutDots(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> parts;
  bool folder = false;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    folder = slash != std::string_view::npos && path.empty();
    if (part.empty() || part == ".") {
      folder = folder || (part == "." && path.empty());
    } else if (part == "..") {
      if (!parts.empty() && parts.back() != "..")
        parts.pop_back();
      else if (!absolute)
        parts.push_back(part);
      folder = folder || path.empty();
    } else {
      parts.push_back(part);
    }
  }
  std::string joined = absolute ? "/" : "";
  for (size_t i = 0; i < parts.size(); ++i) (joined += i > 0 ? "/" : "") += parts[i];
  if (folder && !parts.empty()) joined += '/';
  return joined;
}

}  // namespace

bool isHttp(std::string_view uri) {
  const std::string scheme = lower(uri.substr(0, 8));
  return scheme.starts_with("http://") || scheme == "https://";
}

std::string originOf(std::string_view uri) {
  // The parser of those who will connect: two that differ are how one server passes for another.
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), curl_url_cleanup);
  if (!isHttp(uri) || !parsed || curl_url_set(parsed.get(), CURLUPART_URL, std::string(uri).c_str(), 0) != CURLUE_OK)
    return {};
  const auto part = [&](CURLUPart which, unsigned flags) {
    char* text = nullptr;
    std::string copy;
    if (curl_url_get(parsed.get(), which, &text, flags) == CURLUE_OK) copy = text;
    curl_free(text);
    return lower(copy);
  };
  std::string origin = part(CURLUPART_SCHEME, 0) + "://" + part(CURLUPART_HOST, 0);
  const std::string port = part(CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  return port.empty() ? origin : origin + ":" + port;
}

Result<void> mayLead(std::string_view from, std::string_view to, std::span<const std::string> allowedOrigins) {
  if (to.starts_with("data:")) return {};
  if (!isHttp(from)) {
    const auto inside = archiveAddressOf(from);
    if (!inside || isHttp(to)) return {};
    const auto target = archiveAddressOf(to);
    if (target && target->file == inside->file) return {};
    return makeError("{} is not in {}, as the file is that refers to it", to, inside->file);
  }
  if (!isHttp(to)) return makeError("{} is not on the web, as the file is that refers to it", to);
  const std::string target = originOf(to), own = originOf(from);
  if (target.empty()) return makeError("{} is no address on the web", log::withoutSecrets(to));
  // The same host by a safer way is the same host.
  if (target == own || (own.starts_with("http:") && target == "https:" + own.substr(5))) return {};
  for (const std::string& allowed : allowedOrigins)
    if (originOf(allowed) == target) return {};
  return makeError("{} is on another server than {} and \"allowedOrigins\" of the city does not name {}",
                   log::withoutSecrets(to), log::withoutSecrets(from), target);
}

std::string resolveUri(std::string_view base, std::string_view reference) {
  if (schemeLength(reference) > 0) return std::string(reference);
  const std::string_view authority = authorityOf(base);
  if (reference.starts_with("//") && isHttp(base))
    return std::string(base.substr(0, schemeLength(base))) + std::string(reference);

  std::string_view basePath = base.substr(authority.size());
  basePath = basePath.substr(0, authority.empty() ? basePath.find('?') : basePath.find_first_of("?#"));
  if (reference.empty()) return std::string(authority) + std::string(basePath);
  const std::string_view path = reference.substr(0, reference.find_first_of("?#"));
  const std::string_view rest = reference.substr(path.size());
  std::string joined;
  if (path.empty())
    joined = basePath;
  else if (path.starts_with('/'))
    joined = withoutDots(path);
  else {
    // Beside what an archive opens with is in the archive.
    const std::string within = !isHttp(base) && namesPackage(basePath) ? std::string(basePath) + "/" : "";
    if (!within.empty()) basePath = within;
    const size_t slash = basePath.rfind('/');
    std::string_view folder = slash == std::string_view::npos ? std::string_view{} : basePath.substr(0, slash + 1);
    joined = withoutDots((folder.empty() && isHttp(base) ? "/" : std::string(folder)) + std::string(path));
  }
  return std::string(authority) + joined + std::string(rest);
}

}  // namespace cm::source
