#!/usr/bin/env bash
# Measures the whole system in one run: the machine's ceilings, complete durable orders a second, memory of pending
# orders. Server and load generator are processes of their own on the same machine. Nothing else should run beside it.
#
#   scripts/bench.sh                    the table of docs/PERFORMANCE.md, about five minutes
#   DURATION=30 CONNECTIONS=256 scripts/bench.sh
#   scripts/with-postgres.sh scripts/bench.sh     the same on PostgreSQL, beside its own ceiling
#
# DURATION     seconds of the throughput run (10)
# CONNECTIONS  kept-alive connections of the load generator (128)
# PENDING      pending orders of the memory run (100000)
# BENCH_DIR    where the data directories are made; on the disk that is to be measured (target/bench)
# BENCH_ARGS   further settings of the server, for example "--http-workers 1"
set -euo pipefail
cd "$(dirname "$0")/.."

duration=${DURATION:-10}
connections=${CONNECTIONS:-128}
pending=${PENDING:-100000}
mkdir -p "${BENCH_DIR:-target/bench}"
work=$(mktemp -d "${BENCH_DIR:-target/bench}/run-XXXXXX")
server=
# The server is this script's own child; nothing else is touched.
stop() { [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true; server=; }
trap 'stop; rm -rf "$work"' EXIT

start() { # start COMMAND...: runs a server in the background and finds out where it listens
    : >"$work/out"
    "$@" >"$work/out" 2>"$work/log" &
    server=$!
    for _ in $(seq 200); do
        addr=$(sed -n 's|.* is open at http://\([0-9.:]*\).*|\1|p' "$work/out")
        [ -z "$addr" ] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    cat "$work/log" >&2
    echo "the server did not start: $*" >&2
    exit 1
}

postgres=${PLAZA_TEST_POSTGRES_URL:-}
bin=${PLAZA_TEST_POSTGRES_BIN:-$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)}

storage() { # storage NAME: sets where the journal of that name is
    if [ -n "$postgres" ]; then
        "$bin/psql" -qX "${postgres}postgres" -c "CREATE DATABASE $1" 2>/dev/null || true
        storage=(--database-url "$postgres$1")
    else
        storage=(--data-dir "$work/$1")
    fi
}

plaza() { # plaza NAME SETTING...: starts a mall with a database of its own and waits until it is ready
    storage "$1"
    shift
    # shellcheck disable=SC2086 # BENCH_ARGS is a list of words
    start target/release/plaza --listen 127.0.0.1:0 "${storage[@]}" --log warn "$@" ${BENCH_ARGS:-}
    for _ in $(seq 200); do
        curl -sf -o /dev/null "http://$addr/readyz" && return 0
        sleep 0.05
    done
    echo "the mall is not ready" >&2
    exit 1
}

echo "building" >&2
cargo build --locked --release --quiet --bin plaza --example load --example ceiling
load=target/release/examples/load

echo "ceiling of HTTP: a JSON echo route" >&2
start "$load" echo-server
"$load" echo --addr "$addr" --connections "$connections" --seconds 5 >"$work/echo.json"
stop

echo "ceiling of the database: the same rows by a bare loop" >&2
if [ -n "$postgres" ]; then
    plaza ceiling --payment-delay 1h
    stop
    # 170 orders a transaction, as many as a full group commit carries; pgbench does nothing but send it again.
    "$bin/pgbench" --no-vacuum --client 1 --time 5 --file scripts/ceiling.sql "${postgres}ceiling" >"$work/pgbench"
    sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$work/pgbench" |
        python3 -c 'import json; print(json.dumps({"orders_per_s": float(input()) * 170}))' >"$work/ceiling.json"
else
    target/release/examples/ceiling --seconds 5 --dir "$work" >"$work/ceiling.json"
fi

echo "throughput: $duration s of orders, submitted to accepted" >&2
plaza throughput --payment-delay 0ms
"$load" throughput --addr "$addr" --connections "$connections" --seconds "$duration" --pid "$server" >"$work/throughput.json"
stop
target/release/plaza verify "${storage[@]}" >"$work/verify" || { cat "$work/verify"; exit 1; }
rm -rf "$work/throughput"

# What `plaza simulate stress` asks, from closed loops: more and more of them, until an answer takes too long. They think as
# long as its shoppers do: who asks for everything at once waits where the others would go on asking. A listener on the live
# stream is part of it.
echo "shopping trips of six requests, five of them under keys, until p99 of a request or of an order is over 50 ms" >&2
plaza shoppers --payment-delay 500ms
# A listener that is too slow is sent away, and comes again.
while curl -sN -o /dev/null "http://$addr/api/v1/events/stream" || kill -0 "$server" 2>/dev/null; do :; done &
listener=$!
echo '{"trips_per_s": 0}' >"$work/shoppers.json"
for shoppers in $(seq 1500 150 9000); do
    "$load" shoppers --addr "$addr" --connections "$shoppers" --delay-ms 1000 --think-ms 500 \
        --seconds 10 --pid "$server" >"$work/last.json"
    python3 -c '
import json, sys
last = json.load(open(sys.argv[1]))
sys.exit(max(last["request_p99_ms"], last["submit_p99_ms"]) > 50)' "$work/last.json" || break
    mv "$work/last.json" "$work/shoppers.json"
done
kill "$listener"
stop
rm -rf "$work/shoppers"

echo "memory: $pending orders that stay pending" >&2
plaza pending --payment-delay 12h
"$load" pending --addr "$addr" --connections "$connections" --orders "$pending" --delay-ms 43200000 --pid "$server" >"$work/pending.json"
stop

python3 - "$work" "$postgres" <<'PYTHON'
import json, os, platform, sys

read = lambda name: json.load(open(os.path.join(sys.argv[1], name + ".json")))
echo, ceiling, run, trips, pending = map(read, ("echo", "ceiling", "throughput", "shoppers", "pending"))
postgres = bool(sys.argv[2])
orders = 3000 if postgres else 5000
share = 100 * run["complete_orders_per_s"] / ceiling["orders_per_s"]
rows = [
    ("complete orders/s (submitted to accepted)", run["complete_orders_per_s"], f">= {orders}", run["complete_orders_per_s"] >= orders),
    ("submit p50, ms", run["submit_p50_ms"], "", True),
    ("submit p99, ms", run["submit_p99_ms"], "<= 50", run["submit_p99_ms"] <= 50),
    ("settle lateness p99, ms (at most)", run["settle_lateness_p99_ms_below"], "", True),
    ("share of the bare loop, %", share, "" if postgres else ">= 40", postgres or share >= 40),
    ("shopping trips/s with p99 of requests, orders <= 50 ms", trips["trips_per_s"], "", True),
    ("bytes of memory per pending order (RSS)", pending["rss_bytes_per_pending_order"], "<= 3 072", pending["rss_bytes_per_pending_order"] <= 3072),
    ("server CPU per order, µs", run["server_cpu_us_per_order"], "", True),
    ("appends per commit", run["appends_per_commit"], "", True),
    ("bare loop, orders/s", ceiling["orders_per_s"], "", True),
    ("JSON echo, requests/s", echo["requests_per_s"], "", True),
]
print("\n%d cores, %s" % (os.cpu_count(), platform.platform()))
print("%-56s %12s   %s" % ("", "measured", "to reach"))
for name, value, goal, reached in rows:
    text = ("%.1f" % value if value < 1000 else "{:,.0f}".format(value)).replace(",", " ")
    print("%-56s %12s   %s%s" % (name, text, goal, "" if reached else "   MISSED"))
PYTHON
