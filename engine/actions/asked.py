"""Who is asked at a step: by the diagram, or because somebody has added them."""
from typing import Any

from SpiffWorkflow.task import Task as Token

from data_model.process import Task
from engine import helping, rewind
from engine.actions.helped import Beside


def asked(beside: Beside, task: Task) -> list[int]:
    """Ids of everybody who is asked by name at the step, has signed it, or helps with it."""
    token = token_of(beside, task)
    step = rewind.step_of(token) if token is not None else None
    found: dict[int, None] = {}
    mine = {task.token_id, task.anchor, *(str(c.id) for c in (step.children if step is not None and step is not token else ()))} - {""}
    for row in beside.rows:
        if row.token_id in mine or row.anchor in mine:
            named = helping.named(row) if len(row.candidates) == 1 else []
            found |= dict.fromkeys(i for i in (*named, row.assignee_id, row.completed_by) if i)
    kept = step.internal_data if step is not None else {}
    found |= dict.fromkeys(int(s[1:]) for s in (*kept.get("signers", []), *added(kept)) if "@" not in s)
    found |= dict.fromkeys(answer["by"] for answer in kept.get("merged", []) if isinstance(answer, dict))
    return list(found)


def added(kept: dict[str, Any]) -> list[str]:
    found = kept.get("added", ())
    return list(found) if isinstance(found, dict) else [signer for signer, _ in found]


def token_of(beside: Beside, task: Task) -> Token | None:
    return beside.run.token(task.anchor or task.token_id)


def added_by(step: Token, signer: str) -> int | None:
    added = step.internal_data.get("added", {})
    if isinstance(added, dict) and signer in added:
        by: int = added[signer]
        return by
    waiting = next((by for name, by in added if name == signer), None) if isinstance(added, list) else None
    child = next((c for c in step.children if c.internal_data.get("signer") == signer), None)
    return waiting if waiting is not None else (child.internal_data.get("added_by") if child is not None else None)
