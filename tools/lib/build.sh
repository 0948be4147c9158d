# Sourced by run and test: configures when needed and builds with a line of progress. Needs tools/lib/steps.sh.
#
#   build_program FOLDER TARGET… [-- CMAKE_OPTION…]
# NINJA names another ninja to use (a wrapper that takes a lock on a shared build folder, say).

# A second checkout on the same machine finds what the first has compiled: paths below it count as relative.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1

build_configure() {
  local folder="$1"; shift
  # A copied or moved checkout carries a cache that names its old place; CMake refuses such a cache, so drop it.
  local home
  home="$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt" 2>/dev/null || true)"
  if [ -n "$home" ] && [ "$home" != "$PWD" ]; then
    rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles" "$folder/build.ninja"
  fi
  if [ ! -f "$folder/build.ninja" ]; then
    mkdir -p "$folder"
    if ! cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release "$@" > "$folder/configure.log" 2>&1; then
      tail -n 30 "$folder/configure.log" >&2
      return 1
    fi
  fi
}

# Reads ninja's lines ("done total text"), shows progress now and then, and keeps what is not progress: the errors.
build_progress() {
  local done_count total rest now begun=$SECONDS shown=$SECONDS left
  while read -r done_count total rest; do
    if [[ "$done_count" =~ ^@[0-9]+$ && "$total" =~ ^[0-9]+@$ ]]; then
      done_count=${done_count#@}; total=${total%@}
      now=$SECONDS
      if [ $((now - shown)) -ge "$1" ] && [ "$done_count" -gt 0 ]; then
        shown=$now
        left=$(((now - begun) * (total - done_count) / done_count))
        printf "$2" "$done_count" "$total" "$(words_of_seconds $left)"
      fi
    else
      printf '%s %s %s\n' "$done_count" "$total" "$rest"
    fi
  done
  [ -t 1 ] && printf '\r\033[K'
  return 0
}

build_program() {
  local folder="$1"; shift
  local targets=() options=()
  while [ $# -gt 0 ] && [ "$1" != "--" ]; do targets+=("$1"); shift; done
  [ $# -gt 0 ] && shift && options=("$@")
  build_configure "$folder" "${options[@]}" || return 1
  local every=10 form='      %d of %d compiled, about %s left\n'
  if [ -t 1 ]; then every=1; form='\r\033[K      %d of %d compiled, about %s left'; fi
  NINJA_STATUS='@%f %t@ ' CCACHE_SLOPPINESS=pch_defines,time_macros \
    "${NINJA:-ninja}" -C "$folder" -j "$(nproc)" "${targets[@]}" 2>&1 |
    grep -vE '^(ninja: Entering|ninja: no work|-- )' | build_progress "$every" "$form"
  return "${PIPESTATUS[0]}"
}
