# Starts a cluster, writes its folder to the output, and stops it when the input ends.
set -eu
bin=$1
folder=$(mktemp -d "${TMPDIR:-/tmp}/westway-test-XXXXXX")
chmod 711 "$folder"
trap '"$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
"$bin/initdb" -D "$folder/data" -U westway --auth=trust --encoding=UTF8 --no-sync \
  --locale=C --locale-provider=icu --icu-locale=en >"$folder/log" 2>&1 \
  || { rm -rf "$folder/data"; "$bin/initdb" -D "$folder/data" -U westway --auth=trust --encoding=UTF8 --no-sync --locale=C.UTF-8 >"$folder/log" 2>&1; } \
  || { cat "$folder/log" >&2; exit 1; }
"$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w \
  -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off -c full_page_writes=off -c max_connections=300 -c wal_keep_size=1GB -c autovacuum_naptime=10" \
  start >/dev/null 2>&1 || { cat "$folder/log" >&2; exit 1; }
echo "$folder"
cat >/dev/null
