"""Saved tries of a process: what people do, what must come of it; replayed before each deployment, kept in files for git."""
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM, Actor
from data_model.process import DefinitionStatus, ProcessDefinition
from data_model.session import unit_of_work
from data_model.workshop import Scenario
from engine.errors import EngineError, Missing, NotYours, Refused, TooLate
from engine.workshop import coverage, expectations, playing, sandbox
from engine.workshop.expectations import Words
from engine.workshop.references import References
from engine.workshop.scenario_file import checked, checked_name, shipped

MOST = 100  # of one process
AT_ONCE = 5  # replayed in one unit of work
LONGEST = 15  # seconds of all scenarios in somebody's unit of work: others may be waiting


@dataclass(frozen=True)
class Replayed:
    """How one scenario went; `words` is the first difference, or why it could not go on; `covered` ids of elements and flows."""

    name: str
    ok: bool
    words: str
    covered: frozenset[str] = field(default_factory=frozenset)
    key: str = ""
    renewable: bool = False  # it can be played to its end, only something else comes of it


def listing(session: Session, key: str) -> list[Scenario]:
    return list(session.scalars(select(Scenario).where(Scenario.process_key == key).order_by(Scenario.id)))


def dump(session: Session, key: str) -> list[dict[str, Any]]:
    """For `<key>.scenarios.json`."""
    return [{"name": row.name, "steps": row.steps, "expected": row.expected} for row in listing(session, key)]


def load(session: Session, actor: Actor, key: str, found: Any) -> list[Scenario]:
    """Take scenarios out of a file: one of the same name is replaced, others stay.

    Raises:
        EngineError: the file says something no scenario can say; nothing was taken.
    """
    _may(actor)
    return [_put(session, actor, key, one["name"], one["steps"], one["expected"]) for one in checked(found)]


def save(session: Session, actor: Actor, key: str, name: str, steps: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]) -> Scenario:
    """Keep a try under a name of its own.

    Args:
        steps: the first says `{"do": "begin", "at": …}`.

    Raises:
        EngineError: another scenario has that name.
    """
    _may(actor)
    wanted = checked_name(name)
    if _called(session, key, wanted) is not None:
        raise EngineError("已有名为「{name}」的场景，请换一个名称", field="name", name=wanted)
    (one,) = checked([{"name": wanted, "steps": list(steps), "expected": dict(expected)}])
    return _put(session, actor, key, wanted, one["steps"], one["expected"])


def rename(session: Session, actor: Actor, key: str, scenario_id: int, name: str) -> Scenario:
    """
    Raises:
        EngineError: another one has that name.
    """
    _may(actor)
    row, wanted = one_of(session, key, scenario_id), checked_name(name)
    other = _called(session, key, wanted)
    if other is not None and other.id != row.id:
        raise EngineError("已有名为「{name}」的场景，请换一个名称", field="name", name=wanted)
    row.name = wanted
    return row


def delete(session: Session, actor: Actor, key: str, scenario_id: int) -> str:
    """Its name."""
    _may(actor)
    row = one_of(session, key, scenario_id)
    session.delete(row)
    return row.name


def one_of(session: Session, key: str, scenario_id: int) -> Scenario:
    row = session.get(Scenario, scenario_id)
    if row is None or row.process_key != key:
        raise Missing("没有这个场景")
    return row


def replay_all(session: Session, actor: Actor, files: Mapping[str, bytes]) -> list[Replayed]:
    """Every scenario of the processes that these files change, as if they were deployed; nothing of it stays.

    Args:
        session: of a unit of work that may write.
        files: what is about to be deployed, by file name.
    """
    keys = _concerned(session, files)
    rows = {key: listing(session, key) for key in keys}
    plain = [(key, row.name, row.steps, row.expected) for key in keys for row in rows[key]]
    if not plain:
        return []
    with sandbox.inside(session):
        try:
            sandbox.put_on_stage(session, actor, files)
        except (EngineError, Refused) as refusal:
            return [Replayed(name, False, Words(refusal.text, **refusal.params), key=key) for key, name, _, _ in plain]
        until = time.monotonic() + LONGEST
        return [replay(session, *one) if time.monotonic() < until else
                Replayed(one[1], False, Words("没有重放：全部场景用时超过 {limit} 秒", limit=LONGEST), key=one[0]) for one in plain]


def replay_apart(actor: Actor, key: str, ids: Sequence[int] | None = None) -> dict[int, Replayed]:
    """Those of a process on its drafts, or all of them, by id, in units of work of their own: others get their turn in between.

    Raises:
        Refused: the draft has errors.
    """
    with unit_of_work(actor, write=False) as session:
        wanted = [row.id for row in listing(session, key) if ids is None or row.id in ids]
    found: dict[int, Replayed] = {}
    for start in range(0, len(wanted), AT_ONCE):
        with sandbox.unit(actor) as session:
            rows = [(row.id, row.name, row.steps, row.expected) for row in listing(session, key) if row.id in wanted[start:start + AT_ONCE]]
            sandbox.put_on_stage(session, actor, sandbox.drawn(session, key))
            found |= {row_id: replay(session, key, name, steps, expected) for row_id, name, steps, expected in rows}
    return found


def replay(session: Session, key: str, name: str, steps: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]) -> Replayed:
    """One scenario on what is on stage; the session is as before."""
    begin = steps[0] if steps else {}
    with sandbox.inside(session, keep_stage=True), playing.playing(session, key, moment_of(begin), begin.get("cast")) as scene:
        words, played = _first_difference(scene, steps[1:], expected)
        return Replayed(name, words is None, words or Words("与预期一致"), coverage.been_through(scene), key, words is not None and played)


def observed(session: Session, key: str, begins: datetime, steps: Sequence[Mapping[str, Any]], with_people: bool,
             cast: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What comes of a try on what is on stage now, to be expected from then on.

    Args:
        with_people: whether who waits is expected too, or only at which step.

    Raises:
        EngineError: it cannot be played to its end.
    """
    after = []
    with sandbox.inside(session, keep_stage=True), playing.playing(session, key, begins, cast) as scene:
        for step in steps:
            said = len(scene.seen.said)
            playing.do(scene, step)
            now = expectations.observe(scene, said)
            after.append(now if with_people else {**now, "waits": [step for step, _ in now["waits"]]})
        return {**expectations.ending(scene), "after": after}


def _first_difference(scene: Any, steps: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]) -> tuple[Words | None, bool]:
    """In words, and whether every step up to it could be done."""
    after = list(expected.get("after", ()))
    for number, step in enumerate(steps, 1):
        said = len(scene.seen.said)
        try:
            playing.do(scene, step)
        except EngineError as error:
            return Words("第 {n} 步做不到：{why}", n=number, why=Words(error.text, **error.params)), False
        if number <= len(after):
            wrong = expectations.difference(scene, after[number - 1], expectations.observe(scene, said))
            if wrong is not None:
                return Words("第 {n} 步之后，{what}", n=number, what=wrong), True
    return expectations.wrong_end(scene, expected), True


def renewed(session: Session, key: str, row: Scenario) -> dict[str, Any]:
    """What comes of it on what is on stage now, as closely as it was expected before: with the people, or only the steps.

    Raises:
        EngineError: it cannot be played to its end.
    """
    people = any(not isinstance(wait, str) for after in row.expected.get("after", ()) for wait in after.get("waits", ()))
    begin = row.steps[0]
    return observed(session, key, moment_of(begin), row.steps[1:], people, begin.get("cast"))


def renew(session: Session, actor: Actor, key: str, scenario_id: int, steps: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]) -> Scenario:
    """From now on this is expected of it.

    Args:
        steps: those that were played to see what comes of them.

    Raises:
        TooLate: somebody has changed its steps meanwhile.
    """
    _may(actor)
    row = one_of(session, key, scenario_id)
    if list(row.steps) != list(steps):
        raise TooLate("场景刚被他人更改，请重新打开")
    (one,) = checked([{"name": row.name, "steps": list(row.steps), "expected": dict(expected)}])
    return _put(session, actor, key, row.name, one["steps"], one["expected"])


def settled(session: Session, key: str, steps: Sequence[Mapping[str, Any]]) -> tuple[datetime, list[Mapping[str, Any]]]:
    """The beginning and the steps of a scenario with its cast by name, so that somebody can go on from there."""
    begin = steps[0] if steps else {}
    begins = moment_of(begin)
    with clock.at(begins):
        refs = References(session, begin.get("cast") or {})
        return begins, [{name: refs.settled(value) for name, value in step.items()} for step in steps[1:]]


def moment_of(begin: Mapping[str, Any]) -> datetime:
    said = datetime.fromisoformat(str(begin.get("at")))
    return said if said.tzinfo else said.replace(tzinfo=clock.zone())


def _concerned(session: Session, files: Mapping[str, bytes]) -> list[str]:
    """Processes whose diagram comes along, and those in force that name a table or form that does."""
    keys = dict.fromkeys(name.removesuffix(".bpmn") for name in files if name.endswith(".bpmn"))
    parts = [name.rpartition(".")[0] for name in files if not name.endswith(".bpmn")]
    if parts:
        rows = session.execute(select(ProcessDefinition.key, ProcessDefinition.xml).where(
            ProcessDefinition.status == DefinitionStatus.EFFECTIVE).order_by(ProcessDefinition.key)).all()
        keys |= dict.fromkeys(row.key for row in rows if any(part in row.xml for part in parts))
    return list(keys)


def _called(session: Session, key: str, name: str) -> Scenario | None:
    return session.scalars(select(Scenario).where(Scenario.process_key == key, Scenario.name == name)).one_or_none()


def _put(session: Session, actor: Actor, key: str, name: str, steps: list[dict[str, Any]], expected: dict[str, Any]) -> Scenario:
    row = _called(session, key, name)
    if row is None:
        if len(listing(session, key)) >= MOST:
            raise EngineError("一个流程最多保存 {limit} 个场景", limit=MOST)
        row = Scenario(process_key=key, name=name)
        session.add(row)
    row.steps, row.expected, row.made_by, row.made_at = steps, expected, actor.user_id, clock.now()
    session.flush()
    return row


def _may(actor: Actor) -> None:
    if not actor.can("definition.edit"):
        raise NotYours("您没有权限进行此操作")


def load_missing(session: Session) -> list[str]:
    """Give the processes that have no scenario at all those that come with the house; the keys that got some."""
    taken: list[str] = []
    for key, found in shipped().items():
        if not listing(session, key):
            load(session, SYSTEM, key, found)
            taken.append(key)
    return taken
