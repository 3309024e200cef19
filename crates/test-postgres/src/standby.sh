# Makes a standby of a running cluster, writes its folder to the output, and stops it when the input ends.
set -eu
bin=$1
primary=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/westway-test-XXXXXX")
chmod 711 "$folder"
trap '"$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
"$bin/pg_basebackup" -h "$primary" -U westway -D "$folder/data" -R -X stream -c fast --no-sync >"$folder/log" 2>&1 \
  || { cat "$folder/log" >&2; exit 1; }
chmod 700 "$folder/data"
"$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w \
  -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off -c max_connections=300 -c hot_standby=on" \
  start >/dev/null 2>&1 || { cat "$folder/log" >&2; exit 1; }
echo "$folder"
cat >/dev/null
