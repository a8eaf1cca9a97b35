//! The order of the house: which module may include which. The table is the one of the design; a module may also include
//! what the modules it names may include.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"base", {}},
    {"geo", {"base"}},
    {"city", {"geo"}},
    {"source", {"geo"}},
    {"tiling", {"source", "city"}},
    {"tiles", {"source", "city"}},
    {"gpu", {"base"}},
    {"residency", {"tiles", "gpu"}},
    {"frame", {"residency", "city"}},
    {"hub", {"city", "source"}},
    {"app", {"base", "geo", "city", "source", "tiling", "tiles", "gpu", "residency", "frame", "hub"}},
};

//! Modules that know of Vulkan; the others must work where there is none.
const std::set<std::string> kVulkanModules = {"gpu", "residency", "frame", "app"};

std::set<std::string> closure(const std::string& module) {
  std::set<std::string> all = {module};
  for (const std::string& direct : kMayInclude.at(module)) all.merge(closure(direct));
  return all;
}

struct Include {
  std::string file;  // relative to engine/
  int line;
  std::string target;
  bool quoted;
};

std::vector<Include> includesOf(const fs::path& root, const fs::path& file) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> found;
  std::ifstream in(file);
  std::string text;
  for (int line = 1; std::getline(in, text); ++line) {
    std::smatch match;
    if (std::regex_search(text, match, pattern)) {
      found.push_back({file.lexically_relative(root).generic_string(), line, match[2], match[1] == "\""});
    }
  }
  return found;
}

std::string firstFolder(const std::string& path) { return path.substr(0, path.find('/')); }

std::string problem(const Include& include) {
  const std::string module = firstFolder(include.file);
  const std::string target = firstFolder(include.target);
  const bool isUi = include.file.starts_with("app/ui/");
  const bool isImgui = include.target.starts_with("imgui") || include.target.starts_with("misc/cpp/imgui");

  if (include.target.find("..") != std::string::npos) return "writes '..'; expected the path from engine/";
  if (include.target.starts_with("vulkan/") || include.target == "vk_mem_alloc.h") {
    if (isUi) return "app/ui may include only city, base and Dear ImGui";
    if (!kVulkanModules.contains(module)) return module + " must not know of Vulkan";
    return {};
  }
  if (isImgui) return module == "app" ? "" : "only app may include Dear ImGui";
  if (!kMayInclude.contains(target) || include.target.find('/') == std::string::npos) {
    if (!include.quoted) return {};  // a library's or the language's
    if (include.target.starts_with("shared/") || include.target == "shaders_embedded.h") {
      return kVulkanModules.contains(module) && !isUi ? "" : module + " must not know of shaders";
    }
    if (fs::exists(fs::path(CITYMIRROR_SOURCE_DIR) / "engine" / fs::path(include.file).parent_path() /
                   include.target)) {
      return "is beside the file; expected the path from engine/";
    }
    return {};
  }
  if (isUi) {
    const bool allowed = target == "city" || target == "base" || include.target.starts_with("app/ui/");
    return allowed ? "" : "app/ui may include only city, base and Dear ImGui";
  }
  return closure(module).contains(target) ? "" : module + " may not include " + target;
}

std::string report(const Include& include) {
  const std::string what = problem(include);
  if (what.empty()) return {};
  return "engine/" + include.file + ":" + std::to_string(include.line) + ": " + include.target + ": " + what + "\n";
}

TEST(IncludeOrder, EngineKeepsIt) {
  const fs::path root = fs::path(CITYMIRROR_SOURCE_DIR) / "engine";
  std::string problems;
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".h" && extension != ".cpp") continue;
    ++files;
    for (const Include& include : includesOf(root, entry.path())) problems += report(include);
  }
  EXPECT_GT(files, 0);
  EXPECT_TRUE(problems.empty()) << problems;
}

TEST(IncludeOrder, EveryFolderIsAModuleOfTheTable) {
  for (const auto& entry : fs::directory_iterator(fs::path(CITYMIRROR_SOURCE_DIR) / "engine")) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(kMayInclude.contains(name)) << "engine/" << name << " is no module of the design";
  }
}

TEST(IncludeOrder, NoticesWhatItIsFor) {
  const auto found = [](const char* file, const char* target, bool quoted = true) {
    return !problem({file, 1, target, quoted}).empty();
  };
  EXPECT_FALSE(found("tiles/tree.h", "base/result.h"));
  EXPECT_FALSE(found("frame/frame.h", "tiles/selection.h"));
  EXPECT_FALSE(found("gpu/device.h", "vulkan/vulkan.h", false));
  EXPECT_FALSE(found("app/ui/projects.cpp", "city/commands.h"));
  EXPECT_FALSE(found("app/ui/projects.cpp", "imgui.h"));
  EXPECT_FALSE(found("app/ui/projects.cpp", "vector", false));

  EXPECT_TRUE(found("base/text.h", "geo/bounds.h"));
  EXPECT_TRUE(found("city/document.h", "source/fetch.h"));
  EXPECT_TRUE(found("gpu/device.h", "tiles/tree.h"));
  EXPECT_TRUE(found("tiles/tree.h", "gpu/device.h"));
  EXPECT_TRUE(found("tiles/tree.h", "vulkan/vulkan.h", false));
  EXPECT_TRUE(found("frame/frame.h", "imgui.h"));
  EXPECT_TRUE(found("frame/frame.h", "../city/document.h"));
  EXPECT_TRUE(found("app/ui/projects.cpp", "tiles/tree.h"));
  EXPECT_TRUE(found("app/ui/projects.cpp", "app/loop.h"));
  EXPECT_TRUE(found("app/ui/projects.cpp", "geo/bounds.h"));
  EXPECT_TRUE(found("app/ui/projects.cpp", "vulkan/vulkan.h", false));
}

}  // namespace
