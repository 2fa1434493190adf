"""Who may not do what to their own work: approvals have a limit and a second person, checks are done by somebody else."""
import ast
import json
import re
from collections.abc import Iterator

from data_model.organisation import ROLE_NAMES
from engine.bpmn_xml import Element
from engine.expressions import ExprError, compile_expr
from engine.lint.expressions import sites
from engine.lint.finding import Checked, Drafts, error, rule, warning
from engine.lint.graph import reach
from engine.lint.tasks import PERSON

_CALL = re.compile(r"([^\W\d]\w*)\s*\(")
_NAMED = re.compile(r"""(?<![\w."'])([^\W\d]\w*)\b(?!["'])(?:\.(\w+))?""")  # a name, and what is read of it


@rule("approval-due")
def approval_due(checked: Checked) -> Drafts:
    """An approval without a limit is one nobody misses."""
    for element in _with_duty(checked, "approve"):
        if not element.properties.get("due", "").strip():
            yield error(element, "「{element}」是批准，须有时限，请设置属性 due，例如 P2D（两个工作日）")


@rule("separation")
def separation(checked: Checked) -> Drafts:
    """Nobody approves what they started, nobody verifies what they did (permissions.md §6.3, rule 2)."""
    for element in _with_duty(checked, "approve"):
        if _calls(element.properties.get("candidates", ""), "starter"):
            yield error(element, "「{element}」是批准，不能由发起人本人办理，请改候选人")
    doers = [element for element in checked.diagram.tagged(*PERSON) if element.properties.get("duty", "do") == "do"]
    for element in _with_duty(checked, "verify"):
        if doers and not _kept_apart(element, doers):
            yield error(element, '「{element}」是核验，须由他人办理，请在属性 not 中写明 done_by("{doer}")', doer=_nearest(checked, element, doers).id)


@rule("nobody-left")
def nobody_left(checked: Checked) -> Drafts:
    """Who may do it are those who must not: by the same call, or by the same role of some other place."""
    for element in checked.diagram.tagged(*PERSON):
        asked, barred = _chosen(element.properties.get("candidates", "")), _chosen(element.properties.get("not", ""))
        if not asked and "candidates" not in element.properties and element.lane:
            asked = {("role", _role(element.lane)): ""}
        if not asked or not asked.keys() <= barred.keys():
            continue
        if all(place == barred[call] for call, place in asked.items()):
            yield error(element, "「{element}」的办理人都在“谁不能办理”之中，没有人可以办理，请改其中一项")
        else:
            yield warning(element, "「{element}」的办理人与“谁不能办理”是同一角色，可能没有人可以办理，请改其中一项")


@rule("same-way")
def same_way(checked: Checked) -> Drafts:
    """Two answers that nothing reads: whatever is pressed, the case goes on alike."""
    read = _read(checked)
    for element in checked.diagram.tagged(*PERSON):
        labels = _labels(element)
        if len(labels) > 1 and element.id not in read:
            yield warning(element, "「{element}」的“{one}”与“{other}”走同一条路：后面没有网关读取结果，请加一个排他网关，或只留一个按钮",
                          one=labels[-1][:60], other=labels[0][:60])


def _labels(element: Element) -> list[str]:
    try:
        return [str(button["label"]) for button in json.loads(element.properties.get("outcomes", "[]"))]
    except (ValueError, TypeError, KeyError, RecursionError):  # another rule says so
        return []


def _read(checked: Checked) -> set[str]:
    """Steps whose answer an expression looks at, or that lead to a table or a program, which may."""
    programs = [e.id for e in checked.diagram.tagged("businessRuleTask", "serviceTask") if not (e.operator and e.operator.name.startswith("flow."))]
    said = (site.source for site in sites(checked) if site.where not in ("候选人", "回避人"))
    return reach(programs, checked.graph.before) | {name for text in said for name, key in _NAMED.findall(text) if key in ("", "outcome", "votes")}


def _chosen(source: str) -> dict[tuple[str, str], str]:
    """The calls that an expression is a chain of, as (function, whom) with the place of a role; empty when it is more than that."""
    try:
        tree: ast.AST = compile_expr(source, frozenset(_CALL.findall(source))) if source.strip() else ast.Tuple([], ast.Load())
    except ExprError:
        return {}
    found: dict[tuple[str, str], str] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Expression):
            waiting.append(node.body)
        elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            waiting += node.values
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            waiting += [node.left, node.right]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            said = [ast.unparse(argument) for argument in node.args]
            if node.func.id == "role" and said and isinstance(node.args[0], ast.Constant):
                found["role", _role(str(node.args[0].value))] = "".join(said[1:])
            else:
                found[node.func.id, ", ".join(said)] = ""
        else:
            return {}
    return found


def _role(name: str) -> str:
    return next((str(role) for role, words in ROLE_NAMES.items() if name == words), name)


def _kept_apart(verifier: Element, doers: list[Element]) -> bool:
    """The doer is barred from verifying, or the verifier from doing."""
    barred = verifier.properties.get("not", "")
    if any(_calls(barred, "done_by", doer.id) for doer in doers):
        return True
    candidates = verifier.properties.get("candidates", "")
    return any(_calls(candidates, "starter") and _calls(doer.properties.get("not", ""), "starter") for doer in doers)


def _nearest(checked: Checked, verifier: Element, doers: list[Element]) -> Element:
    """The step whose work is verified: the last one to be met on the way back."""
    wanted, seen, ring = {doer.id: doer for doer in doers}, {verifier.id}, [verifier.id]
    while ring:
        ring = [id for id in dict.fromkeys(before for id in ring for before in checked.graph.before.get(id, ())) if id not in seen]
        seen.update(ring)
        if found := next((id for id in ring if id in wanted), None):
            return wanted[found]
    return doers[-1]


def _with_duty(checked: Checked, duty: str) -> Iterator[Element]:
    return (element for element in checked.diagram.tagged(*PERSON) if element.properties.get("duty") == duty)


def _calls(source: str, function: str, argument: str | None = None) -> bool:
    """Whether an expression calls the function, with this word as its first argument."""
    try:
        tree = compile_expr(source, frozenset(_CALL.findall(source)))
    except ExprError:  # another rule says so
        return False
    return any(_is_call(node, function, argument) for node in ast.walk(tree))


def _is_call(node: ast.AST, function: str, argument: str | None) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function):
        return False
    return argument is None or bool(node.args) and isinstance(node.args[0], ast.Constant) and node.args[0].value == argument
