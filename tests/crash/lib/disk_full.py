"""R-04: a small tmpfs that is filled, and a disk that is full from the n-th write on, wherever that falls. Writes are
refused with 507, reads go on, and room brings everything back without a restart."""

import mmap
import os
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from kills import Story, keep
from program import BUILD, Program, demand
from sync_errors import build_shim

SIZE_MB = 64
ROOM_SECONDS = 20
CALLS_MAX = 150          # n lies within what a round's writes make
WRITES_PER_ROUND = 400
VERIFY_EVERY = 10


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
    reads(story)
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


class Board:
    """The two numbers that the shim shares: calls so far, and the call from which on the disk is full."""

    def __init__(self, path):
        path.write_bytes(bytes(16))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 16)

    def full_in(self, calls):
        self.map[8:16] = struct.pack("=Q", struct.unpack("=Q", self.map[:8])[0] + calls)

    def room(self):
        self.map[8:16] = bytes(8)


def command(story, number):
    node = {"parent": story.keys["root"], "kind": "store", "code": f"n{number}", "name": "满"}
    return story.session.post("/api/v1/org/nodes", node, key=f"node-{number}")


def reads(story):
    for path in ("/api/v1/org/nodes", "/api/v1/orders", "/api/v1/system"):
        reply = story.session.get(path)
        demand(reply.status == 200, f"reads on a full disk: {path}: {reply.status} {reply.text}")


def taken_again(story, write, what):
    until = time.monotonic() + ROOM_SECONDS
    while (reply := write()).status != 200:
        demand(time.monotonic() < until, f"with room again, {what} is not taken without a restart: {reply.status} {reply.text}")
        time.sleep(0.02)


def at_call(story, board, name, calls):
    """Full from the calls-th write on. Returns whether anything was refused: what runs behind may take the calls alone."""
    board.full_in(calls)
    refused = []
    for number in range(WRITES_PER_ROUND):
        of_command = number % 4 == 3
        reply = command(story, f"{name}-{number}") if of_command else batch(story, f"{name}-{number}", 5)
        demand(reply.status in (200, 503, 507), f"full from write {calls} on: {reply.status} {reply.text}")
        demand(story.program.process.poll() is None, f"the process lives, full from write {calls} on")
        if reply.status != 200:
            refused.append((of_command, number))
        if len(refused) >= 2:
            break
    reads(story)
    board.room()
    taken_again(story, lambda: batch(story, f"{name}-room", 5), "a batch")
    for of_command, number in refused:
        if of_command:
            taken_again(story, lambda n=number: command(story, f"{name}-{n}"), "a refused command under its key")
    return bool(refused)


def run_calls(count, seed):
    shim = build_shim("full_disk.c")
    story = Story(seed)
    try:
        demand(story.program.stop() == 0, "an orderly stop")
        board = Board(story.program.folder / "switch")
        story.program.start(LD_PRELOAD=str(shim), TILTH_FULL_SWITCH=str(story.program.folder / "switch"),
                            TILTH_FULL_UNDER=str(story.program.data.resolve()))
        refused = 0
        for number in range(1, count + 1):
            refused += at_call(story, board, f"c{number}", story.random.randint(1, CALLS_MAX))
            if number % VERIFY_EVERY == 0:
                story.settle()
                demand(story.program.control("verify", {})["whole"], "verify after a full disk")
        demand(refused >= count * 9 // 10, f"only {refused} of {count} rounds refused anything")
        story.settle()
        demand(story.program.stop() == 0, "an orderly stop")
        story.check_copy()
        story.restart()
        story.end()
        return {"calls": count, "refused": refused}
    except BaseException:
        story.program.kill()
        keep(story)
        raise
    finally:
        story.program.remove()


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
