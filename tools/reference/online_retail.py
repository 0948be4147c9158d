#!/usr/bin/env python3
"""Online Retail II computed again from the file, by the words of samples/online_retail_II/README.md and nothing else.

    tools/reference/online_retail.py [FILE.csv.gz] [--as-of 2010-12-09] [--window 365]

Prints JSON: rows read and refused by cause, invoices, customers, net sales in pence, returns, anonymous sales, and the
RFM classes as of the day given (by default the file's last). It shares no code with the program: when both agree, the
figures are right. Days are London's, as the file has them; a business day ends at midnight.
"""

import argparse
import collections
import csv
import datetime
import decimal
import gzip
import io
import json
import pathlib

SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "samples/online_retail_II/online_retail_II_2009_2010.csv.gz"
PENNY = decimal.Decimal("0.01")
CLASSES = ["important_value", "important_growth", "important_keep", "important_retain",
           "general_value", "general_growth", "general_keep", "general_retain"]


def plain(text):
    """Spreadsheets print whole numbers as 13085.0."""
    text = text.strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def refusal(kind, quantity, price, customer):
    if kind == "sale" and quantity < 0:
        return "negative_in_sale"
    if kind == "return" and quantity > 0:
        return "positive_in_return"
    if quantity == 0:
        return "zero"
    if price == 0 and not customer:
        return "no_value"
    if kind != "adjustment" and price < 0:
        return "negative_price"
    return None


def pence(quantity, price):
    return int((quantity * price).quantize(PENNY, decimal.ROUND_HALF_EVEN) * 100)


def read(path):
    """(invoices by number, rows read, rows refused by cause)"""
    invoices, refused, rows = {}, collections.Counter(), 0
    with gzip.open(path, "rb") as packed:
        for row in csv.DictReader(io.TextIOWrapper(packed, "utf-8", newline="")):
            rows += 1
            number, customer = plain(row["Invoice"]), plain(row["Customer ID"])
            kind = {"C": "return", "A": "adjustment"}.get(number[:1], "sale")
            quantity, price = decimal.Decimal(row["Quantity"]), decimal.Decimal(row["Price"])
            cause = refusal(kind, quantity, price, customer)
            if cause:
                refused[cause] += 1
                continue
            invoice = invoices.setdefault(number, {
                "kind": kind, "customer": customer, "at": row["InvoiceDate"], "day": row["InvoiceDate"][:10],
                "region": row["Country"], "lines": 0, "net": 0})
            invoice["customer"] = invoice["customer"] or customer
            invoice["lines"] += 1
            invoice["net"] += pence(quantity, price)
    return invoices, rows, refused


def score(values, value):
    """1 + the number of quintile cuts below the value; cuts are the values at places ceil(k n / 5), counted from 1."""
    n = len(values)
    return 1 + sum(values[-(-k * n // 5) - 1] < value for k in (1, 2, 3, 4))


def rfm(invoices, as_of, window):
    first = as_of - datetime.timedelta(days=window - 1)
    people = {}
    for invoice in invoices.values():
        day = datetime.date.fromisoformat(invoice["day"])
        if not invoice["customer"] or invoice["kind"] == "adjustment" or not first <= day <= as_of:
            continue
        person = people.setdefault(invoice["customer"], {"last": None, "orders": 0, "net": 0})
        person["net"] += invoice["net"]
        if invoice["kind"] == "sale":
            person["orders"] += 1
            person["last"] = max(person["last"] or day, day)
    people = {key: person for key, person in people.items() if person["orders"]}
    if not people:
        return {"people": 0, "classes": {name: {"customers": 0, "net": 0} for name in CLASSES}}
    measures = {key: ((as_of - person["last"]).days, person["orders"], person["net"]) for key, person in people.items()}
    ordered = [sorted(measure[i] for measure in measures.values()) for i in range(3)]
    scores = {}
    for key, measure in measures.items():
        r, f, m = (score(ordered[i], measure[i]) for i in range(3))
        scores[key] = (6 - r, f, m)
    sums = [sum(one[i] for one in scores.values()) for i in range(3)]
    classes = {name: {"customers": 0, "net": 0} for name in CLASSES}
    for key, one in scores.items():
        r, f, m = (one[i] * len(scores) > sums[i] for i in range(3))
        name = CLASSES[(0 if m else 4) + (0 if r else 2) + (0 if f else 1)]
        classes[name]["customers"] += 1
        classes[name]["net"] += people[key]["net"]
    return {"people": len(people), "classes": classes}


def summary(invoices, rows, refused):
    def pick(*kinds):
        return [one for one in invoices.values() if one["kind"] in kinds]

    sales, returns, both = pick("sale"), pick("return"), pick("sale", "return")
    regions = collections.defaultdict(int)
    for one in both:
        regions[one["region"]] += one["net"]
    return {
        "rows": {"read": rows, "taken": rows - sum(refused.values()), "refused": dict(sorted(refused.items()))},
        "invoices": {"all": len(invoices), "sales": len(sales), "returns": len(returns),
                     "adjustments": len(pick("adjustment"))},
        "customers": {"all": len({one["customer"] for one in invoices.values() if one["customer"]}),
                      "buyers": len({one["customer"] for one in sales if one["customer"]})},
        "net_sales": sum(one["net"] for one in both),
        "sold": sum(one["net"] for one in sales),
        "returned": -sum(one["net"] for one in returns),
        "adjusted": sum(one["net"] for one in pick("adjustment")),
        "anonymous": {"sales": sum(not one["customer"] for one in sales),
                      "net": sum(one["net"] for one in both if not one["customer"])},
        "first_day": min(one["day"] for one in invoices.values()),
        "last_day": max(one["day"] for one in invoices.values()),
        "regions": dict(sorted(regions.items())),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", default=SAMPLE)
    parser.add_argument("--as-of", type=datetime.date.fromisoformat)
    parser.add_argument("--window", type=int, default=365)
    given = parser.parse_args()
    invoices, rows, refused = read(given.file)
    answer = summary(invoices, rows, refused)
    as_of = given.as_of or datetime.date.fromisoformat(answer["last_day"])
    answer["rfm"] = {"as_of": as_of.isoformat(), "window": given.window, **rfm(invoices, as_of, given.window)}
    print(json.dumps(answer, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
