"""When a task is due, and when timers ring."""
import json
import re
from typing import Any

from engine import calendar
from engine.bpmn_xml import local
from engine.lint.times import is_bare, is_time
from engine.workshop.imports import vendor
from engine.workshop.imports.language import is_marked
from engine.workshop.imports.scene import Scene

_DAYS = re.compile(r"\$\{\s*dateTime\(\)\s*\.plus(Days|Hours|Minutes|Weeks)\(\s*(\d{1,4})\s*\)(\s*\.toDate\(\))?\s*\}")
_LETTER = {"Days": "P{}D", "Weeks": "P{}W", "Hours": "PT{}H", "Minutes": "PT{}M"}
_FROM_NOW = re.compile(r"""=\s*now\(\)\s*\+\s*duration\(\s*["']([\w.]{1,40})["']\s*\)""")
_LENGTH = re.compile(r"""=\s*(?:duration\(\s*)?["']([\w./:+-]{1,100})["']\s*\)?""")


def due(scene: Scene, task: Any) -> None:
    """`dueDate` and `taskSchedule` are our `due`."""
    boxes = vendor.taken(task, "taskSchedule")
    for said in (vendor.take(task, "dueDate"), *(box.get("dueDate", "").strip() for box in boxes)):
        if said and (found := _due(scene, task, said)):
            vendor.say(task, "due", found)
    for said in (vendor.take(task, "followUpDate"), *(box.get("followUpDate", "").strip() for box in boxes)):
        if said:
            scene.report.hand(task, f"followUpDate={said}", "本系统没有跟进日期，需要时请加一个定时提醒")


def timers(scene: Scene) -> None:
    """Bare ISO times get their quotes, expressions are translated."""
    for node in vendor.inside(scene.root, "timeDuration", "timeDate", "timeCycle"):
        said, cycle = (node.text or "").strip(), local(node) == "timeCycle"
        known = _length(said)
        if known is not None and is_time(known, cycle):
            node.text = json.dumps(known)
            scene.report.done(node, said, "时间写成 {source}", source=node.text)
        elif is_marked(said):
            ours = scene.put(node, said, said)
            if ours is not None:
                node.text = ours
                scene.report.look(node, said, "时间写成 {source}，请核对", source=ours)
        elif said and not said.startswith('"'):
            scene.report.hand(node, said, "不是 ISO 8601 的时间，本系统不认识，请在设计器中重设")


def _due(scene: Scene, task: Any, said: str) -> str | None:
    known = _length(said)
    if known is not None and calendar.is_duration(known):
        scene.report.look(task, f"dueDate={said}", "时限 {source}；天按工作日计，请核对", source=known)
        return known
    if known is not None and is_bare(known):
        scene.report.done(task, f"dueDate={said}", "时限 {source}", source=known)
        return json.dumps(known)
    ours = scene.put(task, f"dueDate={said}", said) if is_marked(said) else None
    if ours is not None:
        scene.report.look(task, f"dueDate={said}", "时限取自数据 {source}；它须由前面的步骤给出，请核对", source=ours)
    elif not is_marked(said):
        scene.report.hand(task, f"dueDate={said}", "不是 ISO 8601 的时间，本系统不认识，请在设计器中重设")
    return ours


def _length(said: str) -> str | None:
    """The ISO text behind the usual ways of writing one; None: it is something else."""
    if is_bare(said):
        return said
    if match := _DAYS.fullmatch(said):
        return _LETTER[match[1]].format(match[2])
    match = _FROM_NOW.fullmatch(said) or _LENGTH.fullmatch(said)
    return match[1] if match else None
