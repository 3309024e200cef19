#!/usr/bin/env bash
# Westway and Helios side by side, each on SQLite and on PostgreSQL, with the same data. See README.md beside this file.
#
#     HELIOS_BIN=/path/to/hfs HFS_DATA_DIR=/path/to/data bench/peers.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/servers.sh

helios="${HELIOS_BIN:-}"
[ -x "$helios" ] || bench_fail "set HELIOS_BIN to the program hfs: cargo install helios-hfs --version 0.2.7 --no-default-features --features R4,sqlite,postgres"
[ -f "${HFS_DATA_DIR:-}/search-parameters-r4.json" ] || bench_fail "set HFS_DATA_DIR to a folder with search-parameters-r4.json, a Bundle of R4's SearchParameters: Helios knows next to none without it"
shared="${WESTWAY_SHARED:-$PWD/../shared}"
files="${BENCH_FILES:-$shared/synthea}"
[ -d "$files" ] || bench_fail "the Synthea bundles are not at $files; set WESTWAY_SHARED or BENCH_FILES"
port="${BENCH_PORT:-18085}"
out="${BENCH_OUT:-bench/results/peers}"
runs="${BENCH_RUNS:-3}"
mkdir -p "$out"
bench_build

names=(westway-sqlite helios-sqlite)
if command -v pg_config >/dev/null && [ -x "$(pg_config --bindir)/initdb" ]; then
  names+=(westway-postgres helios-postgres)
  bench_postgres $((port + 9))
fi

# begin NAME PORT: the server with an empty database; its base is $base, its process $started.
begin() {
  local name="$1" port="$2" url=
  rm -rf "${work:?}/$name"
  mkdir -p "$work/$name"
  if [ "${name#*-}" = postgres ]; then
    local database="${name%-*}"
    as_postgres psql -q -h 127.0.0.1 -p "$pg_port" -U westway -d postgres -c "DROP DATABASE IF EXISTS $database" -c "CREATE DATABASE $database" 2>/dev/null
    url="${database_url%/*}/$database"
  fi
  case "$name" in
    westway-*)
      bench_serve "$port" --data-dir "$work/$name" --profiles base ${url:+--database-url "$url"}
      base="http://127.0.0.1:$port/fhir"
      ;;
    helios-*)
      base="http://127.0.0.1:$port"
      (cd "$work/$name" && HFS_UI_ENABLED=false HFS_BASE_URL="$base" HFS_REQUEST_TIMEOUT=3600 \
        HFS_STORAGE_BACKEND="${name#*-}" exec "$helios" --port "$port" --log-level error \
        --database-url "${url:-$work/$name/fhir.db}" ${HELIOS_ARGS:-} >"$work/$name.log" 2>&1) &
      started=$!
      processes+=("$started")
      until curl -sf -o /dev/null "$base/metadata"; do
        kill -0 "$started" 2>/dev/null || bench_fail "$name ended: $(tail -n 3 "$work/$name.log")"
        sleep 0.1
      done
      ;;
  esac
}

# Imports in turns, each into an empty database; the servers of the last turn stay for the other workloads.
imports=()
for run in $(seq "$runs"); do
  bench_stop
  servers=()
  number=0
  for name in "${names[@]}"; do
    number=$((number + 1))
    begin "$name" $((port + number))
    echo "run $run: import into $name" >&2
    file="$out/import.$name.$run.json"
    "$driver" run import --server "$base" --name "$name" --files "$files" --clients 4 --seconds 3600 --warm-up 0 \
      --pid "$started" --out "$file" >/dev/null || echo "run $run: import into $name failed" >&2
    [ -f "$file" ] && imports+=("$file")
    servers+=("$name=$base,$started")
  done
done
{
  "$driver" compare "${imports[@]}"
  echo
  echo "| import | resources a second | resident MB after it |"
  echo "|---|--:|--:|"
  for name in "${names[@]}"; do
    python3 - "$name" "$out/import.$name".*.json <<'PYTHON'
import json, statistics, sys
runs = [json.load(open(path)) for path in sys.argv[2:]]
speed = statistics.median(run["all"]["resources_per_second"] for run in runs)
memory = statistics.median(run.get("memory_bytes") or 0 for run in runs)
print(f"| {sys.argv[1]} | {speed:,.0f} | {memory / 1e6:,.0f} |")
PYTHON
  done
  for name in "${names[@]}"; do
    if [ "${name#*-}" = sqlite ]; then echo "$name: $(du -bs "$work/$name" | cut -f1) bytes on disk"
    else echo "$name: $(as_postgres psql -qAt -h 127.0.0.1 -p "$pg_port" -U westway -d postgres -c "SELECT pg_database_size('${name%-*}')") bytes in the database"; fi
  done
} | tee "$out/import.md"
BENCH_OUT="$out" BENCH_RUNS="$runs" bench/side-by-side.sh "${servers[@]}"
