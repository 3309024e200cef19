#!/usr/bin/env bash
# Measures searches on a database that is there, and prints Markdown. See README.md beside this file.
#
#     bench/search.sh DATA_FOLDER > figures.md
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/wrk.sh

port="${BENCH_PORT:-18081}"
seconds="${BENCH_SECONDS:-3}"
clients=16
base_path="/fhir"
base="http://127.0.0.1:$port$base_path"

fail() { echo "bench: $*" >&2; exit 1; }
[ $# = 1 ] && [ -f "$1/westway.db" ] || fail "name a data folder with a database: westway load --data-dir DATA_FOLDER ..."
for tool in wrk curl python3; do command -v "$tool" >/dev/null || fail "$tool is needed"; done

westway="${WESTWAY_BIN:-}"
if [ -z "$westway" ]; then
  cargo build --release --quiet
  westway="${CARGO_TARGET_DIR:-target}/release/westway"
fi

# Cold pages would measure the disk, and whichever class comes first.
cat "$1/westway.db" >/dev/null

work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
"$westway" serve --listen "127.0.0.1:$port" --base-path "$base_path" --data-dir "$1" --log warn 2>"$work/server.log" &
server=$!
until curl -sf -o /dev/null "$base/Patient?_count=1"; do
  kill -0 "$server" 2>/dev/null || fail "the server ended: $(tail -n 3 "$work/server.log")"
  sleep 0.05
done

# The paths of each class, with ids that the server has, in a file of their own.
bench/search-queries.sh | python3 bench/search_paths.py "$base" "$work"

resources=$(curl -sf "$base/_history?_count=1" | grep -oE '"total":[0-9]+' | head -n 1 | cut -d: -f2)
cat <<END
## $(date -u +%Y-%m-%d), $(nproc) cores, $("$westway" --version)

wrk, $clients connections, $seconds s a class, on the cores of the server; $resources resources, $(($(stat -c %s "$1/westway.db") / 1000000)) MB.

| searches | req/s | p50 ms | p99 ms |
|---|---|---|---|
END
while IFS=$'\t' read -r file name; do
  export PATHS="$work/$file"
  wrk -t2 -c"$clients" -d1s -s bench/search.lua "http://127.0.0.1:$port" >/dev/null
  out=$(wrk -t2 -c"$clients" -d"${seconds}s" --latency --timeout 30s -s bench/search.lua "http://127.0.0.1:$port")
  failed=$(grep -E 'Non-2xx|Socket errors' <<<"$out" | xargs || true)
  rate=$(awk '/^Requests\/sec:/ { printf "%.0f", $2 }' <<<"$out")
  p50=$(millis "$(awk '$1 == "50%" { print $2 }' <<<"$out")")
  p99=$(millis "$(awk '$1 == "99%" { print $2 }' <<<"$out")")
  echo "| \`$name\` | $rate | $p50 | $p99${failed:+ ($failed)} |"
done <"$work/classes"

echo
python3 bench/download.py "$base" 'Observation?code=8302-2&_count=1000' 'Observation?_count=1000'
