"""A wall clock that steps while the mall runs (libfaketime; the monotonic clock is left alone)."""

import glob
import time
from datetime import datetime

from mall import Mall, Wrong, eventually, must, order

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
