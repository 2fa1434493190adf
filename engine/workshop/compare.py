"""What is different between two versions of a diagram: added, removed, changed, or only moved."""
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine import xml_guard
from engine.workshop.fact_words import words
from engine.workshop.facts import Told, facts, places

MOST = 1_000
_PLAIN = {"name", "tag", "scope"}  # of a new element its heading says it, and the drawing


class How(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # the drawing, not what runs


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        element: its id; in both versions, unless it was added or removed.
        name: how people know it in the newer version that has it; '' for one without a name.
        what: a message id, what is different; '' when the whole element is. What an added or removed element says of itself follows it.
        of: the diagram's own name for it, to stand after `what`; mostly ''.
        before: what was said; '' for nothing.
        executes: whether the engine runs differently; renaming and moving do not.
    """

    element: str
    name: str
    tag: str
    kind: str
    what: str = ""
    of: str = ""
    before: str = ""
    after: str = ""
    executes: bool = True


def differences(old: bytes, new: bytes) -> list[Change]:
    """What runs differently first, then names and notes, then what was only moved.

    Raises:
        XmlRefused: one of them is no readable XML.
    """
    before, after = xml_guard.parse(old), xml_guard.parse(new)
    found = [*_said(facts(before), facts(after)), *_moved(places(before), places(after), facts(after))]
    return sorted(found, key=lambda change: (change.kind == How.MOVED, not change.executes))[:MOST]


def marks(changes: list[Change]) -> tuple[dict[str, str], dict[str, str]]:
    """How elements are marked on the older and on the newer drawing: added, removed, changed, or named (not executed)."""
    older: dict[str, str] = {}
    newer: dict[str, str] = {}
    for change in changes:
        if change.kind == How.MOVED:
            continue
        word = "named" if change.kind == How.CHANGED and not change.executes else change.kind
        for side in [older] * (change.kind != How.ADDED) + [newer] * (change.kind != How.REMOVED):
            if side.get(change.element) in (None, "named"):
                side[change.element] = word
    return older, newer


def _said(before: dict[str, Told], after: dict[str, Told]) -> Iterator[Change]:
    for id, told in after.items():
        was = before.get(id)
        if was is None:
            yield from _whole(told, How.ADDED)
        else:
            yield from _changed(was, told)
    for id, told in before.items():
        if id not in after:
            yield from _whole(told, How.REMOVED)


def _whole(told: Told, kind: How) -> Iterator[Change]:
    """The element, then all it says of itself, for who must judge it."""
    yield Change(told.id, told.name, told.tag, kind, executes=told.runs)
    for fact in told.facts:
        if str(fact) not in _PLAIN and not (told.tag == "sequenceFlow" and str(fact) in ("sourceRef", "targetRef")):
            what, of = words(fact)
            value = told.said(fact)
            yield Change(told.id, told.name, told.tag, kind, what, of, *(("", value) if kind == How.ADDED else (value, "")), told.runs)


def _changed(was: Told, now: Told) -> Iterator[Change]:
    for fact in dict.fromkeys([*now.facts, *was.facts]):
        if was.facts.get(fact, "") != now.facts.get(fact, ""):
            what, of = words(fact)
            old, new = was.said(fact), now.said(fact)
            if old == new:  # people call both alike
                old, new = was.facts.get(fact, ""), now.facts.get(fact, "")
            yield Change(now.id, now.name, now.tag, How.CHANGED, what, of, old, new, now.executes(fact))


def _moved(before: dict[str, tuple[tuple[str, ...], ...]], after: dict[str, tuple[tuple[str, ...], ...]], told: dict[str, Told]) -> Iterator[Change]:
    for id, place in after.items():
        if id in before and before[id] != place and id in told:
            yield Change(id, told[id].name, told[id].tag, How.MOVED, "位置", executes=False)
