"""What SpiffWorkflow 3.2.0 does in silence. Each test is the reason for a rule of lint, or for an element of our own
(engine/catching.py, event_definitions.py, many.py): when one fails after an upgrade, that may go. Uses the stock parser and engine on purpose."""
import pytest
from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.specs.event_definitions import SignalEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.bpmn_xml import read
from engine.lint.graph import Graph, _sizes, _specs
from tests.diagrams import (
    boundary,
    catch,
    decide,
    diagram,
    end,
    event,
    inc,
    many,
    node,
    par,
    race,
    script,
    service,
    start,
    sub,
    table,
    throw,
    timer,
    user,
    when,
    xor,
)

pytestmark = pytest.mark.filterwarnings("ignore")
S, E, A, B, G = start(), end(), user("a"), user("b"), xor("g")


def workflow(xml, table=None, **data):
    parser = SpiffBpmnParser()
    if table:
        parser.add_dmn_xml(etree.fromstring(table))
    parser.add_bpmn_xml(etree.fromstring(xml))
    made = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
    made.task_tree.data.update(data)
    return made


def run(xml, table=None, **data):
    made = workflow(xml, table, **data)
    made.do_engine_steps()
    return made


def resting(made):
    return {task.task_spec.name for task in made.get_tasks(state=TaskState.READY | TaskState.WAITING | TaskState.STARTED)}


def finish_people(made):
    for task in made.get_tasks(state=TaskState.READY):
        task.run()
    made.do_engine_steps()


def straight(middle, *more):
    return diagram(S, middle, E, *more, f"s > {middle.id} > e")


@pytest.mark.parametrize("kind", ["signal", "timer", "conditional", "link", "compensate"])
def test_an_end_event_of_that_kind_throws_nothing(kind):
    made = run(diagram(S, end("e", event(kind, "x1" if kind == "signal" else "")), "s > e"))
    assert made.is_completed()
    assert made.get_events() == []


@pytest.mark.parametrize("kind", ["error", "terminate", "cancel", "compensate", "link", "conditional"])
def test_a_throw_event_of_that_kind_does_nothing(kind):
    made = run(straight(throw("t", event(kind))))
    assert made.is_completed()
    assert made.get_events() == []


@pytest.mark.parametrize("kind", ["error", "escalation", "terminate", "cancel", "compensate", "link"])
def test_a_catch_or_start_event_of_that_kind_waits_for_nothing(kind):
    assert run(straight(catch("c", event(kind)))).is_completed()
    assert run(diagram(start("s", event(kind)), E, "s > e")).is_completed()


@pytest.mark.parametrize("middle", [catch("c"), node("receiveTask", "c"), node("sendTask", "c")], ids=lambda n: n.tag)
def test_an_event_that_names_nothing_waits_for_nothing(middle):
    assert run(straight(middle)).is_completed()


@pytest.mark.parametrize("id, message", [("Start", "can not have any inputs"), ("End", None), ("p.EndJoin", None)])
def test_reserved_ids_bypass_the_task(id, message):
    xml = straight(user(id))
    if message:
        with pytest.raises(ValidationException, match=message):
            run(xml)
    else:
        assert run(xml).is_completed(), "the user task was skipped"


class TestEventSubprocesses:
    def drawn(self, definition, interrupting="false"):
        return diagram(S, A, E, "s > a > e", sub("v", start("vs", definition, isInterrupting=interrupting), user("vu"), end("ve"),
                                                 "vs > vu > ve", triggeredByEvent="true"))

    @pytest.mark.parametrize("kind", ["error", "escalation", "compensate"])
    def test_these_start_at_once(self, kind):
        assert "vu" in resting(run(self.drawn(event(kind))))

    def test_interrupting_does_not_interrupt(self):
        made = run(self.drawn(event("signal", "x1"), interrupting="true"))
        made.catch(BpmnEvent(SignalEventDefinition("x1")))
        made.do_engine_steps()
        assert {"a", "vu"} <= resting(made)

    def test_a_signal_is_waited_for_where_nobody_sees_it(self):
        assert run(self.drawn(event("signal", "x1"))).waiting_events() == []

    def test_a_timer_keeps_the_process_from_ending(self):
        made = run(self.drawn(timer('"PT1H"')))
        finish_people(made)
        assert not made.is_completed()


class TestFlows:
    def test_a_condition_that_leaves_a_task_is_ignored(self):
        assert resting(run(diagram(S, script("n"), A, E, "s > n", "n > a if False", "a > e"))) == {"a"}

    def test_conditions_behind_a_parallel_gateway_are_ignored(self):
        assert resting(run(diagram(S, par("g"), A, B, E, "s > g > a if False", "g > b if False", "a > e", "b > e"))) == {"a", "b"}

    @pytest.mark.parametrize("gateway", [xor("g"), inc("g")], ids=lambda g: g.tag)
    def test_no_match_and_no_default_is_an_error_at_run_time(self, gateway):
        with pytest.raises(WorkflowException):
            run(diagram(S, gateway, A, B, E, "s > g > a if x == 1", "g > b if x == 2", "a > e", "b > e"), x=3)

    def test_a_start_event_splits_in_silence(self):
        assert resting(run(diagram(S, A, B, E, "s > a > e", "s > b > e"))) == {"a", "b"}

    def test_of_two_starts_only_one_runs(self):
        assert resting(run(diagram(S, start("s2"), A, B, E, "s > a > e", "s2 > b > e"))) == {"a"}

    def test_an_unreachable_task_is_not_even_read(self):
        assert "b" not in workflow(straight(A, B, "b > e")).spec.task_specs

    def test_a_path_without_an_end_leaves_the_process_open(self):
        made = run(diagram(S, A, "s > a"))
        finish_people(made)
        assert not made.completed

    def test_boundary_events_on_gateways_are_taken(self):
        assert "h" in resting(run(diagram(S, G, A, E, boundary("h", "g", timer('"PT1H"')), "s > g > a > e", "h > a")))

    def test_event_gateways_break_on_tasks(self):
        with pytest.raises(ValidationException, match="event_definition"):
            workflow(diagram(S, race("g"), A, B, E, "s > g > a > e", "g > b > e"))

    def test_a_loop_without_a_choice_never_stops_predicting(self):
        with pytest.raises(RecursionError):
            workflow(diagram(S, A, par("g"), E, "s > a > g > e", "g > a"))

    def test_six_hundred_in_a_row_cannot_be_read(self):
        row = [f"n{i}" for i in range(600)]
        with pytest.raises((RecursionError, ValidationException)):
            workflow(diagram(S, *map(script, row), E, "s > " + " > ".join(row) + " > e"))


class TestExpressions:
    def test_a_script_is_not_looked_at_before_it_runs(self):
        made = workflow(straight(script("n", "x =")))
        with pytest.raises(WorkflowException):
            made.do_engine_steps()

    def test_an_unquoted_duration_fails_when_the_token_arrives(self):
        made = workflow(straight(catch("c", timer("PT1H"))))
        with pytest.raises(WorkflowException):
            made.do_engine_steps()

    def test_a_pre_script_of_a_script_task_or_gateway_is_ignored(self):
        before = "<spiffworkflow:preScript>y = 2</spiffworkflow:preScript>"
        made = run(diagram(S, node("scriptTask", "n", before, "<bpmn:script>x = 1</bpmn:script>"),
                           node("exclusiveGateway", "g", before), E, "s > n > g > e"))
        assert (made.data["x"], "y" in made.data) == (1, False)

    def test_a_parameter_without_a_value_is_dropped(self):
        made = workflow(straight(service("n", to="1")).replace(b' value="1"', b""))
        assert made.spec.task_specs["n"].operation_params == {}

    def test_a_condition_event_does_not_see_what_another_branch_writes(self):
        made = run(diagram(S, par("g"), A, catch("c", when("x == 1")), par("j"), E, "s > g > a > j > e", "g > c > j"), x=0)
        task = made.get_next_task(spec_name="a")
        task.data["x"] = 1
        task.run()
        made.do_engine_steps()
        assert "c" in resting(made)


class TestMultiInstance:
    def test_the_completion_condition_sees_the_last_answer_only(self):
        made = run(straight(user("a").looping(many(
            "3", inner='<bpmn:loopDataOutputRef>outs</bpmn:loopDataOutputRef><bpmn:outputDataItem id="out"/>'
                       "<bpmn:completionCondition>len(outs) >= 2</bpmn:completionCondition>"))))
        asked = made.get_tasks(state=TaskState.READY)
        for task in asked[:2]:
            task.data["out"] = 1
            task.run()
        made.do_engine_steps()
        assert len(made.get_tasks(state=TaskState.READY)) == 1, "two of three answered, and the third is still asked"

    def test_an_empty_collection_passes_in_silence(self):
        inner = "<bpmn:loopDataInputRef>xs</bpmn:loopDataInputRef>"
        assert run(straight(user("a").looping(many(inner=inner))), xs=[]).is_completed()

    @pytest.mark.parametrize("inner", [
        '<bpmn:inputDataItem id="item"/>', '<bpmn:loopDataOutputRef>outs</bpmn:loopDataOutputRef><bpmn:outputDataItem id="out"/>',
    ])
    def test_what_the_first_pass_left_breaks_the_second(self, inner):
        made = run(diagram(S, user("a").looping(many("1", inner=inner)), G, E, "s > a > g > a if again", "g > e default"), again=True)
        task = made.get_next_task(state=TaskState.READY)
        task.data["out"] = 1
        with pytest.raises((NameError, WorkflowException)):
            task.run()
            made.do_engine_steps()


class TestDecisions:
    @pytest.mark.parametrize("cell", ["-", "", "5", "> 3", ">3", "1 < ? < 9", "? in [5, 6]", "!= 4"])
    def test_these_cells_match_five(self, cell):
        assert run(straight(decide("d")), table(cell), x=5).data["o"] == 1

    @pytest.mark.parametrize("cell", ["not(4)", "5, 6", "x == 5", "[5]", "  ", "not 4"])
    def test_these_cells_never_match_in_silence(self, cell):
        made = run(straight(decide("d")), table(cell), x=0 if not cell.strip() else 5)
        assert "o" not in made.data

    @pytest.mark.parametrize("cell", ["[1..10]", " - ", "in [5, 6]", "= 5", "null"])
    def test_these_cells_break_at_run_time(self, cell):
        with pytest.raises(WorkflowException):
            run(straight(decide("d")), table(cell), x=5)

    @pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER"])
    def test_every_single_policy_takes_the_first_match(self, policy):
        assert run(straight(decide("d")), table("5", "> 1", policy=policy), x=5).data["o"] == 1

    def test_collect_lists_and_adds_nothing_up(self):
        found = run(straight(decide("d")), table("5", "> 1", policy="COLLECT", more=' aggregation="SUM"'), x=5)
        assert found.data["o"] == [1, 2]


@pytest.mark.parametrize("xml", [
    diagram(S, A, E, "s > a > e"),
    diagram(S, A, E, boundary("h", "a", timer('"PT1H"'), False), end("e2"), "s > a > e", "h > e2"),
    diagram(S, A, E, boundary("h", "a", timer('"R3/PT1H"', "timeCycle"), False), "s > a > e", "h > e"),
    diagram(S, G, A, B, xor("j"), E, boundary("h", "a", timer('"PT1H"')), "s > g > a > j > e", "h > j", "b > j"),
    diagram(S, G, A, B, E, "s > g > a if x", "g > b default", "a > e", "b > e"),
    diagram(S, inc("g"), A, B, inc("j"), E, "s > g > a if x", "g > b default", "a > j", "b > j", "j > e"),
    diagram(S, start("s2", event("message", "m")), A, E, "s > a > e", "s2 > a"),
    diagram(S, race("g"), catch("c", event("signal", "x")), catch("d", timer('"PT1H"')), A, E, "s > g > c > a > e", "g > d > a"),
    diagram(S, A.looping(many("3")), sub("sp", start("s1"), B, end("e1"), "s1 > b > e1"), E, "s > a > sp > e"),
    diagram(S, A, G, E, "s > a > g > a if x", "g > e default"),
    *(diagram(S, E, *(part for i in range(n) for part in (
        par(f"g{i}"), par(f"j{i}"), *(script(f"t{i}_{k}") for k in range(4)), *(f"g{i} > t{i}_{k} > j{i}" for k in range(4)),
        f"{f'j{i - 1}' if i else 's'} > g{i}")), f"j{n - 1} > e") for n in (1, 2, 4)),
], ids=range(13))
def test_lint_foretells_how_many_tasks_are_predicted(xml):
    assert _sizes(_specs(Graph(read(xml)).diagram))["\0start p"] == len(workflow(xml).tasks)
