"""A journal that cannot write for a while."""

import contextlib
import pathlib
import sqlite3
import subprocess
import threading
import time

from mall import Mall, eventually, must, order


@contextlib.contextmanager
def slowed(mall, ms):
    """A running mall whose every sync takes `ms` longer. strace looks at each of its system calls, which costs time
    too: this is for a disk that stands still, `mall.slow_sync` for one that is only slow."""
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
               "-e", f"inject=fsync,fdatasync:delay_enter={ms * 1000}", "-p", str(mall.pid())]
    strace = subprocess.Popen(command)
    status = pathlib.Path(f"/proc/{mall.pid()}/status")
    eventually("strace is attached", lambda: "TracerPid:\t0" not in status.read_text(), 10)
    try:
        yield
    finally:
        strace.terminate()
        strace.wait()


def not_ready_within(mall, begun, seconds):
    eventually("/readyz says that the mall cannot write", lambda: not mall.ready(), seconds, 0.05)
    return round(time.monotonic() - begun, 2)


class Writers:
    """Clients that order while the journal stands still."""

    def __init__(self, mall, body, count=20):
        self.answers = []
        self.threads = [threading.Thread(target=lambda: self.answers.append(mall.api("POST", "/orders", body)))
                        for _ in range(count)]
        for one in self.threads:
            one.start()

    def check(self, mall):
        """What came of them; what was acknowledged is there, and nobody was left without an answer."""
        for one in self.threads:
            one.join()
        acknowledged = [answer["id"] for status, answer in self.answers if status == 201]
        for one in acknowledged:
            must(mall.api("GET", f"/orders/{one}")[0] == 200, "an acknowledged order is missing")
        found = {}
        for status, answer in self.answers:
            kind = str(status) if status == 201 else f"{status} {answer and answer['code']}"
            found[kind] = found.get(kind, 0) + 1
        must(all(kind[:3] in ("201", "503") for kind in found), f"writes of a journal that stands still: {found}")
        return found


def reads_go_on(mall, seconds):
    """Looks at the orders all the while; the slowest look in ms."""
    slowest, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.monotonic()
        must(mall.api("GET", "/orders?limit=5")[0] == 200, "a mall that cannot write does not read")
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(0.1)
    return round(1000 * slowest)


def stuck_writer(_count):
    """Another process holds the file, or the disk stands still: said within 3 s, waited for, nothing lost."""
    figures = {}
    with Mall("--payment-delay", "50ms", "--store-delay", "50ms") as mall:
        customer, payment, shelves = mall.shop()
        body = order(customer, payment, shelves[0][1])
        mall.made("/orders", body)
        other = sqlite3.connect(f"{mall.dir}/data/plaza.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        writers = Writers(mall, body)
        figures["locked_said_after_s"] = not_ready_within(mall, begun, 5)
        figures["locked_reads_slowest_ms"] = reads_go_on(mall, 8 - (time.monotonic() - begun))
        must(not mall.ended(), "the mall ended over a locked file")
        must(not mall.ready(), "it says it is ready while the file is locked")
        other.execute("ROLLBACK")
        other.close()
        begun = time.monotonic()
        eventually("it is ready again", mall.ready, 10)
        figures["locked_ready_again_after_s"] = round(time.monotonic() - begun, 2)
        figures["locked_writes"] = writers.check(mall)
        mall.made("/orders", body)
        figures["locked_log_lines"] = mall.log_lines()
    with Mall("--payment-delay", "50ms", "--store-delay", "50ms") as mall:
        customer, payment, shelves = mall.shop()
        body = order(customer, payment, shelves[0][1])
        with slowed(mall, 5_000):
            begun = time.monotonic()
            writers = Writers(mall, body)
            figures["slow_sync_said_after_s"] = not_ready_within(mall, begun, 5)
            figures["slow_sync_reads_slowest_ms"] = reads_go_on(mall, 1)
        begun = time.monotonic()
        eventually("it is ready again", mall.ready, 30)
        figures["slow_sync_ready_again_after_s"] = round(time.monotonic() - begun, 2)
        must(not mall.ended(), "the mall ended over a slow disk")
        figures["slow_sync_writes"] = writers.check(mall)
        mall.made("/orders", body)
        figures["slow_sync_log_lines"] = mall.log_lines()
    return figures, max(figures["locked_said_after_s"], figures["slow_sync_said_after_s"]) <= 3.5
