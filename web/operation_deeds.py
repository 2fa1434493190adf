"""What a process owner can do to a case: each with its word, its form, and the one action behind it."""
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from flask import abort, g, request
from sqlalchemy import select

from data_model.process import Incident, InstanceStatus, ProcessInstance, Task
from engine import actions, case_data, catalog
from engine.actions import editing, moving, skipping
from engine.errors import EngineError, Missing
from forms import operating
from forms.context import FormContext
from web.case_fields import schema
from web.deeds import Act, Deed

SUSPEND = Deed("suspend", "挂起", "player-pause", operating.SuspendForm,
               lambda s, a, i, said, key: actions.suspend(s, a, i, said["reason"], idem_key=key), "流程已挂起。",
               "挂起后任何人都不能办理，计时停止；由它发起的流程一起挂起。恢复时期限顺延。")
RESUME = Deed("resume", "恢复", "player-play", operating.ResumeForm,
              lambda s, a, i, said, key: actions.resume(s, a, i, said["reason"], idem_key=key), "流程已恢复。",
              "恢复后继续办理，期限和计时按挂起的时间顺延。")
CANCEL = Deed("cancel", "撤销流程", "ban", operating.CancelForm,
              lambda s, a, i, said, key: actions.cancel(s, a, i, said["reason"], idem_key=key), "流程已撤销。", grave=True)


def _never(*_: Any) -> Any:
    raise Missing("没有这条记录，或已被删除")


MOVE = Deed("move", "移动令牌", "arrows-move", operating.MoveForm, _never, "已移动。",
            "只列出不会让流程重复或卡住的步骤；每一项下面写明会取消什么。")
EDIT = Deed("edit", "修改数据", "edit", operating.EditForm, _never, "数据已修改。",
            "只改流程中的数据，台账中的记录请在台账里更正；办理人作出的决定不能改。")
SKIP = Deed("skip", "跳过", "player-skip-forward", operating.SkipForm, _never, "已跳过，流程继续。",
            "跳过出错的自动环节，用您填写的结果继续；需要人办理的步骤不能跳过。")
REASSIGN = Deed("reassign", "指派", "user-plus", operating.ReassignForm, _never, "已指派。",
                "此任务没有可办理的人，在流程管理员的队列里。您只指定由谁办理，不代为决定。")
DEEDS = {deed.word: deed for deed in (SUSPEND, RESUME, CANCEL, MOVE, EDIT, SKIP, REASSIGN)}


@dataclass(frozen=True)
class Prepared:
    """A deed with what it is about, its form, and what the page shows beside it."""

    deed: Deed
    form: Any
    about: str
    more: dict[str, Any]
    offered: bool = True  # what the page would not offer is left to the engine to refuse


def on_case(instance: ProcessInstance) -> list[Deed]:
    """The deeds that the case's page offers as buttons."""
    if instance.status == InstanceStatus.RUNNING:
        return [SUSPEND, CANCEL]
    return [RESUME, CANCEL] if instance.status == InstanceStatus.SUSPENDED else []


def prepared(word: str, instance: ProcessInstance) -> Prepared:
    """The deed as the address asks for it."""
    deed = DEEDS.get(word) or abort(404)
    form = deed.form(request.form or None, context=FormContext(g.session, g.actor, {"grid": instance.unit_id}))
    build = {"move": _move, "edit": _edit, "skip": _skip, "reassign": _reassign}.get(word)
    return build(deed, form, instance) if build else Prepared(deed, form, instance.title, {})


def _move(deed: Deed, form: Any, instance: ProcessInstance) -> Prepared:
    token = request.args.get("token", "")
    name = next((spot.name for spot in moving.spots(g.session, instance.id) if spot.token == token), "")
    try:
        version, offered = moving.destinations(g.session, instance.id, token)
    except EngineError:  # gone on meanwhile: the action says so
        version, offered = 0, ()
    seen = request.args.get("seen", type=int) if request.method == "POST" else version
    form.element.offer([(one.key, one.name) for one in offered])
    targets = [SimpleNamespace(element=one.key, name=one.name, who="", effects=one.effects) for one in offered]
    act: Act = lambda s, a, i, said, key: actions.move(s, a, i, token, said["element"], said["reason"], seen=seen, idem_key=key)
    return Prepared(replace(deed, act=act), form, name, {
        "targets": targets, "nowhere": not offered, "nowhere_words": "此处没有可以安全移动到的步骤。", "keep": {"token": token, "seen": seen}},
        seen == version)


def _edit(deed: Deed, form: Any, instance: ProcessInstance) -> Prepared:
    path = request.args.get("path", "")[:200]
    fields = schema(catalog.flow(g.session, instance.definition_id))
    try:
        here = case_data.at(editing.data_of(g.session, instance.id), path)
    except KeyError:
        here = None
    if request.method == "GET":
        form.value.data = json.dumps(here, ensure_ascii=False)
    field = fields.get(path)
    form.value.description = _expected(field)
    before = request.form.get("before", json.dumps(here, ensure_ascii=False))[:8_000]

    def act(s: Any, a: Any, i: int, said: Mapping[str, Any], key: str) -> Any:
        return actions.edit_data(s, a, i, path, form.value.value(), fields, said["reason"], before=json.loads(before), idem_key=key)
    about = f"{path} · {field.label}" if field else path
    return Prepared(replace(deed, act=act), form, about, {"keep": {"path": path}, "hidden": {"before": before}})


def _expected(field: case_data.Field | None) -> str:
    if field is None:
        return "须与原来的类型相同。文字要加英文引号。"
    return {"choice": "须是表单列出的选项之一，加英文引号。", "number": "数字。", "integer": "整数。", "flag": "true 或 false。",
            "date": "日期，写成 \"2026-03-01\"。", "moment": "日期和时间，写成 \"2026-03-01T08:00\"。", "person": "人员的编号（数字）。",
            "people": "人员编号的列表，如 [1, 2]。", "unit": "单位的编号（数字）。"}.get(field.kind, "文字要加英文引号。")


def _skip(deed: Deed, form: Any, instance: ProcessInstance) -> Prepared:
    incident = g.session.get(Incident, request.args.get("incident", 0, type=int))
    if incident is None or incident.instance_id != instance.id:
        raise Missing("没有这条异常")
    found = skipping.skippable(g.session, incident.id)
    if found is None and incident.resolved_at is None:
        form.result.description = "此处须由人办理或由流程图判断，不能跳过；请改数据后重试，或移动令牌"
    if request.method == "GET" and found is not None:
        form.result.data = json.dumps(dict.fromkeys(found.wanted), ensure_ascii=False)

    def act(s: Any, a: Any, _i: int, said: Mapping[str, Any], key: str) -> Any:
        result = form.result.value()
        if not isinstance(result, dict):
            raise EngineError("结果须是一个 JSON 对象", field="result")
        return actions.skip(s, a, incident.id, result, said["reason"], idem_key=key)
    return Prepared(replace(deed, act=act), form, found.name if found else incident.element_id, {"keep": {"incident": incident.id}})


def _reassign(deed: Deed, form: Any, instance: ProcessInstance) -> Prepared:
    task = g.session.scalars(select(Task).where(Task.id == request.args.get("task", 0, type=int), Task.instance_id == instance.id)).first()
    if task is None:
        raise Missing("没有这个任务")
    act: Act = lambda s, a, _i, said, key: actions.reassign(s, a, task_id, said["to"], said["reason"], idem_key=key)
    task_id = task.id
    return Prepared(replace(deed, act=act), form, task.name, {"keep": {"task": task.id}})
