"""Clocks: a wall clock that steps while the mall runs (libfaketime; the monotonic clock is left alone), and the mall's own."""

import glob
import sqlite3
import threading
import time
from datetime import datetime

from mall import Mall, Wrong, eventually, must, order, quantile

DELAY_MS = 400


def library():
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not found:
        raise Wrong("libfaketime is missing; apt-get install faketime")
    return found[0]


def lateness_s(mall, order_id):
    """How long after it was due an order's last verdict was written, by the mall's own clock."""
    seen = mall.api("GET", f"/orders/{order_id}")[1]
    due = max(datetime.fromisoformat(store["due_at"]) for store in seen["stores"])
    events = mall.api("GET", f"/orders/{order_id}/events")[1]["items"]
    at = next(event["time"] for event in events if event["type"].startswith("plaza.order.store_confirmed"))
    return (datetime.fromisoformat(at) - due).total_seconds()


def clock_steps(count):
    """After a step forward, however far, and after one back, orders settle as if nothing had happened."""
    figures = {}
    for name, step in (("5 s", 5), ("11 min", 660), ("1 h", 3_600), ("1 day", 86_400), ("back 1 h", -3_600)):
        with Mall("--payment-delay", f"{DELAY_MS // 2}ms", "--store-delay", f"{DELAY_MS}ms", "--pay-deadline", "72h",
                  env={"LD_PRELOAD": library(), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                       "FAKETIME": "+0"}) as mall:
            mall.stop()
            steps = f"{mall.dir}/faketime"
            with open(steps, "w") as file:
                file.write("+0\n")
            mall.env = {name: value for name, value in mall.env.items() if name != "FAKETIME"} | {
                "FAKETIME_TIMESTAMP_FILE": steps}
            mall.start()
            customer, payment, shelves = mall.shop()
            body = order(customer, payment, shelves[0][1])
            mall.made("/orders", body)
            with open(steps, "w") as file:
                file.write(f"{step:+d}\n")
            begun = time.monotonic()
            orders = [mall.made("/orders", body) for _ in range(count)]
            stepped = datetime.fromisoformat(orders[0]["created_at"]).timestamp() - time.time()
            # Set back, the mall's clock goes on from where it was.
            must(abs(stepped - max(step, 0)) < 5, f"the clock of the mall is {stepped:.0f} s off, not {step}")
            made = [one["id"] for one in orders]
            eventually("every order is settled", lambda: mall.api("GET", "/status")[1]["orders"]["pending"] == 0, 60)
            took = time.monotonic() - begun - DELAY_MS / 1000
            must(mall.ready(), "the mall is not ready after a step of the clock")
            must(mall.api("GET", "/audit")[1]["ok"], "the audit finds something")
            eventually("the step is told", lambda: mall.api("GET", "/status")[1]["clock"]["last_step_ms"] is not None, 10)
            told = mall.api("GET", "/status")[1]["clock"]
            must(abs(told["last_step_ms"] / 1_000 - step) < 2, f"a step of {step} s is told as {told}")
            must(abs(told["ahead_of_wall_ms"] / 1_000 + min(step, 0)) < 2, f"after a step of {step} s: {told}")
            must("the wall clock stepped" in mall.log(), "the log does not tell of the step")
            if step < 0:
                # A start on a journal whose newest event is later than the wall clock.
                mall.stop()
                mall.start()
                ahead = mall.api("GET", "/status")[1]["clock"]["ahead_of_wall_ms"] / 1_000
                must(-30 < ahead + step <= 0, f"the journal is said to be {ahead} s ahead of the wall clock, not {-step}")
                must("later than the wall clock" in mall.log(), "the log does not tell that the journal is ahead")
            figures[name] = {"late_s": round(max(lateness_s(mall, one) for one in made), 2), "took_longer_s": round(took, 2)}
    return {"orders": count, **figures}, all(found["late_s"] <= 1 and found["took_longer_s"] < 3 for found in figures.values())


def stories(mall):
    """Each order's events in the journal: name and microseconds since it was submitted."""
    found = {}
    with sqlite3.connect(f"file:{mall.dir}/data/plaza.db?mode=ro", uri=True) as journal:
        rows = journal.execute("SELECT stream_id, name, occurred_at FROM events WHERE stream = 'order' ORDER BY position")
        for order_id, name, at in rows:
            story = found.setdefault(order_id, [])
            story.append((name, at - (story[0][2] if story else at), at))
    return found


def check_stories(mall, orders, delays_ms, expires_ms):
    """Every order has each of its events once, and none before its time. How late each was, milliseconds of mall time."""
    late, found = [], stories(mall)
    must(set(orders) <= set(found), "an acknowledged order is missing")
    must(len(found) == len(orders), f"{len(found)} orders where {len(orders)} were placed")
    for story in found.values():
        for name, due in delays_ms.items():
            times = [since for seen, since, _ in story if seen == name]
            must(len(times) == 1, f"{name} {len(times)} times: {story}")
            must(times[0] >= due * 1_000, f"{name} is early: {story}")
            late.append(times[0] / 1_000 - due)
        at = {name: when for name, _, when in story}
        must(at["order.expired"] >= at["order.accepted"] + expires_ms * 1_000, f"expired early: {story}")
        late.append((at["order.expired"] - at["order.accepted"]) / 1_000 - expires_ms)
    return late


def fast_day(count):
    """A day of the mall's time at a thousand times the speed, orders placed all day long; bank 5 s, stores 15 s, half an
    hour to pay: nothing is early, nothing happens twice, and what is due is told within a second of real time."""
    speed, seconds = 1_000, 86.4 * count / 10_000
    with Mall("--payment-delay", "5s", "--store-delay", "15s", "--grace", "30s", "--pay-deadline", "30m") as mall:
        customer, payment, shelves = mall.shop()
        body = order(customer, payment, shelves[0][1])
        must(mall.api("PATCH", "/clock", {"speed": speed})[0] == 200, "the clock cannot be set")
        begun, threads, made = time.monotonic(), 8, []

        def shopper(first):
            for number in range(first, count, threads):
                time.sleep(max(0.0, begun + seconds * number / count - time.monotonic()))
                made.append(mall.made("/orders", body)["id"])
        shoppers = [threading.Thread(target=shopper, args=(first,)) for first in range(threads)]
        for one in shoppers:
            one.start()
        for one in shoppers:
            one.join()
        took = time.monotonic() - begun
        eventually("every order has run out", lambda: mall.api("GET", "/status")[1]["orders"]["expired"] == count, 60)
        status = mall.api("GET", "/status")[1]
        late = [of_mall / speed for of_mall in check_stories(
            mall, made, {"order.payment_confirmed": 5_000, "order.accepted": 15_000}, 1_800_000)]
        must(mall.api("GET", "/audit")[1]["ok"], "the audit finds something")
        mall.stop()
        mall.verify()
    figures = {"orders": count, "seconds": round(took, 1), "late_p50_ms": round(quantile(late, 0.5), 1),
               "late_p99_ms": round(quantile(late, 0.99), 1), "late_max_ms": round(max(late), 1),
               "settle_p99_ms": status["settle_lateness_ms"]["p99"]}
    return figures, figures["late_p99_ms"] < 1_000


def advance(count):
    """So many orders at stores of many delays wait in a paused mall, which is advanced over all of it, killed in the middle
    three times: each order has each event once, at its due instant, and everything verifies."""
    with Mall("--payment-delay", "5s", "--grace", "30s", "--pay-deadline", "30m") as mall:
        customer, payment, shelves = mall.shop(stores=20)
        for number, (store, _) in enumerate(shelves):
            must(mall.api("PATCH", f"/stores/{store}", {"confirmation_delay_ms": 10_000 + number * 7})[0] == 200, "no delay")
        mall.api("PATCH", "/clock", {"speed": 0.001})
        made = [mall.made("/orders", order(customer, payment, shelves[number % 20][1]))["id"] for number in range(count)]
        for _ in range(3):
            must(mall.api("POST", "/clock/advance", {"by": "10s"})[0] == 202, "the clock cannot be advanced")
            time.sleep(0.3)
            mall.kill()
            mall.start()
        mall.api("PATCH", "/clock", {"speed": 0})
        begun, now = time.monotonic(), mall.api("GET", "/clock")[1]["position"]
        must(mall.api("POST", "/clock/advance", {"by": "2h"})[0] == 202, "the clock cannot be advanced")
        eventually("it is through", lambda: mall.api("GET", "/clock")[1]["status"] == "paused", 300)
        took = time.monotonic() - begun
        events = mall.api("GET", "/clock")[1]["position"] - now
        counts = mall.api("GET", "/status")[1]["orders"]
        must(counts["expired"] == count, f"{counts}")
        late = check_stories(mall, made, {"order.payment_confirmed": 5_000, "order.accepted": 10_000}, 1_800_000)
        must(mall.api("GET", "/audit")[1]["ok"], "the audit finds something")
        mall.stop()
        mall.verify()
    return {"orders": count, "advanced_in_s": round(took, 1), "events_per_s": round(events / took),
            "late_max_ms_of_mall_time": round(max(late), 1)}, True
