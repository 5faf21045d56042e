#!/usr/bin/env bash
# Everything that has to hold before a change lands, on a fresh Debian machine with Rust, Node.js and Python.
# Installs what is missing (apt, pip, npm), starts its own servers on private loopback ports, and ends with the first
# failure.
#
#   scripts/test.sh           everything
#   scripts/test.sh --deny    licences, bans and sources of the dependencies as well (builds cargo-deny: minutes)
set -euo pipefail
cd "$(dirname "$0")/.."

started=$SECONDS
step() { printf '\n=== %s (%d s)\n' "$*" "$((SECONDS - started))"; }

need() { # need COMMAND PACKAGE: installs PACKAGE unless COMMAND is there
    command -v "$1" >/dev/null && return
    if [ "$(id -u)" -ne 0 ]; then
        echo "$1 is missing; install it first: sudo apt-get install $2" >&2
        exit 1
    fi
    [ -n "${apt_updated:-}" ] || { apt-get update -qq; apt_updated=1; }
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null
}

step "tools"
for tool in cargo node npm python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing; Plaza is built with Rust, Node.js and Python" >&2; exit 1; }
done
need cc build-essential
need curl curl
need chromium chromium
need shellcheck shellcheck
need setpriv util-linux
need strace strace
need faketime faketime
if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && [ -z "${PLAZA_TEST_POSTGRES_BIN:-}" ]; then
    # The tests make clusters of their own; the distribution's package would start one as well.
    [ -e /etc/postgresql-common/createcluster.conf ] || [ "$(id -u)" -ne 0 ] || {
        mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    }
    need initdb postgresql
fi
# nats-server, and what the Python examples and checks use.
python3 -c 'import ensurepip' 2>/dev/null || need pyvenv python3-venv
python=$PWD/target/test-python
[ -x "$python/bin/python" ] || python3 -m venv "$python"
"$python/bin/pip" install --quiet --disable-pip-version-check --requirement tests/requirements.txt
export PLAZA_TEST_PYTHON=$python/bin/python PLAZA_TEST_NATS_SERVER=$python/bin/nats-server
cargo --version; node --version; python3 --version; chromium --version

step "scripts"
shellcheck scripts/*.sh .ci/run
python3 -m py_compile scripts/*.py examples/*.py examples/load/*.py tests/harness/*.py tests/contract/*.py

step "format, lints, documentation"
cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items --quiet

if [ "${1:-}" = "--deny" ]; then
    step "licences, bans, sources"
    command -v cargo-deny >/dev/null || cargo install --locked --quiet cargo-deny
    cargo deny check licenses bans sources
fi

step "tests of the rules, the sagas and the whole server: SQLite and the in-process bus; faults of the real engines"
cargo test --locked

# The areas that drive the whole server over HTTP, by module of tests/it; the others bring their own engines.
suite=(walkthrough:: validation:: meaning:: lists:: events:: concurrency:: operation:: crash:: doors::)
core=(walkthrough:: events:: concurrency:: crash::)

on() { # on DATABASE BUS AREA...: runs areas of the suite on a combination of engines
    step "the suite on $1 and $2: ${*:3}"
    PLAZA_TEST_DATABASE=$1 PLAZA_TEST_BUS=$2 scripts/with-postgres.sh cargo test --locked --test it -- "${@:3}"
}
on postgres jetstream "${suite[@]}"
PLAZA_TEST_CRASHES=15 on postgres memory "${core[@]}" refused:: clock:: personalities:: lab:: statistics::
PLAZA_TEST_CRASHES=15 on sqlite jetstream "${core[@]}" clock:: personalities::

step "release build"
cargo build --locked --release

step "the OpenAPI document is the committed one"
target/release/plaza openapi | diff - openapi.json

step "the search for defects: 200 seeds, and a planted defect that it has to find"
plans=$(mktemp -d)
target/release/plaza simulate --seeds 200 --plans "$plans"
rm -rf "$plans"
scripts/planted.sh forgotten-void

step "the contract: AsyncAPI, schemas, every message of a scripted day"
scripts/check-contract.sh target/release/plaza

step "the REST interface against its document: generated requests, with a token and without"
scripts/check-api.sh target/release/plaza

step "faults from outside, small"
scripts/harness.sh ci

step "deployment: broker users, units, containers"
scripts/check-deploy.sh target/release/plaza

step "a trace of real orders, replayed over REST"
target/release/plaza simulate --trace tests/data/cdnow_excerpt.csv --own-mall \
    --set mall.store_delay=200ms --set mall.payment_delay=100ms

step "other load tools: Locust shops, k6 is read"
directory=$(mktemp -d)
target/release/plaza --listen 127.0.0.1:0 --data-dir "$directory" --demo --store-delay 200ms --payment-delay 100ms \
    --log warn >"$directory/out" &
plaza=$!
trap 'kill "$plaza" 2>/dev/null || true; rm -rf "$directory"' EXIT
for _ in $(seq 100); do
    url=$(sed -n 's/^Plaza is open at //p' "$directory/out")
    [ -n "$url" ] && curl -sf -o /dev/null "$url/readyz" && break
    sleep 0.1
done
"$python/bin/locust" -f examples/load/locustfile.py --host "$url" --headless -u 10 -r 10 -t 5s --only-summary \
    --exit-code-on-error 1 --loglevel WARNING
node --input-type=module --check <examples/load/k6.js
kill "$plaza"
wait "$plaza"
target/release/plaza verify --data-dir "$directory"

step "the interface: lock file, types, lint, bundle, unit tests"
cd ui
npm ci --no-audit --no-fund
npm run --silent check

step "the interface in a browser, against the release binary"
npm run --silent e2e

step "everything holds"
