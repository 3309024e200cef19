#!/usr/bin/env bash
# How close Westway comes to what it stands on: reads beside a bare actix-web server, imports beside the database alone.
# See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/servers.sh

shared="${WESTWAY_SHARED:-$PWD/../shared}"
[ -d "$shared/synthea" ] || bench_fail "the Synthea bundles are not at $shared/synthea; set WESTWAY_SHARED"
command -v python3 >/dev/null || bench_fail "python3 is needed"
port="${BENCH_PORT:-18080}"
out="${BENCH_OUT:-bench/results/limits}"
runs="${BENCH_RUNS:-3}"
mkdir -p "$out"
bench_build

# median NAME < numbers
median() { sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }
# rate FILE FIELD: what the driver measured a second.
rate() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["all"][sys.argv[2]])' "$1" "$2"; }
# import NAME BASE: an import by the driver; prints resources a second.
import() {
  "$driver" run import --server "$2" --name "$1" --files "$shared/synthea" --clients "${BENCH_CLIENTS:-16}" --seconds 3600 --warm-up 0 \
    --out "$work/import.json" >/dev/null
  rate "$work/import.json" resources_per_second
}

# Reads: the same bytes of the same patients, from Westway and from memory, in turns.
bench_serve "$port" --data-dir "$work/read" --profiles base
import westway "http://127.0.0.1:$port/fhir" >/dev/null
"$driver" bare --server "http://127.0.0.1:$port/fhir" --listen "127.0.0.1:$((port + 1))" &
processes+=("$!")
until curl -s -o /dev/null "http://127.0.0.1:$((port + 1))/"; do sleep 0.05; done
for _ in $(seq "$runs"); do
  for server in "westway:$port" "bare:$((port + 1))"; do
    "$driver" run read --server "http://127.0.0.1:${server#*:}/fhir" --clients "${BENCH_CLIENTS:-16}" --seconds "${BENCH_SECONDS:-5}" \
      --out "$work/read.json" >/dev/null
    rate "$work/read.json" per_second >>"$work/read.${server%:*}"
  done
done
bench_stop

# Imports: what Westway wrote is read from its database and written again, without Westway.
sqlite_import() {
  rm -rf "$work/sqlite"
  bench_serve "$port" --data-dir "$work/sqlite" --profiles base
  import westway "http://127.0.0.1:$port/fhir" >>"$work/import.sqlite"
  bench_stop
  python3 bench/limits.py sqlite "$work/sqlite/westway.db" "$work/limit.db" >>"$work/limit.sqlite"
  rm -f "$work"/limit.db*
}
postgres_import() {
  as_postgres psql -q -h 127.0.0.1 -p "$pg_port" -U westway -d postgres -c "SET client_min_messages = error" -c "DROP DATABASE IF EXISTS westway" -c 'CREATE DATABASE westway'
  bench_serve "$port" --data-dir "$work/postgres" --profiles base --database-url "${database_url%/*}/westway"
  import westway "http://127.0.0.1:$port/fhir" >>"$work/import.postgres"
  bench_stop
  PSQL="$(pg_config --bindir)/psql" PG_DUMP="$(pg_config --bindir)/pg_dump" \
    python3 bench/limits.py postgres "${database_url%/*}" westway >>"$work/limit.postgres"
}
databases=(sqlite)
if command -v pg_config >/dev/null && [ -x "$(pg_config --bindir)/initdb" ]; then
  databases+=(postgres)
  bench_postgres $((port + 2))
else
  echo "PostgreSQL is not measured: there is no initdb (apt-get install postgresql)" >&2
fi
for _ in $(seq "$runs"); do
  for database in "${databases[@]}"; do "${database}_import"; done
done

row() { awk -v name="$1" -v own="$2" -v limit="$3" -v aim="$4" 'BEGIN { printf "| %s | %.0f | %.0f | %.2f | %s |\n", name, own, limit, own / limit, aim }'; }
{
  echo "$(nproc) cores that driver and server share, $(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo), commit $(git rev-parse --short HEAD), medians of $runs"
  echo
  echo '| a second | Westway | limit | ratio | aim |'
  echo '|---|--:|--:|--:|--:|'
  row 'reads by id, beside a bare actix-web server' "$(median <"$work/read.westway")" "$(median <"$work/read.bare")" 0.6
  for database in "${databases[@]}"; do
    row "resources imported, beside $database alone" "$(median <"$work/import.$database")" "$(median <"$work/limit.$database")" 0.5
  done
} | tee "$out/limits.md"
