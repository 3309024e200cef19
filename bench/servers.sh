# Starts what is measured; sourced by the scripts beside it. Everything ends with the script that sourced it.

bench_fail() { echo "bench: $*" >&2; exit 1; }
command -v curl >/dev/null || bench_fail "curl is needed"

# Builds the driver and the program, unless BENCH_DRIVER and WESTWAY_BIN name them.
bench_build() {
  driver="${BENCH_DRIVER:-}"
  if [ -z "$driver" ]; then
    cargo build --release --quiet -p westway-bench
    driver="${CARGO_TARGET_DIR:-target}/release/westway-bench"
  fi
  westway="${WESTWAY_BIN:-}"
  if [ -z "$westway" ]; then
    cargo build --release --quiet
    westway="${CARGO_TARGET_DIR:-target}/release/westway"
  fi
}

work=$(mktemp -d)
processes=()
# bench_stop: stops what was started, and waits until it has ended.
bench_stop() {
  for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; wait "$process" 2>/dev/null || true; done
  processes=()
}
bench_end() {
  bench_stop
  if [ -d "$work/pg" ]; then as_postgres pg_ctl -D "$work/pg" -m immediate stop >/dev/null 2>&1 || true; fi
  rm -rf "$work"
}
trap bench_end EXIT

# bench_serve PORT ARGUMENTS...: starts Westway; its process is $started, the milliseconds to its first answer $start_millis.
bench_serve() {
  local port="$1" begun
  shift
  begun=$(date +%s%N)
  "$westway" serve --listen "127.0.0.1:$port" --base-path /fhir --log warn "$@" 2>"$work/$port.log" &
  started=$!
  processes+=("$started")
  until curl -sf -o /dev/null "http://127.0.0.1:$port/fhir/Patient?_count=1"; do
    kill -0 "$started" 2>/dev/null || bench_fail "the server ended: $(tail -n 3 "$work/$port.log")"
    sleep 0.02
  done
  start_millis=$((($(date +%s%N) - begun) / 1000000))
}

# PostgreSQL refuses to run as root.
as_postgres() {
  local tool
  tool="$(pg_config --bindir)/$1"
  shift
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$tool" "$@"; else "$tool" "$@"; fi
}

# bench_postgres PORT: a private cluster with the settings of a small production server, at $pg_port; its address is $database_url.
bench_postgres() {
  pg_port="$1"
  mkdir -p "$work/pg"
  chmod 755 "$work"
  if [ "$(id -u)" = 0 ]; then chown postgres "$work/pg"; fi
  as_postgres initdb -D "$work/pg" -U westway --auth trust --encoding UTF8 --locale C >/dev/null
  as_postgres pg_ctl -D "$work/pg" -w -l "$work/pg/log" -o "-p $1 -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
-c shared_buffers=512MB -c max_wal_size=4GB -c random_page_cost=1.1" start >/dev/null
  database_url="postgres://westway@127.0.0.1:$1/postgres"
}
