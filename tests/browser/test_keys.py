"""From the inbox to the answer without a mouse: j, a, Enter; j, r, and the sheet asks where to."""
from data_model.process import Task
from tests.browser.test_deeds import AGREE, ALLOW, REFUSE, house  # noqa: F401  the same house
from tests.diagrams import end, start, user

BUTTONS = f"[{AGREE},{REFUSE}]"


def test_li_agrees_and_sends_back_by_keys(house, visit):  # noqa: F811
    house.deploy(start("s"), user("write", candidates="starter()"), user("check", candidates=f"users([{house.ids['li']}])", outcomes=BUTTONS, allow=ALLOW,
                                                                      returnable_to="any"), end("e"), "s > write > check > e")
    house.begin()
    house.do("wang", "write")
    li = visit("li")
    li.goto("/inbox")
    li.keyboard.press("j")
    li.keyboard.press("r")
    li.wait_for_selector("dialog.sheet[open] .ask-deed[data-deed=return]")
    li.keyboard.press("Escape")
    li.wait_for_selector("dialog.sheet[open]", state="detached")
    li.goto("/inbox")
    li.keyboard.press("j")
    li.keyboard.press("a")
    li.wait_for_selector("button[name=outcome][value=agree]:focus")
    li.keyboard.press("Enter")
    li.wait_for_url(lambda address: "/tasks/" not in address)
    assert [t.status for t in house.rows(Task) if t.element_id == "check"] == ["done"]


def test_a_letter_typed_into_a_field_is_only_a_letter(house, visit):  # noqa: F811
    house.deploy(start("s"), user("check", candidates=f"users([{house.ids['li']}])", outcomes=BUTTONS, allow=ALLOW), end("e"), "s > check > e")
    house.begin()
    li = visit("li")
    li.goto(f"/tasks/{house.task('check')}")
    li.click("#opinion")
    li.keyboard.type("are")
    assert li.input_value("#opinion") == "are" and li.evaluate("document.activeElement.id") == "opinion"
