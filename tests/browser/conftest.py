"""Real Chromium before the real application. Nothing is skipped: without a browser these tests fail."""
import dataclasses
import os
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from data_model.actor import SYSTEM
from data_model.db import db
from data_model.session import unit_of_work
from data_model.settings import Settings
from engine import deployment
from tests import small_house
from web import passwords
from web.app import create_app

PASSWORD = "江河安澜-2026"
SHOTS = Path(__file__).parent / "shots"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
DESK = {"viewport": {"width": 1366, "height": 768}}
_kept = passwords.keep(PASSWORD)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclasses.dataclass
class Site:
    """The application as served, and the ids of its small organisation."""

    address: str
    app: object
    ids: dict


@contextmanager
def serving(template, folder, make):
    """An application of its own in a folder, on a copy of an empty database, served on a free port: (app, address)."""
    shutil.copy(template, folder / "anlan.db")
    app = make(Settings(home=folder, database_url=f"sqlite:///{folder}/anlan.db", storage=folder / "storage",
                        secret_key="a key for tests, long enough to be let in"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield app, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def site(sqlite_template, tmp_path):
    """The small house with the shipped diagrams, served on a free port of this machine."""
    with serving(sqlite_template, tmp_path, create_app) as (app, address), app.app_context():
        with unit_of_work(SYSTEM) as session:
            ids = small_house.build(session, _kept)
            deployment.load_shipped(session)
        yield Site(address, app, ids)


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "no Chromium: `make chromium` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])  # the tests may run as root
        yield browser
        browser.close()


@pytest.fixture
def visit(site, chromium):
    """visit("wang", phone=True) -> the page after a real sign-in; a page's own errors fail the test at its end."""
    contexts, complaints = [], []

    def come(login="", phone=False, language="zh-CN"):
        context = chromium.new_context(base_url=site.address, locale=language, **(PHONE if phone else DESK))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_ours(said) else None)
        page.goto("/login")
        if login:
            page.fill("[name=login]", login)
            page.fill("[name=password]", PASSWORD)
            page.click("form[method=post] button.btn-primary")
            page.wait_for_url(lambda address: "/login" not in address)
        return page

    yield come
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def shot():
    """shot(page, "inbox") keeps a picture for the README and for the eyes of a reviewer."""
    def take(page, name, whole=False):
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=whole)
    return take


def _is_ours(said):
    """An answer of 4xx that a test asked for is the browser's remark, not the page's error."""
    return said.type == "error" and not said.text.startswith("Failed to load resource")
