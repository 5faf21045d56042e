"""A journal that cannot write for a while, and one that is slow."""

import asyncio
import contextlib
import pathlib
import sqlite3
import subprocess
import threading
import time

import load
from mall import API, Mall, eventually, must, order, quantile


def slow_fsync(ms):
    """A wrapper that makes every sync take so much longer; everything else runs at full speed."""
    return ("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
            "-e", f"inject=fsync,fdatasync:delay_enter={ms * 1000}")


@contextlib.contextmanager
def slowed(mall, ms):
    """A running mall whose every sync takes so much longer; each of its system calls is looked at, which costs time too."""
    command = [word for word in slow_fsync(ms) if word != "--seccomp-bpf"]
    strace = subprocess.Popen([*command, "-p", str(mall.pid())])
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


def measured(answers, dropped, lag, seconds):
    done = [took for status, took in answers if status == 201]
    refused = [took for status, took in answers if status == 503]
    other = len(answers) - len(done) - len(refused)
    return {"done_per_s": round(len(done) / seconds), "refused_per_s": round(len(refused) / seconds),
            "done_p50_ms": round(1000 * quantile(done, 0.5)), "done_p99_ms": round(1000 * quantile(done, 0.99)),
            "refused_p50_ms": round(1000 * quantile(refused, 0.5)), "refused_p99_ms": round(1000 * quantile(refused, 0.99)),
            "neither": other, "dropped": dropped, "generator_lag_ms": round(1000 * lag)}


def overload(seconds):
    """Several times what the mall can do: it goes on doing nearly as much, in time, and says no at once.

    With a slow disk capacity is a matter of how many orders one commit carries. 16 connections, each with one order on its
    way, are few hundred orders a second where a sync takes 20 ms, and ten times that fits beside the server on two
    cores. With 300 ms a thousand connections fill whole groups, and what is offered is more than the disk can do. What
    the generator cannot send is not offered: on a fast disk it is no faster than the mall."""
    figures, holds = {}, True
    for name, sync_ms, connections, times in (("sync_20_ms", 20, 16, 10), ("sync_300_ms", 300, 1_024, 6), ("fast", 0, 64, 3)):
        if seconds < 10 and name == "sync_300_ms":
            continue
        wrapper = slow_fsync(sync_ms) if sync_ms else ()
        with Mall("--payment-delay", "1h", "--store-delay", "1h", wrapper=wrapper) as mall:
            customer, payment, shelves = mall.shop(stores=4)
            requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                        for _, product in shelves]
            answers, took = asyncio.run(load.closed(mall.port, requests, connections, max(4, 20 * sync_ms / 1_000)))
            capacity = sum(status == 201 for status, _, _ in answers) / took
            rate = min(capacity * times, 9_000)
            found = measured(*asyncio.run(load.opened(mall.port, requests, rate, seconds, 4_000)), seconds)
            must(found["neither"] == 0, f"{found['neither']} requests were neither done nor refused")
            goodput = round(100 * found["done_per_s"] / capacity)
            figures[name] = {"capacity_per_s": round(capacity), "offered_per_s": round(rate), "goodput_percent": goodput} | found
            offered = min(100, round(100 * rate / capacity))
            holds = holds and goodput >= 0.5 * offered and found["done_p99_ms"] < 3_000
    return figures, holds
