"""申请退回 and 申请撤销 as people meet them: in the menu of the case, above the form of who has it, and in both languages."""
import pytest

from tests.web.test_deeds_screen import case, fill, key, words, works  # noqa: F401  the same story


@pytest.fixture
def decided(works, case):  # noqa: F811
    """Li has reviewed; Zhang has it now, and Wang, who applied, can no longer cancel by himself."""
    works.do("li", "review", "agree")
    return works.task("decide")


def test_wang_asks_and_zhang_agrees(visit, works, case, decided):  # noqa: F811
    wang, zhang = visit("wang"), visit("zhang")
    menu = words(wang.get(f"/cases/{case}"))
    assert f"/cases/{case}/deeds/ask_cancel" in menu and f"/cases/{case}/deeds/cancel" not in menu
    empty = fill(wang, f"/cases/{case}/deeds/ask_cancel", reason=" ")
    assert empty.status_code == 422 and "请填写原因" in words(empty)
    assert fill(wang, f"/cases/{case}/deeds/ask_cancel", reason="项目取消了").status_code == 303
    again = fill(wang, f"/cases/{case}/deeds/ask_cancel", reason="快一点")
    assert again.status_code == 422 and "一小时内已申请过" in words(again) and "快一点" in words(again)
    page = words(zhang.get(f"/tasks/{decided}"))
    assert "task-wish" in page and "项目取消了" in page and f"/tasks/{decided}/deeds/agree_to_cancel" in page
    zhang.post("/language", {"language": "en"})
    assert "王强 asks to cancel this case" in words(zhang.get(f"/tasks/{decided}"))
    assert "Agree to cancel" in words(zhang.get(f"/tasks/{decided}/deeds/agree_to_cancel"))
    assert fill(zhang, f"/tasks/{decided}/deeds/agree_to_cancel").status_code == 303
    told = words(wang.get(f"/cases/{case}"))
    assert "已撤销" in told and "张伟" in told


def test_li_asks_for_it_back_and_nobody_else_may(visit, works, case, decided):  # noqa: F811
    li = visit("li")
    assert f"/cases/{case}/deeds/ask_return" in words(li.get(f"/cases/{case}"))
    assert fill(li, f"/cases/{case}/deeds/ask_return", reason="金额填错").status_code == 303
    page = words(visit("zhang").get(f"/tasks/{decided}"))
    assert "申请退回" in page and "金额填错" in page and "agree_to_cancel" not in page
    sun = visit("sun")
    assert sun.get(f"/cases/{case}/deeds/ask_return").status_code == 403
    assert sun.get(f"/tasks/{decided}/deeds/agree_to_cancel").status_code == 403
