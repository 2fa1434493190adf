"""台账: list, detail and Excel sheet of every register; the routes are made from web/registers, one permission each."""
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, false, or_, select

from data_model import clock
from data_model.attachment import Attachment, attachments_of
from data_model.base import HasAttachments, subtree
from data_model.process import ProcessInstance
from data_model.scope import EVERYWHERE
from engine import sight
from engine.errors import Missing
from web.access import allow
from web.i18n import tr
from web.ledger import present, query, sheet
from web.ledger.query import Question, asked
from web.ledger.register import Register, all_registers
from web.ledger.words import Names, names_of_rows, names_on

bp = Blueprint("ledger", __name__, url_prefix="/ledger")

CHUNK = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def open_ledger(register: Register) -> None:
    """The routes of one register: /ledger/<key>, /ledger/<key>/<id>, /ledger/<key>/export."""
    def page() -> str:
        return _list(register)

    def row(row_id: int) -> str:
        return _detail(register, row_id)

    def export() -> Any:
        return _export(register)

    view = register.permission("view")
    _route(f"/{register.key}", register.key, view, page)
    _route(f"/{register.key}/<int:row_id>", f"{register.key}_row", view, row)
    if register.export:
        _route(f"/{register.key}/export", f"{register.key}_export", register.permission("export"), export)


def _route(rule: str, endpoint: str, permission: str, view: Callable[..., Any]) -> None:
    bp.add_url_rule(rule, endpoint, allow(permission)(view))


def _list(register: Register) -> str:
    question = asked(register, request.args)
    page = query.one_page(g.session, register, question)
    columns = register.shown(register.columns)
    names = names_of_rows(g.session, columns, page.rows)
    filters = present.filters(g.session, register, question)
    by_choice, by_flag = query.counts(g.session, register, question) if register.chips else ({}, {})
    return render_template(
        "ledger/list.html", register=register, ledgers=_open_to_me(), question=question, following=page.following, columns=columns,
        rows=[(row.id, {c.name: present.cell(register, row, c, names) for c in columns}) for row in page.rows],
        chips=present.chips(register, question, by_choice) if register.chips else [], total=sum(by_choice.values()),
        flags=by_flag, filters=filters, active=present.active(register, filters), address=_address(register),
        may_export=bool(register.export) and g.actor.can(register.permission("export")))


def _open_to_me() -> list[Register]:
    return [register for register in all_registers().values() if g.actor.can(register.permission("view"))]


def _address(register: Register) -> Callable[..., str]:
    """The list's address with some of its questions changed; a change of question goes back to the first page."""
    kept = {name: request.args.getlist(name) for name in request.args if name != "after"}

    def address(_to: str = "", **changed: Any) -> str:
        asked_for = {name: value for name, value in {**kept, **changed}.items() if value not in ("", None, [], [""])}
        return url_for(f".{register.key}{_to}", **asked_for)
    return address


def _detail(register: Register, row_id: int) -> str:
    row = g.session.scalar(select(register.model).where(register.model.id == row_id)) if row_id < 2**53 else None
    if row is None:
        raise Missing("记录不存在，或您无权查看")
    columns = register.shown(tuple(dict.fromkeys(name for section in register.sections for name in section.columns)))
    entries = present.changes(g.session, register, row_id)
    told = [(c, getattr(row, c.name)) for c in columns]
    names = names_on(g.session, [*told, *present.cells_of(register, entries)], (entry.actor_id for entry in entries))
    return render_template(
        "ledger/detail.html", register=register, row=row, cells=(cells := {c.name: present.cell(register, row, c, names) for c in columns}),
        sections=present.sections(register, cells, _photos(row)), history=present.history(register, entries, names),
        case=_case(register, row_id), related=_related(register, row_id))


def _photos(row: Any) -> dict[str, list[Attachment]]:
    """The files of a row by stage."""
    found: dict[str, list[Attachment]] = {}
    if isinstance(row, HasAttachments):
        for file in attachments_of(g.session, row.__tablename__, row.id):
            found.setdefault(file.stage, []).append(file)
    return found


def _case(register: Register, row_id: int) -> ProcessInstance | None:
    """The case that feeds the row, when the actor may open it: by the wall, or by a task."""
    chosen = select(ProcessInstance).where(ProcessInstance.subject_kind == register.key, ProcessInstance.subject_id == row_id) \
        .order_by(ProcessInstance.id.desc()).limit(1)
    case = g.session.scalar(chosen)
    if case is None and sight.may_see_subject(g.session, g.actor, register.key, row_id):
        case = g.session.scalar(chosen, execution_options=EVERYWHERE)
    return case


def _related(register: Register, row_id: int) -> list[tuple[str, Register, Sequence[Any]]]:
    """Rows of other ledgers that point here, as far as the actor may see them."""
    found = []
    for key, column, caption in register.related:
        other = all_registers()[key]
        if g.actor.can(other.permission("view")):
            rows = g.session.scalars(select(other.model).where(getattr(other.model, column) == row_id).limit(20)).all()
            found += [(_(caption), other, rows)] if rows else []
    return found


def _export(register: Register) -> Response | Any:
    question = asked(register, request.args)
    reach = _reach(register)
    if query.how_many(g.session, register, question, reach, sheet.LIMIT) > sheet.LIMIT:
        flash(tr("超过 {limit} 行，无法一次导出。请用筛选缩小范围后再导出。", limit=f"{sheet.LIMIT:,}"), "warning")
        return redirect(_address(register)())
    out = tempfile.TemporaryFile()  # noqa: SIM115  send_file closes it when the last byte has left
    sheet.write(out, _(register.title), register.shown(register.export), _chunks(register, question, reach))
    out.seek(0)
    return send_file(out, XLSX, as_attachment=True, max_age=0,
                     download_name=f"{_(register.title)}-{clock.today():%Y%m%d}.xlsx")


def _reach(register: Register) -> ColumnElement[bool]:
    """Seeing is not taking away: only rows below a place where the actor may export."""
    places = g.actor.places(register.permission("export"))
    return or_(false(), *(subtree(register.model.org_path, place) for place in places))


def _chunks(register: Register, question: Question, reach: ColumnElement[bool]) -> Iterator[tuple[Sequence[Any], Names]]:
    columns = register.shown(register.export)
    for rows in query.all_rows(g.session, register, question, reach, CHUNK):
        yield rows, names_of_rows(g.session, columns, rows)
        g.session.expunge_all()


@bp.get("")
@allow("hidden_danger.view")
def index():
    return redirect(url_for(".hidden_danger"))


for _register in all_registers().values():
    open_ledger(_register)
