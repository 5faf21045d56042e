"""Shoppers for Locust (https://locust.io): each registers, brings money, orders, waits for the verdict and pays.

  pip install locust
  locust -f examples/load/locustfile.py --host http://127.0.0.1:8080 --headless -u 50 -r 10 -t 1m

A mall with an administrator's token: PLAZA_ADMIN_TOKEN is not needed, customers come with their own. The mall needs
something to sell (`plaza --demo`).

What Locust can not see, and `plaza simulate` does: whether an order that was answered is really there and is there
once, whether money or stock was lost, whether a verdict came late, and how long a shopper would have waited whose turn
came while the mall stood still: its users wait for each answer before they go on (a closed model).
"""

import random
import time
import uuid

from locust import HttpUser, between, task

API = "/api/v1"
# How long a verdict may take after it was due, in seconds.
PATIENCE = 60


class Shopper(HttpUser):
    wait_time = between(0.5, 2)

    def on_start(self):
        body = {"name": "Locust %s" % uuid.uuid4().hex[:8], "phone": "555"}
        customer = self.post("/customers", body).json()
        self.customer = customer["id"]
        # An open mall asks nobody who they are.
        if customer.get("access_token"):
            self.client.headers["Authorization"] = "Bearer " + customer["access_token"]
        self.products = self.client.get(API + "/products?limit=200", name="/products").json()["items"]

    def post(self, path, body=None, name=None):
        # The same key, however often it is sent: one order.
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return self.client.post(API + path, json=body, headers=headers, name=name or path)

    @task
    def shop(self):
        product = random.choice(self.products)
        payment = self.post("/payments", {"customer_id": self.customer, "amount": product["price"]})
        order = self.post("/orders", {
            "customer_id": self.customer,
            "payment_id": payment.json()["id"],
            "items": [{"product_id": product["id"], "quantity": 1}],
        }).json()
        status, began = order["status"], time.monotonic()
        while status == "pending" and time.monotonic() - began < PATIENCE:
            time.sleep(0.25)
            status = self.client.get(API + "/orders/" + order["id"], name="/orders/{id}").json()["status"]
        if status == "accepted":
            self.post("/orders/%s/pay" % order["id"], name="/orders/{id}/pay")
