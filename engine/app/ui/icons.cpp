#include "app/ui/icons.h"

#include <cmath>
#include <initializer_list>
#include <numbers>

namespace cm::app::ui {
namespace {

//! Draws in a unit square: (0,0) top left, (1,1) bottom right.
class Pen {
 public:
  Pen(ImDrawList& list, ImVec2 centre, float size, ImU32 colour) : list_(list), size_(size), colour_(colour) {
    origin_ = {centre.x - size / 2, centre.y - size / 2};
  }
  ImVec2 at(float x, float y) const { return {origin_.x + x * size_, origin_.y + y * size_}; }
  void line(std::initializer_list<ImVec2> points, bool closed = false) {
    for (const ImVec2& p : points) list_.PathLineTo(at(p.x, p.y));
    list_.PathStroke(colour_, closed ? ImDrawFlags_Closed : 0, width());
  }
  void fill(std::initializer_list<ImVec2> points) {
    for (const ImVec2& p : points) list_.PathLineTo(at(p.x, p.y));
    list_.PathFillConvex(colour_);
  }
  void arc(float x, float y, float radius, float from, float to) {
    constexpr float turn = 2 * std::numbers::pi_v<float>;
    list_.PathArcTo(at(x, y), radius * size_, from * turn, to * turn, 24);
    list_.PathStroke(colour_, 0, width());
  }
  void circle(float x, float y, float radius) { list_.AddCircle(at(x, y), radius * size_, colour_, 28, width()); }
  void dot(float x, float y, float radius) { list_.AddCircleFilled(at(x, y), radius * size_, colour_, 20); }
  void box(float x0, float y0, float x1, float y1, float rounding, bool filled = false) {
    if (filled)
      list_.AddRectFilled(at(x0, y0), at(x1, y1), colour_, rounding * size_);
    else
      list_.AddRect(at(x0, y0), at(x1, y1), colour_, rounding * size_, 0, width());
  }
  //! Its middle at a height.
  void cloud(float y) {
    arc(0.30f, y + 0.08f, 0.16f, 0.25f, 0.74f);
    arc(0.50f, y - 0.08f, 0.22f, 0.50f, 0.99f);
    arc(0.73f, y + 0.08f, 0.16f, 0.75f, 1.25f);
    line({{0.30f, y + 0.24f}, {0.73f, y + 0.24f}});
  }
  float width() const { return std::fmax(size_ / 12, 1.4f); }

 private:
  ImDrawList& list_;
  float size_;
  ImU32 colour_;
  ImVec2 origin_;
};

}  // namespace

void drawIcon(ImDrawList& list, Icon icon, ImVec2 centre, float size, ImU32 colour) {
  Pen pen(list, centre, size, colour);
  switch (icon) {
    case Icon::Play: pen.fill({{0.28f, 0.15f}, {0.86f, 0.5f}, {0.28f, 0.85f}}); break;
    case Icon::Pause:
      pen.box(0.22f, 0.17f, 0.41f, 0.83f, 0.06f, true);
      pen.box(0.59f, 0.17f, 0.78f, 0.83f, 0.06f, true);
      break;
    case Icon::Plus:
      pen.line({{0.15f, 0.5f}, {0.85f, 0.5f}});
      pen.line({{0.5f, 0.15f}, {0.5f, 0.85f}});
      break;
    case Icon::Minus: pen.line({{0.15f, 0.5f}, {0.85f, 0.5f}}); break;
    case Icon::Home:
      pen.line({{0.1f, 0.5f}, {0.5f, 0.13f}, {0.9f, 0.5f}});
      pen.line({{0.21f, 0.44f}, {0.21f, 0.87f}, {0.79f, 0.87f}, {0.79f, 0.44f}});
      pen.line({{0.5f, 0.87f}, {0.5f, 0.62f}});
      break;
    case Icon::Close:
      pen.line({{0.2f, 0.2f}, {0.8f, 0.8f}});
      pen.line({{0.8f, 0.2f}, {0.2f, 0.8f}});
      break;
    case Icon::ChevronLeft: pen.line({{0.62f, 0.18f}, {0.32f, 0.5f}, {0.62f, 0.82f}}); break;
    case Icon::ChevronRight: pen.line({{0.38f, 0.18f}, {0.68f, 0.5f}, {0.38f, 0.82f}}); break;
    case Icon::Layers:
      pen.line({{0.5f, 0.12f}, {0.92f, 0.36f}, {0.5f, 0.6f}, {0.08f, 0.36f}}, true);
      pen.line({{0.08f, 0.6f}, {0.5f, 0.84f}, {0.92f, 0.6f}});
      break;
    case Icon::Buildings:
      pen.line({{0.06f, 0.88f}, {0.94f, 0.88f}});
      pen.line({{0.18f, 0.88f}, {0.18f, 0.14f}, {0.52f, 0.14f}, {0.52f, 0.88f}});
      pen.line({{0.52f, 0.42f}, {0.82f, 0.42f}, {0.82f, 0.88f}});
      pen.line({{0.3f, 0.34f}, {0.4f, 0.34f}});
      pen.line({{0.3f, 0.54f}, {0.4f, 0.54f}});
      break;
    case Icon::Help:
      pen.arc(0.5f, 0.34f, 0.2f, -0.5f, 0.12f);
      pen.line({{0.645f, 0.475f}, {0.5f, 0.6f}, {0.5f, 0.67f}});
      pen.dot(0.5f, 0.86f, 0.06f);
      break;
    case Icon::Train:
      pen.box(0.22f, 0.1f, 0.78f, 0.74f, 0.14f);
      pen.line({{0.22f, 0.46f}, {0.78f, 0.46f}});
      pen.dot(0.37f, 0.6f, 0.05f);
      pen.dot(0.63f, 0.6f, 0.05f);
      pen.line({{0.34f, 0.78f}, {0.22f, 0.92f}});
      pen.line({{0.66f, 0.78f}, {0.78f, 0.92f}});
      break;
    case Icon::Leaf:
      pen.line({{0.16f, 0.9f}, {0.62f, 0.4f}});
      pen.line({{0.25f, 0.76f}, {0.2f, 0.45f}, {0.4f, 0.2f}, {0.86f, 0.12f}, {0.82f, 0.55f}, {0.6f, 0.78f}}, true);
      break;
    case Icon::Label:
      pen.box(0.08f, 0.2f, 0.92f, 0.68f, 0.12f);
      pen.line({{0.28f, 0.44f}, {0.72f, 0.44f}});
      pen.line({{0.4f, 0.68f}, {0.5f, 0.84f}, {0.6f, 0.68f}});
      break;
    case Icon::Sun:
      pen.circle(0.5f, 0.5f, 0.2f);
      for (int i = 0; i < 8; ++i) {
        float angle = static_cast<float>(i) * std::numbers::pi_v<float> / 4, c = std::cos(angle), s = std::sin(angle);
        pen.line({{0.5f + 0.32f * c, 0.5f + 0.32f * s}, {0.5f + 0.44f * c, 0.5f + 0.44f * s}});
      }
      break;
    case Icon::Cloud: pen.cloud(0.52f); break;
    case Icon::Fog:
      pen.line({{0.20f, 0.26f}, {0.80f, 0.26f}});
      pen.line({{0.08f, 0.44f}, {0.66f, 0.44f}});
      pen.line({{0.30f, 0.62f}, {0.92f, 0.62f}});
      pen.line({{0.18f, 0.80f}, {0.74f, 0.80f}});
      break;
    case Icon::Rain:
      pen.cloud(0.38f);
      pen.line({{0.34f, 0.72f}, {0.27f, 0.92f}});
      pen.line({{0.54f, 0.72f}, {0.47f, 0.92f}});
      pen.line({{0.74f, 0.72f}, {0.67f, 0.92f}});
      break;
    case Icon::Snow:
      for (int i = 0; i < 3; ++i) {
        const float angle = static_cast<float>(i) * std::numbers::pi_v<float> / 3, c = std::sin(angle),
                    s = std::cos(angle);
        pen.line({{0.5f - 0.42f * c, 0.5f - 0.42f * s}, {0.5f + 0.42f * c, 0.5f + 0.42f * s}});
        for (const float end : {-1.0f, 1.0f})  // barbs, a little before the ends
          pen.line({{0.5f + end * (0.40f * c + 0.12f * s), 0.5f + end * (0.40f * s - 0.12f * c)},
                    {0.5f + end * 0.26f * c, 0.5f + end * 0.26f * s},
                    {0.5f + end * (0.40f * c - 0.12f * s), 0.5f + end * (0.40f * s + 0.12f * c)}});
      }
      break;
    case Icon::Shadow:
      pen.box(0.14f, 0.14f, 0.62f, 0.62f, 0.06f);
      pen.line({{0.74f, 0.36f}, {0.86f, 0.36f}, {0.86f, 0.86f}, {0.36f, 0.86f}, {0.36f, 0.74f}});
      break;
    case Icon::Pin:
      pen.arc(0.5f, 0.4f, 0.28f, 0.42f, 1.08f);
      pen.line({{0.255f, 0.535f}, {0.5f, 0.92f}, {0.745f, 0.535f}});
      pen.dot(0.5f, 0.4f, 0.09f);
      break;
    case Icon::Swipe:
      pen.line({{0.5f, 0.08f}, {0.5f, 0.92f}});
      pen.line({{0.28f, 0.3f}, {0.1f, 0.5f}, {0.28f, 0.7f}});
      pen.line({{0.72f, 0.3f}, {0.9f, 0.5f}, {0.72f, 0.7f}});
      break;
    case Icon::Area:
      pen.line({{0.12f, 0.3f}, {0.56f, 0.12f}, {0.9f, 0.42f}, {0.72f, 0.86f}, {0.22f, 0.78f}}, true);
      break;
    case Icon::Check: pen.line({{0.14f, 0.52f}, {0.4f, 0.78f}, {0.88f, 0.24f}}); break;
    case Icon::Clock:
      pen.circle(0.5f, 0.5f, 0.4f);
      pen.line({{0.5f, 0.26f}, {0.5f, 0.5f}, {0.68f, 0.6f}});
      break;
    case Icon::Warning:
      pen.line({{0.5f, 0.1f}, {0.94f, 0.88f}, {0.06f, 0.88f}}, true);
      pen.line({{0.5f, 0.4f}, {0.5f, 0.62f}});
      pen.dot(0.5f, 0.75f, 0.05f);
      break;
    case Icon::Star:
      for (int i = 0; i < 10; ++i) {
        float angle = static_cast<float>(i) * std::numbers::pi_v<float> / 5, r = i % 2 ? 0.19f : 0.44f;
        list.PathLineTo(pen.at(0.5f + r * std::sin(angle), 0.53f - r * std::cos(angle)));
      }
      list.PathStroke(colour, ImDrawFlags_Closed, pen.width());
      break;
    case Icon::Resize:
      pen.line({{0.2f, 0.2f}, {0.8f, 0.8f}});
      pen.line({{0.2f, 0.48f}, {0.2f, 0.2f}, {0.48f, 0.2f}});
      pen.line({{0.8f, 0.52f}, {0.8f, 0.8f}, {0.52f, 0.8f}});
      break;
    case Icon::Lens:
      pen.circle(0.42f, 0.42f, 0.3f);
      pen.line({{0.64f, 0.64f}, {0.9f, 0.9f}});
      break;
  }
}

void drawCompass(ImDrawList& list, ImVec2 centre, float size, float headingDegrees, ImU32 north, ImU32 south) {
  float angle = -headingDegrees * std::numbers::pi_v<float> / 180;
  ImVec2 up{std::sin(angle), -std::cos(angle)}, side{up.y, -up.x};
  auto at = [&](float along, float across) {
    return ImVec2{centre.x + (up.x * along + side.x * across) * size,
                  centre.y + (up.y * along + side.y * across) * size};
  };
  list.AddTriangleFilled(at(0.5f, 0), at(0, 0.2f), at(0, -0.2f), north);
  list.AddTriangleFilled(at(-0.5f, 0), at(0, -0.2f), at(0, 0.2f), south);
}

}  // namespace cm::app::ui
