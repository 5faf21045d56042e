#!/usr/bin/env bash
# Checks the REST interface against its OpenAPI document with schemathesis: examples, edge cases, generated requests and
# sequences of them, on an open mall, on a closed one as its administrator, and as nobody. What fails has to be exactly
# what tests/contract/api_explained.toml explains. Starts its own malls on free loopback ports, and ends them.
#
#   scripts/check-api.sh [plaza binary]
#
# PLAZA_TEST_PYTHON  a Python with tests/requirements.txt; unset, a virtual environment is made
set -euo pipefail
cd "$(dirname "$0")/.."

plaza=$(realpath "${1:-target/release/plaza}")
[ -x "$plaza" ] || { echo "$plaza is missing; build it: cargo build --release" >&2; exit 1; }
python=${PLAZA_TEST_PYTHON:-}
if [ -z "$python" ]; then
    python=target/contract/venv/bin/python
    [ -x "$python" ] || python3 -m venv target/contract/venv
    "$python" -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
fi
export PYTHONDONTWRITEBYTECODE=1

directory=$(mktemp -d)
mall=
finish() {
    status=$?
    [ -z "$mall" ] || kill "$mall" 2>/dev/null || true
    wait
    [ "$status" -eq 0 ] || tail -n 20 "$directory"/*.log >&2
    rm -rf "$directory"
}
trap finish EXIT

check() { # check MODE [TOKEN [SETTING...]]: asks a mall of its own as somebody
    mode=$1
    token=(${2:+--token "$2"})
    : >"$directory/out"
    "$plaza" --listen 127.0.0.1:0 --data-dir "$directory/$mode" --payment-delay 50ms --store-delay 100ms --log warn \
        "${@:3}" >"$directory/out" 2>"$directory/$mode.log" &
    mall=$!
    for _ in $(seq 200); do
        url=$(sed -n 's/^Plaza is open at //p' "$directory/out")
        [ -n "$url" ] && curl -sf -o /dev/null "$url/readyz" && break
        sleep 0.1
    done
    "$python" tests/contract/api.py --url "$url" --mode "$mode" "${token[@]}"
    kill "$mall"
    wait "$mall"
    mall=
    # Thousands of refused requests, and not a line about any of them.
    lines=$(wc -l <"$directory/$mode.log")
    [ "$lines" -le 5 ] || { echo "$lines lines in the log" >&2; exit 1; }
    "$plaza" verify --data-dir "$directory/$mode" | tail -n 1
}

secret=check-api-admin-token
check open ""
check admin "$secret" --admin-token "$secret"
check nobody "" --admin-token "$secret"
