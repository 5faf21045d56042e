"""Many who want the same: retries under one key, and a flash sale."""

import asyncio
import random
import uuid

import load
from mall import API, Mall, eventually, must, order


async def insist(sender, request, dice, give_up):
    """Sends until it gets a final answer, hanging up in the middle now and then. Returns the last answer."""
    for _ in range(200):
        if dice.random() < give_up:
            # The request is sent, and nobody waits for what becomes of it.
            sending = asyncio.ensure_future(sender.send(request))
            await asyncio.sleep(dice.random() * 0.02)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            sender.close()
            continue
        status, body = await sender.send(request)
        if status not in (0, 503):
            return status, body
        await asyncio.sleep(0.05 + dice.random() * 0.2)
    return 0, b""


async def crowd(port, requests, give_up, seed):
    dice, answers = random.Random(seed), []

    async def one(mine):
        sender = load.Sender(port)
        for request in mine:
            answers.append(await insist(sender, request, dice, give_up))
        sender.close()

    lanes = min(512, len(requests))
    await asyncio.gather(*(one(requests[lane::lanes]) for lane in range(lanes)))
    return answers


def one_id(body):
    return body.split(b'"id":"')[1][:36].decode()


def retry_storm(count):
    """Clients that retry whenever in doubt, and hang up on answers, have one order per key: the one they were told of."""
    with Mall("--payment-delay", "0s", "--store-delay", "0s", "--admission-limit", "8") as mall:
        customer, payment, shelves = mall.shop(stores=4)
        requests = [load.request(mall.port, "POST", API + "/orders", order(customer, payment, shelves[number % 4][1]),
                                 f"Idempotency-Key: {uuid.uuid4()}\r\n") for number in range(count)]
        answers = asyncio.run(crowd(mall.port, requests, 0.3, count))
        made = [one_id(body) for status, body in answers if status == 201]
        must(len(made) == count, f"{count - len(made)} of {count} were never answered")
        must(len(set(made)) == count, "two keys were answered with one order")
        # Every order there is was asked for once: what nobody was told of would be one too many.
        counts = mall.api("GET", "/status")[1]["orders"]
        must(sum(counts.values()) == count, f"{sum(counts.values())} orders for {count} keys")
        # Asked once more, each key still says what its client was told.
        again = asyncio.run(crowd(mall.port, requests, 0.0, count))
        must(sorted(made) == sorted(one_id(body) for status, body in again if status == 201),
             "a key is answered with another order than before")
        refused, lines = mall.metric("plaza_refusals_total"), mall.log_lines()
        must(lines <= 20 + refused / 100, f"{lines} lines in the log for {refused:.0f} refusals")
    return {"keys": count, "refused": round(refused), "log_lines": lines}, True


def flash_sale(count):
    """A hundred pieces, many buyers: a hundred orders, each piece once, and the others told so."""
    with Mall("--payment-delay", "0s", "--store-delay", "100ms") as mall:
        customer, payment, shelves = mall.shop(stock=100)
        body = order(customer, payment, shelves[0][1])
        requests = [load.request(mall.port, "POST", API + "/orders", body, f"Idempotency-Key: {uuid.uuid4()}\r\n")
                    for _ in range(count)]
        answers = asyncio.run(crowd(mall.port, requests, 0.0, count))
        taken = sum(status == 201 for status, _ in answers)
        must(taken == count, f"{count - taken} buyers were never answered")
        acknowledged = {one_id(body) for status, body in answers if status == 201}
        must(len(acknowledged) == count, f"{len(acknowledged)} different orders for {count} buyers")
        eventually("every order has its verdict", lambda: mall.api("GET", "/status")[1]["orders"]["pending"] == 0, 60)
        counts = mall.api("GET", "/status")[1]["orders"]
        must(counts["accepted"] == min(100, count), f"{counts['accepted']} of 100 pieces were sold")
        must(counts["accepted"] + counts["rejected"] == count, f"orders are missing: {counts}")
        product = mall.api("GET", f"/products/{shelves[0][1]}")[1]
        must((product["stock"], product["reserved"]) == (100 - min(100, count), min(100, count)), f"{product}")
        present = mall.every_order("status=accepted") | mall.every_order("status=rejected")
        must(present == acknowledged, f"{len(acknowledged - present)} acknowledged orders are missing")
        must(mall.api("GET", "/audit")[1]["ok"], "the audit finds something")
    return {"buyers": count, "accepted": counts["accepted"], "rejected": counts["rejected"]}, True
