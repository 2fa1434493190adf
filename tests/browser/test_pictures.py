"""The demo group as its people find it: each main screen wide and narrow, in both languages, with nothing out of place.

The pictures go to ANLAN_PICTURES, where the README's come from, or beside the tests.
"""
import os
from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE, SHOTS, Site, serving
from web import demo
from web.app import create_app

FOLDER = Path(os.environ.get("ANLAN_PICTURES") or SHOTS)
DANGERS = 24
SCREENS = (  # account, name, address; '>' opens the first row of the list
    ("gridowner", "inbox", "/inbox"),
    ("gridowner", "task", "/inbox>"),
    ("employee", "snapshot", "/snapshot"),
    ("director", "recheck", "/inbox>"),
    ("safety", "ledger", "/ledger/hidden_danger"),
    ("employee", "start", "/start"),
    ("gm", "me", "/me"),
)
WIDTHS = {"desk": {**DESK, "viewport": {"width": 1440, "height": 900}}, "phone": PHONE}


@pytest.fixture(scope="module")
def group(sqlite_template, tmp_path_factory):
    """The demo group, small enough for a test, served."""
    with serving(sqlite_template, tmp_path_factory.mktemp("demo"), create_app) as (app, address):
        demo.fill(app, DANGERS)
        yield Site(address, app, {})


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_every_main_screen_is_fit_to_be_shown(group, chromium, width, language):
    FOLDER.mkdir(parents=True, exist_ok=True)
    for account, name, address in SCREENS:
        context = chromium.new_context(base_url=group.address, locale=language, **WIDTHS[width])
        page, complaints = context.new_page(), []
        page.on("pageerror", lambda error, to=complaints: to.append(str(error)))
        page.on("console", lambda said, to=complaints: to.append(said.text) if said.type == "error" else None)
        page.goto("/login")
        page.fill("[name=login]", account)
        page.fill("[name=password]", demo.PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda there: "/login" not in there)
        page.goto(address.rstrip(">"))
        if address.endswith(">"):
            page.locator("[data-row]").first.click()
            page.wait_for_url("**/tasks/**")
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.screenshot(path=FOLDER / f"{name}-{width}-{language[:2]}.png")
        context.close()
        assert complaints == [], (name, complaints)
        assert wide <= 0, f"{name} scrolls sideways by {wide} px"
