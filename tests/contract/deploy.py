"""Proves what the users of deploy/nats.conf may do, and what they may not.

    deploy.py --nats HOST:PORT --store ID --mall URL

The server runs with the file, and a mall with at least one event is connected to it as the user `plaza`; passwords are
the users' names. The store is served from outside. The examples are run as the users they are meant for, too.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import nats
from mall import Mall, eventually
from nats.errors import Error

DEADLINE_S = 10
EXAMPLES = Path(__file__).parents[2] / "examples"
OPENED_TIMES = 150


class User:
    """A connection as one user, and what the server refused it."""

    def __init__(self, name):
        self.name, self.refused, self.heard = name, [], asyncio.Event()

    async def connect(self, address, inbox):
        async def refuse(error):
            self.refused.append(str(error).lower())
            self.heard.set()

        url = f"nats://{self.name}:{self.name}@{address}"
        self.client = await nats.connect(url, error_cb=refuse, inbox_prefix=inbox, allow_reconnect=False)
        return self

    async def may(self, what):
        """Does something and expects no refusal."""
        answer = await what
        await self.client.flush(timeout=DEADLINE_S)
        assert not self.refused, f"{self.name} was refused: {self.refused}"
        return answer

    async def may_not(self, told, what):
        """Does something and expects the server to refuse it."""
        self.heard.clear()
        answer = asyncio.ensure_future(what)
        await asyncio.wait_for(self.heard.wait(), DEADLINE_S)
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)
        assert "permissions violation" in self.refused[-1], self.refused
        print(f"  {self.name} may not {told}")
        self.refused.clear()


def api(user, subject, body=b""):
    """A request to JetStream, waited for until the server answers."""
    return user.client.request(f"$JS.API.{subject}", body, timeout=DEADLINE_S)


async def plaza(address):
    user = await User("plaza").connect(address, "_INBOX")
    for verb in ["DELETE", "PURGE", "MSG.DELETE", "UPDATE"]:
        await user.may_not(f"{verb} its stream", api(user, f"STREAM.{verb}.PLAZA_EVENTS"))
    await user.may_not("make other streams", api(user, "STREAM.CREATE.OTHER"))
    await user.may_not("send commands", user.client.publish("plaza.cmd.bank.confirm", b"{}"))
    await user.may_not("listen to what others send", user.client.subscribe("plaza.>"))
    await user.client.close()


async def reader(address):
    user = await User("reader").connect(address, "_INBOX_reader")
    jetstream = user.client.jetstream()
    events = await user.may(jetstream.pull_subscribe("plaza.evt.>", durable="books", stream="PLAZA_EVENTS"))
    (first, *_) = await user.may(events.fetch(1, timeout=DEADLINE_S))
    assert first.headers["ce-sequence"] == "1", first.headers
    await user.may(first.ack_sync(timeout=DEADLINE_S))
    await user.may(user.client.subscribe("plaza.evt.order.>"))
    await user.may_not("write events", user.client.publish("plaza.evt.order.paid.x", b"{}"))
    await user.may_not("send commands", user.client.publish("plaza.cmd.bank.confirm", b"{}"))
    await user.may_not("listen to requests", user.client.subscribe("plaza.req.>"))
    await user.may_not("listen to the answers of others", user.client.subscribe("_INBOX.>"))
    await user.may_not("delete the stream", api(user, "STREAM.DELETE.PLAZA_EVENTS"))
    await user.may_not("purge the stream", api(user, "STREAM.PURGE.PLAZA_EVENTS"))
    await user.may_not("consume requests", api(user, "CONSUMER.CREATE.PLAZA_REQUESTS.books"))
    await user.client.close()


async def store(address, store_id):
    user = await User("store").connect(address, f"_INBOX_{store_id}")
    name, asked = f"store-{store_id}", f"plaza.req.store.{store_id}.>"
    wanted = {"stream_name": "PLAZA_REQUESTS", "action": "create"}
    # The example has made it; to ask for the same again is no error.
    known = await user.may(api(user, f"CONSUMER.INFO.PLAZA_REQUESTS.{name}"))
    config = json.loads(known.data)["config"]
    body = json.dumps(wanted | {"config": config}).encode()
    made = await user.may(api(user, f"CONSUMER.CREATE.PLAZA_REQUESTS.{name}.{asked}", body))
    assert json.loads(made.data)["config"]["filter_subject"] == asked, made.data
    # Another filter than the one in the subject would be everybody's requests.
    config["filter_subject"] = "plaza.req.>"
    body = json.dumps(wanted | {"config": config}).encode()
    tricked = await user.may(api(user, f"CONSUMER.CREATE.PLAZA_REQUESTS.{name}.{asked}", body))
    assert "error" in json.loads(tricked.data), tricked.data
    await user.may(user.client.subscribe(asked))
    answered = await user.may(user.client.request(f"plaza.cmd.store.{store_id}.confirm", b"{}", timeout=DEADLINE_S))
    assert json.loads(answered.data)["stream"] == "PLAZA_COMMANDS", answered.data
    other = "00000000-0000-7000-8000-000000000000"
    await user.may_not("answer for another store", user.client.publish(f"plaza.cmd.store.{other}.confirm", b"{}"))
    await user.may_not("answer for the bank", user.client.publish("plaza.cmd.bank.confirm", b"{}"))
    await user.may_not("write events", user.client.publish("plaza.evt.order.paid.x", b"{}"))
    await user.may_not("listen to events", user.client.subscribe("plaza.evt.>"))
    await user.may_not("listen to other stores' requests", user.client.subscribe(f"plaza.req.store.{other}.>"))
    await user.may_not("listen to the answers of others", user.client.subscribe("_INBOX.>"))
    await user.may_not("read events", api(user, "CONSUMER.CREATE.PLAZA_EVENTS.spy"))
    await user.may_not("delete its consumer", api(user, f"CONSUMER.DELETE.PLAZA_REQUESTS.{name}"))
    await user.client.close()


async def bank(address):
    user = await User("bank").connect(address, "_INBOX_bank")
    jetstream = user.client.jetstream()
    await user.may(jetstream.pull_subscribe("plaza.req.bank.>", durable="bank", stream="PLAZA_REQUESTS"))
    await user.may(jetstream.consumer_info("PLAZA_REQUESTS", "bank"))
    answered = await user.may(user.client.request("plaza.cmd.bank.reject", b"{}", timeout=DEADLINE_S))
    assert json.loads(answered.data)["stream"] == "PLAZA_COMMANDS", answered.data
    other = "00000000-0000-7000-8000-000000000000"
    await user.may_not("answer for a store", user.client.publish(f"plaza.cmd.store.{other}.confirm", b"{}"))
    await user.may_not("write events", user.client.publish("plaza.evt.order.paid.x", b"{}"))
    await user.may_not("listen to stores' requests", user.client.subscribe("plaza.req.store.>"))
    everything = "CONSUMER.CREATE.PLAZA_REQUESTS.bank.plaza.req.>"
    await user.may_not("consume stores' requests", api(user, everything))
    await user.may_not("listen to the answers of others", user.client.subscribe("_INBOX.>"))
    await user.client.close()


@contextlib.contextmanager
def example(file, user, address, directory, *more):
    """An example that runs as a user, and must not be refused anything."""
    said = Path(directory) / f"{file}.log"
    with said.open("w") as log:
        command = [sys.executable, EXAMPLES / file, "--nats", f"nats://{user}:{user}@{address}", *more]
        running = subprocess.Popen(command, cwd=directory, stdout=log, stderr=log)
    try:
        yield running
        assert running.poll() is None, said.read_text()
    finally:
        running.kill()
        running.wait()
        print("".join(f"  {file}: {line}\n" for line in said.read_text().splitlines()), end="")
    assert "violation" not in said.read_text().lower()


def refused(file, user, address, directory, *more):
    """Runs an example that lacks a right: it says so and ends."""
    command = [sys.executable, EXAMPLES / file, "--nats", f"nats://{user}:{user}@{address}", *more]
    ended = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert ended.returncode == 1 and "the broker refuses this" in ended.stderr, ended


def examples(mall, address, store_id):
    """A whole order with the store of the example, and the revenue the other example finds in the events."""
    chart = mall.product(store_id, "Chart", 20, price=1500)
    customer = mall.post("/customers", {"name": "Cy", "phone": "555 0102"})["id"]
    money = mall.payment(customer, 100_000)
    with tempfile.TemporaryDirectory() as directory:
        refused("external_store.py", "store", address, directory, "--store", store_id, "--inbox-prefix", "_INBOX")
        refused("analytics_consumer.py", "reader", address, directory, "--inbox-prefix", "_INBOX")
        refused("analytics_consumer.py", "store", address, directory)
        with example("external_store.py", "store", address, directory, "--store", store_id, "--api", mall.url):
            order = mall.order(customer, money, [(chart, 2)])
            mall.until(order, "accepted")
            mall.post(f"/orders/{order}/pay")
            mall.until(order, "delivered")
        # The second has no sums yet, and a consumer that is past all events: it makes the consumer anew.
        for data in ["first", "second"]:
            with example("analytics_consumer.py", "reader", address, directory, "--data", data):
                command = [sys.executable, EXAMPLES / "analytics_consumer.py", "--data", data, "--report"]
                agree = lambda: revenue(mall) == summed(json.loads(subprocess.check_output(command, cwd=directory)))
                eventually("the sums agree with REST", agree)
    assert revenue(mall)[store_id] == 3000
    print("  both examples work as the users they are meant for")


def opened_at_once():
    """Nobody who opens new sums is told that another does the same."""
    sys.path.insert(0, str(EXAMPLES))
    with tempfile.TemporaryDirectory() as directory:
        together = multiprocessing.Barrier(3)
        programs = [multiprocessing.Process(target=open_sums, args=(together, directory)) for _ in range(together.parties)]
        for program in programs:
            program.start()
        for program in programs:
            program.join()
        assert not any(program.exitcode for program in programs), "sums opened by three programs at once"
    print("  new sums can be opened by several programs at once")


def open_sums(together, directory):
    from analytics_consumer import Sums

    try:
        for number in range(OPENED_TIMES):
            together.wait(DEADLINE_S)
            Sums(Path(directory) / str(number)).report()
    except BaseException:
        together.abort()
        raise


def revenue(mall):
    """By store as REST has it: the lines of orders that were paid."""
    orders = mall.all("/orders") + mall.all("/orders?archived=true")
    paid = [order for order in orders if order["payment_status"] == "captured"]
    sums = Counter()
    for item in (item for order in paid for item in order["items"]):
        sums[item["store_id"]] += item["line_total"]["amount_minor"]
    return sums


def summed(report):
    return {store: sums["amount_minor"] for store, sums in report["stores"].items()}


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nats", required=True, help="HOST:PORT of the server")
    parser.add_argument("--store", required=True, help="id of the store in the file, open in the mall")
    parser.add_argument("--mall", required=True, help="address of a mall that is connected as plaza")
    options = parser.parse_args()
    opened_at_once()
    mall = Mall(options.mall)
    eventually("the relay has caught up", lambda: mall.get("/status")["bus"]["lag"] == 0)
    bus = mall.get("/status")["bus"]
    assert (bus["state"], bus["durable"]) == ("ok", True), bus
    try:
        await nats.connect(f"nats://{options.nats}", allow_reconnect=False, connect_timeout=DEADLINE_S)
        raise AssertionError("nobody in particular was let in")
    except Error:
        pass
    await asyncio.to_thread(examples, mall, options.nats, options.store)
    await plaza(options.nats)
    await reader(options.nats)
    await store(options.nats, options.store)
    await bank(options.nats)
    # Their answers were about no order: Plaza has read them, and may put them aside.
    eventually("two dead letters", lambda: mall.get("/status")["bus"]["dead_letters"]["count"] == 2)
    print("every user of deploy/nats.conf may do its work, and nothing else that was tried")


if __name__ == "__main__":
    asyncio.run(main())
