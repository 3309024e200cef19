#!/usr/bin/env bash
# Measures Westway on SQLite and, where it is installed, on PostgreSQL, with the Synthea bundles. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/servers.sh

shared="${WESTWAY_SHARED:-$PWD/../shared}"
[ -d "$shared/synthea" ] || bench_fail "the Synthea bundles are not at $shared/synthea; set WESTWAY_SHARED"
port="${BENCH_PORT:-18080}"
out="${BENCH_OUT:-bench/results/latest}"
mkdir -p "$out"
bench_build

servers=()
# measured NAME PORT ARGUMENTS...: an import into an empty database, then a place among the servers that are compared.
measured() {
  local name="$1" port="$2"
  shift 2
  bench_serve "$port" --data-dir "$work/$name" --profiles base "$@"
  echo "$name: first answer after $start_millis ms" | tee -a "$out/notes.txt"
  "$driver" run import --server "http://127.0.0.1:$port/fhir" --name "$name" --files "$shared/synthea" --clients 4 --seconds 3600 \
    --warm-up 0 --pid "$started" --out "$out/import.$name.json" >>"$out/import.md"
  servers+=("$name=http://127.0.0.1:$port/fhir,$started")
}

: >"$out/notes.txt"
: >"$out/import.md"
measured westway-sqlite "$port"
echo "westway-sqlite: $(du -bs "$work/westway-sqlite" | cut -f1) bytes on disk" | tee -a "$out/notes.txt"
if command -v pg_config >/dev/null && [ -x "$(pg_config --bindir)/initdb" ]; then
  bench_postgres $((port + 2))
  measured westway-postgres $((port + 1)) --database-url "$database_url"
  echo "westway-postgres: $(du -bs "$work/pg/base" | cut -f1) bytes on disk" | tee -a "$out/notes.txt"
else
  echo "PostgreSQL is not measured: there is no initdb (apt-get install postgresql)" | tee -a "$out/notes.txt"
fi
cat "$out/import.md"
BENCH_OUT="$out" bench/side-by-side.sh "${servers[@]}" "$@"
