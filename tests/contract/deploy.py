"""Proves what the users of deploy/nats.conf may do, and what they may not.

    deploy.py --nats HOST:PORT --store ID --mall URL

The server runs with the file, and a mall with an event on it as the user `plaza`; passwords are the users' names.
"""

import argparse
import asyncio
import json

import nats
from mall import Mall, eventually
from nats.errors import Error

DEADLINE_S = 10


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
    """A request to JetStream that only the answer of the server ends."""
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
    config = {"name": name, "durable_name": name, "filter_subject": asked, "ack_policy": "explicit"}
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
    await user.client.close()


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nats", required=True, help="HOST:PORT of the server")
    parser.add_argument("--store", required=True, help="id of the store in the file")
    parser.add_argument("--mall", required=True, help="address of a mall that is connected as plaza")
    options = parser.parse_args()
    mall = Mall(options.mall)
    eventually("the relay has caught up", lambda: mall.get("/status")["bus"]["lag"] == 0)
    bus = mall.get("/status")["bus"]
    assert (bus["state"], bus["durable"]) == ("ok", True), bus
    try:
        await nats.connect(f"nats://{options.nats}", allow_reconnect=False, connect_timeout=DEADLINE_S)
        raise AssertionError("nobody in particular was let in")
    except Error:
        pass
    await plaza(options.nats)
    await reader(options.nats)
    await store(options.nats, options.store)
    # The store's answer was about no order: Plaza has read it, and may put it aside.
    letters = eventually("a dead letter", lambda: mall.get("/status")["bus"]["dead_letters"]["count"])
    assert letters == 1, letters
    print("every user of deploy/nats.conf may do its work, and nothing else that was tried")


if __name__ == "__main__":
    asyncio.run(main())
