"""Stores and a bank that are slow, or out: what they do to thousands of orders, and to nobody else."""

import json
import sqlite3
import threading
import time
from datetime import datetime

import silent
from mall import Mall, eventually, must, order, quantile

TEN_MINUTES_S = 600
# 200 times as fast: ten minutes of the mall's time in three seconds.
SPEED = 200
DISTRIBUTIONS = {
    "fixed": ({"distribution": "fixed", "ms": 4_000}, (4_000, 4_000, 4_000)),
    "uniform": ({"distribution": "uniform", "min_ms": 1_000, "max_ms": 9_000}, (3_000, 5_000, 7_000)),
    "exponential": ({"distribution": "exponential", "mean_ms": 4_000}, (1_150.7, 2_772.6, 5_545.2)),
    "lognormal": ({"distribution": "lognormal", "median_ms": 4_000, "p99_ms": 20_000}, (2_508.4, 4_000, 6_378.6)),
    "pareto": ({"distribution": "pareto", "min_ms": 1_000, "alpha": 2.5}, (1_122, 1_319.5, 1_741.1)),
    "quantiles": ({"distribution": "quantiles", "points": [[0.5, 4_000], [0.99, 20_000]]}, (2_000, 4_000, 12_163.3)),
}


def bank_out(count):
    """The bank is out for ten minutes while so many orders wait for it, and the mall is killed meanwhile. Those who do not
    need the bank are served in time, the mall is idle, and when the bank is back every order gets its verdict."""
    settings = ("--payment-delay", "1s", "--store-delay", "500ms", "--grace", "24h", "--pay-deadline", "24h")
    with Mall(*settings) as mall:
        customer, payment, [(store, thing), (_, other)] = mall.shop(stores=2)
        before = silent.p99(mall, store, order(customer, payment, thing))
        out = mall.api("POST", "/outages", {"participant": {"kind": "bank"}, "for": "10m"})
        must(out[0] == 201, f"no outage: {out}")
        made = silent.submit(mall, order(customer, payment, thing), count)
        withheld = lambda: int(mall.metric("plaza_orders_withheld"))
        eventually("every order waits for the bank", lambda: withheld() >= made, 60)
        mall.kill()
        mall.start()
        eventually("every order waits again", lambda: withheld() >= made, 60)
        # The stores answer as ever: an order at the other one has its stock put aside in time.
        sample = mall.made("/orders", order(customer, payment, other))["id"]
        begun = time.monotonic()
        eventually("its store has answered", lambda: mall.api("GET", f"/orders/{sample}")[1]["version"] == 2, 10, 0.02)
        store_s = time.monotonic() - begun
        told, cpu, begun = mall.metric("plaza_timers_told_total"), mall.cpu_s(), time.monotonic()
        while time.monotonic() - begun < 10:
            time.sleep(0.5)
        cpu = (mall.cpu_s() - cpu) / (time.monotonic() - begun)
        told = mall.metric("plaza_timers_told_total") - told
        late = mall.api("GET", "/status")[1]["timers_late_ms"]
        mall.api("PATCH", "/clock", {"speed": SPEED})
        eventually("the bank is back", lambda: withheld() == 0, 60, 0.05)
        back = time.monotonic()
        eventually("every order has its verdict", lambda: not silent.pending(mall, store), 120, 0.1)
        settled = time.monotonic() - back
        counts = mall.api("GET", "/status")[1]["orders"]
        must(counts["accepted"] == made + silent.SAMPLE + 1, f"{counts}")
        must(mall.api("GET", "/audit")[1]["ok"], "the audit finds something")
        mall.stop()
        mall.verify()
    figures = {"waiting": made, "p99_before_ms": before, "store_answered_s": round(store_s, 2), "timers_late_ms": late,
               "told_in_10_s": int(told), "cpu_percent": round(100 * cpu, 1), "settled_after_s": round(settled, 1)}
    return figures, made > 0 and store_s < 5 and late < 2_000 and told < 50 and cpu < 0.25


def asked(mall, orders):
    """The delays of the bank for these orders, milliseconds, and how many it answered before theirs was over."""
    drawn, due, early = [], {}, 0
    with sqlite3.connect(f"file:{mall.dir}/data/plaza.db?mode=ro", uri=True) as journal:
        rows = journal.execute("SELECT name, stream_id, occurred_at, payload FROM events"
                               " WHERE name IN ('order.submitted', 'order.payment_confirmed') ORDER BY position")
        for name, order_id, at, payload in rows:
            if order_id not in orders:
                continue
            if name == "order.payment_confirmed":
                early += at < due[order_id]
                continue
            due[order_id] = round(datetime.fromisoformat(json.loads(payload)["payment_due_at"]).timestamp() * 1e6)
            drawn.append((due[order_id] - at) / 1_000)
    return drawn, early


def keyed(mall, body, name, count):
    """Orders whose keys are the same in every run, and with them their luck at the bank: the ids of all."""
    made, threads = [], 8

    def shopper(first):
        for number in range(first, count, threads):
            status, order_made = mall.api("POST", "/orders", body, headers={"Idempotency-Key": f"{name}-{number}"})
            must(status == 201, f"no order: {status} {order_made}")
            made.append(order_made["id"])
    shoppers = [threading.Thread(target=shopper, args=(first,)) for first in range(threads)]
    for one in shoppers:
        one.start()
    for one in shoppers:
        one.join()
    must(len(made) == count, f"{len(made)} orders where {count} were placed")
    return set(made)


def delays(count):
    """So many orders at a bank of each distribution: what the journal says of their delays has its quantiles, within 3 %
    when there are enough of them, and each order's answer comes when its delay is over."""
    tolerance = 0.03 if count >= 10_000 else 0.2
    figures, holds = {}, True
    with Mall("--payment-delay", "0s", "--store-delay", "0s", "--grace", "1d", "--pay-deadline", "1d") as mall:
        customer, payment, [(store, thing)] = mall.shop()
        for name, (delay, expected) in DISTRIBUTIONS.items():
            set_to = mall.api("PUT", "/bank/personality", {"delay": delay, "seed": 1})
            must(set_to[0] == 200, f"{name}: {set_to}")
            made = keyed(mall, order(customer, payment, thing), name, count)
            mall.api("PATCH", "/clock", {"speed": 1_000})
            eventually(f"{name}: every order has its verdict", lambda: not silent.pending(mall, store), 300, 0.2)
            mall.api("PATCH", "/clock", {"speed": 1})
            drawn, early = asked(mall, made)
            must(len(drawn) == count, f"{name}: {len(drawn)} orders where {count} were placed")
            must(early == 0, f"{name}: {early} answers are early")
            off = max(abs(quantile(drawn, share) / wanted - 1) for share, wanted in zip((0.25, 0.5, 0.75), expected))
            figures[name] = f"{100 * off:.1f} % off"
            holds = holds and off <= tolerance
        mall.stop()
        mall.verify()
    return {"orders_each": count, **figures}, holds
