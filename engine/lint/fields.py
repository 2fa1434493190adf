"""Which fields a step lets its person change: names that the form has, and nothing demanded that nobody can fill in."""
import json
from collections.abc import Iterator

from engine.bpmn_xml import Element
from engine.lint.finding import Checked, Drafts, Facts, error, rule
from engine.lint.tasks import PERSON
from engine.properties import NO_FORM, Access, access

STARTS = "startEvent"


def form_of(checked: Checked, element: Element) -> str:
    """The name of the form that a step, or the start of a process, asks; '' when it says that it asks nothing."""
    named = element.properties.get("form", "").strip()
    if named == NO_FORM:
        return ""
    if "." in named or (named and named in (checked.known.forms or ())):
        return named
    return f"{element.process}.{named or ('start' if element.tag == STARTS else element.id)}"


@rule("fields")
def fields(checked: Checked) -> Drafts:
    """M13. A name nobody has is a rule nobody keeps; a required field that is out of reach and empty is a step nobody can do."""
    for element in checked.diagram.tagged(*PERSON, STARTS):
        said = element.properties.get("fields", "").strip()
        if not said:
            continue
        try:
            locks = access(said)
            known = set(json.loads(said))
        except (ValueError, TypeError, RecursionError):
            yield error(element, "「{element}」的字段权限（fields）须是 JSON，值为 edit、read-only 或 hidden，"
                        "如 {example}，请改正", example='{"cost": "read-only"}')
            continue
        facts = _facts(checked, form_of(checked, element))
        if facts is not None:
            yield from _named(element, known, facts)
            yield from _reached(checked, element, locks, facts)


def _named(element: Element, known: set[str], facts: Facts) -> Drafts:
    for name in sorted(known - set(facts)):
        yield error(element, "「{element}」的字段权限中，表单没有字段 {name}，请检查拼写或删去它", name=name[:60])


def _reached(checked: Checked, element: Element, locks: dict[str, str], facts: Facts) -> Drafts:
    for name, word in locks.items():
        fact = facts.get(name)
        if fact is None or not fact.required or fact.filled or any(name not in other for other in _others(checked, element)):
            continue
        text = ("「{element}」的必填字段“{label}”被隐藏，又没有默认值，也没有别的步骤填写，请改为可编辑" if word == Access.HIDE else
                "「{element}」的必填字段“{label}”只读，又没有默认值，也没有别的步骤填写，请改为可编辑")
        yield error(element, text, label=fact.label[:60])


def _others(checked: Checked, element: Element) -> Iterator[dict[str, str]]:
    """What other steps that ask the same form lock of it."""
    form = form_of(checked, element)
    for other in checked.diagram.tagged(*PERSON, STARTS):
        if other.id != element.id and form_of(checked, other) == form:
            try:
                yield access(other.properties.get("fields", ""))
            except (ValueError, TypeError, RecursionError):
                yield {}


def _facts(checked: Checked, form: str) -> Facts | None:
    if not form:
        return {}
    return checked.known.fields(form) if checked.known.fields is not None else None
