# Dear ImGui >= 1.90 with its GLFW and Vulkan backends and FreeType fonts, as the target `imgui`.
# Debian 12: built from build/deps/imgui, where tools/setup put it. Else the system's libimgui-dev, whose library holds all of
# these already. Include as "imgui.h", "imgui_impl_glfw.h", "imgui_impl_vulkan.h", "imgui_freetype.h", "imgui_stdlib.h".
set(imgui_root ${CITYMIRROR_DEPS}/imgui)
if(EXISTS ${imgui_root}/imgui.cpp)
  add_library(imgui STATIC
    ${imgui_root}/imgui.cpp ${imgui_root}/imgui_draw.cpp ${imgui_root}/imgui_tables.cpp ${imgui_root}/imgui_widgets.cpp
    ${imgui_root}/imgui_demo.cpp ${imgui_root}/backends/imgui_impl_glfw.cpp ${imgui_root}/backends/imgui_impl_vulkan.cpp
    ${imgui_root}/misc/cpp/imgui_stdlib.cpp ${imgui_root}/misc/freetype/imgui_freetype.cpp)
  target_include_directories(imgui SYSTEM PUBLIC
    ${imgui_root} ${imgui_root}/backends ${imgui_root}/misc/cpp ${imgui_root}/misc/freetype)
  target_compile_options(imgui PRIVATE -w)
  target_link_libraries(imgui PUBLIC glfw Vulkan::Vulkan Freetype::Freetype)
else()
  find_path(IMGUI_INCLUDE imgui.h PATH_SUFFIXES imgui)
  find_library(IMGUI_LIBRARY imgui)
  if(NOT IMGUI_INCLUDE OR NOT IMGUI_LIBRARY)
    message(FATAL_ERROR "Dear ImGui not found: run tools/setup.")
  endif()
  file(STRINGS ${IMGUI_INCLUDE}/imgui.h version REGEX "define IMGUI_VERSION_NUM")
  string(REGEX REPLACE "[^0-9]" "" version "${version}")
  if(version LESS 19000)
    message(FATAL_ERROR "Dear ImGui in ${IMGUI_INCLUDE} has version number ${version}; 19000 (1.90) or newer is needed: run tools/setup.")
  endif()
  find_library(STB_LIBRARY stb REQUIRED)  # Debian keeps Dear ImGui's font reader there; libimgui-dev depends on it
  add_library(imgui INTERFACE)
  target_include_directories(imgui SYSTEM INTERFACE ${IMGUI_INCLUDE} ${IMGUI_INCLUDE}/backends)
  target_link_libraries(imgui INTERFACE ${IMGUI_LIBRARY} ${STB_LIBRARY} glfw Vulkan::Vulkan Freetype::Freetype)
endif()
