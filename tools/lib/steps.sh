# Sourced by run, test and tools/setup: numbered steps that say how long they took and how long is left.
#
#   steps_plan NAME SECONDS …   every step that will follow, with a first guess of its length
#   step_begin NAME             "[2/7] NAME …  (about 6 min left)"
#   step_done [NOTE]            "[2/7] NAME: done in 41 s"; the time is remembered as the next guess
#   step_skip [NOTE]            "[2/7] NAME: in place"

TILTH_STEP_TIMES=build/setup-times
declare -a step_names=() step_guesses=()
step_number=0

steps_plan() {
  while [ $# -ge 2 ]; do
    local guess="$2" remembered
    if [ -f "$TILTH_STEP_TIMES" ]; then
      remembered="$(grep -F "$1=" "$TILTH_STEP_TIMES" | tail -1)" && guess="${remembered##*=}"
    fi
    step_names+=("$1"); step_guesses+=("$guess")
    shift 2
  done
}

# words_of_seconds 95 → "1 min 35 s"
words_of_seconds() {
  if [ "$1" -lt 60 ]; then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi
}

# The guesses of this step and of those after it.
seconds_left() {
  local sum=0 i
  for ((i = step_number - 1; i < ${#step_guesses[@]}; i++)); do sum=$((sum + step_guesses[i])); done
  echo "$sum"
}

step_enter() {
  step_number=$((step_number + 1))
  step_name="$1"
  step_started=$SECONDS
}

step_begin() {
  step_enter "$1"
  local left
  left="$(words_of_seconds "$(seconds_left)")"
  printf '[%d/%d] %s …  (about %s left)\n' "$step_number" "${#step_names[@]}" "$1" "$left"
}

step_done() {
  local took=$((SECONDS - step_started)) words
  words="$(words_of_seconds $took)"
  printf '[%d/%d] %s: %s in %s\n' "$step_number" "${#step_names[@]}" "$step_name" "${1:-done}" "$words"
  mkdir -p build
  { grep -vF "$step_name=" "$TILTH_STEP_TIMES" 2>/dev/null || true; echo "$step_name=$took"; } > "$TILTH_STEP_TIMES.new"
  mv "$TILTH_STEP_TIMES.new" "$TILTH_STEP_TIMES"
}

step_skip() {
  step_enter "$1"
  # A step that is in place costs nothing: take its guess out of what is left.
  step_guesses[step_number - 1]=0
  printf '[%d/%d] %s: %s\n' "$step_number" "${#step_names[@]}" "$1" "${2:-in place}"
}

# Stamps: a step is skipped while the hash of what it depends on is the one written when it last succeeded.
stamp_holds() { [ "$(cat "build/stamps/$1" 2>/dev/null)" = "$2" ]; }
stamp_write() { mkdir -p build/stamps && printf '%s\n' "$2" > "build/stamps/$1"; }
