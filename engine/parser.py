"""From diagrams to specs that SpiffWorkflow runs: its parser, with our own events, handlers, tables and signing."""
from collections.abc import Collection, Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.node_parser import NodeParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.mixins import SubWorkflowTaskMixin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.parser import SpiffBpmnParser, task_spec
from SpiffWorkflow.spiff.specs.defaults import (
    CallActivity,
    ManualTask,
    NoneTask,
    SubWorkflowTask,
    TransactionSubprocess,
    UserTask,
)

from engine import bpmn_xml, joins
from engine.decisions import Decision, TableTask, TableTaskParser
from engine.event_parsers import PARSERS, ProcessParser, SubprocessParser
from engine.many import Loop, Parallel, Sequential
from engine.properties import task_rules
from engine.service_task import HandlerTask
from engine.signing import SigningTask

_BPMN, _SPIFF = f"{{{bpmn_xml.BPMN}}}", f"{{{bpmn_xml.SPIFF}}}"


def _bounded(parser: type) -> type:
    return type(f"Our{parser.__name__}", (parser,), {
        "STANDARD_LOOP_CLASS": Loop, "PARALLEL_MI_CLASS": Parallel, "SEQUENTIAL_MI_CLASS": Sequential})


class PersonParser(_bounded(task_spec.SpiffTaskParser)):  # type: ignore[misc]
    """A task for a person: it carries its rules; with `signing`, it is asked of several."""

    task: Any

    def create_task(self) -> Any:
        said = self.parse_extensions()
        extra = {"variable": None} if self.spec_class is UserTask else {}
        task = self.spec_class(self.spec, self.bpmn_id, prescript=said.get("preScript"), postscript=said.get("postScript"),
                               **extra, **self.bpmn_attributes)
        task.rules = task_rules(said.get("properties", {}), f"{self._process_key()}.{self.bpmn_id}", task.lane)
        return task

    def _add_multiinstance_task(self, loop_characteristics: Any) -> None:
        if self.task.rules.signing is None:
            super()._add_multiinstance_task(loop_characteristics)
            return
        original = self.spec.task_specs.pop(self.task.name)
        self.task = SigningTask(self.spec, original.name, "", original.rules, description="Signing",
                                bpmn_name=original.bpmn_name, lane=original.lane)
        self._copy_task_attrs(original, loop_characteristics)

    def _process_key(self) -> str:
        """Key of the process the task is drawn in, out of embedded subprocesses too."""
        here = self.process_parser
        while here.parent is not None:
            here = here.parent
        return str(here.bpmn_id)


class Parser(SpiffBpmnParser):
    """The dialect of the house."""

    PROCESS_PARSER_CLASS = ProcessParser
    OVERRIDE_PARSER_CLASSES = {
        **{tag: (_bounded(parser), kind) for tag, (parser, kind) in SpiffBpmnParser.OVERRIDE_PARSER_CLASSES.items()},
        full_tag("parallelGateway"): (GatewayParser, joins.Parallel),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, joins.Inclusive),
        full_tag("task"): (PersonParser, NoneTask),
        full_tag("manualTask"): (PersonParser, ManualTask),
        full_tag("userTask"): (PersonParser, UserTask),
        full_tag("businessRuleTask"): (_bounded(TableTaskParser), TableTask),
        full_tag("serviceTask"): (_bounded(task_spec.ServiceTaskParser), HandlerTask),
        full_tag("subProcess"): (_bounded(SubprocessParser), SubWorkflowTask),
        full_tag("transaction"): (_bounded(SubprocessParser), TransactionSubprocess),
        **PARSERS,
    }

    def get_engine(self, decision_ref: str, node: Any) -> Decision:
        if decision_ref not in self.dmn_parsers:
            raise ValidationException(f"there is no decision table {decision_ref!r}", node=node)
        return Decision(self.dmn_parsers[decision_ref].node)


def parse(key: str, diagrams: Mapping[str, bytes], tables: Mapping[str, bytes]) -> tuple[Any, dict[str, Any]]:
    """The spec of a process and of everything it calls.

    Args:
        key: the process to start from.
        diagrams: the diagrams it needs, its own included, by process key.
        tables: the decision tables it needs, by decision id.
    """
    specs: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    for process, xml in diagrams.items():
        parser = Parser()  # one each: two processes may have subprocesses of the same id
        for table in tables.values():
            parser.add_dmn_xml(etree.fromstring(table))
        parser.add_bpmn_xml(_with_signings_marked(etree.fromstring(xml)), process)
        specs[process] = parser.get_spec(process)
        parts |= _named_apart(process, specs[process], parts_of(parser, process), diagrams.keys() | parts.keys())
    for wf_spec in (*specs.values(), *parts.values()):
        _connect_loops(wf_spec)
    called = {task.spec for wf_spec in (*specs.values(), *parts.values()) for task in wf_spec.task_specs.values() if isinstance(task, CallActivity)}
    return specs[key], parts | {process: spec for process, spec in specs.items() if process in called}


def parts_of(parser: Any, process: str) -> dict[str, Any]:
    """Specs of the subprocesses drawn in a process, however deep, by id; what it calls is not among them."""
    found: dict[str, Any] = {}
    waiting = [parser.get_spec(process)]
    while waiting:
        for task in _subprocesses(waiting.pop()):
            if task.spec not in found:
                found[task.spec] = parser.get_spec(task.spec)
                waiting.append(found[task.spec])
    return found


def _named_apart(process: str, spec: Any, parts: Mapping[str, Any], taken: Collection[str]) -> dict[str, Any]:
    """The subprocesses by names that no other process has for one of its own."""
    names = {id: f"{process}/{id}" if id in taken else id for id in parts}
    for wf_spec in (spec, *parts.values()):
        for task in _subprocesses(wf_spec):
            task.spec = names[task.spec]
    return {names[id]: part for id, part in parts.items()}


def _subprocesses(wf_spec: Any) -> list[Any]:
    return [task for task in wf_spec.task_specs.values() if isinstance(task, SubWorkflowTaskMixin) and not isinstance(task, CallActivity)]


def _with_signings_marked(root: Any) -> Any:
    """Every user task that says `signing` gets the loop marker, drawn or not: the base parser looks for it."""
    for said in root.iterfind(f".//{_BPMN}userTask/{_BPMN}extensionElements/{_SPIFF}properties/{_SPIFF}property[@name='signing']"):
        task = said.getparent().getparent().getparent()
        if task.find(f"{_BPMN}multiInstanceLoopCharacteristics") is None:
            etree.SubElement(task, f"{_BPMN}multiInstanceLoopCharacteristics")
    return root


def _mend_data_objects() -> None:
    """SpiffWorkflow 3.2.0 looks for ever for a data object that is two levels up, or nowhere."""
    def _resolve_data_object_ref(self: Any, ref: Any) -> Any:
        level = self.process_parser if ref is not None else None
        while level is not None:
            found = level.spec.data_objects.get(ref.get("dataObjectRef"))
            if found is not None:
                return found
            level = level.parent
        return None

    NodeParser._resolve_data_object_ref = _resolve_data_object_ref


_mend_data_objects()


def _connect_loops(wf_spec: Any) -> None:
    """Shared specs are wired once, here: SpiffWorkflow wires them when the first child is made, in whichever thread."""
    for spec in list(wf_spec.task_specs.values()):
        if isinstance(spec, LoopTask):
            child = wf_spec.task_specs[spec.task_spec]
            if not child.completed_event.is_connected(spec.merge_child):
                child.completed_event.connect(spec.merge_child)
