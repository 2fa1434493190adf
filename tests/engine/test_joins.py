"""Joins fire once a round, whatever order the branches arrive in, also in a loop and beside a failed branch."""
import itertools

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from data_model.process import Incident
from tests.diagrams import diagram, end, inc, par, script, start, user, xor
from tests.engine.workshop import mine

AGAIN = '[{"value": "ok", "label": "通过"}, {"value": "back", "label": "再来"}]'


def circle(works, gateway, *conditions):
    a, b, c = conditions or ("", "", "")
    works.deploy(start(), xor("m"), gateway("g"), mine("a"), mine("b"), mine("c"), gateway("j"), mine("z", outcomes=AGAIN), xor("x"), end(),
                 "s > m > g", f"g > a{a}", f"g > b{b}", f"g > c{c}", "a > j", "b > j", "c > j", "j > z > x",
                 "x > m if z.outcome == 'back'", "x > e default")


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
@pytest.mark.parametrize(("gateway", "conditions"), [(par, ()), (inc, (" if True", " if True", " default"))])
def test_a_join_in_a_loop_waits_for_all_in_every_round(works, order, gateway, conditions):
    circle(works, gateway, *conditions)
    here = [step for step in order if not conditions or step != "c"]
    case = works.start()
    for round_, steps in enumerate((here, here[::-1], here)):
        assert works.waiting() == sorted(here)
        for number, step in enumerate(steps):
            works.do("wang", step, note=f"{round_}")
            assert works.waiting() == (sorted(steps[number + 1:]) or ["z"])
        works.do("wang", "z", "back" if round_ < 2 else "ok")
    assert works.ended(case)[0] == "completed"


def test_the_library_itself_fires_too_early(works):
    """Why the joins are ours; when an upgrade mends it, they can go."""
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(diagram(start(), xor("m"), par("g"), user("a"), user("b"), par("j"), user("z"), xor("x"), end(),
                                "s > m > g > a > j", "g > b > j > z > x", "x > m if back", "x > e default"))
    flow = BpmnWorkflow(parser.get_spec("p"))
    flow.task_tree.data["back"] = True

    def do(name):
        flow.do_engine_steps()
        flow.get_next_task(state=TaskState.READY, spec_name=name).run()
        flow.do_engine_steps()

    for step in "abzb":
        do(step)
    assert sorted(t.task_spec.name for t in flow.get_tasks(state=TaskState.READY, manual=True)) == ["a", "z"]


def test_an_inclusive_join_waits_for_a_failed_branch(works):
    works.deploy(start(), inc("g"), mine("a"), script("x", "q = 1 / start.divisor"), mine("b"), inc("j"), mine("z"), end(),
                 "s > g", "g > a if True", "g > b default", "g > x if True", "x > j", "a > j", "b > j", "j > z > e")
    works.start(divisor=0)
    works.do("wang", "a")
    assert works.waiting() == [] and len(works.rows(Incident)) == 1


def test_of_answers_to_one_key_only_this_rounds_count(works):
    circle(works, par)
    works.start()
    for step in "abc":
        works.do("wang", step, note="alt")
    works.do("wang", "z", "back")
    for step in "cba":
        works.do("wang", step, note=f"neu {step}")
    data = works.view("wang", works.task("z")).data
    assert [data[step]["note"] for step in "abc"] == ["neu a", "neu b", "neu c"]
