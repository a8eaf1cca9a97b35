//! A small whole document that uses every key, for the tests of city/.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "city/document.h"

namespace cm::city {

inline const std::string kExample = R"({
  "version": 1, "id": "bay", "name": {"zh": "海湾", "en": "Bay"}, "description": {"zh": "说明", "en": "About"},
  "illustrative": true, "origin": {"lon": 120.3, "lat": 36.06, "height": 12.5}, "geoid": "EGM96", "dataDate": "2025-03",
  "sources": [{"id": "made", "name": {"zh": "示意数据", "en": "Illustrative"}, "licence": "CC0", "uri": "https://example.org",
               "date": "2025", "note": {"zh": "按规则生成", "en": "Made by rule"}}],
  "tilesets": [{"id": "tiles", "name": {"zh": "城市", "en": "City"}, "uri": "tiles/tileset.json",
                "credentials": "CITYMIRROR_LAYER_SURVEY", "source": "made"}],
  "allowedOrigins": ["https://tiles.example.org:8443"],
  "overlays": [
    {"id": "greenways", "kind": "greenway", "name": {"zh": "绿道", "en": "Greenways"}, "uri": "overlays/greenways.geojson",
     "credentials": "CITYMIRROR_LAYER_PLANS_2", "source": "made", "items": [{"id": "coast", "name": {"zh": "滨海绿道", "en": "Coast"}, "colour": "#2e9e5b",
     "status": "planned", "opens": "2028-05-01", "lengthKilometres": 12.25, "story": {"zh": "故事", "en": "Story"}, "source": "made"}]},
    {"id": "metro", "kind": "metro", "uri": "overlays/metro.geojson",
     "items": [{"id": "m1", "name": {"zh": "1号线", "en": "Line 1"}, "colour": "#ff0080", "status": "existing", "opens": "2021-12-01"}]}],
  "imagery": [
    {"id": "ortho", "name": {"zh": "航片", "en": "Aerial picture"}, "kind": "wmts", "uri": "https://t{s}.example.org/img_c/wmts?tk={key}",
     "matrix": "geographic", "layer": "img", "style": "default", "matrixSet": "c", "format": "tiles", "subdomains": ["0", "1"],
     "minLevel": 3, "maxLevel": 17, "levelOffset": 1, "bounds": [120, 35.5, 121, 36.5], "opacity": 0.75, "key": "abc",
     "keyEnvironment": "CITYMIRROR_KEY_EXAMPLE", "attribution": {"zh": "影像示例", "en": "Imagery by example"}, "source": "made"},
    {"id": "base", "kind": "xyz", "uri": "tiles/{z}/{x}/{y}.png"}],
  "projects": [
    {"id": "harbour", "name": {"zh": "老港区", "en": "Old Harbour"}, "kind": "waterfront", "status": "approved",
     "story": {"zh": "故事", "en": "Story"},
     "boundary": [[[[120.30, 36.06], [120.31, 36.06], [120.31, 36.07]], [[120.305, 36.062], [120.306, 36.062], [120.306, 36.063]]]],
     "phases": [{"id": "p1", "name": {"zh": "一期", "en": "Phase 1"}, "from": "2026-01-01", "to": "2027-06-30"},
                {"id": "p2", "from": "2027-07-01", "to": "2029-12-31"}],
     "removals": [{"phase": "p1", "featureIds": ["a", "b"], "inside": [[[[120.30, 36.06], [120.31, 36.06], [120.31, 36.07]]]]},
                  {"phase": "p2"}],
     "additions": [{"phase": "p1", "tileset": "harbour/1.json", "ground": "harbour/1.geojson",
                    "credentials": "CITYMIRROR_LAYER_PLANS_2"}, {"phase": "p2", "tileset": "harbour/2.json"}],
     "figures": [{"label": {"zh": "绿地率", "en": "Green"}, "unit": {"zh": "%", "en": "%"}, "before": 12, "after": 35.5}],
     "view": {"lon": 120.305, "lat": 36.05, "height": 600, "heading": 10, "pitch": -35}, "source": "made"},
    {"id": "mill", "name": {"zh": "纺织厂", "en": "Mill"}, "kind": "industrialHeritage"}],
  "scenarios": [{"id": "today", "name": {"zh": "现状", "en": "Today"}, "date": "2025-01-01"},
                {"id": "plan", "name": {"zh": "规划", "en": "Plan"}, "date": "2035-01-01", "allProjects": true},
                {"id": "some", "name": {"zh": "近期", "en": "Near"}, "date": "2028-01-01", "projects": ["harbour"]}],
  "views": [{"id": "home", "name": {"zh": "全景", "en": "Overview"}, "camera": {"lon": 120.3, "lat": 36.03, "height": 1500, "heading": 0, "pitch": -30}},
            {"id": "quay", "name": {"zh": "码头", "en": "Quay"}, "camera": {"lon": 120.31, "lat": 36.05, "height": 300, "heading": 350, "pitch": -20}}],
  "styles": [{"id": "height", "name": {"zh": "高度", "en": "Height"}, "show": "${height} > 3",
              "colour": {"property": "height", "unit": "m", "stops": [{"value": 0, "colour": "#ffffff"}, {"value": 100, "colour": "#102030"}], "stepped": true, "other": "#808080"}},
             {"id": "class", "name": {"zh": "类别", "en": "Class"},
              "colour": {"property": "class", "categories": [{"value": "office", "colour": "#c04050", "name": {"zh": "办公", "en": "Office"}}, {"value": "shed", "colour": "#404040"}]}}],
  "pictures": [{"of": "harbour", "uri": "pictures/harbour.jpg", "caption": {"zh": "港口，1980 年代", "en": "The harbour in the 1980s"}, "source": "made"}],
  "extras": {"z": [1, {"deep": null}], "a": "kept"}
})";

inline Document example() {
  auto parsed = parseDocument(kExample, "city.json");
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().text());
  if (!parsed) return {};
  for (const Problem& problem : parsed->problems) ADD_FAILURE() << problem.path << ": " << problem.message;
  return parsed->document;
}

}  // namespace cm::city
