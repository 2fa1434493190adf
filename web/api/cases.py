"""Cases: lists, one, its history, its diagram; and starting one."""
from dataclasses import replace
from typing import Any

from flask import g

from data_model.api_token import Scope
from data_model.permissions import EVERYONE
from data_model.process import InstanceStatus
from engine import actions, case_lists, cases, catalog, designs, fillings
from engine.case_lists import Which
from engine.errors import Missing
from forms.context import FormContext
from web.api import show
from web.api.filled import filled
from web.api.lists import SEARCH, page
from web.api.route import Route, Sent, at, room
from web.api.shapes import FORMS, FREE, asked, text, word

bp = room("cases", "/cases")
READ, START = (Scope.CASES_READ,), (Scope.CASES_START,)
LIST = {"which": word(Which, "started 我发起的；mine 我发起或办理过的；visible 我有权查看的", default="mine"), **SEARCH,
        "status": word(InstanceStatus), **page("[0-9]{1,15}")}
BEGIN = asked({"definition": text("流程标识", maxLength=64), "answers": {**FREE, "description": "发起表单的字段"}}, ("definition", "answers"),
              **{FORMS: "start"})


@at(bp, "GET", "", Route(EVERYONE, READ, "流程实例，最新的在前", "CasePage", LIST))
def several(sent: Sent) -> dict[str, Any]:
    query = sent.query
    found = case_lists.page(g.session, g.actor, query["which"], text=query["q"], process_key=query["flow"], status=query["status"],
                            before=int(query["cursor"] or 0), size=query["limit"])
    return show.page(map(show.case_row, found.items), found.next)


@at(bp, "POST", "", Route("process.start", START, "发起流程", "Answer", body=BEGIN, keyed=True, status=201, location="/cases/{case_id}"))
def begin(sent: Sent) -> dict[str, Any]:
    key = sent.body["definition"]
    if key not in {one.key for one in catalog.startable(g.session, g.actor)}:
        raise Missing("没有这个流程，或您不能发起它")
    asked = designs.start(g.session, key)
    answers = filled(asked, FormContext(g.session, g.actor, access=asked.access), sent.body["answers"])
    return show.answer(actions.start(g.session, g.actor, key, answers, idem_key=sent.idem_key, unit_id=answers.get("grid")))


@at(bp, "GET", "/<int:instance_id>", Route(EVERYONE, READ, "一个流程实例：走到哪一步、在谁手中", "Case"))
def one(sent: Sent, instance_id: int) -> dict[str, Any]:
    return show.case(cases.case_view(g.session, g.actor, instance_id))


@at(bp, "GET", "/<int:instance_id>/timeline", Route(EVERYONE, READ, "履历，最早的在前，等待中的步骤在最后", "Timeline"))
def timeline(sent: Sent, instance_id: int) -> dict[str, Any]:
    veil = fillings.veil(g.session, g.actor, cases.case_view(g.session, g.actor, instance_id).instance)
    return {"items": [show.line(replace(line, data=veil(line.element_id, line.data))) for line in cases.timeline(g.session, instance_id)]}


@at(bp, "GET", "/<int:instance_id>/diagram", Route(EVERYONE, READ, "流程图与当前位置", "Diagram"))
def diagram(sent: Sent, instance_id: int) -> dict[str, Any]:
    cases.case_view(g.session, g.actor, instance_id)
    return show.marks(cases.diagram(g.session, instance_id))
