"""随手拍: what each service step of bpmn/snapshot.bpmn does to the record. Each may run twice without harm."""
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from data_model.attachment import Attachment, attachments_of
from data_model.hidden_danger import DangerSource
from data_model.organisation import Level
from data_model.process import ProcessInstance
from data_model.scope import EVERYWHERE
from data_model.snapshot import Snapshot, Verdict
from engine import people
from engine.case import Case
from engine.errors import EngineError
from engine.services import evidence, lateness, numbering
from engine.services.reversing import reversible

DUPLICATE_WITHIN = timedelta(hours=24)
CLUES = ("harm", "hazard_level", "major_listed", "partial_shutdown", "external_cause", "cross_grid", "fix_days", "cost_estimate")

_RESULTS = {
    Verdict.DANGER: "您的随手拍 {number} 已确认为隐患，正在治理，感谢您的上报",
    Verdict.HAZARD: "您的随手拍 {number} 已确认为危险源，正在按隐患治理，感谢您的上报",
    Verdict.DISCARDED: "您的随手拍 {number} 未被采纳：{reason}",
}


def register(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """The report becomes a record with a number; the same picture of the same place within a day is marked."""
    said = data["start"]
    grid = people.unit(case.session, said.get("grid"))
    if grid is None or grid.level < Level.STATION:
        raise EngineError("请选择所在的网格", field="grid")
    if case.instance.subject_id is None:
        snapshot = Snapshot(
            code=numbering.next_code(case.session, "SP", grid, case.now), grid_id=grid.id, org_path=grid.path,
            description=said.get("description") or "", reporter_id=said["by"], reported_at=case.now,
            taken_at=datetime.fromisoformat(said["taken_at"]) if said.get("taken_at") else case.now)
        case.session.add(snapshot)
        case.session.flush()
        case.attach(snapshot, code=snapshot.code, title=f"{grid.name}：{snapshot.description[:40]}")
    snapshot = case.subject(Snapshot)
    evidence.keep(case.session, snapshot, said, "photos", "before")
    snapshot.duplicate_of = _earlier(case, snapshot)
    return {"snapshot": snapshot.id, "grid": grid.id, "duplicate": snapshot.duplicate_of is not None}


def _earlier(case: Case, snapshot: Snapshot) -> int | None:
    """The first report of the same place, within a day, that shows one of the same pictures."""
    prints = [a.sha256 for a in attachments_of(case.session, "snapshot", snapshot.id)]
    same = (
        select(Snapshot.id).join(Attachment, (Attachment.owner_kind == "snapshot") & (Attachment.owner_id == Snapshot.id))
        .where(Attachment.sha256.in_(prints), Snapshot.grid_id == snapshot.grid_id, Snapshot.id < snapshot.id,
               Snapshot.reported_at >= snapshot.reported_at - DUPLICATE_WITHIN))
    return case.session.scalars(same.order_by(Snapshot.id).limit(1), execution_options=EVERYWHERE).first()


def assign(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Who judges: the grid's owner; after a 转办 the other grid's; what was added meanwhile is kept with the report."""
    snapshot, judged = case.subject(Snapshot), data.get("judge") or {}
    more = data.get("supplement")
    if more and snapshot.verdict == Verdict.UNDECIDED:
        evidence.keep(case.session, snapshot, more, "photos_more", "before")
        snapshot.description = f"{snapshot.description}\n补充：{more['more']}"
    snapshot.verdict = Verdict.WAITING
    if judged.get("outcome") != "transfer":
        return {"grid": snapshot.grid_id, "supplement": None}
    grid = people.unit(case.session, judged.get("to_grid"))
    if grid is None or grid.level < Level.STATION:
        raise EngineError("请选择要转办到的网格", field="to_grid")
    snapshot.grid_id, snapshot.org_path = grid.id, grid.path
    case.move_to(grid.path)
    return {"grid": grid.id}


@reversible
def ask(case: Case, data: dict[str, Any]) -> None:
    """Not decided yet: the reporter is asked for more."""
    snapshot = case.subject(Snapshot)
    snapshot.verdict, snapshot.reason = Verdict.UNDECIDED, data["judge"].get("opinion") or ""
    case.notify("N-14", [snapshot.reporter_id], "您的随手拍 {number} 需要补充信息：{reason}", number=snapshot.code, reason=snapshot.reason)


def link(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """隐患, or 危险源 and therefore also 隐患: its cure starts here and now, with these photos."""
    snapshot, judged = case.subject(Snapshot), data["judge"]
    hazard = judged["outcome"] == "hazard"
    snapshot.verdict = Verdict.HAZARD if hazard else Verdict.DANGER
    snapshot.reason, snapshot.judged_at = judged.get("opinion") or "", case.now
    if snapshot.hidden_danger_id is None:
        child = case.start("hidden_danger", {
            "grid": snapshot.grid_id, "description": snapshot.description, "source": DangerSource.SNAPSHOT,
            "snapshot": snapshot.id, "finder": snapshot.reporter_id, "is_source": hazard,
            **{name: judged.get(name) for name in CLUES}}, unit_id=snapshot.grid_id)
        snapshot.hidden_danger_id = case.session.get_one(ProcessInstance, child, execution_options=EVERYWHERE).subject_id
    return {"danger": snapshot.hidden_danger_id}


def discard(case: Case, data: dict[str, Any]) -> None:
    """弃用, with the reason."""
    snapshot = case.subject(Snapshot)
    snapshot.verdict, snapshot.judged_at = Verdict.DISCARDED, case.now
    snapshot.reason = data["judge"].get("opinion") or ""


def feedback(case: Case, data: dict[str, Any]) -> None:
    """The reporter learns what became of it."""
    snapshot = case.subject(Snapshot)
    text = _RESULTS[Verdict(snapshot.verdict)]
    case.notify("N-14", [snapshot.reporter_id], text, number=snapshot.code, reason=snapshot.reason)


def cancelled(case: Case, data: dict[str, Any]) -> None:
    """The reporter has taken it back."""
    snapshot = case.subject(Snapshot)
    snapshot.verdict, snapshot.judged_at, snapshot.reason = Verdict.DISCARDED, case.now, "上报人已撤销"


def returned(case: Case, data: dict[str, Any], element: str) -> None:
    """退回: the reporter is asked for more again."""
    case.subject(Snapshot).verdict = Verdict.UNDECIDED


def withdrawn(case: Case, data: dict[str, Any], element: str) -> None:
    """撤回: 'please say more' was a mistake, or what was added is taken back."""
    case.subject(Snapshot).verdict = Verdict.WAITING if element == "judge" else Verdict.UNDECIDED


def escalate(case: Case, data: dict[str, Any], element: str, to: list[str], code: str, text: str) -> None:
    """Nobody judged in time: the owner above may judge too, and is told."""
    reached = lateness.newly_reached(case, element, to)
    if reached:
        case.escalate(element, to)
        case.notify(code, reached, text, number=case.subject(Snapshot).code)
