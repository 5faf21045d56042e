"""A mall over REST: what a scripted day needs of it. Only the standard library."""

import json
import time
import urllib.error
import urllib.request

DEADLINE_S = 30


class Mall:
    def __init__(self, url):
        self.url = url

    def request(self, method, path, body=None, expect=None):
        """Answers the body of a request; paths are below /api/v1 unless they start with two slashes."""
        path = path[1:] if path.startswith("//") else f"/api/v1{path}"
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        allowed = [expect] if expect else [200, 201, 204]
        if status not in allowed:
            raise AssertionError(f"{method} {path} answered {status}: {text}")
        return json.loads(text) if text.startswith(("{", "[")) else text

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body=None, **expect):
        return self.request("POST", path, body if body is not None else {}, **expect)

    def put(self, path, body=None):
        return self.request("PUT", path, body if body is not None else {})

    def all(self, path):
        """Every item of a list."""
        joint, cursor, items = "&" if "?" in path else "?", "", []
        while True:
            page = self.get(f"{path}{joint}limit=200{cursor}")
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = f"&cursor={page['next_cursor']}"

    def store(self, name, **more):
        """Opens a store that takes part in shopping."""
        store = self.post("/stores", {"name": name, "location": "Ground floor", **more})["id"]
        self.put(f"/stores/{store}/participation")
        return store

    def product(self, store, name, stock, price=1999, **more):
        body = {"name": name, "price": eur(price), "stock": stock, **more}
        return self.post(f"/stores/{store}/products", body)["id"]

    def payment(self, customer, amount):
        return self.post("/payments", {"customer_id": customer, "amount": eur(amount)})["id"]

    def order(self, customer, payment, lines, **more):
        items = [{"product_id": product, "quantity": quantity} for product, quantity in lines]
        return self.post("/orders", {"customer_id": customer, "payment_id": payment, "items": items, **more})["id"]

    def until(self, order, status):
        """The order once it has this status and nothing is left to undo."""
        terminal = {"delivered", "rejected", "cancelled", "expired"}

        def settled():
            seen = self.get(f"/orders/{order}")
            if seen["status"] in terminal and seen["status"] != status:
                raise AssertionError(f"wanted {status}: {seen}")
            return seen if seen["status"] == status and seen["compensation"] != "pending" else None

        return eventually(f"order {order} is {status}", settled)


def eur(amount_minor):
    return {"amount_minor": amount_minor, "currency": "EUR"}


def eventually(what, look):
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {DEADLINE_S} s: {what}")
        time.sleep(0.02)
