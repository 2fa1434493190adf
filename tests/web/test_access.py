"""Nobody enters a view that does not say who may: every route of the house, walked by each of the fourteen roles."""
import pytest
from flask import Blueprint
from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.hidden_danger import HiddenDanger
from data_model.organisation import Grant, LoginSession, OrgUnit, Role, User
from data_model.outbox import Message
from data_model.permissions import EVERYONE, MATRIX, PUBLIC, Reach
from data_model.process import Incident, Task
from data_model.session import unit_of_work
from data_model.snapshot import Snapshot
from engine.deployment import load_shipped
from tests.flows.story import Story
from tests.web.conftest import Visitor, _kept
from web import access
from web.app import create_app

AT = {Role.GROUP_SAFETY_ADMIN: "group", Role.PROCESS_OWNER: "group", Role.SYSTEM_ADMIN: "group", Role.AUDITOR: "group",
      Role.COMPANY_SAFETY_ADMIN: "qingyuan", Role.DEPUTY_LEADER: "qingyuan", Role.GENERAL_MANAGER: "qingyuan",
      Role.CHAIRMAN: "qingyuan", Role.DEPARTMENT_HEAD: "safety", Role.GRID_OWNER: "filter", Role.EMPLOYEE: "filter",
      Role.STATION_LEADER: "plant1", Role.STATION_SAFETY_DIRECTOR: "plant1", Role.INSPECTION_LEAD: "plant1"}
GROUP_WIDE = {role for cells in MATRIX.values() for role, reach in cells.items() if reach is Reach.GROUP}  # open other companies' cases
DOORS_OUT = ("login.leave", "login.leave_everywhere")


def test_a_view_that_declares_nothing_keeps_the_house_from_starting(web_app):
    web_app.add_url_rule("/secret", "secret.page", lambda: "secret")
    with pytest.raises(access.Undeclared, match=r"secret\.page"):
        access.check_all_declared(web_app)


def test_a_view_added_later_without_a_word_is_closed_at_run_time_too(web_app, visit):
    web_app.add_url_rule("/secret", "secret.page", lambda: "secret")
    assert visit("admin").get("/secret").status_code == 403
    assert visit().get("/secret").status_code == 403


def test_a_permission_that_is_not_in_the_matrix_is_refused_where_it_is_written():
    with pytest.raises(access.Undeclared, match="hidden_danger.veiw"):
        access.allow("hidden_danger.veiw")


def test_every_role_of_the_matrix_is_walked():
    assert set(AT) == set(Role)


def _routes(app):
    """(endpoint, method, rule), the ways out last."""
    routes = [(rule.endpoint, method, rule) for rule in app.url_map.iter_rules()
              for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return sorted(routes, key=lambda route: (route[0] in DOORS_OUT, route[0], route[1]))


def test_a_stranger_is_let_into_public_rooms_only(web_app, visit):
    stranger, wrong = visit(), []
    stranger.get("/login")
    for endpoint, method, rule in _routes(web_app):
        public = access.access_of(web_app, endpoint).permission == PUBLIC
        answer = stranger.client.open(_address(rule, {}), method=method, headers={"X-CSRFToken": stranger.token}, buffered=True)
        to_the_door = answer.status_code == 401 if _asks_for_a_token(rule) else \
            answer.status_code == 302 and answer.location.startswith("/login")
        if to_the_door == public or answer.status_code >= 500 or (not public and answer.status_code == 200):
            wrong.append((endpoint, method, answer.status_code))
    assert not wrong


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_exactly_where_the_matrix_says(role, web_app, house, somebody, elsewhere):
    web_app.testing = False  # a view that breaks is one line of the list, not its end
    visitor, wrong = somebody(role), []
    for endpoint, method, rule in _routes(web_app):
        permission = access.access_of(web_app, endpoint).permission
        allowed = permission in (EVERYONE, PUBLIC) or role in MATRIX[permission]
        answer = visitor.client.open(_address(rule, elsewhere), method=method, headers={"X-CSRFToken": visitor.token}, buffered=True)
        expected = answer.status_code == 401 if _asks_for_a_token(rule) and permission != PUBLIC else \
            _as_expected(allowed, role in GROUP_WIDE, rule, elsewhere, answer.status_code)
        if not expected:
            wrong.append((endpoint, method, str(rule), permission, answer.status_code))
    assert not wrong


def _as_expected(allowed, everything, rule, elsewhere, status):
    if status >= 500 or status == 401:
        return False
    if not allowed:
        return status == 403
    if set(rule.arguments) & set(elsewhere) and not everything:
        return status in (403, 404)  # somebody else's: not there for this person
    return status != 403 or bool(rule.arguments)


def _asks_for_a_token(rule):
    """Whether it is a door for programs: the cookie that these people bring opens none (tests/api walks them with tokens)."""
    return rule.rule.startswith("/api/") and rule.endpoint != "api_docs.page"


def _address(rule, ids):
    values = {name: ids.get(name, 2**40) if _is_number(rule, name) else _word(rule, name) for name in rule.arguments}
    return rule.build(values, append_unknown=False)[1]


def _word(rule, name):
    """One of those that the address may hold there, where it may not hold any."""
    return min(getattr(rule._converters[name], "items", ()), default="nothing")


def _is_number(rule, name):
    return type(rule._converters[name]).__name__ in ("RowId", "IntegerConverter")


@pytest.fixture
def somebody(web_app, house):
    """somebody(role): a signed-in person who holds this one role."""

    def comes(role):
        with unit_of_work(SYSTEM) as session:
            unit = session.get(OrgUnit, house[f"unit:{AT[role]}"])
            user = User(login=f"only_{role}"[:64], name="某人", unit_id=unit.id, password_hash=_kept, must_change_password=False)
            session.add(user)
            session.flush()
            session.add(Grant(user_id=user.id, role=role, unit_id=unit.id, path=unit.path))
        visitor = Visitor(web_app)
        assert visitor.sign_in(f"only_{role}"[:64]).status_code == 303
        return visitor

    return comes


@pytest.fixture
def elsewhere(house):
    """Ids of what belongs to Qian, in another company, by the names that addresses give them: a running case and its rows."""
    story = Story(house)
    with unit_of_work(SYSTEM) as session:
        load_shipped(session)
    photo = story.photo("qian")
    case = story.start("qian", "hidden_danger", grid=house["unit:grit"], description="格栅间护栏松动", photos=[photo])
    with unit_of_work(SYSTEM) as session:
        grid = session.get(OrgUnit, house["unit:grit"])
        snapshot = Snapshot(code="S-1", grid_id=grid.id, org_path=grid.path, description="别处", reporter_id=house["qian"])
        message = Message(user_id=house["qian"], code="N-01", text="给钱进的话")
        incident = Incident(instance_id=case, reason="x")
        session.add_all((snapshot, message, incident))
        session.flush()
        danger, task = session.scalars(select(HiddenDanger.id)).one(), session.scalars(select(Task.id)).one()
        return {"instance_id": case, "task_id": task, "danger_id": danger, "snapshot_id": snapshot.id, "row_id": danger,
                "file_id": photo, "message_id": message.id, "incident_id": incident.id}


def test_what_belongs_to_another_company_stays_there_even_with_a_real_id(visit, elsewhere):
    wang = visit("wang")
    assert wang.post(f"/me/messages/{elsewhere['message_id']}/open").status_code == 404
    with unit_of_work(SYSTEM, write=False) as session:
        assert session.get(Message, elsewhere["message_id"]).read_at is None


def test_a_blueprint_whose_view_is_silent_is_named(settings, house, monkeypatch):
    bp = Blueprint("sly", __name__)
    bp.add_url_rule("/sly", "page", lambda: "x")
    monkeypatch.setattr("web.screens.home.bp", bp)
    with pytest.raises(access.Undeclared, match=r"sly\.page"):
        create_app(settings)


def test_a_person_without_any_role_is_told_whom_to_ask(web_app, visit, house):
    with unit_of_work(SYSTEM) as session:
        session.add(User(login="none", name="黄授权", unit_id=house["unit:filter"], password_hash=_kept, must_change_password=False))
    answer = visit("none").get("/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403 and "还没有权限" in page and "管理员" in page and "admin@example.com" in page


def test_before_a_forced_password_change_nothing_else_opens(web_app, visit, house):
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["wang"]).must_change_password = True
    wang, wrong = visit("wang"), []
    for endpoint, method, rule in _routes(web_app):
        declared = access.access_of(web_app, endpoint)
        if declared.permission == PUBLIC or declared.always:
            continue
        answer = wang.client.open(_address(rule, {}), method=method, headers={"X-CSRFToken": wang.token})
        if answer.status_code != 401 if _asks_for_a_token(rule) else (answer.status_code, answer.location) != (303, "/me/password"):
            wrong.append((endpoint, method, answer.status_code))
    assert not wrong
    assert wang.get("/me/password").status_code == 200


def test_sessions_of_others_cannot_be_told_from_none_at_all(visit, house):
    visit("li")
    with unit_of_work(SYSTEM, write=False) as session:
        number = session.query(LoginSession.id).filter_by(user_id=house["li"]).scalar()
    wang = visit("wang")
    assert wang.post(f"/me/sessions/{number}/revoke").status_code == wang.post("/me/sessions/999999/revoke").status_code == 404
