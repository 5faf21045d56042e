"""Load over kept-alive connections: a closed loop, or an open one that keeps its intended starts.

A process of its own with one thread of asyncio streams is the cheapest generator Python has: about 4 000 requests/s on a
core. Latencies of the open loop count from when a request was to start, so a slow mall cannot hide by slowing the
generator down (coordinated omission)."""

import asyncio
import json
import multiprocessing
import time


class Sender:
    """One connection that is opened again when it broke."""

    def __init__(self, port):
        self.port, self.reader, self.writer = port, None, None

    async def send(self, request):
        """(status, body); status 0 without an answer."""
        try:
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.writer.write(request)
            head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 40)
            length = 0
            lower = head.lower()
            if (at := lower.find(b"content-length:")) >= 0:
                length = int(lower[at + 15:lower.index(b"\r", at)])
            body = await self.reader.readexactly(length) if length else b""
            if b"connection: close" in lower:
                self.close()
            return int(head[9:12]), body
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            self.close()
            return 0, b""

    def close(self):
        if self.writer:
            self.writer.close()
        self.writer = None


def request(port, method, path, body=None, headers=""):
    text = b"" if body is None else json.dumps(body).encode()
    kind = "Content-Type: application/json\r\n" if text else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{kind}{headers}Content-Length: {len(text)}\r\n\r\n"
    return head.encode() + text


async def closed(port, requests, connections, seconds=None, count=None):
    """Sends as fast as answers come. [(status, latency s, body)], and how long it took."""
    answers, started, sent = [], time.monotonic(), 0

    async def one():
        nonlocal sent
        sender = Sender(port)
        while (seconds is None or time.monotonic() - started < seconds) and (count is None or sent < count):
            sent += 1
            begun = time.monotonic()
            status, body = await sender.send(requests[sent % len(requests)])
            answers.append((status, time.monotonic() - begun, body))
        sender.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return answers, time.monotonic() - started


async def opened(port, requests, rate, seconds, connections):
    """Sends `rate` requests a second, each at its time while a connection is free; one that finds none is dropped and
    counted, as a person who finds the shop's door jammed. [(status, latency s)], dropped, the generator's worst lag s."""
    free = [Sender(port) for _ in range(connections)]
    senders, answers, dropped, lag, tasks = list(free), [], 0, 0.0, set()
    started = time.monotonic()

    async def one(sender, request_, due):
        status, _ = await sender.send(request_)
        answers.append((status, time.monotonic() - due))
        free.append(sender)

    total = int(rate * seconds)
    number = 0
    while number < total:
        now = time.monotonic()
        while number < total and started + number / rate <= now:
            due = started + number / rate
            lag = max(lag, now - due)
            if free:
                task = asyncio.ensure_future(one(free.pop(), requests[number % len(requests)], due))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            else:
                dropped += 1
            number += 1
        await asyncio.sleep(0.001)
    await asyncio.gather(*list(tasks))
    for sender in senders:
        sender.close()
    return answers, dropped, lag


def _run(queue, work):
    queue.put(asyncio.run(work[0](*work[1:])))


def beside(*work):
    """Runs a loop in a process of its own, so that measuring does not slow the one who looks on."""
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=_run, args=(queue, work))
    process.start()
    return process, queue
