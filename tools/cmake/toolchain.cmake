# Compiler, linker, cache, warnings and sanitizers.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Relative paths, so that a second clone of the project finds what the first one compiled.
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

include(CheckLinkerFlag)
foreach(linker mold lld)
  check_linker_flag(CXX -fuse-ld=${linker} CITYMIRROR_HAS_${linker})
  if(CITYMIRROR_HAS_${linker})
    add_link_options(-fuse-ld=${linker})
    break()
  endif()
endforeach()

if(CITYMIRROR_SANITIZE)
  add_compile_options(-fsanitize=${CITYMIRROR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CITYMIRROR_SANITIZE})
endif()

if(CITYMIRROR_FUZZ)  # the libraries too: a fuzzer sees only what is instrumented
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

# Linked by everything that is ours, by nothing that is not.
add_library(cm_warnings INTERFACE)
target_compile_options(cm_warnings INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror
  -Wno-missing-field-initializers)  # Vulkan structs are filled by designated initializers
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Flow analysis that is wrong now and then in GCC 12 to 14 when optimising or instrumenting: shown, not fatal.
  target_compile_options(cm_warnings INTERFACE -Wno-restrict
    -Wno-error=maybe-uninitialized -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread
    -Wno-error=free-nonheap-object -Wno-error=null-dereference
    -Wno-error=uninitialized)
  if(CITYMIRROR_SANITIZE)
    target_compile_options(cm_warnings INTERFACE -Wno-maybe-uninitialized -Wno-tsan)
  endif()
  if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    target_compile_options(cm_warnings INTERFACE -Wno-dangling-reference)
  endif()
else()
  target_compile_options(cm_warnings INTERFACE -Wno-unknown-warning-option -Wno-missing-designated-field-initializers
    -Wno-unused-command-line-argument)
endif()

if(CITYMIRROR_TIDY)
  find_program(CLANG_TIDY NAMES clang-tidy-19 clang-tidy-18 clang-tidy-17 clang-tidy-16 clang-tidy REQUIRED)
endif()

# What every target of ours shares.
function(cm_ours target)
  target_link_libraries(${target} PRIVATE cm_warnings)
  if(CITYMIRROR_TIDY)
    set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "${CLANG_TIDY};--quiet;--extra-arg=-Wno-unknown-warning-option")
  endif()
endfunction()
