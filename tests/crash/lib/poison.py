"""A batch that ends the process whenever it is parsed: after two crashes it is set aside and the others go on."""

import http.client

from kills import Story, keep
from program import ServerTrouble, demand

CRASH = {"TILTH_FAILPOINT": "pipeline.parse:abort"}
CRASH_EXIT = 137
EXIT_SECONDS = 20


def send(story, batch, size=3, deadly=False):
    """A deadly batch may end the process before its answer has left; it stands in the journal all the same."""
    events = [{"id": f"{batch}.{i}", "type": "page", "identities": {"anonymous": "a1"}, "properties": {"n": f"{batch}.{i}"}}
              for i in range(size)]
    story.ledger.sent("batch", batch, size=size)
    connection = story.program.connection()
    try:
        reply = story.session.ask(connection, "POST", "/api/v1/events", {"events": events}, signed=False,
                                  bearer=story.keys["native"])
        demand(reply.status == 200, f"a batch: {reply.status} {reply.text}")
        story.ledger.answered("batch", batch, "acked")
    except (OSError, http.client.HTTPException):
        demand(deadly, "the connection was cut")
    finally:
        connection.close()


def crash_once(story):
    """A process in which every parse aborts: it must end by itself."""
    try:
        story.program.start(**CRASH)
    except ServerTrouble:
        pass  # It may end before it serves.
    code = story.program.wait_exit(EXIT_SECONDS)
    demand(code == CRASH_EXIT, f"the poisoned process ended with {code}")


def steps(story):
    for batch in ("good.1", "good.2"):
        send(story, batch)
    story.settle()
    story.program.kill()

    story.program.start(**CRASH)
    send(story, "bad.1", deadly=True)
    demand(story.program.wait_exit(EXIT_SECONDS) == CRASH_EXIT, "the first crash")
    crash_once(story)

    # The same process that would crash on any parse lives now: the batch is set aside unread.
    story.program.start(**CRASH)
    story.program.control("settle", {})
    parked = story.session.json("/api/v1/system/parked")["batches"]
    demand([b["reason"] for b in parked] == ["in_flight_at_two_crashes"], f"the batch is shown with its reason: {parked}")
    demand("tilth_pipeline_parked_total 1" in story.session.get("/metrics").text, "parked batches are counted")
    state = story.session.json("/api/v1/system")
    demand(state["batches_applied"] == state["batches_acknowledged"], "nothing waits behind it")
    demand(story.program.stop() == 0, "an orderly stop")

    story.restart()
    send(story, "good.3")
    story.program.control("settle", {})
    demand(story.session.json("/api/v1/system")["events_logged"] == 9, "the others are applied")
    reply = story.session.post(f"/api/v1/system/parked-batches/{parked[0]['sequence']}/retry", {})
    demand(reply.status == 200, f"the retry: {reply.status} {reply.text}")
    demand(not story.session.json("/api/v1/system/parked")["batches"], "it is parked no longer")
    story.settle()
    story.verify()
    demand(story.program.stop() == 0, "an orderly stop")
    story.check_copy()
    demand(len(story.log.seen["bad.1"]) == 3, "the retried batch stands")


def run(seed):
    story = Story(seed)
    try:
        steps(story)
        return {"crashes": 2, "parked": 1}
    except BaseException:
        keep(story)
        raise
    finally:
        story.program.remove()
