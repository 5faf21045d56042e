"""Load over kept-alive connections from bare sockets and epoll, cheap enough to offer more than a mall can do.

One process sends about 25 000 requests/s on a core; asyncio's streams manage 4 000. The open loop keeps its intended
starts: a request's latency counts from when it was to start, so neither a slow mall nor a slow generator can hide
(coordinated omission), and how far the generator itself fell behind is part of the answer."""

import collections
import gc
import multiprocessing
import os
import select
import socket
import time

EVENTS = select.EPOLLIN


class Result:
    """Answers by status as latencies in seconds, and what the generator has to say about itself."""

    def __init__(self):
        self.took = collections.defaultdict(list)
        self.ids, self.odd = [], collections.Counter()
        self.no_retry_after = self.refused = self.dropped = self.unsent = self.connections = 0
        self.in_time = {}
        self.lags, self.seconds = [], 0.0


class Wires:
    """Connections with at most one request on its way each."""

    def __init__(self, port, result, keep_ids=False, source="127.0.0.1"):
        self.port, self.result, self.keep_ids, self.source = port, result, keep_ids, source
        self.epoll, self.by_fd, self.free = select.epoll(), {}, []
        self.started, self.partial = {}, {}

    def open(self):
        """A new connection, or None when there are no more to be had."""
        try:
            made = socket.create_connection(("127.0.0.1", self.port), 10, (self.source, 0))
        except OSError as error:
            self.result.odd[f"connect: {error.strerror}"] += 1
            return None
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.by_fd[made.fileno()] = made
        self.epoll.register(made.fileno(), EVENTS)
        self.result.connections += 1
        return made.fileno()

    def warm(self, connections):
        """Opens connections before the time begins, and asks something on each: a mall gives up one that stays silent."""
        greeting = f"GET /livez HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
        for _ in range(connections):
            fd = self.open()
            if fd is None:
                return
            self.by_fd[fd].setblocking(True)
            self.by_fd[fd].sendall(greeting)
            self.by_fd[fd].recv(65536)
            self.by_fd[fd].setblocking(False)
            self.free.append(fd)

    def send(self, fd, request, due):
        self.started[fd] = due
        try:
            self.by_fd[fd].send(request)
        except OSError:
            self.broke(fd)

    def broke(self, fd):
        """The connection ended without an answer."""
        self.epoll.unregister(fd)
        self.by_fd.pop(fd).close()
        self.partial.pop(fd, None)
        due = self.started.pop(fd, None)
        if due is not None:
            self.result.took[0].append(time.monotonic() - due)
        elif fd in self.free:
            self.free.remove(fd)

    def receive(self, fd):
        """Reads; True once an answer is whole."""
        try:
            data = self.by_fd[fd].recv(65536)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self.broke(fd)
            return False
        if fd in self.partial:
            data = self.partial.pop(fd) + data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self.partial[fd] = data
            return False
        lower = data[:end].lower()
        at = lower.find(b"content-length: ")
        length = int(lower[at + 16:].split(b"\r", 1)[0]) if at >= 0 else 0
        if len(data) < end + 4 + length:
            self.partial[fd] = data
            return False
        due = self.started.pop(fd, None)
        if due is None or len(data) > end + 4 + length:
            self.result.odd[f"unasked: {data[:40].decode(errors='replace')}"] += 1
            self.broke(fd)
            return False
        self.count(int(data[9:12]), lower, data, end, time.monotonic() - due)
        if b"connection: close" in lower:
            self.epoll.unregister(fd)
            self.by_fd.pop(fd).close()
            return False
        return True

    def count(self, status, lower, data, end, took):
        self.result.took[status].append(took)
        if status == 503:
            self.result.refused += 1
            if b"retry-after:" not in lower:
                self.result.no_retry_after += 1
            if b'"code":"busy"' not in data:
                self.result.odd[data[end + 4:end + 300].decode(errors="replace")] += 1
        elif self.keep_ids and status == 201:
            self.result.ids.append(data.split(b'"id":"', 1)[1][:36].decode())
        elif status not in (200, 201):
            self.result.odd[data[end + 4:end + 300].decode(errors="replace")] += 1

    def ready(self, seconds):
        return self.epoll.poll(max(0.0, seconds), 512)

    def close(self):
        for one in self.by_fd.values():
            one.close()
        self.epoll.close()


def closed(port, requests, connections, seconds=None, count=None, keep_ids=False, pause=0.02):
    """A closed loop: each of `connections` sends when its last answer came. One that was refused waits a little."""
    result = Result()
    wires = Wires(port, result, keep_ids)
    waiting, sent, on_way = collections.deque(), 0, 0
    fds = [wires.open() for _ in range(connections)]
    started = time.monotonic()
    waiting.extend((started, fd) for fd in fds if fd is not None)

    def more():
        return (count is None or sent < count) and (seconds is None or time.monotonic() - started < seconds)

    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now and more():
            fd = waiting.popleft()[1]
            if fd not in wires.by_fd and (fd := wires.open()) is None:
                continue
            wires.send(fd, requests[sent % len(requests)], time.monotonic())
            sent += 1
        if not wires.started and (not waiting or not more()):
            break
        if time.monotonic() - started > (seconds or 3_600) + 40:
            result.took[0].extend([40.0] * len(wires.started))
            break
        for fd, _ in wires.ready(0.01 if waiting else 1):
            refused = result.refused
            if fd in wires.by_fd:
                wires.receive(fd)
                if fd not in wires.started:
                    wait = pause if result.refused > refused else 0
                    (waiting.append if wait else waiting.appendleft)((time.monotonic() + wait, fd))
    result.seconds = time.monotonic() - started
    wires.close()
    return result


def opened(port, requests, rate, seconds, connections):
    """`rate` requests a second, each at its time, on a free one of `connections`. A request that finds none free is
    dropped and counted. Answers that are late are waited for at most 40 s after the end."""
    result = Result()
    wires = Wires(port, result)
    wires.warm(connections)
    total, number, started = int(rate * seconds), 0, time.monotonic()
    end = started + seconds
    while number < total or wires.started:
        now = time.monotonic()
        if now > end and number < total:
            result.unsent, number = total - number, total
        burst = 0
        while number < total and started + number / rate <= now and burst < 64:
            due = started + number / rate
            result.lags.append(now - due)
            fd = wires.free.pop() if wires.free else None
            if fd is None and len(wires.by_fd) < connections:
                fd = wires.open()
            if fd is None:
                result.dropped += 1
            else:
                wires.send(fd, requests[number % len(requests)], due)
            number, burst = number + 1, burst + 1
        if not result.in_time and now > end:
            result.in_time = {status: len(took) for status, took in result.took.items()}
        if now > end + 40:
            result.took[0].extend([40.0] * len(wires.started))
            break
        pause = started + number / rate - time.monotonic() if number < total else 0.05
        for fd, _ in wires.ready(pause):
            if fd in wires.by_fd and wires.receive(fd):
                wires.free.append(fd)
    result.seconds = time.monotonic() - started
    result.in_time = result.in_time or {status: len(took) for status, took in result.took.items()}
    wires.close()
    return result


def _work(queue, cpus, work):
    if cpus:
        os.sched_setaffinity(0, cpus)
    gc.disable()
    queue.put(work[0](*work[1:-1], **work[-1]))


class Beside:
    """A loop in a process of its own, so that it does not slow what this process measures meanwhile."""

    def __init__(self, *work, cpus=None, **named):
        context = multiprocessing.get_context("fork")
        self.queue = context.SimpleQueue()
        self.process = context.Process(target=_work, args=(self.queue, cpus, (*work, named)))
        self.process.start()

    def result(self):
        result = self.queue.get()
        self.process.join()
        return result


def run(*work, **named):
    return Beside(*work, **named).result()
