"""What follows when a helper of a step has answered, or is asked no more: the next helpers, the step itself, or the way on."""
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import Help, ProcessInstance, Task, TaskStatus
from engine import catalog, helping, inbox, rewind, runner, trace
from engine.actions.breaking import breaking
from engine.actions.starting import start_child
from engine.case import Case
from engine.errors import TooLate
from engine.history import Event
from engine.opening import Opened
from engine.properties import Outcome, TaskRules
from engine.runner import Run
from engine.settle import settle


def is_beside(session: Session, instance: ProcessInstance, task: Task) -> bool:
    """Whether an answer to this task moves no token yet: it helps with a step, or signers after it are still to come."""
    return bool(task.helps) or (task.answer is not None and bool(helping.left(helping.of_case(session, instance), task.token_id, Help.AFTER)))


def take(session: Session, actor: Actor, instance: ProcessInstance, task: Task, answer: Mapping[str, Any], button: Outcome, line: Event,
         ) -> list[Task]:
    """Keep the answer and do what follows from it; the tasks that opened."""
    with breaking(instance):
        beside = Beside(session, actor, instance)
        inbox.remove(session, [task.id], excluded=bool(task.excluded))
        after = helping.left(beside.rows, task.token_id, Help.AFTER)
        task.completed_at, task.completed_by, task.completed_by_name = clock.now(), actor.user_id, actor.name
        task.outcome = button.value
        if after:
            task.status, task.answer = TaskStatus.HELD, dict(answer)
            helping.open_helpers(beside.case, after)
        else:
            beside.finish(task, dict(answer))
        return beside.store([line])


class Beside:
    """One move in which helpers come and go; the run is moved only when a step itself is done."""

    def __init__(self, session: Session, actor: Actor, instance: ProcessInstance) -> None:
        self.session, self.instance = session, instance
        self.rows = helping.of_case(session, instance)
        self.case = Case(session, actor, instance, False, start_child)
        self.run: Run = runner.wake(catalog.flow(session, instance.definition_id), self.case, instance.state)
        self.opened: list[Opened] = []

    def store(self, events: list[Event]) -> list[Task]:
        for event in events:
            event.path = event.path or trace.path(self.run)
        return settle(self.run, events, self.opened)

    def rules(self, task: Task) -> TaskRules:
        return self.run.flow.rules[task.element_id]

    def finish(self, task: Task, answer: dict[str, Any]) -> None:
        """A task is done for good: a step of the diagram goes on, a helper lets its host go on."""
        task.status, task.answer = TaskStatus.DONE, None
        if not task.helps:
            self.session.flush()
            self.run.answer(task.token_id, answer)
            self.run.advance()
        elif task.helps == Help.REDO:
            self._mended(task, answer)
        else:
            self._helped(task, task.outcome)

    def dropped(self, task: Task) -> None:
        """A helper is asked no more."""
        for row in helping.left(self.rows, task.token_id):
            self.close(row)
            self.dropped(row)
        self._helped(task, "")

    def _helped(self, task: Task, outcome: str) -> None:
        """Its host comes back, or is done, when nobody else is waited for; a refusal after it stands in the host's place."""
        host = next((row for row in self.rows if row.token_id == task.host), None)
        others = [row for row in helping.left(self.rows, task.host, task.helps) if row.id != task.id]
        if host is None or host.status not in (TaskStatus.HELD, TaskStatus.OPEN):
            return
        if task.helps == Help.BEFORE:
            if not others and host.status == TaskStatus.HELD:
                self._reopen([host])
            return
        if host.answer is None or "outcome" not in host.answer:  # it has not answered yet
            host.answer = host.answer if others else None
            return
        refused = outcome not in ("", self._agree(task))
        for row in others if refused else ():
            self.close(row)
        if refused or not others:
            host.outcome = outcome if refused else host.outcome
            self.finish(host, {**host.answer, "outcome": host.outcome})

    def _agree(self, task: Task) -> str:
        rules = self.rules(task)
        return (rules.signing.agree if rules.signing else "") or rules.outcomes[0].value

    def close(self, row: Task) -> None:
        row.status, row.completed_at, row.completed_by_name = TaskStatus.CLOSED, clock.now(), self.case.actor.name
        self.session.flush()
        inbox.remove(self.session, [row.id])

    def _reopen(self, rows: list[Task]) -> None:
        for row in helping.release(self.run, rows):
            self.case.notify("N-01", [row.assignee_id] if row.assignee_id else helping.named(row),
                             "您的待办「{task}」可以继续办理（{title}）", task=row.name, title=row.title or row.process_name)

    def _mended(self, task: Task, answer: dict[str, Any]) -> None:
        """What was mended is known everywhere after the step; the step that asked goes on, a signing votes anew."""
        token = self.run.token(task.anchor)
        if token is None:
            raise TooLate("流程刚被他人处理，请刷新后重试")
        key = task.element_id.rpartition("/")[2]
        for other in self.run.tokens():
            if key in other.data:
                other.data[key] = {**answer}
        step = rewind.step_of(token)
        if step is not token:
            rewind.back_to(self.run, step, None, None)
            self.run.advance()
            return
        head = rewind.head_of(token)
        for event in rewind.waiting_beside(head) if head is not token else ():
            rewind.rearm(self.run, event)
        self._reopen([row for row in self.rows if row.token_id == task.host and row.status == TaskStatus.HELD])
