#!/usr/bin/env python3
"""Replays a trace of real orders against a running mall, over REST only.

Each order is authorized to the cent, submitted, awaited, paid and seen delivered. At the end every total is compared
with the trace and with what the mall itself says; any difference is named and the exit code is 1.

A trace is CSV, one order line a row: order,at,customer,store,sku,quantity,unit_price_minor. Needs Python 3.9 or
newer and nothing else.

  python3 examples/replay_trace.py tests/data/cdnow_excerpt.csv
  python3 examples/replay_trace.py --limit 500 --concurrency 32 < orders.csv

Exit codes: 0 all totals agree, 1 something differs, 2 wrong usage or no usable mall.
"""

from __future__ import annotations

import argparse
import csv
import heapq
import http.client
import itertools
import json
import os
import socket
import sys
import threading
import time
import urllib.parse
import uuid
from collections import Counter
from datetime import datetime

COLUMNS = ["order", "at", "customer", "store", "sku", "quantity", "unit_price_minor"]
# How long one request is tried again while the mall is busy, restarting or out of reach, in seconds.
PATIENCE_S = 60.0
# How long an order may stay without its verdict after it was due, in seconds; a mall's grace is 30 s.
VERDICT_PATIENCE_S = 120.0
# Orders between submission and payment at a time, so that a long trace does not outrun the pay deadline.
IN_FLIGHT_MAX = 2_000


class Unusable(Exception):
    """The replay cannot go on: wrong input, or no usable mall. Exit code 2."""


class Refused(Exception):
    """The mall answered a request with a problem that trying again does not solve."""

    def __init__(self, what, status, problem):
        self.status = status
        self.code = problem.get("code", "no_code")
        fields = ", ".join("%s %s" % (e.get("pointer"), e.get("code")) for e in problem.get("errors") or [])
        said = fields or problem.get("detail") or problem.get("title") or "no detail"
        super().__init__("%s: %d %s (%s; trace %s)" % (what, status, self.code, said, problem.get("trace_id", "-")))


# --- The trace -------------------------------------------------------------------------------------------------------


class Order:
    """One order of the trace, and what became of it."""

    __slots__ = ("key", "customer", "lines", "id", "payment_id", "status", "sent_at", "due", "settle_s")

    def __init__(self, key, customer):
        self.key, self.customer = key, customer
        self.lines = []  # (product key, quantity)
        self.id = self.payment_id = self.settle_s = None
        self.status = "not submitted"
        self.sent_at = self.due = 0.0

    @property
    def total(self):
        return sum(product[2] * quantity for product, quantity in self.lines)

    @property
    def units(self):
        return sum(quantity for _, quantity in self.lines)


def read_trace(file, limit):
    """The orders of a trace, in its order. A product is (store, sku, price)."""
    rows = csv.reader(file)
    if next(rows, None) != COLUMNS:
        raise Unusable("the first line of the trace must be: " + ",".join(COLUMNS))
    orders = {}
    for number, row in enumerate(rows, 2):
        if not row:
            continue
        try:
            key, _, customer, store, sku, quantity, price = row
            product, quantity = (store, sku, int(price)), int(quantity)
        except ValueError as error:
            raise Unusable("line %d of the trace: %s" % (number, error)) from None
        if quantity < 1 or product[2] < 0:
            raise Unusable("line %d of the trace: quantity must be positive, price must not be negative" % number)
        if key not in orders:
            orders[key] = Order(key, customer)
        if orders[key].customer != customer:
            raise Unusable("line %d of the trace: order %s belongs to two customers" % (number, key))
        orders[key].lines.append((product, quantity))
    if not orders:
        raise Unusable("the trace holds no orders")
    return list(itertools.islice(orders.values(), limit))


# --- The mall --------------------------------------------------------------------------------------------------------


class Mall:
    """Speaks REST over one kept-alive connection a thread; repeats what is safe to repeat."""

    def __init__(self, url, admin_token):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise Unusable("--url must look like http://127.0.0.1:8080")
        self.url = "%s://%s" % (parts.scheme, parts.netloc)
        self._new = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port = parts.hostname, parts.port
        self.admin_token = admin_token
        self._threads = threading.local()
        self.retries = 0

    def call(self, method, path, body=None, key=None, token=None, patience=PATIENCE_S):
        """The answer of a request as (status, JSON). Waits out 429 and 503, and outages when repeating is safe."""
        headers = {"Accept": "application/json"}
        if body is not None:
            body = json.dumps(body, separators=(",", ":"))
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        token = token or self.admin_token
        if token:
            headers["Authorization"] = "Bearer " + token
        deadline = time.monotonic() + patience
        safe = method in ("GET", "PUT") or key is not None
        for attempt in itertools.count():
            try:
                status, after, raw = self._exchange(method, path, body, headers)
            except (OSError, http.client.HTTPException) as error:
                if not safe or time.monotonic() > deadline:
                    raise Unusable("%s cannot be reached: %s" % (self.url, error or type(error).__name__)) from None
                self.retries += 1
                # The first failure is usually a kept-alive connection the server has closed meanwhile.
                time.sleep(min(0.05 * attempt, 1.0))
                continue
            answer = decode(raw, status, method + " " + path)
            if status in (429, 503) and time.monotonic() < deadline:
                self.retries += 1
                time.sleep(after)
                continue
            if status >= 400:
                raise Refused(method + " " + path, status, answer or {})
            return status, answer

    def _exchange(self, method, path, body, headers):
        connection = getattr(self._threads, "connection", None)
        if connection is None:
            connection = self._threads.connection = self._new(self._host, self._port, timeout=30)
        try:
            if connection.sock is None:
                connection.connect()
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.request(method, "/api/v1" + path, body, headers)
            response = connection.getresponse()
            raw = response.read()
        except BaseException:
            connection.close()
            raise
        return response.status, retry_after(response.getheader("Retry-After")), raw

    def items(self, path):
        """Every item of a list, page by page."""
        cursor, joint = "", "&" if "?" in path else "?"
        while cursor is not None:
            _, page = self.call("GET", "%s%slimit=200%s" % (path, joint, cursor))
            yield from page["items"]
            cursor = page["next_cursor"] and "&cursor=" + urllib.parse.quote(page["next_cursor"])


def retry_after(header):
    try:
        return min(max(float(header), 0.05), 30.0)
    except (TypeError, ValueError):
        return 1.0


def decode(raw, status, what):
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        raise Unusable("%s answered %d with something that is not JSON; is this a Plaza?" % (what, status)) from None


def seconds(rfc3339):
    return datetime.fromisoformat(rfc3339.replace("Z", "+00:00")).timestamp()


# --- Work in parallel ------------------------------------------------------------------------------------------------


class Progress:
    """A line with rate and time left: redrawn on a terminal, a new one every few seconds elsewhere."""

    def __init__(self, label, total, quiet):
        self.label, self.total, self.quiet = label, total, quiet
        self.done, self.started, self.drawn = 0, time.monotonic(), 0.0
        self.tty = sys.stderr.isatty()
        self.lock = threading.Lock()

    def step(self):
        with self.lock:
            self.done += 1
            now = time.monotonic()
            if not self.quiet and now - self.drawn > (0.2 if self.tty else 5.0) and now - self.started > 0.2:
                self.drawn = now
                self._draw("\r" if self.tty else "", "\x1b[K" if self.tty else "\n")

    def _draw(self, start, end):
        took = max(time.monotonic() - self.started, 1e-6)
        rate = self.done / took
        left = "ETA %s" % clock((self.total - self.done) / rate) if self.done < self.total and rate else clock(took)
        text = "%-9s %7d of %d  %5.1f %%  %7.0f/s  %s" % (
            self.label, self.done, self.total, 100.0 * self.done / max(self.total, 1), rate, left)
        sys.stderr.write(start + text + end)
        sys.stderr.flush()

    def end(self):
        if not self.quiet:
            self._draw("\r" if self.tty else "", "\x1b[K\n" if self.tty else "\n")


def clock(s):
    s = int(s + 0.5)
    return "%d:%02d:%02d" % (s // 3600, s // 60 % 60, s % 60) if s >= 3600 else "%d:%02d" % (s // 60, s % 60)


class Agenda:
    """Jobs with a time; free hands take what is due first, then new work while not too much is in flight."""

    def __init__(self, new, in_flight_max):
        self.new, self.in_flight_max = iter(new), in_flight_max
        self.due, self.tie = [], itertools.count()
        self.in_flight, self.failed = 0, None
        self.changed = threading.Condition()

    def next(self):
        """A job to run now; None when there will be none any more."""
        with self.changed:
            while self.failed is None:
                now = time.monotonic()
                if self.due and self.due[0][0] <= now:
                    return heapq.heappop(self.due)[2]
                if self.new is not None and self.in_flight < self.in_flight_max:
                    job = next(self.new, None)
                    if job is not None:
                        self.in_flight += 1
                        return job
                    self.new = None
                    self.changed.notify_all()
                if self.new is None and self.in_flight == 0:
                    return None
                self.changed.wait(self.due[0][0] - now if self.due else None)
        return None

    def finish(self, again):
        """The job is done, or is to go on: (seconds from now, what to run)."""
        with self.changed:
            if again is None:
                self.in_flight -= 1
            else:
                heapq.heappush(self.due, (time.monotonic() + again[0], next(self.tie), again[1]))
            self.changed.notify()
            if self.in_flight == 0:
                self.changed.notify_all()

    def fail(self, error):
        with self.changed:
            self.failed = self.failed or error
            self.changed.notify_all()


def run_all(jobs, hands, in_flight_max=IN_FLIGHT_MAX):
    """Runs jobs on `hands` threads; a job answers None, or when and what to run next."""
    agenda = Agenda(jobs, in_flight_max)

    def work():
        while True:
            job = agenda.next()
            if job is None:
                return
            try:
                agenda.finish(job())
            except BaseException as error:  # handed to the main thread, which ends the replay
                agenda.fail(error)
                return

    threads = [threading.Thread(target=work, daemon=True) for _ in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)  # in slices, so that Ctrl-C is heard
    if agenda.failed is not None:
        raise agenda.failed


# --- The replay ------------------------------------------------------------------------------------------------------


class Replay:
    """Sets the mall up for a trace, runs its orders, and compares the totals."""

    def __init__(self, mall, orders, settings):
        self.mall, self.orders, self.settings = mall, orders, settings
        # Makes this run's idempotency keys different from every other run's.
        self.run = uuid.uuid4().hex[:12]
        self.stores, self.products, self.customers, self.stock = {}, {}, {}, Counter()
        self.submit_s, self.troubles = [], []
        self.currency, self.took_s = "EUR", 0.0

    def key(self, kind, name):
        return "%s-%s-%s" % (self.run, kind, urllib.parse.quote(str(name), safe=""))[:200]

    def open_mall(self):
        _, status = self.mall.call("GET", "/status", patience=0.0)
        self.currency = (status or {}).get("currency", "EUR")
        for order in self.orders:
            for product, quantity in order.lines:
                self.stock[product] += quantity
        factor = self.settings.stock_factor
        self.stock = Counter({product: int(units * factor) for product, units in self.stock.items()})
        # One SKU with several prices is several products; the trace's SKU goes to the first.
        skus = Counter()
        products = []
        for product in self.stock:
            store, sku, _ = product
            skus[store, sku] += 1
            count = skus[store, sku]
            products.append((product, sku if count == 1 else "%s.%d" % (sku, count)))
        self._each("stores", list(dict.fromkeys(product[0] for product in self.stock)), self._open_store)
        self._each("products", products, self._add_product)
        self._each("customers", list(dict.fromkeys(order.customer for order in self.orders)), self._register)

    def _each(self, label, things, make):
        progress = Progress(label, len(things), self.settings.quiet)

        def job(thing):
            make(thing)
            progress.step()

        run_all((lambda thing=thing: job(thing) for thing in things), self.settings.concurrency)
        progress.end()

    def _open_store(self, name):
        body = {"name": name, "location": "Trace", "confirmation_delay_ms": self.settings.delay_ms}
        _, store = self.mall.call("POST", "/stores", body, self.key("store", name))
        self.mall.call("PUT", "/stores/%s/participation" % store["id"])
        self.stores[name] = store["id"]

    def _add_product(self, wanted):
        product, sku = wanted
        store, _, price = product
        body = {"name": sku, "sku": sku, "price": self._money(price), "stock": self.stock[product]}
        path = "/stores/%s/products" % self.stores[store]
        _, made = self.mall.call("POST", path, body, self.key("product", "%s-%s" % (store, sku)))
        self.products[product] = made["id"]

    def _register(self, name):
        body = {"name": "Customer " + name, "phone": "+1 555 " + name}
        _, customer = self.mall.call("POST", "/customers", body, self.key("customer", name))
        # Where the mall asks who calls, customers act for themselves.
        self.customers[name] = customer["id"], customer["access_token"] if self.mall.admin_token else None

    def _money(self, amount):
        return {"amount_minor": amount, "currency": self.currency}

    def run_orders(self):
        progress = Progress("orders", len(self.orders), self.settings.quiet)
        started = time.monotonic()

        def step(order, stage):
            try:
                again = stage(order)
            except Refused as refused:
                order.status = "failed"
                self.troubles.append("order %s: %s" % (order.key, refused))
                again = None
            if again is None:
                progress.step()
                return None
            wait_s, stage = again
            return wait_s, lambda: step(order, stage)

        jobs = (lambda order=order: step(order, self._submit) for order in self.orders)
        run_all(jobs, self.settings.concurrency)
        self.took_s = time.monotonic() - started
        progress.end()

    def _submit(self, order):
        customer_id, token = self.customers[order.customer]
        body = {"customer_id": customer_id, "amount": self._money(order.total)}
        _, payment = self.mall.call("POST", "/payments", body, self.key("payment", order.key), token)
        order.payment_id = payment["id"]
        items = [{"product_id": self.products[product], "quantity": quantity} for product, quantity in order.lines]
        body = {"customer_id": customer_id, "payment_id": payment["id"], "items": items}
        sent_at = time.monotonic()
        _, placed = self.mall.call("POST", "/orders", body, self.key("order", order.key), token)
        order.sent_at = time.monotonic()
        self.submit_s.append(order.sent_at - sent_at)
        order.id, order.status = placed["id"], placed["status"]
        if placed["total"]["amount_minor"] != order.total:
            self.troubles.append("order %s: the mall made its total %d, the trace says %d" % (
                order.key, placed["total"]["amount_minor"], order.total))
        # The answer says when every verdict is due; asking earlier would only load the mall.
        verdicts = [placed["payment_due_at"]] + [store["due_at"] for store in placed["stores"]]
        order.due = max(map(seconds, verdicts)) - seconds(placed["created_at"])
        return order.due + 0.01, self._await_verdict

    def _await_verdict(self, order):
        answer = self._read(order)
        if order.status == "pending":
            return self._look_again(order, self._await_verdict)
        order.settle_s = seconds(answer["updated_at"]) - seconds(answer["created_at"])
        if order.status != "accepted":
            self.troubles.append("order %s was %s: %s" % (order.key, order.status, ", ".join(answer["reasons"])))
            return None
        token = self.customers[order.customer][1]
        _, paid = self.mall.call("POST", "/orders/%s/pay" % order.id, None, self.key("pay", order.key), token)
        order.status = paid["status"]
        return None if order.status == "delivered" else self._look_again(order, self._await_delivery)

    def _await_delivery(self, order):
        self._read(order)
        return None if order.status != "paid" else self._look_again(order, self._await_delivery)

    def _read(self, order):
        _, answer = self.mall.call("GET", "/orders/" + order.id, token=self.customers[order.customer][1])
        order.status = answer["status"]
        return answer

    def _look_again(self, order, stage):
        waited = time.monotonic() - order.sent_at
        if waited > order.due + VERDICT_PATIENCE_S:
            self.troubles.append("order %s is still %s after %.0f s" % (order.key, order.status, waited))
            return None
        return min(max(0.02, waited / 8), 2.0), stage

    # --- The end ---

    def totals(self):
        """Rows of (name, by the trace, by the answers, by the mall's own books)."""
        delivered = [order for order in self.orders if order.status == "delivered"]
        ours = {order.id: order for order in self.orders if order.id}
        booked = {}
        for store_id in self.stores.values():
            for order in self.mall.items("/orders?store_id=" + store_id):
                booked[order["id"]] = order
        strangers = len(booked.keys() - ours.keys())
        done = [order for order in booked.values() if order["status"] == "delivered"]
        money = self._books_of_payments()
        stock = self._books_of_stock()
        planned = sum(self.stock.values())
        units = sum(order.units for order in self.orders)
        cents = sum(order.total for order in self.orders)
        return [
            ("orders delivered", len(self.orders), len(delivered), len(done)),
            ("orders with total 0", *(sum(total == 0 for total in totals) for totals in (
                [order.total for order in self.orders], [order.total for order in delivered],
                [order["total"]["amount_minor"] for order in done]))),
            ("orders nobody sent", 0, None, strangers),
            ("customers", len({order.customer for order in self.orders}),
             len({order.customer for order in delivered}), len({order["customer_id"] for order in done})),
            ("units shipped", units, sum(order.units for order in delivered), planned - stock["left"] - stock["reserved"]),
            ("units left on the shelf", planned - units, None, stock["left"]),
            ("units still reserved", 0, None, stock["reserved"]),
            ("money of the orders", cents, sum(order.total for order in delivered),
             sum(order["total"]["amount_minor"] for order in done)),
            ("money captured", cents, None, money["captured"]),
            ("money authorized", cents, None, money["authorized"]),
            ("money still held", 0, None, money["held"]),
            ("money refunded", 0, None, money["refunded"]),
        ]

    def _books_of_payments(self):
        """Sums over this run's payments; the list is newest first, so it ends at the oldest of ours."""
        missing = {order.payment_id for order in self.orders if order.payment_id}
        sums = Counter()
        for payment in self.mall.items("/payments") if missing else ():
            if payment["id"] in missing:
                missing.discard(payment["id"])
                for name in ("authorized", "captured", "held", "refunded"):
                    sums[name] += payment[name]["amount_minor"]
            if not missing:
                break
        if missing:
            self.troubles.append("%d payments are not in the mall's list, for example %s" % (len(missing), min(missing)))
        return sums

    def _books_of_stock(self):
        sums = Counter()
        for store_id in self.stores.values():
            for product in self.mall.items("/stores/%s/products" % store_id):
                sums["left"] += product["stock"]
                sums["reserved"] += product["reserved"]
        return sums

    def audit(self):
        _, report = self.mall.call("GET", "/audit")
        for invariant in report["invariants"]:
            for violation in invariant["violations"]:
                self.troubles.append("audit %s (%s): %s" % (invariant["id"], invariant["name"], violation))
        return len(report["invariants"])

    def report(self):
        """Prints the closing table; whether everything agrees."""
        rows = self.totals()
        invariants = self.audit()
        print("%-26s %14s %14s %14s" % ("", "trace", "answers", "mall"))
        differences = []
        for name, trace, answers, mall in rows:
            differs = mall != trace or answers not in (None, trace)
            if differs:
                differences.append("%s: the trace says %d, the answers %s, the mall %d" % (
                    name, trace, "nothing" if answers is None else answers, mall))
            print("%-26s %14s %14s %14s%s" % (
                name, grouped(trace), "" if answers is None else grouped(answers), grouped(mall), "  !" if differs else ""))
        print()
        for status, count in sorted(Counter(order.status for order in self.orders).items()):
            print("%-26s %14s" % ("outcome " + status, grouped(count)))
        print("%-26s %14s  (%s/s, %d retries)" % (
            "replay took", clock(self.took_s), grouped(int(len(self.orders) / max(self.took_s, 1e-6))), self.mall.retries))
        settled = [order.settle_s for order in self.orders if order.settle_s is not None]
        for name, values in (("submit latency", self.submit_s), ("settle latency", settled)):
            print("%-26s %s" % (name, percentiles(values)))
        print("%-26s %d invariants" % ("audit", invariants))
        shown = self.troubles[:10]
        for trouble in shown + (["and %d more" % (len(self.troubles) - 10)] if len(self.troubles) > 10 else []):
            print("TROUBLE     " + trouble)
        for difference in differences:
            print("DIFFERENCE  " + difference)
        agree = not differences and not self.troubles
        print("Everything agrees with the trace." if agree else "The replay differs from the trace.")
        return agree


def grouped(number):
    return "{:,}".format(number).replace(",", " ")


def percentiles(values):
    """p50, p95 and p99 by nearest rank, in milliseconds."""
    if not values:
        return "nothing measured"
    ranked = sorted(values)
    at = lambda percent: 1000.0 * ranked[max(0, -(-len(ranked) * percent // 100) - 1)]
    return "p50 %.1f ms   p95 %.1f ms   p99 %.1f ms   max %.1f ms" % (at(50), at(95), at(99), 1000.0 * ranked[-1])


def count(least):
    def parse(text):
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError("must be a whole number, at least %d" % least)
        return int(text)
    return parse


def factor(text):
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 1000.0:
        raise argparse.ArgumentTypeError("must be a number above 0, at most 1000")
    return value


def settings():
    parser = argparse.ArgumentParser(
        description="Replays a trace of real orders against a running mall and checks every total.",
        epilog="Exit codes: 0 all totals agree, 1 something differs, 2 wrong usage or no usable mall.")
    parser.add_argument("trace", nargs="?", default="-", help="the trace, CSV; - is standard input (default)")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where the mall is (default %(default)s)")
    parser.add_argument("--concurrency", type=count(1), default=16, metavar="N",
                        help="connections at a time (default %(default)s)")
    parser.add_argument("--limit", type=count(1), metavar="ORDERS", help="replay only the first orders")
    parser.add_argument("--admin-token", default=os.environ.get("PLAZA_ADMIN_TOKEN", ""), metavar="SECRET",
                        help="secret of the administrator, if the mall has one (default $PLAZA_ADMIN_TOKEN)")
    parser.add_argument("--delay-ms", type=count(0), default=200, metavar="MS",
                        help="confirmation delay of the stores (default %(default)s); the payment delay is the mall's")
    parser.add_argument("--stock-factor", type=factor, default=1.0, metavar="X",
                        help="stock of each product, as a multiple of what the trace needs (default %(default)s); "
                             "below 1 orders are rejected, which is reported as a difference")
    parser.add_argument("--quiet", action="store_true", help="no progress, only the table")
    return parser.parse_args()


def main():
    given = settings()
    try:
        mall = Mall(given.url, given.admin_token)
        if given.trace == "-":
            if sys.stdin.isatty():
                raise Unusable("name a trace file, or send one to standard input; --help says more")
            orders = read_trace(sys.stdin, given.limit)
        else:
            with open(given.trace, encoding="utf-8", newline="") as file:
                orders = read_trace(file, given.limit)
        replay = Replay(mall, orders, given)
        try:
            replay.open_mall()
        except Refused as refused:
            hint = "; give --admin-token" if refused.status in (401, 403) else ""
            raise Unusable("the mall could not be prepared: %s%s" % (refused, hint)) from None
        replay.run_orders()
        return 0 if replay.report() else 1
    except (Unusable, Refused) as error:
        print("replay_trace: %s" % error, file=sys.stderr)
    except (OSError, UnicodeDecodeError) as error:
        print("replay_trace: the trace cannot be read: %s" % error, file=sys.stderr)
    except KeyboardInterrupt:
        print("\nreplay_trace: interrupted", file=sys.stderr)
        return 130
    return 2


if __name__ == "__main__":
    sys.exit(main())
