"""scripts/harness.sh: runs faults against the real binary, and keeps a log that runs of several sessions add up in."""

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
import overload
import starve
from mall import ROOT, Wrong

# Name: what runs, how much of it in CI, how much by hand.
FAULTS = {
    "slow-heads": (starve.slow_heads, 100, 3_000),
    "slow-bodies": (starve.slow_bodies, 100, 3_000),
    "slow-readers": (starve.slow_readers, 100, 3_000),
    "stream-flood": (starve.stream_flood, 520, 1_200),
    "stuck-writer": (disk.stuck_writer, 1, 1),
    "overload": (overload.overload, 3, 15),
    "retry-storm": (buyers.retry_storm, 300, 10_000),
    "flash-sale": (buyers.flash_sale, 1_000, 5_000),
    "clock-steps": (clock.clock_steps, 5, 100),
    "cold-start": (due.cold_start, 5_000, 200_000),
    "overdue": (due.overdue, 5_000, 87_000),
}


def commit():
    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def run(name, count, log):
    """Runs a fault, prints what was found, and answers whether it holds."""
    work, begun = FAULTS[name][0], time.monotonic()
    print(f"--- {name} {count}: {' '.join((work.__doc__ or '').split())}", flush=True)
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


def summary(log):
    """What all runs in the log add up to."""
    if not log.exists():
        sys.exit(f"there is no log at {log}")
    runs = {}
    for line in map(json.loads, log.read_text().splitlines()):
        runs.setdefault(line["fault"], []).append(line)
    print(f"{'fault':14} {'runs':>5} {'of it':>9} {'failed':>7}  newest figures")
    for name, lines in runs.items():
        failed = sum(not line["holds"] for line in lines)
        print(f"{name:14} {len(lines):5} {sum(line['count'] for line in lines):9} {failed:7}  {lines[-1]['figures']}")


def main():
    parser = argparse.ArgumentParser(prog="scripts/harness.sh", description=__doc__)
    parser.add_argument("fault", choices=[*FAULTS, "ci", "all", "summary"],
                        help="a fault; ci runs all of them small, all runs them large; summary adds up the log")
    parser.add_argument("count", nargs="?", type=int, help="how much of it; the larger run's measure when absent")
    parser.add_argument("--log", type=pathlib.Path, default=ROOT / "target/harness.jsonl")
    asked = parser.parse_args()
    if asked.fault == "summary":
        return summary(asked.log)
    names = FAULTS if asked.fault in ("ci", "all") else [asked.fault]
    small = asked.fault == "ci"
    failed = [name for name in names if not run(name, asked.count or FAULTS[name][1 if small else 2], asked.log)]
    if failed:
        sys.exit(f"does not hold: {', '.join(failed)}")


if __name__ == "__main__":
    main()
