"""One caller and the rest: slow heads, bodies and readers, and a flood of live streams."""

import json
import socket
import time

from mall import API, Mall, eventually, must, quantile


def connect(mall, source="127.0.0.1", buffer=None):
    made = socket.socket()
    if buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    made.bind((source, 0))
    made.settimeout(30)
    made.connect(("127.0.0.1", mall.port))
    return made


def good_client(mall, count=20):
    """How long an honest request takes meanwhile, ms: the median and the slowest."""
    took = []
    for _ in range(count):
        begun = time.monotonic()
        status, _ = mall.api("GET", "/products?limit=1")
        must(status == 200, f"an honest client is answered {status}")
        took.append(1000 * (time.monotonic() - begun))
    return round(quantile(took, 0.5), 1), round(max(took), 1)


def held(mall, before, what, seconds):
    """Waits until the server has as few sockets as before, looking at honest clients and at the memory meanwhile."""
    begun, peak, slowest = time.monotonic(), 0.0, 0.0

    def gone():
        nonlocal peak, slowest
        peak, slowest = max(peak, mall.memory_mb()), max(slowest, good_client(mall, 5)[1])
        return mall.sockets() <= before + 10

    eventually(what, gone, seconds, 0.5)
    return round(time.monotonic() - begun, 1), round(peak), slowest


def slow_heads(count):
    """Clients that stop within the head of a request are hung up on."""
    with Mall() as mall:
        before = mall.sockets()
        sockets = [connect(mall) for _ in range(count)]
        for one in sockets:
            one.sendall(b"GET /livez HTTP/1.1\r\nHost: loc")
        took, peak, slowest = held(mall, before, "every half a head is given up", 30)
        lines = mall.log_lines()
    return {"sockets": count, "gone_after_s": took, "peak_mb": peak, "honest_slowest_ms": slowest, "log_lines": lines}, \
        slowest < 2_000 and took < 10 and lines < 10


def slow_bodies(count):
    """Clients that stop within a body are answered 408, and hold no room in the mall meanwhile."""
    with Mall() as mall:
        head = f"POST {API}/customers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{{"
        sockets = [connect(mall) for _ in range(count)]
        for one in sockets:
            one.sendall(head.encode())
        admitted = mall.api("GET", "/status")[1]["queue"]["admitted"]
        must(admitted <= 1, f"{admitted} permits are held by bodies that never end")
        mall.made("/customers", {"name": "Ada", "phone": "1"})
        begun = time.monotonic()
        statuses = {one.recv(12)[9:12] for one in sockets}
        took = time.monotonic() - begun
        must(statuses == {b"408"}, f"bodies that never end are answered {statuses}")
        slowest, lines = good_client(mall)[1], mall.log_lines()
    figures = {"sockets": count, "admitted_meanwhile": admitted, "answered_after_s": round(took, 1),
               "honest_slowest_ms": slowest, "log_lines": lines}
    return figures, took < 25 and slowest < 2_000 and lines < 10


def unread(mall, path, count):
    """Clients ask twelve times over and read nothing. Figures, and whether the mall bears it."""
    for _ in range(5):
        must(mall.ask("GET", path)[0] == 200, f"{path} is not answered")
    before, open_before = mall.memory_mb(), mall.sockets()
    sockets = [connect(mall, buffer=4096) for _ in range(count)]
    for one in sockets:
        one.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 12)
    took, peak, slowest = held(mall, open_before, "every reader that stands still is cut off", 120)
    for one in sockets:
        one.close()
    # The allocator gives pages back a little later.
    back, end = before + 0.25 * (peak - before) + 30, time.monotonic() + 20
    while mall.memory_mb() > back and time.monotonic() < end:
        time.sleep(0.5)
    after = mall.memory_mb()
    figures = {"sockets": count, "before_mb": round(before), "peak_mb": peak, "after_mb": round(after), "cut_after_s": took,
               "kib_each": round(1024 * (peak - before) / count, 1), "honest_slowest_ms": slowest,
               "log_lines": mall.log_lines()}
    return figures, slowest < 5_000 and figures["log_lines"] < 10 and after <= before + 0.5 * (peak - before) + 40


def slow_readers(count):
    """Clients that do not read a document are cut off, and what was held for them is given back."""
    with Mall() as mall:
        figures, holds = unread(mall, "/openapi.json", count)
    return figures, holds and figures["peak_mb"] - figures["before_mb"] < 0.15 * count + 40


def slow_lists(count):
    """Clients that do not read long lists, which are made for each of them, are cut off; memory comes back."""
    with Mall() as mall:
        _, _, shelves = mall.shop()
        product = {"name": "Thing", "description": "long " * 150, "price": {"amount_minor": 100, "currency": "EUR"}, "stock": 1}
        for _ in range(200):
            mall.made(f"/stores/{shelves[0][0]}/products", product)
        size = len(json.dumps(mall.api("GET", "/products?limit=200")[1])) // 1024
        figures, holds = unread(mall, f"{API}/products?limit=200", count)
    return {"list_kib": size} | figures, holds and figures["peak_mb"] - figures["before_mb"] < 1.5 * count + 60


def stream(mall, query="", token=None, source="127.0.0.1", method="GET"):
    """A live stream that was asked for, and the status it got."""
    one = connect(mall, source)
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    one.sendall(f"{method} {API}/events/stream?{query} HTTP/1.1\r\nHost: localhost\r\n{bearer}\r\n".encode())
    return one, int(one.recv(12)[9:12])


def stream_flood(count):
    """Nobody takes every seat at the live stream, and a client that leaves while it catches up leaves its seat."""
    with Mall() as mall:
        streams = [stream(mall) for _ in range(count)]
        taken = sum(status == 200 for _, status in streams)
        must(taken == min(count, 500), f"one peer got {taken} of 1 000 seats")
        must(stream(mall, source="127.0.0.2")[1] == 200, "another peer gets none")
        for one, _ in streams:
            one.close()
        eventually("every seat is given back", lambda: mall.metric("plaza_sse_clients") <= 1, 10)
        for _ in range(50):
            must(stream(mall, method="HEAD")[1] == 200, "HEAD is refused")
        must(mall.metric("plaza_sse_clients") <= 1, "HEAD takes a seat")
        customer, _, shelves = mall.shop()
        for number in range(min(4 * count, 4_000)):
            mall.api("PATCH", f"/products/{shelves[0][1]}", {"stock": number})
        begun, cpu = time.monotonic(), mall.cpu_s()
        for one, _ in [stream(mall, "after=0&type=store.left,store.archived") for _ in range(200)]:
            one.close()
        eventually("streams without a client end", lambda: mall.metric("plaza_sse_clients") <= 1, 10)
        gone, used = time.monotonic() - begun, mall.cpu_s() - cpu
    secret = "harness-admin-token"
    with Mall("--admin-token", secret) as mall:
        token = mall.made("/customers", {"name": "Ada", "phone": "1"})["access_token"]
        seats = [stream(mall, token=token) for _ in range(20)]
        taken = sum(status == 200 for _, status in seats)
        must(taken == 10, f"a customer got {taken} seats")
        must(stream(mall, token=secret)[1] == 200, "an administrator gets none")
    return {"streams": count, "abandoned_gone_after_s": round(gone, 2), "abandoned_cpu_s": round(used, 2)}, gone < 10
