"""Drafts: two owners at one drawing, nothing lost and nothing written over; what a drawing may name counts drafts in."""
import pytest

from data_model.actor import SYSTEM
from data_model.session import unit_of_work
from data_model.workshop import FormDesign, Kind
from engine import deployment
from engine.errors import EngineError, Missing, NotYours, TooLate
from engine.lint import Known
from engine.workshop import checking, drafts
from tests.diagrams import call, decide, diagram, end, start
from tests.engine.test_paths import table
from tests.engine.workshop import mine

STEPS = diagram(start(), mine("a"), end(), "s > a > e").decode()
MORE = diagram(start(), mine("a"), mine("b"), end(), "s > a > b > e").decode()


@pytest.fixture
def base():
    """The names that come with the code, for this test."""
    checking.use(Known(forms=frozenset({"other_flow.confirm"}), roles=frozenset({"station_leader"})))
    yield
    checking.use(Known())


def rules(session, name, content, **more):
    return {(f.element, f.rule) for f in checking.findings(session, name, content, **more) if f.severity == "error"}


def test_a_drawing_opens_with_what_runs_until_somebody_draws(works, desk):
    works.deploy(start(), mine("a"), end(), "s > a > e")
    opened = desk("po", drafts.open_draft, Kind.DIAGRAM, "p")
    assert (opened.revision, opened.base_version, opened.effective_version, opened.saved_by_name) == (0, 1, 1, "")
    assert desk("po", drafts.save, "bpmn", "p", MORE, 0) == 1
    again = desk("po", drafts.open_draft, "bpmn", "p")
    assert (again.content, again.revision, again.base_version, again.saved_by_name) == (MORE, 1, 1, "彭流")
    with pytest.raises(Missing):
        desk("po", drafts.open_draft, "bpmn", "nowhere")


def test_who_saves_second_is_told_who_was_first(works, desk):
    desk("po", drafts.save, "bpmn", "p", STEPS, 0)
    assert desk("po", drafts.save, "bpmn", "p", STEPS, 0) == 1, "the answer was lost and the browser asks again"
    assert desk("po", drafts.save, "bpmn", "p", MORE, 1) == 2
    with pytest.raises(TooLate) as late:
        desk("po", drafts.save, "bpmn", "p", STEPS, 1)
    assert late.value.params["who"] == "彭流" and late.value.params["when"]
    with pytest.raises(TooLate):
        desk("po", drafts.drop, "bpmn", "p", 1)
    desk("po", drafts.drop, "bpmn", "p", 2)
    with pytest.raises(TooLate, match="删除或部署"):
        desk("po", drafts.save, "bpmn", "p", STEPS, 2)


def test_two_at_once_one_is_kept(works, desk, together):
    results = together([lambda content=content: desk("po", drafts.save, "bpmn", "p", content, 0) for content in (STEPS, MORE)])
    assert sorted(type(result) for result in results if result != 1) in ([TooLate], [])
    assert results.count(1) == 1
    assert desk("po", drafts.open_draft, "bpmn", "p").revision == 1


def test_who_else_has_it_open(works, desk):
    assert desk("po", drafts.visit, "bpmn", "p") == []
    assert desk("zhao", drafts.visit, "bpmn", "p") == ["彭流"]
    assert desk("po", drafts.visit, "bpmn", "p") == ["赵静"]
    desk("zhao", drafts.leave, "bpmn", "p")
    assert desk("po", drafts.visit, "bpmn", "p") == []


@pytest.mark.parametrize(("kind", "key", "content"), [
    ("bpmn", "../p", STEPS), ("bpmn", "p", "<!DOCTYPE a><a/>"), ("dmn", "p", "no xml"), ("form", "f", "\x00"), ("form", "f", "x" * 2_000_001),
], ids=["path", "doctype", "words", "nul", "long"])
def test_what_no_reader_would_open_is_not_kept(works, desk, kind, key, content):
    with pytest.raises(EngineError):
        desk("po", drafts.save, kind, key, content, 0)
    assert desk("po", lambda session, _: drafts.contents(session)) == {}


def test_only_process_owners_draw(works, desk):
    with pytest.raises(NotYours):
        desk("zhao", drafts.save, "bpmn", "p", STEPS, 0)


def test_a_drawing_may_name_what_is_drawn_beside_it(works, desk, base):
    flow = diagram(start(), mine("a"), decide("d"), call("c"), end(), "s > a > d > c > e")
    seen = desk("po", lambda session, _: rules(session, "p.bpmn", flow))
    assert {element for element, _ in seen} == {"d", "c"}, seen
    desk("po", drafts.save, "form", "major_review", "{}", 0)
    desk("po", drafts.save, "dmn", "grade", table().decode(), 0)
    desk("po", drafts.save, "bpmn", "other", diagram(start(), end(), "s > e", key="other").decode(), 0)
    assert desk("po", lambda session, _: rules(session, "p.bpmn", flow)) == set()
    assert desk("po", lambda session, _: checking.known(session).forms) == {"other_flow.confirm", "major_review"}
    alone = desk("po", lambda session, _: rules(session, "p.bpmn", flow, with_drafts=False))
    assert len(alone) == 2, "deployment without them would refuse"
    together = desk("po", lambda session, _: rules(session, "p.bpmn", flow, with_drafts=False, beside=("grade.dmn", "other.bpmn")))
    assert together == set()


def test_deployment_asks_the_same_and_knows_what_is_in_the_house(works, base):
    flow = diagram(start(), call("c"), end(), "s > c > e")
    with unit_of_work(SYSTEM) as session:
        assert set(checking.errors(session, {"p.bpmn": flow})) == {"p.bpmn"}
        deployment.deploy(session, SYSTEM, {"other.bpmn": diagram(start(), end(), "s > e", key="other")})
        session.add(FormDesign(key="major_review", version=1, name="", schema="{}", checksum=""))
        session.flush()
        assert checking.errors(session, {"p.bpmn": flow}) == {}
        assert "major_review" in checking.known(session).forms


def test_a_file_is_called_as_what_is_in_it(works, base):
    with unit_of_work(SYSTEM) as session:
        assert rules(session, "q.bpmn", STEPS.encode()) == {("p", "key")}
        assert ("grade", "key") in rules(session, "grades.dmn", table())
