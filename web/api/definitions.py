"""Definitions: which flows there are for me, and the form each begins with."""
from collections.abc import Iterator
from typing import Any

from flask import g
from sqlalchemy import select

from data_model.api_token import Scope
from data_model.permissions import EVERYONE
from data_model.process import DefinitionStatus, ProcessDefinition
from engine import catalog, designs
from engine.errors import Missing
from forms.context import FormContext
from web.api.form_shapes import shape_of
from web.api.route import Route, Sent, at, room
from web.asked import kind_of
from web.i18n import tr

bp = room("definitions", "/definitions")
READ = (Scope.DEFINITIONS_READ,)
VIEW = "process_instance.view"


@at(bp, "GET", "", Route(EVERYONE, READ, "我可以发起或查看的流程", "Definitions"))
def several(sent: Sent) -> dict[str, Any]:
    return {"items": [_shown(row) for row in _mine()]}


@at(bp, "GET", "/<key>", Route(EVERYONE, READ, "一个流程与它的发起表单", "DefinitionWithForm"))
def one(sent: Sent, key: str) -> dict[str, Any]:
    row = next((row for row in _mine() if row.key == key), None)
    if row is None:
        raise Missing("没有这个流程，或您不能发起它")
    asked = designs.start(g.session, key)
    form = kind_of(asked)(None, context=FormContext(g.session, g.actor, access=asked.access)) if _startable(row) else None
    return {"definition": _shown(row), "form": shape_of(form) if form else None}


def _mine() -> Iterator[ProcessDefinition]:
    """The effective versions that the person may start; all of them for whoever may view cases somewhere."""
    rows = g.session.scalars(select(ProcessDefinition).where(ProcessDefinition.status == DefinitionStatus.EFFECTIVE)
                             .order_by(ProcessDefinition.category, ProcessDefinition.name))
    return (row for row in rows.all() if g.actor.places(VIEW) or _startable(row))


def _startable(row: ProcessDefinition) -> bool:
    return g.actor.can("process.start") and catalog.may_start(g.actor, row.starters)


def _shown(row: ProcessDefinition) -> dict[str, Any]:
    return {"key": row.key, "name": tr(row.name), "category": tr(row.category), "version": row.version, "startable": _startable(row)}
