"""No diagram runs code: whatever SpiffWorkflow evaluates ends in the closed language, also after a restore."""
import pytest
from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from engine.errors import EngineError
from engine.expressions import ExprError
from engine.script_engine import ScriptEngine

HEAD = ('<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="t">')
DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t"><decision id="level" name="level">
<decisionTable id="table"><input id="i"><inputExpression id="ie" typeRef="string"><text>score</text></inputExpression></input>
<output id="o" name="grade" typeRef="string"/>
<rule id="r1"><inputEntry id="c1"><text>{cell}</text></inputEntry><outputEntry id="e1"><text>{out}</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c2"><text></text></inputEntry><outputEntry id="e2"><text>"一般"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
ATTACK = "__import__('os').system('touch {}')"


def flow(*parts: str, ahead: str = "") -> str:
    """start → the parts in a row → end, as XML; a part names its element id in braces-free BPMN."""
    ids = ["start", *(etree.fromstring(HEAD + part + "</bpmn:definitions>")[0].get("id") for part in parts), "end"]
    lines = "".join(f'<bpmn:sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in
                    enumerate(zip(ids, ids[1:], strict=False)))
    return (f'{HEAD}{ahead}<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="start"/>{"".join(parts)}{lines}'
            '<bpmn:endEvent id="end"/></bpmn:process></bpmn:definitions>')


def opened(xml: str, engine: PythonScriptEngine | None, dmn: str = "", **data: object) -> BpmnWorkflow:
    parser = SpiffBpmnParser()
    parser.add_bpmn_xml(etree.fromstring(xml))
    if dmn:
        parser.add_dmn_xml(etree.fromstring(dmn))
    workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"), script_engine=engine)
    workflow.task_tree.data.update(data)
    return workflow


def gateway(condition: str) -> str:
    condition = condition.replace("<", "&lt;")
    return f"""{HEAD}<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="start"/>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="ask"/><bpmn:manualTask id="ask"/>
    <bpmn:sequenceFlow id="b" sourceRef="ask" targetRef="gate"/><bpmn:exclusiveGateway id="gate" default="no"/>
    <bpmn:sequenceFlow id="yes" sourceRef="gate" targetRef="end">
    <bpmn:conditionExpression>{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="no" sourceRef="gate" targetRef="other"/><bpmn:endEvent id="end"/><bpmn:endEvent id="other"/>
    </bpmn:process></bpmn:definitions>"""


def answer_manual(workflow: BpmnWorkflow) -> None:
    workflow.do_engine_steps()
    workflow.get_next_task(state=TaskState.READY, manual=True).run()
    workflow.do_engine_steps()


def done(workflow: BpmnWorkflow) -> set[str]:
    return {task.task_spec.name for task in workflow.get_tasks(state=TaskState.COMPLETED)}


def script(text: str) -> str:
    return f'<bpmn:scriptTask id="s"><bpmn:script>{text}</bpmn:script></bpmn:scriptTask>'


def service(value: str = "'x'") -> str:
    return ('<bpmn:serviceTask id="call"><bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="flow.do" resultVariable="out">'
            f'<spiffworkflow:parameters><spiffworkflow:parameter id="reason" type="str" value="{value}"/></spiffworkflow:parameters>'
            '</spiffworkflow:serviceTaskOperator></bpmn:extensionElements></bpmn:serviceTask>')


@pytest.mark.parametrize("grade, end", [("重大", "end"), ("一般", "other")])
def test_a_condition_chooses_the_way(grade, end):
    workflow = opened(gateway('等级 == "重大"'), ScriptEngine(), 等级=grade)
    answer_manual(workflow)
    assert end in done(workflow) and workflow.is_completed()


@pytest.mark.parametrize("engine", [ScriptEngine, lambda: None], ids=["ours", "forgotten"])
def test_a_condition_runs_no_code(engine, tmp_path):
    workflow = opened(gateway(ATTACK.format(tmp_path / "was-here")), engine())
    with pytest.raises(WorkflowTaskException) as said:
        answer_manual(workflow)
    assert isinstance(said.value.__cause__, ExprError)
    assert not list(tmp_path.iterdir())


def test_a_restored_instance_runs_no_code_when_its_engine_was_forgotten(tmp_path):
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
    before = opened(gateway(ATTACK.format(tmp_path / "was-here")), ScriptEngine())
    before.do_engine_steps()
    restored = serializer.deserialize_json(serializer.serialize_json(before))
    assert isinstance(restored.script_engine, ScriptEngine)
    with pytest.raises(WorkflowTaskException):
        answer_manual(restored)
    assert not list(tmp_path.iterdir())


def test_the_librarys_own_environment_only_refuses():
    with pytest.raises(RuntimeError):
        TaskDataEnvironment().evaluate("1 + 1", {})
    with pytest.raises(RuntimeError):
        PythonScriptEngine().environment.execute("a = 1", {})
    with pytest.raises(WorkflowTaskException) as said:
        answer_manual(opened(gateway("True"), PythonScriptEngine()))
    assert said.value.error_type == "RuntimeError"


def test_a_script_task_changes_the_data_or_nothing(tmp_path):
    good = opened(flow(script("days = 15 if a.grade == '重大' else 30")), ScriptEngine(), a={"grade": "重大"})
    good.do_engine_steps()
    assert good.data["days"] == 15
    for text in ("a.grade = 1\nb = missing", "import os", "a = open('/etc/passwd')", ATTACK.format(tmp_path / "was-here")):
        bad = opened(flow(script(text)), ScriptEngine(), a={"grade": "重大"})
        with pytest.raises(WorkflowTaskException) as said:
            bad.do_engine_steps()
        assert isinstance(said.value.__cause__, ExprError)
        assert bad.get_tasks(spec_name="s")[0].data == {"a": {"grade": "重大"}}
    assert not list(tmp_path.iterdir())


def test_a_service_is_called_through_the_callable_given():
    asked = []

    def serve(operation, data, parameters):
        asked.append((operation, data["grid"], parameters))
        return {"told": 3}

    workflow = opened(flow(service("'致：' + grid")), ScriptEngine(service=serve), grid="一号网格")
    workflow.do_engine_steps()
    assert asked == [("flow.do", "一号网格", {"reason": "致：一号网格"})]
    assert workflow.data["out"] == {"told": 3}


def test_a_service_that_fails_says_why():
    def serve(operation, data, parameters):
        raise KeyError("no such thing")

    with pytest.raises(WorkflowTaskException, match="no such thing") as said:
        opened(flow(service()), ScriptEngine(service=serve)).do_engine_steps()
    assert isinstance(said.value.__cause__, KeyError)
    with pytest.raises(WorkflowTaskException, match="没有服务 flow.do"):
        opened(flow(service()), ScriptEngine()).do_engine_steps()


def test_what_a_person_can_mend_passes_through_as_it_is():
    def serve(operation, data, parameters):
        raise EngineError("整改期限已过")

    with pytest.raises(EngineError, match="整改期限已过"):
        opened(flow(service()), ScriptEngine(service=serve)).do_engine_steps()


def test_what_a_service_returns_must_fit_into_the_data():
    with pytest.raises(WorkflowTaskException, match="这种值不能保存"):
        opened(flow(service()), ScriptEngine(service=lambda *_: object())).do_engine_steps()


@pytest.mark.parametrize("cell, score, grade", [
    ("&gt;= 70", 80, "重大"), ("&gt;= 70", 60, "一般"), ("80", 80, "重大"), ("60 &lt; ? &lt; 90", 80, "重大"), ("? in [1, 80]", 80, "重大"),
])
def test_decision_tables_speak_the_closed_language(cell, score, grade):
    xml = flow(_decision())
    workflow = opened(xml, ScriptEngine(), DMN.format(cell=cell, out='"重大"'), score=score)
    workflow.do_engine_steps()
    assert workflow.data["grade"] == grade


@pytest.mark.parametrize("place", ["cell", "out"])
def test_decision_tables_run_no_code(place, tmp_path):
    cells = {"cell": "80", "out": '"重大"', place: ATTACK.format(tmp_path / "was-here")}
    with pytest.raises(WorkflowTaskException):
        opened(flow(_decision()), ScriptEngine(), DMN.format(**cells), score=80).do_engine_steps()
    assert not list(tmp_path.iterdir())


def _decision() -> str:
    return ('<bpmn:businessRuleTask id="grade"><bpmn:extensionElements><spiffworkflow:calledDecisionId>level'
            '</spiffworkflow:calledDecisionId></bpmn:extensionElements></bpmn:businessRuleTask>')


@pytest.mark.parametrize("path, fine", [("danger.id", True), (ATTACK, False)])
def test_message_correlation_goes_through_our_environment(path, fine, tmp_path):
    ahead = ('<bpmn:message id="m" name="told"/>'
             '<bpmn:correlationProperty id="danger_id" name="danger_id"><bpmn:correlationPropertyRetrievalExpression messageRef="m">'
             f'<bpmn:messagePath>{path.format(tmp_path / "was-here")}</bpmn:messagePath>'
             '</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>')
    catch = ('<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition id="e" messageRef="m">'
             '<bpmn:extensionElements><spiffworkflow:messageVariable>danger</spiffworkflow:messageVariable></bpmn:extensionElements>'
             '</bpmn:messageEventDefinition></bpmn:intermediateCatchEvent>')
    engine = ScriptEngine()
    workflow = opened(flow(catch, ahead=ahead), engine)
    workflow.do_engine_steps()
    definition = workflow.get_tasks(spec_name="wait")[0].task_spec.event_definition
    assert definition.correlation_properties

    def correlate():
        return definition.calculate_correlations(engine, definition.correlation_properties, {"danger": {"id": 7}})

    if fine:
        workflow.send_event(BpmnEvent(definition, {"danger": {"id": 7}}, correlate()))
        workflow.do_engine_steps()
        assert workflow.is_completed()
    else:
        with pytest.raises(ExprError):
            correlate()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("many", ["1001", "-1", "'9'", "2.0"])
def test_a_loop_has_a_reasonable_number_of_rounds(many):
    task = (f'<bpmn:manualTask id="ask"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{many}</bpmn:loopCardinality>'
            '</bpmn:multiInstanceLoopCharacteristics></bpmn:manualTask>')
    with pytest.raises(WorkflowTaskException, match="重复次数须是 0 到 1000 的整数"):
        opened(flow(task), ScriptEngine()).do_engine_steps()
    three = opened(flow(task.replace(many, "a + 1")), ScriptEngine(), a=2)
    three.do_engine_steps()
    assert len(three.get_tasks(state=TaskState.READY, manual=True)) == 3


def test_what_lies_outside_the_data_may_be_read_and_not_written():
    environment = ScriptEngine().environment
    data = {"a": 1}
    environment.execute("b = a + limit", data, {"limit": 4})
    assert data == {"a": 1, "b": 5}
    with pytest.raises(ExprError, match="不能改写 limit"):
        environment.execute("c = 1\nlimit = 9", data, {"limit": 4})
    assert data == {"a": 1, "b": 5}


def test_timer_functions_are_known_to_diagrams():
    workflow = opened(flow(script("due = workdays(2)")), ScriptEngine())
    workflow.do_engine_steps()
    assert workflow.data["due"].endswith("+08:00")
