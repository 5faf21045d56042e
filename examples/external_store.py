#!/usr/bin/env python3
"""A store of a Plaza mall that is served by this program, over NATS.

Plaza asks on plaza.req.store.<id>.confirm whether an order can be served; this program looks at its own small stock,
answers on plaza.cmd.store.<id>.confirm or .reject, and is told later to ship or to release. Everything it knows is in
one SQLite file: kill it whenever you like and start it again. Requests are delivered at least once, so the answer to
every order is remembered, and a repeated request gets the same answer again.

Try it (needs Plaza with PLAZA_NATS_URL set, and `pip install nats-py`):

    python3 external_store.py --api http://127.0.0.1:8080 --nats nats://127.0.0.1:4222

This opens a store with two products in the mall, marks it as served from outside, and serves it until Ctrl-C.

Where the broker has users, as with deploy/nats.conf, log in as this store's, whose rights name the store's id:

    python3 external_store.py --nats nats://store:PASSWORD@127.0.0.1:4222 --store ID

Answers of the broker come to the inbox prefix _INBOX_<store id>, as that file allows; --inbox-prefix takes another.
"""

import argparse
import asyncio
import json
import os
import signal
import sqlite3
import sys
import urllib.error
import urllib.request

try:
    import nats
    from nats.errors import Error as NatsError
    from nats.js.api import AckPolicy, ConsumerConfig
except ImportError:
    sys.exit("external_store.py needs the NATS client: pip install nats-py")

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stock (product_id TEXT PRIMARY KEY, on_hand INTEGER NOT NULL CHECK (on_hand >= 0));
CREATE TABLE IF NOT EXISTS answer (order_id TEXT PRIMARY KEY, verb TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reserved (order_id TEXT, product_id TEXT, quantity INTEGER NOT NULL,
                                     PRIMARY KEY (order_id, product_id));
"""


class Shelf:
    """What the store has, and what it has answered."""

    def __init__(self, path, pieces):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.executescript(SCHEMA)
        self.pieces = pieces

    def setting(self, name, value=None):
        if value is not None:
            self.db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))
        row = self.db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return row and row[0]

    def available(self, product_id):
        self.db.execute("INSERT OR IGNORE INTO stock VALUES (?, ?)", (product_id, self.pieces))
        on_hand, = self.db.execute("SELECT on_hand FROM stock WHERE product_id = ?", (product_id,)).fetchone()
        reserved, = self.db.execute(
            "SELECT COALESCE(SUM(quantity), 0) FROM reserved WHERE product_id = ?", (product_id,)).fetchone()
        return on_hand - reserved

    def confirm(self, request):
        """Answers once, and reserves in the same transaction."""
        order_id = request["order_id"]
        with self.transaction():
            known = self.db.execute("SELECT verb, body FROM answer WHERE order_id = ?", (order_id,)).fetchone()
            if known:
                return known[0], known[1], True
            wanted = {}
            for line in request["lines"]:
                wanted[line["product_id"]] = wanted.get(line["product_id"], 0) + line["quantity"]
            have = {product: self.available(product) for product in wanted}
            short = [{"product_id": product, "available": have[product]}
                     for product, quantity in wanted.items() if quantity > have[product]]
            if short:
                verb, answer = "reject", {"order_id": order_id, "reason": "OUT_OF_STOCK", "lines": short}
            else:
                verb, answer = "confirm", {"order_id": order_id}
                self.db.executemany("INSERT INTO reserved VALUES (?, ?, ?)",
                                    [(order_id, product, quantity) for product, quantity in wanted.items()])
            body = json.dumps(answer)
            self.db.execute("INSERT INTO answer VALUES (?, ?, ?)", (order_id, verb, body))
            return verb, body, False

    def release(self, order_id):
        with self.transaction():
            self.db.execute("DELETE FROM reserved WHERE order_id = ?", (order_id,))
            # An order that ended before it was looked at must not be served by a request that is still on its way.
            body = json.dumps({"order_id": order_id, "reason": "STORE_CLOSED"})
            self.db.execute("INSERT OR IGNORE INTO answer VALUES (?, 'reject', ?)", (order_id, body))

    def ship(self, order_id):
        with self.transaction():
            self.db.execute("""UPDATE stock SET on_hand = on_hand - (SELECT quantity FROM reserved
                WHERE order_id = ?1 AND reserved.product_id = stock.product_id)
                WHERE product_id IN (SELECT product_id FROM reserved WHERE order_id = ?1)""", (order_id,))
            self.db.execute("DELETE FROM reserved WHERE order_id = ?", (order_id,))

    def transaction(self):
        return Transaction(self.db)


class Transaction:
    """Commits at the end, or undoes everything."""

    def __init__(self, db):
        self.db = db

    def __enter__(self):
        self.db.execute("BEGIN IMMEDIATE")

    def __exit__(self, error, *_):
        self.db.execute("ROLLBACK" if error else "COMMIT")


class Api:
    """The mall's REST interface, as far as opening a store needs it."""

    def __init__(self, url, token):
        self.url, self.token = url.rstrip("/"), token

    def call(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = json.dumps(body if body is not None else {}).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}")
        except urllib.error.URLError as error:
            sys.exit(f"the mall at {self.url} cannot be reached: {error.reason}")

    def open_store(self, pieces, currency):
        store = self.call("POST", "/stores", {
            "name": "Far Away Goods", "location": "Served from outside", "fulfilment": "external"})
        self.call("PUT", f"/stores/{store['id']}/participation")
        for name, price in [("Paper lantern", 1250), ("Tin robot", 3400)]:
            self.call("POST", f"/stores/{store['id']}/products", {
                "name": name, "price": {"amount_minor": price, "currency": currency}, "stock": pieces})
        return store["id"]


def log(text):
    print(text, flush=True)


async def serve(options, store, shelf, refused):
    """Serves until cancelled; goes on by itself when the broker comes back, and ends when the broker refuses it."""
    serving = asyncio.current_task()

    async def connection_trouble(error):
        log(f"broker: {error}")
        # A missing right or a wrong password: waiting does not help.
        if "violation" in str(error).lower():
            refused.append(error)
            serving.cancel()

    inbox = options.inbox_prefix or f"_INBOX_{store}"
    client = await nats.connect(options.nats, name=f"external-store-{store}", max_reconnect_attempts=-1,
                                reconnect_time_wait=0.5, allow_reconnect=True, error_cb=connection_trouble,
                                inbox_prefix=inbox)
    broker = client.jetstream(timeout=5)
    durable = f"store-{store}"
    while True:
        try:
            # Makes the durable consumer when it is missing, and goes on with it when it is not. A request that was in
            # hand when this program was killed comes again after ack_wait, well within the time an order has.
            requests = await broker.pull_subscribe(
                f"plaza.req.store.{store}.>", durable=durable, stream="PLAZA_REQUESTS",
                config=ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, ack_wait=5, max_ack_pending=256))
            log(f"serving store {store}")
            await work(broker, requests, store, shelf)
        except (NatsError, asyncio.TimeoutError) as error:
            log(f"waiting for the broker: {error!r}")
            await asyncio.sleep(1)


async def work(broker, requests, store, shelf):
    while True:
        try:
            messages = await requests.fetch(50, timeout=5)
        except asyncio.TimeoutError:
            # Nothing to do, or the consumer is gone: this raises if it is.
            await requests.consumer_info()
            continue
        for message in messages:
            await handle(broker, message, store, shelf)


async def handle(broker, message, store, shelf):
    verb = message.subject.rsplit(".", 1)[1]
    try:
        request = json.loads(message.data)
        order_id = request["order_id"]
        if verb == "confirm":
            said, body, again = shelf.confirm(request)
            # The broker has the answer before the request is acknowledged.
            await broker.publish(f"plaza.cmd.store.{store}.{said}", body.encode(),
                                 headers={"Content-Type": "application/json"})
            log(f"order {order_id}: {said}{' (again)' if again else ''}")
        elif verb in ("release", "ship"):
            shelf.release(order_id) if verb == "release" else shelf.ship(order_id)
            log(f"order {order_id}: {verb}")
        else:
            log(f"ignored: a request to {verb}")
    except (ValueError, KeyError, TypeError) as error:
        log(f"not a request: {error!r}")
        await message.term()
        return
    await message.ack()


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nats", "--url", default="nats://127.0.0.1:4222", metavar="URL",
                        help="the broker Plaza is connected to (default %(default)s)")
    parser.add_argument("--inbox-prefix", metavar="PREFIX",
                        help="where answers of the broker come; its user must be allowed to subscribe to PREFIX.> "
                             "(default _INBOX_<store id>)")
    parser.add_argument("--store", metavar="ID", help="the store to serve; default: the one this data file knows")
    parser.add_argument("--api", metavar="URL", help="Plaza's address: open a store, or mark --store as served outside")
    parser.add_argument("--token", default=os.environ.get("PLAZA_ADMIN_TOKEN", ""), metavar="SECRET",
                        help="Plaza's admin token, if it has one (default: PLAZA_ADMIN_TOKEN)")
    parser.add_argument("--data", default="external-store.sqlite", metavar="FILE", help="what it remembers (%(default)s)")
    parser.add_argument("--stock", type=int, default=50, metavar="N",
                        help="pieces it has of each product it has not seen before (default %(default)s)")
    parser.add_argument("--currency", default="EUR", metavar="CODE", help="of the products it opens a store with")
    options = parser.parse_args()
    shelf = Shelf(options.data, options.stock)
    store = options.store or shelf.setting("store")
    if options.api and not store:
        store = Api(options.api, options.token).open_store(options.stock, options.currency)
        log(f"opened store {store}")
    elif options.api:
        Api(options.api, options.token).call("PATCH", f"/stores/{store}", {"fulfilment": "external"})
    if not store:
        sys.exit("which store? give --store ID, or --api URL to open one")
    shelf.setting("store", store)
    refused = []
    serving = asyncio.ensure_future(serve(options, store, shelf, refused))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        if refused:
            sys.exit(f"the broker refuses this: {refused[0]}\n"
                     "check the login, the rights of its user (deploy/nats.conf has them) and --inbox-prefix")
        log("stopped")


if __name__ == "__main__":
    asyncio.run(main())
