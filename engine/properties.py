"""What a user task's properties say, as a value: form, candidates, limit, buttons, signing and the rules around them."""
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Style(StrEnum):
    """How a button looks."""

    PRIMARY = "primary"
    DANGER = "danger"
    SECONDARY = "secondary"


@dataclass(frozen=True)
class Outcome:
    """One button of a task page."""

    value: str
    label: str
    opinion: bool = False  # the person must write why
    attachment: bool = False  # the person must add a file
    signature: bool = False  # the person must sign by hand
    style: str = Style.PRIMARY


class SigningMode(StrEnum):
    ALL = "all"
    ANY = "any"
    RATIO = "ratio"
    SEQUENTIAL = "sequential"


@dataclass(frozen=True)
class Signing:
    """会签: who must agree, by our own count."""

    mode: str = SigningMode.ALL
    ratio: int = 100  # per cent, of mode ratio
    veto: bool = False  # one refusal decides
    agree: str = ""  # the outcome that counts as agreeing; default: the first button's

    def needed(self, people: int) -> int:
        """How many must agree."""
        if self.mode == SigningMode.ANY:
            return 1
        if self.mode == SigningMode.RATIO:
            return max(1, -(-people * self.ratio // 100))
        return people


DONE = (Outcome("done", "提交"),)
USUAL = frozenset({"transfer", "delegate", "cc", "remind", "withdraw", "cancel"})
"""What a task offers when its diagram's `allow` says nothing."""


class Repeat(StrEnum):
    """自动去重: when somebody who has agreed already is asked again."""

    NEVER = "never"
    CONSECUTIVE = "consecutive"  # at the step right before
    ANY = "any"  # at any earlier step of this round


class Access(StrEnum):
    """What a step lets its person do with one field of its form; the server keeps it (M13)."""

    EDIT = "edit"
    READ = "read-only"
    HIDE = "hidden"


NO_FORM = "none"  # what the property `form` says of a step that asks nothing: its buttons are all


@dataclass(frozen=True)
class TaskRules:
    """Everything the diagram says about one user task."""

    form: str = ""
    candidates: str = ""
    due: str = ""
    outcomes: tuple[Outcome, ...] = DONE
    signing: Signing | None = None
    duty: str = "do"
    barred: str = ""  # the property `not`
    on_empty: str = "escalate"
    allow: frozenset[str] = frozenset()
    priority: int = 1
    process: str = ""  # key of the process the task is drawn in
    lane: str = ""  # its role acts when `candidates` says nothing
    repeat: str = Repeat.NEVER
    bulk: bool = False  # several may be answered at once from the inbox
    personal: bool = False  # no agent may do it
    on_timeout: str = ""  # what a boundary timer without a deed of its own does: see engine/timeouts.py
    design: str = ""  # a form drawn in the browser that the diagram may mean; `form` counts when there is none of that name
    access: Mapping[str, str] = field(default_factory=dict)  # the property `fields`: read-only and hidden ones by name
    more: Mapping[str, str] = field(default_factory=dict)  # read where they are needed: returnable_to, resubmit, …

    def allows(self, deed: str) -> bool:
        """Whether the task offers it: transfer, delegate, cc, remind, withdraw, cancel, add_signer, return, reject, outside."""
        return deed in (self.allow or USUAL)

    @property
    def plain(self) -> bool:
        """Whether the first button can be pressed without a hand, a file or a word of the person's own."""
        first = self.outcomes[0]
        return not (self.personal or first.opinion or first.attachment or first.signature)

    def outcome(self, value: str) -> Outcome | None:
        return next((o for o in self.outcomes if o.value == value), None)


def task_rules(properties: Mapping[str, str], form: str, lane: str | None = None) -> TaskRules:
    """Read the properties of one user task; what cannot be read is a ValueError, and lint says it before.

    Args:
        form: the default form's name, `<process>.<element>`.
        lane: name of the lane the task lies in.
    """
    said = dict(properties)
    outcomes = tuple(Outcome(**item) for item in json.loads(said.pop("outcomes", "[]")))
    signing, named = said.pop("signing", ""), said.pop("form", "").strip()
    return TaskRules(
        form=_form(named, form), design="" if "." in named or named == NO_FORM else named, access=access(said.pop("fields", "")),
        candidates=said.pop("candidates", ""), due=said.pop("due", ""),
        outcomes=outcomes or DONE, signing=Signing(**json.loads(signing)) if signing else None,
        duty=said.pop("duty", "do"), barred=said.pop("not", ""), on_empty=said.pop("on_empty", "escalate"),
        allow=frozenset(word.strip() for word in said.pop("allow", "").split(",") if word.strip()),
        priority=int(said.pop("priority", "1")), repeat=said.pop("repeat", "") or Repeat.NEVER,
        bulk=_is_on(said.pop("bulk", "")), personal=_is_on(said.pop("personal", "")), on_timeout=said.pop("on_timeout", "").strip(),
        process=form.partition(".")[0], lane=lane or "", more=said,
    )


def access(said: str) -> dict[str, str]:
    """The property `fields`, JSON such as {"cost": "read-only", "note": "hidden"}: the fields a step does not let its person edit.

    Raises:
        ValueError: it cannot be read.
    """
    found = json.loads(said) if said.strip() else {}
    if not isinstance(found, dict):
        raise ValueError("fields")
    return {name: Access(word) for name, word in found.items() if Access(word) is not Access.EDIT}


def _is_on(said: str) -> bool:
    return said.strip().lower() in ("true", "yes", "1")


def _form(named: str, default: str) -> str:
    """'confirm' means the form of that step of the same flow, 'other_flow.step' another flow's, 'none' that there is none."""
    if named == NO_FORM:
        return ""
    if not named:
        return default
    return named if "." in named else f"{default.partition('.')[0]}.{named}"
