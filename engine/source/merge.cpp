#include "source/merge.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace cm::source {
namespace {

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

//! Lengthens a column to `rows` with what stands for "nothing".
void pad(Column& column, size_t rows) {
  if (auto* numbers = std::get_if<std::vector<double>>(&column.values))
    numbers->resize(rows, std::numeric_limits<double>::quiet_NaN());
  else
    std::get<Texts>(column.values).pad(rows);
}

void mergeFeatures(FeatureTable& to, FeatureTable&& from, const glm::dmat4& toFromFrom) {
  size_t before = to.size(), rows = before + from.size();
  glm::dmat3 turn(toFromFrom);
  glm::dmat3 reach(glm::abs(turn[0]), glm::abs(turn[1]), glm::abs(turn[2]));
  for (size_t i = 0; i < from.lo.size() && i < from.hi.size(); ++i) {
    glm::dvec3 centre = (glm::dvec3(from.lo[i]) + glm::dvec3(from.hi[i])) * 0.5;
    glm::dvec3 half = reach * ((glm::dvec3(from.hi[i]) - glm::dvec3(from.lo[i])) * 0.5);
    glm::dvec3 moved(toFromFrom * glm::dvec4(centre, 1));
    to.lo.push_back(glm::vec3(moved - half));
    to.hi.push_back(glm::vec3(moved + half));
  }
  to.ids.append(from.ids);
  for (Column& column : from.columns) {
    auto same = std::find_if(to.columns.begin(), to.columns.end(), [&](const Column& c) {
      return c.name == column.name && c.values.index() == column.values.index();
    });
    if (same == to.columns.end()) {
      Column empty = column;
      std::visit([](auto& values) { values.clear(); }, empty.values);
      pad(empty, before);
      to.columns.push_back(std::move(empty));
      same = std::prev(to.columns.end());
    }
    if (auto* numbers = std::get_if<std::vector<double>>(&same->values))
      append(*numbers, std::move(std::get<std::vector<double>>(column.values)));
    else
      std::get<Texts>(same->values).append(std::get<Texts>(column.values));
  }
  for (Column& column : to.columns) pad(column, rows);
}

}  // namespace

void merge(MeshContent& to, MeshContent&& from) {
  glm::dmat4 toFromFrom = glm::inverse(to.ecefFromContent) * from.ecefFromContent;
  glm::dmat3 turn(toFromFrom);
  auto firstVertex = static_cast<uint32_t>(to.vertices.size());
  auto firstIndex = static_cast<uint32_t>(to.indices.size());
  auto firstMaterial = static_cast<uint32_t>(to.materials.size());
  auto firstFeature = static_cast<uint32_t>(to.features.size());
  auto firstImage = static_cast<int>(to.images.size());
  if (to.uvs.empty() && !from.uvs.empty()) to.uvs.resize(to.vertices.size());
  if (from.uvs.empty() && !to.uvs.empty()) from.uvs.resize(from.vertices.size());

  bool first = to.vertices.empty();
  for (Vertex vertex : from.vertices) {
    vertex.position = glm::vec3(glm::dvec3(toFromFrom * glm::dvec4(glm::dvec3(vertex.position), 1)));
    glm::dvec3 normal = turn * glm::dvec3(vertex.normal[0], vertex.normal[1], vertex.normal[2]);
    for (int i = 0; i < 3; ++i)
      vertex.normal[i] = static_cast<int8_t>(std::clamp(std::round(normal[i]), -127.0, 127.0));
    uint32_t feature = vertex.featureAndSurface & 0xffffff;
    if (feature != kNoFeature) vertex.featureAndSurface += firstFeature;
    to.lo = first ? vertex.position : glm::min(to.lo, vertex.position);
    to.hi = first ? vertex.position : glm::max(to.hi, vertex.position);
    first = false;
    to.vertices.push_back(vertex);
  }
  append(to.uvs, std::move(from.uvs));
  for (uint32_t index : from.indices) to.indices.push_back(index + firstVertex);
  for (Part part : from.parts) {
    part.firstIndex += firstIndex;
    part.material += firstMaterial;
    to.parts.push_back(part);
  }
  for (Material& material : from.materials) {
    if (material.image >= 0) material.image += firstImage;
    to.materials.push_back(std::move(material));
  }
  append(to.images, std::move(from.images));
  append(to.propertySurfaces, std::move(from.propertySurfaces));
  append(to.warnings, std::move(from.warnings));
  mergeFeatures(to.features, std::move(from.features), toFromFrom);
}

}  // namespace cm::source
