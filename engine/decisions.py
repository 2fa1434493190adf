"""Decision tables of a flow: engine/dmn decides, SpiffWorkflow only asks. Its own engine takes the first match whatever the hit
policy, knows no FEEL, and appends to lists that are already there."""
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.specs import BusinessRuleTaskMixin
from SpiffWorkflow.spiff.parser.task_spec import BusinessRuleTaskParser
from SpiffWorkflow.spiff.specs.defaults import BusinessRuleTask

from engine.dmn import reading
from engine.dmn.deciding import decide
from engine.dmn.ready import ready
from engine.expressions import ExprError


class Decision(DMNEngine):
    """One decision table, translated once."""

    def __init__(self, root: Any) -> None:
        super().__init__(None)
        self.ready = ready(reading.of_root(root))

    def result(self, task: Any) -> dict[str, Any]:
        """The outputs by name. What is wrong is told with the row and the column."""
        environment = task.workflow.script_engine.environment
        try:
            return dict(decide(self.ready, task.data, environment.evaluate).outputs)
        except ExprError as error:
            raise WorkflowTaskException(str(error), task=task, exception=error) from error


class TableTask(BusinessRuleTask):
    """Puts what the table says into the data, in place of what was there."""

    def _run_hook(self, my_task: Any) -> Any:
        _put(my_task.data, self.dmnEngine.result(my_task))
        return super(BusinessRuleTaskMixin, self)._run_hook(my_task)


class TableTaskParser(BusinessRuleTaskParser):
    """Makes our task."""

    def create_task(self) -> TableTask:
        said = self.parse_extensions()
        engine = self.process_parser.parser.get_engine(self.get_decision_ref(self.node), self.node)
        return TableTask(self.spec, self.bpmn_id, dmnEngine=engine, prescript=said.get("preScript"),
                         postscript=said.get("postScript"), **self.bpmn_attributes)


def _put(data: dict[str, Any], outputs: Mapping[str, Any]) -> None:
    """A field inside a field keeps its neighbours; everything else is replaced."""
    for name, value in outputs.items():
        if isinstance(value, dict) and isinstance(data.get(name), dict):
            inside = dict(data[name])
            _put(inside, value)
            data[name] = inside
        else:
            data[name] = value
