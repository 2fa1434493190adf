"""Who may not do what to their own work: approvals have a limit and a second person, checks are done by somebody else."""
import ast
import re
from collections.abc import Iterator

from engine.bpmn_xml import Element
from engine.expressions import ExprError, compile_expr
from engine.lint.finding import Checked, Drafts, error, rule
from engine.lint.tasks import PERSON

_CALL = re.compile(r"([^\W\d]\w*)\s*\(")


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
