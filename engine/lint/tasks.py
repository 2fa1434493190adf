"""What people do: each user task has a form, candidates, buttons and rules that can be read."""
import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from engine import calendar
from engine.bpmn_xml import Element
from engine.expressions import ExprError, compile_expr
from engine.lint.expressions import constant, known_outcomes, parsed, sites
from engine.lint.finding import Checked, Drafts, error, rule, warning
from engine.lint.times import TIMERS
from engine.properties import NO_FORM, SigningMode, Style

PERSON = ("userTask", "manualTask", "task")
_WORDS = {
    "duty": {"do", "approve", "verify"}, "on_empty": {"escalate", "process_owner"}, "priority": {"0", "1", "2"},
    "resubmit": {"redo_all", "straight_back"}, "repeat": {"never", "consecutive", "any"},
}
_OUTCOME = {"value": str, "label": str, "opinion": bool, "attachment": bool, "signature": bool, "style": str}
_SIGNING = {"mode": str, "ratio": int, "veto": bool, "agree": str}


@rule("form")
def form(checked: Checked) -> Drafts:
    """A form named must be there. A flow that has coded forms has all of them; one that has none yet shows plain buttons; `none` means them."""
    known = checked.known.forms
    if known is None:
        return
    for element in checked.diagram.tagged(*PERSON):
        named = element.properties.get("form", "").strip()
        if named == NO_FORM:
            continue
        wanted = named if "." in named or (named and named in known) else f"{element.process}.{named or element.id}"
        if wanted not in known:
            coded = named or any(name.startswith(f"{element.process}.") for name in known)
            yield (error if coded else warning)(element, "用户任务「{element}」的表单 {form} 不存在，请新建表单或改正属性 form",
                                                form=wanted)


@rule("candidates")
def candidates(checked: Checked) -> Drafts:
    """Somebody must be asked: by an expression, or by the lane's role."""
    for element in checked.diagram.tagged(*PERSON):
        if "candidates" in element.properties:
            continue
        if not element.lane:
            yield warning(element, "用户任务「{element}」没有候选人，也不在泳道中，将由上级网格负责人办理，请设置属性 candidates")
        elif checked.known.roles is not None and element.lane not in checked.known.roles:
            yield error(element, "用户任务「{element}」没有候选人，泳道“{lane}”又不是角色名，请设置属性 candidates", lane=element.lane)


@rule("role")
def role(checked: Checked) -> Drafts:
    roles = checked.known.roles
    for element, name in _named(checked, "role"):
        if roles is not None and name not in roles:
            yield error(element, "「{element}」中的角色“{role}”不存在，请从角色列表中选择", role=name[:60])


@rule("done-by")
def done_by(checked: Checked) -> Drafts:
    tasks = {element.id for element in checked.diagram.tagged(*PERSON)}
    for element, name in _named(checked, "done_by"):
        if name not in tasks:
            yield warning(element, "「{element}」中 done_by 所指的任务“{task}”不在本流程中，请检查编号", task=name[:60])


@rule("due")
def due(checked: Checked) -> Drafts:
    """A bare duration of working time, or an expression that gives a date or moment."""
    for element in checked.diagram.tagged(*PERSON):
        said = element.properties.get("due", "").strip()
        if said and calendar.is_duration(said) and not re.search("[1-9]", said):
            yield error(element, "「{element}」的时限 {source} 为零，任务一到就超时，请改成大于零的时长，或删去时限", source=said[:60])
        if not said or calendar.is_duration(said):
            continue
        if re.fullmatch(r"P[\dTYMWDHS.,]*", said):
            yield error(element, "「{element}」的时限 {source} 不是有效的时长，请写成 P2D（工作日）或 PT24H（小时）", source=said[:60])
            continue
        try:
            compile_expr(said, TIMERS)
        except ExprError as problem:
            yield error(element, "「{element}」的时限“{source}”有误：{problem}，请写成 P2D，或给出日期的表达式",
                        source=said[:60], problem=problem)
            continue
        if (written := constant(said)) is not None and not _is_moment(written):
            yield error(element, "「{element}」的时限“{source}”不是日期，时长请不加引号写成 P2D", source=str(written)[:60])


@rule("outcomes")
def outcomes(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged(*PERSON):
        if "outcomes" not in element.properties:
            continue
        buttons = _json(element.properties["outcomes"])
        if not (isinstance(buttons, list) and buttons and all(_fits(b, _OUTCOME, {"value", "label"}) for b in buttons)):
            yield error(element, "「{element}」的按钮（outcomes）须是 JSON 列表，每项有 value、label，"
                        "可有 opinion、attachment、signature、style，请改正")
            continue
        values = [button["value"] for button in buttons]
        if any(len(button["value"]) > 40 or len(button["label"]) > 60 for button in buttons):
            yield error(element, "「{element}」的按钮太长：value 不超过 40 个字符，label 不超过 60 个字，请缩短")
        if len(set(values)) < len(values):
            yield error(element, "「{element}」有两个按钮的值（value）相同，请改成不同的值")
        for button in buttons:
            if button.get("style", "primary") not in set(Style):
                yield error(element, "「{element}」的按钮样式“{style}”不存在，请用 primary、danger 或 secondary",
                            style=str(button["style"])[:60])


@rule("signing")
def signing(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged(*PERSON):
        if "signing" not in element.properties:
            continue
        said = _json(element.properties["signing"])
        if not _fits(said, _SIGNING, set()):
            yield error(element, "「{element}」的会签设置（signing）须是 JSON 对象，只含 mode、ratio、veto、agree，请改正")
        elif said.get("mode", "all") not in set(SigningMode):
            yield error(element, "「{element}」的会签方式“{mode}”不存在，请用 all、any、ratio 或 sequential", mode=str(said["mode"])[:60])
        elif said.get("mode") == "ratio" and not 1 <= said.get("ratio", 0) <= 100:
            yield error(element, "「{element}」按比例会签，比例（ratio）须在 1 到 100 之间，请改正")
        elif "agree" in said and said["agree"] not in (known_outcomes(element) or {"done"}):
            yield error(element, "「{element}」的会签同意结果“{agree}”不在按钮中，请改正", agree=said["agree"][:60])


@rule("property-word")
def property_word(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged(*PERSON):
        for name, allowed in _WORDS.items():
            if element.properties.get(name, "") and element.properties[name] not in allowed:
                yield error(element, "「{element}」的属性 {name} 不能是“{value}”，请用 {allowed}", name=name,
                            value=element.properties[name][:60], allowed="、".join(sorted(allowed)))


def _named(checked: Checked, function: str) -> Iterator[tuple[Element | str, str]]:
    """First arguments, where they are literal, of each call of a candidate function."""
    for site in sites(checked):
        if not site.candidates:
            continue
        try:
            trees = parsed(site, checked)
        except ExprError:
            continue
        for node in (n for tree in trees for n in ast.walk(tree)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield site.at, first.value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _fits(value: Any, fields: dict[str, type], needed: set[str]) -> bool:
    return (isinstance(value, dict) and needed <= set(value) <= set(fields)
            and all(type(item) is fields[name] for name, item in value.items())
            and all(value[name].strip() for name in needed))


def _is_moment(written: object) -> bool:
    try:
        return isinstance(written, str) and bool(calendar.moment_of(written))
    except ValueError:
        return False
