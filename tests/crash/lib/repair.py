"""R-06, over the whole program: damage inside acknowledged data stops the start and is named; `tilth repair` brings back all
but what can be read nowhere, and names that."""

import shutil
import sqlite3
import struct

from backup import told
from checker import Copy, EventLog
from kills import Story, keep
from ledger import ACKED
from program import demand

SEGMENT_HEADER, FRAME_HEADER, MAGIC = 24, 32, b"FRM1"
PAGE = 4096


def frames(segment):
    """(offset, first number, count, payload length) of each frame."""
    data, at, found = segment.read_bytes(), SEGMENT_HEADER, []
    while at + FRAME_HEADER <= len(data) and data[at:at + 4] == MAGIC:
        length, first, count = struct.unpack_from("<IQI", data, at + 4)
        found.append((at, first, count, length))
        at += FRAME_HEADER + length
    return found


def flip(path, offset):
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 8]))


def refuses(story, words):
    story.program.spawn()
    code = story.program.wait_exit(20)
    demand(code not in (None, 0), f"a start on damaged data is refused ({code})")
    said = story.program.log.read_text(errors="replace")
    demand(words in said[-2_000:], f"it names the place ({words}): {said[-500:]}")


def repair(story, made):
    code, output = story.program.command(["repair", "--from-backup", str(made), "--data", str(story.program.data)])
    demand(code == 0, f"the repair: {code} {output[-600:]}")
    report = told(output)
    demand(report["whole"], f"the repaired record is whole: {output[-600:]}")
    return report


def missing(story, of):
    """Acknowledged batches that are not there; nothing is doubled or cut."""
    copy = Copy(story.program.data, story.program.folder / "copy")
    try:
        log = EventLog()
        log.read(copy.db)
        demand(not log.doubled, f"events counted twice: {log.doubled[:5]}")
        sent = story.ledger.of("batch")
        demand(not set(log.seen) - set(sent), "nothing is there that nobody sent")
        for batch, entry in sent.items():
            demand(len(log.seen.get(batch, ())) in (0, entry["size"]), f"batch {batch} stands in part")
        return {batch for batch in of if batch not in log.seen}
    finally:
        copy.close()


def damage_journal(story):
    """In a group that is not the last, so that it cannot be taken for a torn end. Yields the place's words."""
    segment = max(story.program.data.glob("journal/*.seg"))
    groups = frames(segment)
    demand(len(groups) >= 3, f"the journal has groups to damage: {len(groups)}")
    offset, _, count, length = groups[-2]
    flip(segment, offset + FRAME_HEADER + length // 2)
    return f"journal segment {segment.stem} at offset {offset}", count


def wreck_record(story):
    """Zeroes the root page of the log's blocks: SQLite's own check finds it."""
    path = story.program.data / "record.db"
    db = sqlite3.connect(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'event_block'").fetchone()[0]
    db.close()
    with open(path, "r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(bytes(PAGE))


def steps(story):
    program = story.program
    story.load(0.8, lambda: None)
    before = set(story.ledger.of("batch", ACKED))
    place = program.folder / "backups"
    code, output = program.command(["backup", "--to", str(place), "--data", str(program.data)])
    demand(code == 0, f"the backup: {output}")
    made = place / told(output)["name"]
    story.load(1.0, program.kill)

    words, count = damage_journal(story)
    refuses(story, words)
    report = repair(story, made)
    demand(report["record"] == "kept" and any(words in one for one in report["damage"]), f"what it says: {report}")
    lost = sum(one["to"] - one["from"] + 1 for one in report["batches_lost"])
    demand(lost <= count, f"no more is lost than the damaged group held: {lost} of {count}")
    gone = missing(story, set(story.ledger.of("batch", ACKED)))
    demand(len(gone) <= lost, f"acknowledged and gone without being named: {len(gone)} of {lost}")
    demand((program.folder / "data.damaged").is_dir(), "the damaged directory stands aside")
    program.start()
    demand(program.control("verify", {})["whole"], "the repaired one works on")
    demand(program.stop() == 0, "an orderly stop")

    wreck_record(story)
    second = repair(story, made)
    demand(second["record"] == "backup" and "record.db" in second["damage"], f"what it says: {second}")
    gone = missing(story, before)
    demand(not gone, f"acknowledged before the backup and lost: {sorted(gone)[:3]}")
    program.start()
    story.load(0.3, lambda: None)
    program.control("settle", {})
    demand(program.control("verify", {})["whole"], "and so does the one with the backup's record")
    demand(program.stop() == 0, "an orderly stop")
    return {"batches": len(before), "lost": lost, "from_journal": report["batches_from_journal"]}


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
