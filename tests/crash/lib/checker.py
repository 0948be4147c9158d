"""Reads a copy of the record with plain SQL and a decoder of its own: it shares nothing with the program's stores.

The layout of a block stands in src/kernel/behaviour/README.md."""

import ctypes
import ctypes.util
import hashlib
import json
import shutil
import sqlite3
from collections import Counter

from program import demand

ZSTD = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
ZSTD.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
ZSTD.ZSTD_decompress.restype = ctypes.c_size_t
BLOCK_BYTES_MAX = 4 << 20


def unpack(body):
    size = ZSTD.ZSTD_getFrameContentSize(body, ctypes.c_size_t(len(body)))
    if size > BLOCK_BYTES_MAX:
        size = BLOCK_BYTES_MAX
    out = ctypes.create_string_buffer(int(size))
    got = ZSTD.ZSTD_decompress(out, ctypes.c_size_t(int(size)), body, ctypes.c_size_t(len(body)))
    demand(not ZSTD.ZSTD_isError(ctypes.c_size_t(got)), "a block does not unpack")
    return out.raw[:got]


class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def take(self, length):
        self.at += length
        demand(self.at <= len(self.data), "a block is cut")
        return self.data[self.at - length:self.at]

    def text(self):
        return self.take(self.number())


def events_of(body):
    """(type, properties) of each event of a block."""
    bytes_ = Bytes(unpack(body))
    demand(bytes_.take(1) == b"\x01", "a block of version 1")
    count = bytes_.number()
    sources = [bytes_.text() for _ in range(bytes_.number())]
    types = [bytes_.text().decode() for _ in range(bytes_.number())]
    for _ in range(count):
        bytes_.take(16)
        bytes_.number()
        bytes_.number()
        demand(bytes_.number() < len(sources), "a source of the block")
        bytes_.take(16)
        bytes_.number()
        kind = types[bytes_.number()]
        yield kind, bytes_.text()
    demand(bytes_.at == len(bytes_.data), "a block ends with its last event")


class EventLog:
    """The event log as far as it has been read: blocks never change, so each is decoded once."""

    def __init__(self):
        self.sequence = self.position = 0
        self.hash = bytes(32)
        self.seen = {}        # batch -> set of the event's numbers in it
        self.doubled = []

    def read(self, db):
        head = db.execute("SELECT sequence, first_position + events - 1, hash FROM event_block "
                          "WHERE sequence = ?", (self.sequence,)).fetchone()
        if self.sequence > 0:
            demand(head == (self.sequence, self.position, self.hash), "a block that was read before has changed")
        for tenant, sequence, first, events, hash_, body in db.execute(
                "SELECT tenant_id, sequence, first_position, events, hash, body FROM event_block "
                "WHERE sequence > ? ORDER BY sequence", (self.sequence,)):
            demand(sequence == self.sequence + 1 and first == self.position + 1, f"block {sequence} follows without a gap")
            number = [n.to_bytes(8, "little") for n in (sequence, first, events)]
            chain = hashlib.blake2b(b"".join([self.hash, tenant, *number, body]), digest_size=32).digest()
            demand(chain == hash_, f"block {sequence} has the chain's hash")
            self.add(body, events, sequence)
            self.sequence, self.position, self.hash = sequence, first + events - 1, hash_

    def add(self, body, events, sequence):
        count = 0
        for _, properties in events_of(body):
            count += 1
            mark = json.loads(properties).get("n")
            demand(mark is not None, "an event that nobody sent")
            batch, number = mark.rsplit(".", 1)
            numbers = self.seen.setdefault(batch, set())
            if number in numbers:
                self.doubled.append(mark)
            numbers.add(number)
        demand(count == events, f"block {sequence} holds the events that it says")


class Outbox:
    """What the outbox has said so far. It forgets what every handler has long seen, so each copy adds what is new."""

    def __init__(self):
        self.sequence = self.placed = self.removed = 0
        self.links = Counter()

    def read(self, db):
        oldest = db.execute("SELECT min(sequence) FROM outbox_event").fetchone()[0]
        demand(oldest is None or oldest <= self.sequence + 1,
               f"the outbox forgot events that no copy showed: {self.sequence} to {oldest}")
        for sequence, kind, payload in db.execute("SELECT sequence, type, payload FROM outbox_event WHERE sequence > ? "
                                                  "ORDER BY sequence", (self.sequence,)):
            self.links[json.loads(payload)["link"] if kind == "customer.linked" else None] += 1
            self.placed += kind == "order.placed"
            self.removed += kind == "order.removed"
            self.sequence = sequence
        del self.links[None]


class Copy:
    """A copy of the record, made while no process writes it."""

    def __init__(self, data, place):
        place.mkdir(exist_ok=True)
        for old in place.iterdir():
            old.unlink()
        for name in ("record.db", "record.db-wal"):
            if (data / name).exists():
                shutil.copyfile(data / name, place / name)
        self.db = sqlite3.connect(place / "record.db")

    def rows(self, statement, *params):
        return self.db.execute(statement, params).fetchall()

    def close(self):
        self.db.close()


def check_shape(copy, outbox):
    """What holds of every committed state, whatever was sent."""
    outbox.read(copy.db)
    demand(copy.rows("PRAGMA quick_check") == [("ok",)], "the record is a whole database")
    for table, head in (("audit_line", "audit_head"),):
        lines = copy.rows(f"SELECT count(*), coalesce(max(sequence), 0) FROM {table}")[0]
        heads = copy.rows(f"SELECT coalesce(sum(sequence), 0) FROM {head}")[0]
        demand(lines[0] == lines[1] == heads[0], f"{table} has no gap and ends at its head: {lines} {heads}")
    links = copy.rows("SELECT number FROM link ORDER BY number")
    demand([n for (n,) in links] == list(range(1, len(links) + 1)), "links are numbered without a gap")
    demand(outbox.links == Counter(n for (n,) in links), "each link was told to the outbox once")
    sums = copy.rows("SELECT o.number FROM sales_order o LEFT JOIN order_line l ON l.tenant_id = o.tenant_id AND "
                     "l.order_id = o.id GROUP BY o.tenant_id, o.id HAVING o.net_minor <> sum(l.amount_minor) "
                     "OR o.lines <> count(*)")
    demand(not sums, f"orders equal the sum of their lines: {sums[:3]}")
    lines = copy.rows("SELECT o.number, l.sku FROM order_line l JOIN sales_order o ON o.id = l.order_id "
                      "GROUP BY o.number, l.sku HAVING count(*) > 1")
    demand(not lines, f"no line of a file stands twice: {lines[:3]}")
    orders = copy.rows("SELECT count(*) FROM sales_order")[0][0]
    demand(outbox.placed == orders + outbox.removed,
           f"each order was told once: {outbox.placed} told, {orders} stand, {outbox.removed} gone")


def check_batches(log, ledger, settled, parked=frozenset()):
    """`settled`: batches acknowledged before the last time that the server had applied everything."""
    demand(not log.doubled, f"events counted twice: {log.doubled[:5]}")
    for batch, entry in ledger.of("batch").items():
        got, size = len(log.seen.get(batch, ())), entry["size"]
        demand(got in (0, size), f"batch {batch} stands in part: {got} of {size}")
        if entry["state"] == "refused":
            demand(got == 0, f"batch {batch} was refused and is there")
        if batch in settled and entry["state"] == "acked" and batch not in parked:
            demand(got == size, f"batch {batch} was acknowledged and is lost")
    unknown = set(log.seen) - set(ledger.of("batch"))
    demand(not unknown, f"events that nobody sent: {sorted(unknown)[:3]}")


def check_commands(copy, ledger):
    """Commands are answered after their commit: what was acknowledged stands in any copy made later."""
    nodes = Counter(code for (code,) in copy.rows("SELECT code FROM org_node"))
    reasons = Counter(r for (r,) in copy.rows("SELECT reason FROM link"))
    undone = Counter(r for (r,) in copy.rows("SELECT reason FROM link_undo"))
    for kind, found in (("node", nodes), ("merge", reasons), ("unmerge", undone)):
        for ident, entry in ledger.of(kind).items():
            count, state = found[ident], entry["state"]
            demand(count <= 1, f"{kind} {ident} has {count} effects")
            demand(state != "acked" or count == 1, f"{kind} {ident} was acknowledged and is lost")
            demand(state != "refused" or count == 0, f"{kind} {ident} was refused and is there")
    jobs = Counter(json.loads(p)["import"] for (p,) in copy.rows("SELECT params FROM job WHERE kind = 'import.run'"))
    for ident, entry in ledger.of("run").items():
        count = jobs[ident]
        demand(count <= 1, f"import {ident} was started {count} times")
        demand(entry["state"] != "acked" or count == 1, f"the run of import {ident} was acknowledged and is lost")


def check_imports(copy, ledger):
    """At the end: every import that was started has run to its end, each row once; taken back ones left nothing. One
    whose take-back never got an answer, nor was asked for again, is either: whole or gone."""
    back, asked = ledger.of("back", "acked"), ledger.of("back", "unknown")
    for ident in ledger.of("run", "acked"):
        entry = ledger.of("import")[ident]
        rows = copy.rows("SELECT count(*), coalesce(sum(amount_minor), 0) FROM order_line WHERE source = ?", "import:" + ident)[0]
        want = (0, 0) if ident in back else (entry["rows"], entry["minor"])
        demand(rows == want or (ident in asked and rows == (0, 0)), f"import {ident}: {rows} instead of {want}")
