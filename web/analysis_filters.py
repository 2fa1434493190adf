"""The filters of 流程分析 as an address carries them, and what a measure makes of a step."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from data_model import clock
from engine.analytics.scope import USUAL, Scope
from engine.analytics.steps import Step
from web.format import duration
from web.inbox_filters import LARGEST_ID


@dataclass(frozen=True)
class Measure:
    """One way to colour the diagram and to sort the table: the figure, and how people read it."""

    label: str
    of: Callable[[Step], float]
    told: Callable[[Step], str]


MEASURES = {
    "waited": Measure("等待总时长", lambda step: step.waited_s, lambda step: duration(step.waited_s)),
    "waiting": Measure("等待中位数", lambda step: step.waiting.median, lambda step: duration(step.waiting.median)),
    "p90": Measure("等待九成以内", lambda step: step.waiting.p90, lambda step: duration(step.waiting.p90)),
    "working": Measure("办理中位数", lambda step: step.working.median, lambda step: duration(step.working.median) if step.working.count else ""),
    "entered": Measure("次数", lambda step: step.entered, lambda step: f"{step.entered}"),
    "open": Measure("正在办理", lambda step: step.open, lambda step: f"{step.open}"),
    "late": Measure("超时率", lambda step: step.late_share, lambda step: f"{step.late_share:.0%}"),
    "again": Measure("返工率", lambda step: step.again_share, lambda step: f"{step.again_share:.0%}"),
}
HEATS = 5


@dataclass(frozen=True)
class Filters:
    """Whatever the address cannot mean is as if it were not there."""

    since: date
    until: date
    unit: int = 0
    version: int = 0
    measure: str = "waited"

    @classmethod
    def asked(cls, said: Mapping[str, str]) -> "Filters":
        until = _day(said.get("until", "")) or clock.today()
        since = _day(said.get("since", "")) or until - USUAL
        numbers = {name: int(text) if (text := said.get(name, "")).isdecimal() and int(text) < LARGEST_ID else 0 for name in ("unit", "version")}
        measure = said.get("measure", "")
        return cls(min(since, until), until, numbers["unit"], numbers["version"], measure if measure in MEASURES else "waited")

    def address(self, endpoint: str, **other: Any) -> str:
        """The same view with some of it changed."""
        said = {"since": self.since.isoformat(), "until": self.until.isoformat(), "unit": self.unit, "version": self.version,
                "measure": self.measure, **other}
        return url_for(endpoint, **{name: value for name, value in said.items() if value})

    def scope(self, key: str = "", definition_id: int = 0) -> Scope:
        return Scope(key, self.since, self.until, self.unit, definition_id)


def heats(steps: list[Step], measure: Measure) -> dict[str, int]:
    """From 1, cool, to HEATS for the step with the highest figure; steps with nothing are left out."""
    most = max((measure.of(step) for step in steps), default=0)
    return {step.element: 1 + round((HEATS - 1) * measure.of(step) / most) for step in steps if measure.of(step)} if most else {}


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None
