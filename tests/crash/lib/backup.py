"""R-18: a backup under load, restored on an empty place. What was acknowledged before the backup began is there, what is
there was sent, chains and projections are whole, and who was erased after the backup stays erased."""

import json
import shutil
import time

from checker import Copy, EventLog
from kills import Story, keep
from ledger import ACKED
from program import demand


def person(story, card):
    reply = story.session.post("/api/v1/customers", {"identities": [{"kind": "phone", "value": card},
                                                                    {"kind": "card", "value": "K" + card}]})
    demand(reply.status == 200, f"a customer: {reply.status} {reply.text}")
    return reply.json()["id"]


def erase(story, customer):
    """Until everything that the receipt promises is done."""
    number = story.session.post("/api/v1/privacy-requests", {"customer": customer, "kind": "erase", "note": "本人要求"}).json()["number"]
    reply = story.session.post(f"/api/v1/privacy-requests/{number}/erase", {"reason": "本人要求"})
    demand(reply.status == 200, f"the erasure: {reply.status} {reply.text}")
    until = time.monotonic() + 20
    while not story.session.json(f"/api/v1/privacy-requests/{number}/erasure")["complete"]:
        demand(time.monotonic() < until, "the erasure is carried out within seconds")
        time.sleep(0.05)


def told(output):
    return json.loads(output.strip().splitlines()[-1])


def backup_under_load(story, place):
    known = {}

    def then():
        known.update({kind: set(story.ledger.of(kind, ACKED)) for kind in ("batch", "node", "merge", "import")})
        code, output = story.program.command(["backup", "--to", str(place), "--data", str(story.program.data)])
        demand(code == 0, f"the backup under load: {output}")
        known["backup"] = told(output)
        time.sleep(0.3)
    story.load(1.5, then)
    return known


def check_restored(story, data, known):
    copy = Copy(data, story.program.folder / "copy")
    try:
        log = EventLog()
        log.read(copy.db)
        demand(not log.doubled, f"events counted twice: {log.doubled[:5]}")
        sent = story.ledger.of("batch")
        for batch, entry in sent.items():
            got = len(log.seen.get(batch, ()))
            demand(got in (0, entry["size"]), f"batch {batch} stands in part")
            demand(got or batch not in known["batch"], f"batch {batch} was acknowledged before the backup and is lost")
        demand(not set(log.seen) - set(sent), "nothing is there that nobody sent")
        for kind, statement in (("node", "SELECT code FROM org_node"), ("merge", "SELECT reason FROM link")):
            there = {one for (one,) in copy.rows(statement)}
            demand(not known[kind] - there, f"{kind}s acknowledged before the backup are lost")
        return len(log.seen)
    finally:
        copy.close()


def refused(story, words, arguments):
    code, output = story.program.command(["restore", *arguments])
    demand(code != 0 and words in output, f"a restore that has to be refused ({words}): {code} {output[-300:]}")


def steps(story):
    program = story.program
    story.load(0.8, lambda: None)
    early, late = person(story, "13800000901"), person(story, "13800000902")
    erase(story, early)
    register = program.folder / "data.erasures"
    old_register = program.folder / "old.erasures"
    shutil.copytree(register, old_register)
    place = program.folder / "backups"
    known = backup_under_load(story, place)
    erase(story, late)
    story.settle()
    key = program.folder / "master.key"
    shutil.copyfile(program.data / "master.key", key)
    demand(program.stop() == 0, "an orderly stop")

    made = place / known["backup"]["name"]
    demand(not list(made.rglob("master.key")) and not list(made.rglob("register")), "neither key nor register is in a backup")
    wanted = ["--from", str(made), "--key", str(key)]
    new = program.folder / "new"
    wrong = program.folder / "wrong.key"
    wrong.write_text("ab" * 32)
    refused(story, "master key", ["--from", str(made), "--key", str(wrong), "--data", str(new)])
    refused(story, "erasure register", [*wanted, "--data", str(new), "--erasures", str(program.folder / "none")])
    refused(story, "not empty", [*wanted, "--data", str(program.data), "--erasures", str(register)])
    broken = program.folder / "broken"
    shutil.copytree(made, broken)
    with open(broken / "record.db", "r+b") as file:
        file.seek(5_000)
        byte = file.read(1)
        file.seek(5_000)
        file.write(bytes([byte[0] ^ 1]))
    refused(story, "record.db", ["--from", str(broken), "--key", str(key), "--data", str(new), "--erasures", str(register)])
    demand(not new.exists(), "what was refused left nothing")

    # With the register of before, the person erased later is back: the check below can fail.
    code, output = program.command(["restore", *wanted, "--data", str(program.folder / "old"), "--erasures", str(old_register)])
    demand(code == 0 and told(output)["erased_again"] == 0, f"restored with an old register: {output[-300:]}")

    code, output = program.command(["restore", *wanted, "--data", str(new), "--erasures", str(register)])
    demand(code == 0, f"the restore: {output[-500:]}")
    report = told(output)
    demand(report["whole"] and report["erased_again"] == 1, f"the restored record: {output[-500:]}")
    batches = check_restored(story, new, known)

    program.data = new
    shutil.copytree(register, program.folder / "new.erasures")
    program.start()
    reply = story.session.get(f"/api/v1/customers/{late}")
    demand(reply.status == 404, f"who was erased after the backup stays erased: {reply.status}")
    found = story.session.post("/api/v1/customers/search", {"text": "13800000902"}).json()["items"]
    demand(found == [], f"and is not found: {found}")
    story.load(0.5, lambda: None)
    program.control("settle", {})
    demand(program.control("verify", {})["whole"], "the restored one works on")
    demand(program.stop() == 0, "an orderly stop of the restored one")
    return {"batches": batches, "acknowledged_before": len(known["batch"]), "tail": report["tail_batches"],
            "bytes": known["backup"]["bytes"]}


def run(seed):
    story = Story(seed)
    try:
        return steps(story)
    except BaseException:
        keep(story)
        raise
    finally:
        story.program.remove()
        shutil.rmtree(story.program.folder, ignore_errors=True)
