"""A journal that cannot write for a while, and one that is slow."""

import asyncio
import sqlite3
import threading
import time

import load
from mall import API, Mall, eventually, must, order, quantile


def slow_fsync(ms):
    """A wrapper that makes every sync take so much longer; everything else runs at full speed."""
    return ("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
            "-e", f"inject=fsync,fdatasync:delay_enter={ms * 1000}")


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
    with Mall(wrapper=slow_fsync(5_000)) as mall:
        threading.Thread(target=mall.api, args=("POST", "/baskets"), daemon=True).start()
        slow = not_ready_within(mall, time.monotonic(), 4)
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

    With a slow disk capacity is a matter of how many orders one commit carries: the closed loop that measures it has 16
    connections, so that ten times as much fits beside the server on two cores."""
    figures, holds = {}, True
    for name, wrapper, connections, times in (("slow_disk", slow_fsync(20), 16, 10), ("fast_disk", (), 64, 3)):
        with Mall("--payment-delay", "1h", "--store-delay", "1h", wrapper=wrapper) as mall:
            customer, payment, shelves = mall.shop(stores=4)
            requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                        for _, product in shelves]
            answers, took = asyncio.run(load.closed(mall.port, requests, connections, 4))
            capacity = sum(status == 201 for status, _, _ in answers) / took
            rate = min(capacity * times, 9_000)
            found = measured(*asyncio.run(load.opened(mall.port, requests, rate, seconds, 4_000)), seconds)
            must(found["neither"] == 0, f"{found['neither']} requests were neither done nor refused")
            goodput = round(100 * found["done_per_s"] / capacity)
            figures[name] = {"capacity_per_s": round(capacity), "offered_per_s": round(rate), "goodput_percent": goodput} | found
            holds = holds and goodput >= 50 and found["done_p99_ms"] < 3_000
    return figures, holds
