"""Every deed on a task and a case at the screen: done, refused to a third, told to who comes second, counted once."""
import base64
import html
import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image

from data_model.casework import CaseCopy, TaskDraft
from data_model.process import HistoryEvent, ProcessInstance, Task
from tests.diagrams import end, start, user
from tests.engine.workshop import Workshop

SIGNED = '[{"value":"agree","label":"同意","signature":true},{"value":"refuse","label":"不同意","opinion":true,"style":"danger"}]'
PLAIN = '[{"value":"agree","label":"同意"},{"value":"refuse","label":"不同意","opinion":true,"style":"danger"}]'


def words(answer):
    return html.unescape(answer.get_data(as_text=True))


def key(page):
    return re.search(r'name="idem_key" value="(\w+)"', words(page))[1]


def fill(visitor, address, **fields):
    """Open a deed's sheet, then send its form."""
    return visitor.post(address, {"idem_key": key(visitor.get(address)), **fields})


@pytest.fixture
def works(house):
    return Workshop(house)


@pytest.fixture
def case(works):
    """Wang applies, Li reviews, then Zhang decides."""
    works.deploy(start("s"), user("review", candidates=f"users([{works.ids['li']}])", outcomes=PLAIN, allow="transfer,delegate,cc,remind"),
                 user("decide", candidates=f"users([{works.ids['zhang']}])", outcomes=PLAIN), end("e"), "s > review > decide > e")
    return works.start()


@pytest.fixture
def task(works, case):
    return works.task("review")


def lines(works, action):
    return [event for event in works.rows(HistoryEvent) if event.action == action]


# ── 转办 ──


def test_li_hands_the_task_to_chen_who_sees_from_whom(visit, works, task):
    li = visit("li")
    assert f"/tasks/{task}/deeds/transfer" in words(li.get(f"/tasks/{task}"))
    sent = fill(li, f"/tasks/{task}/deeds/transfer", to=works.ids["chen"], reason="本周在外地培训")
    assert sent.status_code == 303 and "已转办" in words(li.get(sent.location))
    page = words(visit("chen").get(f"/tasks/{task}"))
    assert "来自" in page and "李敏" in page and "本周在外地培训" in page and 'id="step-form"' in page
    assert [(e.actor_name, e.data["to"]["name"], e.opinion) for e in lines(works, "transfer")] == [("李敏", "陈刚", "本周在外地培训")]


@pytest.mark.parametrize(("fields", "field", "text"), [
    ({"to": "chen", "reason": ""}, "reason", "请填写原因"), ({"to": "chen", "reason": "  "}, "reason", "请填写原因"),
    ({"to": "", "reason": "培训"}, "to", "请选择接收人"), ({"to": "qian", "reason": "培训"}, "to", "请从本公司在职人员中选择"),
    ({"to": "chen", "reason": "长" * 501}, "reason", "最多 500 个字"),
])
def test_what_is_missing_is_said_beside_the_field(visit, works, task, fields, field, text):
    sent = fill(visit("li"), f"/tasks/{task}/deeds/transfer", **{**fields, "to": works.ids.get(fields["to"], "")})
    assert sent.status_code == 422 and text in re.search(rf'id="{field}-error".*?</div>', words(sent), re.S)[0]
    assert lines(works, "transfer") == []


def test_the_words_are_kept_when_the_engine_refuses(visit, works, case):
    """Zhang has no task yet, but Sun is barred: here Li asks herself."""
    task, li = works.task("review"), visit("li")
    sent = fill(li, f"/tasks/{task}/deeds/transfer", to=works.ids["li"], reason="写给自己")
    assert sent.status_code == 422 and "写给自己" in words(sent)


@pytest.mark.parametrize("deed", ["transfer", "delegate", "take_back"])
@pytest.mark.parametrize("who", ["sun", "feng"])
def test_a_third_person_may_not(visit, works, task, deed, who):
    third = visit(who)
    assert third.get(f"/tasks/{task}/deeds/{deed}").status_code == 403
    sent = third.post(f"/tasks/{task}/deeds/{deed}", {"idem_key": "k" * 32, "to": works.ids["chen"], "reason": "抢走"})
    assert sent.status_code == 403 and not lines(works, deed)


def test_who_hands_over_second_is_told_who_was_first_and_keeps_the_words(visit, works):
    works.deploy(start("s"), user("review", candidates=f"users([{works.ids['li']}, {works.ids['sun']}])", outcomes=PLAIN), end("e"),
                 "s > review > e")
    works.start()
    task, li, sun = works.task("review"), visit("li"), visit("sun")
    opened = key(sun.get(f"/tasks/{task}/deeds/transfer"))
    fill(li, f"/tasks/{task}/deeds/transfer", to=works.ids["chen"], reason="培训")
    late = sun.post(f"/tasks/{task}/deeds/transfer", {"idem_key": opened, "to": works.ids["zhang"], "reason": "请厂长来看"})
    assert late.status_code == 409 and "已由 李敏 于" in words(late) and "请厂长来看" in words(late)
    assert len(lines(works, "transfer")) == 1


def test_the_same_form_twice_counts_once(visit, works, task):
    li = visit("li")
    filled = {"idem_key": key(li.get(f"/tasks/{task}/deeds/transfer")), "to": works.ids["chen"], "reason": "培训"}
    first, second = (li.post(f"/tasks/{task}/deeds/transfer", filled) for _ in range(2))
    assert first.status_code == second.status_code == 303 and len(lines(works, "transfer")) == 1


def test_eight_clicks_and_two_rivals_at_once_have_one_effect(visit, web_app, works):
    """Li clicks four times with one form, Sun four times with hers: one of them hands it over, once."""
    works.deploy(start("s"), user("review", candidates=f"users([{works.ids['li']}, {works.ids['sun']}])"), end("e"), "s > review > e")
    works.start()
    address = f"/tasks/{works.task('review')}/deeds/transfer"
    people = [visit("li"), visit("sun")]
    keys = [key(one.get(address)) for one in people]

    def click(number):
        who, browser = people[number % 2], web_app.test_client()
        browser.set_cookie("anlan", who.cookie())
        browser.set_cookie("anlan_page", who.cookie("anlan_page"))
        filled = {"idem_key": keys[number % 2], "to": works.ids["chen"], "reason": "培训"}
        return number % 2, browser.post(address, data=filled, headers={"X-CSRFToken": who.token}).status_code

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(click, range(8)))
    won = {who for who, status in told if status == 303}
    assert len(won) == 1 and {status for who, status in told if who not in won} == {409}
    assert {status for who, status in told if who in won} == {303} and len(lines(works, "transfer")) == 1


def test_a_sheet_is_a_fragment_and_sends_the_browser_on(visit, works, task):
    li, htmx = visit("li"), {"HX-Request": "true"}
    sheet = li.get(f"/tasks/{task}/deeds/transfer", headers=htmx)
    assert "<html" not in words(sheet) and "data-ask" in words(sheet)
    sent = li.post(f"/tasks/{task}/deeds/transfer", {"idem_key": key(sheet), "to": works.ids["chen"], "reason": "培训"}, headers=htmx)
    assert sent.status_code == 204 and sent.headers["HX-Redirect"].startswith("/inbox")


def test_what_the_diagram_does_not_allow_is_not_shown(visit, works):
    works.deploy(start("s"), user("review", candidates=f"users([{works.ids['li']}])", allow="remind"), end("e"), "s > review > e")
    works.start()
    task, li = works.task("review"), visit("li")
    assert "/deeds/transfer" not in words(li.get(f"/tasks/{task}")) and "/deeds/cc" not in words(li.last)
    assert li.get(f"/tasks/{task}/deeds/transfer").status_code == 403
    assert li.post(f"/tasks/{task}/deeds/transfer", {"idem_key": "k", "to": works.ids["chen"], "reason": "x"}).status_code == 403


# ── 委派 ──


def test_li_asks_chen_and_decides_with_his_answer(visit, works, task):
    li, chen = visit("li"), visit("chen")
    assert fill(li, f"/tasks/{task}/deeds/delegate", to=works.ids["chen"], reason="请核对报价").status_code == 303
    asked = chen.get(f"/tasks/{task}")
    assert "请您协助" in words(asked) and 'value="agree"' not in words(asked) and f"/tasks/{task}/give_back" in words(asked)
    refused = chen.post(f"/tasks/{task}/give_back", {"idem_key": key(asked), "opinion": " "})
    assert refused.status_code == 422 and "请填写原因" in re.search(r'id="opinion-error".*?</div>', words(refused), re.S)[0]
    assert chen.post(f"/tasks/{task}", {"idem_key": "k" * 32, "outcome": "agree"}).status_code == 403
    sent = chen.post(f"/tasks/{task}/give_back", {"idem_key": key(refused), "opinion": "报价无误"})
    assert sent.status_code == 303
    page = words(li.get(f"/tasks/{task}"))
    assert "报价无误" in page and 'value="agree"' in page
    assert li.post(f"/tasks/{task}", {"idem_key": key(li.last), "outcome": "agree"}).status_code == 303


def test_li_does_not_wait_and_takes_it_back(visit, works, task):
    li = visit("li")
    fill(li, f"/tasks/{task}/deeds/delegate", to=works.ids["chen"], reason="请核对报价")
    assert "等待对方交回" in words(li.get(f"/tasks/{task}")) and 'id="step-form"' not in words(li.last)
    assert fill(li, f"/tasks/{task}/deeds/take_back", reason="来不及了").status_code == 303
    assert 'id="step-form"' in words(li.get(f"/tasks/{task}"))
    late = visit("chen").post(f"/tasks/{task}/give_back", {"idem_key": "k" * 32, "opinion": "报价无误"})
    assert late.status_code in (403, 409) and "报价无误" not in [e.opinion for e in works.rows(HistoryEvent)]


# ── 抄送, 关注, 催办, 评论 ──


def test_a_copy_opens_this_case_to_qian_alone_and_shows_whether_he_read_it(visit, works, case):
    wang = visit("wang")
    address = f"/cases/{case}/deeds/cc"
    empty = fill(wang, address)
    assert empty.status_code == 422 and "请至少选择一人" in words(empty)
    assert visit("sun").get(f"/cases/{case}").status_code == 200  # a leader of the station sees it anyway
    assert fill(wang, address, people=[works.ids["chen"]], note="请知悉").status_code == 303
    page = words(wang.get(f"/cases/{case}"))
    assert "未读" in page and "请知悉" in page
    chen = visit("chen")
    assert f"/cases/{case}/read" in words(chen.get(f"/cases/{case}")) and chen.post(f"/cases/{case}/read").status_code == 204
    assert [copy.read_at is not None for copy in works.rows(CaseCopy)] == [True] and "已读" in words(wang.get(f"/cases/{case}"))
    assert visit("feng").get(f"/cases/{case}").status_code == 403


def test_following_and_no_more(visit, works, case):
    wang = visit("wang")
    assert wang.post(f"/cases/{case}/follow").status_code == 303 and f"/cases/{case}/unfollow" in words(wang.get(f"/cases/{case}"))
    assert wang.post(f"/cases/{case}/unfollow").status_code == 303 and f"/cases/{case}/follow" in words(wang.get(f"/cases/{case}"))
    assert visit("feng").post(f"/cases/{case}/follow").status_code == 403


def test_the_starter_nudges_once_an_hour(visit, works, case):
    wang = visit("wang")
    for said in ("已催办", "一小时内已催办过"):
        back = wang.post(f"/cases/{case}/remind", {"idem_key": key(wang.get(f"/cases/{case}"))})
        assert back.status_code == 303 and said in words(wang.get(back.location))
    assert visit("li").post(f"/cases/{case}/remind", {"idem_key": "r" * 32}).status_code == 403
    assert visit("feng").post(f"/cases/{case}/remind", {"idem_key": "s" * 32}).status_code == 403
    assert len(lines(works, "remind")) == 1


def test_talk_with_a_mention_of_sun(visit, works, case):
    li = visit("li")
    sent = li.post(f"/cases/{case}/comments", {"idem_key": "c" * 32, "text": "@孙丽 请看一下<b>报价</b>", "mentions": works.ids["sun"]},
                   headers={"HX-Request": "true"})
    page = sent.get_data(as_text=True)
    assert sent.status_code == 200 and '<span class="mention">@孙丽</span>' in page and "&lt;b&gt;" in page
    empty = li.post(f"/cases/{case}/comments", {"idem_key": "d" * 32, "text": " "}, headers={"HX-Request": "true"})
    assert empty.status_code == 422 and "请填写评论" in words(empty)
    assert "提到了您" in words(visit("sun").get("/me/messages"))
    assert li.post(f"/cases/{case}/comments", {"idem_key": "c" * 32, "text": "@孙丽 请看一下<b>报价</b>", "mentions": works.ids["sun"]}
                   ).status_code == 303 and len(lines(works, "comment")) == 1
    assert visit("feng").post(f"/cases/{case}/comments", {"idem_key": "e" * 32, "text": "偷看"}).status_code == 403


# ── 暂存 ──


def test_a_draft_waits_for_its_writer_and_goes_when_discarded(visit, works, task):
    li = visit("li")
    saved = li.post(f"/tasks/{task}/draft", {"opinion": "初步同意，", "idem_key": "x", "outcome": "agree"})
    assert saved.get_json()["saved"] and [row.data for row in works.rows(TaskDraft)] == [{"typed": {"opinion": ["初步同意，"]}}]
    page = words(visit("li").get(f"/tasks/{task}"))
    assert "已恢复草稿" in page and "初步同意，</textarea>" in page
    assert li.post(f"/tasks/{task}/draft/drop").status_code == 303
    assert "已恢复草稿" not in words(li.get(f"/tasks/{task}")) and works.rows(TaskDraft) == []
    assert visit("feng").post(f"/tasks/{task}/draft", {"opinion": "x"}).status_code == 403


def test_who_types_on_is_told_that_somebody_was_first(visit, works):
    works.deploy(start("s"), user("review", candidates=f"users([{works.ids['li']}, {works.ids['sun']}])"), end("e"), "s > review > e")
    works.start()
    task = works.task("review")
    works.do("li", "review")
    late = visit("sun").post(f"/tasks/{task}/draft", {"opinion": "建议"})
    assert late.status_code == 409 and "已由 李敏 于" in late.get_json()["error"]


# ── 手写签名 ──


def drawn(size=(300, 90)):
    out = BytesIO()
    Image.new("RGBA", size, (0, 0, 0, 0)).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


@pytest.fixture
def signing(works):
    works.deploy(start("s"), user("sign", candidates=f"users([{works.ids['li']}])", outcomes=SIGNED), end("e"), "s > sign > e")
    works.start()
    return works.task("sign")


def test_a_signature_is_wanted_kept_and_shown(visit, works, signing):
    li = visit("li")
    page = li.get(f"/tasks/{signing}")
    assert "data-pad" in words(page)
    refused = li.post(f"/tasks/{signing}", {"idem_key": key(page), "outcome": "agree"})
    assert refused.status_code == 422 and "请手写签名" in words(refused)
    sent = li.post(f"/tasks/{signing}", {"idem_key": key(refused), "outcome": "agree", "signature": drawn()})
    assert sent.status_code == 303
    (event,) = lines(works, "complete")
    shown = words(visit("wang").get(f"/cases/{works.rows(ProcessInstance)[0].id}"))
    assert f'src="/files/{event.signature["file"]}"' in shown
    assert visit("wang").get(f"/files/{event.signature['file']}").content_type == "image/png"
    assert visit("feng").get(f"/files/{event.signature['file']}").status_code == 404


def test_a_draft_keeps_the_signature(visit, works, signing):
    li = visit("li")
    page = li.get(f"/tasks/{signing}")
    kept = li.post(f"/tasks/{signing}/draft", {"opinion": "同意", "signature": drawn()}).json["signature"]
    again = li.get(f"/tasks/{signing}").get_data(as_text=True)
    assert f'name="signature" value="{kept}"' in again and f'data-image="/files/{kept}"' in again
    assert li.post(f"/tasks/{signing}/draft", {"opinion": "同意。", "signature": str(kept)}).json["signature"] == kept
    sent = li.post(f"/tasks/{signing}", {"idem_key": key(page), "outcome": "agree", "signature": str(kept)})
    assert sent.status_code == 303 and works.rows(HistoryEvent)[1].signature["file"] == kept


def test_a_refused_form_comes_back_signed(visit, works, signing):
    li = visit("li")
    refused = li.post(f"/tasks/{signing}", {"idem_key": key(li.get(f"/tasks/{signing}")), "outcome": "refuse", "signature": drawn()})
    kept = re.search(r'name="signature" value="(\d+)" data-image', words(refused))[1]
    sent = li.post(f"/tasks/{signing}", {"idem_key": key(refused), "outcome": "agree", "signature": kept})
    assert sent.status_code == 303 and lines(works, "complete")[0].signature["file"] == int(kept)


@pytest.mark.parametrize("sent", ["data:image/png;base64,%%%", "data:image/png;base64,QUJD", "99999", drawn((4000, 10))])
def test_what_is_no_signature_of_ones_own_is_not_taken(visit, works, signing, sent):
    li = visit("li")
    answer = li.post(f"/tasks/{signing}", {"idem_key": key(li.get(f"/tasks/{signing}")), "outcome": "agree", "signature": sent})
    assert answer.status_code == 422 and lines(works, "complete") == []


def test_an_answer_that_wants_a_photo(visit, works):
    wants = '[{"value":"agree","label":"同意","attachment":true}]'
    works.deploy(start("s"), user("review", candidates=f"users([{works.ids['li']}])", outcomes=wants), end("e"), "s > review > e")
    case = works.start()
    li, task = visit("li"), works.task("review")
    refused = li.post(f"/tasks/{task}", {"idem_key": key(li.get(f"/tasks/{task}")), "outcome": "agree"})
    assert refused.status_code == 422 and "请添加附件" in re.search(r'id="files-error".*?</div>', words(refused), re.S)[0]
    picture = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "JPEG")
    sent = li.post(f"/tasks/{task}", {"idem_key": key(refused), "outcome": "agree", "files-file": (BytesIO(picture.getvalue()), "现场.jpg")})
    assert sent.status_code == 303
    (kept,) = lines(works, "complete")[0].files
    assert f'src="/files/{kept}/thumb"' in words(visit("wang").get(f"/cases/{case}"))


# ── 撤销 ──


def test_the_starter_cancels_in_a_sheet(visit, works, case):
    wang = visit("wang")
    assert fill(wang, f"/cases/{case}/deeds/cancel", reason="").status_code == 422
    assert fill(wang, f"/cases/{case}/deeds/cancel", reason="重复提交").status_code == 303
    assert works.instance(case).status == "cancelled" and "重复提交" in words(wang.get(f"/cases/{case}"))
    assert [t.status for t in works.rows(Task)] == ["closed"]
    again = wang.post(f"/cases/{case}/deeds/cancel", {"idem_key": "k" * 32, "reason": "再来"})
    assert again.status_code == 409


# ── 退回, 撤回, 驳回 ──


@pytest.fixture
def approval(works):
    """Wang writes, Li and Sun check one after the other, Zhang decides."""
    works.deploy(start("s"), user("write", candidates="starter()"), user("check", candidates=f"users([{works.ids['li']}])"),
                 user("decide", candidates=f"users([{works.ids['zhang']}])", outcomes=PLAIN, returnable_to="any",
                      allow="return,reject,add_signer,withdraw"), end("e"), "s > write > check > decide > e")
    case = works.start()
    works.do("wang", "write")
    works.do("li", "check")
    return case


def test_zhang_returns_to_wang_who_reads_why(visit, works, approval):
    zhang, task = visit("zhang"), works.task("decide")
    sheet = zhang.get(f"/tasks/{task}/deeds/return")
    page = words(sheet)
    assert 'value="write"' in page and "王强" in page and "「check」须重新办理" in page
    none = zhang.post(f"/tasks/{task}/deeds/return", {"idem_key": key(sheet), "reason": "缺附件"})
    assert none.status_code == 422 and "请选择退回到哪一步" in words(none) and "缺附件" in words(none)
    filled = {"idem_key": key(none), "element": "write", "reason": "缺附件"}
    assert [zhang.post(f"/tasks/{task}/deeds/return", filled).status_code for _ in range(2)] == [303, 303]
    assert works.waiting() == ["write"] and len(lines(works, "return")) == 1
    page = words(visit("wang").get(f"/tasks/{works.task('write')}"))
    assert "第 2 轮" in page and re.search(r'is-returned.*?张伟.*?缺附件', page, re.S)
    late = zhang.post(f"/tasks/{task}/deeds/return", {**filled, "idem_key": "n" * 32})
    assert late.status_code == 409 and "缺附件" in words(late)


def test_zhang_rejects_for_good(visit, works, approval):
    zhang, task = visit("zhang"), works.task("decide")
    assert fill(zhang, f"/tasks/{task}/deeds/reject", reason="").status_code == 422
    assert fill(zhang, f"/tasks/{task}/deeds/reject", reason="预算不批").status_code == 303
    page = words(visit("wang").get(f"/cases/{approval}"))
    assert works.open_tasks() == [] and "已驳回" in page and "预算不批" in page


def test_li_takes_her_step_back_until_zhang_acts(visit, works, approval):
    li, checked = visit("li"), next(t for t in works.rows(Task) if t.element_id == "check")
    assert f"/tasks/{checked.id}/deeds/withdraw" in words(li.get(f"/tasks/{checked.id}"))
    assert f"/tasks/{checked.id}/deeds/withdraw" in words(li.get(f"/cases/{approval}"))
    assert "「decide」将关闭（张伟）" in words(li.get(f"/tasks/{checked.id}/deeds/withdraw"))
    sent = fill(li, f"/tasks/{checked.id}/deeds/withdraw", reason="看错了")
    assert sent.status_code == 303 and sent.location == f"/tasks/{works.task('check')}" and works.waiting() == ["check"]
    works.do("li", "check")
    works.do("zhang", "decide", "agree")
    late = li.post(f"/tasks/{checked.id}/deeds/withdraw", {"idem_key": "w" * 32, "reason": "看错了"})
    assert late.status_code == 409 and "/deeds/withdraw" not in words(li.get(f"/tasks/{checked.id}"))


@pytest.mark.parametrize("deed", ["return", "reject", "withdraw", "add_signer", "remove_signer"])
@pytest.mark.parametrize("who", ["wang", "feng"])
def test_these_too_are_not_for_a_third(visit, works, approval, deed, who):
    task, third = works.task("decide"), visit(who)
    assert third.get(f"/tasks/{task}/deeds/{deed}").status_code == 403
    sent = third.post(f"/tasks/{task}/deeds/{deed}", {"idem_key": "k" * 32, "element": "write", "reason": "x", "where": "before",
                                                      "people": works.ids["sun"], "signer": f"task:{task}"})
    assert sent.status_code in (403, 409, 422) and works.waiting() == ["decide"]


# ── 加签, 减签, 会签 ──


def test_zhang_asks_sun_before_and_thinks_better_of_it(visit, works, approval):
    zhang, task = visit("zhang"), works.task("decide")
    address = f"/tasks/{task}/deeds/add_signer"
    assert 'value="alongside"' not in words(zhang.get(address))  # one person decides here: nobody to sign beside
    assert fill(zhang, address, people=works.ids["sun"], where="", reason="请把关").status_code == 422
    assert fill(zhang, address, people=works.ids["sun"], where="before", reason="请把关").status_code == 303
    page = words(zhang.get(f"/tasks/{task}"))
    assert "这一步在等别人" in page and "孙丽" in page and "前加签" in page and "待签" in page
    sun = next(t for t in works.open_tasks())
    assert "请您加签：请把关" in words(visit("sun").get(f"/tasks/{sun.id}"))
    gone = fill(zhang, f"/tasks/{task}/deeds/remove_signer", signer=f"task:{sun.id}", reason="不必了")
    assert gone.status_code == 303 and [t.id for t in works.open_tasks()] == [task]


def test_a_signing_shows_who_voted_and_what_is_still_needed(visit, works):
    three = ", ".join(str(works.ids[who]) for who in ("li", "chen", "sun"))
    works.deploy(start("s"), user("sign", candidates=f"users([{three}])", outcomes=PLAIN, signing='{"mode":"ratio","ratio":60}',
                                  allow="add_signer"), end("e"), "s > sign > e")
    works.start()
    works.do("li", "sign", "agree")
    chen, task = visit("chen"), works.task("sign", "chen")
    page = words(chen.get(f"/tasks/{task}"))
    assert "60% 同意即通过 · 已同意 1 人，还需 1 人" in page and page.count("待签") == 2
    assert fill(chen, f"/tasks/{task}/deeds/add_signer", people=works.ids["zhang"], where="alongside", reason="人多些").status_code == 303
    page = words(chen.get(f"/tasks/{task}"))
    assert "已同意 1 人，还需 2 人" in page and page.count("待签") == 3


# ── 常用意见, 委托 ──


def test_ready_opinions_of_ones_own(visit, works, task):
    li = visit("li")
    assert li.post("/me/opinions", {"text": " "}).status_code == 422
    assert li.post("/me/opinions", {"text": "同意，请按计划实施。"}).status_code == 303
    assert 'data-canned="同意，请按计划实施。"' in words(li.get(f"/tasks/{task}"))
    remove = re.search(r"/me/opinions/\d+/remove", words(li.get("/me/opinions")))[0]
    assert visit("sun").post(remove).status_code == 404
    assert li.post(remove).status_code == 303 and "同意，请按计划实施。" not in words(li.get("/me/opinions"))


def test_chen_does_li_tasks_while_she_is_away_and_the_history_says_so(visit, works, case, task):
    li, chen = visit("li"), visit("chen")
    page = li.get("/me/agent")
    begins, ends = (re.search(rf'name="{name}"[^>]*value="([^"]+)"', words(page))[1] for name in ("begins", "ends"))
    assert chen.get(f"/tasks/{task}").status_code == 403
    early = li.post("/me/agent", {"agent": works.ids["chen"], "begins": ends, "ends": begins})
    assert early.status_code == 422 and "结束时间须晚于" in re.search(r'id="ends-error".*?</div>', words(early), re.S)[0]
    assert li.post("/me/agent", {"agent": works.ids["chen"], "begins": begins, "ends": ends, "reason": "年假"}).status_code == 303
    page = words(chen.get(f"/tasks/{task}"))
    assert "您正在代 李敏 办理" in page and "委托给我的" in words(chen.get("/me/agent"))
    chen.get(f"/tasks/{task}")
    assert chen.post(f"/tasks/{task}", {"idem_key": key(chen.last), "outcome": "agree"}).status_code == 303
    (done,) = lines(works, "complete")
    assert (done.actor_name, done.on_behalf_name) == ("陈刚", "李敏")
    assert re.search(r"陈刚</span><span class=\"quiet\">代 <span data-text>李敏", words(visit("wang").get(f"/cases/{case}")))
    end = re.search(r"/me/agent/\d+/end", words(li.get("/me/agent")))[0]
    assert visit("sun").post(end).status_code == 403
    assert li.post(end).status_code == 303 and li.post(end).status_code == 409
