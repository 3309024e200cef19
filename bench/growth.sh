#!/usr/bin/env bash
# How speed and size change while a database grows. See README.md beside this file.
#
#     bench/growth.sh                          10,000, 100,000 and 1,000,000 resources in SQLite
#     DATABASE_URL=postgres://... bench/growth.sh   the same in a PostgreSQL database, which must be empty
#     bench/growth.sh 10000 5000000            other sizes
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/servers.sh

port="${BENCH_PORT:-18083}"
out="${BENCH_OUT:-bench/results/growth}"
seconds="${BENCH_SECONDS:-5}"
sizes=("$@")
[ "${#sizes[@]}" -gt 0 ] || sizes=(10000 100000 1000000)
bench_build
mkdir -p "$out"

database=sqlite
arguments=(--data-dir "$work/data")
if [ -n "${DATABASE_URL:-}" ]; then
  database=postgres
  arguments+=(--database-url "$DATABASE_URL")
  psql="$(pg_config --bindir)/psql"
  [ "$("$psql" -qAt "$DATABASE_URL" -c "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")" = 0 ] \
    || bench_fail "the database is not empty"
fi
bytes() {
  if [ "$database" = sqlite ]; then du -bc "$work"/data/westway.db* | awk 'END { print $1 }'
  else "$psql" -qAt "$DATABASE_URL" -c 'SELECT pg_database_size(current_database())'; fi
}
count() {
  curl -sf "http://127.0.0.1:$port/metrics" | awk '/^westway_resources\{/ { sum += $2 } END { printf "%d\n", sum }'
}

# load SIZE: lets the population grow until there are so many resources, and starts the server.
patients=0
per_patient=20
load() {
  local before=0 more
  while :; do
    bench_serve "$port" "${arguments[@]}"
    resources=$(count)
    if [ "$before" -gt 0 ]; then per_patient=$(((resources - before) / more)); fi
    [ "$resources" -lt "$1" ] || break
    bench_stop
    before=$resources
    more=$((($1 - resources) / per_patient + 1))
    "$westway" demo "${arguments[@]}" --first $((patients + 1)) --patients $((patients + more)) --now 2026-01-01 --log warn
    patients=$((patients + more))
  done
}
# measure CLASS WORKLOAD [FLAG...]
measure() {
  local class="$1" workload="$2"
  shift 2
  step=$((step + 1))
  "$driver" run "$workload" "$@" --server "http://127.0.0.1:$port/fhir" --name "$resources" --clients "${BENCH_CLIENTS:-16}" \
    --seconds "$seconds" --warm-up 2 --pid "$started" --note "class $class" --note "bytes $size_bytes" \
    --out "$out/$database.$resources.$step.json" >/dev/null || echo "$class with $resources resources failed" >&2
}

rm -f "$out/$database".*.json
for size in "${sizes[@]}"; do
  began=$SECONDS
  load "$size"
  loaded=$SECONDS
  size_bytes=$(bytes)
  step=10
  while IFS= read -r class; do measure "$class" growth --only "$class"; done < <("$driver" classes growth)
  measure 'POST /Patient' create
  bench_stop
  echo "$resources resources: $((loaded - began)) s to load, $((SECONDS - loaded)) s to measure" >&2
done
echo "$SECONDS s in all" >&2
python3 bench/growth.py "$out/$database" "$out/$database".*.json
