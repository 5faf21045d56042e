"""Participants that do not answer."""

import sqlite3
import time
from datetime import datetime

import generator
import load
from mall import API, Mall, eventually, must, order, quantile

SAMPLE = 200


def submit(mall, body, count):
    request = load.request(mall.port, "POST", API + "/orders", body)
    result = generator.run(generator.closed, mall.port, [request], 64, None, count)
    must(not result.odd and set(result.took) <= {201, 503}, f"orders are not taken: {dict(result.odd)}")
    return len(result.took[201])


def pending(mall, store):
    return mall.api("GET", f"/orders?status=pending&store_id={store}&limit=1")[1]["items"]


def p99(mall, store, body):
    """How long SAMPLE orders at a store take from submission to acceptance, milliseconds."""
    made = submit(mall, body, SAMPLE)
    eventually("they are accepted", lambda: not pending(mall, store), 60)
    items = mall.api("GET", f"/orders?store_id={store}&limit={made}")[1]["items"]
    took = [datetime.fromisoformat(item["updated_at"]) - datetime.fromisoformat(item["created_at"]) for item in items]
    return round(1000 * quantile([one.total_seconds() for one in took], 0.99))


def silent_store(count):
    """A store cannot be loaded, and its orders wait for it over a restart. Others order elsewhere meanwhile, in time, and
    the mall stays idle; when the store can be loaded again every order gets its verdict."""
    settings = ("--payment-delay", "0s", "--store-delay", "500ms", "--grace", "24h", "--pay-deadline", "24h")
    with Mall(*settings) as mall:
        mall.tolerated.append("actors cannot be woken")
        customer, payment, [(ill, thing), (well, other)] = mall.shop(stores=2)
        mall.api("PATCH", f"/stores/{ill}", {"confirmation_delay_ms": 5_000})
        before = p99(mall, well, order(customer, payment, other))
        made = submit(mall, order(customer, payment, thing), count)
        mall.kill()
        with sqlite3.connect(f"{mall.dir}/data/plaza.db") as db:
            db.execute("UPDATE stores SET fulfilment = 'nobody' WHERE id = ?", (ill,))
        mall.start()
        eventually("the store was asked", lambda: mall.api("GET", "/status")[1]["silent"] >= 1, 60)
        during = p99(mall, well, order(customer, payment, other))
        begun, cpu = time.monotonic(), mall.cpu_s()
        while time.monotonic() - begun < 10:
            time.sleep(0.5)
        cpu = (mall.cpu_s() - cpu) / (time.monotonic() - begun)
        late, lines = mall.api("GET", "/status")[1]["timers_late_ms"], mall.log_lines()
        with sqlite3.connect(f"{mall.dir}/data/plaza.db", timeout=30) as db:
            db.execute("UPDATE stores SET fulfilment = 'internal' WHERE id = ?", (ill,))
        repaired = time.monotonic()
        eventually("every order has its verdict", lambda: not pending(mall, ill), 180, 0.1)
        back = time.monotonic() - repaired
    figures = {"waiting": made, "p99_before_ms": before, "p99_during_ms": during, "timers_late_ms": late,
               "cpu_percent": round(100 * cpu, 1), "log_lines": lines, "settled_after_s": round(back, 1)}
    return figures, made > 0 and during <= 2 * before + 100 and late < 2_000 and cpu < 0.25 and lines < 20
