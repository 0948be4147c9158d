#!/usr/bin/env python3
"""A small program with the manners of the server, for testing the scenario runner: sign-in with a one-time password,
notes that are kept in the data directory, an idempotency key, a clock on the Unix socket, and rows that TILTH_OFF
switches off (T-01: making notes; T-02: nothing depends on it)."""

import json
import os
import signal
import socketserver
import sys
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class State:
    def __init__(self, data):
        self.file = data / "state.json"
        self.kept = {"notes": [], "replies": {}, "password": "first", "must": True}
        if self.file.exists():
            self.kept = json.loads(self.file.read_text())
        self.now = datetime.fromisoformat(os.environ.get("TILTH_CLOCK_AT", "2026-01-01T00:00:00+00:00"))
        self.lock = threading.Lock()

    def save(self):
        self.file.write_text(json.dumps(self.kept))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state = None

    def log_message(self, *_):
        pass

    def address_string(self):
        return "local"

    def answer(self, status, value, headers=()):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, word in headers:
            self.send_header(name, word)
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def signed_in(self):
        return "session=" in self.headers.get("Cookie", "") or self.headers.get("Authorization") == "Bearer sk_1"

    def do_GET(self):
        if not self.signed_in():
            return self.answer(401, {"code": "unauthenticated"})
        notes = self.state.kept["notes"]
        if self.path.startswith("/api/v1/notes"):
            return self.answer(200, {"items": notes, "count": len(notes), "now": self.state.now.isoformat()})
        return self.answer(404, {"code": "not_found"})

    def do_POST(self):
        text = self.body()
        with self.state.lock:
            if self.path == "/control/clock":
                return self.clock(json.loads(text))
            if self.path == "/control/settle":
                return self.answer(200, {})
            if self.path == "/api/v1/session":
                return self.sign_in(json.loads(text))
            if not self.signed_in():
                return self.answer(401, {"code": "unauthenticated"})
            if self.path == "/api/v1/me/password":
                self.state.kept.update(password=json.loads(text)["new_password"], must=False)
                self.state.save()
                return self.answer(200, {})
            if self.path == "/api/v1/notes":
                return self.note(text)
            if self.path == "/api/v1/lines":
                return self.answer(200, {"lines": len(text.splitlines()), "type": self.headers.get("Content-Type")})
            return self.answer(404, {"code": "not_found"})

    def clock(self, wanted):
        if "set" in wanted:
            self.state.now = datetime.fromisoformat(wanted["set"])
        else:
            self.state.now += timedelta(milliseconds=wanted["advance_ms"])
        self.answer(200, {"now": self.state.now.isoformat()})

    def sign_in(self, wanted):
        if wanted != {"login": "admin", "password": self.state.kept["password"]}:
            return self.answer(401, {"code": "unauthenticated"})
        must = {"must_change_password": self.state.kept["must"]}
        return self.answer(200, must, [("Set-Cookie", "session=1; Path=/")])

    def note(self, text):
        if "T-01" in os.environ.get("TILTH_OFF", "").split(","):
            return self.answer(404, {"code": "not_found"})
        key, kept = self.headers.get("Idempotency-Key"), self.state.kept
        if key in kept["replies"]:
            return self.answer(200, kept["replies"][key].encode())
        note = dict(json.loads(text), id=f"not_01J0000000000000{len(kept['notes']):04d}", at=self.state.now.isoformat())
        kept["notes"].append(note)
        if key:
            kept["replies"][key] = json.dumps(note)
        self.state.save()
        return self.answer(201, note)


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class UnixHandler(Handler):
    client_address = ("local", 0)


def serve(data):
    data.mkdir(parents=True, exist_ok=True)
    Handler.state = State(data)
    (data / "first_login.json").write_text('{"login":"admin","password":"first"}')
    (data / "tilth.sock").unlink(missing_ok=True)
    control = UnixServer(str(data / "tilth.sock"), UnixHandler)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    data_directory = Path(sys.argv[sys.argv.index("--data") + 1])
    if sys.argv[1] == "serve":
        serve(data_directory)
    print(f"verified {len(json.loads((data_directory / 'state.json').read_text())['notes'])} notes")
    sys.exit(3 if "--fail" in sys.argv else 0)
