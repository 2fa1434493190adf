"""工作日历 on the screen: everybody sees the days of their company, administrators change them, and a file comes in whole or not at all."""
import html
import io
import re
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import Grant, OrgUnit, Role
from data_model.session import unit_of_work
from data_model.work_calendar import SpecialDay
from engine import calendars, work_calendar

DAY = {"day": "2026-03-05", "kind": "holiday", "name": "校庆", "note": "见通知"}


@pytest.fixture
def shipped(web_app, house):
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        work_calendar.load_shipped(session)


@pytest.fixture(autouse=True)
def spring():
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=clock.zone())):
        yield


@pytest.fixture
def rows(web_app, house):
    """rows("qingyuan"): (day, kind, name, checked) of a company; rows(None): of the group."""

    def read(company):
        unit = house[f"unit:{company}"] if company else None
        with web_app.app_context(), unit_of_work(SYSTEM, write=False) as session:
            return [(row.day.isoformat(), row.kind, row.name, row.checked) for row in work_calendar.days_of(session, unit, 2026)]

    return read


@pytest.fixture
def feng(web_app, house):
    """The other company's own safety administrator."""
    with web_app.app_context(), unit_of_work(SYSTEM) as session:
        unit = session.get_one(OrgUnit, house["unit:bishui"])
        session.add(Grant(user_id=house["feng"], role=Role.COMPANY_SAFETY_ADMIN, unit_id=unit.id, path=unit.path))


def cell(page, day):
    """Class of that day of the year, and what a screen reader says of it."""
    number, month = int(day[-2:]), int(day[5:7])
    table = page.split('<table class="cal-month">')[month]
    found = [(c, re.sub(r"<i.*?</i>|<[^>]+>|\s+", " ", inside).split()) for c, inside in re.findall(r'<td class="(cal-[^"]*)">(.*?)</td>', table, re.S)]
    return next((look, words[1:]) for look, words in found if words[0] == str(number))


def test_everybody_sees_the_year_and_nobody_else_s_buttons(visit, shipped):
    page = visit("wang").get("/calendar").get_data(as_text=True)
    assert cell(page, "2026-02-17") == ("cal-off", ["春节", "放假"])
    assert cell(page, "2026-02-14") == ("cal-worked", ["春节", "上班"])
    assert cell(page, "2026-03-07") == ("cal-weekend", []) and cell(page, "2026-03-02") == ("cal-plain cal-today", [])
    assert "39 天待管理员" in page and "08:30 – 12:00" in page and "清源供水公司" in page
    assert "碧水" not in page and 'action="/calendar' not in page


def test_a_company_s_administrator_writes_over_a_group_s_day_and_takes_it_back(visit, shipped, rows):
    zhao = visit("zhao")
    assert "集团日历中这一天放假" in zhao.get("/calendar?year=2026&day=2026-02-23").get_data(as_text=True)
    answer = zhao.post("/calendar/days", {"day": "2026-02-23", "kind": "workday", "name": "抢修", "checked": "y"})
    assert answer.status_code == 303
    page = zhao.get(answer.location).get_data(as_text=True)
    assert cell(page, "2026-02-23") == ("cal-worked", ["抢修", "上班"]) and "本公司，代替集团" in page
    assert rows("qingyuan") == [("2026-02-23", "workday", "抢修", True)] and len(rows(None)) == 39
    back = zhao.post("/calendar/days/delete", stretch(page, "delete", 0)).location
    assert cell(zhao.get(back).get_data(as_text=True), "2026-02-23") == ("cal-off", ["春节", "放假"]) and rows("qingyuan") == []


def test_the_group_s_days_belong_to_the_group(visit, shipped, rows, house):
    zhao, admin = visit("zhao"), visit("admin")
    assert zhao.post("/calendar/days", {**DAY, "unit": "group"}).status_code == 404
    assert admin.post("/calendar/days", {**DAY, "unit": "group"}).status_code == 303
    assert ("2026-03-05", "holiday", "校庆", False) in rows(None)
    page = admin.get("/calendar").get_data(as_text=True)
    assert "集团默认" in page and "碧水排水公司" in page and "40 天待核对" in page
    group_s = stretch(page, "delete", 0)
    for path in ("/calendar/days/delete", "/calendar/days/check", "/calendar/days"):
        for unit in ("group", str(house["unit:qingyuan"])):
            assert zhao.post(path, {**DAY, **group_s, "unit": unit}).status_code == 404
    assert admin.post("/calendar/days", {**DAY, "unit": str(house["unit:bishui"])}).status_code == 303
    assert len(rows("bishui")) == 1 and len(rows("qingyuan")) == 0


def test_another_company_s_administrator_is_refused(visit, shipped, feng, rows, house):
    zhao, feng = visit("zhao"), visit("feng")
    zhao.post("/calendar/days", DAY)
    ours = str(house["unit:qingyuan"])
    named = stretch(zhao.get("/calendar?year=2026").get_data(as_text=True), "delete", 0)
    assert feng.get(f"/calendar?unit={ours}").status_code == feng.get(f"/calendar/export?unit={ours}").status_code == 404
    theirs = {**named, "unit": str(house["unit:bishui"])}
    for path, said in (("/calendar/days/delete", named), ("/calendar/days/check", named), ("/calendar/days/delete", theirs),
                       ("/calendar/days/check", theirs), ("/calendar/days", {**DAY, **theirs}), ("/calendar/days", {**DAY, "unit": ours}),
                       ("/calendar/check", {"unit": ours}), ("/calendar/hours", {"unit": ours, "begin": "01:00", "end": "02:00"}),
                       ("/calendar/import", {"unit": ours}), ("/calendar/import/take", {"unit": ours, "rows": "日期,类型\n2026-03-06,休"})):
        assert feng.post(path, said).status_code == 404, path
    assert rows("qingyuan") == [("2026-03-05", "holiday", "校庆", False)]
    assert ">校庆<" not in feng.get("/calendar").get_data(as_text=True)


def stretch(page, deed, number):
    """What the form of that deed beside the n-th line of the list sends."""
    form = page.split(f'action="/calendar/days/{deed}"')[number + 1].split("</form>")[0]
    found = {}
    for name, value in re.findall(r'<input type="hidden" name="(unit|year|id|checked)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("who", ["wang", "po", "au", "ga", "zheng"])
def test_who_may_only_look_cannot_change(visit, shipped, rows, who):
    visitor = visit(who)
    assert visitor.get("/calendar").status_code == 200
    assert visitor.post("/calendar/days", DAY).status_code == visitor.post("/calendar/check").status_code == 403
    assert rows("qingyuan") == []


def test_checked_a_feast_at_a_time_and_all_at_once(visit, shipped, rows):
    admin = visit("admin")
    feast = stretch(admin.get("/calendar?year=2026").get_data(as_text=True), "check", 3)
    assert len(feast["id"]) == 9  # 15 to 23 February, one line
    assert admin.post("/calendar/days/check", feast).status_code == 303
    assert [row[0] for row in rows(None) if row[3]] == [f"2026-02-{n}" for n in range(15, 24)]
    admin.post("/calendar/days/check", {name: value for name, value in feast.items() if name != "checked"})
    assert not any(row[3] for row in rows(None))
    admin.post("/calendar/check", {"year": "2026"})
    assert all(row[3] for row in rows(None)) and "cal-pending" not in admin.get("/calendar?year=2026").get_data(as_text=True)


def test_days_in_a_row_are_written_changed_and_shortened_together(visit, house, rows):
    zhao = visit("zhao")
    zhao.post("/calendar/days", {**DAY, "until": "2026-03-07"})
    assert [row[0] for row in rows("qingyuan")] == ["2026-03-05", "2026-03-06", "2026-03-07"]
    page = zhao.get("/calendar?year=2026&day=2026-03-05&until=2026-03-07").get_data(as_text=True)
    assert "03-05 – 03-07" in page and page.count("cal-asked") == 3
    named = stretch(page, "delete", 0)
    assert zhao.post("/calendar/days", {**DAY, **named, "day": "2026-03-06", "until": "2026-03-06", "name": "半程"}).status_code == 303
    assert rows("qingyuan") == [("2026-03-06", "holiday", "半程", False)]
    assert zhao.post("/calendar/days/delete", named).status_code == 404  # two of them are gone


@pytest.mark.parametrize("wrong, words", [
    ({"day": ""}, "请选择日期"), ({"day": "2026-02-30"}, "请按 年-月-日 填写日期"), ({"day": "1999-01-01"}, "2000 至 2100"),
    ({"until": "2026-03-04"}, "不早于开始日期"),
    ({"until": "2027-03-04"}, "最多连续 60 天"), ({"kind": ""}, "请选择类型"), ({"kind": "half"}, "请选择类型"),
    ({"name": "名" * 41}, "最多 40 个字"), ({"note": "x" * 201}, "最多 200 个字")])
def test_a_day_that_cannot_be_comes_back_with_what_was_typed(visit, house, rows, wrong, words):
    answer = visit("zhao").post("/calendar/days", {**DAY, **wrong})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and words in page and 'aria-invalid="true"' in page
    assert "note" in wrong or "见通知" in page
    assert rows("qingyuan") == []


def test_office_hours_are_set_and_given_up_again(visit, house, web_app):
    zhao = visit("zhao")
    assert zhao.post("/calendar/hours", {"begin": ["08:00", "22:00", ""], "end": ["12:00", "00:00", ""]}).status_code == 303
    assert "08:00 – 12:00" in (page := visit("wang").get("/calendar").get_data(as_text=True)) and "22:00 – 00:00" in page
    refused = zhao.post("/calendar/hours", {"begin": ["08:00", "11:00"], "end": ["12:00", "13:00"]})
    assert refused.status_code == 422 and "不能重叠" in refused.get_data(as_text=True) and 'value="11:00"' in refused.get_data(as_text=True)
    assert zhao.post("/calendar/hours", {"begin": ["08:00"], "end": ["x"]}).status_code == 422
    assert zhao.post("/calendar/hours", {"begin": ["99:99"], "end": ["99:99"]}).status_code == 422
    assert zhao.post("/calendar/hours", {}).status_code == 303
    assert "08:30 – 12:00" in visit("wang").get("/calendar").get_data(as_text=True)


# ── files ──

def sheet(*lines):
    book, out = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(out)
    return out.getvalue()


HEADING = ("日期", "类型", "名称", "备注")
GOOD = (HEADING, (date(2026, 3, 5), "休", "校庆", ""), ("2026/3/7", "班", "调休", "=1+1"))


def sent(visitor, content, name="days.xlsx", **more):
    """The body as a browser makes it; werkzeug's own client leaves a large one in an unclosed file."""
    fields = b"".join(f'--part\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in more.items())
    head = f'--part\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    return visitor.post("/calendar/import", fields + head.encode() + content + b"\r\n--part--\r\n",
                        content_type="multipart/form-data; boundary=part")


def taken(page):
    """The form of the preview, as a browser would send it."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.split('action="/calendar/import/take"')[1].split("</form>")[0]))
    return {name: html.unescape(value) for name, value in fields.items()}


@pytest.mark.parametrize("content", [
    sheet(*GOOD), "日期,类型,名称,备注\r\n2026-03-05,休,校庆,\r\n2026-3-7,班,调休,=1+1\r\n".encode("gb18030"),
    "\ufeffNote\tName\tType\tDate\n\t校庆\tOff\t2026.3.5\n=1+1\t调休\tWORK\t2026年3月7日\n".encode()], ids=["xlsx", "gb18030", "tabs"])
def test_a_file_is_shown_first_and_taken_then(visit, house, rows, content):
    zhao = visit("zhao")
    zhao.post("/calendar/days", {"day": "2026-03-07", "kind": "holiday", "name": "旧"})
    page = sent(zhao, content, checked="1").get_data(as_text=True)
    assert "共 2 天" in page and "新增" in page and "有改动" in page and "将标为已核对" in page
    assert rows("qingyuan") == [("2026-03-07", "holiday", "旧", False)]  # nothing yet
    assert zhao.post("/calendar/import/take", taken(page)).status_code == 303
    assert rows("qingyuan") == [("2026-03-05", "holiday", "校庆", True), ("2026-03-07", "workday", "调休", True)]
    assert "不变" in sent(zhao, content).get_data(as_text=True)


def test_each_bad_cell_is_named_and_nothing_is_taken(visit, house, rows):
    zhao = visit("zhao")
    answer = sent(zhao, sheet(HEADING, ("2026-03-05", "休"), ("昨天", "半天"), ("2026-03-05", "班")))
    page = re.sub(r"<[^>]+>|\s+", " ", answer.get_data(as_text=True))
    assert answer.status_code == 422 and "3 处错误" in page and "“昨天”不是" in page and "“半天”不是" in page and "2026-03-05 与第 2 行重复" in page
    assert "/calendar/import/take" not in answer.get_data(as_text=True)
    assert zhao.post("/calendar/import/take", {"rows": "日期,类型\n2026-03-05,休\n2026-03-06,半天"}).status_code == 422
    assert rows("qingyuan") == []


@pytest.mark.parametrize("content, words", [
    (b"", "请选择一个文件"), (b"\xd0\xcf\x11\xe0" + b"x" * 600, "旧版 Excel"), (b"PK\x03\x04 broken", "无法读取这个 Excel 文件"),
    (b"\x89PNG\x00\x00", "文件"), (b"\xff\xfe\xff", "文件编码"), (b"x" * 2_000_001, "2 MB"), (b"a\n" * 6_000, "5000 行")],
    ids=["empty", "xls", "broken", "picture", "bytes", "large", "long"])
def test_a_file_that_is_no_table_is_refused_in_words(visit, house, content, words):
    answer = sent(visit("zhao"), content)
    assert answer.status_code == 422 and words in answer.get_data(as_text=True)


def test_what_is_exported_can_be_imported_and_holds_no_formula(visit, house, rows):
    zhao = visit("zhao")
    zhao.post("/calendar/days", {**DAY, "name": "=1+1", "note": "a\x01b"})
    answer = zhao.get("/calendar/export?year=2026")
    table = [[c.value for c in row] for row in load_workbook(io.BytesIO(answer.data)).active]
    assert table == [list(HEADING), ["2026-03-05", "休", "=1+1", "ab"]]
    assert all(c.data_type != "f" for row in load_workbook(io.BytesIO(answer.data)).active for c in row)
    assert "有改动" in sent(zhao, answer.data).get_data(as_text=True)


def test_in_english_the_export_can_be_imported_too(visit, shipped):
    admin = visit("admin")
    admin.post("/language", {"language": "en"})
    answer = admin.get("/calendar/export?year=2026")
    assert [c.value for c in load_workbook(io.BytesIO(answer.data)).active[2]][:3] == ["2026-01-01", "Off", "元旦"]
    assert sent(admin, answer.data).get_data(as_text=True).count("No change") == 39


@pytest.mark.parametrize("asked", ["year=0", "year=99999999999999999999", "year=x", "day=x", "day=9999-12-31", "unit=", "year=2000", "year=2100"])
def test_a_strange_address_is_answered(visit, shipped, asked):
    assert visit("zhao").get(f"/calendar?{asked}").status_code == 200


def test_the_menu_leads_there(visit, house):
    assert 'href="/calendar"' in visit("wang").get("/inbox").get_data(as_text=True)


def test_a_change_on_the_screen_moves_the_next_limit(visit, house, web_app, shipped):
    """From the screen to the engine: the calendar that was read before is not the one that counts."""
    with web_app.app_context(), unit_of_work(SYSTEM, write=False) as session:
        path = session.get_one(OrgUnit, house["unit:filter"]).path
        assert _after(session, path) == "2026-03-05"
    visit("zhao").post("/calendar/days", DAY)
    with web_app.app_context(), unit_of_work(SYSTEM, write=False) as session:
        assert session.query(SpecialDay).filter_by(name="校庆").count() == 1 and _after(session, path) == "2026-03-06"


def _after(session, path):
    return clock.local(calendars.of(session, path).after("P3D", clock.now())).date().isoformat()
