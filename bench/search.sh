#!/usr/bin/env bash
# Measures searches on a database that is there, each class for itself, and prints Markdown. See README.md beside this file.
#
#     bench/search.sh DATA_FOLDER > figures.md
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/servers.sh

[ $# = 1 ] && [ -f "$1/westway.db" ] || bench_fail "name a data folder with a database: westway load --data-dir DATA_FOLDER ..."
port="${BENCH_PORT:-18081}"
bench_build

# Cold pages would measure the disk, and whichever class comes first.
cat "$1/westway.db" >/dev/null
bench_serve "$port" --data-dir "$1"
base="http://127.0.0.1:$port/fhir"
for workload in walk queries; do
  "$driver" classes "$workload" | while IFS= read -r class; do
    "$driver" run "$workload" --only "$class" --server "$base" --name "$class" --clients "${BENCH_CLIENTS:-16}" \
      --seconds "${BENCH_SECONDS:-3}" --warm-up 1 --pid "$started" --out "$work/class.json" | grep '^| `'
  done
done | { echo '| class | requests | per s | resources per s | p50 ms | p90 ms | p99 ms | max ms | bytes | failed |'
         echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|---|'; cat; }
"$driver" run download --server "$base" --clients 1 --seconds 10 --warm-up 0 --name download
