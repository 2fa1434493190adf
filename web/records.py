"""The record a case is about, as a panel of labelled values and photos; whoever holds the task sees it (DESIGN, the wall)."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model.assignment import Assignment
from data_model.attachment import Attachment, attachments_of
from data_model.hidden_danger import HiddenDanger
from data_model.organisation import OrgUnit, User
from data_model.scope import EVERYWHERE
from data_model.snapshot import Snapshot
from web.format import day, moment
from web.i18n import tr


@dataclass(frozen=True)
class Panel:
    """How one kind of record is shown: which columns lead, which follow, and what its photo sets are called."""

    model: type
    title: str
    lead: tuple[str, ...]
    rest: tuple[str, ...]
    stages: Mapping[str, str]


@dataclass(frozen=True)
class Value:
    """One labelled value; `is_data` marks what people wrote, which no language switch translates."""

    label: str
    text: str
    is_data: bool
    is_long: bool


@dataclass(frozen=True)
class Record:
    """What the panel prints."""

    kind: str
    id: int
    title: str
    code: str
    lead: tuple[Value, ...]
    rest: tuple[Value, ...]
    photos: tuple[tuple[str, tuple[Attachment, ...]], ...]


PANELS: dict[str, Panel] = {
    "hidden_danger": Panel(
        HiddenDanger, "隐患",
        lead=("description", "code", "grid_id", "stage", "level", "danger_class", "rectifier_id", "deadline"),
        rest=("immediate_action", "source", "finder_id", "found_at", "station_id", "company_id", "is_source", "stop_work",
              "measures", "five_fixed", "helper_id", "checker_id", "budget", "cost", "result", "rectified_on",
              "failed_checks", "escalations", "reports_up", "closed_at", "close_reason"),
        stages={"before": "整改前", "after": "整改后", "check": "复核", "accept": "验收资料"}),
    "snapshot": Panel(
        Snapshot, "随手拍",
        lead=("description", "code", "grid_id", "reporter_id", "reported_at", "verdict"),
        rest=("taken_at", "reason", "judged_at"),
        stages={"before": "现场照片"}),
    "assignment": Panel(
        Assignment, "任务",
        lead=("title", "content", "code", "stage", "urgency", "deadline", "assigner_id", "assignee_id"),
        rest=("unit_id", "progress", "result", "handed_in_at", "review", "returned", "escalations", "assigned_at", "closed_at"),
        stages={"before": "任务照片", "after": "完成照片"}),
}
_NAMED = {"unit": OrgUnit, "person": User}  # what a column's info["of"] points at
_LONG = ("description", "immediate_action", "measures", "five_fixed", "result", "close_reason", "reason", "content", "review")


def record_of(session: Session, kind: str, row_id: int | None) -> Record | None:
    """The panel of one record beyond the wall: ask only for a record whose task or case the person may open."""
    panel = PANELS.get(kind)
    row = session.get(panel.model, row_id, execution_options=EVERYWHERE) if panel and row_id else None
    return _shown(session, panel, row) if panel and row is not None else None


def show(session: Session, row: Any) -> Record:
    """The panel of a row somebody already holds, such as a ledger's detail page."""
    return _shown(session, PANELS[row.__tablename__], row)


def _shown(session: Session, panel: Panel, row: Any) -> Record:
    names = _names(session, row)
    photos = attachments_of(session, row.__tablename__, row.id)
    return Record(row.__tablename__, row.id, panel.title, row.code,
                  _values(row, panel.lead, names), _values(row, panel.rest, names), _sets(panel, photos))


def _names(session: Session, row: Any) -> dict[tuple[str, int], str]:
    """Names behind the row's keys: one statement for units, one for people."""
    names: dict[tuple[str, int], str] = {}
    for kind, model in _NAMED.items():
        ids = {getattr(row, column.name) for column in row.__table__.columns if column.info.get("of") == kind} - {None, 0}
        if ids:
            found = session.execute(select(model.id, model.name).where(model.id.in_(ids)), execution_options=EVERYWHERE)
            names |= {(kind, key): name for key, name in found}
    return names


def _values(row: Any, columns: Sequence[str], names: Mapping[tuple[str, int], str]) -> tuple[Value, ...]:
    found = []
    for column in columns:
        raw, info = getattr(row, column), row.__table__.c[column].info
        if raw in (None, "", 0, False):
            continue
        if "choices" in info or raw is True:
            found.append(Value(info["label"], tr("是" if raw is True else raw), False, False))
        else:
            found.append(Value(info["label"], _text(raw, info.get("of"), names), True, column in _LONG))
    return tuple(found)


def _text(raw: Any, of: str | None, names: Mapping[tuple[str, int], str]) -> str:
    if of:
        return names.get((of, raw), "")
    if isinstance(raw, datetime):
        return moment(raw)
    if isinstance(raw, date):
        return day(raw)
    return f"{raw:,.2f}" if isinstance(raw, Decimal) else str(raw)


def _sets(panel: Panel, photos: Sequence[Attachment]) -> tuple[tuple[str, tuple[Attachment, ...]], ...]:
    """The photos in the order of the record's life: before, after, check, then whatever else was hung on it."""
    stages = [*panel.stages, *(dict.fromkeys(p.stage for p in photos if p.stage not in panel.stages))]
    sets = ((panel.stages.get(stage, stage or "附件"), tuple(p for p in photos if p.stage == stage)) for stage in stages)
    return tuple((label, chosen) for label, chosen in sets if chosen)
