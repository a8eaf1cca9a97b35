#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "app/load.h"
#include "app/programs.h"
#include "base/log.h"
#include "source/tileset.h"

namespace cm::app {
namespace {

//! Tilesets are opened too: a city.json that points at nothing is not a good one.
void checkTileset(const std::string& cityUri, const std::string& uri, const std::string& path, source::Fetcher& fetcher,
                  std::vector<city::Problem>& problems) {
  if (uri.empty()) return;
  std::string whole = source::resolveUri(cityUri, uri);
  auto bytes = fetcher.read(whole);
  if (!bytes) {
    problems.push_back({path, bytes.error().text()});
    return;
  }
  auto tileset = source::parseTileset(*bytes, whole);
  if (!tileset)
    problems.push_back({path, tileset.error().text()});
  else
    for (const std::string& warning : tileset->warnings) problems.push_back({path, warning});
}

}  // namespace

int checkProgram(const std::string& cityPath, const source::Fetcher::Options& fetch) {
  source::Fetcher fetcher(fetch);
  auto loaded = loadCity(cityPath, fetcher);
  if (!loaded) {
    log::error("{}", loaded.error().text());
    return kExitFailed;
  }
  std::vector<city::Problem> problems = loaded->problems;
  for (const std::string& failure : loaded->failures) problems.push_back({"overlays, pictures", failure});
  const city::Document& document = loaded->document;
  for (size_t i = 0; i < document.tilesets.size(); ++i)
    checkTileset(loaded->address, document.tilesets[i].uri, fmt::format("tilesets[{}].uri", i), fetcher, problems);
  for (size_t p = 0; p < document.projects.size(); ++p)
    for (size_t a = 0; a < document.projects[p].additions.size(); ++a)
      checkTileset(loaded->address, document.projects[p].additions[a].tilesetUri,
                   fmt::format("projects[{}].additions[{}].tileset", p, a), fetcher, problems);
  for (const city::Problem& problem : problems)
    fmt::print("{}\n", log::withoutSecrets(fmt::format("{}: {}: {}", loaded->uri, problem.path, problem.message)));
  if (problems.empty()) {
    fmt::print("{}: 没有问题 / no problems ({} · {}; {} tilesets, {} overlays, {} projects, {} views)\n", loaded->uri,
               document.name.zh, document.name.en, document.tilesets.size(), document.overlays.size(),
               document.projects.size(), document.views.size());
    return kExitDone;
  }
  fmt::print("{}: {} 个问题 / {} problems\n", loaded->uri, problems.size(), problems.size());
  return kExitFailed;
}

}  // namespace cm::app
