# shellcheck shell=bash
# Sourced by bin/check and bin/test: runs suites one after another and adds up what they counted. A suite that fails
# does not stop the next one; one that crashes, hangs or counts nothing is a failure.
passed=0 failed=0 started=$SECONDS
mkdir -p build/logs
export NO_COLOR=1 PATH="$PWD/build/node/bin:$PATH"
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1

# Where memory is a folder, what tests sync does not wait for a disk. The proofs are about disks (bin/test).
room=$(df --output=avail /dev/shm 2>/dev/null | tail -n 1 || true)
if [ "${room:-0}" -gt 4000000 ]; then
  TMPDIR=$(mktemp -d /dev/shm/roadbook-XXXXXX)
  export TMPDIR
  chmod a+x "$TMPDIR" # nginx and PostgreSQL work as users of their own.
  trap 'rm -rf "$TMPDIR"' EXIT
fi

# What a log counted, as "passed failed": GoogleTest, and our own `N passed, N failed`, which Vitest ends with too.
counts() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    /^\[  PASSED  \] [0-9]+ tests?\./ { passed += $4 }
    /^\[  FAILED  \] [0-9]+ tests?, listed below/ { failed += $4 }
    /^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 }
    END { print passed + 0, failed + 0 }'
}

# run NAME COMMAND...: with a log of its own and a quarter of an hour at most; shows the end of the log when it fails.
run() {
  local name=$1 log=build/logs/$1.log begun=$SECONDS
  shift
  status=0
  timeout --kill-after=10 "${SUITE_SECONDS:-900}" "$@" >"$log" 2>&1 </dev/null || status=$?
  seconds=$((SECONDS - begun))
  [ $status = 0 ] || { tail -n 60 "$log"; echo "-- $name: exit $status, all of it in $log"; }
}

# suite NAME COMMAND...: a command that counts. Beside others (aside) what fails is kept for gather to run once more.
suite() {
  local good bad
  run "$@"
  read -r good bad < <(counts "build/logs/$1.log")
  if [ "$bad" = 0 ] && { [ $status != 0 ] || [ "$good" = 0 ]; }; then bad=1; fi
  printf '%-14s %6d passed %4d failed %5d s\n' "$1" "$good" "$bad" "$seconds"
  if [ "$bad" != 0 ] && [ -n "${again:-}" ]; then
    printf '%q ' "$good" "$@" >>"$again"
    echo >>"$again"
    bad=0
  fi
  passed=$((passed + good)) failed=$((failed + bad))
}

# once_more PASSED NAME COMMAND...: what failed beside others, alone: of GoogleTest the tests that it lists as failed,
# of others, and of what crashed or hung, all. What passes now had no room before; what fails again fails.
once_more() {
  local before=$1 name=$2 log=build/logs/$2.log good bad tests=
  shift 2
  mv "$log" "build/logs/$name-beside.log"
  if grep -q '^\[  FAILED  \] .* listed below' "build/logs/$name-beside.log"; then
    tests=$(sed -n 's/^\[  FAILED  \] \([A-Za-z0-9_/]*\.[A-Za-z0-9_/]*\)\(,.*\)\?$/\1/p' "build/logs/$name-beside.log" |
      sort -u | paste -sd:)
    before=0
  fi
  run "$name" "$@" ${tests:+"--gtest_filter=$tests"}
  read -r good bad < <(counts "$log")
  if [ "$bad" = 0 ] && [ $status != 0 ]; then bad=1; fi
  passed=$((passed + good - before)) failed=$((failed + bad))
  printf '%-14s %6d passed %4d failed %5d s  once more, alone\n' "$name" "$good" "$bad" "$seconds"
}

# step NAME COMMAND...: one check that only holds or fails, such as a linter.
step() {
  run "$@"
  if [ $status = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  printf '%-14s %32s %5d s\n' "$1" "$([ $status = 0 ] && echo ok || echo FAILED)" "$seconds"
}

# build NAME COMMAND...: what the suites after it need; counts only when it fails.
build() {
  step "$@"
  [ $status != 0 ] || passed=$((passed - 1))
}

# compile PRESET TARGET...: those of the targets that the project has.
compile() {
  local preset=$1 known target wanted=()
  build "configure-$1" cmake --preset "$1"
  shift
  known=$(ninja -C "build/$preset" -t targets all | cut -d: -f1)
  for target in "$@"; do
    if grep -qx "$target" <<<"$known"; then wanted+=("$target"); fi
  done
  # Behind whatever runs aside: a compiler waits, a test that waits for an answer does not.
  [ ${#wanted[@]} = 0 ] ||
    SUITE_SECONDS=3600 build "build-$preset" nice -n 19 cmake --build --preset "$preset" --target "${wanted[@]}"
}

# aside FUNCTION: runs a function of suites beside what follows, with an output and counts of its own.
lanes=()
aside() {
  ( # shellcheck disable=SC2030 # What it counts comes back in a file.
    passed=0 failed=0 again=build/logs/$1.again
    : >"$again"
    "$1"
    echo "$passed $failed" >"build/logs/$1.counts"
  ) >"build/logs/$1.out" 2>&1 &
  lanes+=("$1:$!")
}

# gather: waits for all that runs aside, shows it, adds up what it counted and runs once more what failed there.
gather() {
  local lane name good bad lines line
  for lane in "${lanes[@]}"; do
    name=${lane%:*}
    wait "${lane#*:}" || true
    cat "build/logs/$name.out"
    read -r good bad <"build/logs/$name.counts" || { good=0 bad=1; echo "-- $name did not come to its end"; }
    # shellcheck disable=SC2031
    passed=$((passed + good)) failed=$((failed + bad))
  done
  for lane in "${lanes[@]}"; do
    mapfile -t lines <"build/logs/${lane%:*}.again"
    for line in "${lines[@]}"; do eval "once_more $line"; done
  done
  lanes=()
}

finish() {
  echo "$((SECONDS - started)) s"
  echo "$passed passed, $failed failed"
  [ $failed = 0 ]
}
