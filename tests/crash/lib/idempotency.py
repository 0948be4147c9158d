"""R-11: one key, one effect and the same bytes, however often and from however many at once; another body is refused."""

import threading
from collections import Counter

from checker import Copy
from kills import Story, keep
from program import demand


class Case:
    """A command, how its effect is counted, and a body that differs."""

    def __init__(self, path, body, other, counted):
        self.path, self.body, self.other, self.counted = path, body, other, counted


def case(story, number):
    token = f"i{number}"
    if number % 3 == 0:
        body = {"parent": story.keys["root"], "kind": "store", "code": token, "name": "门店"}
        return Case("/api/v1/org/nodes", body, {**body, "name": "别的门店"}, ("node", token))
    pair = [story.session.post("/api/v1/customers", {"identities": [{"kind": "custom_id", "value": token + side}]}).json()["id"]
            for side in "ab"]
    body = {"a": pair[0], "b": pair[1], "reason": token}
    return Case("/api/v1/links/merge", body, {**body, "reason": token + " other"}, ("merge", token))


def together(story, times, path, body, key):
    replies, gate = [], threading.Barrier(times)

    def send():
        connection = story.program.connection()
        connection.connect()
        gate.wait()
        replies.append(story.session.ask(connection, "POST", path, body, key=key))
        connection.close()
    threads = [threading.Thread(target=send) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return replies


def one(story, number, budget):
    """Sends up to `budget` requests under one key; yields how many."""
    made = case(story, number)
    key = f"key-{story.seed}-{number}"
    parallel = number % 2 == 0
    if parallel:
        replies = together(story, 8, made.path, made.body, key)
    else:
        replies = [story.session.post(made.path, made.body, key) for _ in range(min(budget, story.random.randint(2, 50)))]
    story.first.append((made, key, replies[0]))
    demand(all(r.status == 200 for r in replies), f"{made.path}: {Counter(r.status for r in replies)}")
    demand(len({r.body for r in replies}) == 1, f"{made.path}: the same key, different answers")
    changed = story.session.post(made.path, made.other, key)
    demand(changed.status == 422 and changed.json()["code"] == "idempotency_reused", f"another body: {changed.status} {changed.text}")
    return len(replies) + 1


def count_effects(story):
    copy = Copy(story.program.data, story.program.folder / "copy")
    nodes = Counter(c for (c,) in copy.rows("SELECT code FROM org_node"))
    links = Counter(r for (r,) in copy.rows("SELECT reason FROM link"))
    audits = Counter(copy.rows("SELECT action, count(*) FROM audit_line GROUP BY action, object HAVING count(*) > 1 "
                               "AND action = 'org.node_add'"))
    copy.close()
    demand(not audits, f"a node was added twice: {audits}")
    for made, _, _ in story.first:
        kind, token = made.counted
        found = nodes[token] if kind == "node" else links[token]
        demand(found == 1, f"{kind} {token} has {found} effects")
    demand(not any(r.endswith(" other") for r in links), "a refused body has an effect")


def run(requests, seed):
    story = Story(seed)
    story.first = []
    sent = number = 0
    try:
        while sent < requests:
            number += 1
            sent += one(story, number, requests - sent)
        story.program.kill()
        count_effects(story)
        story.restart()
        # Kept answers outlive the process.
        for made, key, reply in story.random.sample(story.first, min(20, len(story.first))):
            again = story.session.post(made.path, made.body, key)
            demand((again.status, again.body) == (reply.status, reply.body), f"{made.path}: another answer after the restart")
            sent += 1
        demand(story.program.stop() == 0, "an orderly stop")
        count_effects(story)
        return {"requests": sent, "keys": len(story.first)}
    except BaseException:
        keep(story)
        raise
    finally:
        story.program.remove()


