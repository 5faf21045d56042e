#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own: a fresh cluster on a free loopback port, gone when the command ends.
# The command finds it in PLAZA_TEST_POSTGRES_URL, which ends in a slash: a database name goes behind it.
#
#   scripts/with-postgres.sh cargo test --locked --test it
set -euo pipefail

bin=${PLAZA_TEST_POSTGRES_BIN:-}
[ -n "$bin" ] || bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
if [ ! -x "$bin/initdb" ]; then
    echo "no PostgreSQL server here; install it (apt-get install postgresql), or name its bin directory in PLAZA_TEST_POSTGRES_BIN" >&2
    exit 1
fi

directory=$(mktemp -d)
# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    as_owner=(setpriv --reuid postgres --regid postgres --clear-groups)
    chown postgres: "$directory"
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

cd "$directory"
"${as_owner[@]}" "$bin/initdb" --username postgres --auth trust --encoding UTF8 --locale C.UTF-8 data >initdb.log
"${as_owner[@]}" "$bin/postgres" -D data -p "$port" -c listen_addresses=127.0.0.1 \
    -c "unix_socket_directories=$directory" -c max_connections=400 >postgres.log 2>&1 &
server=$!
trap 'kill -QUIT "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$directory"' EXIT
for _ in $(seq 200); do
    "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" && break
    sleep 0.05
done
"$bin/pg_isready" -q -h 127.0.0.1 -p "$port" || { cat postgres.log >&2; exit 1; }
cd "$OLDPWD"
PLAZA_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/" "$@"
