"""Versions: what is new or changed becomes effective, what runs stays where it is, what the modeler made is not overwritten."""
import pytest

from data_model.actor import SYSTEM
from data_model.process import DecisionTable, ProcessDefinition
from data_model.session import unit_of_work
from engine import catalog, deployment
from engine.errors import Refused
from tests.diagrams import call, decide, diagram, end, start
from tests.engine.test_paths import table
from tests.engine.workshop import mine

EVERYONE = {"starters": "everyone", "category": "测试"}


def versions(works, key="p"):
    return [(row.version, row.status) for row in works.rows(ProcessDefinition) if row.key == key]


def load(works, folder, **files):
    for name, xml in files.items():
        (folder / name.replace("_dot_", ".")).write_bytes(xml)
    with unit_of_work(SYSTEM) as session:
        return [(row.key, row.version, row.status) for row in deployment.load_shipped(session, folder)]


def steps(name):
    return diagram(start(), mine(name), end(), f"s > {name} > e", properties=EVERYONE)


def test_shipped_files_are_loaded_once_and_again_when_they_change(works, tmp_path):
    assert load(works, tmp_path, p_dot_bpmn=steps("a")) == [("p", 1, "effective")]
    assert load(works, tmp_path) == []
    case = works.start()
    assert load(works, tmp_path, p_dot_bpmn=steps("b")) == [("p", 2, "effective")]
    assert versions(works) == [(1, "retired"), (2, "effective")]
    works.start()
    assert works.waiting() == ["a", "b"]
    works.do("wang", "a")
    assert works.ended(case) == ("completed", "e")


def test_a_changed_table_makes_a_new_version_of_what_pins_it(works, tmp_path):
    flow = diagram(start(), decide("d"), mine("a"), end(), "s > d > a > e", properties=EVERYONE)
    load(works, tmp_path, p_dot_bpmn=flow, grade_dot_dmn=table())
    assert load(works, tmp_path, grade_dot_dmn=table().replace(b'"\xe5\xb0\x8f"', b'"S"')) == [("p", 2, "effective")]
    pinned = [row.pins["dmn"]["grade"] for row in works.rows(ProcessDefinition)]
    assert pinned == [row.id for row in works.rows(DecisionTable)]


def test_a_changed_called_process_makes_a_new_version_of_its_caller(works, tmp_path):
    caller = diagram(start(), call("c"), end(), "s > c > e", properties=EVERYONE)
    inner = diagram(start(), mine("x"), end(), "s > x > e", key="other")
    assert load(works, tmp_path, p_dot_bpmn=caller, other_dot_bpmn=inner) == [("other", 1, "effective"), ("p", 1, "effective")]
    changed = diagram(start(), mine("y"), end(), "s > y > e", key="other")
    assert load(works, tmp_path, other_dot_bpmn=changed) == [("other", 2, "effective"), ("p", 2, "effective")]


def test_a_file_never_replaces_what_the_modeler_made(works, tmp_path):
    load(works, tmp_path, p_dot_bpmn=steps("a"))
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"p.bpmn": steps("drawn")}, "画的", source="modeler")
    assert load(works, tmp_path, p_dot_bpmn=steps("b")) == [("p", 3, "draft")]
    assert load(works, tmp_path) == []
    works.start()
    assert works.waiting() == ["drawn"]


def test_what_lint_refuses_is_not_deployed_at_all(works, tmp_path):
    deployment.use_lint(lambda session, files: {name: ("没有表单",) for name, xml in files.items() if b"bad" in xml})
    try:
        with pytest.raises(Refused) as refused:
            load(works, tmp_path, p_dot_bpmn=steps("good"), q_dot_bpmn=steps("bad"))
        assert refused.value.findings == ("没有表单",) and works.rows(ProcessDefinition) == []
    finally:
        deployment._lint.clear()


@pytest.mark.parametrize("part", [call("x", "nowhere"), decide("x", "nowhere")], ids=["process", "table"])
def test_what_is_called_must_be_there(works, part):
    with pytest.raises(Refused, match="nowhere"):
        works.deploy(start(), part, end(), "s > x > e")


def test_who_may_start_what(works):
    works.deploy(start(), mine("a"), end(), "s > a > e", properties=EVERYONE)
    works.deploy(start(), mine("a"), end(), "s > a > e", key="q", properties={"starters": "station_leader"})
    works.deploy(start(), mine("a"), end(), "s > a > e", key="r", properties={})

    def seen(who):
        actor = works.actor(who)
        with unit_of_work(actor, write=False) as session:
            return [one.key for one in catalog.startable(session, actor)]

    assert [sorted(seen(who)) for who in ("wang", "zhang", "admin")] == [["p"], ["p", "q"], ["p"]]


def test_a_version_that_was_rolled_back_leaves_no_trace_in_the_catalogue(works):
    class Changed(Exception):
        pass

    with pytest.raises(Changed), unit_of_work(SYSTEM) as session:
        (row,) = deployment.deploy(session, SYSTEM, {"p.bpmn": steps("a")})
        assert catalog.flow(session, row.id).key == "p"
        raise Changed
    works.deploy(start(), mine("b"), end(), "s > b > e")
    works.start()
    assert works.waiting() == ["b"]


def test_the_shipped_diagrams_load(works):
    with unit_of_work(SYSTEM) as session:
        loaded = {row.key for row in deployment.load_shipped(session)}
    assert {"hidden_danger", "snapshot"} <= loaded
