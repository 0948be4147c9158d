"""Mixed load: batches through both inlets with retries and repeats, imports, and commands under idempotency keys."""

import http.client
import json
import random
import threading

from ledger import ACKED, REFUSED, UNKNOWN

KINDS = ("page", "product_viewed", "order_paid", "支付成功")
RETRY_SHARE = 0.15      # of acknowledged batches: the client lost the answer
BAD_SHARE = 0.04


class Worker(threading.Thread):
    """Works until the server goes away; what was on its way then is unknown."""

    def __init__(self, name, session, ledger, seed, keys):
        super().__init__(daemon=True)
        self.name_, self.session, self.ledger, self.keys = name, session, ledger, keys
        self.random = random.Random(f"{seed}-{name}")
        self.number = 0
        self.stopping = False
        self.unknown = []       # thunks that send again what has no answer
        self.trouble = None

    def run(self):
        self.connection = self.session.program.connection()
        try:
            while not self.stopping:
                self.step()
        except (OSError, http.client.HTTPException):
            pass
        except Exception as error:  # A worker that breaks is a broken test, never a quiet one.
            self.trouble = error
        finally:
            self.connection.close()

    def ask(self, *args, **named):
        return self.session.ask(self.connection, *args, **named)

    def command(self, kind, ident, method, path, body, refused=False):
        """Sends under a key of its own; the same thunk sends it again after a crash."""
        self.ledger.sent(kind, ident)

        def send():
            reply = self.ask(method, path, body, key=f"{kind}-{ident}")
            state = ACKED if reply.status == 200 else REFUSED if reply.status < 500 else UNKNOWN
            # Works of an import take no key: asked for again, they say that they have begun or are done.
            if kind in ("run", "back") and reply.status == 409:
                state = ACKED
            self.ledger.answered(kind, ident, state, status=reply.status)
            if (state == REFUSED) != refused and state != UNKNOWN:
                raise RuntimeError(f"{method} {path} {body}: {reply.status} {reply.text}")
            return reply
        self.unknown.append(send)
        reply = send()
        self.unknown.pop()
        return reply


class Batches(Worker):
    """Native batches, or Segment's: some twice, some with keys that join people, some that must be refused."""

    def __init__(self, *args, inlet="native"):
        super().__init__(*args)
        self.inlet = inlet

    def event(self, mark, sent):
        rng = self.random
        person = rng.randrange(300)
        if self.inlet == "native":
            identities = {"anonymous": f"a{self.name_}-{person}"}
            if rng.random() < 0.3:
                identities["phone"] = str(13800000000 + person)
            if rng.random() < 0.2:
                identities["card"] = f"C{person}"
            event = {"id": mark, "type": rng.choice(KINDS), "identities": identities, "properties": {"n": mark, "p": sent}}
            if rng.random() < 0.1:
                event["traits"] = {"city": rng.choice(("上海", "苏州")), "nickname": f"k{rng.randrange(9)}"}
            return event
        event = {"messageId": mark, "type": "track", "event": rng.choice(KINDS), "anonymousId": f"s{person}",
                 "properties": {"n": mark, "p": sent}}
        if rng.random() < 0.2:
            event["userId"] = f"u{person}"
        return event

    def step(self):
        self.number += 1
        batch = f"{self.name_}.{self.number}"
        size = self.random.choice((1, 1, 5, 20, 100))
        events = [self.event(f"{batch}.{i}", self.number) for i in range(size)]
        path, field = ("/api/v1/events", "events") if self.inlet == "native" else ("/v1/batch", "batch")
        bad = self.random.random() < BAD_SHARE
        key = "wk_" + "0" * 43 if bad else self.keys[self.inlet]
        body = json.dumps({field: events}, ensure_ascii=False).encode()
        self.ledger.sent("batch", batch, size=size)

        def send():
            reply = self.ask("POST", path, body, signed=False, bearer=key)
            state = ACKED if reply.status == 200 else REFUSED if reply.status < 500 else UNKNOWN
            self.ledger.answered("batch", batch, state, status=reply.status)
        self.unknown.append(send)
        send()
        if not bad and self.random.random() < RETRY_SHARE:
            send()
        self.unknown.pop()


class Commands(Worker):
    """Organisation nodes; customers that are made, merged and separated again."""

    def step(self):
        self.number += 1
        token = f"{self.name_}-{self.number}"
        if self.number % 3 == 0:
            self.command("node", token, "POST", "/api/v1/org/nodes",
                         {"parent": self.keys["root"], "kind": "store", "code": token, "name": "门店 " + token})
            return
        ids = []
        for side in "ab":
            reply = self.command("customer", token + side, "POST", "/api/v1/customers",
                                 {"identities": [{"kind": "custom_id", "value": token + side}],
                                  "traits": [{"field": "name", "value": "王小明"}]})
            if reply.status != 200:
                return
            ids.append(reply.json()["id"])
        reply = self.command("merge", token, "POST", "/api/v1/links/merge", {"a": ids[0], "b": ids[1], "reason": token})
        if reply.status == 200 and self.random.random() < 0.4:
            link = reply.json()["link"]
            self.command("unmerge", token + "x", "POST", f"/api/v1/links/{link}/unmerge", {"reason": token + "x"})
        if self.random.random() < BAD_SHARE:
            self.command("merge", token + "y", "POST", "/api/v1/links/merge", {"a": ids[0], "b": ids[0], "reason": token + "y"},
                         refused=True)


class Imports(Worker):
    """Order files: uploaded, started, some taken back when they are done."""

    ROWS = 2_500

    def file(self, token):
        lines, minor = ["订单号,支付时间,SKU,数量,单价,会员卡号,门店编码"], 0
        for i in range(self.ROWS):
            price = 100 + self.random.randrange(9_900)
            minor += price
            lines.append(f"{token}-{i // 3},2026-03-0{1 + i % 7} 10:{i % 60:02}:00,S{i},1,{price // 100}.{price % 100:02},"
                         f"C{self.random.randrange(400)},ST{i % 5}")
        return "\n".join(lines).encode(), minor

    def step(self):
        self.number += 1
        token = f"{self.name_}{self.number}"
        body, minor = self.file(token)
        reply = self.ask("POST", f"/api/v1/imports?name={token}.csv", body)
        if reply.status in (503, 507):
            return  # refused, which a failing disk may do: nothing was promised
        if reply.status != 201:
            raise RuntimeError(f"upload: {reply.status} {reply.text}")
        ident = reply.json()["id"]
        self.ledger.sent("import", ident, rows=self.ROWS, minor=minor, name=token)
        self.ledger.answered("import", ident, ACKED)
        self.command("run", ident, "POST", f"/api/v1/imports/{ident}/run", {})
        while not self.stopping:
            state = self.ask("GET", f"/api/v1/imports/{ident}").json()["item"]["state"]
            if state == "done" and self.random.random() < 0.3:
                self.command("back", ident, "POST", f"/api/v1/imports/{ident}/take-back", {})
            if state in ("done", "failed", "taken_back"):
                return
            self.stop_event.wait(0.05)

    stop_event = threading.Event()


def workers(session, ledger, seed, keys, cycle):
    made = [Batches(f"n{i}c{cycle}", session, ledger, seed, keys) for i in range(3)]
    made.append(Batches(f"s0c{cycle}", session, ledger, seed, keys, inlet="segment"))
    made += [Commands(f"k{i}c{cycle}", session, ledger, seed, keys) for i in range(2)]
    made.append(Imports(f"f0c{cycle}", session, ledger, seed, keys))
    return made
