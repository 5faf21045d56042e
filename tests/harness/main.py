"""scripts/harness.sh: runs faults against the real binary, and keeps a log in which runs of several sessions add up."""

import argparse
import json
import pathlib
import subprocess
import sys
import time
import traceback

import buyers
import clock
import disk
import due
import edges
import overload
import personalities
import silent
import starve
from mall import ROOT, Wrong

# Name: what runs, how much of it in CI, how much by hand.
FAULTS = {
    "overload": (overload.overload, 2, 15),
    "overdue": (due.overdue, 3_000, 87_000),
    "cold-start": (due.cold_start, 5_000, 200_000),
    "silent-store": (silent.silent_store, 500, 5_000),
    "stuck-writer": (disk.stuck_writer, 1, 1),
    "stream-flood": (starve.stream_flood, 520, 1_200),
    "slow-readers": (starve.slow_readers, 100, 3_000),
    "slow-lists": (starve.slow_lists, 100, 1_000),
    "slow-heads": (starve.slow_heads, 100, 3_000),
    "slow-bodies": (starve.slow_bodies, 100, 3_000),
    "second-heads": (edges.second_heads, 50, 1_000),
    "endless-chunks": (edges.endless_chunks, 20, 200),
    "unread-streams": (edges.unread_streams, 300, 5_000),
    "costly-reads": (edges.costly_reads, 2_000, 100_000),
    "long-lock": (edges.long_lock, 20, 100),
    "retry-storm": (buyers.retry_storm, 300, 10_000),
    "flash-sale": (buyers.flash_sale, 1_000, 5_000),
    "clock-steps": (clock.clock_steps, 5, 100),
    "fast-day": (clock.fast_day, 500, 10_000),
    "advance": (clock.advance, 200, 2_000),
    "bank-out": (personalities.bank_out, 500, 5_000),
    "delays": (personalities.delays, 300, 10_000),
}
# These mostly wait for deadlines; ci runs them beside each other, and the others, which measure, one at a time.
PATIENT = ("stuck-writer", "slow-readers", "slow-lists", "slow-heads", "slow-bodies", "clock-steps",
           "second-heads", "endless-chunks", "long-lock")
# Figures of which less is worse.
THE_MORE_THE_BETTER = ("per_s", "goodput_percent", "accepted")


def commit():
    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def run(name, count, log):
    """Runs a fault, prints what was found, and answers whether the mall holds."""
    work, begun = FAULTS[name][0], time.monotonic()
    print(f"--- {name} {count}: {' '.join((work.__doc__ or '').split(chr(10) * 2)[0].split())}", flush=True)
    try:
        figures, holds = work(count)
    except Wrong as wrong:
        figures, holds = {"wrong": str(wrong)}, False
    except Exception:
        figures, holds = {"wrong": traceback.format_exc(limit=4)}, False
    took = round(time.monotonic() - begun)
    for key, value in figures.items():
        print(f"    {key}: {value}")
    print(f"    {'holds' if holds else 'DOES NOT HOLD'} ({took} s)", flush=True)
    line = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "commit": commit(), "fault": name, "count": count,
            "seconds": took, "holds": holds, "figures": figures}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as file:
        file.write(json.dumps(line) + "\n")
    return holds


def small(log):
    """Every fault in its small size; the names of those that fail."""
    def command(name):
        return [sys.executable, __file__, name, str(FAULTS[name][1]), "--log", str(log)]

    beside = {name: subprocess.Popen(command(name), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
              for name in PATIENT}
    failed = []
    for name, process in beside.items():
        print(process.communicate()[0], end="", flush=True)
        failed += [name] if process.returncode else []
    alone = [(name, count) for name, (_, count, _) in FAULTS.items() if count and name not in PATIENT]
    return failed + [name for name, count in alone if not run(name, count, log)]


def numbers(figures, above=""):
    """Every number in a run's figures with its name."""
    for key, value in figures.items():
        if isinstance(value, dict):
            yield from numbers(value, f"{above}{key}.")
        elif isinstance(value, (int, float)):
            yield above + key, value


def summary(log):
    """What all runs in the log add up to: how many, of how much, how many failed, and the worst of each figure."""
    if not log.exists():
        sys.exit(f"there is no log at {log}")
    runs = {}
    for line in map(json.loads, log.read_text().splitlines()):
        runs.setdefault(line["fault"], []).append(line)
    for name, lines in runs.items():
        failed = [line for line in lines if not line["holds"]]
        print(f"{name}: {len(lines)} runs, {sum(line['count'] for line in lines)} in all, {len(failed)} failed")
        worst = {}
        for key, value in (pair for line in lines for pair in numbers(line["figures"])):
            pick = min if key.endswith(THE_MORE_THE_BETTER) else max
            worst[key] = pick(worst.get(key, value), value)
        print("    worst: " + ", ".join(f"{key} {value}" for key, value in worst.items()))
        for line in failed:
            print(f"    failed {line['at']} at {line['commit']}: {str(line['figures'])[:300]}")


def main():
    parser = argparse.ArgumentParser(prog="scripts/harness.sh", description=__doc__)
    parser.add_argument("fault", choices=[*FAULTS, "ci", "all", "summary"],
                        help="a fault; ci runs all of them small, all runs them large; summary adds up the log")
    parser.add_argument("count", nargs="?", type=int, help="how much of it; the larger run's measure when absent")
    parser.add_argument("--log", type=pathlib.Path, default=ROOT / "target/harness.jsonl")
    asked = parser.parse_args()
    if asked.fault == "summary":
        return summary(asked.log)
    if asked.fault == "ci":
        failed = small(asked.log)
    else:
        names = FAULTS if asked.fault == "all" else [asked.fault]
        failed = [name for name in names if not run(name, asked.count or FAULTS[name][2], asked.log)]
    if failed:
        sys.exit(f"does not hold: {', '.join(failed)}")


if __name__ == "__main__":
    main()
