"""Requests by hand over kept-alive connections, for clients that do odd things. Load is in `generator`."""

import asyncio
import json


class Sender:
    """One connection that is opened again when it breaks."""

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
