"""Executes a scenario's steps against its own server and says what failed, where, and what the server logged."""

import base64
import difflib
import hashlib
import hmac
import html
import json
import re
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from .server import Databases, Server, ServerTrouble
from .values import Problem, fill, mismatches, pick, resolve, show

SHOWN_BODY = 1500
# Sessions end after half an hour without a request; a story that moves the clock is seldom about that.
SESSION_IDLE_MS = 25 * 60_000
# Ids are made anew in each run; a golden shows them by order of appearance.
ID = re.compile(r"\b([a-z]{2,5})_[0-9A-HJKMNP-TV-Z]{16,32}\b")


class Failure(Exception):
    """The answer is not the one that the scenario demands."""


@dataclass
class Settings:
    binary: Path
    databases: Databases = None
    off: str = None
    bless: bool = False
    keep: bool = False


@dataclass
class Outcome:
    scenario: object
    verdict: str                 # "passed", "failed" (a demand was not met), "broken" (no demand could be tried)
    seconds: float = 0.0
    words: list = field(default_factory=list)


@dataclass
class Actor:
    cookie: str = ""
    bearer: str = ""
    password: str = ""
    stale: bool = False          # the clock has moved: sign in again before the next request


def run(scenario, settings):
    """The outcome of one scenario; never raises for what the server does."""
    begun = time.monotonic()
    database = f"scn_{uuid.uuid4().hex[:16]}" if settings.databases else None
    server, outcome = None, Outcome(scenario, "passed")
    runner = None
    try:
        record = settings.databases.create(database) if database else None
        server = Server(settings.binary, record, settings.off, scenario.serve)
        runner = Runner(scenario, server, settings)
        server.start()
        for step in scenario.steps:
            runner.step(step)
        code = server.stop()
        if code != 0:
            raise ServerTrouble(f"at the end the server stopped with exit code {code}")
    except Failure as failure:
        outcome.verdict, outcome.words = "failed", [str(failure)]
    except (ServerTrouble, Problem, OSError, subprocess.SubprocessError) as trouble:
        outcome.verdict, outcome.words = "broken", [f"{runner.where() if runner else scenario.path}: {trouble}"]
    finally:
        if server is not None:
            if outcome.verdict != "passed":
                outcome.words += ["server log:"] + ["  " + line[:400] for line in server.log_tail()]
            if settings.keep and outcome.verdict != "passed":
                server.kill()
                outcome.words.append(f"kept: {server.folder}")
            else:
                server.remove()
        if database:
            settings.databases.drop(database)
    outcome.seconds = time.monotonic() - begun
    return outcome


class Runner:
    def __init__(self, scenario, server, settings):
        self.scenario, self.server, self.settings = scenario, server, settings
        self.variables = {"DATA": str(server.data), "DIR": str(scenario.path.parent.resolve())}
        self.actors = {"nobody": Actor()}
        self.current = "nobody"
        self.connection = None
        self.last_sent, self.last_answer = {}, {}
        self.at = None

    def where(self):
        return f"{self.at.path}:{self.at.line}" if self.at else str(self.scenario.path)

    def fail(self, *lines):
        text = " ".join(f"{self.at.verb} {self.at.text}".split())
        raise Failure("\n".join([f"{self.where()}: {text[:300]}"] + ["  " + line for line in lines]))

    def step(self, step):
        self.at = step
        if step.verb.isupper():
            self.request(step.parts)
        else:
            getattr(self, "do_" + step.verb)(step.parts)

    # --- Requests ---------------------------------------------------------------------------------------------------

    def request(self, request):
        sent = self.prepare(request)
        if request.together > 1:
            # A partner's nonce is new each time.
            each = [sent] + [self.prepare(request) if request.signed else sent for _ in range(request.together - 1)]
            answers = self.send_together(each)
        else:
            answers = [self.send(sent)]
        for answer in answers:
            self.check(request, sent, answer)
        self.last_answer[sent[:2]] = answers[-1]

    def prepare(self, request):
        target = fill(request.target, self.variables).replace(" ", "%20")
        if target.startswith("http"):
            raise Problem("a path on the server under test is wanted")
        target = "".join(c if ord(c) < 128 else "".join(f"%{b:02X}" for b in c.encode()) for c in target)
        body, headers = self.body_of(request, target), []
        actor = self.actor(request.actor or self.current)
        if actor.cookie:
            headers += [("Cookie", actor.cookie), ("X-Requested-By", "tilth")]
        if actor.bearer:
            headers.append(("Authorization", "Bearer " + actor.bearer))
        if request.key:
            headers.append(("Idempotency-Key", fill(request.key, self.variables)))
        for name, value in request.headers:
            value = fill(value, self.variables)
            if value.startswith("basic "):
                user = value[6:] if ":" in value else value[6:] + ":"
                value = "Basic " + base64.b64encode(user.encode()).decode()
            headers = [h for h in headers if h[0].lower() != name.lower()] + [(name, value)]
        if body is not None and not any(name.lower() == "content-type" for name, _ in headers):
            kind = "application/json" if request.body and request.body[0] in ("json", "same") else "text/plain"
            headers.append(("Content-Type", kind))
        if request.signed:
            headers = self.signed(request, target, body, headers)
        self.last_sent[(request.method, target)] = self.last_sent[request.method] = body
        return request.method, target, body, headers

    def signed(self, request, target, body, headers):
        """As a partner signs (docs/guides/open_interface.md); a timestamp or nonce that stands there is kept."""
        key, secret = (fill(word, self.variables) for word in request.signed)
        given = {name.lower(): value for name, value in headers}
        moment = datetime.fromisoformat(self.server.now.replace("Z", "+00:00"))
        stamp = given.get("x-tilth-timestamp", str(int(moment.timestamp())))
        nonce = given.get("x-tilth-nonce", uuid.uuid4().hex)
        parts = ["TILTH1", request.method, target, hashlib.sha256(body or b"").hexdigest(), stamp, nonce]
        signature = hmac.new(secret.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()
        ours = [("X-Tilth-Key", key), ("X-Tilth-Timestamp", stamp), ("X-Tilth-Nonce", nonce),
                ("X-Tilth-Signature", signature)]
        return [h for h in headers if h[0].lower() not in ("x-tilth-timestamp", "x-tilth-nonce")] + ours

    def body_of(self, request, target):
        if request.body is None:
            return b"" if request.method in ("POST", "PUT", "PATCH") else None
        kind = request.body[0]
        if kind == "json":
            return json.dumps(resolve(request.body[1], self.variables), ensure_ascii=False).encode()
        if kind == "text":
            return fill(request.body[1], self.variables).encode()
        if kind == "same":
            key = (request.method, target)
            if key not in self.last_sent and request.method not in self.last_sent:
                raise Problem("(same) needs an earlier request of this method")
            return self.last_sent.get(key, self.last_sent.get(request.method))
        return self.file(request.body[1])

    def file(self, name):
        name = fill(name, self.variables)
        if name in self.scenario.files:
            return fill_rows(self.scenario.files[name], self.variables).encode()
        path = Path(self.at.path).parent / name
        if not path.exists():
            raise Problem(f"there is neither a \"file {name}\" block nor a file {path}")
        return path.read_bytes()

    def actor(self, name):
        if name not in self.actors:
            raise Problem(f"nobody signed in as {name}; use login or actor first")
        actor = self.actors[name]
        if actor.stale:
            actor.stale = False
            self.sign_in(name, actor.password, actor)
        return actor

    def clock_moved(self, by_ms):
        if by_ms > SESSION_IDLE_MS and not self.scenario.sessions_kept:
            for actor in self.actors.values():
                actor.stale = actor.stale or bool(actor.password and actor.cookie)

    def send(self, sent):
        if self.connection is None:
            self.connection = self.server.connection()
        return self.server.send(self.connection, *sent)

    def send_together(self, each):
        count = len(each)
        answers, gate = [None] * count, threading.Barrier(count)

        def one(number):
            connection = self.server.connection()
            gate.wait()
            try:
                answers[number] = self.server.send(connection, *each[number])
            except ServerTrouble as trouble:
                answers[number] = trouble
            connection.close()

        threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for answer in answers:
            if isinstance(answer, ServerTrouble):
                raise answer
        return answers

    # --- Demands ----------------------------------------------------------------------------------------------------

    def check(self, request, sent, answer):
        wrong = self.wrong(request, sent, answer)
        if wrong:
            self.fail(*wrong, f"got: {answer.status} {shorten(answer.text)}")
        for demand in request.demands:
            if demand[0] == "take":
                self.variables[demand[1]] = self.taken(answer, demand[2])
            elif demand[0] == "take-found":
                found = re.search(fill(demand[2], self.variables), answer.text)
                if not found:
                    self.fail(f"nothing looks like {demand[2]}", f"got: {answer.status} {shorten(answer.text)}")
                self.variables[demand[1]] = html.unescape(found[1])
            elif demand[0] == "take-header":
                self.variables[demand[1]] = header_of(answer, demand[2]) or ""

    def wrong(self, request, sent, answer):
        """The lines that say what is not as demanded; takes nothing."""
        allowed = request.status.split("|")
        if request.status != "any" and str(answer.status) not in allowed and f"{answer.status // 100}xx" not in allowed:
            return [f"expected status {request.status}"]
        found = []
        for demand in request.demands:
            kind = demand[0]
            if kind == "match":
                found += mismatches(resolve(demand[1], self.variables), self.json_of(answer))
            elif kind == "at":
                found += self.wrong_at(answer, fill(demand[1], self.variables), resolve(demand[2], self.variables))
            elif kind == "same-body":
                before = self.last_answer.get(sent[:2])
                if before is None:
                    raise Problem("same-body needs an earlier answer to the same request")
                if before.body != answer.body:
                    found.append(f"expected the same bytes as before: {shorten(before.text)}")
            elif kind == "contains" and fill(demand[1], self.variables) not in answer.text:
                found.append(f"expected it to contain {show(fill(demand[1], self.variables))}")
            elif kind == "lacks" and fill(demand[1], self.variables) in answer.text:
                found.append(f"expected it not to contain {show(fill(demand[1], self.variables))}")
            elif kind == "golden":
                found += self.against_golden(demand[1], normal(answer))
            elif kind == "header":
                value = header_of(answer, demand[1])
                found += [f"header {line}" for line in mismatches({demand[1]: resolve(demand[2], self.variables)},
                                                                  {} if value is None else {demand[1]: value})]
        return found

    def wrong_at(self, answer, path, expected):
        try:
            actual = pick(self.json_of(answer), path)
        except (KeyError, TypeError, IndexError):
            wants_absent = getattr(expected, "kind", "") == "absent"
            return [] if wants_absent else [f"{path}: expected {show(expected)}, but there is nothing"]
        return mismatches(expected, actual, path)

    def taken(self, answer, path):
        try:
            return pick(self.json_of(answer), fill(path, self.variables))
        except (KeyError, TypeError, IndexError):
            self.fail(f"there is no {path} to take", f"got: {answer.status} {shorten(answer.text)}")

    def json_of(self, answer):
        try:
            return answer.json()
        except ValueError:
            self.fail("expected JSON", f"got: {answer.status} {shorten(answer.text)}")

    def against_golden(self, name, text):
        path = Path(self.at.path).parent / "goldens" / name
        if self.settings.bless:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return []
        if not path.exists():
            return [f"there is no {path}; tools/scenario --bless writes it"]
        expected = path.read_text(encoding="utf-8")
        if expected == text:
            return []
        diff = difflib.unified_diff(expected.splitlines(), text.splitlines(), str(path), "the answer", lineterm="", n=2)
        return list(diff)[:40]

    # --- Other steps ------------------------------------------------------------------------------------------------

    def do_clock(self, when):
        moment = fill(when, self.variables)
        self.server.control("clock", {"set": moment})
        self.server.now = self.variables["now"] = moment
        self.clock_moved(SESSION_IDLE_MS + 1)

    def do_advance(self, duration_ms):
        reply = self.server.control("clock", {"advance_ms": duration_ms})
        self.clock_moved(duration_ms)
        if self.server.now is None:
            if isinstance(reply.get("now"), str):
                self.server.now = reply["now"]
            return
        moment = datetime.fromisoformat(self.server.now.replace("Z", "+00:00")) + timedelta(milliseconds=duration_ms)
        self.server.now = self.variables["now"] = moment.isoformat()

    def do_settle(self, _):
        self.server.control("settle", {})

    def do_login(self, parts):
        """Signs in; a one-time password is changed at once, as the console would make one do."""
        name, password, status = parts
        name = fill(name, self.variables)
        actor = self.actors.setdefault(name, Actor())
        actor.stale = False
        password = fill(password, self.variables) if password else actor.password or self.first_password(name)
        answer = self.sign_in(name, password, actor)
        if status is not None:
            if str(answer.status) != status:
                self.fail(f"expected status {status}", f"got: {answer.status} {shorten(answer.text)}")
            if answer.status != 200:
                return
        elif answer.status != 200:
            self.fail("expected to be let in", f"got: {answer.status} {shorten(answer.text)}")
        actor.password = password
        if self.json_of(answer).get("must_change_password"):
            actor.password = f"scenario-{name}-7Ukq"
            headers = [("Content-Type", "application/json"), ("Cookie", actor.cookie), ("X-Requested-By", "tilth")]
            body = json.dumps({"old_password": password, "new_password": actor.password}).encode()
            changed = self.send(("POST", "/api/v1/me/password", body, headers))
            if changed.status != 200:
                self.fail("expected to change the one-time password", f"got: {changed.status} {shorten(changed.text)}")
        self.current = name

    def sign_in(self, name, password, actor):
        body = json.dumps({"login": name, "password": password}).encode()
        answer = self.send(("POST", "/api/v1/session", body, [("Content-Type", "application/json")]))
        cookie = header_of(answer, "Set-Cookie")
        actor.cookie = cookie.split(";")[0] if cookie else ""
        return answer

    def first_password(self, name):
        path = self.server.data / "first_login.json"
        try:
            first = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise ServerTrouble(f"first_login.json: {error}") from None
        if first.get("login") != name:
            raise Problem(f"login {name} needs a password: the first administrator is {first.get('login')}")
        return first["password"]

    def do_as(self, name):
        self.actor(name)
        self.current = name

    def do_actor(self, parts):
        name, key = parts
        self.actors[name] = Actor(bearer=fill(key, self.variables))
        self.current = name

    def do_set(self, parts):
        self.variables[parts[0]] = resolve(parts[1], self.variables)

    def do_totp(self, parts):
        """What an authenticator shows now for a base32 secret: RFC 6238, SHA-1, 30 seconds, six digits."""
        name, secret = parts
        if self.server.now is None:
            raise Problem("totp needs a clock that the story has set")
        moment = datetime.fromisoformat(self.server.now.replace("Z", "+00:00"))
        secret = fill(secret, self.variables)
        key = base64.b32decode(secret + "=" * (-len(secret) % 8))
        digest = hmac.new(key, (int(moment.timestamp()) // 30).to_bytes(8, "big"), hashlib.sha1).digest()
        at = digest[-1] & 15
        self.variables[name] = f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"

    def do_wait(self, parts):
        request, limit_ms = parts
        deadline = time.monotonic() + limit_ms / 1000
        pause = 0.01
        while True:
            sent = self.prepare(request)
            answer = self.send(sent)
            try:
                wrong = self.wrong(request, sent, answer)
            except Failure:
                wrong = ["expected JSON"]
            if not wrong:
                self.check(request, sent, answer)
                self.last_answer[sent[:2]] = answer
                return
            if time.monotonic() > deadline:
                self.fail(f"not within {limit_ms / 1000:g} s:", *wrong, f"got: {answer.status} {shorten(answer.text)}")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)

    def do_run(self, parts):
        arguments, expected, demands = parts
        code, said = self.server.command([fill(a, self.variables) for a in arguments])
        wrong = [] if str(code) == expected else [f"expected exit code {expected}, got {code}"]
        for kind, words in demands:
            words = fill(words, self.variables)
            if kind == "golden":
                wrong += self.against_golden(words, normal_text(said))
            elif (words in said) != (kind == "contains"):
                wrong.append(f"expected it {'to contain' if kind == 'contains' else 'not to contain'} {show(words)}")
        if wrong:
            self.fail(*wrong, f"said: {shorten(said)}")

    def do_place(self, parts):
        """A file of the scenario as a file of the machine, whole at once: as somebody else's program leaves it."""
        name, path = parts
        target = Path(fill(path, self.variables))
        beside = target.with_name(target.name + ".part")
        beside.write_bytes(self.file(name))
        beside.rename(target)

    def do_restart(self, options):
        code = self.server.stop()
        if code != 0:
            self.fail(f"the server stopped with exit code {code}")
        self.again(options)

    def do_kill(self, options):
        self.server.kill()
        self.again(options)

    def again(self, options):
        if options:
            self.server.options = [fill(o, self.variables) for o in options]
        self.connection = None
        self.server.start()
        self.server.control("settle", {})

    def do_sleep(self, duration_ms):
        time.sleep(duration_ms / 1000)


def fill_rows(text, variables):
    """Files are data: a $ that names no variable stays as it is."""
    return re.sub(r"\$\{(\w+)\}", lambda m: str(variables.get(m[1], m[0])), text)


def header_of(answer, name):
    return next((value for key, value in answer.headers if key.lower() == name.lower()), None)


def shorten(text):
    return text if len(text) <= SHOWN_BODY else text[:SHOWN_BODY] + f" … ({len(text)} characters)"


def normal_text(text):
    seen = {}

    def one(match):
        if match[0] not in seen:
            seen[match[0]] = f"{match[1]}#{1 + sum(1 for v in seen.values() if v.startswith(match[1] + '#'))}"
        return seen[match[0]]
    return ID.sub(one, text)


def normal(answer):
    """An answer as a golden keeps it: JSON indented, ids by order of appearance."""
    try:
        return normal_text(json.dumps(answer.json(), ensure_ascii=False, indent=2) + "\n")
    except ValueError:
        return normal_text(answer.text)
