"""Saved test rows of a decision table: values and what must come of them. They run on every draft and before each deployment."""
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM, Actor
from data_model.workshop import Scenario
from engine.dmn.ready import Ready
from engine.errors import EngineError, Missing, NotYours
from engine.expressions import ExprError
from engine.lint import Finding, Severity
from engine.workshop import table_trial

ENDING = ".rows.json"
SHIPPED = Path(__file__).parent.parent.parent / "bpmn"
MOST = 100
LONGEST_NAME = 100
LARGEST = 20_000  # characters of one row as JSON
LONGEST_KEY = 60


@dataclass(frozen=True)
class Result:
    """How one row went: whether what came is what was expected, both in words as far as they differ, and the rows that counted."""

    id: int
    name: str
    ok: bool
    wanted: str
    found: str
    wrong: ExprError | None
    inputs: Mapping[str, str]
    counted: tuple[int, ...]


def kept_under(key: str) -> str:
    return f"dmn:{key}"


def listing(session: Session, key: str) -> list[Scenario]:
    return list(session.scalars(select(Scenario).where(Scenario.process_key == kept_under(key)).order_by(Scenario.id)))


def save(session: Session, actor: Actor, key: str, name: str, inputs: Mapping[str, str], outputs: Mapping[str, Any]) -> Scenario:
    """Keep values and what must come of them, under a name; a row of that name is written anew."""
    _may(actor)
    return _put(session, actor, key, _checked({"name": name, "inputs": dict(inputs), "outputs": dict(outputs)}))


def delete(session: Session, actor: Actor, key: str, row_id: int) -> str:
    """Its name."""
    _may(actor)
    row = one_of(session, key, row_id)
    session.delete(row)
    session.flush()
    return row.name


def one_of(session: Session, key: str, row_id: int) -> Scenario:
    row = session.get(Scenario, row_id)
    if row is None or row.process_key != kept_under(key):
        raise Missing("没有这个测试行")
    return row


def run(session: Session, key: str, table: Ready) -> list[Result]:
    """Every row of a table, on this reading of it."""
    ask, asked = table_trial.Patience(), table_trial.fields(table)
    return [_result(row, table, ask, asked) for row in listing(session, key)]


def _result(row: Scenario, table: Ready, ask: table_trial.Patience, asked: list[table_trial.Field]) -> Result:
    inputs = row.steps[0].get("inputs", {}) if row.steps else {}
    wanted = row.expected.get("outputs", {})
    tried = table_trial.try_it(table, inputs, ask, asked)
    found = None if tried.outputs is None else _plain(tried.outputs)
    other = {name for name in {**wanted, **(found or {})} if found is not None and wanted.get(name) != found.get(name)} or set(wanted)
    return Result(row.id, row.name, tried.wrong is None and found == wanted, _words(wanted, other), _words(found or {}, other), tried.wrong,
                  inputs, tried.counted)


def _words(outputs: Mapping[str, Any], names: set[str]) -> str:
    """Some of the outputs on one line."""
    return ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in outputs.items() if name in names)[:300]


def findings(session: Session, key: str, content: bytes) -> Iterator[Finding]:
    """The rows that do not hold on this file; one that cannot be read is lint's to tell."""
    try:
        table = table_trial.read(content)
    except ExprError:
        return
    for result in run(session, key, table):
        if result.wrong is not None:
            yield Finding(table.table.id, "test-row", Severity.ERROR, "测试行“{name}”出错：{problem}", {"name": result.name, "problem": result.wrong})
        elif not result.ok:
            yield Finding(table.table.id, "test-row", Severity.ERROR, "测试行“{name}”应得 {wanted}，现得 {found}",
                          {"name": result.name, "wanted": result.wanted, "found": result.found})


def dump(session: Session, key: str) -> list[dict[str, Any]]:
    """For `<key>.rows.json`."""
    return [{"name": row.name, "inputs": row.steps[0].get("inputs", {}) if row.steps else {}, "outputs": row.expected.get("outputs", {})}
            for row in listing(session, key)]


def load(session: Session, actor: Actor, key: str, found: Any) -> list[Scenario]:
    """Take rows out of a file: one of the same name is replaced, others stay.

    Raises:
        EngineError: the file says something no row can say; nothing was taken.
    """
    if not isinstance(found, list) or len(found) > MOST:
        raise EngineError("测试行文件应是一个列表，最多 {limit} 行", limit=MOST)
    checked = [_checked(one) for one in found]
    return [_put(session, actor, key, one) for one in checked]


def load_missing(session: Session, folder: Path = SHIPPED) -> list[str]:
    """Give tables that have no row at all those that come with the house; the keys that got some."""
    taken = []
    for path in sorted(folder.glob(f"*{ENDING}")):
        key = path.name.removesuffix(ENDING)
        if not listing(session, key):
            load(session, SYSTEM, key, json.loads(path.read_bytes()))
            taken.append(key)
    return taken


def _checked(one: Any) -> dict[str, Any]:
    if not isinstance(one, Mapping):
        raise EngineError("测试行的写法有误")
    name, inputs, outputs = one.get("name"), one.get("inputs"), one.get("outputs")
    if not isinstance(name, str) or not 0 < len(" ".join(name.split())) <= LONGEST_NAME:
        raise EngineError("请填写测试行的名称，不超过 {limit} 个字", "name", limit=LONGEST_NAME)
    if not isinstance(inputs, Mapping) or not isinstance(outputs, Mapping) or not all(isinstance(v, str) for v in (*inputs, *inputs.values(), *outputs)):
        raise EngineError("测试行的写法有误")
    if len(_json([inputs, outputs])) > LARGEST:
        raise EngineError("测试行“{name}”太大", name=name[:40])
    return {"name": " ".join(name.split()), "inputs": dict(inputs), "outputs": _plain(outputs)}


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        raise EngineError("测试行的写法有误") from None


def _plain(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """As it comes back from the database."""
    return dict(json.loads(json.dumps(outputs)))


def _put(session: Session, actor: Actor, key: str, one: Mapping[str, Any]) -> Scenario:
    if len(key) > LONGEST_KEY:
        raise EngineError("编号超过 {limit} 个字符的决策表不能保存测试行", limit=LONGEST_KEY)
    rows = listing(session, key)
    row = next((row for row in rows if row.name == one["name"]), None)
    if row is None:
        if len(rows) >= MOST:
            raise EngineError("一张决策表最多保存 {limit} 个测试行", limit=MOST)
        row = Scenario(process_key=kept_under(key), name=one["name"])
        session.add(row)
    row.steps, row.expected = [{"inputs": dict(one["inputs"])}], {"outputs": dict(one["outputs"])}
    row.made_by, row.made_at = actor.user_id, clock.now()
    session.flush()
    return row


def _may(actor: Actor) -> None:
    if not actor.can("definition.edit"):
        raise NotYours("您没有权限进行此操作")
