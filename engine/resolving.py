"""What a diagram's expressions name in this case: candidates of a task, signers, arguments of a service task."""
from collections.abc import Mapping
from typing import Any

from engine import candidates, expressions
from engine.calendar import functions
from engine.case import Case
from engine.properties import TaskRules

_QUEUE = "process_owner@"


def task_candidates(case: Case, rules: TaskRules, data: Mapping[str, Any]) -> candidates.Resolved:
    """Who may act on a task with these rules now; the lane's role when the task says nothing."""
    return candidates.resolve(case.asking(data), _expression(case, rules), barred=rules.barred, duty=rules.duty, on_empty=rules.on_empty)


def excluded(case: Case, rules: TaskRules, data: Mapping[str, Any]) -> set[int]:
    """Who must not act on it."""
    return candidates.excluded_of(case.asking(data), _expression(case, rules), rules.barred, rules.duty)


def _expression(case: Case, rules: TaskRules) -> str:
    if not rules.candidates and rules.lane:
        return f'role("{rules.lane}", {case.instance.unit_id})'
    return rules.candidates


def signers(case: Case, rules: TaskRules, data: Mapping[str, Any]) -> list[str]:
    """The people asked to sign, in the order they are named; the process owner's queue signs as one."""
    resolved = task_candidates(case, rules, data)
    if any(principal.startswith(_QUEUE) for principal in resolved.principals):
        return list(resolved.principals[:1])
    named = [p for p in resolved.principals if "@" not in p and int(p[1:]) in resolved.people]
    return named + [f"u{user_id}" for user_id in sorted(resolved.people) if f"u{user_id}" not in named]


def argument(case: Case, data: Mapping[str, Any], expression: str) -> Any:
    """A service task's argument: the closed language with the candidate functions."""
    book = candidates.Book(case.asking(data))
    return expressions.evaluate(expression, data, {**functions(case.calendar), **book.functions()})
