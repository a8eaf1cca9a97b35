#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "tiling/writer.h"
#include "tiling/writer_glb.h"

namespace cm::tiling {
namespace {

constexpr double kThinnestHalfMetres = 0.01;  // a box needs a volume: some readers divide by it

template <class... Args>
void put(std::string& json, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(json), format, std::forward<Args>(args)...);
}

//! Spaces and the like are percent-encoded (RFC 3986, 2.1): content.uri is a URI, not a file name.
std::string uriOf(std::string_view path) {
  constexpr std::string_view kPlain = "-._~/:?=&+,;@!$'()*";
  std::string uri;
  for (char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || kPlain.find(c) != std::string_view::npos) uri += c;
    else put(uri, "%{:02X}", byte);
  }
  return uri;
}

void putBox(std::string& json, const TileNode& node) {
  const glm::dvec3 centre = (node.lo + node.hi) * 0.5;
  const glm::dvec3 half = glm::max((node.hi - node.lo) * 0.5, glm::dvec3(kThinnestHalfMetres));
  put(json, R"({{"box":[{},{},{},{},0,0,0,{},0,0,0,{}]}})", centre.x, centre.y, centre.z, half.x, half.y, half.z);
}

void putTile(std::string& json, const TileNode& node, const glm::dmat4* transform) {
  for (int k = 0; k < 3; ++k)
    CM_CHECK(std::isfinite(node.lo[k]) && std::isfinite(node.hi[k]) && node.lo[k] <= node.hi[k],
             "tile {}: box from {} to {} on axis {}", node.contentUri, node.lo[k], node.hi[k], k);
  CM_CHECK(std::isfinite(node.geometricError) && node.geometricError >= 0, "tile {}: geometric error {}",
           node.contentUri, node.geometricError);
  json += '{';
  if (transform) {
    json += R"("transform":[)";
    for (int i = 0; i < 16; ++i) put(json, "{}{}", i > 0 ? "," : "", (*transform)[i / 4][i % 4]);
    json += "],";
  }
  json += R"("boundingVolume":)";
  putBox(json, node);
  put(json, R"(,"geometricError":{})", node.geometricError);
  if (transform) json += R"(,"refine":"REPLACE")";  // the root's; children inherit it
  if (!node.contentUri.empty()) {
    json += R"(,"content":{"uri":)";
    appendJsonString(json, uriOf(node.contentUri));
    json += '}';
  }
  if (!node.children.empty()) {
    json += R"(,"children":[)";
    for (const TileNode& child : node.children) {
      CM_CHECK(child.geometricError <= node.geometricError, "tile {}: geometric error {} exceeds its parent's {}",
               child.contentUri, child.geometricError, node.geometricError);
      if (&child != &node.children.front()) json += ',';
      json += '\n';
      putTile(json, child, nullptr);
    }
    json += ']';
  }
  json += '}';
}

}  // namespace

std::string writeTileset(const TileNode& root, const glm::dmat4& ecefFromEnu, const std::string& copyright,
                         bool synthetic) {
  std::string json = R"({"asset":{"version":"1.1")";
  if (!copyright.empty() || synthetic) {
    json += R"(,"extras":{)";
    if (!copyright.empty()) {
      json += R"("copyright":)";
      appendJsonString(json, copyright);
    }
    if (synthetic) {
      if (!copyright.empty()) json += ',';
      json += R"("illustrative":true,"note":"示意数据 / illustrative data")";
    }
    json += '}';
  }
  // The error of drawing nothing at all: everything the tileset holds is missing.
  const double nothing = std::max(root.geometricError, glm::length(root.hi - root.lo));
  put(json, R"(}},"geometricError":{},"root":)", nothing);
  putTile(json, root, &ecefFromEnu);
  json += "}\n";
  return json;
}

}  // namespace cm::tiling
