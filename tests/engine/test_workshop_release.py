"""From draft to running version: by one person, by two, back again, out of use; who may start it; files never win over owners."""
import pytest
from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.audit import AuditEntry
from data_model.organisation import Grant, OrgUnit, Role, User
from data_model.outbox import Message
from data_model.process import DecisionTable, ProcessDefinition
from data_model.session import unit_of_work
from data_model.workshop import Draft, FormDesign, Kind, ReleaseRequest
from engine import catalog, deployment
from engine.errors import EngineError, Missing, NotYours, TooLate
from engine.workshop import drafts, four_eyes, release, shelf, standing
from tests.diagrams import call, decide, diagram, end, start
from tests.engine.test_paths import table
from tests.engine.workshop import mine

EVERYONE = {"starters": "everyone", "category": "测试"}


def flow(name, **more):
    return diagram(start(), mine(name), end(), f"s > {name} > e", **{"properties": EVERYONE, **more})


@pytest.fixture
def second(works):
    """A second process owner: 高安."""
    with unit_of_work(SYSTEM) as session:
        unit = session.scalars(select(OrgUnit).where(OrgUnit.code == "group")).one()
        session.add(Grant(user_id=works.ids["ga"], role=Role.PROCESS_OWNER, unit_id=unit.id, path=unit.path))
    return "ga"


def versions(works, key="p"):
    return [(row.version, row.status, row.source) for row in works.rows(ProcessDefinition) if row.key == key]


def audited(works, kind, field):
    """What became of a field, as the audit has it."""
    return [row.changes[field] for row in works.rows(AuditEntry) if row.kind == kind and field in row.changes]


def draw(desk, name="b", key="p", revision=0):
    return desk("po", drafts.save, Kind.DIAGRAM, key, flow(name, key=key).decode(), revision)


def test_a_draft_is_deployed_with_a_note_and_running_cases_stay(works, desk):
    works.deploy(start(), mine("a"), end(), "s > a > e", properties=EVERYONE)
    works.start()
    draw(desk)
    with pytest.raises(EngineError, match="部署说明"):
        desk("po", release.deploy_drafts, ["p.bpmn"], "  ")
    done = desk("po", release.deploy_drafts, {"p.bpmn": 1}, "多一步")
    assert [row.version for row in done.made] == [2] and done.request is None
    assert versions(works) == [(1, "retired", "file"), (2, "effective", "modeler")] and works.rows(Draft) == []
    works.start()
    assert works.waiting() == ["a", "b"]
    with unit_of_work(SYSTEM, write=False) as session:
        two, one = shelf.versions(session, Kind.DIAGRAM, "p")
        assert (two.by, two.note, two.running, one.running) == ("彭流", "多一步", 1, 1)
        (listed,) = shelf.processes(session)
        assert (listed.running, listed.version.number, listed.category, listed.draft) == (2, 2, "测试", None)


def test_who_looked_at_an_older_draft_looks_again(works, desk):
    draw(desk)
    draw(desk, "c", revision=1)
    with pytest.raises(TooLate) as late:
        desk("po", release.deploy_drafts, {"p.bpmn": 1}, "x")
    assert late.value.params["who"] == "彭流"
    with pytest.raises(TooLate, match="删除"):
        desk("po", release.deploy_drafts, ["q.bpmn"], "x")
    with pytest.raises(NotYours):
        desk("zhao", release.deploy_drafts, ["p.bpmn"], "x")


def test_two_deploy_the_same_draft_at_once(works, desk, second, together):
    draw(desk)
    results = together([lambda who=who: desk(who, release.deploy_drafts, ["p.bpmn"], "x") for who in ("po", second)])
    assert sorted(type(result).__name__ for result in results) == ["Released", "TooLate"], results
    assert versions(works) == [(1, "effective", "modeler")]


def test_a_diagram_table_and_form_go_together_or_not_at_all(works, desk):
    parcel = diagram(start(), decide("d"), mine("a"), end(), "s > d > a > e", properties=EVERYONE)
    desk("po", drafts.save, "bpmn", "p", parcel.decode(), 0)
    with pytest.raises(EngineError, match="grade"):
        desk("po", release.deploy_drafts, ["p.bpmn"], "without its table")
    assert versions(works) == [] and len(works.rows(Draft)) == 1
    desk("po", drafts.save, "dmn", "grade", table().decode(), 0)
    desk("po", release.deploy_drafts, ["p.bpmn", "grade.dmn"], "both")
    assert [(row.version, row.source) for row in works.rows(DecisionTable)] == [(1, "modeler")]
    changed = table().replace('"小"'.encode(), b'"S"').decode()
    desk("po", drafts.save, "dmn", "grade", changed, 0)
    done = desk("po", release.deploy_drafts, ["grade.dmn"], "only the table")
    assert [(row.key, row.version) for row in done.made] == [("p", 2)], "who decides by a table gets a version with the new one"


def test_a_new_version_of_a_called_process_reaches_its_callers(works, desk):
    with unit_of_work(SYSTEM) as session:
        outer = diagram(start(), call("c", "middle"), end(), "s > c > e", key="outer", properties=EVERYONE)
        middle = diagram(start(), call("c", "inner"), end(), "s > c > e", key="middle")
        deployment.deploy(session, SYSTEM, {"outer.bpmn": outer, "middle.bpmn": middle, "inner.bpmn": flow("a", key="inner")})
    draw(desk, "b", key="inner")
    done = desk("po", release.deploy_drafts, ["inner.bpmn"], "x")
    assert [(row.key, row.version) for row in done.made] == [("inner", 2), ("middle", 2), ("outer", 2)]
    works.start("outer")
    assert works.waiting() == ["inner/b"]


def test_with_four_eyes_a_second_person_agrees(works, desk, second):
    draw(desk)
    desk("po", four_eyes.turn_on)
    asked = desk("po", release.deploy_drafts, ["p.bpmn"], "多一步").request
    assert versions(works) == []
    with pytest.raises(TooLate) as late:
        desk(second, release.deploy_drafts, ["p.bpmn"], "me too")
    assert late.value.params["who"] == "彭流"
    with pytest.raises(NotYours, match="自己"):
        desk("po", release.agree, asked.id)
    with pytest.raises(NotYours):
        desk("zhao", release.agree, asked.id)
    draw(desk, "c", revision=1)  # drawing goes on; what was asked for stays what it was
    desk(second, release.agree, asked.id)
    (row,) = works.rows(ProcessDefinition)
    assert (row.deployed_by, row.note, row.status) == (works.ids["po"], "多一步", "effective")
    works.start()
    assert works.waiting() == ["b"]
    assert len(works.rows(Draft)) == 1, "what was drawn since is not lost"
    with pytest.raises(TooLate) as late:
        desk(second, release.refuse, asked.id, "too late")
    assert late.value.params["who"] == "高安"
    assert ["", "agreed"] in audited(works, "release_request", "verdict")


def test_a_request_is_refused_with_a_reason_or_withdrawn(works, desk, second):
    draw(desk)
    desk("po", four_eyes.turn_on)
    first = desk("po", release.deploy_drafts, ["p.bpmn"], "x").request
    with pytest.raises(EngineError, match="原因"):
        desk(second, release.refuse, first.id, " ")
    desk(second, release.refuse, first.id, "还没有试跑")
    again = desk("po", release.deploy_drafts, ["p.bpmn"], "y").request
    with pytest.raises(NotYours):
        desk(second, release.withdraw, again.id)
    desk("po", release.withdraw, again.id)
    assert [(row.verdict, row.reason) for row in works.rows(ReleaseRequest)] == [("refused", "还没有试跑"), ("withdrawn", "")]
    told = [(row.user_id, row.params["what"], row.params.get("reason")) for row in works.rows(Message)]
    assert told == [(works.ids["ga"], "p.bpmn", None), (works.ids["po"], "p.bpmn", "还没有试跑"), (works.ids["ga"], "p.bpmn", None)]
    assert versions(works) == [] and len(works.rows(Draft)) == 1


def test_two_agree_and_refuse_at_once(works, desk, second, together):
    draw(desk)
    desk("po", four_eyes.turn_on)
    asked = desk("po", release.deploy_drafts, ["p.bpmn"], "x").request
    results = together([lambda: desk(second, release.agree, asked.id), lambda: desk(second, release.refuse, asked.id, "no")])
    assert sum(isinstance(result, TooLate) for result in results) == 1, results
    (row,) = works.rows(ReleaseRequest)
    assert (row.verdict == "agreed") == (len(versions(works)) == 1)


def test_the_switch_takes_two_to_turn_off(works, desk, second):
    desk("po", four_eyes.turn_on)
    asked = desk("po", four_eyes.ask_off, "假期只有一人")
    with pytest.raises(NotYours):
        desk("po", release.agree, asked.id)
    with unit_of_work(SYSTEM, write=False) as session:
        assert four_eyes.is_on(session)
    desk(second, release.agree, asked.id)
    with unit_of_work(SYSTEM, write=False) as session:
        assert not four_eyes.is_on(session)
    assert audited(works, "switch", "value") == [[None, True], [True, False]]


def test_nobody_shuts_themselves_out(works, desk):
    with pytest.raises(EngineError, match="只有一人"):
        desk("po", four_eyes.turn_on)


def test_an_old_version_comes_back_as_a_draft(works, desk):
    works.deploy(start(), mine("a"), end(), "s > a > e", properties=EVERYONE)
    works.deploy(start(), mine("b"), end(), "s > b > e", properties=EVERYONE)
    assert desk("po", standing.restore, Kind.DIAGRAM, "p", 1, 0) == 1
    assert 'id="a"' in desk("po", lambda session, _: drafts.contents(session))["p.bpmn"]
    with pytest.raises(TooLate):
        desk("po", standing.restore, Kind.DIAGRAM, "p", 2, 0)
    with pytest.raises(Missing):
        desk("po", standing.restore, Kind.DIAGRAM, "p", 9, 1)
    desk("po", release.deploy_drafts, ["p.bpmn"], "回到第一版")
    works.start()
    assert works.waiting() == ["a"]


def test_a_process_taken_out_of_use_is_started_no_more_and_no_file_brings_it_back(works, desk, tmp_path):
    (tmp_path / "p.bpmn").write_bytes(flow("a"))
    with unit_of_work(SYSTEM) as session:
        deployment.load_shipped(session, tmp_path)
    case = works.start()
    with pytest.raises(TooLate):
        desk("po", standing.retire, "p", 7)
    desk("po", standing.retire, "p", 1)
    with pytest.raises(Missing):
        works.start()
    works.do("wang", "a")
    assert works.ended(case) == ("completed", "e")
    with unit_of_work(SYSTEM) as session:
        assert deployment.load_shipped(session, tmp_path) == []
        (tmp_path / "p.bpmn").write_bytes(flow("b"))
        assert [row.status for row in deployment.load_shipped(session, tmp_path)] == ["draft"]
    desk("po", standing.restore, Kind.DIAGRAM, "p", 2, 0)
    desk("po", release.deploy_drafts, ["p.bpmn"], "again")
    works.start()
    assert works.waiting() == ["b"]


def test_what_others_call_stays(works, desk):
    with unit_of_work(SYSTEM) as session:
        outer = diagram(start(), call("c", "p"), end(), "s > c > e", key="outer")
        deployment.deploy(session, SYSTEM, {"p.bpmn": flow("a"), "outer.bpmn": outer})
    with pytest.raises(EngineError, match="流程"):
        desk("po", standing.retire, "p", 1)


def test_who_may_start_is_ruled_in_the_browser_and_kept(works, desk):
    works.deploy(start(), mine("a"), end(), "s > a > e", properties=EVERYONE)

    def may(who):
        actor = works.actor(who)
        with unit_of_work(actor, write=False) as session:
            return [one.key for one in catalog.startable(session, actor)]

    desk("po", standing.set_starters, "p", 1, ["station_leader"])
    assert (may("wang"), may("zhang")) == ([], ["p"])
    with pytest.raises(EngineError, match="king"):
        desk("po", standing.set_starters, "p", 1, ["king"])
    draw(desk)
    desk("po", release.deploy_drafts, ["p.bpmn"], "x")
    assert (may("wang"), may("zhang")) == ([], ["p"]), "a new version keeps what was ruled"
    desk("po", drafts.save, "bpmn", "p", flow("b", properties={"starters": "grid_owner"}).decode(), 0)
    desk("po", release.deploy_drafts, ["p.bpmn"], "drawn anew")
    assert (may("li"), may("zhang")) == (["p"], []), "until the drawing says something new"
    assert [["everyone"], ["station_leader"]] in audited(works, "process_definition", "starters")


def test_a_file_never_replaces_a_table_or_form_that_an_owner_made(works, desk, tmp_path):
    (tmp_path / "grade.dmn").write_bytes(table())
    with unit_of_work(SYSTEM) as session:
        deployment.load_shipped(session, tmp_path)
    mine_now = table().replace('"小"'.encode(), b'"S"')
    desk("po", drafts.save, "dmn", "grade", mine_now.decode(), 0)
    desk("po", release.deploy_drafts, ["grade.dmn"], "x")
    with unit_of_work(SYSTEM) as session:
        deployment.load_shipped(session, tmp_path)
    assert [row.version for row in works.rows(DecisionTable)] == [1, 2] and works.rows(Draft) == [], "the file said this before"
    (tmp_path / "grade.dmn").write_bytes(table().replace('"小"'.encode(), b'"XS"'))
    for _ in range(2):
        with unit_of_work(SYSTEM) as session:
            deployment.load_shipped(session, tmp_path)
    assert [row.version for row in works.rows(DecisionTable)] == [1, 2]
    (laid_aside,) = works.rows(Draft)
    assert (laid_aside.key, laid_aside.saved_by_name, laid_aside.base_version) == ("grade", "系统", 2)
    assert works.rows(FormDesign) == [] and works.rows(User)
