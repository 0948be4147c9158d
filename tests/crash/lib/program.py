"""The program under test with the machine's own clock, on a disk, so that a kill finds real writes on their way."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("TILTH_BUILD", ROOT / "build"))
sys.path.insert(0, str(ROOT / "tools" / "lib"))
from scenario.server import LISTENING, Server, ServerTrouble  # noqa: E402

START_SECONDS = 30


class Failure(Exception):
    """A promise was broken: the words say which."""


def demand(holds, words):
    if not holds:
        raise Failure(words)


class Program(Server):
    """One data directory, many processes one after the other."""

    def __init__(self, folder=None):
        super().__init__(BUILD / "tilth-test")
        self.scratch = self.folder
        if folder is None:
            place = BUILD / "crash"
            place.mkdir(parents=True, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(prefix="data.", dir=place))
            self.data, self.log = self.folder / "data", self.folder / "server.log"
        else:
            self.folder = Path(folder)
            self.data = self.folder / "data"
        self.ready_seconds = []

    def spawn(self, **environment):
        """Starts the process and does not wait for it."""
        self.begun = time.monotonic()
        self.seen = self.log.stat().st_size if self.log.exists() else 0
        command = [self.binary, "serve", "--data", str(self.data), "--empty", "--port", "0"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**self.environment, **environment}, cwd=self.scratch)

    def address(self):
        with open(self.log, "rb") as log:
            log.seek(self.seen)
            found = LISTENING.search(log.read().decode(errors="replace"))
        return int(found[1]) if found else None

    def wait_ready(self):
        while (port := self.address()) is None:
            if self.process.poll() is not None:
                raise ServerTrouble(f"the server ended at its start with exit code {self.process.returncode}")
            if time.monotonic() - self.begun > START_SECONDS:
                raise ServerTrouble(f"the server said no address within {START_SECONDS} s")
            time.sleep(0.005)
        self.port = port
        self.ready_seconds.append(time.monotonic() - self.begun)

    def start(self, **environment):
        self.spawn(**environment)
        self.wait_ready()

    def wait_exit(self, seconds):
        """The exit code, or None when the process still lives."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def remove(self):
        super().remove()
        subprocess.run(["rm", "-rf", str(self.scratch)], check=False)


class Session:
    """Signed in as the first administrator; one connection per thread that asks for its own."""

    def __init__(self, program):
        self.program = program
        login = json.loads((program.data / "first_login.json").read_text())
        connection = program.connection()
        reply = self.ask(connection, "POST", "/api/v1/session", login, signed=False)
        demand(reply.status == 200, f"sign-in: {reply.status} {reply.text}")
        self.cookie = next(v for k, v in reply.headers if k.lower() == "set-cookie").split(";")[0]
        reply = self.ask(connection, "POST", "/api/v1/me/password",
                         {"old_password": login["password"], "new_password": "a quiet field in March"})
        demand(reply.status == 200, f"new password: {reply.status} {reply.text}")
        connection.close()

    def ask(self, connection, method, path, body=None, key=None, signed=True, bearer=None):
        """One request over an open connection, never repeated by itself: an error leaves its outcome unknown."""
        headers = [("X-Requested-By", "tilth")]
        if bearer:
            headers.append(("Authorization", "Bearer " + bearer))
        elif signed:
            headers.append(("Cookie", self.cookie))
        if key:
            headers.append(("Idempotency-Key", key))
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        if connection.sock is None:
            connection.connect()
        return self.program.exchange(connection, method, path, body, headers)

    def get(self, path):
        connection = self.program.connection()
        try:
            return self.ask(connection, "GET", path)
        finally:
            connection.close()

    def json(self, path):
        reply = self.get(path)
        demand(reply.status == 200, f"GET {path}: {reply.status} {reply.text}")
        return reply.json()

    def post(self, path, body, key=None):
        connection = self.program.connection()
        try:
            return self.ask(connection, "POST", path, body, key)
        finally:
            connection.close()

    def source(self, name, kind):
        reply = self.post("/api/v1/sources", {"name": name, "kind": kind})
        demand(reply.status == 200, f"source: {reply.status} {reply.text}")
        return reply.json()["write_key"]
