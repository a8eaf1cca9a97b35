#include "app/ui_picture.h"

#include <imgui.h>

#include <algorithm>
#include <vector>

#include "app/facts.h"

namespace cm::app {

UiPicture::UiPicture(gpu::Device& device, Stage& stage, VkExtent2D extent, Shows shows)
    : device_(device), stage_(stage), shows_(shows) {
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui::GetIO().DisplaySize = {float(extent.width), float(extent.height)};
  ui_ = std::make_unique<ui::Ui>(stage.document(), shows);
  pass_ = std::make_unique<ImguiPass>(device, VK_FORMAT_R8G8B8A8_UNORM);
}

UiPicture::~UiPicture() {
  pass_.reset();
  ui_.reset();
  ImGui::DestroyContext();
}

void UiPicture::draw(double nowSeconds, float frameSeconds) {
  ui::Observations seen;
  seen.windowSize = {ImGui::GetIO().DisplaySize.x, ImGui::GetIO().DisplaySize.y};
  const float against = std::min(seen.windowSize.x / 1280, seen.windowSize.y / 720);
  seen.scale = against > 1.6f ? std::clamp(against / 2, 1.5f, 3.0f) : 1.0f;
  seen.nowSeconds = nowSeconds;
  seen.touchable = false;
  seen.depthFactor = stage_.depthFactor();
  seen.trains = stage_.trainsInSight() > 0;
  seen.people = stage_.peopleInSight() > 0;
  seen.night = stage_.night();
  seen.tinted = stage_.tintedInSight();
  seen.headingDegrees = stage_.session().camera.headingDegrees;
  if (shows_ == Shows::Everything) {
    const city::Selection& selection = stage_.session().selection;
    pictures_.draw(stage_, *pass_, device_);
    seen.card = facts_.of(stage_, selection);
    seen.card.picture = pictures_.of(stage_, *pass_, selection);
    seen.picked =
        factsOf(stage_, selection,
                selection.kind == city::PickKind::Building ? pickOf(stage_, selection.id) : frame::Pick{}, {});
  }
  ImGui::GetIO().DeltaTime = std::max(frameSeconds, 1e-4f);
  if (ui_->prepare(stage_.document(), stage_.session(), seen)) pass_->uploadFonts();
  ImGui::NewFrame();
  std::vector<city::Command> ignored;
  if (shows_ == Shows::Everything)
    ui_->draw(stage_.document(), stage_.session(), seen, ignored);
  else
    ui_->drawAttributionOnly(stage_.document(), stage_.session(), seen);
  ImGui::Render();
  stage_.setCovered(ImguiPass::pixelsOf(ui_->covered()));
}

}  // namespace cm::app
