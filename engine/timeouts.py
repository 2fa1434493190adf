"""超时: what a boundary timer does to the task it sits on, as the diagram's `on_timeout` says, with a person's own checks.

`remind`                 tell the holders again
`escalate [EXPR]`        more people may do it: those EXPR names, else who is above those who have it
`transfer EXPR`          it goes to those EXPR names, from whoever had it
`approve` / `reject`     the first button, or the first one that looks like danger, is pressed
"""
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task as Token
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.process import Task, TaskStatus
from engine import above, agents, candidates, inbox, people
from engine.case import Case
from engine.history import Action, Event
from engine.opening import rules_of
from engine.properties import Outcome, Style, TaskRules
from engine.resolving import excluded
from engine.runner import Run

DEEDS = ("remind", "escalate", "transfer", "approve", "reject")


def deed(said: str) -> tuple[str, str]:
    """The word, and the expression behind it."""
    word, _, expression = said.strip().partition(" ")
    return word, expression.strip()


def button(rules: TaskRules, word: str) -> Outcome | None:
    """What `approve` or `reject` presses; None when the step has no such button, or wants a person for it."""
    if rules.signing is not None or rules.personal:
        return None
    wanted = rules.outcomes[:1] if word == "approve" else [o for o in rules.outcomes[1:] if o.style == Style.DANGER][:1]
    return next((o for o in wanted if not (o.opinion or o.attachment or o.signature)), None)


def act(run: Run, timer: Token) -> list[Event]:
    """The timer has rung: do to the tasks beside it what the diagram says. Lines for the history.

    What cannot be done is told in the history, and the tasks wait on: nothing is passed by the clock that a person could not pass.
    """
    lines: list[Event] = []
    for token in _beside(timer):
        rules = rules_of(token.task_spec)
        word, expression = deed(_said(run, timer, rules))
        task = _row(run, token) if word in DEEDS else None
        if task is not None:
            lines += _do(run, token, task, rules, word, expression)
    return lines


def _row(run: Run, token: Token) -> Task | None:
    return run.case.session.scalars(
        select(Task).where(Task.instance_id == run.case.instance.id, Task.token_id == str(token.id), Task.status == TaskStatus.OPEN),
        execution_options={"populate_existing": True}).first()


def _beside(timer: Token) -> list[Token]:
    """People's tasks that wait under the same roof as the timer, each signer of a signing on its own."""
    around = [child for child in timer.parent.children if child is not timer]
    inside = [inner for child in around if isinstance(child.task_spec, LoopTask) for inner in child.children]
    return [token for token in (*around, *inside) if token._state == TaskState.READY and token.task_spec.manual]


def _said(run: Run, timer: Token, rules: TaskRules) -> str:
    """The timer's own word goes before the task's."""
    element = run.flow.diagram.by_id.get(timer.task_spec.bpmn_id)
    own = element.properties.get("on_timeout", "") if element is not None else timer_word(timer)
    return own or rules.on_timeout


def timer_word(timer: Token) -> str:
    """Of a timer drawn in a called process."""
    said: Mapping[str, Any] = (getattr(timer.task_spec, "extensions", None) or {}).get("properties", {})
    return str(said.get("on_timeout", ""))


def _do(run: Run, token: Token, task: Task, rules: TaskRules, word: str, expression: str) -> list[Event]:
    case = run.case
    if word in ("approve", "reject"):
        return [_press(run, token, task, rules, word)]
    if word == "remind":
        told = sorted(agents.holders(case.session, task))
        case.notify("N-22", told, "任务超时未办，请尽快办理：{task}（{title}）", task=task.name, title=task.title or task.process_name)
        return [Event(Action.REMIND, task.element_id, task.name, task.id, data={"to": told})]
    barred = excluded(case, rules, token.data)
    named = candidates.principals_of(case.asking(token.data), expression)[0] if expression else above.of(case.session, task, barred)
    free = [p for p in named if set(people.people_behind(case.session, [p])) - barred]
    if not free:
        return [_left(task, "超时后没有可以接手的人，任务保持不变")]
    if word == "escalate":
        case.escalate(task.element_id, free)
        case.notify("N-02", people.people_behind(case.session, free), "任务超时未办，已升级到您：{title}", title=task.title)
        return []
    return [_hand_over(case, task, free)]


def _hand_over(case: Case, task: Task, to: list[str]) -> Event:
    before = list(task.candidates)
    task.candidates, task.assignee_id, task.owner_id = to, None, None
    task.from_id, task.from_name = SYSTEM.user_id, SYSTEM.name
    task.why = [candidates.Why(principal, "任务超时未办，已转给您").plain() for principal in to]
    case.session.flush()
    inbox.write(case.session, [task])
    told = people.people_behind(case.session, to)
    case.notify("N-02", told, "任务超时未办，已转给您：{task}（{title}）", task=task.name, title=task.title or task.process_name)
    return Event(Action.TRANSFER, task.element_id, task.name, task.id, data={
        "from": {"id": SYSTEM.user_id, "name": SYSTEM.name}, "to": {"id": 0, "name": "、".join(told.values())},
        "before": before, "after": to})


def _press(run: Run, token: Token, task: Task, rules: TaskRules, word: str) -> Event:
    pressed = button(rules, word)
    if pressed is None:
        return _left(task, "此步骤须由人办理，超时不能自动处理")
    run.answer(str(token.id), {"outcome": pressed.value, "by": SYSTEM.user_id, "auto": True})
    task.status, task.outcome, task.completed_at = TaskStatus.DONE, pressed.value, clock.now()
    task.completed_by, task.completed_by_name = SYSTEM.user_id, SYSTEM.name
    inbox.remove(run.case.session, [task.id])
    return Event(Action.AUTO, task.element_id, task.name, task.id, pressed.value, pressed.label, data={"timeout": word})


def _left(task: Task, note: str) -> Event:
    return Event(Action.ROUTE, task.element_id, task.name, task.id, data={"note": note})
