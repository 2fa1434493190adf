"""Decision tables inside running cases: the whole house decides as the table says, an error waits with words, cases keep their version."""
import pytest

from data_model.actor import SYSTEM
from data_model.process import DecisionTable, Incident, ProcessDefinition
from data_model.session import unit_of_work
from data_model.workshop import Draft, Kind
from engine import deployment
from engine.errors import EngineError
from engine.workshop import checking, drafts, part_use, release, table_changes, table_rows, table_trial
from engine.workshop.table_changes import How
from tests.diagrams import decide, end, script, start, xor
from tests.engine.dmn_files import dmn
from tests.engine.workshop import mine

LEVELS = {"o": '"high","low"'}


def played(works, rows, policy, aggregation="", data="x = 7", outputs=(("o", "string"),)):
    """The data of a case after its table, or the reason of its incident."""
    table = dmn([("x", "number")], outputs, rows, policy, aggregation, LEVELS if outputs == (("o", "string"),) else None)
    works.deploy(start(), script("set", data), decide("d"), mine("a"), end(), "s > set > d > a > e", tables={"grade": table.encode()})
    works.start()
    incidents = works.rows(Incident)
    return incidents[0].reason if incidents else works.view("wang", works.task("a")).data


@pytest.mark.parametrize("policy, aggregation, rows, found", [
    ("UNIQUE", "", [["> 5", '"high"'], ["<= 5", '"low"']], "high"), ("FIRST", "", [["> 5", '"low"'], ["> 1", '"high"']], "low"),
    ("ANY", "", [["> 5", '"low"'], ["> 1", '"low"']], "low"), ("PRIORITY", "", [["> 5", '"low"'], ["> 1", '"high"']], "high"),
    ("RULE ORDER", "", [["> 5", '"low"'], ["> 1", '"high"'], ["> 9", '"low"']], ["low", "high"]),
    ("OUTPUT ORDER", "", [["> 5", '"low"'], ["[1..9]", '"high"']], ["high", "low"]), ("COLLECT", "", [["5, 7", '"low"'], ["not(7)", '"high"']], ["low"]),
    ("UNIQUE", "", [["> 9", '"high"']], None), ("COLLECT", "", [["> 9", '"high"']], []),
])
def test_each_policy_in_a_running_case(works, policy, aggregation, rows, found):
    assert played(works, rows, policy, aggregation)["o"] == found


@pytest.mark.parametrize("aggregation, found", [("SUM", 5), ("COUNT", 2), ("MIN", 2), ("MAX", 3)])
def test_each_aggregation_in_a_running_case(works, aggregation, found):
    assert played(works, [["> 5", "2"], ["> 1", "3"], ["> 9", "4"]], "COLLECT", aggregation, outputs=[("o", "number")])["o"] == found


@pytest.mark.parametrize("policy, rows, data, said", [
    ("UNIQUE", [["> 5", '"high"'], ["> 1", '"low"']], "x = 7", "决策表“分级”要求至多一行符合，但第 1、2 行同时符合"),
    ("ANY", [["> 5", '"high"'], ["> 1", '"low"']], "x = 7", "但第 1、2 行的结果不同"),
    ("FIRST", [["9", '"low"'], ["> 5", '"high"']], 'x = "seven"', "决策表“分级”第 1 行“x”列：需要数，现为 \"seven\""),
])
def test_what_cannot_be_decided_waits_with_words(works, policy, rows, data, said):
    assert said in played(works, rows, policy, data=data)


def test_lists_and_fields_take_the_place_of_what_was_there(works):
    """SpiffWorkflow would append to the list, and keep the answer of the round before when nothing fits."""
    table = dmn([("x", "number")], [("who.names", "string"), ("who.count", "number")], [["> 1", '"a"', "1"], ["> 2", '"b"', "2"]], "COLLECT")
    works.deploy(start(), script("set", 'x = 3\nwho = {"names": ["old"], "kept": True}'), xor("again"), decide("d"), xor("g"),
                 script("less", "x = x - 1"), mine("a"), end(), "s > set > again > d > g", "g > less if x == 3", "less > again", "g > a default", "a > e",
                 tables={"grade": table.encode()})
    works.start()
    assert works.view("wang", works.task("a")).data["who"] == {"names": ["a"], "count": [1], "kept": True}


def test_running_cases_keep_their_version_and_new_ones_get_the_new(works):
    table = dmn([("x", "number")], [("o", "string")], [["> 5", '"high"'], ["-", '"low"']])
    works.deploy(start(), script("set", "x = 7"), mine("ask"), decide("d"), mine("a"), end(), "s > set > ask > d > a > e", tables={"grade": table.encode()})
    old = works.start()
    po = works.actor("po")
    with unit_of_work(po) as session:
        drafts.save(session, po, "dmn", "grade", table.replace("&gt; 5", "&gt; 9"), 0)
        made = release.deploy_drafts(session, po, ["grade.dmn"], "门槛").made
        assert [(row.key, row.version) for row in made] == [("p", 2)]
        assert session.query(Draft).count() == 0
    with unit_of_work(SYSTEM, write=False) as session:
        newest, before = part_use.versions(session, Kind.TABLE, "grade")
        assert [(use.version, use.effective, use.cases) for use in newest.uses + before.uses] == [(2, True, 0), (1, False, 1)]
        assert newest.note == "门槛" and newest.by == "彭流"
    works.do("wang", "ask")
    assert works.view("wang", works.task("a")).data["o"] == "high"
    works.start()
    works.do("wang", "ask")
    answers = [works.view("wang", task.id).data["o"] for task in works.open_tasks()]
    assert sorted(answers) == ["high", "low"] and old


def test_what_is_drawn_must_keep_its_test_rows_and_a_file_from_outside_need_not(works, monkeypatch):
    monkeypatch.setattr(deployment, "_lint", [checking.errors])
    table = dmn([("x", "number")], [("o", "string")], [["> 5", '"high"'], ["-", '"low"']])
    changed, po = table.replace("&gt; 5", "&gt; 9"), works.actor("po")
    with unit_of_work(po) as session:
        deployment.deploy(session, SYSTEM, {"grade.dmn": table.encode()})
        table_rows.save(session, po, "grade", "seven", {"x": "7"}, {"o": "high"})
        drafts.save(session, po, "dmn", "grade", changed, 0)
    with pytest.raises(EngineError) as refused, unit_of_work(po) as session:
        release.deploy_drafts(session, po, ["grade.dmn"], "门槛")
    assert [one.message() for one in refused.value.findings] == ['测试行“seven”应得 o = "high"，现得 o = "low"']
    with unit_of_work(po) as session:
        drafts.drop(session, po, "dmn", "grade")
        deployment.deploy(session, SYSTEM, {"grade.dmn": changed.encode()})
    assert len(works.rows(DecisionTable)) == 2 and works.rows(ProcessDefinition) == []


def test_two_versions_are_compared_rule_by_rule():
    columns = ([("x", "number")], [("o", "string")])
    old = table_trial.read(dmn(*columns, [["> 5", '"a"'], ["> 4", '"b"'], ["> 3", '"c"'], ["-", '"d"']]).encode()).table
    rows = [["> 6", "-", '"a"'], ["> 4", "-", '"b"'], ["-", "true", '"d"']]
    new = table_trial.read(dmn([("x", "number"), ("y", "boolean")], columns[1], rows, "UNIQUE").encode()).table
    found = table_changes.changes(old, new)
    assert [(cell.title, cell.before, cell.after) for cell in found.head] == [("命中策略", "FIRST", "UNIQUE"), ("输入列", "", "y · y · boolean")]
    assert [(row.how, row.before, row.after, [(c.title, c.before, c.after) for c in row.cells]) for row in found.rows] == [
        (How.REMOVED, 4, 0, [("o", '"d"', "")]),
        (How.CHANGED, 1, 1, [("x", "> 5", "> 6"), ("y", "", "-")]), (How.CHANGED, 2, 2, [("y", "", "-")]),
        (How.CHANGED, 3, 3, [("x", "> 3", "-"), ("o", '"c"', '"d"'), ("y", "", "true")])]


def test_a_moved_rule_is_told_as_moved():
    xml = dmn([("x", "number")], [("o", "string")], [["> 5", '"a"'], ["> 4", '"b"'], ["-", '"c"']])
    first, second = xml.index('<rule id="r1">'), xml.index('<rule id="r2">')
    third = xml.index('<rule id="r3">')
    swapped = xml[:first] + xml[second:third] + xml[first:second] + xml[third:]
    found = table_changes.changes(table_trial.read(xml.encode()).table, table_trial.read(swapped.encode()).table)
    assert [(row.how, row.before, row.after) for row in found.rows] in ([(How.MOVED, 2, 1)], [(How.MOVED, 1, 2)])


def test_a_table_that_takes_for_ever_is_stopped(works):
    heavy = "sum(a * b for a in many for b in many) > ?"
    table = table_trial.read(dmn([("x", "number")], [("o", "string")], [[heavy, '"a"'] for _ in range(300)], "COLLECT").encode())
    tried = table_trial.try_it(table, {"x": "1", "many": str(list(range(50)))}, table_trial.Patience(0.05))
    assert "算得太久" in str(tried.wrong)
