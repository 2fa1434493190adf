"""What the process owner sees of a try: whose turn it is and why, the clock and what it will ring, what was said and written."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from data_model import clock
from data_model.notice_kinds import kind_of
from data_model.organisation import User
from data_model.process import InstanceStatus, Task
from data_model.scope import EVERYWHERE
from engine import cases, catalog, people
from engine.cases import DiagramMarks, Line
from engine.workshop.scene import Scene

MOST_NAMED = 3  # beside one reason
MOST_PEOPLE = 20  # offered on one card
MOST_SAID = 200


@dataclass(frozen=True)
class Reason:
    """Why it is theirs, in words said to them, and who they are: several people may have a step for different reasons."""

    text: str
    params: Mapping[str, str]
    people: tuple[str, ...]


@dataclass(frozen=True)
class Turn:
    """An open step and the people it waits for."""

    element: str
    process: str
    nth: int  # among the open tasks of the step
    task_id: int
    name: str
    process_name: str
    people: tuple[tuple[int, str], ...]
    more: int  # people beyond those
    why: tuple[Reason, ...]
    due_at: datetime | None
    opened_at: datetime
    round: int
    claimed: bool


@dataclass(frozen=True)
class Bell:
    """A timer that will ring."""

    element: str
    name: str
    due_at: datetime


@dataclass(frozen=True)
class Told:
    """A notice that would have gone out, with the ways it would have gone."""

    code: str
    text: str
    params: Mapping[str, str]
    at: datetime
    people: tuple[str, ...]
    ways: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What people call such notices."""
        return kind_of(self.code).name


@dataclass(frozen=True)
class Trouble:
    element: str
    name: str
    reason: str


@dataclass(frozen=True)
class Awaited:
    kind: str
    name: str


@dataclass(frozen=True)
class Stage:
    """One moment of a try."""

    now: datetime
    begun: bool
    status: str
    title: str
    end_name: str
    turns: tuple[Turn, ...]
    bells: tuple[Bell, ...]
    awaited: tuple[Awaited, ...]
    troubles: tuple[Trouble, ...]
    told: tuple[Told, ...]
    lines: tuple[Line, ...]
    marks: DiagramMarks | None
    records: tuple[tuple[str, int], ...]  # of the trade, by table and id: what the case is about first
    others: tuple[tuple[str, str], ...]  # further cases it has started: name, state
    cut_short: bool


def shown(scene: Scene) -> Stage:
    """As it stands now."""
    case = scene.instance() if scene.first else None
    flow = catalog.flow(scene.session, case.definition_id) if case else None
    children = [scene.instance(i) for i in scene.seen.instances if i != scene.first]
    return Stage(
        clock.now(), case is not None, case.status if case else "", (case.title or case.code) if case else "",
        flow.name_of(case.end_element) if case and flow else "", _turns(scene),
        tuple(Bell(bell.element_id, _name(scene, bell.instance_id, bell.element_id), bell.due_at) for bell in scene.bells()),
        tuple(dict.fromkeys(Awaited(one.kind, one.name) for one in scene.waiting())),
        tuple(Trouble(one.element_id, _name(scene, one.instance_id, one.element_id), one.reason) for one in scene.incidents()),
        _told(scene), tuple(cases.timeline(scene.session, case.id)) if case else (),
        cases.diagram(scene.session, case.id) if case else None,
        _records(scene),
        tuple((row.title, row.status) for row in children), scene.cut_short)


def _turns(scene: Scene) -> tuple[Turn, ...]:
    counts: dict[tuple[str, str], int] = {}
    found = []
    for task in scene.open_tasks():
        place = (task.process_key, task.element_id)
        counts[place] = counts.get(place, -1) + 1
        found.append(_turn(scene, task, counts[place]))
    return tuple(found)


def _turn(scene: Scene, task: Task, nth: int) -> Turn:
    able = sorted(scene.able(task).items())
    why = tuple(_reason(scene, reason, dict(able)) for reason in task.why)
    return Turn(task.element_id, task.process_key, nth, task.id, task.name, task.process_name, tuple(able[:MOST_PEOPLE]),
                max(0, len(able) - MOST_PEOPLE), why, task.due_at, task.opened_at, task.round, task.assignee_id is not None)


def _reason(scene: Scene, reason: Mapping[str, Any], able: Mapping[int, str]) -> Reason:
    behind = people.people_behind(scene.session, [reason["principal"]])
    named = tuple(able[i] for i in sorted(behind) if i in able)
    return Reason(str(reason["text"]), reason["params"], named[:MOST_NAMED])


def _records(scene: Scene) -> tuple[tuple[str, int], ...]:
    """What was written, as far as it is still there: a step that failed has left nothing."""
    case = scene.instance() if scene.first else None
    about = [(case.subject_kind, case.subject_id)] if case and case.subject_id else []
    made = [(model.__tablename__, row_id) for model, row_id in scene.seen.rows
            if scene.session.get(model, row_id, execution_options=EVERYWHERE) is not None]
    return tuple(dict.fromkeys([*about, *made]))


def _name(scene: Scene, instance_id: int, element: str) -> str:
    return catalog.flow(scene.session, scene.instance(instance_id).definition_id).name_of(element) or element


def _told(scene: Scene) -> tuple[Told, ...]:
    """The same words to several people, or by several ways, are one line."""
    grouped: dict[Any, tuple[dict[int, None], dict[str, None]]] = {}
    for said in scene.seen.said:
        same = (said.at, said.code, said.text, tuple(sorted(said.params.items())))
        hearers, ways = grouped.setdefault(same, ({}, {}))
        hearers |= {said.user_id: None} if said.user_id else {}
        ways[said.way] = None
    names = _names(scene, {i for hearers, _ in grouped.values() for i in hearers})
    return tuple(Told(code, text, dict(params), at, tuple(names.get(i, "") for i in hearers), tuple(ways))
                 for (at, code, text, params), (hearers, ways) in grouped.items())[-MOST_SAID:]


def _names(scene: Scene, ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in scene.session.execute(select(User.id, User.name).where(User.id.in_(ids)))} if ids else {}


def is_over(stage: Stage) -> bool:
    return stage.begun and stage.status != InstanceStatus.RUNNING
