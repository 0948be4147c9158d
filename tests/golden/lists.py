"""Golden lists: 32 rules over the sample, each as the sentence that the program reads and as plain Python over the file.

Shares no code with the program or with the other reference: it reads the file by the words of
samples/online_retail_II/README.md, and each rule is written out by what its sentence says in docs/adr/0006-rule-language.md.
"""

import bisect
import collections
import csv
import datetime
import decimal
import gzip
import io
import zoneinfo

LONDON = zoneinfo.ZoneInfo("Europe/London")
HOUR, DAY = 3_600_000, 86_400_000
LINES_FROM = "2010-08-01"  # lines of sales from this day on are also sent as events
LINE = "line_bought"


def moment(text):
    """Milliseconds of a wall-clock time in London."""
    local = datetime.datetime.fromisoformat(text).replace(tzinfo=LONDON)
    return int(local.timestamp()) * 1000


def day_of(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, LONDON).date()


def begin_of(day):
    return moment(day.isoformat() + "T00:00:00")


def plain(text):
    text = text.strip()
    return text.removesuffix(".0") if text.removesuffix(".0").isdigit() else text


def minor(quantity, price):
    return int((quantity * price).quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_EVEN).scaleb(2))


class Person:
    """What the file says of one card. Sales and returns are (time, pence); lines (time, sku, pence)."""

    def __init__(self):
        self.sales, self.returns, self.lines = [], [], []
        self.region = None

    def finish(self):
        self.sales.sort()
        self.returns.sort()
        self.lines.sort()
        self.paid = [at for at, _ in self.sales]
        self.back = [at for at, _ in self.returns]
        self.net = sum(pence for _, pence in self.sales + self.returns)


def read(path):
    """(people by card, events to send: (id, card, time in London, sku, pence))"""
    invoices, events = {}, []
    with gzip.open(path, "rb") as packed:
        for number, row in enumerate(csv.DictReader(io.TextIOWrapper(packed, "utf-8", newline=""))):
            invoice, card = plain(row["Invoice"]), plain(row["Customer ID"])
            kind = "return" if invoice.startswith("C") else "adjustment" if invoice.startswith("A") else "sale"
            quantity, price = decimal.Decimal(row["Quantity"]), decimal.Decimal(row["Price"])
            written_off = (kind == "sale" and quantity < 0) or (kind == "return" and quantity > 0) or quantity == 0
            if written_off or (price == 0 and not card) or (kind != "adjustment" and price < 0):
                continue
            one = invoices.setdefault(invoice, {"kind": kind, "card": "", "at": moment(row["InvoiceDate"]),
                                                "net": 0, "region": row["Country"]})
            one["card"] = one["card"] or card
            pence = minor(quantity, price)
            one["net"] += pence
            if kind == "sale" and card and row["InvoiceDate"] >= LINES_FROM:
                events.append((number, card, row["InvoiceDate"], row["StockCode"].strip(), pence))
    people = collections.defaultdict(Person)
    for one in invoices.values():
        if not one["card"] or one["kind"] == "adjustment":
            if one["card"]:
                people[one["card"]]  # known by a membership card all the same
            continue
        person = people[one["card"]]
        (person.sales if one["kind"] == "sale" else person.returns).append((one["at"], one["net"]))
    for one in invoices.values():
        if one["card"] and people[one["card"]].region is None:
            people[one["card"]].region = one["region"]
    for _, card, at, sku, pence in events:
        people[card].lines.append((moment(at), sku, pence))
    for person in people.values():
        person.finish()
    return people, events


# ---- Words of sentences, over lists of moments ----

def within(times, now, span):
    """How many lie in (now - span, now]."""
    return bisect.bisect_right(times, now) - bisect.bisect_right(times, now - span)


def between(times, begin, end):
    return bisect.bisect_left(times, end) - bisect.bisect_left(times, begin)


def month_begin(now, back=0):
    day = day_of(now)
    months = day.year * 12 + day.month - 1 - back
    return begin_of(datetime.date(months // 12, months % 12 + 1, 1))


def week_begin(now, back=0):
    day = day_of(now)
    return begin_of(day - datetime.timedelta(days=day.weekday() + 7 * back))


def chain(steps):
    """Each step: (moments, within, moments that must not lie strictly between). By brute force over all pairs."""
    ends = list(steps[0][0])
    for times, span, barred in steps[1:]:
        ends = [at for at in times if any(
            before < at <= before + span and not any(before < no < at for no in barred) for before in ends)]
    return bool(ends)


def own_gap_exceeded(times, now, percent):
    """The gap since the last is longer than the person's own percentile (nearest rank) of at least three gaps."""
    once = sorted(set(at for at in times if at <= now))
    gaps = sorted(b - a for a, b in zip(once, once[1:]))
    if len(gaps) < 3:
        return False
    return now - once[-1] > gaps[-(-percent * len(gaps) // 100) - 1]


def first_value(pairs):
    return min(pairs)[1] if pairs else None


def last_value(pairs):
    return max(pairs)[1] if pairs else None


def skus(person, *wanted):
    return [at for at, sku, _ in person.lines if sku in wanted]


def line_times(person):
    return [at for at, _, _ in person.lines]


def everything(person):
    return sorted(person.paid + person.back + line_times(person))


def recent(pairs, now, span):
    return [one for one in pairs if now - span < one[0] <= now]


PAID, BACK = '事件 "order.paid"', '事件 "order.returned"'
LINES = f'事件 "{LINE}"'

# Each: (name, sentence, whether a person with these facts is in it at that moment).
RULES = [
    ("ten orders", "订单数 >= 10", lambda p, now: len(p.sales) >= 10),
    ("spends much, seldom", "净消费 > 5000 且 订单数 < 8", lambda p, now: p.net > 500_000 and len(p.sales) < 8),
    ("asleep for 90 days", "最近购买 距今超过 90 天", lambda p, now: bool(p.paid) and now - p.paid[-1] > 90 * DAY),
    ("new since September", "首次购买 不早于 2010-09-01",
     lambda p, now: bool(p.paid) and p.paid[0] >= moment("2010-09-01T00:00:00")),
    ("lost before June", "最近购买 早于 2010-06-01",
     lambda p, now: bool(p.paid) and p.paid[-1] < moment("2010-06-01T00:00:00")),
    ("gave everything back", "净消费 <= 0 且 订单数 >= 1", lambda p, now: p.net <= 0 and len(p.sales) >= 1),
    ("French, twice", '归属组织 "France" 且 订单数 >= 2', lambda p, now: p.region == "France" and len(p.sales) >= 2),
    ("not from the United Kingdom", '非 ( 归属组织 "United Kingdom" )', lambda p, now: p.region != "United Kingdom"),
    ("three in 30 days", f"最近 30 天 {PAID} 的 次数 >= 3", lambda p, now: within(p.paid, now, 30 * DAY) >= 3),
    ("in 72 hours", f"最近 72 小时 {PAID} 的 次数 >= 1", lambda p, now: within(p.paid, now, 72 * HOUR) >= 1),
    ("twice this month", f"本 月 {PAID} 的 次数 >= 2", lambda p, now: between(p.paid, month_begin(now), now + 1) >= 2),
    ("a thousand last month", f"此前完整 1 个月 {PAID} 的 金额 合计 >= 1000",
     lambda p, now: sum(v for at, v in p.sales if month_begin(now, 1) <= at < month_begin(now)) >= 100_000),
    ("in the two weeks before this", f"此前完整 2 周 {PAID} 的 次数 >= 1",
     lambda p, now: between(p.paid, week_begin(now, 2), week_begin(now)) >= 1),
    ("twelve this year", f"本 年 {PAID} 的 次数 >= 12",
     lambda p, now: between(p.paid, begin_of(datetime.date(day_of(now).year, 1, 1)), now + 1) >= 12),
    ("faithful and gone", f"订单数 >= 3 且 最近 90 天 没有{PAID}",
     lambda p, now: len(p.sales) >= 3 and within(p.paid, now, 90 * DAY) == 0),
    ("silent for 60 days", "最近 60 天 没有任何事件", lambda p, now: within(everything(p), now, 60 * DAY) == 0),
    ("again within a week", f"依次 {PAID} 然后 7 天 内 {PAID}",
     lambda p, now: chain([(p.paid, 0, []), (p.paid, 7 * DAY, [])])),
    ("back within 14 days", f"最近 180 天 依次 {PAID} 然后 14 天 内 {BACK}",
     lambda p, now: chain([([a for a in p.paid if now - 180 * DAY < a], 0, []),
                           ([a for a in p.back if now - 180 * DAY < a], 14 * DAY, [])])),
    ("again and kept it", f"最近 26 周 依次 {PAID} 然后 30 天 内 {PAID} 期间没有 {BACK}",
     lambda p, now: chain([([a for a in p.paid if now - 26 * 7 * DAY < a], 0, []),
                           ([a for a in p.paid if now - 26 * 7 * DAY < a], 30 * DAY, p.back)])),
    ("three in a row", f"依次 {PAID} 然后 10 天 内 {PAID} 然后 240 小时 内 {PAID} 期间没有 {BACK}",
     lambda p, now: chain([(p.paid, 0, []), (p.paid, 10 * DAY, []), (p.paid, 240 * HOUR, p.back)])),
    ("later than own rhythm", f"距上次 {PAID} 超过自身 90 分位",
     lambda p, now: own_gap_exceeded(p.paid, now, 90)),
    ("regular, and late", f"订单数 >= 6 且 距上次 {PAID} 超过自身 75 分位 且 最近购买 在最近 120 天",
     lambda p, now: len(p.sales) >= 6 and own_gap_exceeded(p.paid, now, 75) and now - p.paid[-1] < 120 * DAY),
    ("began big", f"{PAID} 的 金额 首次值 > 1000", lambda p, now: (first_value(p.sales) or 0) > 100_000),
    ("ended small", f"{PAID} 的 金额 末次值 < 50", lambda p, now: bool(p.sales) and last_value(p.sales) < 5_000),
    ("brings much back", f"最近 120 天 {BACK} 的 次数 >= 3", lambda p, now: within(p.back, now, 120 * DAY) >= 3),
    ("many kinds of goods", f"最近 90 天 {LINES} 的 商品编码 去重数 >= 80",
     lambda p, now: len({sku for at, sku, _ in p.lines if now - 90 * DAY < at <= now}) >= 80),
    ("the heart lamp", f'{LINES} 其中 ( 商品编码 = "85123A" ) 的 金额 合计 >= 50',
     lambda p, now: sum(v for _, sku, v in p.lines if sku == "85123A") >= 5_000),
    ("the stand after the lamp", f'依次 {LINES} 其中 ( 商品编码 = "85123A" ) 然后 60 天 内 {LINES} 其中 ( '
                                 f'商品编码 属于 ( "22423", "21212" ) ) 期间没有 {BACK}',
     lambda p, now: chain([(skus(p, "85123A"), 0, []), (skus(p, "22423", "21212"), 60 * DAY, p.back)])),
    ("no big line lately", f"最近 90 天 {PAID} 的 次数 >= 2 且 最近 90 天 没有{LINES} 其中 ( 金额 >= 30 )",
     lambda p, now: within(p.paid, now, 90 * DAY) >= 2 and
     not any(now - 90 * DAY < at <= now and v >= 3_000 for at, _, v in p.lines)),
    ("bags and postage", f'本 年 {LINES} 其中 ( 商品编码 属于 ( "POST", "85099B" ) 且 金额 < 20 ) 的 次数 >= 3',
     lambda p, now: sum(day_of(at).year == day_of(now).year and sku in ("POST", "85099B") and v < 2_000
                        for at, sku, v in p.lines if at <= now) >= 3),
    ("late lines by own rhythm", f"距上次 {LINES} 超过自身 50 分位 且 最近 30 天 {LINES} 的 次数 >= 1",
     lambda p, now: own_gap_exceeded(line_times(p), now, 50) and within(line_times(p), now, 30 * DAY) >= 1),
    ("faithful but not big", '属于人群 "ten orders" 且 非 ( 属于人群 "twelve this year" )', None),
]
COMBINED = {"faithful but not big": (("ten orders",), ("twelve this year",))}


def lists(people, now):
    """The cards of each rule at that moment."""
    found = {name: {card for card, person in people.items() if holds(person, now)}
             for name, _, holds in RULES if holds}
    for name, (inside, outside) in COMBINED.items():
        found[name] = set.intersection(*(found[one] for one in inside)).difference(*(found[one] for one in outside))
    return found
