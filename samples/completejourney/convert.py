#!/usr/bin/env python3
"""Makes receipt_lines.csv.gz of this folder out of the data set's own files.

    python3 convert.py FOLDER      with transactions_sample.csv.gz and products.csv.gz in it

One row for each line of a receipt, with the product's words beside it. Left out: lines without a quantity (they are
coupons' book-keeping and no sale). The unit price is the amount over the quantity; the amount is what was paid.
"""

import csv
import gzip
import io
import sys
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path


def rows_of(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def words(product):
    named = [product[part] for part in ("product_type", "product_category", "department") if product[part]]
    size = product["package_size"]
    return (named[0].title() if named else "") + (f", {size.lower()}" if size else "")


def main(folder):
    names = {one["product_id"]: words(one) for one in rows_of(folder / "products.csv.gz")}
    kept, left_out = [], 0
    for one in rows_of(folder / "transactions_sample.csv.gz"):
        quantity, amount = Decimal(one["quantity"]), Decimal(one["sales_value"])
        if quantity == 0:
            left_out += 1
            continue
        price = (amount / quantity).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
        kept.append((one["transaction_timestamp"], one["basket_id"], one["store_id"], one["household_id"],
                     one["product_id"], names.get(one["product_id"], ""), one["quantity"], str(price),
                     str(amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN))))
    kept.sort()
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("time", "basket_id", "store_id", "household_id", "product_id", "product", "quantity", "price",
                  "amount"))
    out.writerows(kept)
    target = Path(__file__).resolve().parent / "receipt_lines.csv.gz"
    # No name and no time in the head: the same rows are the same bytes.
    with open(target, "wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())
    print(f"{len(kept)} lines, {left_out} left out, {target.stat().st_size} bytes; last day {kept[-1][0][:10]}, "
          f"{len({one[1] for one in kept})} baskets, {len({one[3] for one in kept})} households, "
          f"sum {sum(Decimal(one[8]) for one in kept)}")


main(Path(sys.argv[1]))
