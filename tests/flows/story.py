"""How flow tests tell a story: people fill in forms, the clock moves, and the house is asked what it holds."""
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from data_model import clock
from data_model.actor import SYSTEM, Actor
from data_model.attachment import Attachment
from data_model.organisation import User
from data_model.outbox import Message
from data_model.process import HistoryEvent, Incident, Task, TaskStatus
from data_model.scope import EVERYWHERE
from data_model.session import unit_of_work
from engine import actions, cases, inbox, timers
from engine.inbox import InboxQuery
from engine.principals import actor_for
from forms import FormContext, form_class

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=clock.zone())


class NotFilledIn(AssertionError):
    """The form did not accept what was said; `errors` by field."""

    def __init__(self, errors: Mapping[str, Any]) -> None:
        super().__init__(dict(errors))
        self.errors = errors


class Story:
    """The people of tests/small_house.py at work. Every step goes through its form and is stored and woken."""

    def __init__(self, ids: Mapping[str, int]) -> None:
        self.ids, self._keys = ids, count(1)

    # -- what people do

    def photo(self, who: str, content: str = "") -> int:
        """Somebody uploads a picture; the same content is the same picture."""
        number = next(self._keys)
        with self._acting(who) as (session, actor):
            picture = Attachment(name=f"{number}.jpg", media_type="image/jpeg", size=100, uploaded_by=actor.user_id,
                                 sha256=sha256((content or str(number)).encode()).hexdigest())
            session.add(picture)
            session.flush()
            return picture.id

    def start(self, who: str, key: str, **fields: Any) -> int:
        """Somebody starts a process; the instance's id."""
        with self._acting(who) as (session, actor):
            data = self._filled(f"{key}.start", fields, FormContext(session, actor))
            return actions.start(session, actor, key, data, idem_key=self._key()).instance_id

    def do(self, who: str, step: str, outcome: str, opinion: str = "", *, case: int | None = None, **fields: Any) -> int:
        """Somebody does the open task of that step; the instance's id."""
        task = self.task(step, case)
        with self._acting(who) as (session, actor):
            view = cases.task_view(session, actor, task)
            context = FormContext(session, actor, view.data, outcome, view.instance.starter_id)
            data = self._filled(view.form, fields, context)
            return actions.complete(session, actor, task, outcome, data, idem_key=self._key(), opinion=opinion).instance_id

    def deed(self, who: str, deed: Any, *args: Any, keyed: bool = True, **more: Any) -> Any:
        """Somebody does one of engine.actions."""
        with self._acting(who) as (session, actor):
            return deed(session, actor, *args, **({"idem_key": self._key()} if keyed else {}), **more)

    def seen(self, who: str, question: Any, *args: Any) -> Any:
        """Somebody looks at something."""
        with self._acting(who, write=False) as (session, actor):
            return question(session, actor, *args)

    def cancel(self, who: str, case: int, reason: str) -> None:
        """Somebody takes a case back."""
        with self._acting(who) as (session, actor):
            actions.cancel(session, actor, case, reason, idem_key=self._key())

    def dismiss(self, who: str) -> None:
        """Somebody leaves the company."""
        with unit_of_work(SYSTEM) as session:
            session.get_one(User, self.ids[who]).active = False

    def _filled(self, name: str, fields: dict[str, Any], context: FormContext) -> dict[str, Any]:
        """What the form makes of it: first shown, then what was shown is sent with the changes, as a browser does."""
        kind = form_class(name)
        sent = MultiDict()
        for field in kind(None, context=context):
            _send(sent, field, fields.pop(field.name, field.data))
        assert not fields, f"{name} does not ask {list(fields)}"
        form = kind(sent, context=context)
        if not form.validate():
            raise NotFilledIn(form.errors)
        return form.answers()

    def _key(self) -> str:
        return f"key-{next(self._keys)}"

    # -- what time does

    def wait(self, **by: float) -> int:
        """Time passes, and the ticker rings what is due; how many timers rang."""
        clock.move(timedelta(**by))
        return sum(iter(lambda: timers.fire_due(lambda: unit_of_work(SYSTEM)), 0))

    # -- what the house holds

    def task(self, step: str, case: int | None = None) -> int:
        """The open task of a step."""
        with self.looking() as session:
            chosen = select(Task.id).where(Task.element_id == step, Task.status == TaskStatus.OPEN)
            return session.scalars(chosen.where(Task.instance_id == case) if case else chosen, execution_options=EVERYWHERE).one()

    def inbox(self, who: str) -> list[str]:
        """Names of the steps in somebody's inbox."""
        with self._acting(who, write=False) as (session, actor):
            return sorted(task.name for task in inbox.page(session, actor, InboxQuery()).items)

    def told(self, who: str, code: str) -> list[str]:
        """What a person was told under a code of the notification catalogue, filled in."""
        with self.looking() as session:
            rows = session.scalars(select(Message).where(Message.user_id == self.ids[who], Message.code == code).order_by(Message.id))
            return [row.text.format(**row.params) for row in rows]

    def rows(self, model: type, **by: Any) -> list[Any]:
        with self.looking() as session:
            return list(session.scalars(select(model).filter_by(**by).order_by(model.id), execution_options=EVERYWHERE))

    def row(self, model: type, **by: Any) -> Any:
        (found,) = self.rows(model, **by)
        return found

    def history(self, case: int) -> list[tuple[str, str, str]]:
        """(who, step, button) of every line a person wrote."""
        return [(e.actor_name, e.element_id, e.outcome) for e in self.rows(HistoryEvent, instance_id=case) if e.action == "complete"]

    def broken(self) -> list[Incident]:
        return self.rows(Incident)

    @contextmanager
    def looking(self):
        with unit_of_work(SYSTEM, write=False) as session:
            yield session

    def actor(self, who: str) -> Actor:
        with self.looking() as session:
            return actor_for(session, session.get_one(User, self.ids[who]))

    @contextmanager
    def _acting(self, who: str, write: bool = True):
        actor = self.actor(who)
        with unit_of_work(actor, write=write) as session:
            yield session, actor


def _send(sent: MultiDict, field: Any, value: Any) -> None:
    """As a browser sends it: an empty checkbox not at all."""
    if field.type == "BooleanField":
        value = "y" if value else None
    if isinstance(value, list):
        sent.setlist(field.name, [str(item) for item in value])
    elif isinstance(value, bool):
        sent[field.name] = "yes" if value else "no"
    elif isinstance(value, datetime):
        sent[field.name] = value.strftime("%Y-%m-%dT%H:%M:%S")
    elif value is not None:
        sent[field.name] = str(value)
