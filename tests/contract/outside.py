"""An outside store and an outside bank, and orders that meet every answer they can give.

    outside.py --mall URL --nats URL

The mall must run with `--payment-provider external`. Every request is parsed by the official `cloudevents` package and
checked against `/asyncapi.yaml`, and so is every answer before it is sent. Each kind of request must have come, and a
malformed message must have become a dead letter.
"""

import argparse
import asyncio
import json

import nats
from contract import Contract
from mall import Mall, eventually
from messages import parsed, stored

# What the services can give; they refuse beyond it.
PIECES, CENTS = 10, 100_000


def answer_to(who, asked):
    """Yes or no, and why not."""
    answer = {"order_id": asked["order_id"]}
    if who == "bank":
        refused = asked["amount"]["amount_minor"] > CENTS
        return ("reject", answer | {"reason": "NOT_ENOUGH_MONEY"}) if refused else ("confirm", answer)
    short = [line["product_id"] for line in asked["lines"] if line["quantity"] > PIECES]
    lines = [{"product_id": product, "available": PIECES} for product in short]
    return ("reject", answer | {"reason": "OUT_OF_STOCK", "lines": lines}) if short else ("confirm", answer)


def services(client, contract, troubles):
    """The handler of requests: judges each, and answers those that need an answer."""

    async def take(message):
        try:
            asked = json.loads(message.data)
            contract.judge(parsed(message).get_type(), message.subject, dict(message.headers), asked)
            address, verb = message.subject.replace("plaza.req.", "plaza.cmd.").rsplit(".", 1)
            if verb in ("confirm", "hold"):
                who = address.split(".")[2]
                verdict, answer = answer_to(who, asked)
                contract.judge(f"plaza.cmd.{who}.{verdict}", f"{address}.{verdict}", None, answer)
                await client.publish(f"{address}.{verdict}", json.dumps(answer).encode())
        except AssertionError as error:
            troubles.append(error)

    return take


def play(mall):
    """Orders that meet a yes, a no of the store, a no of the bank, and a change of mind."""
    far = mall.store("Far Away", fulfilment="external")
    near = mall.store("Next Door")
    chart = mall.product(far, "Chart", 500, price=1500)
    cup = mall.product(near, "Cup", 500, price=900)
    customer = mall.post("/customers", {"name": "Bo", "phone": "555 0101"})["id"]
    money = mall.payment(customer, 10_000_000)

    sold = mall.order(customer, money, [(chart, 2), (cup, 1)])
    mall.until(sold, "accepted")
    mall.post(f"/orders/{sold}/pay")
    mall.until(sold, "delivered")
    cancelled = mall.order(customer, money, [(chart, 1)])
    mall.until(cancelled, "accepted")
    mall.post(f"/orders/{cancelled}/cancel", {"reason": "too far"})
    mall.until(cancelled, "cancelled")
    assert mall.until(mall.order(customer, money, [(chart, 11)]), "rejected")["reasons"] == ["OUT_OF_STOCK"]
    assert mall.until(mall.order(customer, money, [(cup, 200)]), "rejected")["reasons"] == ["NOT_ENOUGH_MONEY"]
    in_part = mall.order(customer, money, [(chart, 11), (cup, 1)], on_shortage="accept_available")
    assert mall.until(in_part, "accepted")["total"]["amount_minor"] == 900
    mall.post(f"/orders/{in_part}/pay")
    mall.until(in_part, "delivered")


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mall", required=True, help="address of the mall")
    parser.add_argument("--nats", required=True, help="address of its broker")
    options = parser.parse_args()
    mall = Mall(options.mall)
    contract = Contract(mall.request("GET", "//asyncapi.yaml"))
    client = await nats.connect(options.nats)
    troubles = []
    await client.subscribe("plaza.req.>", cb=services(client, contract, troubles))
    await asyncio.to_thread(play, mall)
    assert not troubles, troubles

    seen = {parsed(message).get_type() for message in await stored(client.jetstream(), "PLAZA_REQUESTS")}
    missing = contract.messages("request") - seen
    assert seen and not missing, f"never asked: {sorted(missing)}"

    await client.publish("plaza.cmd.bank.confirm", b"nonsense")
    letters = await asyncio.to_thread(
        eventually, "a dead letter", lambda: mall.get("/status")["bus"]["dead_letters"]["count"]
    )
    (letter,) = await stored(client.jetstream(), "PLAZA_DLQ")
    assert letters == 1 and letter.data == b"nonsense" and letter.headers["Plaza-Reason"], letter
    assert letter.subject == "plaza.dlq.plaza.cmd.bank.confirm", letter.subject
    await client.close()
    print(f"{len(seen)} kinds of requests asked and answered by the document; nonsense is a dead letter")


if __name__ == "__main__":
    asyncio.run(main())
