"""Work that waits for a start: orders that fell due while the mall was down, and actors that nobody has woken yet."""

import asyncio
import threading
import time

import load
from mall import API, Mall, eventually, must, order, quantile


class Reader:
    """Looks at the mall twenty times a second, as a person's page does, and notes how long that takes."""

    def __init__(self, mall):
        self.mall, self.took, self.stopped = mall, [], threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.stopped.wait(0.05):
            begun = time.monotonic()
            if self.mall.api("GET", "/orders?limit=1")[0] == 200:
                self.took.append(time.monotonic() - begun)

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
    """How many orders the bank and the stores have answered."""
    counts = orders(mall)
    return counts["pending"] == 0 and sum(counts.values()) >= least


def submit(mall, count, seconds=None, stores=4):
    """Submits orders as fast as the mall takes them; answers how many were acknowledged, and in what time."""
    customer, payment, shelves = mall.shop(stores=stores)
    requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                for _, product in shelves]
    process, queue = load.beside(load.closed, mall.port, requests, 64, seconds, count)
    answers, took = queue.get()
    process.join()
    return sum(status == 201 for status, _, _ in answers), took


def overdue(count):
    """Orders fall due while the mall is down. They are worked off as fast as orders are taken, in due order, and who
    looks on meanwhile waits at most twice as long as during as much live work."""
    delay = max(15, count // 2_000)
    settings = ("--payment-delay", f"{delay}s", "--store-delay", f"{delay}s", "--pay-deadline", "24h")
    with Mall(*settings) as mall:
        begun = time.monotonic()
        made, took = submit(mall, count)
        must(time.monotonic() - begun < delay, "the orders were not submitted before the first was due; use fewer")
        mall.kill()
        time.sleep(max(0.0, begun + delay + 1 - time.monotonic() + took))
        mall.start()
        restarted = time.monotonic()
        with Reader(mall) as reads:
            eventually("every overdue order is settled", lambda: settled(mall, made), 600, 0.1)
        work = time.monotonic() - restarted
        out_of_order = due_order(mall)
    # The same number of orders, submitted and settled live, is what the order path does.
    with Mall("--payment-delay", "0s", "--store-delay", "0s", "--pay-deadline", "24h") as mall:
        begun = time.monotonic()
        with Reader(mall) as live:
            submitted, _ = submit(mall, made)
            eventually("every order is settled", lambda: settled(mall, submitted), 600, 0.1)
        live_work = time.monotonic() - begun
    return {
        "orders": made,
        "overdue_per_s": round(made / work),
        "live_per_s": round(submitted / live_work),
        "out_of_due_order": out_of_order,
        "reads_p50_ms": reads.ms(0.5), "reads_p99_ms": reads.ms(0.99),
        "live_reads_p50_ms": live.ms(0.5), "live_reads_p99_ms": live.ms(0.99),
    }, work < 3 * live_work + 3 and reads.ms(0.5) < 4 * live.ms(0.5) + 20


def due_order(mall):
    """How far, at most, a bank's verdict stands from where its due time would put it, among the first 5 000."""
    due, after = [], None
    while len(due) < 5_000:
        path = "/events?type=order.payment_confirmed&limit=200" + (f"&after={after}" if after else "")
        items = mall.api("GET", path)[1]["items"]
        if not items:
            break
        after = items[-1]["sequence"]
        # An order's id is made when it is submitted, and its due time is that plus the same delay for all.
        due += [item["subject"].split("/")[1] for item in items]
    places = {order_id: place for place, order_id in enumerate(sorted(due))}
    return max((abs(places[order_id] - place) for place, order_id in enumerate(due)), default=0)


def cold_start(count):
    """A mall with many open orders in few stores starts, and 256 connections want to order at once. Loading a store
    takes its time; nobody is told that anything may have happened when nothing did."""
    settings = ("--payment-delay", "0s", "--store-delay", "0s", "--pay-deadline", "24h")
    with Mall(*settings) as mall:
        customer, payment, shelves = mall.shop(stores=8)
        requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                    for _, product in shelves]
        answers, _ = asyncio.run(load.closed(mall.port, requests, 64, None, count))
        made = sum(status == 201 for status, _, _ in answers)
        eventually("every order is accepted", lambda: settled(mall, made), 600, 0.1)
        mall.kill()
        mall.start()
        requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                    for _, product in shelves]
        answers, _ = asyncio.run(load.closed(mall.port, requests, 256, min(10, count / 1_000)))
        by_status = {}
        for status, _, body in answers:
            key = str(status) if status == 201 else f"{status} {body[:400].decode(errors='replace')}"
            kind = next((code for code in ("busy", "no_answer", "unavailable") if f'"code":"{code}"' in key), key)
            by_status[kind] = by_status.get(kind, 0) + 1
        first = max(took for status, took, _ in answers[:256])
        must(mall.api("GET", "/audit")[1]["ok"], "the audit finds something")
    return {"open_orders": made, "answers": by_status, "slowest_of_the_first_s": round(first, 2)}, \
        set(by_status) <= {"201", "busy"}
