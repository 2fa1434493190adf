"""Who does a task: assignee, candidate users and groups, as vendors and plain BPMN write them."""
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from engine.bpmn_xml import local
from engine.workshop.imports import vendor
from engine.workshop.imports.language import is_marked
from engine.workshop.imports.scene import ROLES, Scene

_MOST = 2_000  # letters
_PATH = re.compile(r"[^\W\d_]\w*(\.[^\W\d_]\w*)*")
_OWNER = re.compile(r"\s*(?:(user|group)\(\s*([^()]{0,200}?)\s*\)|([^(),]{1,200}))")


def translate(scene: Scene, task: Any) -> None:
    """All of them together are our `candidates`."""
    found: list[str] = []
    for kind, said in _said(task):
        found += _each(scene, task, kind, said)
    if found:
        joined = list(dict.fromkeys(found))
        vendor.say(task, "candidates", " + ".join(joined))


def _said(task: Any) -> Iterator[tuple[str, str]]:
    boxes = vendor.taken(task, "assignmentDefinition")
    for kind in ("assignee", "candidateUsers", "candidateGroups"):
        for said in (vendor.take(task, kind), *(box.get(kind, "").strip() for box in boxes)):
            if said:
                yield kind, said
    for owner in [node for node in task if isinstance(node.tag, str) and local(node) in ("potentialOwner", "humanPerformer", "performer")]:
        task.remove(owner)
        said = " ".join(" ".join(str(piece)[:_MOST] for piece in islice(owner.itertext(), 50)).split())[:_MOST]
        if said:
            yield "potentialOwner", said


def _each(scene: Scene, task: Any, kind: str, said: str) -> list[str]:
    """Each one named, as an expression of ours."""
    found = [one for word, group in _split(kind, said[:_MOST]) if (one := _one(scene, task, kind, word, group))]
    return found


def _split(kind: str, said: str) -> Iterator[tuple[str, bool]]:
    """(word, is it a group)."""
    if kind == "potentialOwner":
        for match in _OWNER.finditer(said):
            if word := (match[2] or match[3] or "").strip():
                yield word, match[1] != "user"
        return
    words = [said]
    if is_marked(said):
        try:
            listed = json.loads(said[1:]) if said.startswith("=") else None
        except (ValueError, RecursionError):
            listed = None
        words = [str(one) for one in listed] if isinstance(listed, list) else [listed] if isinstance(listed, str) else [said]
    elif kind != "assignee":
        words = said.split(",")
    yield from ((word.strip(), kind == "candidateGroups") for word in words if word.strip())


def _one(scene: Scene, task: Any, kind: str, word: str, group: bool) -> str | None:
    said = f"{kind}={word}"
    if is_marked(word):
        return _variable(scene, task, said, word, group)
    if not group and word in scene.starters:
        return _starter(scene, task, said)
    if not group and word in scene.logins:
        scene.report.done(task, said, "候选人：本系统中登录名相同的人")
        return f"users([{scene.logins[word]}])"
    if word in ROLES:
        scene.report.look(task, said, "候选人：担任角色 {role} 的人；地点取自发起表单的 grid，请核对", role=word)
        return f'role("{ROLES[word]}", start.grid)'
    if group:
        scene.report.hand(task, said, "本系统没有角色“{word}”，请在设计器中选择谁来办理", word=word)
    else:
        scene.report.hand(task, said, "本系统没有登录名为“{word}”的人，请在设计器中选择谁来办理", word=word)
    return None


def _variable(scene: Scene, task: Any, said: str, word: str, group: bool) -> str | None:
    """A variable that holds a person."""
    inner = word[1:].strip() if word.startswith("=") else word[2:-1].strip()
    if inner in scene.starters:
        return _starter(scene, task, said)
    path = scene.renamed.get(inner, inner)
    if group or not _PATH.fullmatch(path):
        scene.report.hand(task, said, "候选人由表达式算出，本系统不能照搬，请在设计器中选择谁来办理")
        return None
    scene.report.look(task, said, "候选人：数据 {path} 中的人；它须由前面的步骤给出，请核对", path=path)
    return f'field("{path}")'


def _starter(scene: Scene, task: Any, said: str) -> str:
    scene.report.done(task, said, "候选人：发起人")
    return "starter()"
