#include "source/http_message.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace cm::source {
namespace {

constexpr std::string_view kPrefix = "CITYMIRROR_TOKEN_";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

//! The value of `name` among comma-separated directives ("" where it has none); nothing where it is absent.
std::optional<std::string> directive(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::string_view one = trimmed(list.substr(0, list.find(',')));
    list = list.find(',') == std::string_view::npos ? std::string_view{} : list.substr(list.find(',') + 1);
    const size_t equals = one.find('=');
    if (lower(trimmed(one.substr(0, equals))) != name) continue;
    std::string_view value = equals == std::string_view::npos ? std::string_view{} : trimmed(one.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return {};
}

//! Hosts as parts of a variable's name. Two hosts never share a name: what may be registered by someone else must not be
//! sent this one's secret, so a hyphen is told from a dot.
std::string nameOf(std::string_view hostAndPort) {
  std::string name;
  for (const char c : hostAndPort) {
    if (std::isalnum(static_cast<unsigned char>(c)))
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    else
      name += c == '-' ? "__" : c == '_' ? "___" : "_";
  }
  return name;
}

std::string base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < text.size(); i += 3) {
    const auto at = [&](size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0u; };
    const unsigned bits = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    for (size_t k = 0; k < 4; ++k) out += i + k <= text.size() ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

//! Empty where it would be header lines of its own. A bearer token holds no colon (RFC 6750, 2.1), "user:password" does
//! (RFC 7617).
std::string headerOf(std::string_view secret) {
  if (secret.empty() || secret.find_first_of("\r\n") != std::string_view::npos) return {};
  if (secret.find(':') == std::string_view::npos) return "Authorization: Bearer " + std::string(secret);
  return "Authorization: Basic " + base64(secret);
}

//! The path of an address up to the last slash; the braces of a template end it too.
std::string_view folderOf(std::string_view address) {
  const size_t from = address.find('/', address.find("://") + 3);
  if (from == std::string_view::npos) return "/";
  const std::string_view path = address.substr(from, address.find_first_of("?#{", from) - from);
  return path.substr(0, path.rfind('/') + 1);
}

}  // namespace

void ResponseHead::read(std::string_view line) {
  if (line.starts_with("HTTP/")) *this = {};
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = lower(trimmed(line.substr(0, colon)));
  const std::string value(trimmed(line.substr(colon + 1)));
  if (name == "etag")
    etag = value;
  else if (name == "last-modified")
    lastModified = value;
  else if (name == "cache-control")
    cacheControl += (cacheControl.empty() ? "" : ",") + value;
  else if (name == "expires")
    expires = value;
  else if (name == "date")
    date = value;
  else if (name == "vary")
    vary += (vary.empty() ? "" : ",") + value;
  else if (name == "age")
    ageSeconds = std::max(0.0, std::strtod(value.c_str(), nullptr));
}

bool mayBeKept(const ResponseHead& head) {
  return !directive(head.cacheControl, "no-store") && !directive(head.vary, "*") &&
         !directive(head.cacheControl, "must-revalidate") && !directive(head.cacheControl, "no-cache");
}

std::optional<CachedAnswer> keptAnswer(const ResponseHead& head, double nowSeconds) {
  if (directive(head.cacheControl, "no-store") || directive(head.vary, "*")) return {};
  CachedAnswer answer;
  answer.etag = head.etag;
  answer.lastModified = head.lastModified;
  answer.mustRevalidate = directive(head.cacheControl, "must-revalidate") || directive(head.cacheControl, "no-cache");
  if (const auto age = directive(head.cacheControl, "max-age")) {
    answer.freshUntil = nowSeconds + std::strtod(age->c_str(), nullptr) - head.ageSeconds;
  } else if (!head.expires.empty()) {
    // Relative to the server's own clock, which may differ from ours.
    const time_t expires = curl_getdate(head.expires.c_str(), nullptr), date = curl_getdate(head.date.c_str(), nullptr);
    if (expires >= 0) answer.freshUntil = date >= 0 ? nowSeconds + double(expires - date) : double(expires);
  }
  if (directive(head.cacheControl, "no-cache")) answer.freshUntil = 0;
  if (answer.etag.empty() && answer.lastModified.empty() && !(answer.freshUntil > nowSeconds)) return {};
  return answer;
}

Credentials::Credentials() {
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (text.starts_with(kPrefix) && equals != std::string_view::npos && equals + 1 < text.size())
      byName_.emplace(text.substr(kPrefix.size(), equals - kPrefix.size()), text.substr(equals + 1));
  }
}

std::vector<std::string> Credentials::setLayers(std::span<const LayerCredentials> layers) {
  layers_.clear();
  std::vector<std::string> problems;
  for (const LayerCredentials& layer : layers) {
    const char* value = std::getenv(layer.variable.c_str());
    const std::string_view text = trimmed(value ? value : "");
    const size_t space = text.find_first_of(" \t");
    const std::string origin = originOf(text.substr(0, space)), own = originOf(layer.address);
    const std::string header = space == std::string_view::npos ? std::string{} : headerOf(trimmed(text.substr(space)));
    if (text.empty())
      problems.push_back(fmt::format(
          "环境变量 {0} 未设置，此图层不带凭据请求 / the environment has no {0}; asked for without credentials",
          layer.variable));
    else if (origin.empty() || header.empty())
      problems.push_back(fmt::format(
          "环境变量 {0} 应为服务器（如 https://tiles.example.org）、空格、令牌或 用户:密码 / {0} is not a server like "
          "https://tiles.example.org, a space and a token or user:password",
          layer.variable));
    else if (origin != own)
      problems.push_back(fmt::format("环境变量 {0} 属于 {1}，而图层位于{2} / {0} is for {1}, the layer is on {3}",
                                     layer.variable, origin, own.empty() ? "本机" : " " + own,
                                     own.empty() ? "this machine" : own));
    else
      layers_.push_back({origin, std::string(folderOf(layer.address)), header});
  }
  std::stable_sort(layers_.begin(), layers_.end(),
                   [](const Layer& a, const Layer& b) { return a.folder.size() > b.folder.size(); });
  return problems;
}

std::string Credentials::headerFor(std::string_view address) const {
  const std::string origin = byName_.empty() && layers_.empty() ? std::string{} : originOf(address);
  if (origin.empty()) return {};
  for (const Layer& layer : layers_)
    if (layer.origin == origin && folderOf(address).starts_with(layer.folder)) return layer.header;
  const bool secure = origin.starts_with("https:");
  const std::string_view authority = std::string_view(origin).substr(origin.find("://") + 3);
  const bool hasPort = authority.find(':', authority.rfind(']') + 1) != std::string_view::npos;
  auto found =
      byName_.find(nameOf(hasPort ? std::string(authority) : std::string(authority) + (secure ? ":443" : ":80")));
  if (found == byName_.end() && secure)
    found = byName_.find(nameOf(authority.substr(0, hasPort ? authority.rfind(':') : authority.size())));
  if (found == byName_.end()) return {};
  return headerOf(found->second);
}

}  // namespace cm::source
