"""R-04, one cycle on a small tmpfs: writes are refused with 507, reads go on, and room brings it back without a restart."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from kills import Story, keep
from program import BUILD, Program, demand

SIZE_MB = 64
ROOM_SECONDS = 20


def batch(story, number, size=200):
    name = f"d.{number}"
    filler = os.urandom(300).hex()
    events = [{"id": f"{name}.{i}", "type": "page", "identities": {"anonymous": f"a{number}-{i}"},
               "properties": {"n": f"{name}.{i}", "filler": filler[i:] + str(i)}} for i in range(size)]
    connection = story.program.connection()
    story.ledger.sent("batch", name, size=size)
    reply = story.session.ask(connection, "POST", "/api/v1/events", {"events": events}, signed=False, bearer=story.keys["native"])
    connection.close()
    state = "acked" if reply.status == 200 else "unknown"
    story.ledger.answered("batch", name, state, status=reply.status)
    return reply


def fill(place):
    block = bytes(1 << 16)
    with open(place / "ballast", "ab", buffering=0) as ballast:
        while block:
            try:
                ballast.write(block)
            except OSError:
                block = block[:len(block) // 2]


def steps(story, place):
    batch(story, 0)
    story.program.control("settle", {})
    fill(place)
    refused = 0
    for number in range(1, 400):
        reply = batch(story, number)
        demand(reply.status in (200, 503, 507), f"on a full disk: {reply.status} {reply.text}")
        refused += reply.status == 507
        demand(story.program.process.poll() is None, "the process lives on a full disk")
        if refused >= 3:
            break
    demand(refused >= 3, "a full disk is answered with 507")
    for path in ("/api/v1/org/nodes", "/api/v1/orders", "/api/v1/system"):
        reply = story.session.get(path)
        demand(reply.status == 200, f"reads on a full disk: {path}: {reply.status} {reply.text}")
    node = {"parent": story.keys["root"], "kind": "store", "code": "full", "name": "满"}
    code = story.session.post("/api/v1/org/nodes", node, key="full-1").status
    demand(code in (200, 507), f"a command on a full disk: {code}")

    (place / "ballast").unlink()
    until = time.monotonic() + ROOM_SECONDS
    number = 1_000
    while batch(story, number).status != 200:
        demand(time.monotonic() < until, "with room again, writes are taken without a restart")
        number += 1
        time.sleep(0.2)
    reply = story.session.post("/api/v1/org/nodes", node, key="full-1")
    demand(reply.status == 200, f"the command again, under its key: {reply.status} {reply.text}")
    story.settle()
    story.verify()
    demand(story.program.stop() == 0, "an orderly stop")
    story.check_copy()
    story.restart()
    story.settle()
    return refused


def run(seed):
    """None when this machine mounts no tmpfs for us."""
    (BUILD / "crash").mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="full.", dir=BUILD / "crash"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=0700", "tilth-test", str(place)],
                             capture_output=True, check=False).returncode == 0
    if not mounted:
        place.rmdir()
        return None
    story = None
    try:
        story = Story(seed, Program(place))
        return {"refused": steps(story, place)}
    except BaseException:
        if story:
            keep(story)
        raise
    finally:
        if story:
            story.program.remove()
        subprocess.run(["umount", str(place)], check=False)
        subprocess.run(["rm", "-rf", str(place)], check=False)
