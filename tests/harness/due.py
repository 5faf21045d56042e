"""Work that waits for a start: orders that fell due while the mall was down, and actors that nobody has woken yet."""

import contextlib
import json
import sqlite3
import threading
import time
from datetime import datetime

import generator
import load
from mall import API, Mall, eventually, must, order, quantile


class Reader:
    """Looks at the mall fifty times a second, as a person's page does, and notes how long that takes."""

    def __init__(self, mall):
        self.mall, self.took, self.failed, self.stopped = mall, [], 0, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.stopped.wait(0.02):
            begun = time.monotonic()
            if self.mall.api("GET", "/orders?limit=1")[0] == 200:
                self.took.append(time.monotonic() - begun)
            else:
                self.failed += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    def ms(self, share):
        return round(1000 * quantile(self.took, share), 1)


def orders(mall):
    return mall.api("GET", "/status")[1]["orders"]


def settled(mall, least):
    """Whether the bank and the stores have answered every order."""
    counts = orders(mall)
    return counts["pending"] == 0 and sum(counts.values()) >= least


def submit(mall, count, stores=4):
    """Submits orders as fast as the mall takes them; answers how many were acknowledged."""
    customer, payment, shelves = mall.shop(stores=stores)
    requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                for _, product in shelves]
    result = generator.run(generator.closed, mall.port, requests, 256, None, count)
    must(not result.odd and set(result.took) <= {201, 503}, f"orders are not taken: {dict(result.odd)}")
    return len(result.took[201])


def due_order(mall):
    """How far the bank's verdicts in the journal of a stopped mall are out of due order: by how many places at most, and
    by how many milliseconds of due time at most."""
    with contextlib.closing(sqlite3.connect(f"file:{mall.dir}/data/plaza.db?mode=ro", uri=True)) as journal:
        submitted = journal.execute("SELECT stream_id, payload FROM events WHERE name = 'order.submitted'").fetchall()
        verdicts = [row[0] for row in journal.execute(
            "SELECT stream_id FROM events WHERE name = 'order.payment_confirmed' ORDER BY position")]
    must(submitted and verdicts, "the journal has no orders")
    due = {order_id: due_at(json.loads(payload)) for order_id, payload in submitted}
    seen = [due[order_id] for order_id in verdicts]
    # Orders that fall due in the same millisecond may come in any order, so places are counted between due times.
    first = {}
    for place, at in enumerate(sorted(seen)):
        first.setdefault(at, place)
    last = {at: place for place, at in enumerate(sorted(seen))}
    places = max(max(first[at] - place, place - last[at], 0) for place, at in enumerate(seen))
    latest, behind = seen[0], 0
    for at in seen:
        behind, latest = max(behind, latest - at), max(latest, at)
    return places, behind


def due_at(payload):
    """When the bank's verdict on a submitted order was due, in ms."""
    return int(1_000 * datetime.fromisoformat(payload["payment_due_at"]).timestamp())


def overdue(count):
    """Orders fall due while the mall is down. They are worked off as fast as orders are taken, in due order, and a
    reader waits meanwhile at most twice as long as during as much live work."""
    delay = max(4, count // 2_000)
    settings = ("--payment-delay", f"{delay}s", "--store-delay", f"{delay}s", "--pay-deadline", "24h")
    with Mall(*settings) as mall:
        begun = time.monotonic()
        made = submit(mall, count)
        ended = time.monotonic()
        must(ended - begun < delay, "the orders were not submitted before the first was due; use fewer")
        mall.kill()
        time.sleep(max(0.0, ended + delay + 0.5 - time.monotonic()))
        ready_after = mall.start()
        restarted = time.monotonic()
        with Reader(mall) as reads:
            eventually("every overdue order is settled", lambda: settled(mall, made), 600, 0.02)
            work = time.monotonic() - restarted
            must(mall.api("GET", "/audit")[1]["ok"], "the audit finds something")
        counts = orders(mall)
        must(counts["accepted"] == made, f"not every order was accepted: {counts}")
        mall.stop()
        places, behind = due_order(mall)
    # The same number of orders, submitted and settled live, is what the order path does.
    with Mall("--payment-delay", "0s", "--store-delay", "0s", "--pay-deadline", "24h") as mall:
        begun = time.monotonic()
        with Reader(mall) as live:
            submitted = submit(mall, count)
            eventually("every order is settled", lambda: settled(mall, submitted), 600, 0.02)
            live_work = time.monotonic() - begun
    figures = {
        "orders": made, "ready_after_s": round(ready_after, 2),
        "overdue_per_s": round(made / work), "live_per_s": round(submitted / live_work),
        "out_of_due_order_places": places, "out_of_due_order_ms": behind,
        "reads_p50_ms": reads.ms(0.5), "reads_p99_ms": reads.ms(0.99), "reads_failed": reads.failed,
        "live_reads_p50_ms": live.ms(0.5), "live_reads_p99_ms": live.ms(0.99),
        "reads_p50_times_live": round(reads.ms(0.5) / max(live.ms(0.5), 0.1), 2),
    }
    return figures, work < 3 * live_work + 3 and reads.failed == 0 and reads.ms(0.5) < 4 * live.ms(0.5) + 20


def cold_start(count):
    """A mall with many open orders in few stores starts, and 256 connections want to order at once. Loading a store
    takes its time; nobody is told that anything may have happened when nothing did."""
    settings = ("--payment-delay", "0s", "--store-delay", "0s", "--pay-deadline", "24h")
    with Mall(*settings) as mall:
        customer, payment, shelves = mall.shop(stores=8)
        requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                    for _, product in shelves]
        made = len(generator.run(generator.closed, mall.port, requests, 256, None, count).took[201])
        eventually("every order is accepted", lambda: settled(mall, made), 3_600, 0.1)
        mall.kill()
        ready_after = mall.start()
        # The port is another one.
        requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                    for _, product in shelves]
        result = generator.run(generator.closed, mall.port, requests, 256, max(3, min(20, count / 10_000)))
        answers = {str(status): len(took) for status, took in result.took.items() if took}
        lines = mall.log_lines()
        must(mall.api("GET", "/audit", timeout=300)[1]["ok"], "the audit finds something")
    figures = {"open_orders": made, "ready_after_s": round(ready_after, 2), "answers": answers, "odd": dict(result.odd),
               "slowest_of_the_first_ms": round(1000 * max(result.took[201][:256], default=0)),
               "done_p99_ms": round(1000 * quantile(result.took[201], 0.99)), "log_lines": lines}
    return figures, set(answers) <= {"201", "503"} and not result.odd and bool(result.took[201]) and lines < 20
