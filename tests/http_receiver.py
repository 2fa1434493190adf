"""A small real HTTP server for tests: it keeps what robots are sent, and answers as it is told."""
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Taken:
    """One request as it arrived."""

    path: str
    query: dict
    headers: dict
    body: dict


class _Talk(BaseHTTPRequestHandler):
    def do_POST(self):
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.taken.append(Taken(parts.path, query, dict(self.headers), json.loads(raw)))
        status, answer, headers = self.server.answers.pop(0) if self.server.answers else (200, {"errcode": 0, "errmsg": "ok"}, {})
        if status == "silence":
            time.sleep(answer)
            return
        words = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(words)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_):
        pass


class HttpReceiver(ThreadingHTTPServer):
    """`taken` holds what arrived; `say(status, answer)` queues the next answer, otherwise it is content."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken, self.answers = [], []

    def say(self, status, answer=b"", **headers):
        self.answers.append((status, answer, headers))

    @property
    def host(self):
        return f"127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
