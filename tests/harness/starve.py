"""One caller and the rest: slow heads, bodies and readers, and a flood of live streams."""

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
    return {"sockets": count, "gone_after_s": took, "peak_mb": peak, "honest_slowest_ms": slowest}, slowest < 2_000


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
        slowest = good_client(mall)[1]
    return {"sockets": count, "answered_after_s": round(took, 1), "honest_slowest_ms": slowest}, took < 25


def slow_readers(count):
    """Clients that do not read their answers are cut off, and what was held for them is given back."""
    with Mall() as mall:
        for _ in range(5):
            mall.ask("GET", "/openapi.json")
        before, open_before = mall.memory_mb(), mall.sockets()
        sockets = [connect(mall, buffer=4096) for _ in range(count)]
        for one in sockets:
            one.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 12)
        took, peak, slowest = held(mall, open_before, "every reader that stands still is cut off", 90)
        for one in sockets:
            one.close()
        # The allocator gives pages back a little later.
        after = eventually("memory comes back", lambda: mall.memory_mb() < before + 0.5 * (peak - before) + 40
                           and mall.memory_mb(), 30, 0.5)
    figures = {"sockets": count, "before_mb": round(before), "peak_mb": peak, "after_mb": round(after),
               "kib_each": round(1024 * (peak - before) / count, 1), "cut_after_s": took, "honest_slowest_ms": slowest}
    return figures, peak - before < 0.15 * count + 40


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
