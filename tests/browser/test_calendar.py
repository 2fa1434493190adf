"""The work calendar with hands: arrows over the year, a tap on a day, a file from the disk; nothing runs over the edge of a phone."""
import pytest

from data_model.actor import SYSTEM
from data_model.session import unit_of_work
from engine import work_calendar


@pytest.fixture(autouse=True)
def shipped(site):
    with site.app.app_context(), unit_of_work(SYSTEM) as session:
        work_calendar.load_shipped(session)


def test_an_administrator_finds_a_day_with_the_keyboard_and_writes_over_it(visit):
    page = visit("zhao")
    page.goto("/calendar?year=2026&day=2026-05-13")
    assert page.locator("[data-day][tabindex='0']").count() == 1
    page.focus("[data-day='2026-05-13']")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")  # from Wednesday 13 to Monday 4 May, a day off
    page.keyboard.press("Enter")
    page.wait_for_url("**day=2026-05-04**")
    assert page.input_value("#day") == "2026-05-04" and page.is_checked("#edit input[value=workday]")
    page.fill("#name", "抢修值守")
    page.click("#edit button")
    page.wait_for_selector(".toast-success")
    assert "cal-worked" in page.locator("td:has([data-day='2026-05-04'])").get_attribute("class")
    assert page.locator("#days tr", has_text="抢修值守").count() == 1


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_file_comes_in_on_a_phone(visit, tmp_path, language):
    file = tmp_path / "days.csv"
    file.write_text("日期,类型,名称\n2026-03-12,休,司庆\n2026-03-14,班,司庆\n", "utf-8")
    page = visit("zhao", phone=True, language=language)
    for path in ("/calendar?year=2026", "/calendar?year=2027"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/calendar?year=2026")
    page.set_input_files("#file", str(file))
    page.click("#import button")
    page.wait_for_selector(".cal-take")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".cal-take button")
    page.wait_for_selector("#days")
    assert page.locator("#days tr", has_text="司庆").count() == 2


def test_the_bar_at_the_top_stays_in_sight_on_a_long_page(visit):
    page = visit("wang", phone=True)
    page.goto("/calendar?year=2026")
    page.evaluate("scrollTo({top: 2500, behavior: 'instant'})")
    assert page.evaluate("document.querySelector('.top').getBoundingClientRect().top") == 0
