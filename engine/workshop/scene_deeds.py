"""What people can do in a try: each word of a step and the one action behind it."""
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from data_model.actor import SYSTEM, Actor
from data_model.process import Task
from data_model.session import become
from engine import actions, catalog
from engine.errors import EngineError
from engine.workshop import references
from engine.workshop.scene import Scene, new_key

Said = Mapping[str, Any]
OnTask = Callable[[Scene, Actor, Task, Said, Said], Any]


def start(scene: Scene, step: Said) -> None:
    if scene.first is not None:
        raise EngineError("流程已经发起")
    person = scene.acting(step.get("who"))
    if step.get("called") and not catalog.effective(scene.session, scene.key).starters:  # as another process of this person's would
        person = replace(person, everywhere=True)
    data = scene.refs.real(dict(step.get("data") or {}), person.user_id)
    unit = scene.refs.real(step.get("unit"), person.user_id) or data.get("grid")
    answer = actions.start(scene.session, person, scene.key, data, idem_key=new_key(), unit_id=unit if isinstance(unit, int) else None)
    scene.first = answer.instance_id


def arise(scene: Scene, step: Said) -> None:
    """Nobody starts it: a message, a signal or the clock does, at a place."""
    if scene.first is not None:
        raise EngineError("流程已经发起")
    become(scene.session, SYSTEM)
    unit = scene.refs.real(step.get("unit"), 0)
    told = {"unit_id": unit} if isinstance(unit, int) else {}
    scene.first = actions.start_by(scene.session, scene.key, str(step.get("kind")), str(step.get("name")), told, {}, None)


def on_task(scene: Scene, step: Said) -> None:
    person, task = scene.who_and_what(step)
    ON_TASK[str(step["do"])](scene, person, task, scene.refs.real(dict(step.get("data") or {}), person.user_id), step)


def _complete(scene: Scene, who: Actor, task: Task, said: Said, step: Said) -> None:
    files = references.photos(scene.session, who.user_id, int(step.get("files") or 0))
    signed = references.signature(scene.session, who.user_id) if step.get("signature") else None
    actions.complete(scene.session, who, task.id, str(step.get("outcome")), said, idem_key=new_key(),
                     opinion=str(step.get("opinion") or ""), files=files, signature=signed)


def _give_back(scene: Scene, who: Actor, task: Task, said: Said, step: Said) -> None:
    actions.give_back(scene.session, who, task.id, said, str(step.get("opinion") or ""), idem_key=new_key())


def _return(scene: Scene, who: Actor, task: Task, said: Said, _step: Said) -> None:
    actions.return_to(scene.session, who, task.id, said["element"], said["reason"], mode=said.get("mode") or None, idem_key=new_key())


def _add_signer(scene: Scene, who: Actor, task: Task, said: Said, _step: Said) -> None:
    actions.add_signer(scene.session, who, task.id, said["people"], said["where"], said["reason"], idem_key=new_key())


def _to(deed: Callable[..., Any]) -> OnTask:
    """A deed that hands the task to somebody."""
    return lambda scene, who, task, said, _step: deed(scene.session, who, task.id, said["to"], said["reason"], idem_key=new_key())


def _because(deed: Callable[..., Any]) -> OnTask:
    """A deed that wants a reason only."""
    return lambda scene, who, task, said, _step: deed(scene.session, who, task.id, said["reason"], idem_key=new_key())


def _plain(deed: Callable[..., Any]) -> OnTask:
    return lambda scene, who, task, _said, _step: deed(scene.session, who, task.id)


ON_TASK: dict[str, OnTask] = {
    "complete": _complete, "claim": _plain(actions.claim), "unclaim": _plain(actions.unclaim), "transfer": _to(actions.transfer),
    "delegate": _to(actions.delegate), "give_back": _give_back, "take_back": _because(actions.take_back), "return": _return,
    "reject": _because(actions.reject), "add_signer": _add_signer,
}


def withdraw(scene: Scene, step: Said) -> None:
    """The last step the person did, taken back."""
    person = _of_case(scene, step)
    last = actions.can_withdraw(scene.session, person, scene.first or 0)
    if last is None:
        raise EngineError("没有可以撤回的步骤")
    actions.withdraw(scene.session, person, last.task_id, _reason(step), idem_key=new_key())


def cancel(scene: Scene, step: Said) -> None:
    actions.cancel(scene.session, _of_case(scene, step), scene.first or 0, _reason(step), idem_key=new_key())


def retry(scene: Scene, step: Said) -> None:
    """A failed element once more."""
    found = [one for one in scene.incidents() if one.element_id == step.get("step")]
    if not found:
        raise EngineError("这里没有出错的步骤")
    actions.retry(scene.session, become(scene.session, SYSTEM), found[0].id)


def hear(scene: Scene, step: Said) -> None:
    """Something from outside arrives at whoever waits for it here."""
    kind, name = str(step["do"]), str(step.get("name"))
    become(scene.session, SYSTEM)
    waiting = [one for one in scene.waiting() if (one.kind, one.name) == (kind, name)]
    data = dict(step.get("data") or {})
    heard = [actions.hear(scene.session, one.instance_id, one.token_id, kind, name, data, {}) for one in waiting]
    if not any(heard):
        raise EngineError("现在没有步骤在等待「{name}」", name=name[:60])


def _of_case(scene: Scene, step: Said) -> Actor:
    if scene.first is None:
        raise EngineError("流程还没有发起")
    return scene.acting(step.get("who"))


def _reason(step: Said) -> str:
    return str((step.get("data") or {}).get("reason") or "")


DEEDS: dict[str, Callable[[Scene, Said], None]] = {
    "start": start, "arise": arise, **dict.fromkeys(ON_TASK, on_task), "withdraw": withdraw, "cancel": cancel, "retry": retry,
    "message": hear, "signal": hear,
}
