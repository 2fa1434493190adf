"""The door, as a person sees it: signing in, the language, and pages that keep to the content security policy."""
import re

import pytest


def test_somebody_signs_in_and_out(visit, shot):
    page = visit("li")
    shot(page, "first-page")
    assert "/login" not in page.url
    assert page.locator("h1").first.is_visible()


def test_a_wrong_password_stays_at_the_door(visit):
    page = visit()
    page.fill("[name=login]", "li")
    page.fill("[name=password]", "no such password")
    page.click("form[method=post] button.btn-primary")
    page.wait_for_selector("[role=alert], .alert")
    assert page.url.endswith("/login")
    assert page.input_value("[name=login]") == "li"


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_door_speaks_english(visit, shot, phone):
    page = visit(language="en-GB", phone=phone)
    shot(page, f"login-{'phone' if phone else 'desk'}")
    assert page.locator("html").get_attribute("lang") == "en"
    words = re.sub(r"中文|简体中文", "", page.locator("main").inner_text())
    assert not re.search("[\u4e00-\u9fff]", words)


def test_icons_are_drawn(visit):
    page = visit("li")
    names = page.eval_on_selector_all("svg.icon use", "all => all.map(use => use.getAttribute('href').split('#')[1])")
    assert names
    sprite = page.request.get("/static/bundles/icons.svg").text()
    assert all(f'id="{name}"' in sprite for name in names)
