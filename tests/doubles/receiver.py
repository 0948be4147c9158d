"""A partner's receiver of webhooks, as the guide tells partners to build it: checks signature and age, keeps what it saw
by delivery id, answers 2xx for a repetition without acting twice. It can be told to answer badly first."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

AGE_MAX = 300


class Receiver:
    def __init__(self, now):
        """`now`: a function that yields the seconds since 1970 by which ages are judged."""
        self.secret, self.now = "", now
        self.lock = threading.Lock()
        self.acted = {}         # delivery id -> the event, once
        self.attempts = []      # (delivery id, attempt, verdict)
        self.answers = []       # statuses to give first; "drop" closes the connection after reading, "redirect" leads away
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.take(self, body)

            def do_GET(self):
                with outer.lock:
                    outer.attempts.append(("", 0, "followed a redirect"))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, handler, body):
        delivery, stamp = handler.headers.get("X-Tilth-Delivery", ""), handler.headers.get("X-Tilth-Timestamp", "")
        expected = "v1=" + hmac.new(self.secret.encode(), f"{delivery}.{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        right = hmac.compare_digest(expected, handler.headers.get("X-Tilth-Signature", ""))
        current = stamp.isdigit() and abs(self.now() - int(stamp)) <= AGE_MAX
        with self.lock:
            answer = self.answers.pop(0) if self.answers else 204
            if not right or not current:
                verdict, answer = "refused", 401
            elif answer in (204, "drop"):
                verdict = "again" if delivery in self.acted else "acted"
                self.acted.setdefault(delivery, json.loads(body))
            else:
                verdict = "turned away"
            self.attempts.append((delivery, int(handler.headers.get("X-Tilth-Attempt", 0)), verdict))
        if answer == "drop":
            handler.close_connection = True
            handler.connection.close()
            return
        handler.send_response(302 if answer == "redirect" else answer)
        if answer == "redirect":
            handler.send_header("Location", self.url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def close(self):
        self.server.shutdown()
