"""会签: one user task, several people, decided by our own count of agreements.

SpiffWorkflow's completionCondition sees the last answer only, and an empty list of people passes in silence.
"""
from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.util.task import TaskState

from engine import resolving
from engine.many import TooManyInstances, take_out
from engine.properties import SigningMode, TaskRules
from engine.script_engine import MAX_INSTANCES


def verdict(rules: TaskRules, answers: Sequence[str], people: int) -> str | None:
    """The outcome the answers so far decide, or None while they decide nothing.

    Args:
        answers: outcomes in the order they came.
        people: how many are asked in all.
    """
    assert rules.signing is not None
    agree = rules.signing.agree or rules.outcomes[0].value
    agreed = answers.count(agree)
    against = [answer for answer in answers if answer != agree]
    needed = rules.signing.needed(people)
    if against and (rules.signing.veto or people - len(against) < needed):
        return against[-1]
    return agree if agreed >= needed else None


class SigningTask(LoopTask, SpiffBpmnTask):
    """Stands around the user task: one child a person, taken from the candidates when the token arrives."""

    def __init__(self, wf_spec: Any, bpmn_id: str, task_spec: str, rules: TaskRules, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.task_spec, self.rules = task_spec, rules
        self.in_turn = rules.signing is not None and rules.signing.mode == SigningMode.SEQUENTIAL

    def _update_hook(self, my_task: Any) -> None:
        super()._update_hook(my_task)
        signers = resolving.signers(my_task.workflow.script_engine.run.case, self.rules, my_task.data)
        if not signers:
            raise ValueError("nobody to sign: an empty list would pass in silence")
        if len(signers) > MAX_INSTANCES:
            raise ValueError(f"more than {MAX_INSTANCES} people to sign")
        my_task.internal_data.update(signers=signers, merged=[])
        my_task._set_state(TaskState.STARTED)
        for signer in signers[:1] if self.in_turn else signers:
            self._ask(my_task, signer)

    def merge_child(self, _workflow: Any, child: Any) -> None:
        """Called when one person has answered: count, then leave, ask the next, or wait."""
        my_task = child.parent
        my_task.internal_data["merged"].append({**child.data[self.bpmn_id], "signer": child.internal_data["signer"]})
        self._go_on(my_task, asked=not self.in_turn)

    def add(self, my_task: Any, signer: str, by: int) -> None:
        """加签: one more person, who counts like the others; in turn, right after the one whose turn it is."""
        kept = my_task.internal_data
        if len(kept["signers"]) >= MAX_INSTANCES:
            raise TooManyInstances(f"more than {MAX_INSTANCES} people to sign")
        kept.setdefault("added", {})[signer] = by
        if self.in_turn:
            kept["signers"].insert(len(kept["merged"]) + 1, signer)
        else:
            kept["signers"].append(signer)
            self._ask(my_task, signer)

    def remove(self, my_task: Any, signer: str) -> None:
        """减签: the person counts no more; what the others have said may decide now."""
        kept = my_task.internal_data
        kept["signers"].remove(signer)
        kept.get("added", {}).pop(signer, None)
        asked = self._drop_open(my_task, signer)
        self._go_on(my_task, asked=not (self.in_turn and asked))

    def take_back(self, my_task: Any, child: Any) -> None:
        """撤回: a vote counts no more, its person is asked again; in turn, whoever was asked next waits."""
        kept, signer = my_task.internal_data, child.internal_data["signer"]
        kept["merged"] = [answer for answer in kept["merged"] if answer["signer"] != signer]
        if self.in_turn:
            self._drop_open(my_task, kept["signers"][len(kept["merged"]) + 1])
        take_out(child)
        self._ask(my_task, signer)

    def _go_on(self, my_task: Any, asked: bool) -> None:
        signers, merged = my_task.internal_data["signers"], my_task.internal_data["merged"]
        decided = verdict(self.rules, [answer["outcome"] for answer in merged], len(signers))
        if decided is not None:
            self._leave(my_task, decided)
        elif not asked:
            self._ask(my_task, signers[len(merged)])

    def _drop_open(self, my_task: Any, signer: str) -> bool:
        child = next((c for c in self._instances(my_task)
                      if c.internal_data.get("signer") == signer and not c._state & TaskState.FINISHED_MASK), None)
        if child is not None:
            take_out(child)
        return child is not None

    def _ask(self, my_task: Any, signer: str) -> None:
        child = my_task._add_child(my_task.workflow.spec.task_specs[self.task_spec], TaskState.WAITING)
        child.triggered = True
        child.internal_data["signer"] = signer
        by = my_task.internal_data.get("added", {}).get(signer)
        if by is not None:
            child.internal_data["added_by"] = by
        child.task_spec._update(child)

    def _leave(self, my_task: Any, decided: str) -> None:
        answers = my_task.internal_data["merged"]
        for child in self._instances(my_task):
            child.cancel()
        my_task.data[self.bpmn_id] = {"outcome": decided, "votes": answers, "by": answers[-1]["by"]}
        my_task._set_state(TaskState.READY)
