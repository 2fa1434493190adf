"""What the page of a decision table asks as one works on it: keep the draft, look it over, try it, keep a test row."""
from typing import Any

from flask import Blueprint, abort, g, jsonify, request

from data_model.session import unit_of_work
from data_model.workshop import Kind
from engine.dmn.ready import Ready
from engine.errors import EngineError
from engine.expressions import ExprError
from engine.lint import Finding
from engine.workshop import checking, names, table_rows, table_trial, table_use
from engine.workshop.table_rows import Result
from web.access import allow
from web.drafting import kept, visited
from web.form_fields import fields_of
from web.i18n import tr
from web.table_words import told, words

bp = Blueprint("table_desk", __name__, url_prefix="/tables/<key>")


@bp.put("/draft")
@allow("definition.edit")
def save(key: str):
    """Keep what has been drawn so far; 409 with who and when, when somebody else has saved meanwhile."""
    sent = _sent("content", "revision")
    return kept(Kind.TABLE, key, sent)


@bp.post("/visit")
@allow("definition.edit")
def visit(key: str):
    """A heartbeat: who else has it open, and the revision that is kept now."""
    return visited(Kind.TABLE, key)


@bp.post("/check")
@allow("definition.view", unit=False)
def check(key: str):
    """What is wrong with it, what it asks to be tried, and how its test rows go."""
    content = _sent("content")["content"].encode("utf-8", "surrogatepass")
    with unit_of_work(g.actor, write=False) as session:
        found = checking.findings(session, names.file_name(Kind.TABLE, names.checked(key)), content)
        table = _table(content)
        if table is not None:
            found = [*found, *table_use.unknown(session, table, fields_of(session))]
        rows = table_rows.run(session, key, table) if table is not None else []
        fields = table_trial.fields(table) if table is not None else None
        return jsonify(
            findings=[_finding(one) for one in found], rows=[_row(one) for one in rows],
            fields=None if fields is None else [
                {"key": field.key, "label": tr(field.label), "kind": field.kind, "choices": field.choices, "beside": field.beside} for field in fields])


@bp.post("/try")
@allow("definition.view", unit=False)
def try_it(key: str):
    """What comes of values, on the table as it is drawn now."""
    sent = _sent("content", "values")
    try:
        table = table_trial.read(sent["content"].encode("utf-8", "surrogatepass"))
    except ExprError as problem:
        return jsonify(matched=[], counted=[], told=[], wrong=words(problem))
    tried = table_trial.try_it(table, sent["values"])
    return jsonify(matched=tried.matched, counted=tried.counted, wrong=words(tried.wrong),
                   told=[{"label": tr(label), "name": name, "value": value} for label, name, value in tried.told])


@bp.post("/rows")
@allow("definition.edit")
def keep(key: str):
    """Keep values, with what comes of them now as what must come of them."""
    sent = _sent("content", "values", "name")
    try:
        table = table_trial.read(sent["content"].encode("utf-8", "surrogatepass"))
    except ExprError as problem:
        raise EngineError("决策表还有错误，改正后再保存测试行") from problem
    tried = table_trial.try_it(table, sent["values"])
    if tried.outputs is None:
        raise EngineError("这些值得不出结果，不能保存为测试行")
    known = {field.key for field in table_trial.fields(table)}
    values = {name: value for name, value in sent["values"].items() if name in known and isinstance(value, str) and value}
    table_rows.save(g.session, g.actor, names.checked(key), sent["name"], values, tried.outputs)
    return jsonify(rows=[_row(one) for one in table_rows.run(g.session, key, table)])


@bp.delete("/rows/<int:row_id>")
@allow("definition.edit")
def forget(key: str, row_id: int):
    table_rows.delete(g.session, g.actor, key, row_id)
    return jsonify(gone=row_id)


def _table(content: bytes) -> Ready | None:
    try:
        return table_trial.read(content)
    except ExprError:
        return None


def _finding(found: Finding) -> dict[str, str]:
    return {"element": found.element, "rule": found.rule, "severity": str(found.severity), "text": told(found)}


def _row(row: Result) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "ok": row.ok, "wanted": row.wanted, "found": row.found, "wrong": words(row.wrong),
            "inputs": row.inputs, "counted": row.counted}


def _sent(*needed: str) -> dict[str, Any]:
    """The JSON object that was sent; 400 when an entry that is needed is missing or of another type."""
    sent = request.get_json(silent=True)
    types = {"revision": int, "values": dict}
    if not isinstance(sent, dict) or not all(type(sent.get(name)) is types.get(name, str) for name in needed):
        abort(400)
    return sent
