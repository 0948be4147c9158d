"""R-01: kill -9 at random moments under mixed load, and R-07's repeats with it."""

import http.client
import os
import random
import time

from checker import Copy, EventLog, Outbox, check_batches, check_commands, check_imports, check_shape
from ledger import ACKED, UNKNOWN, Ledger
from load import workers
from program import BUILD, Program, Session, demand

READY_SECONDS = 5.0
LOAD_SECONDS = (0.05, 1.1)
VERIFY_EVERY = 6
REBUILD_EVERY = 20
IMPORT_SECONDS = 60


class Story:
    """One data directory, its load and everything that is known of it. Also used by the other crash tests."""

    def __init__(self, seed, program=None):
        self.seed = seed
        self.random = random.Random(seed)
        self.program = program or Program()
        self.ledger = Ledger(BUILD / "crash" / f"acks.{self.program.folder.name}.jsonl")
        self.log = EventLog()
        self.outbox = Outbox()
        self.again = []          # what has no answer yet, to be sent once more
        self.settled = set()
        self.parked = 0
        self.cycle = 0
        self.program.start()
        self.session = Session(self.program)
        self.keys = {inlet: self.session.source(inlet, inlet) for inlet in ("native", "segment")}
        nodes = self.session.json("/api/v1/org/nodes")["items"]
        self.keys["root"] = next(node["id"] for node in nodes if not node.get("parent"))

    def load(self, seconds, then):
        """Runs the load, does `then` after `seconds`, and waits for the workers to notice."""
        self.cycle += 1
        team = workers(self.session, self.ledger, self.seed, self.keys, self.cycle)
        for worker in team:
            worker.start()
        time.sleep(seconds)
        then()
        for worker in team:
            worker.stopping = True
        for worker in team:
            worker.join(30)
            demand(not worker.is_alive(), "a worker hangs")
            if worker.trouble:
                raise worker.trouble
            self.again += [(worker, send) for send in worker.unknown]
        return team

    def kill_under_load(self):
        self.load(self.random.uniform(*LOAD_SECONDS), self.program.kill)

    def kill_at_start(self):
        """Another kill while the process recovers from the one before."""
        self.program.spawn()
        time.sleep(self.random.uniform(0.0, 0.4))
        self.program.kill()

    def check_copy(self):
        copy = Copy(self.program.data, self.program.folder / "copy")
        try:
            self.log.read(copy.db)
            check_shape(copy, self.outbox)
            check_batches(self.log, self.ledger, self.settled)
            check_commands(copy, self.ledger)
            return copy.rows("SELECT sequence FROM journal_position")
        finally:
            copy.close()

    def restart(self):
        self.program.start()
        took = self.program.ready_seconds[-1]
        # The promise is that of a machine of one's own: where others compute too, they take their share of the time.
        share = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        demand(took <= READY_SECONDS * share, f"ready after {took:.1f} s, not within {READY_SECONDS * share:.1f}")

    def settle(self):
        """Everything acknowledged is applied; parked batches, which two kills make of innocent ones, are retried."""
        self.program.control("settle", {})
        parked = self.session.json("/api/v1/system/parked")
        demand(not parked["events"], f"outbox events were parked: {parked['events'][:3]}")
        for batch in parked["batches"]:
            demand(batch["reason"] == "in_flight_at_two_crashes", f"a batch was parked: {batch}")
            reply = self.session.post(f"/api/v1/system/parked-batches/{batch['sequence']}/retry", {})
            demand(reply.status == 200, f"the retry of a parked batch: {reply.status} {reply.text}")
            self.parked += 1
        self.settled = set(self.ledger.of("batch", ACKED))
        acked = sum(e["size"] for e in self.ledger.of("batch", ACKED).values())
        unknown = sum(e["size"] for e in self.ledger.of("batch", UNKNOWN).values())
        logged = self.session.json("/api/v1/system")["events_logged"]
        demand(acked <= logged <= acked + unknown, f"{logged} events are logged, {acked} were acknowledged, {unknown} are open")
        counted = sum(source["accepted"] for source in self.session.json("/api/v1/sources")["items"])
        demand(counted == logged, f"{counted} events are counted by source and day, {logged} are logged")

    def send_again(self, share=0.6):
        """Clients try again what had no answer: the same bytes, the same key."""
        again, self.again = self.again, []
        for worker, send in again:
            if self.random.random() > share:
                continue
            worker.connection = self.program.connection()
            try:
                send()
            except (OSError, http.client.HTTPException):
                self.again.append((worker, send))
            finally:
                worker.connection.close()

    def verify(self):
        """Memory against the tables, also while requests, imports and jobs that a restart has resumed write."""
        self.load(0.2, self.compare)

    def compare(self):
        reply = self.program.control("verify", {})
        demand(reply["whole"], f"verify: {reply}")

    def rebuild(self):
        self.finish_imports()
        reply = self.program.control("rebuild", {})
        demand(reply["same"], f"rebuild gives other hashes: {reply}")

    def finish_imports(self):
        until = time.monotonic() + IMPORT_SECONDS
        while True:
            jobs = self.session.json("/api/v1/jobs")["items"]
            open_ = [j for j in jobs if j["state"] in ("queued", "running", "cancelling")]
            failed = [j for j in jobs if j["state"] == "failed"]
            demand(not failed, f"a job failed: {failed[:1]}")
            if not open_:
                return
            demand(time.monotonic() < until, f"jobs do not end: {open_[:2]}")
            time.sleep(0.1)

    def end(self):
        """An orderly end: everything applied, every answer known, another start, the last look."""
        self.send_again(share=1.0)
        self.finish_imports()
        self.settle()
        self.verify()
        self.rebuild()
        demand(self.program.stop() == 0, "an orderly stop")
        self.check_copy()
        copy = Copy(self.program.data, self.program.folder / "copy")
        check_imports(copy, self.ledger)
        copy.close()
        self.restart()
        self.settle()
        demand(self.program.stop() == 0, "an orderly stop after another start")


def run(count, seed):
    story = Story(seed)
    try:
        for number in range(1, count + 1):
            story.kill_under_load()
            if number % 7 == 0:
                story.check_copy()
                story.kill_at_start()
            story.check_copy()
            story.restart()
            story.settle()
            story.send_again()
            if number % VERIFY_EVERY == 0:
                story.verify()
            if number % REBUILD_EVERY == 0:
                story.rebuild()
        story.end()
        acked = story.ledger.of("batch", ACKED)
        return {"kills": count + count // 7, "batches": len(acked), "events": sum(e["size"] for e in acked.values()),
                "commands": sum(len(story.ledger.of(k, ACKED)) for k in ("node", "customer", "merge", "unmerge")),
                "imports": len(story.ledger.of("run", ACKED)), "taken_back": len(story.ledger.of("back", ACKED)),
                "outbox_events": story.outbox.sequence, "without_answer": story.ledger.count(UNKNOWN),
                "parked_and_retried": story.parked,
                "slowest_start_s": round(max(story.program.ready_seconds), 2)}
    except BaseException:
        story.program.kill()
        keep(story)
        raise
    finally:
        story.program.remove()


def keep(story):
    """The last lines of the server go to the report; the data directory is big and is not kept."""
    print("    " + "\n    ".join(story.program.log_tail()))


