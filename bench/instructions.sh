#!/usr/bin/env bash
# Counts the instructions of some operations with valgrind, and compares them with those recorded. See README.md beside this file.
#
#     bench/instructions.sh            compares; fails if one has risen by more than 10 %
#     bench/instructions.sh --record   writes bench/instructions/recorded.txt anew
set -euo pipefail
cd "$(dirname "$0")/.."

recorded=bench/instructions/recorded.txt
command -v valgrind >/dev/null || { echo "valgrind is needed (apt-get install valgrind)" >&2; exit 1; }

# All packages, so that features are those of the tests and nothing is compiled twice.
cargo build --quiet --workspace --example instructions
program="$(realpath "${CARGO_TARGET_DIR:-target}/debug/examples/instructions")"
compiler="$(rustc --version)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/data"
# One dump for each operation: begun anew when `counted` is entered, written when `end_of_count` is, with the instructions of all threads.
valgrind --tool=callgrind --callgrind-out-file="$work/counts" \
  '--zero-before=instructions::counted*' '--dump-before=instructions::end_of_count*' \
  "$program" "$work/data" >"$work/operations" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }

# counts: a line for each operation: instructions, name.
number=0
while read -r repetitions name; do
  number=$((number + 1))
  # `summary` would be what was executed since the dump before.
  total=$(awk '/^totals:/ { print $2 }' "$work/counts.$number")
  echo "$((total / repetitions)) $name"
done <"$work/operations" >"$work/counted"
[ "$number" -gt 0 ] || { echo "nothing was counted" >&2; exit 1; }

if [ "${1:-}" = --record ]; then
  { echo "# $compiler"; cat "$work/counted"; } >"$recorded"
  cat "$recorded"
  exit
fi

# Another compiler makes other code: then only a leap is a failure.
limit=10
if [ "$(head -n 1 "$recorded")" != "# $compiler" ]; then
  limit=25
  echo "recorded with $(sed -n '1s/# //p' "$recorded"), counted with $compiler: up to $limit % more is let pass"
fi
awk -v limit="$limit" '
  function name_of() { name = $0; sub(/^[0-9]+ /, "", name); return name }
  /^#/ { next }
  NR == FNR { before[name_of()] = $1; next }
  FNR == 1 { printf "%-42s %12s %12s %9s\n", "instructions each", "recorded", "now", "change" }
  {
    name = name_of()
    if (!(name in before)) { printf "%-42s %12s %12d   not recorded\n", name, "", $1; failed = 1; next }
    change = ($1 / before[name] - 1) * 100
    mark = change > limit ? "  TOO MANY" : ""
    if (mark != "") failed = 1
    printf "%-42s %12d %12d %+8.1f%%%s\n", name, before[name], $1, change, mark
    delete before[name]
  }
  END {
    for (name in before) { printf "%-42s %12d   not counted\n", name, before[name]; failed = 1 }
    if (failed) print "If it must be so: bench/instructions.sh --record, and say why in the commit."
    exit failed
  }' "$recorded" "$work/counted"
