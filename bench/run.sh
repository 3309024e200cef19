#!/usr/bin/env bash
# Measures Westway on this machine and prints Markdown. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/wrk.sh

shared="${WESTWAY_SHARED:-$PWD/../shared}"
port="${BENCH_PORT:-18080}"
seconds="${BENCH_SECONDS:-5}"
clients=16
base="http://127.0.0.1:$port/fhir"

fail() { echo "bench: $*" >&2; exit 1; }
command -v wrk >/dev/null || fail "wrk is needed: apt-get install wrk, or brew install wrk"
command -v curl >/dev/null || fail "curl is needed"
[ -r /proc/self/status ] || fail "memory is read from /proc, which only Linux has"
[ -d "$shared/synthea" ] || fail "the Synthea bundles are not at $shared/synthea; set WESTWAY_SHARED"

westway="${WESTWAY_BIN:-}"
if [ -z "$westway" ]; then
  cargo build --release --quiet
  westway="${CARGO_TARGET_DIR:-target}/release/westway"
fi

work=$(mktemp -d)
server=""
stop() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=""; fi
}
trap 'stop; rm -rf "$work"' EXIT

now() { date +%s%N; }

# Starts a server on the data folder $1; the milliseconds to its first answer go to `started`.
start() {
  local begun tries=0
  begun=$(now)
  "$westway" serve --listen "127.0.0.1:$port" --data-dir "$1" --log warn 2>"$work/server.log" &
  server=$!
  until curl -sf -o /dev/null "$base/Patient?_count=1"; do
    kill -0 "$server" 2>/dev/null || fail "the server ended: $(tail -n 3 "$work/server.log")"
    tries=$((tries + 1))
    [ "$tries" -lt 12000 ] || fail "the server does not answer"
    sleep 0.005
  done
  started=$((($(now) - begun) / 1000000))
}

memory() { awk '/^VmRSS:/ { printf "%.0f MB", $2 / 1024 }' "/proc/$server/status"; }

# One row: name, the figure of Helios, and the arguments of wrk.
row() {
  local name="$1" helios="$2" out rate p50 p99
  shift 2
  wrk -t2 -c"$clients" -d1s "$@" >/dev/null
  out=$(wrk -t2 -c"$clients" -d"${seconds}s" --latency "$@")
  if grep -qE 'Non-2xx|Socket errors' <<<"$out"; then
    echo "| $name | failed: $(grep -E 'Non-2xx|Socket errors' <<<"$out" | xargs) | | | $helios |"
    return
  fi
  rate=$(awk '/^Requests\/sec:/ { printf "%.0f", $2 }' <<<"$out")
  p50=$(millis "$(awk '$1 == "50%" { print $2 }' <<<"$out")")
  p99=$(millis "$(awk '$1 == "99%" { print $2 }' <<<"$out")")
  echo "| $name | $rate | $p50 | $p99 | $helios |"
}

start "$work/empty"
sleep 1
empty_started=$started
empty_memory=$(memory)
stop

"$westway" load --data-dir "$work/data" --log warn "$shared/synthea" >"$work/load.txt" || fail "the import: $(cat "$work/load.txt")"
summary=$(head -n 1 "$work/load.txt")
start "$work/data"
resources=$(curl -sf "$base/_history?_count=1" | grep -oE '"total":[0-9]+' | head -n 1 | cut -d: -f2)
bytes=$(stat -c %s "$work/data/westway.db")
patient=$(curl -sf "$base/Patient?_count=1" | grep -oE '"fullUrl":"[^"]*' | sed 's|.*/||')
[ -n "$patient" ] || fail "there is no patient to read"

cat <<END
## $(date -u +%Y-%m-%d), $(nproc) cores, $("$westway" --version)

wrk, $clients connections, $seconds s a request, on the cores of the server; all Synthea bundles loaded.

| request | req/s | p50 ms | p99 ms | Helios 0.2.7 req/s |
|---|---|---|---|---|
END
row "\`GET Patient/{id}\`" 6863 "$base/Patient/$patient"
row "\`Patient?gender=female&_count=20\`" 805 "$base/Patient?gender=female&_count=20"
row "\`Observation?patient={id}&_count=20\`" 164 "$base/Observation?patient=$patient&_count=20"
row "\`Observation?subject:Patient.gender=female&_count=20\`" 10.6 "$base/Observation?subject:Patient.gender=female&_count=20"
loaded_memory=$(memory)
BODY=docs/examples/patient.json row "\`POST Patient\`" 336 -s bench/post.lua "$base/Patient"

cat <<END

| what | Westway | Helios 0.2.7 |
|---|---|---|
| import | $summary | 979 resources/s |
| memory after the searches | $loaded_memory | 519 MB |
| memory after the creates | $(memory) | 809 MB |
| memory, empty database, idle | $empty_memory | |
| start to first search answered, empty database | $empty_started ms | 3,600 ms |
| start to first search answered, loaded database | $started ms | |
| database bytes per resource | $((bytes / resources)) ($bytes bytes, $resources resources) | |
| binary | $(($(stat -Lc %s "$westway") / 1000000)) MB | 143 MB |
END
