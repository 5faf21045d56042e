"""More than a mall can do, offered in an open loop and compared with a capacity that was measured just before."""

import contextlib
import multiprocessing
import pathlib
import time

import generator
import load
from mall import API, Mall, must, order, quantile, slow_sync

CONNECTIONS = 4_000
# Percent of the machine that others may use for speed to be judged.
QUIET = 10


def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


@contextlib.contextmanager
def neighbour(seconds):
    """Another process that wants a core."""
    process = multiprocessing.get_context("fork").Process(target=spin, args=(seconds,), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def others_percent():
    """How much of the machine others use while nothing is asked of the mall."""
    def look():
        ticks = list(map(int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]))
        return sum(ticks), ticks[3] + ticks[4]

    before = look()
    time.sleep(0.5)
    total, idle = (now - then for now, then in zip(look(), before))
    return round(100 * (total - idle) / max(total, 1))


def ms(values, share):
    return round(1000 * quantile(values, share), 1)


def measured(result, rate, capacity, seconds):
    done, refused = result.took.get(201, []), result.took.get(503, [])
    offered = result.in_time and (sum(map(len, result.took.values())) / seconds)
    return {
        "capacity_per_s": round(capacity), "intended_per_s": round(rate), "met_the_mall_per_s": round(offered),
        "goodput_percent": round(100 * result.in_time.get(201, 0) / seconds / capacity),
        "done_p50_ms": ms(done, 0.5), "done_p99_ms": ms(done, 0.99),
        "refused": len(refused), "refused_p50_ms": ms(refused, 0.5), "refused_p99_ms": ms(refused, 0.99),
        "without_retry_after": result.no_retry_after,
        "neither": sum(len(took) for status, took in result.took.items() if status not in (201, 503)),
        "no_connection_free": result.dropped, "unsent": result.unsent,
        "generator_lag_p50_ms": ms(result.lags, 0.5), "generator_lag_p99_ms": ms(result.lags, 0.99),
    }


def pressed(seconds, times, sync_ms=0, limit=None, connections=256, beside=False):
    """One mall: its capacity, then `times` as much. Figures, and whether they are bearable."""
    settings = ["--payment-delay", "1h", "--store-delay", "1h"]
    if limit:
        settings += ["--admission-limit", str(limit)]
    with Mall(*settings, env=slow_sync(sync_ms)) as mall, \
            neighbour(4 * seconds + 30) if beside else contextlib.nullcontext():
        customer, payment, shelves = mall.shop(stores=4)
        requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                    for _, product in shelves]
        others = others_percent()
        generator.run(generator.closed, mall.port, requests, connections, 0.5)
        found = generator.run(generator.closed, mall.port, requests, connections, max(2, seconds / 2))
        capacity = len(found.took[201]) / found.seconds
        result = generator.run(generator.opened, mall.port, requests, capacity * times, seconds, CONNECTIONS)
        figures = measured(result, capacity * times, capacity, seconds)
        must(figures["neither"] == 0 and not result.odd, f"neither done nor refused as busy: {dict(result.odd)}")
        must(figures["without_retry_after"] == 0, "a refusal does not say when to come again")
        lines = mall.log_lines()
        figures |= {"log_lines": lines, "others_percent": others}
        must(lines <= 20 + figures["refused"] / 1_000, f"{lines} lines in the log for {figures['refused']} refusals")
        must(mall.ready(), "the mall is not ready after the load")
    bearable = figures["goodput_percent"] >= 40 and figures["done_p99_ms"] < 3_000 and figures["refused_p99_ms"] < 1_000
    return figures, bearable or others > QUIET


def overload(seconds):
    """Several times what the mall can do: it goes on doing nearly as much, in time, and says no at once.

    Right on a quiet machine: goodput >= 80 %, 201 within 1 s and 503 within 50 ms for 99 of 100; what fails a run is far
    worse than that, and speed is judged only while others use little of the machine (`others_percent`). Server and
    generator share the cores, so a fast mall's generator meets it with less than it intends (`met_the_mall_per_s`; the
    rest found none of 4 000 connections free). Ten times too much fits beside the server only where capacity is small for
    another reason than the CPU: 32 permits and a sync of 20 ms."""
    runs = {
        "fast_3x": {"times": 3},
        "sync_20_ms_3x": {"times": 3, "sync_ms": 20, "connections": 512},
        "sync_20_ms_32_permits_10x": {"times": 10, "sync_ms": 20, "limit": 32, "connections": 32},
    }
    figures, holds = {}, True
    for name, settings in runs.items():
        figures[name], bearable = pressed(seconds, **settings)
        holds = holds and bearable
    if seconds >= 5:
        # Reported, not judged: what is left depends on how the kernel shares the cores.
        figures["beside_a_busy_loop_3x"], _ = pressed(seconds, 3, beside=True)
    return figures, holds
