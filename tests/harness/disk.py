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
    """A running mall whose every sync takes so much longer; each of its system calls is looked at, which costs time too."""
    inject = f"inject=fsync,fdatasync:delay_enter={ms * 1000}"
    strace = subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", inject,
                               "-p", str(mall.pid())])
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


def stuck_writer(_count):
    """Another process holds the file, or the disk stands still: said within 3 s, waited for, nothing lost."""
    with Mall("--payment-delay", "50ms", "--store-delay", "50ms") as mall:
        customer, payment, shelves = mall.shop()
        body = order(customer, payment, shelves[0][1])
        mall.made("/orders", body)
        other = sqlite3.connect(f"{mall.dir}/data/plaza.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        locked = not_ready_within(mall, begun, 4)
        must(mall.api("GET", "/orders")[0] == 200, "a mall that cannot write does not read")
        answers = []
        waiting = [threading.Thread(target=lambda: answers.append(mall.api("POST", "/orders", body))) for _ in range(20)]
        for one in waiting:
            one.start()
        time.sleep(8)
        must(not mall.ended(), "the mall ended over a locked file")
        other.execute("ROLLBACK")
        other.close()
        again = time.monotonic()
        eventually("it is ready again", mall.ready, 10)
        back = round(time.monotonic() - again, 2)
        for one in waiting:
            one.join()
        acknowledged = {answer["id"] for status, answer in answers if status == 201}
        present = {item["id"] for item in mall.api("GET", "/orders?limit=200")[1]["items"]}
        must(acknowledged <= present, "an acknowledged order is missing")
    with Mall() as mall, slowed(mall, 5_000):
        writing = threading.Thread(target=mall.api, args=("POST", "/baskets"))
        begun = time.monotonic()
        writing.start()
        slow = not_ready_within(mall, begun, 4)
        must(mall.api("GET", "/orders")[0] == 200, "a mall whose disk stands still does not read")
        writing.join()
        eventually("it is ready again", mall.ready, 10)
    return {"locked_said_after_s": locked, "ready_again_after_s": back, "slow_sync_said_after_s": slow}, \
        locked <= 3.5 and slow <= 3.5
