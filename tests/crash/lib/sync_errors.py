"""R-05: fsync fails. The process ends within a second with a fatal line and acknowledges nothing that was sent after;
what it leaves is consistent."""

import subprocess
import time
from pathlib import Path

from kills import Story, keep
from program import BUILD, demand

EXIT_SECONDS = 1.0
# The journal's segments, the record's log, both.
WHERE = ("/journal/", "record.db", "")


def build_shim(name="sync_errors.c"):
    """A library to be preloaded under the server, from the source of that name beside this file."""
    source = Path(__file__).with_name(name)
    shim = BUILD / "crash" / source.with_suffix(".so").name
    done = subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", str(shim), str(source), "-ldl"],
                          capture_output=True, text=True, check=False)
    demand(done.returncode == 0, f"the shim does not compile: {done.stderr}")
    return shim


def once(story, shim, where):
    switch = story.program.folder / "switch"
    switch.unlink(missing_ok=True)
    story.program.start(LD_PRELOAD=str(shim), TILTH_EIO_SWITCH=str(switch), TILTH_EIO_MATCH=where)
    before = story.program.log.stat().st_size
    seen = {}

    def fail():
        switch.touch()
        until = time.monotonic() + 10
        while not switch.read_text().strip():
            demand(time.monotonic() < until, f"no sync of {where or 'any file'} within 10 s")
            time.sleep(0.001)
        seen["failed"] = float(switch.read_text())
        seen["code"] = story.program.wait_exit(10)
        seen["ended"] = time.monotonic()

    story.load(story.random.uniform(0.2, 0.8), fail)
    took = seen["ended"] - seen["failed"]
    demand(seen["code"] is not None, "the process lives on after a failed sync")
    demand(seen["code"] != 0, "a failed sync is no orderly end")
    demand(took <= EXIT_SECONDS, f"the process ended {took:.2f} s after the failed sync")
    with open(story.program.log, "rb") as log:
        log.seek(before)
        demand(b'"fatal"' in log.read(), "a fatal line in the log")
    return seen["failed"], took


def acknowledged_after(story, failed):
    """With every sync failing, an answer to what was sent later would promise what nobody kept."""
    for kind in ("batch", "node", "merge", "unmerge"):
        for ident, entry in story.ledger.of(kind, "acked").items():
            if entry["sent_at"] > failed:
                return f"{kind} {ident}"
    return None


def run(count, seed):
    shim = build_shim()
    story = Story(seed)
    slowest = 0.0
    try:
        demand(story.program.stop() == 0, "an orderly stop")
        for number in range(count):
            where = WHERE[number % len(WHERE)]
            failed, took = once(story, shim, where)
            slowest = max(slowest, took)
            if not where:
                late = acknowledged_after(story, failed)
                demand(late is None, f"{late} was sent after the failed sync and acknowledged")
            story.check_copy()
            story.restart()
            story.settle()
            story.send_again()
            story.verify()
            demand(story.program.stop() == 0, "an orderly stop")
        story.restart()
        story.end()
        return {"failed_syncs": count, "slowest_exit_ms": round(slowest * 1000)}
    except BaseException:
        keep(story)
        raise
    finally:
        story.program.remove()
