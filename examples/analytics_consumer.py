#!/usr/bin/env python3
"""Keeps the revenue of every store of a Plaza mall, exactly, through any restart.

Reads PLAZA_EVENTS through a durable consumer. Delivery is at least once; what makes the sums exact is that the sums and
the position they include are changed in one SQLite transaction, and acknowledged after it. Events at or before that
position are dropped, and a gap after it is never skipped. Revenue is the money captured: an order counts when it is
paid, with the lines it still has then.

    pip install nats-py
    python3 analytics_consumer.py --nats nats://127.0.0.1:4222        follows the mall until Ctrl-C
    python3 analytics_consumer.py --report                            prints the sums as JSON

It starts with the first event ever. A stream that has dropped its oldest events, because it had no room for more,
cannot be summed: the program says so and ends with exit code 1.

Where the broker has users, as with deploy/nats.conf, log in as `reader`. Answers of the broker come to the inbox prefix
_INBOX_reader, as that file allows; --inbox-prefix takes another.
"""

import argparse
import asyncio
import json
import signal
import sqlite3
import sys

SCHEMA = """
CREATE TABLE IF NOT EXISTS progress (one INTEGER PRIMARY KEY CHECK (one = 1), log_id TEXT, position INTEGER NOT NULL);
INSERT OR IGNORE INTO progress VALUES (1, NULL, 0);
CREATE TABLE IF NOT EXISTS open_order (order_id TEXT, store_id TEXT, amount INTEGER NOT NULL,
                                       PRIMARY KEY (order_id, store_id));
CREATE TABLE IF NOT EXISTS revenue (store_id TEXT PRIMARY KEY, amount INTEGER NOT NULL, orders INTEGER NOT NULL);
"""


class Gap(Exception):
    """The next event is not the one after the last."""


class Sums:
    """Revenue per store, and up to which event."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        # Not WAL: two programs that set it on a new file at once are not made to wait, one of them fails.
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.executescript(SCHEMA)

    def progress(self):
        return self.db.execute("SELECT log_id, position FROM progress").fetchone()

    def take(self, events):
        """Takes (log id, position, subject, type, payload) in order: all of them, or none."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            known, position = self.progress()
            for log_id, at, order_id, kind, payload in events:
                if known not in (None, log_id):
                    sys.exit(f"these events are of the mall {log_id}, the sums of {known}; use another --data file")
                if at <= position:
                    continue
                if at != position + 1:
                    raise Gap(f"event {at} follows {position}")
                self.add(order_id, kind, payload)
                known, position = log_id, at
            self.db.execute("UPDATE progress SET log_id = ?, position = ?", (known, position))
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def add(self, order_id, kind, payload):
        if kind == "plaza.order.submitted.v1":
            for line in payload["lines"]:
                amount = line["unit_price"]["amount_minor"] * line["quantity"]
                self.db.execute("INSERT INTO open_order VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET amount = amount + ?3",
                                (order_id, line["store_id"], amount))
        elif kind == "plaza.order.line_dropped.v1":
            self.db.execute("UPDATE open_order SET amount = amount - ? WHERE order_id = ? AND store_id = ?",
                            (payload["line_total"]["amount_minor"], order_id, payload["store_id"]))
        elif kind == "plaza.order.paid.v1":
            self.db.execute("""INSERT INTO revenue SELECT store_id, amount, 1 FROM open_order
                WHERE order_id = ? AND amount > 0
                ON CONFLICT DO UPDATE SET amount = amount + excluded.amount, orders = orders + 1""", (order_id,))
            self.forget(order_id)
        elif kind in ("plaza.order.rejected.v1", "plaza.order.cancelled.v1", "plaza.order.expired.v1"):
            self.forget(order_id)

    def forget(self, order_id):
        self.db.execute("DELETE FROM open_order WHERE order_id = ?", (order_id,))

    def report(self):
        rows = self.db.execute("SELECT store_id, amount, orders FROM revenue ORDER BY store_id")
        stores = {store: {"amount_minor": amount, "orders": orders} for store, amount, orders in rows}
        return {"position": self.progress()[1], "stores": stores}


def read(message):
    headers = message.headers or {}
    log_id = headers["ce-source"].rsplit("/", 1)[1]
    return (log_id, int(headers["ce-sequence"]), headers["ce-subject"].rsplit("/", 1)[1], headers["ce-type"],
            json.loads(message.data))


async def follow(options, sums, refused):
    try:
        import nats
        from nats.errors import Error as NatsError
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
    except ImportError:
        sys.exit("analytics_consumer.py needs the NATS client: pip install nats-py")

    following = asyncio.current_task()

    async def trouble(error):
        print(f"broker: {error}", file=sys.stderr, flush=True)
        # A missing right or a wrong password: waiting does not help.
        if "violation" in str(error).lower():
            refused.append(error)
            following.cancel()

    client = await nats.connect(options.nats, name=options.name, max_reconnect_attempts=-1, reconnect_time_wait=0.5,
                                error_cb=trouble, inbox_prefix=options.inbox_prefix)
    broker = client.jetstream(timeout=5)
    while True:
        try:
            wanted = sums.progress()[1] + 1
            oldest = (await broker.stream_info("PLAZA_EVENTS")).state.first_seq
            if oldest > wanted:
                sys.exit(f"the stream PLAZA_EVENTS begins with event {oldest}, but the sums need event {wanted}: the "
                         "broker has dropped what is between. Plaza's journal has every event "
                         f"(GET /api/v1/events?after={wanted - 1}); or let an administrator of the broker give it more "
                         "room and delete the stream: at its next event Plaza fills it again from the first")
            # One acknowledgement covers everything before it. A new consumer starts after what is summed already;
            # sequences of the stream are positions of the journal.
            config = ConsumerConfig(ack_policy=AckPolicy.ALL, ack_wait=5, max_ack_pending=5000,
                                    deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                                    opt_start_seq=wanted)
            try:
                done = (await broker.consumer_info("PLAZA_EVENTS", options.name)).ack_floor.stream_seq
                if done >= wanted:
                    raise Gap(f"the consumer is past event {done}, the sums need event {wanted}")
            except nats.js.errors.NotFoundError:
                config.name = config.durable_name = options.name
                await broker.add_consumer("PLAZA_EVENTS", config)
            subscription = await broker.pull_subscribe_bind(options.name, stream="PLAZA_EVENTS")
            await consume(subscription, sums)
        except Gap as gap:
            # Somebody else acknowledged, or the stream was filled anew: start over after our own position.
            print(f"{gap}; asking again from there", file=sys.stderr, flush=True)
            await broker.delete_consumer("PLAZA_EVENTS", options.name)
            await asyncio.sleep(1)
        except (NatsError, asyncio.TimeoutError) as error:
            print(f"waiting for the broker: {error!r}", file=sys.stderr, flush=True)
            await asyncio.sleep(1)


async def consume(subscription, sums):
    while True:
        try:
            messages = await subscription.fetch(500, timeout=2)
        except asyncio.TimeoutError:
            # Nothing new, or the consumer is gone: this raises if it is.
            await subscription.consumer_info()
            continue
        sums.take([read(message) for message in messages])
        await messages[-1].ack()


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nats", "--url", default="nats://127.0.0.1:4222", metavar="URL",
                        help="the broker Plaza is connected to (default %(default)s)")
    parser.add_argument("--inbox-prefix", default="_INBOX_reader", metavar="PREFIX",
                        help="where answers of the broker come; its user must be allowed to subscribe to PREFIX.> "
                             "(default %(default)s)")
    parser.add_argument("--name", default="analytics", help="the durable consumer (default %(default)s)")
    parser.add_argument("--data", default="analytics.sqlite", metavar="FILE", help="where the sums are (%(default)s)")
    parser.add_argument("--report", action="store_true", help="print the sums and end")
    options = parser.parse_args()
    sums = Sums(options.data)
    if options.report:
        return print(json.dumps(sums.report(), indent=2))
    refused = []
    following = asyncio.ensure_future(follow(options, sums, refused))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, following.cancel)
    try:
        await following
    except asyncio.CancelledError:
        if refused:
            sys.exit(f"the broker refuses this: {refused[0]}\n"
                     "check the login, the rights of its user (deploy/nats.conf has them) and --inbox-prefix")
        print(json.dumps(sums.report()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
