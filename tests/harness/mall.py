"""A mall for the harness: the real binary on a free loopback port, asked over plain sockets."""

import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLAZA_TEST_BIN", str(ROOT / "target/release/plaza"))
API = "/api/v1"
# Where malls listen, `first-last`; several harnesses may run beside each other.
PORTS = range(*map(int, os.environ.get("PLAZA_TEST_PORTS", "12000-32000").split("-")))


class Wrong(Exception):
    """What must hold does not."""


def must(holds, what):
    if not holds:
        raise Wrong(what)


def eventually(what, look, seconds=30.0, pause=0.05):
    """What `look` sees once it sees something."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        must(time.monotonic() < end, f"not within {seconds:.0f} s: {what}")
        time.sleep(pause)


def quantile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0.0


def free_port():
    """A port nobody listens on, and that the system gives to no connection: those are from 32 768 on."""
    for port in random.sample(PORTS, min(1_000, len(PORTS))):
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Wrong(f"no port of {PORTS} is free")


def slow_sync(ms):
    """The environment of a mall whose every sync takes `ms` longer; everything else runs at full speed."""
    if not ms:
        return {}
    library = ROOT / "target/harness-slow-sync.so"
    source = pathlib.Path(__file__).with_name("slow_sync.c")
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        library.parent.mkdir(parents=True, exist_ok=True)
        made = library.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", made, source], check=True)
        made.rename(library)
    return {"LD_PRELOAD": str(library), "SLOW_SYNC_US": str(ms * 1000)}


class Mall:
    """A running mall with a data directory of its own, which `with` ends and verifies."""

    def __init__(self, *settings, wrapper=(), env=None):
        self.settings, self.wrapper, self.env = list(settings), list(wrapper), env or {}
        self.dir = tempfile.mkdtemp(prefix="plaza-harness-")
        self.token = settings[settings.index("--admin-token") + 1] if "--admin-token" in settings else None
        self.process, self.port = None, None
        self.tolerated = ["the journal's file cannot be written"]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        try:
            self.stop()
            if kind is None:
                self.check_log()
                self.verify()
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)

    def start(self):
        self.port = free_port()
        command = [*self.wrapper, BINARY, "--listen", f"127.0.0.1:{self.port}", "--data-dir", f"{self.dir}/data",
                   "--log", "warn", *self.settings]
        env = {name: value for name, value in os.environ.items() if not name.startswith("PLAZA_")} | self.env
        with open(f"{self.dir}/log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=env)
        started = time.monotonic()
        eventually("the mall is ready", lambda: self.ended() or self.ready(), 60, 0.01)
        must(not self.ended(), f"the mall did not start: {self.log()}")
        return time.monotonic() - started

    def ended(self):
        return self.process.poll() is not None

    def pid(self):
        """The server, which a wrapper started."""
        if not self.wrapper:
            return self.process.pid
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else self.process.pid

    def kill(self):
        os.kill(self.pid(), signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and not self.ended():
            os.kill(self.pid(), signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                os.kill(self.pid(), signal.SIGKILL)
                raise Wrong("the mall did not end within 60 s") from None

    def verify(self):
        done = subprocess.run([BINARY, "verify", "--data-dir", f"{self.dir}/data"], capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"]})
        must(done.returncode == 0, f"verify: {done.stdout[-2000:]} {done.stderr[-500:]}")

    def log(self):
        return pathlib.Path(f"{self.dir}/log").read_text(errors="replace")

    def log_lines(self):
        return len(self.log().splitlines())

    def check_log(self):
        bad = [line for line in self.log().splitlines() if "panicked" in line or " ERROR " in line]
        bad = [line for line in bad if not any(words in line for words in self.tolerated)]
        must(not bad, f"the log: {bad[:3]}")

    def memory_mb(self):
        """Memory of its own: the file's pages, of which each reading connection may map 256 MiB, are the kernel's."""
        text = pathlib.Path(f"/proc/{self.pid()}/status").read_text()
        return int(next(line for line in text.splitlines() if line.startswith("RssAnon")).split()[1]) / 1024

    def cpu_s(self):
        return sum(map(int, pathlib.Path(f"/proc/{self.pid()}/stat").read_text().rsplit(")", 1)[1].split()[11:13])) / 100

    def sockets(self):
        return len(os.listdir(f"/proc/{self.pid()}/fd"))

    def ask(self, method, path, body=None, headers=None, timeout=40, source=None):
        """(status, JSON or text). Status 0: no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout, source_address=source)
        headers = dict(headers or {})
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.token and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text.decode(errors="replace")

    def api(self, method, path, body=None, **more):
        return self.ask(method, API + path, body, **more)

    def made(self, path, body):
        status, made = self.api("POST", path, body)
        must(status == 201, f"POST {path}: {status} {made}")
        return made

    def ready(self):
        return self.ask("GET", "/readyz", timeout=2)[0] == 200

    def metric(self, name):
        text = self.ask("GET", "/metrics")[1]
        return float(next(line for line in text.splitlines() if line.startswith(name + " ")).split()[1])

    def every_order(self, query):
        """The ids of all orders that a list has."""
        found, cursor = set(), ""
        while cursor is not None:
            page = self.api("GET", f"/orders?limit=200&{query}{cursor and '&cursor=' + cursor}")[1]
            found |= {item["id"] for item in page["items"]}
            cursor = page["next_cursor"]
        return found

    def shop(self, stock=10_000_000, stores=1, money=1 << 40):
        """The ids of a customer and of its payment, and a (store, product) pair for every store."""
        shelves = []
        for number in range(stores):
            store = self.made("/stores", {"name": f"Store {number}", "location": "Here"})["id"]
            self.api("PUT", f"/stores/{store}/participation")
            product = {"name": "Thing", "price": {"amount_minor": 100, "currency": "EUR"}, "stock": stock}
            shelves.append((store, self.made(f"/stores/{store}/products", product)["id"]))
        customer = self.made("/customers", {"name": "Ada", "phone": "1"})["id"]
        amount = {"amount_minor": money, "currency": "EUR"}
        payment = self.made("/payments", {"customer_id": customer, "amount": amount})["id"]
        return customer, payment, shelves


def order(customer, payment, product):
    return {"customer_id": customer, "payment_id": payment, "items": [{"product_id": product, "quantity": 1}]}
