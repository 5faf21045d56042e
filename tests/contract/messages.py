"""Reads everything a mall has published, and checks it.

    messages.py --mall URL --nats URL

Every message of PLAZA_EVENTS is parsed in binary mode by the official `cloudevents` package and checked against the
schemas of `/asyncapi.yaml`; `GET /api/v1/events` and the event stream are parsed in structured mode and must say the
same. Every type of event there is must have happened, or be named in NOT_PLAYED.
"""

import argparse
import asyncio
import json
import urllib.request
from collections import Counter

import nats
from cloudevents.core.bindings.http import HTTPMessage, from_binary, from_structured
from cloudevents.core.formats.json import JSONFormat
from contract import Contract
from mall import DEADLINE_S, Mall, eventually
from nats.js.api import ConsumerConfig, DeliverPolicy

# Types the scenario cannot make happen on purpose, and why.
NOT_PLAYED = {
    "plaza.order.confirmation_ignored.v1": "a verdict has to be on its way while the order ends: a race",
}


def attributes(event):
    """The attributes of a parsed event, as text."""
    return {name: str(value) for name, value in event.get_attributes().items() if value is not None}


async def stored(jetstream, stream):
    """Every message of a stream, oldest first."""
    info = await jetstream.stream_info(stream)
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
    subscription = await jetstream.subscribe(">", stream=stream, ordered_consumer=True, config=config)
    messages = [await subscription.next_msg(timeout=DEADLINE_S) for _ in range(info.state.messages)]
    await subscription.unsubscribe()
    return messages


def parsed(message):
    """A message as the official package reads it."""
    return from_binary(HTTPMessage(dict(message.headers), message.data), JSONFormat())


async def events_on_nats(mall, jetstream, contract):
    """Judges every event on NATS; answers them by sequence."""
    head = mall.get("/status")["head_position"]
    eventually("the relay has caught up", lambda: mall.get("/status")["bus"]["lag"] == 0)
    events = {}
    for message in await stored(jetstream, "PLAZA_EVENTS"):
        event = parsed(message)
        contract.judge(event.get_type(), message.subject, dict(message.headers), json.loads(message.data))
        assert message.headers["Nats-Msg-Id"] == event.get_id()
        kind, stream_id = event.get_subject().split("/")
        assert message.subject.split(".")[2] == kind and message.subject.endswith(f".{stream_id}"), message.subject
        events[int(event.get_extension("sequence"))] = event
    assert list(events) == list(range(1, head + 1)), "every position once, in order"
    return events


def events_over_rest(mall):
    """Every event of the list, read in structured mode."""
    items = mall.all("/events?order=asc")
    return [structured(json.dumps(item).encode()) for item in items]


def events_over_sse(mall, head):
    """Every event of the live stream from the first on, read in structured mode."""
    events = []
    with urllib.request.urlopen(f"{mall.url}/api/v1/events/stream?after=0", timeout=DEADLINE_S) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                events.append(structured(line.removeprefix(b"data: ")))
                if int(events[-1].get_extension("sequence")) == head:
                    return events
    raise AssertionError("the stream ended")


def structured(body):
    return from_structured(HTTPMessage({"content-type": "application/cloudevents+json"}, body), JSONFormat())


def assert_same(binary, others, form):
    assert len(others) == len(binary), f"{len(others)} events in {form}, {len(binary)} on NATS"
    for event in others:
        twin = binary[int(event.get_extension("sequence"))]
        assert attributes(event) == attributes(twin), f"{form}: {attributes(event)} is not {attributes(twin)}"
        assert event.get_data() == twin.get_data(), f"{form}: {event.get_data()} is not {twin.get_data()}"


def assert_complete(contract, seen):
    known = contract.messages("event")
    missing = known - set(seen) - set(NOT_PLAYED)
    assert known and not missing, f"never happened, and not named as such: {sorted(missing)}"


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mall", required=True, help="address of the mall")
    parser.add_argument("--nats", required=True, help="address of its broker")
    options = parser.parse_args()
    mall = Mall(options.mall)
    contract = Contract(mall.request("GET", "//asyncapi.yaml"))
    client = await nats.connect(options.nats)
    binary = await events_on_nats(mall, client.jetstream(), contract)
    assert_same(binary, events_over_rest(mall), "GET /events")
    assert_same(binary, events_over_sse(mall, len(binary)), "the event stream")
    seen = Counter(event.get_type() for event in binary.values())
    assert_complete(contract, seen)
    await client.close()
    print(f"{len(binary)} events of {len(seen)} types: NATS, REST and SSE agree, and with /asyncapi.yaml")


if __name__ == "__main__":
    asyncio.run(main())
