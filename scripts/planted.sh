#!/bin/sh
# Plants defects in a copy of the source, and has the search for defects find them: each within 200 seeds, and shrunk to
# at most 10 entries within a minute. With names only those of tests/data/defects are planted.
#
#   scripts/planted.sh [NAME…]
set -eu
cd "$(dirname "$0")/.."
root=$PWD
planted=$root/target/planted
tree=$planted/tree
export CARGO_TARGET_DIR="$planted/build"
if [ $# -eq 0 ]; then
    for patch in tests/data/defects/*.patch; do
        set -- "$@" "$(basename "$patch" .patch)"
    done
fi

# The dependencies of the debug build are used again (as links); only Plaza is built for every defect.
cargo build --quiet --locked --lib --target-dir "$root/target"
rm -rf "$planted"
mkdir -p "$CARGO_TARGET_DIR/debug"
for part in deps build .fingerprint; do
    cp -al "$root/target/debug/$part" "$CARGO_TARGET_DIR/debug/"
done

failed=0
for name in "$@"; do
    patch=$root/tests/data/defects/$name.patch
    [ -f "$patch" ] || { echo "there is no defect $name" >&2; exit 2; }
    rm -rf "$tree" "$planted/plans"
    mkdir -p "$tree" "$planted/plans"
    git ls-files -z --cached --others --exclude-standard -- src migrations static Cargo.toml Cargo.lock \
        openapi.json asyncapi.yaml schemas examples benches |
        xargs -0 cp --parents -t "$tree"
    patch -s -p1 -d "$tree" < "$patch" || { echo "$name: the patch no longer applies" >&2; exit 1; }
    (cd "$tree" && cargo build --quiet --locked --bin plaza)
    began=$(date +%s)
    code=0
    "$CARGO_TARGET_DIR/debug/plaza" simulate --seeds 200 --first-failure --plans "$planted/plans" \
        > "$planted/$name.log" 2> "$planted/$name.err" || code=$?
    took=$(($(date +%s) - began))
    law=$(grep -m 1 -A 1 'fails:$' "$planted/$name.log" | tail -1 | cut -c 1-100)
    shrunk=$(grep -m 1 -o 'is shrunk from .*' "$planted/$name.log" || echo 'is not shrunk')
    least=$(echo "$shrunk" | sed -n 's/.* to \([0-9]*\) entries.*/\1/p')
    if [ "$code" = 11 ] && [ -n "$least" ] && [ "$least" -le 10 ]; then
        echo "$name: found, and $shrunk ($took s in all).$law"
    else
        echo "$name: NOT FOUND as it should be (exit code $code; $shrunk; see $planted/$name.log)" >&2
        failed=1
    fi
done
exit $failed
