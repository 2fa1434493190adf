"""隐患治理: what each service step of bpmn/hidden_danger.bpmn does to the record. Each may run twice without harm."""
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from data_model import clock
from data_model.hidden_danger import DangerLevel, DangerSource, DangerStage, HiddenDanger
from data_model.organisation import Level, OrgUnit, Role
from engine import people
from engine.case import Case
from engine.errors import EngineError
from engine.services import evidence, lateness, numbering
from engine.services.reversing import reversible

MEASURES = (("engineering", "工程技术"), ("management", "管理"), ("training", "教育培训"), ("protection", "个体防护"),
            ("emergency", "应急处置"))
FIVE = (("five_duty", "责任"), ("five_money", "资金"), ("five_measures", "措施"), ("five_time", "时限"), ("five_plan", "预案"))
MORNING = time(8)  # when people are told every day that they are late
STAGES = {"confirm": DangerStage.CONFIRMING, "configure": DangerStage.PLANNING, "approve_plan": DangerStage.APPROVING,
          "rectify": DangerStage.RECTIFYING, "recheck": DangerStage.CHECKING, "accept": DangerStage.ACCEPTING}
FAILURES_TO_TELL = 2  # from the second failed check on, the owner above hears of it


def register(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """The danger becomes a record with a number; a snapshot's photos are shared with it."""
    said = data["start"]
    grid = people.unit(case.session, said.get("grid"))
    if grid is None or grid.level < Level.STATION:
        raise EngineError("请选择隐患所在的网格", field="grid")
    if case.instance.subject_id is None:
        danger = _new_danger(case, said, grid)
        case.attach(danger, code=danger.code, title=f"{grid.name}：{danger.description[:40]}")
    danger = case.subject(HiddenDanger)
    evidence.keep(case.session, danger, said, "photos", "before")
    if said.get("snapshot"):
        evidence.share(case.session, "snapshot", said["snapshot"], danger)
    return {"danger": danger.id, "grid": grid.id, "clues": _clues(said)}


def _new_danger(case: Case, said: Mapping[str, Any], grid: OrgUnit) -> HiddenDanger:
    station = people.at_level(case.session, grid.id, Level.STATION)
    company = people.at_level(case.session, grid.id, Level.COMPANY)
    danger = HiddenDanger(
        code=numbering.next_code(case.session, "HD", grid, case.now), grid_id=grid.id, org_path=grid.path,
        station_id=station.id if station else None, company_id=company.id if company else None,
        source=said.get("source") or DangerSource.DIRECT, description=said.get("description") or "",
        immediate_action=said.get("immediate_action") or "", finder_id=said.get("finder") or said["by"], found_at=case.now,
        is_source=bool(said.get("is_source")), stage=DangerStage.CONFIRMING)
    case.session.add(danger)
    case.session.flush()
    return danger


def _clues(said: Mapping[str, Any]) -> dict[str, Any]:
    """What the decision table asks, each with a value."""
    flags = ("major_listed", "partial_shutdown", "external_cause", "cross_grid")
    return {name: bool(said.get(name)) for name in flags} | {
        "hazard_level": said.get("hazard_level") or "", "death_possible": said.get("harm") == "death",
        "serious_injury": said.get("harm") == "serious", "fix_days": said.get("fix_days") or 0,
        "cost": said.get("cost_estimate") or 0}


def assign(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Who confirms: first the grid's owner; after each 上报 the next owner above, at the top the company's safety office."""
    danger = case.subject(HiddenDanger)
    danger.stage = DangerStage.CONFIRMING
    if "hops" not in data:
        return {"place": data["grid"], "hops": 0, "at_top": False}
    if data["at_top"]:
        raise EngineError("已上报到公司一级，不能再上报")
    danger.reports_up = data["hops"] + 1
    above = _owner_above(case, data["place"], data["confirm"]["by"])
    return {"place": above or danger.company_id or data["place"], "hops": data["hops"] + 1, "at_top": above is None}


def _owner_above(case: Case, place: int, asked: int) -> int | None:
    """The nearest place above whose owner is neither the present one nor the person who passed it on."""
    now = people.nearest_owner(case.session, place)
    if now is None:
        return None
    found = people.nearest_owner(case.session, case.unit(now.unit_id).parent_id, unlike=now.people | {asked})
    return found.unit_id if found else None


def close_at_once(case: Case, data: dict[str, Any]) -> None:
    """Not a danger, or a small one already cured on the spot: the finder is told why."""
    danger, answer = case.subject(HiddenDanger), data["confirm"]
    fixed = answer["outcome"] == "fixed"
    if fixed:
        _write_confirmation(danger, answer)
    danger.stage = DangerStage.CLOSED if fixed else DangerStage.NOT_A_DANGER
    danger.closed_at, danger.close_reason = case.now, answer.get("opinion") or ""
    text = "您上报的隐患 {number} 已当场整改并关闭：{reason}" if fixed else "您上报的情况 {number} 经确认不是隐患：{reason}"
    case.notify("N-14", [danger.finder_id], text, number=danger.code, reason=danger.close_reason)


@reversible
def plan(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Confirmed: the record takes the grading over, and the place answerable for that level plans the cure."""
    danger, answer = case.subject(HiddenDanger), data["confirm"]
    if answer.get("stop_work") and not danger.stop_work:
        case.notify("N-06", _at_the_place(case, data), "隐患 {number}（{place}）须立即停止作业", **_words(case, danger))
    _write_confirmation(danger, answer)
    danger.stage = DangerStage.PLANNING
    station = people.at_level(case.session, data["place"], Level.STATION)
    lifted = data["owner_level"] == "station" and station is not None
    return {"place": station.id if lifted and station else data["place"]}


def _write_confirmation(danger: HiddenDanger, answer: Mapping[str, Any]) -> None:
    danger.level, danger.danger_class = answer.get("level") or "", answer.get("danger_class") or ""
    danger.is_source, danger.stop_work = bool(answer.get("is_source")), bool(answer.get("stop_work"))


def _at_the_place(case: Case, data: Mapping[str, Any]) -> list[int]:
    """The owners of the grid and of what lies above it, up to the station."""
    chain = [u.id for u in people.ancestors(case.session, data["grid"]) if u.level >= Level.STATION]
    return sorted({person for found in people.owners(case.session, chain).values() for person in found})


@reversible
def supervise(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """挂牌督办: the company's heads and the group hear of a major danger; its plan waits for approval."""
    danger = case.subject(HiddenDanger)
    _write_plan(danger, data["configure"])
    danger.stage = DangerStage.APPROVING
    if "supervised_at" in data:
        return {}
    case.notify("N-06", _heads(case, danger), "重大隐患 {number}（{place}）已挂牌督办：{description}", **_words(case, danger))
    return {"supervised_at": case.now.isoformat()}


def _heads(case: Case, danger: HiddenDanger) -> list[int]:
    roles = (Role.GENERAL_MANAGER, Role.DEPUTY_LEADER, Role.COMPANY_SAFETY_ADMIN, Role.GROUP_SAFETY_ADMIN)
    found = [people.role_holders(case.session, role, danger.company_id) for role in roles]
    return sorted({person for holders in found if holders for person in holders.people})


@reversible
def order(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """下达整改, for the first time or after a failed check: the time runs from now, the deadline stays."""
    danger = case.subject(HiddenDanger)
    times = max(data.get("orders", 0), danger.failed_checks)  # a plan that was taken up anew begins a way that knows of no orders
    _write_plan(danger, data["configure"])
    _keep_checks(case, danger, data)
    danger.stage, danger.failed_checks = DangerStage.RECTIFYING, times
    if times == 0 and danger.helper_id:
        case.notify("N-01", [danger.helper_id], "请协助整改隐患 {number}，期限 {deadline}", **_words(case, danger))
    if times >= FAILURES_TO_TELL:
        above = people.owner_above(case.session, data["place"])
        case.notify("N-09", sorted(above.people if above else ()), "隐患 {number} 的整改已被退回 {times} 次", times=times,
                    **_words(case, danger))
    late_on = max(danger.deadline or clock.today(), clock.today()) + timedelta(days=1)
    first_call = datetime.combine(late_on, MORNING, clock.zone())
    return {"orders": times + 1, "ordered_at": case.now.isoformat(), "overdue_from": first_call.isoformat()}


def _write_plan(danger: HiddenDanger, answer: Mapping[str, Any]) -> None:
    danger.measures = _lines(answer, MEASURES)
    danger.five_fixed = _lines(answer, FIVE)
    danger.rectifier_id, danger.helper_id, danger.checker_id = answer["rectifier"], answer.get("helper"), answer["checker"]
    danger.deadline, danger.budget = date.fromisoformat(answer["deadline"]), _money(answer.get("budget"))


def _lines(answer: Mapping[str, Any], headings: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f"{heading}：{answer[name]}" for name, heading in headings if answer.get(name))


def _money(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@reversible
def record_cure(case: Case, data: dict[str, Any]) -> None:
    """What the rectifier did, with the photos that show it."""
    danger, answer = case.subject(HiddenDanger), data["rectify"]
    residual = answer.get("residual")
    danger.result = answer["result"] + (f"\n遗留风险与控制措施：{residual}" if residual else "")
    danger.rectified_on, danger.cost = date.fromisoformat(answer["rectified_on"]), _money(answer.get("cost"))
    danger.stage = DangerStage.CHECKING
    evidence.keep(case.session, danger, answer, "photos_after", "after")


@reversible
def to_acceptance(case: Case, data: dict[str, Any]) -> None:
    """A major danger that passed its check waits for the company's head."""
    danger = case.subject(HiddenDanger)
    danger.stage = DangerStage.ACCEPTING
    _keep_checks(case, danger, data)


def close(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Cured, checked and, when major, accepted. The finder hears of it."""
    danger = case.subject(HiddenDanger)
    _keep_checks(case, danger, data)
    danger.stage, danger.closed_at = DangerStage.CLOSED, case.now
    last = data["accept" if danger.level == DangerLevel.MAJOR else "recheck"]
    danger.close_reason = last.get("opinion") or ""
    days = (clock.local(danger.closed_at).date() - clock.local(danger.found_at).date()).days
    case.notify("N-14", [danger.finder_id], "您上报的隐患 {number} 已整改完成并关闭，历时 {days} 天", number=danger.code, days=days)
    return {"days_to_close": days}


def _keep_checks(case: Case, danger: HiddenDanger, data: Mapping[str, Any]) -> None:
    evidence.keep(case.session, danger, data.get("recheck"), "photos_check", "check")
    evidence.keep(case.session, danger, data.get("accept"), "photos_accept", "accept")


def cancelled(case: Case, data: dict[str, Any]) -> None:
    """The case was taken back."""
    case.subject(HiddenDanger).stage = DangerStage.CANCELLED


def returned(case: Case, data: dict[str, Any], element: str) -> None:
    """退回: the record stands where the case stands again; what was written since is written anew."""
    case.subject(HiddenDanger).stage = STAGES[element]


def moved(case: Case, data: dict[str, Any], element: str) -> None:
    """移动令牌: the record stands where the process owner has put the case."""
    danger = case.subject(HiddenDanger)
    danger.stage = STAGES.get(element, danger.stage)


def withdrawn(case: Case, data: dict[str, Any], element: str) -> None:
    """撤回: as above; a failed check that was taken back counts no more."""
    danger = case.subject(HiddenDanger)
    if danger.stage == DangerStage.RECTIFYING and element in ("recheck", "accept"):
        danger.failed_checks -= 1
    danger.stage = STAGES[element]


def remind(case: Case, data: dict[str, Any], code: str, to: list[str], text: str) -> None:
    """A timer asks somebody to hurry. A reminder of a coming deadline is void once it has passed."""
    danger = case.subject(HiddenDanger)
    if code == "N-07" and danger.deadline and danger.deadline < clock.today():
        return
    case.notify(code, people.people_behind(case.session, to), text, **_words(case, danger))


def escalate(case: Case, data: dict[str, Any], element: str, to: list[str], code: str, text: str) -> None:
    """Nobody acted in time: the owner above may act too, is told, and the record counts it; no more when he holds it already."""
    danger, reached = case.subject(HiddenDanger), lateness.newly_reached(case, element, to)
    if reached:
        danger.escalations += 1
        case.escalate(element, to)
        case.notify(code, reached, text, **_words(case, danger))


def _words(case: Case, danger: HiddenDanger) -> dict[str, str]:
    """What the texts of messages may name."""
    late = (clock.today() - danger.deadline).days if danger.deadline else 0
    return {"number": danger.code, "place": case.unit(danger.grid_id).name, "description": danger.description[:60],
            "deadline": danger.deadline.isoformat() if danger.deadline else "", "days": str(max(late, 0))}
