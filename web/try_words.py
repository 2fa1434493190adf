"""The steps of a try in words."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext
from sqlalchemy import select

from data_model import clock
from data_model.organisation import User
from engine import catalog
from engine.errors import EngineError
from web.deeds import OF_CASE, OF_TASK
from web.format import duration, moment
from web.i18n import tr
from web.rehearsal import Rehearsal


@dataclass(frozen=True)
class StepWords:
    """Who did what at which step."""

    who: str
    step: str
    deed: str
    icon: str


_ICONS = {"start": "send", "complete": "check", "clock": "clock-play", "claim": "hand-grab", "unclaim": "arrow-back-up",
          "message": "mail", "signal": "broadcast", "retry": "refresh", "arise": "bolt"}
_PLAIN = {"start": "发起", "claim": "认领", "unclaim": "退还", "message": "收到消息", "signal": "收到信号", "retry": "重试",
          "give_back": "交还", "arise": "自动发起"}


def step_words(rehearsal: Rehearsal, step: Mapping[str, Any]) -> StepWords:
    deed = str(step.get("do"))
    if deed == "clock":
        return StepWords("", "", _clock(step), _ICONS[deed])
    menu = OF_TASK.get(deed) or OF_CASE.get(deed)
    label = _outcome(rehearsal, step) if deed == "complete" else tr(menu.label if menu else _PLAIN.get(deed, deed))
    name = tr(_named(rehearsal, step)) if step.get("step") else tr(str(step.get("name") or ""))
    return StepWords(_who(rehearsal, step.get("who")), name, label, _ICONS.get(deed) or (menu.icon if menu else "check"))


def _clock(step: Mapping[str, Any]) -> str:
    if step.get("next"):
        return gettext("时钟走到下一个计时器")
    if step.get("until"):
        until = datetime.fromisoformat(str(step["until"]))
        return gettext("时钟走到 %(when)s", when=moment(until if until.tzinfo else until.replace(tzinfo=clock.zone())))
    return gettext("时钟前进 %(time)s", time=duration(60 * int(step.get("minutes") or 0)))


def _who(rehearsal: Rehearsal, who: Any) -> str:
    if not isinstance(who, Mapping):
        return ""
    if "$candidate" in who:
        return gettext("第一位候选人")
    if "$cast" in who:
        try:
            return rehearsal.scene.refs.person(who).name
        except EngineError:
            return str(who["$cast"])
    login = str(who.get("$user", ""))
    return g.session.scalar(select(User.name).where(User.login == login)) or login


def _named(rehearsal: Rehearsal, step: Mapping[str, Any]) -> str:
    element = str(step.get("step"))
    return _flow(rehearsal).name_of(element.rpartition("/")[2]) or element


def _outcome(rehearsal: Rehearsal, step: Mapping[str, Any]) -> str:
    rules = _flow(rehearsal).rules.get(str(step.get("step")))
    found = rules.outcome(str(step.get("outcome"))) if rules else None
    return tr(found.label if found else str(step.get("outcome") or ""))


def _flow(rehearsal: Rehearsal) -> Any:
    return catalog.flow(g.session, rehearsal.definition.id)
