"""Reads a .scn file into steps. Nothing is executed here, so a mistake in a scenario shows before a server starts."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from .values import Problem, Reader

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
HEADER = re.compile(r"#\s*(id|covers|smoke|serve|only|sessions)\b:?\s*(.*)")
UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


@dataclass
class Step:
    path: str
    line: int
    verb: str
    text: str  # after the verb
    parts: object = None


@dataclass
class Request:
    method: str
    target: str
    body: object = None          # ("json", value) | ("file", name) | ("text", words) | ("same",)
    key: str = None
    headers: list = field(default_factory=list)
    actor: str = None
    signed: tuple = None         # (key, secret) of a partner
    together: int = 1
    status: str = "2xx"
    demands: list = field(default_factory=list)   # (kind, …) in order


@dataclass
class Scenario:
    path: Path
    id: str = ""
    covers: list = field(default_factory=list)
    smoke: bool = False
    only: str = ""               # "sqlite" or "postgres": what this is about exists on one record alone
    serve: list = field(default_factory=list)     # more options for the server
    sessions_kept: bool = False  # nobody signs in again by himself when the clock has moved past a session's life
    steps: list = field(default_factory=list)
    files: dict = field(default_factory=dict)     # written by "file NAME" blocks
    uses: list = field(default_factory=list)      # paths of files that take part: included, goldens, bodies


def milliseconds(words):
    total, rest = 0, words
    while rest:
        match = re.match(r"(\d+)(ms|min|[smhdw])\s*", rest)
        if not match:
            raise Problem(f"{words!r} is no duration; write 30d, 2h, 90min, 10s or 250ms")
        total += int(match[1]) * UNITS_MS[match[2]]
        rest = rest[match.end():]
    return total


def without_comment(line):
    """Cuts " # …" outside strings; a # within a word (.items#) is no comment."""
    inside, at = False, 0
    while at < len(line):
        if line[at] == "\\" and inside:
            at += 1
        elif line[at] == '"':
            inside = not inside
        elif line[at] == "#" and not inside and line[max(at - 1, 0)] in " \t#" and line[at + 1:at + 2] in ("", " "):
            return line[:at].rstrip()
        at += 1
    return line.rstrip()


def open_brackets(text):
    depth = 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|<re:(?:[^>\\]|\\.)*>|[\[\]{}]', text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match[0], 0)
    return depth


def read(path, root=None):
    """The Scenario in this file; Problem, with file and line, where the text is wrong."""
    scenario = Scenario(Path(path))
    read_into(scenario, Path(path), root or Path(path).parent, depth=0)
    if not scenario.id:
        scenario.id = scenario.path.stem
    if not scenario.steps:
        raise Problem(f"{path}: no step in it")
    return scenario


def read_into(scenario, path, root, depth):
    if depth > 5:
        raise Problem(f"{path}: includes include each other")
    scenario.uses.append(path)
    lines = path.read_text(encoding="utf-8").split("\n")
    number = 0
    while number < len(lines):
        line, first = lines[number], number + 1
        number += 1
        header = HEADER.match(line)
        if header:
            if depth == 0:
                take_header(scenario, header[1], header[2].strip())
            continue
        text = without_comment(line)
        if not text.strip():
            continue
        block = re.match(r"file\s+(\S+)\s*$", text)
        if block:
            rows = []
            while number < len(lines) and lines[number].startswith("|"):
                rows.append(re.sub(r"^\| ?", "", lines[number]))
                number += 1
            scenario.files[block[1]] = "\n".join(rows) + "\n"
            continue
        while number < len(lines) and (open_brackets(text) > 0 or is_continuation(lines[number])):
            text += "\n" + without_comment(lines[number])
            number += 1
        try:
            include = re.match(r"include\s+(\S+)\s*$", text)
            if include:
                read_into(scenario, path.parent / include[1], root, depth + 1)
            else:
                scenario.steps.append(read_step(Step(str(path), first, *split_verb(text))))
        except FileNotFoundError as error:
            raise Problem(f"{path}:{first}: there is no {error.filename}") from None
        except Problem as problem:
            raise Problem(f"{path}:{first}: {problem}") from None


def is_continuation(line):
    return line[:1] in (" ", "\t") and line.strip() != "" and not line.strip().startswith("#")


def take_header(scenario, name, words):
    if name == "id":
        # "# id: SC-B-03   covers: MEM-12, CMP-04" on one line is welcome too.
        words, _, covers = words.partition("covers:")
        scenario.id = words.split()[0] if words.split() else ""
        if covers:
            take_header(scenario, "covers", covers)
    elif name == "covers":
        scenario.covers += [row for row in re.split(r"[,\s]+", re.split(r"\s\w+:", words)[0]) if row]
    elif name == "smoke":
        scenario.smoke = True
    elif name == "only":
        scenario.only = words
    elif name == "sessions":
        scenario.sessions_kept = words == "kept"
    elif name == "serve":
        scenario.serve += words.split()


def split_verb(text):
    words = text.strip().split(None, 1)
    return words[0], words[1] if len(words) > 1 else ""


def read_step(step):
    if step.verb in METHODS:
        step.parts = read_request(step.verb, step.text)
    elif step.verb in READERS:
        step.parts = READERS[step.verb](step.text)
    else:
        raise Problem(f"{step.verb!r} is no step; there are {' '.join(METHODS)} {' '.join(sorted(READERS))}")
    return step


def read_request(method, text):
    reader = Reader(text)
    request = Request(method, reader.word())
    if not request.target.startswith(("/", "$")):
        raise Problem("a path is wanted after the method")
    if reader.peek("{") or reader.peek("["):
        request.body = ("json", reader.value())
    elif reader.take("<<"):
        request.body = ("file", reader.word())
    elif reader.take("(same)"):
        request.body = ("same",)
    elif reader.peek('"'):
        request.body = ("text", reader.string_or_word())
    while not reader.done() and not reader.peek("=>"):
        read_option(reader, request)
    if reader.take("=>"):
        read_demands(reader, request)
    return request


def read_option(reader, request):
    word = reader.word()
    if word == "key":
        request.key = reader.string_or_word()
    elif word == "as":
        request.actor = reader.word()
    elif word == "type":
        request.headers.append(("Content-Type", reader.string_or_word()))
    elif word == "header":
        name = reader.pattern(r"([\w-]+):")
        if not name:
            raise Problem("header Name: value is wanted")
        request.headers.append((name[1], reader.string_or_word()))
    elif word == "bearer":
        request.headers.append(("Authorization", "Bearer " + reader.string_or_word()))
    elif word == "basic":
        request.headers.append(("Authorization", "basic " + reader.string_or_word()))
    elif word == "signed":
        request.signed = (reader.word(), reader.word())
    elif word == "form":
        request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    elif word == "together":
        request.together = int(reader.word())
    else:
        raise Problem(f"{word!r} is no option of a request; there are key as type form header bearer basic signed "
                      "together")


def read_demands(reader, request):
    status = reader.pattern(r"[1-5](?:\d\d|xx)(?:\|[1-5](?:\d\d|xx))*|any(?=\s|$)")
    if status:
        request.status = status[0]
    while not reader.done():
        request.demands.append(read_demand(reader))


def read_demand(reader):
    if reader.peek("{") or reader.peek("["):
        return ("match", reader.value())
    assignment = reader.pattern(r"\$(\w+)\s*:=")
    if assignment:
        source = reader.pattern(r"header\s+([\w-]+)")
        if source:
            return ("take-header", assignment[1], source[1])
        if reader.take("found"):
            return ("take-found", assignment[1], reader.value())
        return ("take", assignment[1], "." if reader.take("body") else reader.word())
    path = reader.pattern(r"\.\S*")
    if path:
        if reader.take("=="):
            return ("at", path[0], reader.value())
        return ("at", path[0], reader.value())
    word = reader.word()
    if word == "same-body":
        return ("same-body",)
    if word in ("contains", "lacks", "golden"):
        return (word, reader.string_or_word())
    if word == "header":
        name = reader.pattern(r"([\w-]+):")
        if not name:
            raise Problem("header Name: value is wanted")
        return ("header", name[1], reader.value())
    raise Problem(f"{word!r} is no demand on an answer; there are {{…}} […] .path VALUE same-body contains "
                  "lacks golden header and $x := .path")


def read_wait(text):
    """until METHOD path … [=> …] [within 10s]; "matches {…}" may stand for "=> {…}"."""
    match = re.match(r"until\s+(GET|POST)\s+(.*?)(?:\s+within\s+(\S+))?\s*$", text, re.S)
    if not match:
        raise Problem("wait until GET /path => … within 10s")
    return read_request(match[1], re.sub(r"\smatches\s", " => ", match[2], count=1)), milliseconds(match[3] or "10s")


def read_run(text):
    command, _, demands = text.partition("=>")
    reader, found, code = Reader(demands), [], "0"
    while not reader.done():
        word = reader.word()
        if word == "exit":
            code = reader.word()
        elif word in ("contains", "lacks", "golden"):
            found.append((word, reader.string_or_word()))
        else:
            raise Problem(f"{word!r} is no demand on a command; there are exit contains lacks golden")
    if not command.split() or command.split()[0] != "tilth":
        raise Problem("run tilth … is wanted: only the program under test is run")
    return command.split()[1:], code, found


def read_login(text):
    match = re.match(r"(\S+)(?:\s+password\s+(\S+))?(?:\s*=>\s*(\d\d\d))?\s*$", text)
    if not match:
        raise Problem("login NAME [password PASSWORD] [=> STATUS]")
    return match[1], match[2], match[3]


def read_actor(text):
    match = re.match(r"(\S+)\s+bearer\s+(\S+)\s*$", text)
    if not match:
        raise Problem("actor NAME bearer KEY")
    return match[1], match[2]


def read_set(text):
    match = re.match(r"\$(\w+)\s*:=\s*(.*)$", text, re.S)
    if not match:
        raise Problem("set $x := VALUE")
    return match[1], Reader(match[2]).value()


def read_totp(text):
    match = re.match(r"\$(\w+)\s+from\s+(\S+)\s*$", text)
    if not match:
        raise Problem("totp $code from SECRET")
    return match[1], match[2]


def read_place(text):
    match = re.match(r"(\S+)\s+at\s+(\S+)\s*$", text)
    if not match:
        raise Problem("place FILE at PATH")
    return match[1], match[2]


READERS = {
    "clock": lambda text: text.strip(),
    "advance": lambda text: milliseconds(text.strip()),
    "login": read_login,
    "as": lambda text: text.strip(),
    "actor": read_actor,
    "set": read_set,
    "totp": read_totp,
    "wait": read_wait,
    "run": read_run,
    "place": read_place,
    "settle": lambda text: text.split(),
    "restart": lambda text: text.split(),
    "kill": lambda text: text.split(),
    "sleep": lambda text: milliseconds(text.strip()),
}
