"""The same completions by a person's browser: open the task page, press the button; and the inbox page with many open tasks."""
import http.client
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from waitress.server import create_server

from benchmarks import houses, inbox_pages
from benchmarks.measure import SECONDS, listening, pace, percentile, until
from data_model.actor import SYSTEM
from data_model.base import Base
from data_model.db import db
from data_model.session import unit_of_work
from data_model.settings import Settings
from engine import actions, deployment
from tests import small_house
from web import passwords
from web.app import create_app

PASSWORD = "benchmark-2026"
OPEN_TASKS = 100_000
_HIDDEN = re.compile(r'name="(csrf_token|idem_key)" value="([^"]*)"')
_TASK = re.compile(r"/tasks/(\d+)")
_META = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class Browser:
    """One signed-in person on one kept-open connection."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies, self.token = port, {}, ""
        self.line = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, where it sends us on, and the page."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "X-CSRFToken": self.token,
                   "Content-Type": "application/x-www-form-urlencoded"}
        self.line.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = self.line.getresponse()
        page = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if found := _META.search(page):
            self.token = found[1]
        return answer.status, answer.getheader("Location") or "", page

    def sign_in(self, login: str) -> None:
        self.ask("GET", "/login")
        status, _, page = self.ask("POST", "/login", {"login": login, "password": PASSWORD})
        if status != 303:
            raise RuntimeError(f"cannot sign in: {status} {page[:200]}")
        self.ask("GET", "/me")


def run() -> dict[str, Any]:
    return {kind: one(kind) for kind in houses.DATABASES}


def one(kind: str) -> dict[str, Any]:
    with served(kind) as (app, port), app.app_context():
        browser, actor, spans, statements = Browser(port), houses.person(), [], 0
        browser.sign_in("wang")
        for _ in until():
            with unit_of_work(actor) as session:
                task = actions.start(session, actor, "line", {}, idem_key=uuid4().hex).next_task_id
            with listening(db.engine) as tally:
                spans += complete_all(browser, task)
            statements += tally.statements
        inbox_pages.fill(OPEN_TASKS)
        pages = [_timed(browser, "/inbox") for _ in until(SECONDS / 2)]
        return pace(spans) | {"sql_per_page_and_completion": round(statements / len(spans), 1), "inbox_page": {
            "open_tasks": OPEN_TASKS, "p50_ms": percentile(pages, 0.5), "p95_ms": percentile(pages, 0.95)}}


def complete_all(browser: Browser, task: int | None) -> list[float]:
    """Every task of one case, each by its page and its button; seconds of the POST, until the answer is there."""
    spans = []
    while task:
        _, _, page = browser.ask("GET", f"/tasks/{task}")
        form = dict(_HIDDEN.findall(page)) | {"outcome": "done", "opinion": ""}
        before = time.perf_counter()
        status, onward, page = browser.ask("POST", f"/tasks/{task}", form)
        spans.append(time.perf_counter() - before)
        if status != 303:
            raise RuntimeError(f"task {task}: {status} {page[:300]}")
        found = _TASK.search(onward)
        task = int(found[1]) if found else None
    return spans


def _timed(browser: Browser, path: str) -> float:
    before = time.perf_counter()
    status, _, _ = browser.ask("GET", path)
    if status != 200:
        raise RuntimeError(f"{path}: {status}")
    return time.perf_counter() - before


@contextmanager
def served(kind: str) -> Iterator[tuple[Any, int]]:
    """The whole web side behind waitress with one thread, in this process so that its statements can be counted."""
    with houses.address(kind) as url, tempfile.TemporaryDirectory(prefix="anlan-bench-") as home:
        settings = Settings(home=Path(home), database_url=url, secret_key=uuid4().hex, storage=Path(home) / "storage")
        app = create_app(settings)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            with unit_of_work(SYSTEM) as session:
                small_house.build(session, passwords.keep(PASSWORD))
                deployment.deploy(session, SYSTEM, {houses.LINE.name: houses.LINE.read_bytes()}, "benchmark")
        server = create_server(app, host="127.0.0.1", port=0, threads=1)
        running = threading.Thread(target=server.run, daemon=True)
        running.start()
        try:
            yield app, server.effective_port
        finally:
            server.close()
            running.join(5)
            with app.app_context():
                db.engine.dispose()
