#include "app/card_pictures.h"

#include <fmt/format.h>

namespace cm::app {
namespace {

constexpr size_t kMostKept = 24;  // cards: some 4 MiB each

Text sourceOf(const city::Document& document, const std::string& id) {
  const city::Source* source = document.source(id);
  return source ? source->name : Text{};
}

}  // namespace

ui::CardPicture CardPictures::of(Stage& stage, ImguiPass& pass, const city::Selection& selection) {
  awaited_ = false;
  ui::CardPicture card;
  if (selection.kind == city::PickKind::Nothing) {
    stage.wantPictures("");
    return card;
  }
  const city::Picture* named = stage.document().picture(selection.id);
  const auto loaded = stage.pictures().find(selection.id);
  if (named && loaded != stage.pictures().end()) {
    const std::string key = "picture " + selection.id;
    if (!textures_.contains(key)) {
      if (textures_.size() >= kMostKept) return card;
      textures_[key] = {pass.addTexture(loaded->second), nullptr,
                        float(loaded->second.width) / float(std::max(1u, loaded->second.height))};
    }
    card.before = textures_[key].before;
    card.aspect = textures_[key].aspect;
    card.caption = named->caption;
    card.source = sourceOf(stage.document(), named->source);
    stage.wantPictures("");
    return card;
  }
  if (selection.kind != city::PickKind::Project || stage.session().look == city::Look::Plain) {
    stage.wantPictures("");
    return card;
  }
  const std::string key = fmt::format("{} {}", city::lookName(stage.session().look), selection.id);
  if (const auto found = textures_.find(key); found != textures_.end()) {
    card.before = found->second.before;
    card.after = found->second.after;
    card.aspect = found->second.aspect;
    stage.wantPictures("");
  } else if (textures_.size() < kMostKept) {
    stage.wantPictures(selection.id);
    key_ = key;
    card.awaited = awaited_ = true;
  }
  return card;
}

bool CardPictures::draw(Stage& stage, ImguiPass& pass, gpu::Device& device) {
  if (!awaited_) return false;
  const auto pictures = stage.drawPictures(device);
  if (!pictures) return false;
  textures_[key_] = {pass.addTexture(pictures->before), pass.addTexture(pictures->after),
                     float(pictures->before.width) / float(std::max(1u, pictures->before.height))};
  awaited_ = false;
  return true;
}

}  // namespace cm::app
