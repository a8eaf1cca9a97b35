#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <osmium/area/assembler.hpp>
#include <osmium/area/multipolygon_manager.hpp>
#include <osmium/area/problem_reporter.hpp>
#include <osmium/handler.hpp>
#include <osmium/handler/node_locations_for_ways.hpp>
#include <osmium/index/map/flex_mem.hpp>
#include <osmium/index/map/sparse_file_array.hpp>
#include <osmium/io/any_input.hpp>
#include <osmium/relations/relations_manager.hpp>
#include <osmium/visitor.hpp>
#include <unordered_set>

#include "tiling/convert.h"
#include "tiling/plane.h"
#include "tiling/readers.h"
#include "tiling/tags.h"

namespace cm::tiling {
namespace {

using Index = osmium::index::map::Map<osmium::unsigned_object_id_type, osmium::Location>;

//! Assembles multipolygon relations that carry something we draw. Closed ways are taken as they are (`OsmHandler`), so that a
//! broken one is repaired and reported instead of lost.
class AreaManager : public osmium::relations::RelationsManager<AreaManager, false, true, false> {
 public:
  explicit AreaManager(ReadReport& report) : report_(report) {}

  bool new_relation(const osmium::Relation& relation) {
    const char* type = relation.tags().get_value_by_key("type");
    if (!type || std::strcmp(type, "multipolygon") != 0) return false;
    collect(relation.tags());
    bool building = isBuilding(tags_) || isBuildingPart(tags_);
    if (!building && !groundAreaFrom(tags_)) return false;
    if (building)
      for (const auto& member : relation.members())
        if (member.type() == osmium::item_type::way) buildingMembers.insert(member.ref());
    return true;
  }

  void complete_relation(const osmium::Relation& relation) {
    std::vector<const osmium::Way*> ways;
    for (const auto& member : relation.members())
      if (member.ref() != 0)
        if (const osmium::Way* way = this->get_member_way(member.ref())) ways.push_back(way);
    osmium::area::AssemblerConfig config;
    config.create_empty_areas = true;
    config.ignore_invalid_locations = true;
    try {
      osmium::area::Assembler assembler{config};
      assembler(relation, ways, this->buffer());
    } catch (const std::exception& failure) {
      report_.problems.push_back(fmt::format("osm:relation/{}: {}", relation.id(), failure.what()));
    }
  }

  std::unordered_set<osmium::object_id_type> buildingMembers;  // drawn with their relation

 private:
  void collect(const osmium::TagList& list) {
    tags_.clear();
    for (const auto& tag : list) tags_.emplace_back(tag.key(), tag.value());
  }
  ReadReport& report_;
  std::vector<Tag> tags_;
};

class OsmHandler : public osmium::handler::Handler {
 public:
  OsmHandler(Builder& builder, ReadReport& report, const ReadOptions& options, const Converter& convert,
             const AreaManager& areas)
      : builder_(builder), report_(report), options_(options), convert_(convert), areas_(areas) {}

  std::optional<Error> failure;  // of the builder: a full disk

  void node(const osmium::Node& node) {
    if (node.tags().empty()) return;
    collect(node.tags());
    auto label = labelFrom(tags_);
    if (!label || !node.location().valid()) return;
    std::vector<glm::dvec2> at{{node.location().lon(), node.location().lat()}};
    if (!converted(at, fmt::format("osm:node/{}", node.id()))) return;
    keep(std::move(*label), fmt::format("osm:node/{}", node.id()), at.front());
  }

  void way(const osmium::Way& way) {
    if (failure || way.tags().empty() || way.nodes().size() < 2) return;
    collect(way.tags());
    bool closed = way.is_closed() && way.nodes().size() > 3;
    bool building = closed && (isBuilding(tags_) || isBuildingPart(tags_));
    bool coast = valueOf(tags_, "natural") == "coastline";
    std::optional<GroundFeature> area, line;
    if (!building && closed && !closedIsLine(tags_)) area = groundAreaFrom(tags_);
    if (!building && !area) line = groundLineFrom(tags_);
    if (building && areas_.buildingMembers.contains(way.id())) return;
    if (!building && !area && !line && !coast) return;

    std::string id = fmt::format("osm:way/{}", way.id());
    std::vector<glm::dvec2> points;
    size_t missing = 0;
    for (const auto& node : way.nodes()) {
      if (node.location().valid())
        points.emplace_back(node.location().lon(), node.location().lat());
      else
        ++missing;
    }
    if (missing > 0) {
      report_.problems.push_back(
          fmt::format("{}: {} of {} nodes are not in the file", id, missing, way.nodes().size()));
      if (points.size() < 2 || (closed && points.size() < 4)) return;
    }
    if (!converted(points, id)) return;
    if (coast) report_.coastlines.push_back(points);
    if (closed && (building || area)) points.pop_back();
    if (building)
      addBuilding(std::move(id), {std::move(points)});
    else if (area)
      addArea(*area, std::move(id), {std::move(points)});
    else if (line)
      addLine(*line, std::move(id), std::move(points));
  }

  void area(const osmium::Area& area) {
    if (failure) return;
    collect(area.tags());
    std::string id = fmt::format("osm:relation/{}", area.orig_id());
    if (area.num_rings().first == 0) {
      report_.problems.push_back(fmt::format("{}: its ways do not form closed rings; left out", id));
      builder_.noteDropped(fmt::format("{}: its ways do not form closed rings", id));
      return;
    }
    bool building = isBuilding(tags_) || isBuildingPart(tags_);
    auto ground = building ? std::nullopt : groundAreaFrom(tags_);
    if (!building && !ground) return;
    for (const auto& outer : area.outer_rings()) {
      city::Polygon rings{ringOf(outer)};
      for (const auto& inner : area.inner_rings(outer)) rings.push_back(ringOf(inner));
      for (auto& ring : rings)
        if (!converted(ring, id)) return;
      if (building)
        addBuilding(id, std::move(rings));
      else
        addArea(*ground, id, std::move(rings));
    }
  }

 private:
  void collect(const osmium::TagList& list) {
    tags_.clear();
    for (const auto& tag : list) tags_.emplace_back(tag.key(), tag.value());
  }

  static std::vector<glm::dvec2> ringOf(const osmium::NodeRefList& nodes) {
    std::vector<glm::dvec2> ring;
    for (const auto& node : nodes) ring.emplace_back(node.lon(), node.lat());
    if (ring.size() > 1) ring.pop_back();
    return ring;
  }

  bool converted(std::vector<glm::dvec2>& points, const std::string& id) {
    auto result = convert_(points);
    if (!result) report_.problems.push_back(fmt::format("{}: {}", id, result.error().text()));
    return static_cast<bool>(result);
  }

  bool outside(const std::vector<glm::dvec2>& points) const {
    if (!options_.bboxDegrees) return false;
    glm::dvec2 lo(std::numeric_limits<double>::max()), hi(-std::numeric_limits<double>::max());
    for (const auto& p : points) {
      lo = glm::min(lo, p);
      hi = glm::max(hi, p);
    }
    const glm::dvec4& box = *options_.bboxDegrees;
    return hi.x < box.x || lo.x > box.z || hi.y < box.y || lo.y > box.w;
  }
  bool centreOutside(const std::vector<glm::dvec2>& points) const {
    if (!options_.bboxDegrees) return false;
    return outside({pointInside({points})});
  }

  void keep(PlaceLabel label, std::string id, const glm::dvec2& at) {
    if (outside({at})) return;
    label.id = std::move(id);
    label.lonLat = at;
    report_.places.push_back(std::move(label));
    ++report_.labels;
  }

  void addBuilding(std::string id, city::Polygon rings) {
    if (centreOutside(rings.front())) return;
    if (auto label = labelFrom(tags_); label && label->kind == "station")
      keep(std::move(*label), id, pointInside(rings));
    Building building = buildingFrom(tags_);
    building.id = std::move(id);
    building.rings = std::move(rings);
    ++report_.buildings;
    check(builder_.add(std::move(building)));
  }
  void addArea(GroundFeature feature, std::string id, city::Polygon rings) {
    if (outside(rings.front())) return;
    if (auto label = labelFrom(tags_)) keep(std::move(*label), id, pointInside(rings));
    feature.id = std::move(id);
    feature.rings = std::move(rings);
    ++report_.ground;
    check(builder_.add(std::move(feature)));
  }
  void addLine(GroundFeature feature, std::string id, std::vector<glm::dvec2> line) {
    if (outside(line)) return;
    feature.id = std::move(id);
    feature.line = std::move(line);
    ++report_.ground;
    check(builder_.add(std::move(feature)));
  }
  void check(const Result<void>& result) {
    if (!result && !failure) failure = result.error();
  }

  Builder& builder_;
  ReadReport& report_;
  const ReadOptions& options_;
  const Converter& convert_;
  const AreaManager& areas_;
  std::vector<Tag> tags_;
};

//! Node positions in memory while they are expected to fit, else in a file of the scratch folder.
std::unique_ptr<Index> makeIndex(uint64_t fileBytes, const ReadOptions& options) {
  // A PBF of untouched OSM holds a node in about 4.5 bytes; the index needs 16.
  if (fileBytes * 4 < options.memoryBytes / 2 || options.scratch.empty())
    return std::make_unique<osmium::index::map::FlexMem<osmium::unsigned_object_id_type, osmium::Location>>();
  std::error_code ignored;
  std::filesystem::create_directories(options.scratch, ignored);
  Path path = options.scratch / "nodes.index";
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0)
    return std::make_unique<osmium::index::map::FlexMem<osmium::unsigned_object_id_type, osmium::Location>>();
  ::unlink(path.c_str());  // lives as long as the descriptor
  return std::make_unique<osmium::index::map::SparseFileArray<osmium::unsigned_object_id_type, osmium::Location>>(
      descriptor);
}

//! What went wrong in a library's words, and where in the file it was noticed.
Error broken(const std::string& file, uint64_t at, uint64_t size, const std::exception& failure) {
  return makeError(
      "{0}: 第 {1} 字节（共 {2}）附近已损坏，应为完整的 OSM 文件 / broken near byte {1} of {2}: {3}; expected a whole "
      "OSM file",
      file, at, size, failure.what());
}

}  // namespace

Result<ReadReport> readOsm(const std::string& file, const ReadOptions& options, Builder& builder) {
  ReadReport report;
  auto convert = Converter::from(options.crs);
  if (!convert) return convert.error().within("{}", file);
  report.crs = convert->name();
  // libosmium says "No such file" without the name, and reads a folder as an empty file.
  int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return makeError("{}: 无法打开 / cannot be opened: {}", file, std::strerror(errno));
  ::close(descriptor);
  std::error_code failure;
  if (std::filesystem::is_directory(file, failure))
    return makeError("{}: 是文件夹，应为 OSM 文件 / is a folder, expected an OSM file", file);
  uint64_t size = std::filesystem::file_size(file, failure), at = 0;

  AreaManager areas(report);
  try {
    osmium::relations::read_relations(osmium::io::File{file}, areas);
  } catch (const std::exception& thrown) {
    report.cutOff = broken(file, 0, size, thrown);  // the main pass says more precisely where
    areas.prepare_for_lookup();  // with the relations there were: else the main pass must not look for their ways
  }
  try {
    auto index = makeIndex(size, options);
    osmium::handler::NodeLocationsForWays<Index> locations{*index};
    locations.ignore_errors();
    OsmHandler handler(builder, report, options, *convert, areas);
    osmium::io::Reader reader{osmium::io::File{file}};
    osmium::Box box = reader.header().box();
    if (box.valid())
      report.headerBoxDegrees =
          glm::dvec4(box.bottom_left().lon(), box.bottom_left().lat(), box.top_right().lon(), box.top_right().lat());
    auto relations = areas.handler([&](osmium::memory::Buffer&& buffer) { osmium::apply(buffer, handler); });
    while (osmium::memory::Buffer buffer = reader.read()) {
      osmium::apply(buffer, locations, handler, relations);
      at = reader.offset();
      if (options.progress) options.progress(static_cast<double>(at), static_cast<double>(size));
      if (handler.failure) return *handler.failure;
    }
    reader.close();
    osmium::memory::Buffer rest = areas.read();
    osmium::apply(rest, handler);
    areas.for_each_incomplete_relation([&](const osmium::relations::RelationHandle& handle) {
      report.problems.push_back(fmt::format("osm:relation/{}: some of its ways are not in the file", handle->id()));
      builder.noteDropped(fmt::format("osm:relation/{}: some of its ways are not in the file", handle->id()));
    });
    if (handler.failure) return *handler.failure;
  } catch (const std::exception& thrown) {
    report.cutOff = broken(file, at, size, thrown);
  }
  report.residualMetres = convert->residualMetres();  // the worst of all points
  return report;
}

}  // namespace cm::tiling
