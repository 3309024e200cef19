# Starts pgbouncer in front of a running cluster, writes the folder of its socket, and stops it when the input ends.
set -eu
primary=$1
mode=$2
PATH=$PATH:/usr/sbin
folder=$(mktemp -d "${TMPDIR:-/tmp}/westway-test-XXXXXX")
chmod 711 "$folder"
trap 'kill "$bouncer" 2>/dev/null || true; rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$folder/pgbouncer.ini" <<END
[databases]
* = host=$primary user=westway
[pgbouncer]
listen_port = 5432
unix_socket_dir = $folder
auth_type = any
pool_mode = $mode
max_client_conn = 300
default_pool_size = 100
END
pgbouncer "$folder/pgbouncer.ini" >"$folder/log" 2>&1 &
bouncer=$!
tries=0
while [ ! -S "$folder/.s.PGSQL.5432" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 200 ] || { cat "$folder/log" >&2; exit 1; }
  sleep 0.05
done
echo "$folder"
cat >/dev/null
