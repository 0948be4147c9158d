# Warnings and hardening that hold for every line of ours.
add_library(tilth_options INTERFACE)
target_include_directories(tilth_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(tilth_options INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Werror
  -fstack-protector-strong -fPIE -pthread)
if(TILTH_SANITIZE)
  # GCC takes what sanitizers insert into a variant for reads of uninitialized memory.
  target_compile_options(tilth_options INTERFACE -fsanitize=${TILTH_SANITIZE} -fno-omit-frame-pointer -O1
    -Wno-maybe-uninitialized)
  target_link_options(tilth_options INTERFACE -fsanitize=${TILTH_SANITIZE})
else()
  target_compile_options(tilth_options INTERFACE -D_GLIBCXX_ASSERTIONS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
target_link_options(tilth_options INTERFACE -pie -Wl,-z,relro,-z,now)
find_program(TILTH_MOLD mold)
if(TILTH_MOLD)
  target_link_options(tilth_options INTERFACE -fuse-ld=mold)
endif()
find_program(TILTH_CCACHE ccache)
if(TILTH_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TILTH_CCACHE})
endif()
