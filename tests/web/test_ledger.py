"""Ledgers are told, not written: list, filters, sheet and detail of the hidden dangers, as different people see them."""
import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.attachment import Attachment
from data_model.db import db
from data_model.hidden_danger import DangerLevel, DangerSource, DangerStage, HiddenDanger
from data_model.organisation import OrgUnit
from data_model.session import unit_of_work
from web.ledger import query, sheet
from web.ledger.register import Kind, Register, Section, all_registers

LIST = "/ledger/hidden_danger"


@pytest.fixture
def dangers(web_app, house):
    """Forty-five dangers of the first plant, one major one of the sewage works."""
    start = datetime(2026, 3, 2, 1, 0, tzinfo=clock.zone())
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        stages = list(DangerStage)
        places = {code: session.get_one(OrgUnit, house[f"unit:{code}"]) for code in ("filter", "grit", "plant1", "plant3")}
        for number in range(45):
            session.add(_danger(house, places, "filter", number, start + timedelta(days=number % 20), stage=stages[number % 9],
                                level=(DangerLevel.TWO if number % 2 else DangerLevel.ONE),
                                deadline=date(2026, 4, 1) + timedelta(days=number) if number % 3 else None))
        session.add(_danger(house, places, "grit", 99, start, stage=DangerStage.RECTIFYING, level=DangerLevel.MAJOR, deadline=None))
    return house


def _danger(house, places, grid, number, found_at, **more):
    station = "plant1" if grid == "filter" else "plant3"
    return HiddenDanger(code=f"HD-T-2026-{number:04}", grid_id=places[grid].id, station_id=places[station].id, org_path=places[grid].path,
                        source=DangerSource.DIRECT, description=f"第 {number} 号：滤池栏杆松动", finder_id=house["wang"],
                        rectifier_id=house["chen"], found_at=found_at, **more)


def codes(page):
    return re.findall(r'/ledger/hidden_danger/\d+" data-text>(HD-[\w-]+)<', page)


def text(answer):
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def every_page(visitor, address):
    """All codes, page by page, as somebody clicking 下一页 meets them."""
    found = []
    while address:
        page = text(visitor.get(address))
        found += codes(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    return found


def test_a_colleague_sees_the_company_and_nothing_of_another(visit, dangers):
    assert len(every_page(visit("wang"), LIST)) == 45
    assert every_page(visit("qian"), LIST) == ["HD-T-2026-0099"]


def test_the_group_sees_only_the_major_ones(visit, dangers):
    assert every_page(visit("ga"), LIST) == ["HD-T-2026-0099"]


@pytest.mark.parametrize("sort", ["found_at", "-found_at", "deadline", "-deadline", "code", "-code", "id", "-id", "password_hash"])
def test_pages_hold_each_row_once_whatever_the_order(visit, dangers, sort):
    found = every_page(visit("wang"), f"{LIST}?sort={sort}")
    assert len(found) == len(set(found)) == 45


def test_rows_without_a_deadline_come_last_both_ways(visit, dangers):
    without = {f"HD-T-2026-{n:04}" for n in range(0, 45, 3)}
    for sort in ("deadline", "-deadline"):
        assert set(every_page(visit("wang"), f"{LIST}?sort={sort}")[-15:]) == without


@pytest.mark.parametrize("asked, how_many", [
    ("stage=待确认", 5), ("stage=待确认&stage=整改中", 10), ("level=重大", 0), ("level=一般Ⅰ", 23), ("q=HD-T-2026-0007", 1),
    ("q=hd-t-2026-0007", 1), ("q=栏杆松动", 45), ("q=%25", 0), ("found_at_from=2026-03-21&found_at_to=2026-03-21", 2),
    ("found_at_to=2026-03-02", 3), ("overdue=yes", 7), ("overdue=no", 38), ("source=随手拍", 0),
])
def test_filters(visit, dangers, asked, how_many):
    with clock.at(datetime(2026, 4, 15, 9, tzinfo=clock.zone())):
        assert len(every_page(visit("wang"), f"{LIST}?{asked}")) == how_many


def test_a_station_is_offered_only_when_it_has_rows_one_may_see(visit, dangers):
    page = text(visit("wang").get(LIST))
    assert "第一水厂" in page and "城东污水厂" not in page
    assert len(every_page(visit("wang"), f"{LIST}?station_id={dangers['unit:plant1']}")) == 45
    assert every_page(visit("wang"), f"{LIST}?station_id={dangers['unit:plant3']}") == []


@pytest.mark.parametrize("nonsense", [
    "found_at_from=yesterday", "stage=weg", "overdue=maybe", "station_id=1;drop", "found_at_from=0001-01-01", "found_at_to=9999-12-31",
])
def test_nonsense_is_named_and_left_out(visit, dangers, nonsense):
    page = text(visit("wang").get(f"{LIST}?{nonsense}"))
    assert "已忽略" in page and len(codes(page)) == query.PAGE


CURSORS = ("x", "W10", "WzEsIDJd", "WyJ4IiwgMV0", "WyIyMDI2LTAzLTAyIiwgLTFd", "bnVsbA", "eyJhIjoxfQ", "W251bGwsIDVd",
           "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OSwgMV0")


def test_a_cursor_changed_by_hand_is_no_error(visit, dangers):
    wang = visit("wang")
    for sort in ("found_at", "-deadline", "code", "id"):
        for cursor in CURSORS:
            text(wang.get(f"{LIST}?after={cursor}&sort={sort}"))


def test_chips_count_the_stages_and_lead_to_them(visit, dangers):
    page = text(visit("wang").get(f"{LIST}?q=栏杆"))
    assert re.search(r"待复核<b>5</b>", page)
    assert "全部<b>45</b>" in page


def test_an_empty_ledger_says_why(visit, house):
    assert "还没有隐患" in text(visit("wang").get(LIST))
    assert "没有符合条件的记录" in text(visit("wang").get(f"{LIST}?q=xyz"))


# ── the sheet ──

def taken(answer):
    assert answer.status_code == 200
    return list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))


def test_the_sheet_holds_what_was_asked_in_the_order_of_the_list(visit, dangers):
    answer = visit("zhao").get(f"{LIST}/export?stage=整改中&sort=code")
    name = quote(f"隐患台账-{clock.today():%Y%m%d}.xlsx")
    assert f"filename*=UTF-8''{name}" in answer.headers["Content-Disposition"]
    heads, *rows = taken(answer)
    assert heads[:4] == ("编号", "状态", "级别", "分类")
    assert [row[0] for row in rows] == [f"HD-T-2026-{n:04}" for n in (3, 12, 21, 30, 39)]
    row = dict(zip(heads, rows[1], strict=True))
    assert row["厂站"] == "第一水厂" and row["整改人"] == "陈刚" and f"{row['发现时间']:%F %H:%M}" == "2026-03-14 01:00"


def test_words_that_look_like_formulas_stay_words(visit, dangers, web_app):
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        danger = session.scalars(select(HiddenDanger).where(HiddenDanger.code == "HD-T-2026-0003")).one()
        danger.description, danger.budget = '=HYPERLINK("http://evil","x")\x07', Decimal("1234.50")
    answer = visit("zhao").get(f"{LIST}/export?q=HD-T-2026-0003")
    book = load_workbook(io.BytesIO(answer.data))
    cells = {c.column: book.active.cell(2, c.column) for c in book.active[1]}
    found = next(cell for cell in cells.values() if str(cell.value).startswith("=HYPERLINK"))
    assert found.data_type == "s" and found.value == '=HYPERLINK("http://evil","x")'
    assert any(cell.value == 1234.5 for cell in cells.values())


def test_who_may_see_may_not_always_take_away(visit, dangers):
    assert visit("wang").get(f"{LIST}/export").status_code == 403
    assert "导出 Excel" not in text(visit("wang").get(LIST))
    assert "导出 Excel" in text(visit("zhao").get(LIST))
    assert len(taken(visit("au").get(f"{LIST}/export"))) == 47


def test_too_many_rows_say_so_instead_of_filling_the_disk(visit, dangers, monkeypatch):
    monkeypatch.setattr(sheet, "LIMIT", 44)
    zhao = visit("zhao")
    answer = zhao.get(f"{LIST}/export?q=栏杆")
    assert answer.status_code == 302
    assert "超过 44 行" in text(zhao.get(answer.headers["Location"]))


# ── one danger ──

def test_the_page_of_one_danger_names_people_and_every_change(visit, dangers, web_app):
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        danger = session.scalars(select(HiddenDanger).where(HiddenDanger.code == "HD-T-2026-0003")).one()
        danger.rectifier_id, danger.stage, danger.cost = dangers["wang"], DangerStage.CHECKING, Decimal("99.90")
        number = danger.id
    page = text(visit("wang").get(f"{LIST}/{number}"))
    assert "过滤区" in page and "王强" in page
    changes = re.sub(r"<[^>]+>|\s+", " ", page[page.index("变更记录"):])
    assert re.search(r"整改人 *陈刚 *王强", changes) and re.search(r"状态 *整改中 *待复核", changes)
    assert "99.90" in page


def test_a_danger_of_another_company_is_not_there(visit, dangers, web_app):
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        number = session.scalars(select(HiddenDanger.id).where(HiddenDanger.code == "HD-T-2026-0099")).one()
    assert visit("wang").get(f"{LIST}/{number}").status_code == 404
    assert visit("wang").get(f"{LIST}/{2**70}").status_code == 404
    text(visit("ga").get(f"{LIST}/{number}"))


def test_photos_hang_by_stage(visit, dangers, web_app):
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        danger = session.scalars(select(HiddenDanger).where(HiddenDanger.code == "HD-T-2026-0003")).one()
        number = danger.id
        session.add_all(Attachment(owner_kind="hidden_danger", owner_id=number, stage=stage, name="a.jpg", media_type="image/jpeg",
                                   sha256="0" * 64, size=1, uploaded_by=1) for stage in ("before", "before", "after"))
    page = text(visit("wang").get(f"{LIST}/{number}"))
    assert page.count("data-photo") == 3
    assert page.index("整改前") < page.index("整改后")


def test_every_page_costs_the_same_however_many_rows(visit, dangers, web_app):
    """Names come by page, not by row."""
    wang = visit("wang")
    few, many = _statements(web_app, wang, f"{LIST}?q=HD-T-2026-0007"), _statements(web_app, wang, LIST)
    assert len(few) == len(many)
    own = [s for s in many if "hidden_danger" in s or "org_unit.name" in s or "user_account.name \nFROM" in s]
    assert len(own) <= 7, own


def _statements(app, visitor, address):
    seen = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)
    event.listen(engine, "before_cursor_execute", note)
    try:
        text(visitor.get(address))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [statement for statement in seen if statement.startswith("SELECT")]


# ── registers ──

def test_kinds_are_worked_out_from_the_table():
    told = all_registers()["hidden_danger"].told
    assert {name: told[name].kind for name in ("code", "stage", "is_source", "cost", "deadline", "found_at", "finder_id", "grid_id")} == {
        "code": Kind.TEXT, "stage": Kind.CHOICE, "is_source": Kind.BOOL, "cost": Kind.AMOUNT, "deadline": Kind.DATE,
        "found_at": Kind.MOMENT, "finder_id": Kind.PERSON, "grid_id": Kind.UNIT}


@pytest.mark.parametrize("wrong", [
    {"columns": ("code", "no_such")}, {"search": ("descripton",)}, {"filters": ("x",)}, {"sort": ("code",), "order": "-id"},
    {"heading": "titel"}, {"chips": "stages"}, {"sections": (Section("基本信息", ("codex",)),)}, {"columns": ("org_path",)},
    {"labels": {"overdu": "超期"}},
])
def test_a_wrong_name_fails_at_start_up(wrong):
    right = {"model": HiddenDanger, "title": "隐患台账", "columns": ("code",), "heading": "description",
             "sections": (Section("基本信息", ("code",)),)}
    Register(**right).check()
    with pytest.raises(LookupError):
        Register(**{**right, **wrong}).check()
