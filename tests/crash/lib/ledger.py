"""The load's own journal: what was sent, and what the server said. It, not the server, is the truth about answers."""

import json
import threading
import time

UNKNOWN, ACKED, REFUSED = "unknown", "acked", "refused"


class Ledger:
    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8", buffering=1)
        self.lock = threading.Lock()
        self.entries = {}   # (kind, id) -> what the last answer left it as

    def sent(self, kind, ident, **facts):
        with self.lock:
            entry = self.entries.setdefault((kind, ident), {"state": UNKNOWN, **facts})
            entry["sent_at"] = time.monotonic()
            self.file.write(json.dumps({"kind": kind, "id": ident, "sent": entry["sent_at"], **facts}) + "\n")
        return entry

    def answered(self, kind, ident, state, **facts):
        with self.lock:
            entry = self.entries[(kind, ident)]
            # Once acknowledged it stays so, whatever a repetition is told.
            if entry["state"] != ACKED:
                entry["state"] = state
            entry.update(facts, answered_at=time.monotonic())
            self.file.write(json.dumps({"kind": kind, "id": ident, "state": state, **facts}) + "\n")

    def of(self, kind, state=None):
        with self.lock:
            return {i: dict(e) for (k, i), e in self.entries.items() if k == kind and state in (None, e["state"])}

    def count(self, state):
        with self.lock:
            return sum(1 for e in self.entries.values() if e["state"] == state)
