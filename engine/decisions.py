"""Decision tables: UNIQUE means unique. SpiffWorkflow takes the first row that matches and never looks for a second."""
from itertools import islice
from typing import Any

from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.specs.model import HitPolicy


class TwoRules(ValueError):
    """Two rows of a UNIQUE table match; nobody may guess which was meant."""


class Decision(DMNEngine):
    """One decision table."""

    def decide(self, task: Any) -> list[Any]:
        """The rows that count under the table's hit policy: UNIQUE one at most, COLLECT all, else the first."""
        matching = (rule for rule in self.decision_table.rules if self._DMNEngine__check_rule(rule, task))
        policy = self.decision_table.hit_policy
        if policy not in (HitPolicy.UNIQUE.value, HitPolicy.COLLECT.value):
            return list(islice(matching, 1))
        matched = list(matching)
        if policy == HitPolicy.UNIQUE.value and len(matched) > 1:
            rows = [rule.row_number for rule in matched]
            raise TwoRules(f"decision table {self.decision_table.id}: rows {rows} match at once")
        return matched
