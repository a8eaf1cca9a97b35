//! How different two pictures look when one flips to the other: FLIP for low dynamic range, after Andersson, Nilsson, Akenine-Moeller,
//! Oskarsson, Astrom, Fairchild, "FLIP: A Difference Evaluator for Alternating Images", Proc. ACM Comput. Graph. Interact. Tech. 3(2),
//! 2020. Pure; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "source/image.h"

namespace cm::test {

namespace flip {

using Colour = std::array<double, 3>;
using Plane = std::vector<Colour>;

inline constexpr double kPixelsPerDegree = 67;  // 0.7 m before a 0.7 m wide screen of 3840 pixels, as in the paper
inline constexpr Colour kWhite{0.950428545, 1.000000000, 1.088900371};  // D65, XYZ

inline double linear(uint8_t value) {
  const double v = value / 255.0;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}
inline Colour xyz(const Colour& c) {
  return {0.4124564 * c[0] + 0.3575761 * c[1] + 0.1804375 * c[2], 0.2126729 * c[0] + 0.7151522 * c[1] + 0.0721750 * c[2],
          0.0193339 * c[0] + 0.1191920 * c[1] + 0.9503041 * c[2]};
}
inline Colour linearFromXyz(const Colour& c) {
  return {3.2404542 * c[0] - 1.5371385 * c[1] - 0.4985314 * c[2], -0.9692660 * c[0] + 1.8760108 * c[1] + 0.0415560 * c[2],
          0.0556434 * c[0] - 0.2040259 * c[1] + 1.0572252 * c[2]};
}
inline Colour opponent(const Colour& rgb) {  // YCxCz
  const Colour c = xyz(rgb);
  const double x = c[0] / kWhite[0], y = c[1] / kWhite[1], z = c[2] / kWhite[2];
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}
inline Colour linearFromOpponent(const Colour& c) {
  const double y = (c[0] + 16) / 116, x = c[1] / 500 + y, z = y - c[2] / 200;
  return linearFromXyz({x * kWhite[0], y * kWhite[1], z * kWhite[2]});
}
//! CIELAB of a linear colour, its chroma scaled by its lightness (the Hunt effect).
inline Colour huntLab(const Colour& rgb) {
  const Colour c = xyz(rgb);
  const auto f = [](double t) {
    constexpr double d = 6.0 / 29;
    return t > d * d * d ? std::cbrt(t) : t / (3 * d * d) + 4.0 / 29;
  };
  const double x = f(c[0] / kWhite[0]), y = f(c[1] / kWhite[1]), z = f(c[2] / kWhite[2]), l = 116 * y - 16;
  return {l, 0.01 * l * 500 * (x - y), 0.01 * l * 200 * (y - z)};
}
inline double hyab(const Colour& a, const Colour& b) {
  return std::abs(a[0] - b[0]) + std::hypot(a[1] - b[1], a[2] - b[2]);
}

//! One channel through a row kernel and a column kernel, edges repeated.
inline std::vector<double> convolved(const std::vector<double>& in, int width, int height, const std::vector<double>& across,
                                     const std::vector<double>& down) {
  const int radius = int(across.size()) / 2;
  std::vector<double> rows(in.size()), out(in.size());
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      double sum = 0;
      for (int i = -radius; i <= radius; ++i)
        sum += across[size_t(i + radius)] * in[size_t(y) * size_t(width) + size_t(std::clamp(x + i, 0, width - 1))];
      rows[size_t(y) * size_t(width) + size_t(x)] = sum;
    }
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      double sum = 0;
      for (int i = -radius; i <= radius; ++i)
        sum += down[size_t(i + radius)] * rows[size_t(std::clamp(y + i, 0, height - 1)) * size_t(width) + size_t(x)];
      out[size_t(y) * size_t(width) + size_t(x)] = sum;
    }
  return out;
}

inline std::vector<double> channel(const Plane& plane, size_t which) {
  std::vector<double> values(plane.size());
  for (size_t i = 0; i < plane.size(); ++i) values[i] = plane[i][which];
  return values;
}

//! What of a picture the eye resolves at that distance: each opponent channel through its contrast sensitivity (table 1).
inline Plane filtered(const Plane& picture, int width, int height) {
  struct Gaussian {
    double a, b;
  };
  constexpr std::array<std::array<Gaussian, 2>, 3> kSensitivity{
      {{{{1, 0.0047}, {0, 1e-5}}}, {{{1, 0.0053}, {0, 1e-5}}}, {{{34.1, 0.04}, {13.5, 0.025}}}}};
  constexpr double pi = std::numbers::pi;
  const int radius = int(std::ceil(3 * std::sqrt(0.04 / (2 * pi * pi)) * kPixelsPerDegree));
  Plane out(picture.size(), Colour{});
  for (size_t c = 0; c < 3; ++c) {
    double weights = 0;
    std::vector<double> sum(picture.size());
    for (const Gaussian& g : kSensitivity[c]) {
      if (g.a == 0) continue;
      std::vector<double> kernel;
      double total = 0;
      for (int i = -radius; i <= radius; ++i) {
        const double x = i / kPixelsPerDegree;
        kernel.push_back(std::exp(-pi * pi * x * x / g.b));
        total += kernel.back();
      }
      // The two-dimensional kernel a * sqrt(pi / b) * exp(...) is this one twice; its sum is the share of this Gaussian.
      const double share = g.a * std::sqrt(pi / g.b) * total * total;
      for (double& k : kernel) k /= total;
      const std::vector<double> part = convolved(channel(picture, c), width, height, kernel, kernel);
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += share * part[i];
      weights += share;
    }
    for (size_t i = 0; i < sum.size(); ++i) out[i][c] = sum[i] / weights;
  }
  return out;
}

//! Lengths of the gradient (edges) or of the second derivatives (points) of lightness, about as wide as a pixel of the eye.
inline std::vector<double> features(const std::vector<double>& lightness, int width, int height, bool points) {
  const double sigma = 0.5 * 0.082 * kPixelsPerDegree;
  const int radius = int(std::ceil(3 * sigma));
  std::vector<double> smooth, slope;
  double total = 0, positive = 0, negative = 0;
  for (int i = -radius; i <= radius; ++i) {
    const double g = std::exp(-double(i) * i / (2 * sigma * sigma));
    smooth.push_back(g);
    total += g;
    slope.push_back(points ? (double(i) * i / (sigma * sigma) - 1) * g : -double(i) * g);
    (slope.back() > 0 ? positive : negative) += slope.back();
  }
  for (double& g : smooth) g /= total;
  for (double& s : slope) s /= s > 0 ? positive : -negative;
  const std::vector<double> x = convolved(lightness, width, height, slope, smooth),
                            y = convolved(lightness, width, height, smooth, slope);
  std::vector<double> lengths(x.size());
  for (size_t i = 0; i < x.size(); ++i) lengths[i] = std::hypot(x[i], y[i]);
  return lengths;
}

inline Plane opponentOf(const source::Image& image) {
  Plane plane(size_t(image.width) * image.height);
  for (size_t i = 0; i < plane.size(); ++i)
    plane[i] = opponent({linear(image.rgba[4 * i]), linear(image.rgba[4 * i + 1]), linear(image.rgba[4 * i + 2])});
  return plane;
}

}  // namespace flip

//! The mean over all pixels, 0 (the same) .. 1. Throws where the sizes differ.
inline double meanFlip(const source::Image& a, const source::Image& b) {
  using namespace flip;
  if (a.width != b.width || a.height != b.height || a.rgba.empty()) throw std::invalid_argument("pictures of two sizes");
  const int width = int(a.width), height = int(a.height);
  const Plane pa = opponentOf(a), pb = opponentOf(b), fa = filtered(pa, width, height), fb = filtered(pb, width, height);
  const auto lightness = [](const Plane& plane) {
    std::vector<double> values = channel(plane, 0);
    for (double& v : values) v = (v + 16) / 116;
    return values;
  };
  const std::vector<double> la = lightness(pa), lb = lightness(pb);
  const std::vector<double> edgesA = features(la, width, height, false), edgesB = features(lb, width, height, false),
                            pointsA = features(la, width, height, true), pointsB = features(lb, width, height, true);
  constexpr double kExponent = 0.7, kKnee = 0.4, kKneeValue = 0.95;
  const double most = std::pow(hyab(huntLab({0, 1, 0}), huntLab({0, 0, 1})), kExponent), knee = kKnee * most;
  const auto clamped = [](Colour c) {
    for (double& v : c) v = std::clamp(v, 0.0, 1.0);
    return c;
  };
  double sum = 0;
  for (size_t i = 0; i < fa.size(); ++i) {
    const double apart = std::pow(
        hyab(huntLab(clamped(linearFromOpponent(fa[i]))), huntLab(clamped(linearFromOpponent(fb[i])))), kExponent);
    const double colour = apart < knee ? apart * kKneeValue / knee
                                       : kKneeValue + (apart - knee) / (most - knee) * (1 - kKneeValue);
    const double feature = std::sqrt(std::numbers::sqrt2 / 2 *
                                     std::max(std::abs(edgesA[i] - edgesB[i]), std::abs(pointsA[i] - pointsB[i])));
    sum += std::pow(std::clamp(colour, 0.0, 1.0), 1 - std::clamp(feature, 0.0, 1.0));
  }
  return sum / double(fa.size());
}

}  // namespace cm::test
