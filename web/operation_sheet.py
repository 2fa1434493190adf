"""The list of 流程监控 as an Excel sheet, with the filters of the page."""
import tempfile
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from flask import Response, g, send_file
from flask_babel import gettext as _

from data_model import clock
from engine import operations
from engine.operations import Page, Query
from web.i18n import tr
from web.ledger import sheet
from web.ledger.register import Column, Kind
from web.ledger.words import Names
from web.operation_filters import STATES

LIMIT = sheet.LIMIT
CHUNK = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _column(name: str, label: str, kind: Kind = Kind.TEXT) -> Column:
    return Column(name, label, kind, (), True, None)


COLUMNS = (
    _column("code", "编号"), _column("title", "标题"), _column("flow", "流程"), _column("version", "版本", Kind.NUMBER),
    _column("state", "状态"), _column("step", "当前步骤"), _column("failed", "异常", Kind.NUMBER), _column("starter_name", "发起人"),
    _column("started_at", "发起时间", Kind.MOMENT), _column("ended_at", "结束时间", Kind.MOMENT),
)


def answer(query: Query) -> Response | Any | None:
    """The file; None when it would have too many rows."""
    if operations.how_many(g.session, g.actor, query, LIMIT) > LIMIT:
        return None
    names = dict(operations.flows(g.session))
    out = tempfile.TemporaryFile()  # noqa: SIM115  send_file closes it when the last byte has left
    sheet.write(out, _("流程监控"), COLUMNS, _chunks(query, names))
    out.seek(0)
    return send_file(out, XLSX, as_attachment=True, max_age=0, download_name=f"{_('流程监控')}-{clock.today():%Y%m%d}.xlsx")


def _chunks(query: Query, names: dict[str, str]) -> Iterator[tuple[Sequence[Any], Names]]:
    for page in operations.rows(g.session, g.actor, query, CHUNK):
        yield [_row(page, case, names) for case in page.items], Names({}, {})
        g.session.expunge_all()


def _row(page: Page, case: Any, names: dict[str, str]) -> Any:
    steps = "、".join(dict.fromkeys(tr(step.name) for step in page.steps.get(case.id, ())))
    return SimpleNamespace(
        code=case.code, title=case.title, flow=tr(names.get(case.key, case.key)), version=page.versions.get(case.definition_id),
        state=tr(STATES.get(case.status, case.status)), step=steps, failed=page.failed.get(case.id), starter_name=case.starter_name,
        started_at=case.started_at, ended_at=case.ended_at)
