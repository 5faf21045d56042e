#!/usr/bin/env bash
# Faults from outside: slow and greedy clients, overload, retries, a flash sale, stuck and slow disks, clock steps, much
# overdue work. Each starts the release binary on free loopback ports, says what it did and found, checks the log
# and `plaza verify`, and adds a line to target/harness.jsonl, in which runs of several sessions add up.
#
#   scripts/harness.sh slow-readers [COUNT]   one fault; --help names all
#   scripts/harness.sh ci                     all of them, small
#   scripts/harness.sh all                    all of them, large, on a quiet machine
#   scripts/harness.sh summary                totals over the log
#
# PLAZA_TEST_BIN    the binary (target/release/plaza)
# PLAZA_TEST_PORTS  where its malls listen (12000-32000)
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != summary ] && [ "${1:-}" != --help ]; then
    [ -x "${PLAZA_TEST_BIN:-target/release/plaza}" ] || { echo "build it first: cargo build --release" >&2; exit 1; }
    for tool in cc strace faketime; do
        command -v "$tool" >/dev/null || { echo "$tool is missing; apt-get install $tool" >&2; exit 1; }
    done
    # Thousands of sockets on both sides.
    ulimit -n "$(ulimit -Hn)"
fi
export PYTHONDONTWRITEBYTECODE=1
exec python3 tests/harness/main.py "$@"
