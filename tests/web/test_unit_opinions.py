"""单位常用意见 as those who lead a unit keep them, and as its people find them when they write an opinion."""
import html
import re

from sqlalchemy import select

from data_model.actor import SYSTEM
from data_model.casework import CannedOpinion
from data_model.session import unit_of_work


def sentences(page):
    return [html.unescape(words) for words in re.findall(r'<li data-phrase="([^"]*)"', page.get_data(as_text=True))]


def ids(house):
    with unit_of_work(SYSTEM, write=False) as session:
        return {row.text: row.id for row in session.scalars(select(CannedOpinion))}


def test_a_station_leader_keeps_what_his_people_pick_from(visit, house):
    zhang, plant = visit("zhang"), house["unit:plant1"]
    for words in ("同意，按期完成。", "请补充照片。"):
        assert zhang.post(f"/unit-opinions/{plant}", {"text": words}).status_code == 303
    page = zhang.get(f"/unit-opinions?unit={plant}")
    assert sentences(page) == ["同意，按期完成。", "请补充照片。"] and "(2)" in page.get_data(as_text=True)
    assert f'action="/unit-opinions/{plant}"' in page.get_data(as_text=True)
    assert zhang.post(f"/unit-opinions/sentences/{ids(house)['请补充照片。']}/up").status_code == 303
    assert sentences(zhang.get(f"/unit-opinions?unit={plant}")) == ["请补充照片。", "同意，按期完成。"]
    assert sentences(visit("wang").get("/me/opinions"))[-2:] == ["请补充照片。", "同意，按期完成。"]  # below the station
    assert zhang.post(f"/unit-opinions/{plant}/{ids(house)['请补充照片。']}/remove").status_code == 303
    assert sentences(visit("wang").get("/me/opinions")) == ["同意，按期完成。"]


def test_what_cannot_be_kept_is_said_beside_the_field_and_nothing_is_lost(visit, house):
    zhang = visit("zhang")
    answer = zhang.post(f"/unit-opinions/{house['unit:plant1']}", {"text": "长" * 201})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="phrase-error"' in page and "长" * 201 in page


def test_nobody_writes_for_a_unit_they_do_not_lead(visit, house):
    zhang, li = visit("zhang"), visit("li")
    assert li.get("/unit-opinions").status_code == 403
    assert zhang.get("/unit-opinions?unit=" + str(house["unit:qingyuan"])).status_code == 403
    assert zhang.post(f"/unit-opinions/{house['unit:qingyuan']}", {"text": "同意"}).status_code == 403
    zhao = visit("zhao")
    zhao.post(f"/unit-opinions/{house['unit:qingyuan']}", {"text": "公司的话"})
    number = ids(house)["公司的话"]
    assert zhang.post(f"/unit-opinions/sentences/{number}/up").status_code == 403
    assert zhang.post(f"/unit-opinions/{house['unit:qingyuan']}/{number}/remove").status_code == 403
    assert list(ids(house)) == ["公司的话"]
