#include "frame/scenery.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "frame/targets.h"

namespace cm::frame {

Scenery::Scenery(gpu::Device& device, residency::Residency& r, VkFormat colourFormat) : residency(r), objects(device) {
  CM_CHECK(colourFormat == VK_FORMAT_R8G8B8A8_UNORM || colourFormat == VK_FORMAT_B8G8R8A8_UNORM,
           "the frame encodes sRGB itself and draws to 8-bit UNORM, not to format {}", int(colourFormat));
  layouts.colour = colourFormat;
  std::array<VkDescriptorSetLayoutBinding, 4> bindings{};
  constexpr VkShaderStageFlags kBoth = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;
  for (uint32_t i = 0; i < bindings.size(); ++i)
    bindings[i] = {
        .binding = i,
        .descriptorType = i % 2 ? VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER : VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER,
        .descriptorCount = 1,
        .stageFlags = i % 2 ? VkShaderStageFlags(VK_SHADER_STAGE_FRAGMENT_BIT) : kBoth};
  layouts.globals = objects.setLayout(bindings);
  scenePass = std::make_unique<ScenePass>(device, layouts, residency.textureLayout());
  trees = std::make_unique<TreePass>(device, layouts);
  shadows = std::make_unique<SunShadows>(device, layouts.globals, scenePass->recordsLayout());
  drape = std::make_unique<Drape>(device, layouts);
  lines = std::make_unique<OverlayLines>(device, layouts);
  rails = std::make_unique<RailPass>(device, layouts);
  life = std::make_unique<LifePass>(device, layouts);
  weather = std::make_unique<WeatherPass>(device, layouts);
  labels = std::make_unique<Labels>(device, layouts);
  axes = geo::enuFrameAt({});
}

void Scenery::setDocument(const city::Document& document, const VectorLayers& vectors) {
  axes = geo::enuFrameAt({document.origin.lonDegrees, document.origin.latDegrees, 0});
  placed.forget();
  visibility.setDocument(document, axes);
  sites = std::make_shared<PlanSites>(document, vectors);
  drape->setDocument(document, vectors, axes);
  rails->setDocument(document, vectors, axes);
  life->setDocument(document);
  LineShapes shapes = lineShapes(document, vectors, axes);
  labels->setDocument(document, vectors, shapes, axes);
  lines->setDocument(document, std::move(shapes));
  ++documentGeneration;
}

SideDraws Scenery::drawsOf(const SideView& side, const View& view, const Scene& scene, FrameArena& arena,
                           Statistics& statistics) {
  SideDraws mine;
  const auto place = [&](std::span<const tiles::TileId> ids) {
    std::vector<const PlacedTile*> tiles;
    for (const tiles::TileId id : ids)
      if (const PlacedTile* tile = placed.place(residency, axes, id)) tiles.push_back(tile);
    return tiles;
  };
  const auto list = [&](std::span<const PlacedTile* const> tiles) {
    DrawList made = buildDraws(arena, view, tiles, visibility, side.slot, side.side->transition < 1, DrawSet::Picture,
                               scene.layers.buildings);
    statistics.triangles += made.triangles;
    statistics.tiles += uint32_t(made.tiles.size());
    statistics.draws += made.draws;
    return made;
  };
  mine.tiles = place(side.side->draw);
  std::vector<const PlacedTile*> steady = mine.tiles;
  for (const tiles::LevelFade& fade : side.side->fades) {
    const std::vector<const PlacedTile*> in = place(fade.in), out = place(fade.out);
    std::erase_if(steady, [&](const PlacedTile* tile) { return std::find(in.begin(), in.end(), tile) != in.end(); });
    mine.fades.push_back({list(in), list(out), fade.share});
  }
  mine.list = list(steady);
  return mine;
}

void Scenery::fillUniforms(const View& view, shared::FrameUniforms& uniforms) const {
  for (size_t i = 0; i < surroundings.colours.size(); ++i) uniforms.edgeColour[i] = surroundings.colours[i];
  uniforms.edgeCentre = glm::vec4(view.relativeEnu(surroundings.centreEnu), float(surroundings.radiusMetres));
  const glm::dvec3 eye = view.eyeEnu;
  uniforms.place =
      glm::vec4(glm::vec3(eye - glm::floor(eye / double(shared::kPlaceMetres)) * double(shared::kPlaceMetres)), 0);
}

VkDescriptorSet Scenery::globals(PassContext& pass, const shared::FrameUniforms& uniforms,
                                 const ShadowMaps& maps) const {
  const Slice slice = pass.arena.copyOne(uniforms);
  const std::array<Binding, 4> bindings{
      {{.binding = 0, .type = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, .slice = slice},
       {.binding = 1,
        .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
        .view = maps.view(),
        .sampler = maps.sampler()},
       {.binding = 2, .type = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, .slice = drape->uniforms(pass)},
       {.binding = 3,
        .type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
        .view = drape->view(),
        .sampler = drape->sampler()}}};
  return pass.arena.descriptors(layouts.globals, bindings);
}

Casting Scenery::casting(const Scene& scene) {
  const glm::dvec3 sun = glm::normalize(glm::dmat3(axes.enuFromEcef) * light.keyEcef());
  return {placed,      axes,       visibility, records, sun, scene.look == city::Look::Day ? trees.get() : nullptr,
          sites.get(), rails.get()};
}

void Scenery::draw(PassContext& pass, std::span<const SideDraws> draws, bool lit, bool still, bool inLens) {
  for (const SideView& side : pass.sides) {
    if (side.rectangle.extent.width == 0 || side.side->inLens != inLens) continue;
    setScissor(pass.commands, pass.view, side.rectangle);
    const bool below = lit && pass.scene.layers.underground;
    if (below) drawBelow(pass, side, still);
    const bool draped = !drape->empty(side.slot);
    scenePass->drawTiles(pass, side, draws[side.index].list, records, draped);
    for (const SideDraws::Fade& fade : draws[side.index].fades) {
      scenePass->drawFading(pass, side, fade.in, records, draped, fade.share, false);
      scenePass->drawFading(pass, side, fade.out, records, draped, fade.share, true);
    }
    if (pass.scene.look == city::Look::Day && !below)
      trees->draw(pass, side, draws[side.index].tiles, *sites, scenePass->moving());
    if (lit && !below) scenePass->drawBeyond(pass, side, light);
    if (lit) rails->drawWorks(pass, side, !still, RailPass::Works::Open);
    scenePass->drawBlended(pass, side, draws[side.index].list, records);
    for (const SideDraws::Fade& fade : draws[side.index].fades) scenePass->drawBlended(pass, side, fade.in, records);
    if (!lit) continue;
    lines->draw(pass, side);
    if (!still || !pass.scene.liveApart) drawLife(pass, side, !still, false);
  }
}

void Scenery::drawLife(PassContext& pass, const SideView& side, bool moving, bool over) {
  rails->drawTrains(pass, side, moving, over ? RailPass::Where::Over : RailPass::Where::Open);
  life->draw(pass, side, moving, over);
  weather->drawFalling(pass, side);
}

//! What lies under the ground, on the plane that ends the world; the city comes over it as glass.
void Scenery::drawBelow(PassContext& pass, const SideView& side, bool still) {
  scenePass->drawBeyond(pass, side, light, true);
  clearDepth(pass.commands, pass.view, side.rectangle);
  rails->drawWorks(pass, side, !still, RailPass::Works::FarWalls);
  rails->drawTrains(pass, side, !still, RailPass::Where::Below);
  rails->drawWorks(pass, side, !still, RailPass::Works::NearWalls);
  lines->drawBelow(pass, side);
  clearDepth(pass.commands, pass.view, side.rectangle);
}

}  // namespace cm::frame
