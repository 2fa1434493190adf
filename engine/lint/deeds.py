"""What a step offers and what happens by itself: deeds, repeats, answers in bulk, and timeouts that a person could do as well."""
import re

from engine import timeouts
from engine.bpmn_xml import Element
from engine.candidates import FUNCTION_NAMES
from engine.expressions import ExprError, compile_expr
from engine.lint.finding import Checked, Drafts, error, rule, warning
from engine.lint.tasks import PERSON
from engine.properties import Repeat, TaskRules, task_rules

DEEDS = {"transfer", "outside", "delegate", "add_signer", "return", "withdraw", "reject", "cc", "remind", "cancel", "none"}
_ON = {"", "true", "false"}


@rule("allow")
def allow(checked: Checked) -> Drafts:
    """A word nobody reads would be a deed nobody is offered."""
    for element in checked.diagram.tagged(*PERSON):
        for word in _words(element.properties.get("allow", "")):
            if word not in DEEDS:
                yield error(element, "「{element}」的属性 allow 中没有“{word}”这一项，请用 {allowed}", word=word[:60],
                            allowed="、".join(sorted(DEEDS)))


@rule("switch")
def switch(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged(*PERSON):
        for name in ("bulk", "personal"):
            if element.properties.get(name, "") not in _ON:
                yield error(element, "「{element}」的属性 {name} 只能是 true 或 false，请改正", name=name)


@rule("by-itself")
def by_itself(checked: Checked) -> Drafts:
    """Bulk answers and skipped repeats press the first button with an empty form: it must not want more than that."""
    for element in checked.diagram.tagged(*PERSON):
        rules = _rules(element)
        if rules is None:
            continue
        for name, on in (("bulk", rules.bulk), ("repeat", rules.repeat not in ("", Repeat.NEVER))):
            if on and not rules.plain:
                yield error(element, "「{element}」的首个按钮需要意见、附件或签名，不能设置 {name}，请改正其一", name=name)
            elif on and _is_demanding(checked, rules):
                yield error(element, "「{element}」的表单 {form} 有必填项，不能设置 {name}，请改正其一", form=rules.form, name=name)
        if rules.repeat not in ("", Repeat.NEVER) and rules.signing is not None:
            yield warning(element, "「{element}」是会签，每人都须表态，repeat 不起作用，请删去")


@rule("timeout")
def timeout(checked: Checked) -> Drafts:
    """Each deed of the clock has a timer that leaves the task in place, and is one a person could do without a hand of their own."""
    for timer in checked.diagram.tagged("boundaryEvent"):
        if timer.properties.get("on_timeout"):
            host = checked.diagram.by_id.get(timer.attached_to or "")
            if host is None or host.tag not in PERSON or not _rings(timer):
                yield error(timer, "「{element}」设置了 on_timeout，须是附着在用户任务上的非中断定时事件，请改正")
            else:
                yield from _deed(checked, timer, host, timer.properties["on_timeout"])
    for element in checked.diagram.tagged(*PERSON):
        if said := element.properties.get("on_timeout", ""):
            if not any(_rings(timer) for timer in checked.diagram.boundaries(element.id)):
                yield error(element, "「{element}」设置了 on_timeout，但没有非中断的定时边界事件，请加上一个")
            yield from _deed(checked, element, element, said)


def _deed(checked: Checked, at: Element, host: Element, said: str) -> Drafts:
    word, expression = timeouts.deed(said)
    rules = _rules(host)
    if word not in timeouts.DEEDS:
        yield error(at, "「{element}」的属性 on_timeout 不能是“{word}”，请用 {allowed}", word=word[:60], allowed="、".join(timeouts.DEEDS))
    elif word == "transfer" and not expression:
        yield error(at, "「{element}」超时后转给谁没有写明，请写成 transfer 加候选人表达式")
    elif expression and word not in ("transfer", "escalate"):
        yield error(at, "「{element}」的属性 on_timeout 在“{word}”之后不能再写别的，请删去", word=word)
    elif expression:
        try:
            compile_expr(expression, checked.known.functions or FUNCTION_NAMES)
        except ExprError as problem:
            yield error(at, "「{element}」的 on_timeout 表达式“{source}”有误：{problem}，请改正", source=expression[:60], problem=problem)
    elif word in ("approve", "reject") and rules is not None:
        yield from _pressed(checked, at, rules, word)


def _pressed(checked: Checked, at: Element, rules: TaskRules, word: str) -> Drafts:
    if timeouts.button(rules, word) is None:
        yield error(at, "「{element}」超时不能自动 {word}：须有相应按钮，且不要求意见、附件、签名、本人办理或会签", word=word)
    elif _is_demanding(checked, rules):
        yield error(at, "「{element}」超时不能自动 {word}：表单 {form} 有必填项，请改用 remind 或 escalate", word=word, form=rules.form)
    elif word == "approve":
        yield warning(at, "「{element}」超时自动同意，请确认流程管理员和安全部门已签字认可")


def _rings(timer: Element) -> bool:
    return not timer.interrupting and any(event.kind == "timer" for event in timer.events)


def _is_demanding(checked: Checked, rules: TaskRules) -> bool:
    if not rules.form and not rules.design:
        return False
    drawn = rules.design in (checked.known.forms or ()) and bool(rules.design)
    if (drawn or rules.access) and checked.known.fields is not None:
        facts = checked.known.fields(rules.design if drawn else rules.form) or {}
        return any(fact.required and name not in rules.access for name, fact in facts.items())
    return checked.known.demanding is not None and rules.form in checked.known.demanding


def _rules(element: Element) -> TaskRules | None:
    """None when another rule has its word to say first."""
    try:
        return task_rules(element.properties, f"{element.process}.{element.id}", element.lane)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _words(said: str) -> list[str]:
    return [word for word in re.split(r"\s*,\s*", said.strip()) if word]
