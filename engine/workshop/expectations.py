"""What must come of a try, step by step: who waits for what, who was told, how it ends; and the first difference in words."""
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.organisation import ROLE_NAMES, OrgUnit, Role, User
from data_model.process import InstanceStatus, Task
from engine import catalog
from engine.workshop import references
from engine.workshop.scene import Scene

Observed = dict[str, Any]
STATUS_WORDS = {
    InstanceStatus.RUNNING: "进行中", InstanceStatus.COMPLETED: "已结束", InstanceStatus.TERMINATED: "已中止",
    InstanceStatus.CANCELLED: "已撤销", InstanceStatus.REJECTED: "已驳回",
}


class Words(str):
    """A message id filled in; `text` and `params` let a page say it in another language."""

    text: str
    params: dict[str, Any]

    def __new__(cls, text: str, **params: Any) -> "Words":
        made = super().__new__(cls, text.format(**params) if params else text)
        made.text, made.params = text, params
        return made


def observe(scene: Scene, said_before: int = 0) -> Observed:
    """How it stands after a step.

    Args:
        said_before: how many words had been said before the step.
    """
    waits = sorted([task.element_id if task.process_key == scene.key else f"{task.process_key}/{task.element_id}",
                    sorted(_holders(scene, task))] for task in scene.open_tasks())
    return {"waits": waits, "told": sorted({said.code for said in scene.seen.said[said_before:]})}


def ending(scene: Scene) -> Observed:
    """How the case itself stands."""
    case = scene.instance() if scene.first else None
    return {"status": case.status if case else "", "end": case.end_element if case else ""}


def difference(scene: Scene, wanted: Mapping[str, Any], found: Observed) -> Words | None:
    """The first thing that is not as wanted. What `wanted` does not speak of may be as it likes."""
    expected = sorted(_pair(one) for one in wanted.get("waits", ())) if "waits" in wanted else None
    if expected is not None:
        steps, now = [one[0] for one in expected], [one[0] for one in found["waits"]]
        if steps != now:
            return Words("应轮到「{wanted}」，现在轮到「{found}」", wanted=_steps(scene, steps), found=_steps(scene, now))
        for (step, people), (_, held) in zip(expected, found["waits"], strict=True):
            if people is not None and sorted(people) != held:
                return Words("「{step}」应由 {wanted} 办理，现在由 {found} 办理", step=_steps(scene, [step]),
                             wanted=_people(scene.session, people), found=_people(scene.session, held))
    missing = sorted(set(wanted.get("told", ())) - set(found["told"]))
    if missing:
        return Words("应发出通知 {code}，没有发出", code=_listed(missing))
    return None


def wrong_end(scene: Scene, wanted: Mapping[str, Any]) -> Words | None:
    found = ending(scene)
    if wanted.get("status") and wanted["status"] != found["status"]:
        return Words("流程应为「{wanted}」，现在是「{found}」", wanted=STATUS_WORDS.get(wanted["status"], wanted["status"]),
                     found=STATUS_WORDS.get(found["status"], found["status"]))
    if wanted.get("end") and wanted["end"] != found["end"]:
        return Words("应结束于「{wanted}」，现在结束于「{found}」", wanted=_steps(scene, [wanted["end"]]),
                     found=_steps(scene, [found["end"]] if found["end"] else []))
    return None


def _pair(one: Any) -> tuple[str, list[str] | None]:
    """A step, with or without the people who must have it."""
    return (one, None) if isinstance(one, str) else (str(one[0]), list(one[1]) if len(one) > 1 and one[1] is not None else None)


def _holders(scene: Scene, task: Task) -> list[str]:
    addresses = [f"u{task.assignee_id}"] if task.assignee_id else task.candidates
    return [references.address(scene.session, principal) for principal in addresses]


def _steps(scene: Scene, steps: Sequence[str]) -> str:
    flow = catalog.flow(scene.session, scene.instance().definition_id) if scene.first else None
    return _listed([(flow.name_of(step.rpartition("/")[2]) if flow else "") or step for step in steps])


def _people(session: Session, addresses: Sequence[str]) -> str:
    return _listed([_person(session, one) for one in addresses])


def _listed(words: Sequence[str]) -> str:
    """One after the other, each still to be said in another language."""
    return reduce(lambda left, right: Words("{left}、{right}", left=left, right=right), words) if words else "无人"


def _person(session: Session, one: str) -> str:
    """'u:wang' -> 王强; 'owner@filter' -> 过滤区负责人."""
    kind, _, place = one.partition("@")
    if not place:
        return session.scalar(select(User.name).where(User.login == one.removeprefix("u:"))) or one
    unit = session.scalar(select(OrgUnit.name).where(OrgUnit.code == place)) or place
    role = {"owner": "负责人", "backup": "备岗负责人"}.get(kind) or (ROLE_NAMES[Role(kind)] if kind in tuple(Role) else kind)
    return Words("{unit}的{role}", unit=unit, role=role)
