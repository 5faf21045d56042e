#!/usr/bin/env bash
# Measures how fast a killed mall recovers: a journal of a million events and 100 000 open sagas is made over REST, then
# the server is killed with SIGKILL and started again, three times.
#
#   scripts/bench-recovery.sh           minutes: the journal is written by the real server
#   EVENTS=100000 PENDING=10000 scripts/bench-recovery.sh
#   KEEP=/var/tmp/mall scripts/bench-recovery.sh    keeps the journal there, or uses the one that is there
set -euo pipefail
cd "$(dirname "$0")/.."

events=${EVENTS:-1000000}
pending=${PENDING:-100000}
connections=${CONNECTIONS:-128}
mkdir -p "${BENCH_DIR:-target/bench}"
work=$(mktemp -d "${BENCH_DIR:-target/bench}/recovery-XXXXXX")
data=${KEEP:-$work/data}
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

echo "building" >&2
cargo build --locked --release --quiet --bin plaza --example load
load=target/release/examples/load

if [ ! -e "$data/plaza.db" ]; then
    target/release/plaza --listen 127.0.0.1:0 --data-dir "$data" --payment-delay 0ms --log warn >"$work/out" &
    server=$!
    addr=
    for _ in $(seq 200); do
        addr=$(sed -n 's|.* is open at http://\([0-9.:]*\).*|\1|p' "$work/out")
        [ -n "$addr" ] && curl -sf -o /dev/null "http://$addr/readyz" && break
        sleep 0.05
    done
    # An order that waits for its store has three events: submitted, held, confirmed by the bank.
    echo "filling the journal: $pending open orders, the rest delivered" >&2
    "$load" pending --addr "$addr" --connections "$connections" --orders "$pending" --delay-ms 43200000 --pid "$server" >/dev/null
    "$load" fill --addr "$addr" --connections "$connections" --events "$events" >/dev/null
    kill -9 "$server"
    wait "$server" 2>/dev/null || true
    server=
fi

echo "killing and starting" >&2
"$load" recovery --data-dir "$data" --rounds 3
