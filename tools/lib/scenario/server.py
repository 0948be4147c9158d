"""The program under test as a process of its own: a fresh data directory, any free port, a clock that is moved."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from fast_folder import fast_folder

START_SECONDS = 30
STOP_SECONDS = 20
REQUEST_SECONDS = 30
LISTENING = re.compile(r"http://127\.0\.0\.1:(\d+)")


class ServerTrouble(Exception):
    """The server did not start, stop or answer: never the outcome that a scenario asks for."""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=REQUEST_SECONDS)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", errors="replace")

    def json(self):
        return json.loads(self.body)


class Server:
    """Start, stop and kill the program; send requests. One thread at a time, apart from send()."""

    def __init__(self, binary, record=None, off=None, options=(), extra_environment=None, sample=None):
        self.folder = Path(tempfile.mkdtemp(prefix="tilth-scn.", dir=fast_folder()))
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.binary, self.options = str(binary), list(options)
        self.record = record
        self.begin = ["--first-run-sample", str(sample), "--keep-dates"] if sample else ["--empty"]
        self.process = self.port = self.now = None
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("TILTH_")}
        self.environment.update(extra_environment or {})
        self.environment["TILTH_CHEAP_PASSWORDS"] = "1"
        if off:
            self.environment["TILTH_OFF"] = off

    def start(self):
        command = [self.binary, "serve", "--data", str(self.data), *self.begin, "--port", "0", "--clock=manual"]
        command += ["--record", self.record] if self.record else []
        if self.now is not None:
            self.environment["TILTH_CLOCK_AT"] = self.now
        before = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command + self.options, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment, cwd=self.folder)
        deadline = time.monotonic() + START_SECONDS * (1 if "--empty" in self.begin else 6)  # a sample is read first
        while True:
            with open(self.log, "rb") as log:
                log.seek(before)
                found = LISTENING.search(log.read().decode(errors="replace"))
            if found:
                break
            if self.process.poll() is not None:
                raise ServerTrouble(f"the server ended at its start with exit code {self.process.returncode}")
            if time.monotonic() > deadline:
                raise ServerTrouble(f"the server said no address within {START_SECONDS} s")
            time.sleep(0.01)
        self.port = int(found[1])

    def stop(self):
        """Asks the server to end; its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerTrouble(f"the server did not stop within {STOP_SECONDS} s") from None
        finally:
            self.process = None

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def remove(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def control(self, verb, body):
        connection = UnixConnection(str(self.data / "tilth.sock"))
        try:
            connection.request("POST", "/control/" + verb, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except OSError as error:
            raise ServerTrouble(f"/control/{verb}: {error}") from None
        finally:
            connection.close()
        if answer.status != 200:
            raise ServerTrouble(f"/control/{verb} {json.dumps(body)}: {answer.status} {text}")
        return json.loads(text) if text.startswith("{") else {}

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=REQUEST_SECONDS)

    def send(self, connection, method, target, body, headers):
        """One request over a kept connection; a connection that the server has closed meanwhile is opened again."""
        fresh = connection.sock is None
        try:
            return self.exchange(connection, method, target, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
            connection.close()
            if fresh:
                raise ServerTrouble(f"{method} {target}: {error or type(error).__name__}") from None
        try:
            return self.exchange(connection, method, target, body, headers)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ServerTrouble(f"{method} {target}: {error or type(error).__name__}") from None

    @staticmethod
    def exchange(connection, method, target, body, headers):
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value.encode("utf-8"))
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())

    def command(self, arguments):
        """Another process of the same program on the same data directory: (exit code, what it said)."""
        if "--data" not in arguments:
            arguments = arguments + ["--data", str(self.data)] + (["--record", self.record] if self.record else [])
        done = subprocess.run([self.binary, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=self.environment, cwd=self.folder, timeout=120, check=False)
        return done.returncode, done.stdout.decode("utf-8", errors="replace")

    def log_tail(self, lines=15):
        try:
            return self.log.read_text(errors="replace").splitlines()[-lines:]
        except OSError:
            return []


class Databases:
    """A database for each scenario in the test cluster, dropped at the end."""

    def __init__(self, uri):
        self.parts = urlsplit(uri)

    def uri(self, name):
        return urlunsplit(self.parts._replace(path="/" + name))

    def execute(self, statement):
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.uri("postgres"), "-c", statement]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise ServerTrouble(f"psql: {done.stderr.strip()}")

    def create(self, name):
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING \'UTF8\' LC_COLLATE \'C.UTF-8\' '
                     "LC_CTYPE 'C.UTF-8'")
        return self.uri(name)

    def drop(self, name):
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
