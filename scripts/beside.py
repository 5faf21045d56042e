#!/usr/bin/env python3
"""How long people wait for their orders while a simulation goes on beside them.

    scripts/beside.py [target/release/plaza] [SECONDS]

A mall of its own serves thirty orders a second of people over REST: alone, beside a live simulation of 200 shoppers a
second, alone again, and beside a virtual one in a copy of it. It prints p50 and p99 of the answer to an order of each,
and how many times that of the time alone before it. Nothing else should run beside it.
"""

import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

RATE = 30
BINARY = sys.argv[1] if len(sys.argv) > 1 else "target/release/plaza"
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
BUSY = """
duration = "5m"
[arrivals]
rate = 200.0
max_in_flight = 20000
[shopper]
profile = "once"
think = "500ms"
lines = 0
pays = { share = 1.0, after = "1s" }
"""


class Mall:
    """A connection to the mall, opened again where it was idle for too long."""

    def __init__(self, address):
        self.conn = http.client.HTTPConnection(address, timeout=30)
        self.used = time.monotonic()

    def ask(self, method, path, body=None):
        """The answer to a request, as JSON."""
        text = None if body is None else json.dumps(body)
        if time.monotonic() - self.used > 3:
            self.conn.close()
        self.used = time.monotonic()
        self.conn.request(method, "/api/v1" + path, text, {"Content-Type": "application/json"} if text else {})
        answer = self.conn.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]}")
        return json.loads(content) if content else None


def people(address, customer, payment, product):
    """How long each of the orders took, seconds, from when it was to be sent."""
    took, lock, start = [], threading.Lock(), time.monotonic()

    def walk(number):
        mall = Mall(address)
        for turn in range(SECONDS):
            due = start + turn + number / RATE
            time.sleep(max(0.0, due - time.monotonic()))
            items = [{"product_id": product, "quantity": 1}]
            mall.ask("POST", "/orders", {"customer_id": customer, "payment_id": payment, "items": items})
            with lock:
                took.append(time.monotonic() - due)

    walkers = [threading.Thread(target=walk, args=(number,)) for number in range(RATE)]
    for walker in walkers:
        walker.start()
    for walker in walkers:
        walker.join()
    took.sort()
    return took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000


def main():
    """Measures, and prints what was measured."""
    with tempfile.TemporaryDirectory() as directory:
        settings = ["--listen", "127.0.0.1:0", "--data-dir", str(pathlib.Path(directory) / "data"), "--demo"]
        settings += ["--store-delay", "1s", "--payment-delay", "500ms", "--log", "warn"]
        server = subprocess.Popen([BINARY, *settings], stdout=subprocess.PIPE, text=True)
        try:
            address = next(line for line in server.stdout if "is open at" in line).split("http://")[1].strip()
            mall = Mall(address)
            store = mall.ask("POST", "/stores", {"name": "People", "location": "Here"})["id"]
            price = {"amount_minor": 1, "currency": "EUR"}
            product = {"name": "Thing", "price": price, "stock": 1_000_000_000}
            product = mall.ask("POST", f"/stores/{store}/products", product)["id"]
            mall.ask("PUT", f"/stores/{store}/participation")
            customer = mall.ask("POST", "/customers", {"name": "People", "phone": "+1 555"})["id"]
            amount = {"amount_minor": 1_000_000_000, "currency": "EUR"}
            payment = mall.ask("POST", "/payments", {"customer_id": customer, "amount": amount})["id"]
            asked = [
                None,
                {"toml": BUSY, "mode": "live"},
                None,
                {"scenario": "day", "mode": "virtual", "from_this_mall": True},
            ]
            alone = 0.0
            print(f"{'':44} {'p50, ms':>9} {'p99, ms':>9}")
            for body in asked:
                if body:
                    running = mall.ask("POST", "/simulations", body)["id"]
                    time.sleep(3)
                p50, p99 = people(address, customer, payment, product)
                name, times = "people alone", ""
                if body:
                    name = f"beside a {body['mode']} simulation"
                    times = f"   {p99 / alone:.1f} times" + ("" if p99 <= 2 * alone else "   MISSED (2 times)")
                    for _ in range(2):
                        mall.ask("DELETE", f"/simulations/{running}")
                    while mall.ask("GET", f"/simulations/{running}")["ended_at"] is None:
                        time.sleep(0.1)
                else:
                    alone = p99
                print(f"{name:44} {p50:9.1f} {p99:9.1f}{times}", flush=True)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
