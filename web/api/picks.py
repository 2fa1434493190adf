"""What forms ask to be picked by id: people and places, found by a few letters."""
from typing import Any

from flask import g

from data_model.api_token import Scope
from web import org_search
from web.api.route import Route, Sent, at, room
from web.api.shapes import text

bp = room("picks", "/picks")
READ = (Scope.DEFINITIONS_READ, Scope.TASKS_ACT, Scope.CASES_START)
QUERY = {"q": text("名称、岗位、工号或编号包含的文字", maxLength=org_search.LONGEST)}


@at(bp, "GET", "/people", Route("org.search", READ, "人员，最多 20 个", "Picks", QUERY))
def people(sent: Sent) -> dict[str, Any]:
    return {"items": org_search.people(g.session, g.actor, sent.query["q"])}


@at(bp, "GET", "/units", Route("org.search", READ, "厂站、网格和单元，最多 20 个", "Picks", QUERY))
def units(sent: Sent) -> dict[str, Any]:
    return {"items": org_search.units(g.session, g.actor, sent.query["q"])}
