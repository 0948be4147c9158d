# The headers that nearly every file reads, parsed once: the standard library's for all, GoogleTest's besides for tests.
# A file still names what it uses: the sanitizers' build does without these, and -DTILTH_PRECOMPILED=OFF checks it.
#
# tilth_precompiled(target [TESTS])
set(TILTH_PRECOMPILED ON CACHE BOOL "Parse the common headers once")
if(TILTH_SANITIZE)
  set(TILTH_PRECOMPILED OFF)
endif()
set(tilth_common_headers <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint> <cstring>
  <deque> <filesystem> <functional> <future> <map> <memory> <mutex> <optional> <set> <shared_mutex> <span> <string>
  <string_view> <thread> <tuple> <unordered_map> <unordered_set> <utility> <variant> <vector>)

function(tilth_precompiled_from name)
  set(source ${CMAKE_BINARY_DIR}/precompiled/${name}.cpp)
  if(NOT EXISTS ${source})
    file(WRITE ${source} "// A precompiled header needs a file of its own to be compiled beside.\n")
  endif()
  add_library(${name} OBJECT ${source})
  target_link_libraries(${name} PRIVATE tilth_options)
  target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

function(tilth_precompiled target)
  if(NOT TILTH_PRECOMPILED)
    return()
  endif()
  set(from tilth_common)
  if("TESTS" IN_LIST ARGN)
    set(from tilth_common_tests)
  endif()
  target_precompile_headers(${target} REUSE_FROM ${from})
endfunction()

find_package(GTest REQUIRED)
# Tests are compiled more often than they run: the light optimizer takes a third less time over them.
add_library(tilth_test_options INTERFACE)
target_compile_options(tilth_test_options INTERFACE -O1 -Wno-stringop-overread)
if(TILTH_PRECOMPILED)
  # GCC 12 forgets that a precompiled header is the system's and then warns of what it inlined from std::string.
  target_compile_options(tilth_options INTERFACE -Wno-stringop-overflow -Wno-restrict -Wno-array-bounds)
  tilth_precompiled_from(tilth_common ${tilth_common_headers})
  tilth_precompiled_from(tilth_common_tests ${tilth_common_headers} <gtest/gtest.h>)
  target_link_libraries(tilth_common_tests PRIVATE tilth_test_options GTest::gtest)
endif()
