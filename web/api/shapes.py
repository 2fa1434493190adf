"""What goes in and comes out, as JSON Schema: the document prints these, and requests are held to them."""
from collections.abc import Iterable, Mapping
from typing import Any

from data_model.process import InstanceStatus, TaskStatus

Shape = dict[str, Any]
LONGEST_OPINION, LONGEST_REASON, MOST_FILES = 2000, 500, 9


def text(description: str = "", **more: Any) -> Shape:
    return {"type": "string", **_about(description), **more}


def number(description: str = "", **more: Any) -> Shape:
    return {"type": "integer", **_about(description), **more}


def moment(description: str = "") -> Shape:
    return text(description, format="date-time")


def flag(description: str = "") -> Shape:
    return {"type": "boolean", **_about(description)}


def word(words: Iterable[str], description: str = "", **more: Any) -> Shape:
    return text(description, enum=[str(one) for one in words], **more)


def listed(items: Shape, description: str = "", **more: Any) -> Shape:
    return {"type": "array", "items": items, **_about(description), **more}


def some(shape: Shape) -> Shape:
    """Or null."""
    if "$ref" in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    return {**shape, "type": [shape["type"], "null"]}


def told(properties: Mapping[str, Shape], description: str = "", optional: Iterable[str] = ()) -> Shape:
    """An object of an answer; what is not optional is always there."""
    return {"type": "object", **_about(description), "properties": dict(properties),
            "required": [name for name in properties if name not in set(optional)]}


def asked(properties: Mapping[str, Shape], required: Iterable[str] = (), **more: Any) -> Shape:
    """An object of a request: nothing else may be in it."""
    return {"type": "object", "properties": dict(properties), "required": list(required), "additionalProperties": False, **more}


def ref(name: str) -> Shape:
    return {"$ref": f"#/components/schemas/{name}"}


def paged(name: str) -> Shape:
    return told({"items": listed(ref(name)), "next": some(text("下一页的 cursor；最后一页为 null"))})


def _about(description: str) -> Shape:
    return {"description": description} if description else {}


NOTHING = asked({})
ANYTHING: Shape = {"type": "object", "required": []}  # a form says what
FORM = {"type": "object", "description": "表单：JSON Schema（2020-12），字段名、标题、限制和预填值（default）"}
FREE = {"type": "object", "additionalProperties": True}
FORMS = "x-forms"  # 'start' or 'step': the document says here which forms there are

NAMED: dict[str, Shape] = {
    "TaskRow": told({
        "id": number(), "case_id": number("所属流程实例"), "name": text(), "element": text("图中的元素"),
        "definition": text("流程标识"), "process": text(), "code": text("编号"), "title": text(),
        "starter": ref("Person"), "priority": number("0 紧急，1 普通，2 低"), "status": word(TaskStatus),
        "assignee_id": some(number("认领人")), "round": number("第几轮"), "opened_at": moment(), "due_at": some(moment("期限")),
        "completed_at": some(moment()), "outcome": some(text("选择的办理结果"))}, "一项任务"),
    "Task": told({
        "task": ref("TaskRow"), "outcomes": listed(ref("Outcome"), "可选的办理结果"),
        "may": listed(text(), "令牌的主人现在可以做的操作"), "why": listed(text(), "为什么由您办理"),
        "closed": some(ref("Closed")), "form": FORM, "data": {**FREE, "description": "前面各步骤填写的内容"},
        "subject": some(ref("Subject"))}, "一项任务的全部"),
    "Outcome": told({
        "value": text(), "label": text(), "opinion": flag("须填写意见"), "attachment": flag("须有附件"),
        "signature": flag("须手写签名：先上传签名图片，办理时给出编号")}),
    "Closed": told({"who": text("办理人；无人办理时为空"), "at": some(moment()), "outcome": text(), "label": text()}, "任务为何不再等待"),
    "Person": told({"id": number(), "name": text()}),
    "Subject": told({"kind": text("记录的种类，如 hidden_danger"), "id": number()}, "流程所办的记录"),
    "CaseRow": told({
        "id": number(), "definition": text("流程标识"), "version": number("已推进的次数"), "code": text("编号"), "title": text(),
        "starter": ref("Person"), "unit_id": number("所属单位"), "status": word(InstanceStatus), "round": number("第几轮"),
        "started_at": moment(), "ended_at": some(moment())}, "一个流程实例"),
    "Case": told({
        "case": ref("CaseRow"), "process": text(), "may": listed(text(), "令牌的主人现在可以做的操作"),
        "steps": listed(ref("OpenStep"), "正在等待的步骤"), "incidents": listed(text(), "未排除的异常"),
        "subject": some(ref("Subject"))}, "一个流程实例的全部"),
    "OpenStep": told({
        "task_id": number(), "name": text(), "holders": listed(text(), "现在在谁手中"),
        "roles": listed(text(), "由哪些角色办理"), "opened_at": moment(), "due_at": some(moment())}),
    "Line": told({
        "at": moment(), "who": text(), "action": text(), "element": text(), "name": text(), "outcome": text(), "label": text(),
        "opinion": text(), "duration_s": some(number("历时（秒）")), "round": number(), "open": flag("仍在等待"),
        "data": {**FREE, "description": "填写的内容"}, "due_at": some(moment()), "holders": listed(text()),
        "roles": listed(text())}, "履历的一行"),
    "Timeline": told({"items": listed(ref("Line"))}),
    "Diagram": told({
        "xml": text("BPMN 2.0"), "done": listed(text()), "flows": listed(text(), "走过的连线"), "current": listed(text()),
        "failed": listed(text()), "badges": {"type": "object", "additionalProperties": {"type": "string"}}}, "流程图与当前位置"),
    "Definition": told({
        "key": text(), "name": text(), "category": text(), "version": number(), "startable": flag("令牌的主人可以发起")}, "流程定义的有效版本"),
    "DefinitionWithForm": told({"definition": ref("Definition"), "form": some(FORM)}, "流程定义与发起表单；不能发起时没有表单"),
    "Definitions": told({"items": listed(ref("Definition"))}),
    "Answer": told({
        "case_id": number("流程实例"), "task_id": some(number("刚办理的任务")),
        "next_task_id": some(number("同一流程中您可以接着办理的任务"))}, "操作的结果"),
    "DeedForm": told({"offered": flag("现在可以这样做"), "form": FORM}, "操作前填写的表单"),
    "Me": told({
        "id": number(), "login": text(), "name": text(), "unit": told({"id": number(), "name": text()}),
        "permissions": listed(text()), "token": told({"name": text(), "scopes": listed(text()), "expires_at": moment()})}),
    "Results": told({"items": listed(told({
        "task_id": number(), "ok": flag(), "status": number("单独办理时会得到的状态码"), "detail": text("没有办成的原因；办成时为空")}))}, "每项任务的结果"),
    "File": told({"id": number("填入表单的照片字段"), "name": text(), "width": number(), "height": number()}, "已上传的照片"),
    "Picks": told({"items": listed(told({"id": number("填入表单的字段"), "name": text(), "detail": text()}))}),
    "Document": told({"openapi": text(), "info": FREE, "paths": FREE, "components": FREE}),
    "TaskPage": paged("TaskRow"),
    "CasePage": paged("CaseRow"),
    "Problem": told({
        "type": text("问题的种类，见文档", format="uri-reference"), "title": text(), "status": number(), "detail": text(),
        "errors": listed(told({"field": text(), "message": text()}), "有问题的字段"), "who": text("先处理的人"),
        "when": moment("何时处理")}, "出了什么问题（RFC 9457）", optional=("errors", "who", "when")),
}
