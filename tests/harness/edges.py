"""What a first look at slow and greedy clients misses: the second request of a connection, bodies without a length, live
streams nobody reads, reads nobody waits for, and a journal that stands still for longer than the grace."""

import contextlib
import itertools
import sqlite3
import threading
import time

import generator
import load
from mall import API, Mall, eventually, must, order
from starve import connect, good_client

GOOD = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
# How long a refused client may go on sending before it is cut off; with a Content-Length it is a second.
LINGER_S = 4


def still_open(sockets):
    """How many sockets the server has not closed; reads what it has answered."""
    count = 0
    for one in sockets:
        one.setblocking(False)
        try:
            while one.recv(65536):
                pass
        except BlockingIOError:
            count += 1
        except OSError:
            pass
    return count


def given_up(opened, piece, seconds=35):
    """Half of the sockets stay silent, the others send a piece a second. When all were closed, and how many were not."""
    begun, halves = time.monotonic(), {"stopped": opened[::2], "dripped": opened[1::2]}
    while sum(still_open(half) for half in halves.values()) and time.monotonic() - begun < seconds:
        for one in halves["dripped"]:
            with contextlib.suppress(OSError):
                one.send(piece)
        time.sleep(1)
    figures = {"gone_after_s": round(time.monotonic() - begun, 1)}
    figures |= {f"{name}_still_open": still_open(half) for name, half in halves.items()}
    for one in opened:
        one.close()
    return figures


def second_heads(count):
    """Clients that stop, or drip, within the head of their second request are cut off as within that of their first."""
    with Mall() as mall:
        sockets = [connect(mall) for _ in range(count)]
        for one in sockets:
            one.sendall(GOOD)
            must(one.recv(4096)[9:12] == b"200", "a good request is refused")
            one.sendall(b"GET /livez HTTP/1.1\r\nX: ")
        figures = {"sockets": count} | given_up(sockets, b"a") | {"log_lines": mall.log_lines()}
    return figures, not figures["stopped_still_open"] and not figures["dripped_still_open"]


def chunked(mall, path, first=b"1\r\n{\r\n"):
    one = connect(mall)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    one.sendall(head.encode() + first)
    return one


def endless_chunks(count):
    """Bodies in chunks that never end: refused, and after that neither waited for nor read on and on."""
    with Mall() as mall:
        sockets = [chunked(mall, API + "/customers") for _ in range(count)]
        figures = {"sockets": count} | given_up(sockets, b"1\r\n \r\n")
        piece, poured, uncut, cpu = b"10000\r\n" + b" " * 65536 + b"\r\n", 0.0, 0, mall.cpu_s()
        for path in (API + "/customers", "/nowhere"):
            one, begun = chunked(mall, path, b""), time.monotonic()
            try:
                while time.monotonic() - begun < LINGER_S:
                    one.sendall(piece)
                    poured += len(piece) / 1e6
                uncut += 1
            except OSError:
                pass
            one.close()
        figures |= {"poured_mb": round(poured), "poured_and_not_cut": uncut, "poured_cpu_s": round(mall.cpu_s() - cpu, 1),
                    "log_lines": mall.log_lines()}
    return figures, not (figures["stopped_still_open"] or figures["dripped_still_open"] or uncut)


def greedy(mall, most, stop, opened):
    """One client that has another live stream whenever it gets one, and reads none."""
    held = []
    while not stop.is_set() and len(held) < most:
        one = connect(mall, buffer=2048)
        one.sendall(f"GET {API}/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        if one.recv(12)[9:12] == b"200":
            held.append(one)
            opened.append(1)
        else:
            one.close()
            time.sleep(0.02)
    stop.wait()
    for one in held:
        one.close()


def unread_streams(count):
    """One client takes live streams and reads none, while others order: what is held for it is bounded, even when it
    opens another for every stream that was ended, and is given back."""
    with Mall("--payment-delay", "0s", "--store-delay", "0s") as mall:
        customer, payment, shelves = mall.shop(stores=4)
        requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                    for _, product in shelves]
        before, peak, stop, opened = mall.memory_mb(), 0.0, threading.Event(), []
        client = threading.Thread(target=greedy, args=(mall, count, stop, opened))
        client.start()
        orders = generator.Beside(generator.closed, mall.port, requests, 16, 6)
        end = time.monotonic() + 7
        # A defect must not fill the machine's memory.
        while time.monotonic() < end and peak < 1_000:
            peak = max(peak, mall.memory_mb())
            time.sleep(0.1)
        good = good_client(mall, 20)[1]
        stop.set()
        client.join()
        done = orders.result()
        end = time.monotonic() + 25
        while mall.memory_mb() > before + 150 and time.monotonic() < end:
            time.sleep(0.5)
        figures = {"streams_opened": len(opened), "before_mb": round(before), "peak_mb": round(peak),
                   "after_mb": round(mall.memory_mb()), "orders_per_s": round(len(done.took[201]) / done.seconds),
                   "honest_slowest_ms": good, "log_lines": mall.log_lines()}
    # The orders themselves need some; a seat's share is a few slices of an answer.
    return figures, peak - before < 150 + 0.2 * min(count, 500) and good < 2_000


def costly_reads(count):
    """Reads that look through everything, asked by one client on 64 connections of a mall with so many orders: others
    still read, timers still fire, and what nobody waits for any more is not worked on for long."""
    figures = {"orders": count}
    with Mall("--payment-delay", "0s", "--store-delay", "0s", "--pay-deadline", "24h") as mall:
        customer, payment, shelves = mall.shop(stores=4)
        requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, product))
                    for _, product in shelves]
        generator.run(generator.closed, mall.port, requests, 128, None, count)
        eventually("every order is settled", lambda: mall.api("GET", "/status")[1]["orders"]["pending"] == 0, 600, 0.2)
        for name, path in (("scan", "/events?type=store.left"), ("audit", "/audit")):
            before = mall.memory_mb()
            asked = load.request(mall.port, "GET", API + path)
            flood = generator.Beside(generator.closed, mall.port, [asked], 64, 2)
            statuses, slowest, peak, end = [], 0.0, before, time.monotonic() + 2
            while time.monotonic() < end:
                begun = time.monotonic()
                statuses.append(mall.api("GET", "/products?limit=1")[0])
                slowest, peak = max(slowest, time.monotonic() - begun), max(peak, mall.memory_mb())
                time.sleep(0.05)
            flood.result()
            figures[name] = {"honest_reads": len(statuses), "honest_refused": sum(status != 200 for status in statuses),
                             "honest_slowest_ms": round(1000 * slowest), "before_mb": round(before), "peak_mb": round(peak)}
        figures["log_lines"] = mall.log_lines()
    found = [figures["scan"], figures["audit"]]
    return figures, all(not one["honest_refused"] and one["peak_mb"] - one["before_mb"] < 500 for one in found)


def long_lock(count):
    """The journal stands still for longer than the grace, while bank and stores are well: verdicts that were due before
    the grace ended count, as after a kill, and no order is rejected for it."""
    with Mall("--payment-delay", "200ms", "--store-delay", "400ms", "--grace", "2s") as mall:
        customer, payment, shelves = mall.shop()
        body = order(customer, payment, shelves[0][1])
        other = sqlite3.connect(f"{mall.dir}/data/plaza.db", isolation_level=None)
        made = list(itertools.islice(iter(lambda: mall.made("/orders", body)["id"], None), count))
        other.execute("BEGIN IMMEDIATE")
        pending = mall.api("GET", "/status")[1]["orders"]["pending"]
        time.sleep(6)
        other.execute("ROLLBACK")
        other.close()
        eventually("every order is settled", lambda: mall.api("GET", "/status")[1]["orders"]["pending"] == 0, 30)
        counts = mall.api("GET", "/status")[1]["orders"]
        must(mall.api("GET", "/audit")[1]["ok"], "the audit finds something")
    return {"orders": len(made), "pending_at_the_lock": pending, "accepted": counts["accepted"],
            "rejected": counts["rejected"]}, counts["accepted"] == count
