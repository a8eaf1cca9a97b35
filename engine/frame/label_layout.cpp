#include "frame/label_layout.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "frame/drape_shapes.h"
#include "frame/light.h"
#include "frame/polyline.h"
#include "geo/ellipsoid.h"

namespace cm::frame {
namespace {

constexpr float kFadeSeconds = 0.2f, kSightSeconds = 0.3f;
constexpr float kReachFades = 0.15f;  // of the reach, its last part
constexpr float kMarginPixels = 3, kLoyalty = 6;
constexpr float kPinPixels = 30, kEdgePixels = 4;
constexpr float kSameNamePixels = 260;  // a station and the sight it is named after: one of them is enough

// sRGB.
constexpr glm::vec3 kInk{0.13f, 0.17f, 0.23f}, kSoftInk{0.28f, 0.33f, 0.40f}, kSlate{0.24f, 0.30f, 0.40f};
constexpr glm::vec3 kWaterInk{0.06f, 0.25f, 0.42f}, kPaper{0.995f, 0.99f, 0.98f};
constexpr glm::vec3 kNightInk{0.84f, 0.86f, 0.88f}, kNightHalo{0.05f, 0.07f, 0.12f}, kNightPill{0.035f, 0.085f, 0.160f};

//! How one kind of label looks, in reference pixels, and from how far away it is shown.
struct Style {
  float size = 13, smallSize = 9.5f;
  float spacing = 0, smallSpacing = 0;  // em
  float weight = 0, smallWeight = 0;    // pixels the outlines are pushed outwards
  float halo = 1.9f;
  float veil = 0;  // share of the picture that a cloud of the halo's colour takes behind each line
  glm::vec3 ink = kInk, smallInk = kSoftInk;
  float alpha = 1;
  float nearMetres = 0, farMetres = 6000;
  float priority = 30;
  bool pill = false, beside = false;
};

Style styleOf(const Label& label, bool interchange) {
  Style style;
  switch (label.kind) {
    case LabelKind::Project:
      style = {
          .size = 14.5f, .smallSize = 10, .weight = 0.28f, .halo = 0, .farMetres = 40000, .priority = 8, .pill = true};
      break;
    case LabelKind::District:
      style = {.size = 18,
               .smallSize = 10.5f,
               .spacing = 0.42f,
               .smallSpacing = 0.16f,
               .weight = 0.15f,
               .halo = 2.4f,
               .ink = kSlate,
               .smallInk = kSlate,
               .alpha = 0.92f,
               .nearMetres = 1800,
               .farMetres = 60000,
               .priority = 14};
      break;
    case LabelKind::Water:
      style = {.size = 15,
               .smallSize = 10,
               .spacing = 0.3f,
               .smallSpacing = 0.1f,
               .halo = 2.2f,
               .ink = kWaterInk,
               .smallInk = kWaterInk,
               .alpha = 0.9f,
               .farMetres = 30000,
               .priority = 22};
      break;
    case LabelKind::Place:
      style.size = label.rank <= 1 ? 14.5f : 13, style.weight = label.rank <= 1 ? 0.2f : 0.1f;
      style.veil = 0.42f;
      style.ink = kSlate, style.farMetres = std::max(4500.0f, 16000 - 3500 * static_cast<float>(label.rank));
      style.priority = 15 + 4 * static_cast<float>(label.rank);
      break;
    case LabelKind::Station:
      style.size = interchange ? 13.5f : 12.5f, style.weight = interchange ? 0.25f : 0.12f, style.veil = 0.42f;
      style.farMetres = interchange ? 10000 : 6500, style.priority = interchange ? 20 : 26, style.beside = true;
      style.priority += static_cast<float>(std::clamp(label.rank, 0, 9));
      break;
  }
  return style;
}

//! A label's lines of text, measured; the box's top left is 0,0.
struct Block {
  const ShapedText* first = nullptr;
  const ShapedText* second = nullptr;   // may be none
  float firstSize = 0, secondSize = 0;  // pixels
  glm::vec2 size{0};
  float firstBaseline = 0, secondBaseline = 0;
  glm::vec2 padding{0};
};

bool ready(const ShapedText& text, const Glyphs& glyphs) {
  return std::all_of(text.glyphs.begin(), text.glyphs.end(),
                     [&](const ShapedGlyph& g) { return glyphs.glyph(g.glyph).ready; });
}

//! The name as it is shown in the first line, and in the other language below it.
Block blockOf(const Text& shown, const Text& name, const Style& style, Language language, float scale, Glyphs& glyphs) {
  Block block;
  const bool chinese = language == Language::Chinese;
  const std::string& first = shown.in(language);
  const std::string& second = chinese ? name.en : name.zh;
  block.first = &glyphs.shape(first, style.spacing * (chinese ? 1.0f : 0.3f));
  block.firstSize = style.size * scale * (chinese ? 1.0f : 0.94f);
  glm::vec2 extent(block.first->width * block.firstSize, block.firstSize);
  // Ideographs fill the em from 0.88 above the baseline to 0.12 below it; Latin text is put on the same line.
  block.firstBaseline = Glyphs::kIdeographTop * block.firstSize;
  if (!second.empty() && second != name.in(language)) {
    block.second = &glyphs.shape(second, style.smallSpacing * (chinese ? 1.0f : 1.5f));
    block.secondSize = style.smallSize * scale;
    block.secondBaseline = extent.y + 1.5f * scale + 0.88f * block.secondSize;
    extent.x = std::max(extent.x, block.second->width * block.secondSize);
    extent.y = block.secondBaseline + 0.18f * block.secondSize;
  }
  if (style.pill) block.padding = glm::vec2(9, 5) * scale;
  block.size = extent + 2.0f * block.padding;
  if (style.pill) block.size.x += 10 * scale;  // the dot of the project's colour
  return block;
}

class Painter {
 public:
  Painter(const Glyphs& glyphs, std::vector<LabelQuad>& quads, float scale, float night)
      : glyphs_(glyphs), quads_(quads), scale_(scale), dark_(night > kDarkNight) {}

  void rectangle(Box box, float radius, glm::vec4 colour, float softness = 1) {
    quads_.push_back({box.lo - softness, box.hi + softness, {}, {}, colour, {1, radius, softness, 0}});
  }
  void disc(glm::vec2 centre, float radius, glm::vec4 colour) {
    rectangle({centre - radius, centre + radius}, radius, colour);
  }

  //! `push`: pixels the outline is moved outwards; `softness`: pixels over which it fades.
  void text(const ShapedText& text, float size, glm::vec2 baseline, glm::vec4 colour, float push, float softness) {
    const float covered = size / Glyphs::kPixels;
    for (const ShapedGlyph& shaped : text.glyphs) {
      const AtlasGlyph glyph = glyphs_.glyph(shaped.glyph);
      if (!glyph.ready || glyph.blank) continue;
      const glm::vec2 pen = baseline + shaped.pen * size;
      quads_.push_back(
          {pen + glyph.lo * size, pen + glyph.hi * size, glyph.uvLo, glyph.uvHi, colour, {0, covered, push, softness}});
    }
  }

  void block(const Label& label, const Style& style, const Block& block, glm::vec2 at, float align, float alpha,
             bool selected) {
    const Box box{at, at + block.size};
    glm::vec3 ink = style.ink, small = style.smallInk, paper = kPaper;
    float left = at.x + block.padding.x, width = block.size.x - 2 * block.padding.x;
    if (style.pill) {
      const float radius = std::min(box.hi.y - box.lo.y, 26 * scale_) * 0.5f;
      rectangle({box.lo + glm::vec2(0, 1.5f * scale_), box.hi + glm::vec2(0, 2.5f * scale_)}, radius,
                glm::vec4(0.10f, 0.14f, 0.20f, 0.22f * alpha), 5 * scale_);
      if (dark_) rectangle({box.lo - scale_, box.hi + scale_}, radius + scale_, glm::vec4(label.colour, alpha));
      rectangle(box, radius, glm::vec4(selected ? label.colour : dark_ ? kNightPill : kPaper, 0.96f * alpha));
      if (selected)
        ink = small = kPaper;
      else if (dark_)
        ink = kPaper, small = kNightInk;
      disc({left + 3 * scale_, at.y + block.size.y * 0.5f}, 3.6f * scale_,
           glm::vec4(selected ? kPaper : label.colour, alpha));
      left += 12 * scale_, width -= 12 * scale_, align = 0;
    } else if (selected) {
      const glm::vec2 grow = glm::vec2(6, 4) * scale_;
      rectangle({box.lo - grow, box.hi + grow}, 6 * scale_, glm::vec4(kPaper, 0.94f * alpha));
    } else if (dark_) {
      ink = kNightInk + 0.15f * ink, small = kNightInk, paper = kNightHalo;
    }
    const auto origin = [&](const ShapedText& text, float size, float baseline) {
      return glm::vec2(left + (width - text.width * size) * align, at.y + block.padding.y + baseline);
    };
    const glm::vec2 first = origin(*block.first, block.firstSize, block.firstBaseline);
    const glm::vec2 second =
        block.second ? origin(*block.second, block.secondSize, block.secondBaseline) : glm::vec2(0);
    if (style.veil > 0 && !selected) {
      const auto veil = [&](const ShapedText& line, float size, glm::vec2 at_) {
        const float soft = 5 * scale_;
        rectangle({at_ - glm::vec2(0, 0.8f * size), at_ + glm::vec2(line.width * size, 0.1f * size)}, soft,
                  glm::vec4(paper, style.veil * alpha), soft);
      };
      veil(*block.first, block.firstSize, first);
      if (block.second) veil(*block.second, block.secondSize, second);
    }
    if (style.halo > 0) {
      // A soft edge that ends within what the atlas knows of distances, or glyphs would stand in boxes.
      const glm::vec4 around(paper, 0.9f * alpha * style.alpha);
      const auto halo = [&](const ShapedText& text_, float size, glm::vec2 at_) {
        const float known = 0.95f * size * float(Glyphs::kSpread) / float(Glyphs::kPixels);
        const float push = std::min(style.halo * scale_ * 0.8f, known * 0.6f);
        text(text_, size, at_, around, push, std::max(1.26f, 1.33f * push));
      };
      halo(*block.first, block.firstSize, first);
      if (block.second) halo(*block.second, block.secondSize, second);
    }
    text(*block.first, block.firstSize, first, glm::vec4(ink, alpha * style.alpha), style.weight * scale_, 1);
    if (block.second)
      text(*block.second, block.secondSize, second, glm::vec4(small, alpha * style.alpha),
           style.smallWeight * scale_ + 0.08f, 1);
  }

  void pin(const Label& label, glm::vec2 foot, glm::vec2 top, float alpha) {
    const float half = 0.8f * scale_;
    rectangle({{foot.x - half - 1, top.y}, {foot.x + half + 1, foot.y}}, half, glm::vec4(kPaper, 0.7f * alpha));
    rectangle({{foot.x - half, top.y}, {foot.x + half, foot.y}}, half, glm::vec4(label.colour, alpha));
    disc(foot, 4.4f * scale_, glm::vec4(kPaper, alpha));
    disc(foot, 3 * scale_, glm::vec4(label.colour, alpha));
  }

 private:
  const Glyphs& glyphs_;
  std::vector<LabelQuad>& quads_;
  float scale_;
  // By day ink on light halos and signs, in the dark the other way round; between the two neither may sink into its halo.
  bool dark_;
};

//! Where a block may stand, relative to its anchor, and how its lines are aligned there.
struct Placement {
  glm::vec2 offset{0};
  float align = 0.5f;
};
//! `slope`: of a station's line on the screen, down per right; beside a rising line the text sits lower.
std::vector<Placement> placementsOf(const Style& style, const Block& block, float slope, float scale) {
  const glm::vec2 s = block.size;
  if (style.pill) return {{{-s.x * 0.5f, -s.y - kPinPixels * scale}}};
  if (!style.beside) return {{{-s.x * 0.5f, -s.y * 0.5f}}};
  const float gap = 10 * scale, near = 9 * scale;
  const float clear = std::clamp(-slope, -1.0f, 1.0f) * s.y * 0.4f;
  // Always these four by number, so that a shown label keeps its place while its line turns on the screen.
  return {{{gap, -s.y * 0.5f + clear}, 0.0f},
          {{-gap - s.x, -s.y * 0.5f - clear}, 1.0f},
          {{-s.x * 0.5f, -near - s.y}, 0.5f},
          {{-s.x * 0.5f, near}, 0.5f}};
}

float slopeOf(const Label& label, glm::vec2 anchor, const LabelView& view) {
  constexpr float kUpright = 10;
  if (glm::dot(label.along, label.along) < 0.5) return kUpright;
  const glm::vec3 next = view.project(label.position + label.along * 60.0);
  const glm::vec2 d = glm::vec2(next) - anchor;
  return next.z <= 1 || std::abs(d.x) < 1e-3f ? kUpright : d.y / d.x;
}

//! 1 inside, falling to 0 where the box touches the edge: a label is never cut by the divider, the lens or the window.
float insideness(const Box& box, const LabelView& view) {
  const glm::vec2 lo = box.lo - view.rectangle.lo, hi = view.rectangle.hi - box.hi;
  float room = std::min(std::min(lo.x, lo.y), std::min(hi.x, hi.y));
  if (view.circle.z > 0) {
    const glm::vec2 centre(view.circle);
    if (view.inCircle)
      room = view.circle.z - glm::length(glm::max(glm::abs(box.lo - centre), glm::abs(box.hi - centre)));
    else
      room = std::min(room, glm::distance(glm::clamp(centre, box.lo, box.hi), centre) - view.circle.z);
  }
  return std::clamp(room / (kEdgePixels * view.scale), 0.0f, 1.0f);
}

//! The side is not what is seen there.
bool elsewhere(glm::vec2 anchor, const LabelView& view) {
  if (view.circle.z > 0 && (glm::distance(anchor, glm::vec2(view.circle)) < view.circle.z) != view.inCircle)
    return true;
  return glm::any(glm::lessThan(anchor, view.rectangle.lo)) || glm::any(glm::greaterThan(anchor, view.rectangle.hi));
}

//! A label that is shown stays a little beyond its range, so that it does not come and go at the border.
bool inRange(const Style& style, float metres, bool shown) {
  const float slack = shown ? 1.05f : 1.0f;
  return metres < style.farMetres * slack && metres > style.nearMetres / slack;
}

int rankOf(const source::VectorFeature& feature, int otherwise) {
  const std::string& text = feature.property("rank");
  int rank = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), rank);
  return rank;
}

}  // namespace

namespace {

//! Height of the ground near a place as far as the overlays' data tells: that of their nearest point with a height.
class KnownHeights {
 public:
  KnownHeights(const VectorLayers& layers, double otherwise) : otherwise_(otherwise) {
    for (const auto& [uri, layer] : layers)
      for (const source::VectorFeature& feature : layer.features)
        if (feature.hasHeights && feature.kind == source::GeometryKind::Line)
          for (const auto& part : feature.parts) known_.insert(known_.end(), part.begin(), part.end());
  }
  double at(glm::dvec2 lonLat) const {
    constexpr double kNearDegrees = 0.02;  // about 2 km
    double best = kNearDegrees * kNearDegrees, height = otherwise_;
    for (const glm::dvec3& p : known_) {
      const glm::dvec2 d = (glm::dvec2(p) - lonLat) * glm::dvec2(std::cos(lonLat.y * geo::kDegree), 1.0);
      if (glm::dot(d, d) < best) best = glm::dot(d, d), height = p.z;
    }
    return height;
  }

 private:
  std::vector<glm::dvec3> known_;
  double otherwise_;
};

//! A depth nobody measured has a sign that says so: what it means stands among the credits.
Text nameWithDepth(const Station& station) {
  if (station.depthMetres <= 0) return {};
  const std::string metres = std::to_string(std::lround(station.depthMetres));
  const auto with = [&](const std::string& name) {
    return name.empty() ? name : name + (station.depthStated ? "  −" : "  ≈ −") + metres + " m";
  };
  return {with(station.name.zh), with(station.name.en)};
}

}  // namespace

std::vector<Label> labelsOf(const city::Document& document, const VectorLayers& layers, const LineShapes& lines,
                            const geo::EnuFrame& axes) {
  const KnownHeights heights(layers, document.origin.heightMetres);
  std::vector<Label> labels;
  const auto place = [&](glm::dvec2 lonLat, double height) {
    return axes.toEnu(geo::ecefFromGeodetic({lonLat.x, lonLat.y, height}));
  };
  for (size_t p = 0; p < document.projects.size(); ++p) {
    const city::Project& project = document.projects[p];
    if (project.boundary.empty() || project.boundary[0].empty() || project.name.empty()) continue;
    labels.push_back(
        {.kind = LabelKind::Project,
         .selection = {city::PickKind::Project, project.id},
         .text = project.name,
         .position = place(centroidOf(project.boundary[0][0]), heights.at(centroidOf(project.boundary[0][0]))),
         .owner = p,
         .item = kNoItem,
         .colour = colourOf(project.kind)});
  }
  for (size_t o = 0; o < document.overlays.size(); ++o) {
    const city::Overlay& overlay = document.overlays[o];
    auto layer = layers.find(overlay.uri);
    if (layer == layers.end() ||
        (overlay.kind != city::OverlayKind::District && overlay.kind != city::OverlayKind::Place))
      continue;
    for (const source::VectorFeature& feature : layer->second.features) {
      const Text text{feature.property("zh"), feature.property("en")};
      if (text.empty() || feature.kind == source::GeometryKind::Line || feature.parts.empty() ||
          feature.parts[0].empty())
        continue;
      Label label{.kind = overlay.kind == city::OverlayKind::District ? LabelKind::District : LabelKind::Place,
                  .text = text,
                  .rank = rankOf(feature, 1),
                  .owner = o,
                  .item = kNoItem};
      const std::string& kind =
          feature.property("place").empty() ? feature.property("kind") : feature.property("place");
      if (kind == "water") label.kind = LabelKind::Water;
      if (kind == "district" || kind == "city") label.kind = LabelKind::District;
      for (size_t i = 0; i < overlay.items.size(); ++i)
        if (overlay.items[i].id == feature.property("item")) label.item = i;
      const std::string& id = feature.property("id");
      label.selection = {city::PickKind::Place, !id.empty() ? id : text.in(Language::Chinese)};
      if (feature.kind == source::GeometryKind::Point) {
        const glm::dvec3& at = feature.parts[0][0];
        label.position = place(glm::dvec2(at), feature.hasHeights ? at.z : heights.at(glm::dvec2(at)));
      } else {
        std::vector<glm::dvec2> ring;
        for (const glm::dvec3& p : feature.parts[0]) ring.emplace_back(p);
        label.position = place(centroidOf(ring), heights.at(centroidOf(ring)));
      }
      labels.push_back(std::move(label));
    }
  }
  for (size_t s = 0; s < lines.stations.size(); ++s) {
    const Station& station = lines.stations[s];
    if (station.name.empty()) continue;
    labels.push_back({.kind = LabelKind::Station,
                      .selection = {city::PickKind::Station, station.id},
                      .text = station.name,
                      .below = nameWithDepth(station),
                      .position = station.position,
                      .along = station.along,
                      .rank = station.rank,
                      .owner = s,
                      .item = kNoItem});
  }
  return labels;
}

//! Whether a label's place is seen, with some patience: a post that passes before it, or a glimpse between two houses, does not count.
bool LabelLayout::inSight(size_t label, const LabelView& view, float step, std::map<size_t, Sighting>& next) {
  if (!view.inSight) return true;
  inQuestion_.push_back(label);
  const auto before = sightings_.find(label);
  Sighting sighting = before != sightings_.end() ? before->second : Sighting{};
  if (const std::optional<bool> seen = view.inSight(label)) {
    // A clock that stands still has all the patience there is.
    const float patience = step >= 1 ? 1 : step * kFadeSeconds / kSightSeconds;
    sighting.clear = std::clamp(sighting.clear + (*seen ? patience : -patience), 0.0f, 1.0f);
    if (sighting.clear >= 1 || sighting.clear <= 0)
      sighting.shown = sighting.clear >= 1;
    else
      changing_ = true;
  }
  next[label] = sighting;
  return sighting.shown;
}

namespace {

//! Of the labels that found a place, the most important.
void keepMost(std::vector<int>& chosen, std::span<const Candidate> candidates, size_t most) {
  std::vector<size_t> shown;
  for (size_t i = 0; i < chosen.size(); ++i)
    if (chosen[i] >= 0 && candidates[i].priority >= 0) shown.push_back(i);
  if (shown.size() <= most) return;
  std::sort(shown.begin(), shown.end(), [&](size_t a, size_t b) {
    const auto worth = [](const Candidate& c) {
      return std::pair(c.priority - (c.previous >= 0 ? kLoyalty : 0.0f), c.key);
    };
    return worth(candidates[a]) < worth(candidates[b]);
  });
  for (size_t i = most; i < shown.size(); ++i) chosen[shown[i]] = -1;
}

}  // namespace

void LabelLayout::layOut(const std::vector<Label>& labels, const city::Document& document, const city::Layers& layers,
                         const city::Date& date, const city::Selection& selection, Language language,
                         const std::vector<StationDraw>& stations, const LabelView& view, Glyphs& glyphs,
                         std::vector<LabelQuad>& quads) {
  struct Live {
    size_t label = 0;
    Style style;
    Block block;
    std::vector<Placement> placements;
    glm::vec2 anchor{0};
    float metres = 0;
    bool selected = false;
  };
  const float sinceLast = static_cast<float>(view.nowSeconds - lastSeconds_);
  // A clock that stands still (pictures made without a window) shows the final state at once.
  const float step = lastSeconds_ < 0 || sinceLast <= 0 ? 1.0f : sinceLast / kFadeSeconds;
  lastSeconds_ = view.nowSeconds;
  changing_ = false;
  shown_.clear();
  inQuestion_.clear();
  std::map<size_t, Sighting> sightings;

  std::map<size_t, const StationDraw*> stationOf;
  for (const StationDraw& draw : stations) stationOf[draw.station] = &draw;

  std::vector<Live> live;
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < labels.size() && layers.labels; ++i) {
    const Label& label = labels[i];
    bool interchange = false;
    if (label.kind == LabelKind::Station) {
      auto found = stationOf.find(label.owner);
      if (found == stationOf.end()) continue;
      interchange = found->second->interchange;
    } else if (label.kind == LabelKind::Project) {
      if (!layers.projectAreas) continue;
    } else if (label.item != kNoItem && itemState(document.overlays[label.owner].items[label.item], date,
                                                  layers.hiddenItems) == ItemState::Hidden) {
      continue;
    }
    const glm::vec3 at = view.project(label.position);
    const glm::vec2 anchor(at);
    if (at.z <= 1.0f || elsewhere(anchor, view)) continue;
    Live one{.label = i,
             .style = styleOf(label, interchange),
             .anchor = anchor,
             .metres = at.z,
             .selected = selection.kind != city::PickKind::Nothing && selection == label.selection};
    if (one.selected) one.style.farMetres = 1e6f, one.style.nearMetres = 0;
    const auto remembered = memory_.find(i);
    const int previous = remembered != memory_.end() ? remembered->second.placement : -1;
    if (!one.selected) one.style.farMetres = std::min(one.style.farMetres, view.reachMetres);
    bool near = inRange(one.style, one.metres, previous >= 0);
    if (!near && remembered == memory_.end()) continue;
    const bool deep = layers.underground && !label.below.empty();
    one.block = blockOf(deep ? label.below : label.text, label.text, one.style, language, view.scale, glyphs);
    if (!ready(*one.block.first, glyphs) || (one.block.second && !ready(*one.block.second, glyphs))) {
      changing_ = true;
      continue;
    }
    if (near && !one.selected) near = inSight(i, view, step, sightings);
    if (!near && remembered == memory_.end()) continue;
    const float slope = slopeOf(label, anchor, view);
    one.placements = placementsOf(one.style, one.block, std::abs(slope) < 8 ? slope : 0, view.scale);
    Candidate candidate{.key = i,
                        .priority = one.selected ? -100 : one.style.priority + std::min(one.metres / 3000.0f, 4.0f),
                        .previous = previous};
    // Along a flat line there is room above and below.
    if (one.style.beside && std::abs(slope) < 0.45f) candidate.preferred = 2;
    for (const Placement& placement : one.placements) {
      Box box{anchor + placement.offset, anchor + placement.offset + one.block.size};
      if (!near || insideness(box, view) < 1)
        box = kNoBox;
      else if (one.style.pill)
        box.hi.y = anchor.y;  // its pin is kept free, too
      if (std::any_of(view.covered.begin(), view.covered.end(), [&](const Box& other) { return overlap(box, other); }))
        box = kNoBox;
      candidate.placements.push_back(box);
    }
    live.push_back(std::move(one));
    candidates.push_back(std::move(candidate));
  }

  for (size_t a = 0; a < live.size(); ++a)
    for (size_t b = 0; b < a; ++b) {
      if (labels[live[a].label].text.zh != labels[live[b].label].text.zh ||
          glm::distance(live[a].anchor, live[b].anchor) > kSameNamePixels * view.scale)
        continue;
      Candidate& lesser = candidates[candidates[a].priority >= candidates[b].priority ? a : b];
      for (Box& box : lesser.placements) box = kNoBox;
    }

  std::vector<int> chosen = declutter(candidates, kMarginPixels * view.scale, kLoyalty);
  keepMost(chosen, candidates, view.most);
  std::vector<size_t> order(live.size());
  std::iota(order.begin(), order.end(), size_t(0));
  // The important ones last, over those that are just fading away.
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(candidates[a].priority, candidates[a].key) > std::pair(candidates[b].priority, candidates[b].key);
  });
  std::map<uint64_t, Memory> memory;
  Painter painter(glyphs, quads, view.scale, view.night);
  for (size_t index : order) {
    const Live& one = live[index];
    Memory now;
    if (auto found = memory_.find(one.label); found != memory_.end()) now = found->second;
    const int placement = chosen[index];
    const float target = placement >= 0 ? 1.0f : 0.0f;
    now.alpha = target > now.alpha ? std::min(target, now.alpha + step) : std::max(target, now.alpha - step);
    if (now.alpha != target) changing_ = true;
    if (placement >= 0) now.last = placement;
    now.placement = placement;
    if (now.alpha <= 0) continue;
    const Placement& used =
        one.placements[static_cast<size_t>(std::min<int>(now.last, int(one.placements.size()) - 1))];
    glm::vec2 at = one.anchor + used.offset;
    if (view.still) at = glm::round(at);
    const Box box{at, at + one.block.size};
    float alpha = now.alpha * insideness(box, view);
    if (one.style.farMetres >= view.reachMetres)
      alpha *= std::clamp((view.reachMetres - one.metres) / (kReachFades * view.reachMetres), 0.0f, 1.0f);
    memory.emplace(one.label, now);
    if (alpha <= 0.004f) continue;
    if (one.style.pill) painter.pin(labels[one.label], one.anchor, {one.anchor.x, box.hi.y}, alpha);
    painter.block(labels[one.label], one.style, one.block, at, used.align, alpha, one.selected);
    if (placement >= 0) shown_.push_back({labels[one.label].selection, box});
  }
  std::reverse(shown_.begin(), shown_.end());
  memory_ = std::move(memory);
  sightings_ = std::move(sightings);
}

}  // namespace cm::frame
