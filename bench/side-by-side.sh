#!/usr/bin/env bash
# Measures servers that run already, in turns, and compares them. See README.md beside this file.
#
#     bench/side-by-side.sh westway=http://127.0.0.1:8080/fhir,4711 other=http://127.0.0.1:9090,4712
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$#" -eq 0 ]; then
  echo "usage: bench/side-by-side.sh NAME=BASE_URL[,PID]..." >&2
  exit 2
fi
out="${BENCH_OUT:-bench/results/latest}"
mkdir -p "$out"
driver="${BENCH_DRIVER:-}"
if [ -z "$driver" ]; then
  cargo build --release --quiet -p westway-bench
  driver="${CARGO_TARGET_DIR:-target}/release/westway-bench"
fi
machine="$(nproc) cores, $(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo), $(uname -sr)"
commit="$(git rev-parse --short HEAD)"

files=()
for run in $(seq "${BENCH_RUNS:-3}"); do
  for workload in ${BENCH_WORKLOADS:-read walk queries mix create transaction crud}; do
    for server in "$@"; do
      name="${server%%=*}" base="${server#*=}" pid=()
      case "$base" in *,*) pid=(--pid "${base##*,}"); base="${base%,*}" ;; esac
      file="$out/$workload.$name.$run.json"
      echo "run $run: $workload against $name" >&2
      "$driver" run "$workload" --server "$base" --name "$name" "${pid[@]}" --clients "${BENCH_CLIENTS:-16}" \
        --seconds "${BENCH_SECONDS:-10}" --seed "$run" --note "$machine" --note "commit $commit" ${BENCH_NOTE:+--note "$BENCH_NOTE"} \
        --out "$file" >/dev/null || echo "run $run: $workload against $name failed" >&2
      [ -f "$file" ] && files+=("$file")
    done
  done
done
"$driver" compare --plots "$out" "${files[@]}" | tee "$out/comparison.md"
