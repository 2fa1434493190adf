"""People at the screens: visit("wang") signs in for real, through the sign-in page."""
import re

import pytest

from data_model.actor import SYSTEM
from data_model.db import db
from data_model.session import unit_of_work
from data_model.settings import Settings
from tests import small_house
from web import passwords
from web.app import create_app

PASSWORD = "江河安澜-2026"
_kept = passwords.keep(PASSWORD)
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class Visitor:
    """A browser, with what a page's script would send along: the CSRF token of the last page seen."""

    def __init__(self, app):
        self.client, self.token, self.last = app.test_client(), "", None

    def get(self, path, **more):
        self.last = self.client.get(path, **{"buffered": True, **more})
        if found := _TOKEN.search(self.last.get_data(as_text=True)) if "html" in self.last.content_type else None:
            self.token = found[1]
        return self.last

    def post(self, path, data=None, headers=None, **more):
        if not self.token:
            self.get("/login")
        self.last = self.client.post(path, data=data, headers={"X-CSRFToken": self.token, **(headers or {})},
                                     **{"buffered": True, **more})
        return self.last

    def sign_in(self, login, password=PASSWORD):
        self.get("/login")
        answer = self.post("/login", {"login": login, "password": password})
        if answer.status_code == 303:
            self.get("/me/password")  # a page of the new session that opens for everybody, for its token
        return answer

    def cookie(self, name="anlan"):
        kept = self.client.get_cookie(name)
        return kept.value if kept else None


@pytest.fixture
def house(app):
    """The small organisation, with a password for everybody."""
    with unit_of_work(SYSTEM) as session:
        return small_house.build(session, _kept)


@pytest.fixture
def settings(database, tmp_path):
    return Settings(home=tmp_path, database_url=database, secret_key="a key for tests, long enough to be let in",
                    storage=tmp_path / "storage")


@pytest.fixture
def web_app(settings, house):
    """The whole web side on this test's database. Its context is not pushed: each request has its own, as in life."""
    app = create_app(settings)
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def visit(web_app):
    """visit("wang"): a signed-in browser; visit(): one that nobody has signed in with."""

    def comes(login=None):
        visitor = Visitor(web_app)
        if login:
            answer = visitor.sign_in(login)
            assert answer.status_code == 303, answer.get_data(as_text=True)
        return visitor

    return comes
