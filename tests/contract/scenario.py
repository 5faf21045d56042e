"""A day in a mall that makes every kind of event happen: bought, cancelled, short, too dear, forgotten, closed.

The mall must run with short delays; `scripts/check-contract.sh` says which.
"""

import argparse

from mall import Mall, eur


def play(mall):
    """Plays the day and answers the orders by their intended outcome."""
    books = mall.store("Corner Books")
    toys = mall.store("Toys & Games")
    mall.request("PATCH", f"/stores/{toys}", {"name": "Toys, Games, Ünïcode", "confirmation_delay_ms": 150})
    mall.request("DELETE", f"/stores/{toys}/participation")
    mall.put(f"/stores/{toys}/participation")
    guide = mall.product(books, "Field Guide", 20, description="Birds of the\ncoast", sku="BIRD-1")
    atlas = mall.product(books, "Atlas", 3, price=4999)
    robot = mall.product(toys, "Robot", 50, price=2500)
    mall.request("PATCH", f"/products/{guide}", {"price": eur(1799), "stock": 25})
    _closed_for_good(mall)

    customer = mall.post("/customers", {"name": "Ana", "phone": "555 0100"})["id"]
    money = mall.payment(customer, 1_000_000)
    orders = {
        "bought": _bought_from_a_basket(mall, customer, money, [guide, atlas, robot]),
        "too dear": mall.order(customer, mall.payment(customer, 100), [(robot, 1)]),
        "short": mall.order(customer, money, [(atlas, 4)]),
        "in part": mall.order(customer, money, [(atlas, 9), (robot, 2)], on_shortage="accept_available"),
        "cancelled": mall.order(customer, money, [(guide, 1), (robot, 1)]),
        "forgotten": mall.order(customer, money, [(guide, 2)]),
    }
    mall.until(orders["cancelled"], "accepted")
    mall.post(f"/orders/{orders['cancelled']}/cancel", {"reason": "changed my mind, für immer"})
    mall.until(orders["in part"], "accepted")
    mall.post(f"/orders/{orders['in part']}/pay")
    mall.until(orders["in part"], "delivered")
    mall.until(orders["cancelled"], "cancelled")
    mall.until(orders["too dear"], "rejected")
    mall.until(orders["short"], "rejected")
    mall.until(orders["forgotten"], "expired")
    orders["closed"] = _closed_while_an_order_waits(mall, customer, money)
    orders["unanswered"] = _asked_outside(mall, customer, money)
    orders["refused"] = _a_bad_day(mall, customer, money)
    mall.post("/clock/advance", {"by": "10ms"}, expect=202)
    mall.post("/orders/archive", {"ids": [orders["bought"]]})
    mall.post(f"/payments/{money}/void")
    return orders


def _bought_from_a_basket(mall, customer, money, products):
    basket = mall.post("/baskets")["id"]
    for product in products:
        mall.put(f"/baskets/{basket}/items/{product}", {"quantity": 2})
    mall.request("DELETE", f"/baskets/{basket}/items/{products[0]}")
    mall.request("DELETE", f"/baskets/{basket}/items")
    mall.put(f"/baskets/{basket}/items/{products[0]}", {"quantity": 3})
    mall.put(f"/baskets/{basket}/customer", {"customer_id": customer})
    order = mall.post(f"/baskets/{basket}/checkout", {"customer_id": customer, "payment_id": money})["id"]
    mall.until(order, "accepted")
    mall.post(f"/orders/{order}/pay")
    mall.until(order, "delivered")
    return order


def _closed_for_good(mall):
    kiosk = mall.store("Kiosk")
    lamp = mall.product(kiosk, "Lamp", 1)
    mall.request("DELETE", f"/products/{lamp}")
    mall.request("DELETE", f"/stores/{kiosk}")


def _closed_while_an_order_waits(mall, customer, money):
    shop = mall.store("Pop-up", confirmation_delay_ms=400)
    order = mall.order(customer, money, [(mall.product(shop, "Poster", 5), 1)])
    mall.request("DELETE", f"/stores/{shop}")
    mall.until(order, "rejected")
    return order


def _a_bad_day(mall, customer, money):
    shop = mall.store("Moody")
    mall.put(f"/stores/{shop}/personality", {"refuse": {"share": 1}, "delay": {"distribution": "fixed", "ms": 5}})
    order = mall.order(customer, money, [(mall.product(shop, "Umbrella", 5), 1)])
    mall.until(order, "rejected")
    mall.request("DELETE", f"/stores/{shop}/personality")
    return order


def _asked_outside(mall, customer, money):
    shop = mall.store("Far Away", fulfilment="external")
    order = mall.order(customer, money, [(mall.product(shop, "Map", 5), 1)])
    mall.until(order, "rejected")
    return order


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mall", required=True, help="address of the mall")
    played = play(Mall(parser.parse_args().mall))
    print(f"played: {', '.join(played)}")
