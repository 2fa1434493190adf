"""Decision tables: UNIQUE means unique. SpiffWorkflow takes the first row that matches and never looks for a second."""
from typing import Any

from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.specs.model import HitPolicy


class TwoRules(ValueError):
    """Two rows of a UNIQUE table match; nobody may guess which was meant."""


class Decision(DMNEngine):  # type: ignore[misc]
    """One decision table."""

    def decide(self, task: Any) -> list[Any]:
        matched = [rule for rule in self.decision_table.rules if self._DMNEngine__check_rule(rule, task)]
        if self.decision_table.hit_policy == HitPolicy.UNIQUE.value and len(matched) > 1:
            rows = [rule.row_number for rule in matched]
            raise TwoRules(f"decision table {self.decision_table.id}: rows {rows} match at once")
        return matched
