"""Programs at the API: program("li", "tasks:read") has a token of hers with these scopes, and no cookie."""
import itertools
from datetime import timedelta

import pytest

from data_model.actor import SYSTEM
from data_model.api_token import Scope
from data_model.session import unit_of_work
from engine.deployment import load_shipped
from tests.flows.story import Story
from tests.web.conftest import house, settings, visit, web_app  # noqa: F401  the same house, another door
from web import tokens

EVERYTHING = tuple(Scope)
_numbers = itertools.count(1)


class Program:
    """What a program sends and gets back, as JSON."""

    def __init__(self, app, token=""):
        self.client, self.token, self.last = app.test_client(), token, None

    def get(self, path, status=200, **headers):
        return self._ask("GET", path, status, headers)

    def post(self, path, body=None, status=200, key=None, **more):
        headers = {"Idempotency-Key": key or f"key-{next(_numbers)}", **more.pop("headers", {})}
        return self._ask("POST", path, status, headers, json={} if body is None else body, **more)

    def raw(self, method, path, **more):
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        self.last = self.client.open(f"/api/v1{path}", method=method, headers=headers, buffered=True, **more)
        return self.last

    def _ask(self, method, path, status, headers, **more):
        answer = self.raw(method, path, headers=headers, **more)
        assert answer.status_code == status, answer.get_data(as_text=True)
        assert answer.mimetype == ("application/problem+json" if status >= 400 else "application/json")
        return answer.json


@pytest.fixture
def shipped(house):  # noqa: F811
    """The diagrams that come with Anlan are effective."""
    with unit_of_work(SYSTEM) as session:
        load_shipped(session)


@pytest.fixture
def story(house, shipped):  # noqa: F811
    """People at work by other ways than the API."""
    return Story(house)


@pytest.fixture
def program(web_app, house, shipped):  # noqa: F811
    """program("li"): whatever Li may do; with scopes: no more than those."""

    def of(who, *scopes, life=timedelta(days=30)):
        with unit_of_work(SYSTEM) as session:
            return Program(web_app, tokens.make(session, house[who], "测试", scopes or EVERYTHING, life))

    return of


@pytest.fixture
def stranger(web_app):  # noqa: F811
    return Program(web_app)


@pytest.fixture
def reported(story, house):  # noqa: F811
    """Wang has reported a danger in his filter hall; Li, who answers for it, has to confirm it."""
    return story.start("wang", "hidden_danger", grid=house["unit:filter"], description="滤池护栏松动", photos=[story.photo("wang")])
