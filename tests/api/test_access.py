"""Every door for programs: its scope, its permission and the wall; a token without them gets nothing, whoever holds it."""
import pytest
from sqlalchemy import event, select

from data_model.actor import SYSTEM
from data_model.api_token import Scope
from data_model.db import db
from data_model.organisation import Grant, OrgUnit, Role, User
from data_model.permissions import EVERYONE, MATRIX, PUBLIC
from data_model.process import Task
from data_model.session import unit_of_work
from tests.api.conftest import Program
from tests.web.test_access import AT, GROUP_WIDE
from web import tokens
from web.api.document import routes
from web.doors import VERSION

MOST_STATEMENTS = 8  # who it is and what they may: 6 or 7; then the list
ELSEWHERE = {"task_id", "instance_id"}


def every_route(app):
    return [(rule, method, route) for rule, method, route in routes(app) if route.permission != PUBLIC]


@pytest.fixture
def elsewhere(story, house):
    """A running case of Qian's, in another company, and its open task."""
    case = story.start("qian", "hidden_danger", grid=house["unit:grit"], description="格栅间护栏松动", photos=[story.photo("qian")])
    return {"instance_id": case, "task_id": story.task("confirm", case), "key": "hidden_danger"}


def ask(program, rule, method, route, ids):
    """As somebody would who knows the ids, with the least that the door takes."""
    path = rule.build({name: ids.get(name, 2**40) for name in rule.arguments}, append_unknown=False)[1].removeprefix(VERSION)
    least = {name: "x" for name in (route.body or {}).get("required", ())}
    more = {"json": least, "headers": {"Idempotency-Key": "k"}} if method == "POST" else {}
    return program.raw(method, path, **more)


def test_every_door_tells_itself(web_app):
    silent = [rule.rule for rule in web_app.url_map.iter_rules() if rule.rule.startswith("/api/") and rule.endpoint != "api_docs.page"
              and getattr(web_app.view_functions[rule.endpoint], "route", None) is None]
    assert not silent
    assert all(set(route.scopes) <= set(Scope) for _, _, route in routes(web_app))


def test_a_token_opens_exactly_what_its_scopes_say(web_app, program, elsewhere):
    for scope in Scope:
        machine, wrong = program("li", scope), []
        for rule, method, route in every_route(web_app):
            answer = ask(machine, rule, method, route, elsewhere)
            refused = answer.status_code == 403 and answer.json["type"].endswith("#scope")
            if refused != bool(route.scopes and scope not in route.scopes):
                wrong.append((str(scope), rule.rule, answer.status_code))
        assert not wrong


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_exactly_where_the_matrix_says_and_nothing_of_another_company(role, web_app, house, elsewhere):
    with unit_of_work(SYSTEM) as session:
        unit = session.get(OrgUnit, house[f"unit:{AT[role]}"])
        user = User(login="only", name="某人", unit_id=unit.id, must_change_password=False)
        session.add(user)
        session.flush()
        session.add(Grant(user_id=user.id, role=role, unit_id=unit.id, path=unit.path))
        machine, wrong = Program(web_app, tokens.make(session, user.id, "x", tuple(Scope), tokens.LONGEST_LIFE)), []
    web_app.testing = False  # a view that breaks is one line of the list, not its end
    for rule, method, route in every_route(web_app):
        answer = ask(machine, rule, method, route, elsewhere)
        allowed = route.permission == EVERYONE or role in MATRIX[route.permission]
        foreign = bool(rule.arguments & ELSEWHERE) and role not in GROUP_WIDE
        if not _as_expected(allowed, foreign, bool(rule.arguments), answer.status_code) or not answer.is_json:
            wrong.append((rule.rule, method, route.permission, answer.status_code))
    assert not wrong


def _as_expected(allowed, foreign, of_one, status):
    if not allowed:
        return status == 403
    if foreign:
        return status in (403, 404)
    return status in (200, 201, 400, 404, 409, 415, 422) or (of_one and status == 403)


def test_a_foreign_task_is_refused_and_stays_as_it_was(program, elsewhere):
    li, task = program("li"), elsewhere["task_id"]
    for word, body in (("complete", {"outcome": "close", "answers": {"is_danger": False}, "opinion": "x"}), ("claim", {}), ("unclaim", {})):
        assert li.post(f"/tasks/{task}/{word}", body, 403)["type"].endswith("#forbidden")
    assert li.get("/tasks/999999", 404)["type"].endswith("#missing")
    li.post(f"/cases/{elsewhere['instance_id']}/cancel", {"reason": "x"}, 403)
    li.get(f"/cases/{elsewhere['instance_id']}", 403)
    assert li.get("/cases?which=visible")["items"] == []
    with unit_of_work(SYSTEM, write=False) as session:
        row = session.scalars(select(Task).where(Task.id == task)).one()
        assert row.status == "open" and row.assignee_id is None


def test_a_photo_of_somebody_else_does_not_go_into_my_form(program, house, story):
    photo = story.photo("qian")
    told = program("wang").post("/cases", {"definition": "hidden_danger", "answers": {
        "grid": house["unit:filter"], "description": "滤池护栏松动", "photos": [photo]}}, 422)
    assert [one["field"] for one in told["errors"]] == ["answers.photos"]


def test_people_and_places_of_other_companies_are_not_offered(program):
    li = program("li")
    assert li.get("/picks/people?q=钱进")["items"] == [] and li.get("/picks/units?q=预处理区")["items"] == []
    assert [one["name"] for one in li.get("/picks/people?q=王强")["items"]] == ["王强"]


def test_who_may_start_nothing_may_still_see_what_flows_there_are(program):
    seen = {one["key"]: one["startable"] for one in program("au").get("/definitions")["items"]}
    assert {"hidden_danger", "snapshot"} <= set(seen) and not any(seen.values())
    assert program("au").get("/definitions/hidden_danger")["form"] is None
    assert program("admin").get("/definitions")["items"] == []
    program("admin").get("/definitions/hidden_danger", 404)


@pytest.mark.parametrize("path", ["/tasks", "/cases?which=mine", "/cases?which=visible", "/cases?which=started", "/tasks/done", "/definitions", "/me"])
def test_a_list_costs_the_same_however_long_it_is(web_app, program, story, house, path):
    def case():
        return story.start("li", "hidden_danger", grid=house["unit:filter"], description="滤池护栏松动", photos=[story.photo("li")])

    case()
    li = program("li")
    li.get(path)
    few = statements(web_app, lambda: li.get(path))
    for _ in range(8):
        case()
    assert statements(web_app, lambda: li.get(path)) == few <= MOST_STATEMENTS


def statements(app, deed):
    """How many of them reach the database."""
    seen = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note := lambda *said: seen.append(said[2]))
    deed()
    event.remove(engine, "before_cursor_execute", note)
    return len([one for one in seen if not one.startswith(("BEGIN", "PRAGMA"))])
