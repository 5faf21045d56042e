#!/usr/bin/env bash
# Changes the rules and the actors in one place at a time (cargo-mutants), and sees whether the unit and saga tests
# notice. Works on the last commit, in two small crates under target/mutants, so that a mutant costs one short
# compilation: `domain` alone, and the mall without `http` and `cli` but with the saga tests among its unit tests.
# Verdicts add up in target/mutants.tsv: a mutant that was caught is not tried again while its file is the same, one
# that survived is tried again at every commit.
#
#   scripts/mutants.sh K/N [REGEX]   the Kth of N parts of the mutants (that match); what is known is left out
#   scripts/mutants.sh summary       totals, what survived, and what was not run
set -euo pipefail
cd "$(dirname "$0")/.."

log=target/mutants.tsv
commit=$(git rev-parse HEAD)
# Dependencies are those of the ordinary builds; a failure that is found need not be made small.
export CARGO_TARGET_DIR=$PWD/target PROPTEST_MAX_SHRINK_TIME=1

mkdir -p target
exec 9>target/mutants.lock
flock --nonblock 9 || { echo "another run is under way here" >&2; exit 1; }
cargo mutants --version >/dev/null 2>&1 || { echo "cargo-mutants is missing: cargo install --locked cargo-mutants" >&2; exit 1; }

# lay CRATE MODULE...: makes target/mutants/CRATE of the last commit, with these modules only.
lay() {
    local crate=target/mutants/$1 modules
    shift
    modules=$(IFS='|'; echo "$*")
    rm -rf "$crate/src" "$crate/tests" "$crate/proptest-regressions"
    mkdir -p "$crate"
    # -m: the files are new, or cargo would take an older commit for built.
    git archive "$commit" .cargo Cargo.toml Cargo.lock src migrations tests/it | tar -x -m -C "$crate"
    rm "$crate/src/main.rs" "$crate/tests/it/main.rs"
    # By another name: in one target directory cargo tells packages apart by name, not by path.
    awk -v name="plaza-${crate##*/}" '
        /^\[/ { skip = /^\[\[|^\[lints/ }
        /^default-run/ { next }
        /^name = "plaza"/ { $0 = "name = \"" name "\"" }
        !skip
        END { print "\n[profile.dev.package." name "]\ndebug = false" }' Cargo.toml >"$crate/Cargo.toml"
    grep -E "^pub mod ($modules);" src/lib.rs >"$crate/src/lib.rs"
}

lay_both() {
    lay domain domain
    lay mall actors bus db domain log_limit metrics ports sim system
    cat >>target/mutants/mall/src/lib.rs <<END
#[cfg(test)]
extern crate self as plaza;
#[cfg(test)]
#[path = "../tests/it/dice.rs"]
mod dice;
#[cfg(test)]
#[path = "../tests/it/saga/mod.rs"]
mod saga;
END
}

# mutants CRATE OPTION...: cargo-mutants over what is of interest in a crate.
mutants() {
    local crate=$1 files
    shift
    case $crate in
    domain) files=('domain/inventory.rs' 'domain/order/**' 'domain/payment/**' 'domain/store/**') ;;
    mall) files=('actors/directory/**' 'actors/order_saga/**' 'actors/payment.rs' 'actors/store.rs') ;;
    esac
    cargo mutants --dir "target/mutants/$crate" --colors never "${files[@]/#/--file=src/}" "$@"
}

# collect: moves the verdicts of a run, finished or not, into the log.
collect() {
    local crate of verdict mutant
    for crate in target/mutants/{domain,mall}; do
        [ -f "$crate/commit" ] || continue
        of=$(cat "$crate/commit")
        for verdict in caught timeout missed unviable; do
            [ -f "$crate/mutants.out/$verdict.txt" ] || continue
            while read -r mutant; do
                printf '%s\t%s\t%s\t%s\n' "$verdict" "$(git rev-parse "$of:${mutant%%:*}")" "$of" "$mutant"
            done <"$crate/mutants.out/$verdict.txt"
        done >>"$log"
        rm -rf "$crate/mutants.out" "$crate/commit"
    done
}

# judge: VERDICT, tab, MUTANT for each mutant read; - where none counts, `again` where it survived an earlier commit.
judge() {
    touch "$log"
    awk -F '\t' -v commit="$commit" '
        part == 1 { split($1, entry, " "); source[$2] = entry[3] }
        part == 2 { file = $4; sub(/:.*/, "", file) }
        part == 2 && $2 == source[file] { verdict[$4] = $1 == "missed" && $3 != commit ? "again" : $1 }
        part == 3 { print ($0 in verdict ? verdict[$0] : "-") "\t" $0 }
    ' part=1 <(git ls-tree -r "$commit" src) part=2 "$log" part=3 -
}

# run CRATE K N REGEX TEST...: the Kth of N parts of a crate, with these tests.
run() {
    local crate=target/mutants/$1 wanted
    mutants "$1" --list | judge | awk -F '\t' -v k="$2" -v n="$3" -v regex="$4" \
        '{ print (NR % n == k % n && $1 ~ /^(-|again)$/ && $2 ~ regex ? "run" : "skip") "\t" $2 }' >"$crate/plan"
    wanted=$(grep -c '^run' "$crate/plan" || true)
    echo "$1: $wanted mutants to try"
    [ "$wanted" -gt 0 ] || return 0
    mkdir -p "$crate/mutants.out"
    sed -n 's/^skip\t//p' "$crate/plan" >"$crate/mutants.out/previously_caught.txt"
    echo "$commit" >"$crate/commit"
    # 2 and 3: some survived, some took too long.
    mutants "$1" --in-place --iterate --no-times -- --lib -- "${@:5}" || [[ $? = [23] ]]
    collect
}

summary() {
    { mutants domain --list; mutants mall --list; } | judge | sort -t "$(printf '\t')" -k 2 >target/mutants/verdicts
    awk -F '\t' '
        { part = $2; sub(/:.*/, "", part); if (split(part, step, "/") > 3) part = step[1] "/" step[2] "/" step[3]
          parts[part]; count[part, $1]++; count["all", $1]++ }
        function line(part,   caught, missed) {
            caught = count[part, "caught"] + count[part, "timeout"]; missed = count[part, "missed"] + count[part, "again"]
            return sprintf("%-28s %6d %6d %8d %8d %7d  %s", part, caught + missed, caught, missed, count[part, "unviable"], \
                count[part, "-"], caught + missed ? sprintf("%.1f %%", 100 * caught / (caught + missed)) : "-")
        }
        END {
            printf "%-28s %6s %6s %8s %8s %7s  %s\n", "", "viable", "caught", "survived", "unviable", "not run", "score"
            for (part in parts) print line(part) | "sort"
            close("sort")
            print line("all")
        }' target/mutants/verdicts
    sed -n 's/^missed\t/survived: /p; s/^again\t/survived an earlier commit: /p; s/^-\t/not run: /p' target/mutants/verdicts
}

case ${1:-} in
summary)
    collect
    lay_both
    summary
    ;;
[1-9]*/[1-9]*)
    collect
    lay_both
    trap collect EXIT
    run domain "${1%/*}" "${1#*/}" "${2:-.}" domain::
    run mall "${1%/*}" "${1#*/}" "${2:-.}" actors:: saga:: sim::
    ;;
*)
    sed -n 's/^#   //p' "$0" >&2
    exit 2
    ;;
esac
