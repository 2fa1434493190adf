"""Try it: a draft runs on the real engine, people act, time passes, and nothing of it is there afterwards."""
import threading
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.base import Base
from data_model.db import db
from data_model.hidden_danger import HiddenDanger
from data_model.process import ProcessDefinition
from data_model.session import unit_of_work
from data_model.workshop import Kind
from engine import actions, catalog, deployment, locks, store
from engine.deployment import load_shipped
from engine.errors import EngineError
from engine.workshop import drafts, playing, sandbox, stage, trials
from tests.diagrams import (
    boundary,
    call,
    catch,
    decide,
    diagram,
    end,
    event,
    script,
    service,
    start,
    table,
    throw,
    timer,
    user,
    xor,
)
from tests.engine.workshop import key, mine

MONDAY = datetime(2026, 3, 2, 9, tzinfo=clock.zone())
WANG, LI, CHEN = {"$user": "wang"}, {"$user": "li"}, {"$user": "chen"}
FOUND = {"do": "start", "who": WANG, "data": {"grid": {"$unit": "filter"}, "description": "滤池走道护栏松动", "photos": {"$photos": 1}}}
CONFIRMED = {"do": "complete", "step": "confirm", "who": LI, "outcome": "configure", "data": {
    "is_danger": True, "is_source": False, "danger_class": "物", "level": "一般Ⅲ", "urgent": False, "stop_work": False}}
PLANNED = {"do": "complete", "step": "configure", "who": {"$candidate": True}, "outcome": "done", "data": {
    "engineering": "加固护栏", "rectifier": CHEN, "checker": {"$user": "sun"}, "deadline": {"$day": 2}}}
CURED = {"do": "complete", "step": "rectify", "who": CHEN, "outcome": "done", "data": {
    "result": "护栏已加固", "rectified_on": {"$day": 0}, "photos_after": {"$photos": 2}}}
START = {"do": "start", "who": WANG}


def step(element, who=WANG, **more):
    return {"do": "complete", "step": element, "who": who, "outcome": "done", **more}


def clock_on(minutes):
    return {"do": "clock", "minutes": minutes}


@pytest.fixture
def po(actor):
    return actor("po")


@pytest.fixture
def draw(house, po):
    """Save the draft of a diagram."""
    def save(*parts, key="p", **more):
        more.setdefault("properties", {"starters": "everyone"})
        with unit_of_work(po) as session:
            try:
                revision = drafts.open_draft(session, po, Kind.DIAGRAM, key).revision
            except EngineError:
                revision = 0
            drafts.save(session, po, Kind.DIAGRAM, key, diagram(*parts, key=key, **more).decode(), revision)
    return save


@pytest.fixture
def trying(po):
    """A try of a process, put on stage with its drafts."""
    @contextmanager
    def on(key="p", begins=MONDAY):
        with sandbox.unit(po) as session:
            sandbox.put_on_stage(session, po, sandbox.drawn(session, key))
            with playing.playing(session, key, begins) as scene:
                yield scene
    return on


@pytest.fixture
def shipped(house):
    with unit_of_work(SYSTEM) as session:
        load_shipped(session)
    return house


def everything():
    """Every row of every table."""
    with unit_of_work(SYSTEM, write=False) as session:
        return {table.name: sorted(map(str, session.execute(select(*table.c)))) for table in Base.metadata.sorted_tables}


def bytes_of(database, folder):
    """Fingerprints of the database's own file and of everything beside it."""
    if database.startswith("sqlite"):
        db.engine.dispose()  # the last connection takes the write-ahead log along
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(Path(folder).rglob("*")) if path.is_file()}


# -- nothing stays

def test_a_whole_case_leaves_neither_row_nor_file_nor_number(shipped, trying, database, tmp_path):
    before, files = everything(), bytes_of(database, tmp_path)
    with trying("hidden_danger") as scene:
        assert playing.play(scene, [FOUND, CONFIRMED, PLANNED, clock_on(3 * 1440), CURED]) is None
        now = stage.shown(scene)
        assert [(turn.element, turn.people) for turn in now.turns] == [("recheck", ((4, "孙丽"),))]
        assert {told.code for told in now.told} == {"N-01", "N-07", "N-08"}
        assert now.title.startswith("过滤区") and [kind for kind, _ in now.records] == ["hidden_danger"]
        assert scene.session.get(HiddenDanger, now.records[0][1]).code == "HD-QINGYUAN-2026-0001"
        assert now.now == MONDAY + timedelta(days=3)
    assert everything() == before
    assert bytes_of(database, tmp_path) == files
    with trying("hidden_danger") as scene:  # the number was not used up
        playing.do(scene, FOUND)
        assert scene.instance().code == "HD-QINGYUAN-2026-0001"


def test_the_draft_runs_and_the_running_version_knows_nothing_of_it(works, draw, trying):
    works.deploy(start("s"), mine("a"), end("e"), "s > a > e")
    real = works.start()
    draw(start("s"), mine("a"), mine("b"), end("e"), "s > a > b > e")
    with trying() as scene:
        assert playing.play(scene, [START, step("a")]) is None
        assert [turn.element for turn in stage.shown(scene).turns] == ["b"]
    works.do("wang", "a")
    assert works.ended(real) == ("completed", "e")
    works.deploy(start("s"), mine("c"), end("e"), "s > c > e")  # gets the id that the draft had for a moment
    works.start()
    assert works.waiting() == ["c"]
    with unit_of_work(SYSTEM, write=False) as session:
        rows = session.scalars(select(ProcessDefinition).where(ProcessDefinition.key == "p")).all()
        assert [(row.version, row.status) for row in rows] == [(1, "retired"), (2, "effective")]
        assert "c" in catalog.flow(session, rows[1].id).diagram.by_id


def test_cases_that_really_run_hear_no_timer_and_no_signal_of_a_try(works, draw, trying):
    parts = (start("s"), mine("a"), boundary("late", "a", timer('"PT1H"')), throw("shout", event("signal", "s1")),
             catch("listen", event("signal", "s1")), end("e"), end("e2"), "s > a > listen > e", "late > shout > e2")
    works.deploy(*parts)
    listening, waiting = works.start(), works.start()
    works.do_task("wang", next(t.id for t in works.open_tasks() if t.instance_id == listening))
    draw(*parts)
    with trying() as scene:
        assert playing.play(scene, [START, clock_on(120)]) is None
        assert scene.instance().end_element == "e2"
        assert {scene.instance(one).status for one in (listening, waiting)} == {"running"}
    assert works.waiting() == ["a"]
    assert works.instance(listening).status == "running"


def test_the_clock_of_a_try_is_nobody_elses(works, draw, trying):
    draw(start("s"), mine("a"), end("e"), "s > a > e")
    seen = []
    with trying(begins=datetime(2031, 5, 5, tzinfo=clock.zone())):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
        assert clock.now().year == 2031
    assert seen[0].year not in (2030, 2031)


def test_a_part_of_a_unit_of_work_is_undone_and_the_rest_is_kept(works, draw, po):
    draw(start("s"), mine("a"), end("e"), "s > a > e")
    with unit_of_work(po) as session:
        kept = trials.begin(session, po, "before", MONDAY).id
        with sandbox.inside(session):
            sandbox.put_on_stage(session, po, sandbox.drawn(session, "p"))
            with playing.playing(session, "p", MONDAY) as scene:
                playing.do(scene, START)
        trials.begin(session, po, "after", MONDAY)
        assert kept and session.info["actor"] == po and "deployed" not in session.info
    assert [row.process_key for row in works.rows(trials.Trial)] == ["before", "after"]
    assert works.rows(ProcessDefinition) == []


def test_a_try_in_a_unit_that_only_reads_is_refused(house, po):
    with unit_of_work(po, write=False) as session, pytest.raises(RuntimeError), sandbox.inside(session):
        pass


# -- as anybody, by the real rules

def test_who_may_not_act_is_refused_in_the_engines_words_and_the_step_leaves_nothing(shipped, trying):
    with trying("hidden_danger") as scene:
        playing.do(scene, FOUND)
        before = stage.shown(scene)
        with pytest.raises(EngineError, match="这不是您的待办"):
            playing.do(scene, {**CONFIRMED, "who": WANG})
        with pytest.raises(EngineError, match="请填写意见"):
            playing.do(scene, {**CONFIRMED, "outcome": "close"})
        with pytest.raises(EngineError, match="没有账号"):
            playing.do(scene, {**CONFIRMED, "who": {"$user": "nobody"}})
        after = stage.shown(scene)
        assert (after.turns, after.told, len(scene.done)) == (before.turns, before.told, 1)


def test_deeds_besides_answering(works, draw, trying):
    both = f"users([{works.ids['chen']}, {works.ids['li']}])"
    draw(start("s"), user("a", candidates=both, allow="transfer,withdraw,cancel,delegate"), mine("b"), end("e"), "s > a > b > e")
    said = {"reason": "请代办"}
    with trying() as scene:
        steps = [START, {"do": "claim", "step": "a", "who": CHEN}, {"do": "unclaim", "step": "a", "who": CHEN},
                 {"do": "transfer", "step": "a", "who": CHEN, "data": {"to": LI, **said}},
                 {"do": "delegate", "step": "a", "who": LI, "data": {"to": WANG, **said}},
                 {"do": "give_back", "step": "a", "who": WANG, "opinion": "可以", "data": {}},
                 step("a", LI), {"do": "withdraw", "who": LI, "data": {"reason": "写错了"}}, step("a", LI)]
        assert playing.play(scene, steps) is None
        assert [turn.element for turn in stage.shown(scene).turns] == ["b"]


def test_who_gives_an_answer_that_wants_a_file_and_a_signature_gives_samples(works, draw, trying):
    draw(start("s"), mine("a", outcomes='[{"value": "done", "label": "同意", "attachment": true, "signature": true}]'), end("e"), "s > a > e")
    with trying() as scene:
        playing.do(scene, START)
        with pytest.raises(EngineError, match="请添加附件"):
            playing.do(scene, step("a"))
        playing.do(scene, step("a", files=1, signature=True))
        assert scene.instance().status == "completed"


def test_a_message_arrives_when_it_is_let(works, draw, trying):
    draw(start("s"), catch("wait", event("message", "m1")), mine("a"), end("e"), "s > wait > a > e")
    with trying() as scene:
        playing.do(scene, START)
        (awaited,) = stage.shown(scene).awaited
        with pytest.raises(EngineError, match="等待"):
            playing.do(scene, {"do": "message", "name": "another"})
        playing.do(scene, {"do": awaited.kind, "name": awaited.name})
        assert [turn.element for turn in stage.shown(scene).turns] == ["a"]


# -- time

def test_the_clock_rings_what_lies_on_its_way_and_stops_where_there_is_too_much(works, draw, trying):
    draw(start("s"), mine("a"), boundary("daily", "a", timer('"R300/PT1H"', "timeCycle"), interrupting=False), script("count"), end("e"),
         end("e2"), "s > a > e", "daily > count > e2")
    with trying() as scene:
        playing.do(scene, START)
        playing.do(scene, {"do": "clock", "next": True})
        assert clock.now() == MONDAY + timedelta(hours=1)
        playing.do(scene, clock_on(30 * 1440))
        assert scene.cut_short and clock.now() == MONDAY + timedelta(hours=61)
        for wrong in (clock_on(0), clock_on(-5), clock_on(400 * 1440), {"do": "clock", "until": "2020-01-01T00:00"}, {"do": "clock", "until": "x"}):
            with pytest.raises(EngineError):
                playing.do(scene, wrong)
        assert clock.now() == MONDAY + timedelta(hours=61)


def test_what_fails_is_an_incident_that_can_be_retried(works, draw, trying):
    draw(start("s"), mine("a"), script("divide", "x = 1 / a.zero"), end("e"), "s > a > divide > e")
    with trying() as scene:
        assert playing.play(scene, [START, step("a", data={"zero": 0})]) is None
        (trouble,) = stage.shown(scene).troubles
        assert trouble.element == "divide" and stage.shown(scene).marks.failed == ["divide"]
        playing.do(scene, {"do": "retry", "step": "divide"})
        assert len(stage.shown(scene).troubles) == 1


# -- nothing runs away

def test_a_loop_without_an_end_and_a_heavy_script_are_stopped_in_time(works, draw, trying):
    ones = f"[{', '.join('1' * 20)}]"
    heavy = f"a = {ones}\nb = [i + j for i in a for j in a]\nx = sum([i + j for i in [1, 2, 3, 4] for j in b])"
    for code in ("x = 1", heavy):
        draw(start("s"), xor("g"), script("again", code), mine("a"), end("e"), "s > g", "g > again if 1 == 1", "again > g", "g > a default", "a > e")
        began = time.monotonic()
        with trying() as scene:
            with pytest.raises(EngineError, match="无法继续|用时超过"):
                playing.do(scene, START)
            assert not stage.shown(scene).begun
        assert time.monotonic() - began < 10  # two seconds of work, five at most on a machine that does other things as well


def test_two_hundred_steps_and_no_more(works, draw, trying):
    draw(start("s"), mine("a"), end("e"), "s > a > e")
    with trying() as scene:
        scene.done = [START] * 200
        with pytest.raises(EngineError, match="200"):
            playing.do(scene, START)


@pytest.mark.parametrize("nonsense", [
    {}, {"do": "dance"}, {"do": "start"}, {"do": "start", "who": 7}, {"do": "start", "who": WANG, "unit": 10**30},
    {"do": "start", "who": WANG, "data": "x"}, {"do": "start", "who": {"$cast": "ghost"}}, {"do": "complete", "step": "a", "nth": "x"},
    {"do": "start", "who": WANG, "data": {"x": {"$unit": "no"}}}, {"do": "start", "who": WANG, "data": {"x": {"$photos": "many"}}},
    {"do": "complete", "step": {"a": 1}, "who": WANG}, {"do": "clock", "minutes": "soon"}, {"do": "retry"}, {"do": "withdraw", "who": WANG},
])
def test_a_step_that_makes_no_sense_is_refused_in_words(works, draw, trying, nonsense):
    draw(start("s"), mine("a"), end("e"), "s > a > e")
    with trying() as scene:
        with pytest.raises(EngineError):
            playing.do(scene, nonsense)
        playing.do(scene, START)


# -- beside real users

def test_people_at_work_do_not_wait_long_for_tries(works, draw, trying, together, po, app):
    works.deploy(start("s"), mine("a"), mine("b"), end("e"), "s > a > b > e")
    draw(start("s"), mine("a"), mine("b"), mine("c"), end("e"), "s > a > b > c > e")
    wang = works.actor("wang")

    def tries():
        for _ in range(3):
            with trying() as scene:
                assert playing.play(scene, [START, step("a"), step("b"), step("c")]) is None
        return "tried"

    def works_on():
        longest = 0.0
        for _ in range(6):
            began = time.monotonic()
            with unit_of_work(wang) as session:
                actions.start(session, wang, "p", {}, idem_key=key())
            longest = max(longest, time.monotonic() - began)
        return longest

    found = together([tries, tries, works_on, works_on])
    assert found[:2] == ["tried", "tried"]
    assert all(isinstance(one, float) and one < 10 for one in found[2:]), found
    assert len(works.open_tasks()) == 12
    assert {task.element_id for task in works.open_tasks()} == {"a"}


# -- what a draft stands on, and how else a process begins

def test_drafts_of_tables_and_called_processes_are_tried_with_it(works, draw, trying, po):
    grade = start("s"), script("set", "x = 1"), decide("d", "grade"), call("c", "q"), end("e"), "s > set > d > c > e"
    works.deploy(start("s"), mine("inner"), end("e"), "s > inner > e", key="q")
    works.deploy(*grade, tables={"grade": table("1")})
    with trying() as scene:  # nothing is drawn: what runs is tried
        playing.do(scene, START)
        assert scene.open_tasks()[0].element_id == "q/inner"
    draw(start("s"), mine("drawn"), end("e"), "s > drawn > e", key="q")
    with unit_of_work(po) as session:
        drafts.save(session, po, Kind.TABLE, "grade", table("2", "1").decode(), 0)
    with trying() as scene:
        playing.do(scene, START)
        assert scene.open_tasks()[0].element_id == "q/drawn"
        playing.do(scene, step("q/drawn"))
        assert scene.instance().status == "completed"
        assert store.data_at(locks.seen(scene.session, scene.first).state, "")["o"] == 2


def test_what_nobody_starts_by_hand_begins_as_it_would(works, draw, trying):
    draw(start("s"), mine("a"), end("e"), "s > a > e", properties={})
    with trying() as scene:
        with pytest.raises(EngineError, match="不能发起"):
            playing.do(scene, START)
        playing.do(scene, {**START, "called": True})
        assert stage.shown(scene).turns[0].people == ((works.ids["wang"], "王强"),)
    draw(start("s", event("message", "m1")), user("a", candidates="grid_owner(5)"), end("e"), "s > a > e", key="heard", properties={})
    with trying("heard") as scene:
        playing.do(scene, {"do": "arise", "kind": "message", "name": "m1", "unit": {"$unit": "filter"}})
        assert stage.shown(scene).turns[0].people == ((works.ids["li"], "李敏"),)
        with pytest.raises(EngineError, match="已经发起"):
            playing.do(scene, {"do": "arise", "kind": "message", "name": "m1"})


def test_every_signer_has_a_turn_of_their_own_and_a_case_that_it_starts_is_tried_too(works, draw, trying):
    both = f"users([{works.ids['chen']}, {works.ids['li']}])"
    draw(start("s"), mine("inner"), end("e"), "s > inner > e", key="child", properties={"starters": "everyone"})
    draw(start("s"), user("sign", candidates=both, signing='{"mode": "all"}'), service("go", "flow.start_process", key='"child"'), end("e"),
         "s > sign > go > e")
    with unit_of_work(works.actor("po")) as session:  # a process that a handler starts is not drawn in the diagram: it must run already
        deployment.deploy(session, SYSTEM, {"child.bpmn": drafts.contents(session)["child.bpmn"].encode()})
    with trying() as scene:
        playing.do(scene, START)
        turns = stage.shown(scene).turns
        assert [(turn.element, turn.nth, [name for _, name in turn.people]) for turn in turns] == [("sign", 0, ["陈刚"]), ("sign", 1, ["李敏"])]
        playing.do(scene, step("sign", LI, nth=1))
        playing.do(scene, step("sign", CHEN, nth=1))  # the second is the first now: the person decides
        (turn,) = stage.shown(scene).turns
        assert (turn.process, turn.element) == ("child", "inner")
        playing.do(scene, step("inner", process="child"))
        assert [state for _, state in stage.shown(scene).others] == ["completed"]
