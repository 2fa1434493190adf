"""Each company keeps its own calendar: limits, timers and conditions of its cases go by it."""
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from data_model import clock
from data_model.actor import SYSTEM
from data_model.audit import AuditEntry
from data_model.organisation import OrgUnit
from data_model.process import TimerRow
from data_model.session import unit_of_work
from data_model.work_calendar import DayKind, SpecialDay, WorkSpan
from engine import calendars, work_calendar
from engine.day_table import BadRows, NewDay
from engine.errors import EngineError
from engine.lint import lint_file
from tests.diagrams import boundary, diagram, end, start, timer, xor
from tests.engine.workshop import mine

THURSDAY = date(2026, 3, 5)
SATURDAY = date(2026, 3, 7)


@pytest.fixture
def days(house):
    """days("bishui", {day: kind}): a company decides; None: the group does."""

    def decide(company, kinds):
        with unit_of_work(SYSTEM) as session:
            unit = house[f"unit:{company}"] if company else None
            work_calendar.save_days(session, unit, [NewDay(day, kind, "", "") for day, kind in kinds.items()], checked=True)

    return decide


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone())


def path(session, house, code):
    return session.get_one(OrgUnit, house[f"unit:{code}"]).path


def shown(moment):
    return clock.local(moment).strftime("%m-%d %H:%M")


def test_a_company_s_own_day_goes_before_the_group_s(works, days):
    """The group is off on Thursday 5 March; 碧水 works then, and on Saturday, and both work on the group's Sunday."""
    works.deploy(start(), mine("a", due="P3D"), boundary("t", "a", timer("workdays(3)"), False), end(), end("e2"), "s > a > e", "t > e2")
    days(None, {THURSDAY: DayKind.HOLIDAY, date(2026, 3, 8): DayKind.WORKDAY})
    days("bishui", {THURSDAY: DayKind.WORKDAY, SATURDAY: DayKind.WORKDAY})
    with clock.at(at("2026-03-04T10:00")):
        for who in ("wang", "qian"):
            works.start(by=who)
    wang, qian = works.open_tasks()
    assert (shown(wang.due_at), shown(qian.due_at)) == ("03-09 10:00", "03-07 10:00")
    assert [shown(row.due_at) for row in works.rows(TimerRow)] == ["03-09 10:00", "03-07 10:00"]


def test_office_hours_of_a_company(works, house):
    works.deploy(start(), mine("a", due="workhours(6)"), end(), "s > a > e")
    with unit_of_work(SYSTEM) as session:
        work_calendar.save_hours(session, None, [(9 * 60, 12 * 60), (13 * 60, 18 * 60)])
        work_calendar.save_hours(session, house["unit:bishui"], [(0, 24 * 60)])
    for who in ("wang", "qian"):
        works.start(by=who)  # Monday 09:00
    assert [shown(task.due_at) for task in works.open_tasks()] == ["03-02 16:00", "03-02 15:00"]
    with unit_of_work(SYSTEM) as session:
        work_calendar.save_hours(session, house["unit:bishui"], [])
    works.start(by="qian")
    assert shown(works.open_tasks()[-1].due_at) == "03-02 16:00"


def test_calendar_time_does_not_ask_what_is_worked(works, days):
    days(None, {THURSDAY: DayKind.HOLIDAY})
    works.deploy(start(), mine("a", due="calendar_days(3)"), boundary("t", "a", timer("calendar_hours(72)"), False),
                 boundary("u", "a", timer('"P3D"'), False), end(), end("e2"), end("e3"), "s > a > e", "t > e2", "u > e3")
    works.start()
    assert {shown(row.due_at) for row in [*works.open_tasks(), *works.rows(TimerRow)]} == {"03-05 09:00"}


def test_a_condition_may_ask_whether_a_day_is_worked(works, days):
    days("qingyuan", {THURSDAY: DayKind.HOLIDAY})
    works.deploy(start(), xor("g"), mine("a"), mine("b"), end(), "s > g", 'g > a if is_workday(today())', "g > b default",
                 "a > e", "b > e")
    with clock.at(at("2026-03-05T10:00")):
        works.start()
        works.start(by="qian")
    assert works.waiting() == ["a", "b"]


def test_a_limit_once_set_stays_when_the_calendar_changes(works, days):
    works.deploy(start(), mine("a", due="P3D"), mine("b", due="P3D"), end(), "s > a > b > e")
    works.start()
    days(None, {THURSDAY: DayKind.HOLIDAY})
    assert shown(works.open_tasks()[0].due_at) == "03-05 09:00"
    works.do("wang", "a")
    assert shown(works.open_tasks()[0].due_at) == "03-06 09:00"


# ── what it costs ──

@pytest.fixture
def asked():
    """asked(deed): the statements about calendars it sends."""

    def count(deed):
        found = []

        def note(_connection, _cursor, statement, *_):
            if "special_day" in statement or "work_hours" in statement:
                found.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            deed()
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(found)

    return count


def test_who_needs_no_calendar_does_not_read_it_and_who_does_reads_it_once(works, asked, days):
    works.deploy(start(), mine("a"), mine("b"), end(), "s > a > b > e")
    works.deploy(start(), mine("a"), mine("b", due="P1D"), boundary("t", "b", timer("workdays(1)"), False), end(), end("e2"),
                 "s > a > b > e", "t > e2", key="q")
    works.start("p")
    assert asked(lambda: works.do("wang", "a")) == 0
    works.do("wang", "b")
    works.start("q")
    assert asked(lambda: works.do("wang", "a")) == 1
    works.start("q", by="qian")
    assert asked(lambda: works.do("qian", "a")) == 0  # this process knows it by now, for every company
    days("qingyuan", {THURSDAY: DayKind.HOLIDAY})
    works.start("q", by="li")
    assert asked(lambda: works.do("li", "a")) == 1


def test_what_another_process_changed_is_seen_soon(house, days, monkeypatch):
    days(None, {THURSDAY: DayKind.HOLIDAY})
    with unit_of_work(SYSTEM, write=False) as session:
        assert not calendars.of(session, "/1/").is_workday(THURSDAY)
    with unit_of_work(SYSTEM) as session:
        session.connection().execute(SpecialDay.__table__.delete())  # behind the back of this process
    monkeypatch.setattr(calendars, "KEPT_SECONDS", 0)
    with unit_of_work(SYSTEM, write=False) as session:
        assert calendars.of(session, "/1/").is_workday(THURSDAY)


def test_a_change_is_seen_at_once_by_who_makes_it_and_by_nobody_when_it_is_undone(house):
    class Oops(Exception):
        pass

    with pytest.raises(Oops), unit_of_work(SYSTEM) as session:
        assert calendars.of(session, "/1/").is_workday(THURSDAY)
        session.add(SpecialDay(day=THURSDAY, kind=DayKind.HOLIDAY))
        session.flush()
        assert not calendars.of(session, "/1/").is_workday(THURSDAY)
        raise Oops
    with unit_of_work(SYSTEM, write=False) as session:
        assert calendars.of(session, "/1/").is_workday(THURSDAY)


def test_the_nearest_unit_decides(house, days):
    """Screens let companies decide; a station that had days of its own would go before its company."""
    days("qingyuan", {THURSDAY: DayKind.HOLIDAY})
    days("plant1", {THURSDAY: DayKind.WORKDAY})
    with unit_of_work(SYSTEM, write=False) as session:
        worked = {code: calendars.of(session, path(session, house, code)).is_workday(THURSDAY)
                  for code in ("group", "qingyuan", "filter", "plant2", "grit")}
    assert worked == {"group": True, "qingyuan": False, "filter": True, "plant2": False, "grit": True}


# ── what people change ──

HEADING = ("日期", "类型", "名称", "备注")


def rows_of(session):
    return [(row.day.isoformat(), row.kind, row.name, row.note, row.checked) for row in session.query(SpecialDay).order_by(SpecialDay.day)]


def test_a_table_is_taken_whole(house):
    table = [("名称", "日期", "类型"), ("校庆", "2026/3/5", "休"), ("", "", ""), ("调休", date(2026, 3, 7), "班"), ("x", "2026年12月1日", "Workday")]
    with unit_of_work(SYSTEM) as session:
        assert work_calendar.import_days(session, house["unit:qingyuan"], table) == 3
        assert work_calendar.import_days(session, house["unit:qingyuan"], [HEADING, ("2026-03-05", "班", "照常", "见通知")], checked=True) == 1
    with unit_of_work(SYSTEM, write=False) as session:
        assert rows_of(session) == [("2026-03-05", "workday", "照常", "见通知", True), ("2026-03-07", "workday", "调休", "", False),
                                    ("2026-12-01", "workday", "x", "", False)]


def test_one_bad_cell_and_nothing_is_taken(house):
    table = [HEADING, ("2026-03-05", "休", "校庆", ""), ("2026-02-30", "休", "", ""), ("2026-03-06", "半天", "", ""),
             ("2026-03-05", "班", "", ""), ("1999-12-31", "休", "名" * 41, ""), ("2026-03-09", "休", "a\x00b", "")]
    with unit_of_work(SYSTEM) as session:
        with pytest.raises(BadRows) as refused:
            work_calendar.import_days(session, None, table)
        assert rows_of(session) == []
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [
        (3, "日期"), (4, "类型"), (5, "日期"), (6, "日期"), (6, "名称"), (7, "名称")]
    assert "{" not in "".join(problem.text.format(**problem.params) for problem in refused.value.problems)


@pytest.mark.parametrize("table, where", (
    ([], [(1, "日期"), (1, "类型")]), ([("日期", "名称")], [(1, "类型")]), ([HEADING], [(2, "")]), ([HEADING, (None, "", " ")], [(2, "")]),
    ([HEADING, *((f"{2001 + n // 365}-{1 + n % 365 // 31:02}-{1 + n % 28:02}", "休") for n in range(1100))], None)))
def test_a_table_without_a_heading_or_without_days_or_without_end(house, table, where):
    with unit_of_work(SYSTEM) as session, pytest.raises(BadRows) as refused:
        work_calendar.import_days(session, None, table)
    found = [(problem.row, problem.column) for problem in refused.value.problems]
    assert found == where if where is not None else found


@pytest.mark.parametrize("spans", ([(600, 540)], [(540, 540)], [(540, 720), (700, 900)], [(-1, 60)], [(0, 1441)],
                                   [(n * 100, n * 100 + 50) for n in range(5)]))
def test_office_hours_that_cannot_be(house, spans):
    with unit_of_work(SYSTEM) as session, pytest.raises(EngineError):
        work_calendar.save_hours(session, None, spans)


def test_the_shipped_days_are_loaded_once_marked_for_checking(house):
    with unit_of_work(SYSTEM) as session:
        assert work_calendar.load_shipped(session) == [2026]
        assert work_calendar.load_shipped(session) == []
        found = work_calendar.days_of(session, None, 2026)
        assert (len([d for d in found if d.kind == "holiday"]), len([d for d in found if d.kind == "workday"])) == (33, 6)
        assert not any(row.checked for row in found)
        wrong = found[0]
        session.delete(wrong)
    with unit_of_work(SYSTEM) as session:
        assert work_calendar.load_shipped(session) == []  # what somebody took away does not come back
        assert calendars.of(session, "/").is_workday(date(2026, 1, 1))


def test_the_shipped_days_are_sound():
    """A holiday is on a weekday or beside one; an adjusted workday is on a weekend; no day is named twice."""
    days = work_calendar.shipped_days()
    assert len({new.day for new in days}) == len(days) == 39
    assert all(new.day.weekday() >= 5 for new in days if new.kind == DayKind.WORKDAY)
    off = {new.day for new in days if new.kind == DayKind.HOLIDAY}
    assert all(new.day.weekday() < 5 or {new.day - timedelta(days=1), new.day + timedelta(days=1)} & off for new in days if new.day in off)


def test_two_rows_for_one_day_cannot_be(house):
    """NULL differs from NULL in a plain unique key; the group's days have a key of their own."""
    for make in (lambda: SpecialDay(day=THURSDAY, kind="holiday"), lambda: WorkSpan(starts=1, ends=2),
                 lambda: SpecialDay(unit_id=house["unit:bishui"], day=THURSDAY, kind="holiday")):
        with pytest.raises(Exception, match="(?i)unique"), unit_of_work(SYSTEM) as session:
            session.add_all([make(), make()])
            session.flush()


def test_every_change_is_in_the_audit(house, days):
    days(None, {THURSDAY: DayKind.HOLIDAY})
    days(None, {THURSDAY: DayKind.WORKDAY})
    with unit_of_work(SYSTEM, write=False) as session:
        assert [entry.deed for entry in session.query(AuditEntry).filter_by(kind="special_day").order_by(AuditEntry.id)] == ["create", "change"]


# ── what lint knows ──

@pytest.mark.parametrize("limit, known", (
    ("workdays(2)", True), ("workhours(16)", True), ("workdays(2, start.at)", True), ("workbetween(start.at, start.until, 0.5)", True),
    ("calendar_days(2)", True), ("calendar_hours(48)", True), ("P2D", True), ("hours(48)", False), ("working_days(2)", False)))
def test_lint_knows_the_functions_of_time(limit, known):
    limited = lint_file(diagram(start(), mine("a", due=limit), end(), "s > a > e"))
    timed = lint_file(diagram(start(), mine("a"), boundary("t", "a", timer(limit.replace("P2D", '"P2D"'), "timeDate"), False), end(), end("e2"),
                              "s > a > e", "t > e2"))
    assert [bool([found for found in findings if found.rule in ("due", "expression")]) for findings in (limited, timed)] == [not known] * 2
