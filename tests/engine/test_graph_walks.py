"""Random diagrams and random deeds: the engine's open steps are those of the model, nothing is lost or doubled, every case can finish."""
import os
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from data_model import clock
from data_model.actor import SYSTEM
from data_model.process import WAITING, HistoryEvent, InboxRow, Incident, ProcessInstance, Subscription, Task, TimerRow
from data_model.session import unit_of_work
from engine import catalog, inbox, rewind, runner
from engine.case import Case
from engine.catching import EventSubprocess
from engine.errors import EngineError
from tests.diagrams import end, event, start, throw
from tests.engine.model import Block, Maker, whole
from tests.engine.model_world import World
from tests.engine.workshop import Workshop

PEOPLE, MORE = ("wang", "li", "chen"), ("wang", "li", "chen", "sun", "zhang", "zhao", "zhou")
WALKS = int(os.environ.get("ANLAN_WALKS", "0"))  # how many, for a long walk by hand
FIRST = int(os.environ.get("ANLAN_FIRST_WALK", "0"))
SEEDS = range(FIRST, FIRST + WALKS) if WALKS else (0, 1, 2, 3, 4, 5, 16, 20, 484)  # the last three have found something
DEEDS = 18


class Walk:
    """One case of one diagram, and the model beside it."""

    def __init__(self, works: Workshop, seed: int) -> None:
        self.works, self.random, self.log = works, Random(seed), []
        maker = Maker(self.random)
        self.block = Block("seq", "top", [maker._task(), maker.block(3), maker._task()])
        aside = Block("seq", "beside", [maker.block(1) for _ in range(2)], {"interrupting": seed % 7 == 3}) if seed % 2 else None
        for key, body in maker.called.items():
            works.deploy(*whole(body), key=key)
        works.deploy(*whole(self.block, aside), key=f"w{seed}")
        works.deploy(start(), throw("t", event("signal", "now")), end(), "s > t > e", key="caller")
        left = self.random.random() < 0.5
        self.case = works.start(f"w{seed}", people=[works.ids[who] for who in PEOPLE], left=left)
        self.world = World(self.block, len(PEOPLE), left, aside)
        self.names = {works.ids[who]: who for who in MORE}
        self.known: dict[int, str] = {}
        self.agree()

    # -- deeds

    def step(self) -> None:
        clock.move(timedelta(minutes=1))
        if self.world.listens() and self.random.random() < 0.3:
            self.signal()
        deed = self.random.choice(["complete"] * 6 + ["back"] * 3 + ["withdraw"] * 2 + ["add"] * 2 + ["remove"])
        getattr(self, deed)()
        self.agree()

    def signal(self) -> None:
        self.log.append(("signal",))
        self.works.start("caller")
        self.works.deliver()
        self.world.signal()
        self.agree()

    def complete(self, outcome: str = "") -> None:
        task = self.random.choice(self.open())
        outcome = outcome or self.random.choice(("agree", "agree", "agree", "no"))
        places = self.places()
        self.log.append(("complete", task.element_id, task.helps, outcome))
        self.works.do_task(self.holder(task), task.id, outcome, note=str(task.id))
        self.follow(places, task)

    def follow(self, places, task: Task | None) -> None:
        """Tell the model which steps are done now, and whether a mended one made a signing begin anew."""
        rows = {row.id: row for row in self.rows()}
        for row_id, (place, _) in places.items():
            if rows[row_id].status == "done":
                self.world.open()[place].answer(rows[row_id].outcome)
        if task is not None and task.helps == "redo":
            self.again_after_mending(places, task)

    def again_after_mending(self, places, task: Task) -> None:
        anchor = next(((place, loop) for row_id, (place, loop) in places.items() if self.token_of(row_id) == task.anchor), None)
        if anchor is not None and anchor[1]:
            self.world.open()[anchor[0]].again()

    def back(self) -> None:
        task = self.random.choice([t for t in self.open() if not t.helps] or [None])
        if task is None:
            return
        who = self.holder(task)
        at = self.world.open()[self.places()[task.id][0]]
        offered, wanted = self.works.targets(who, task.id), at.targets()
        assert [t.element.rpartition("/")[2] for t in offered] == [w.block.id for w in wanted], (task.element_id, self.log)
        if not offered:
            return
        number = self.random.randrange(len(offered))
        self.log.append(("back", task.element_id, offered[number].element, offered[number].modes))
        try:
            self.works.give_back(who, task.id, offered[number].element)
        except EngineError as error:  # signers it has asked are still to answer
            if "加签人" in str(error):
                return
            raise
        if offered[number].modes == ("redo_all",):
            wanted[number].again()

    def withdraw(self) -> None:
        done = [row for row in self.rows() if row.status == "done" and not row.helps]
        if not done:
            return
        row = self.random.choice(done)
        self.log.append(("withdraw", row.element_id))
        where = self.done_at(row)
        try:
            self.works.withdraw(self.names[row.completed_by], row.id)
        except EngineError as error:
            self.log.append(str(error))
            return
        assert where is not None, (row.element_id, self.log)
        if where.block.kind == "sign":
            assert not where.done
            where.votes.remove(row.outcome)
        else:
            where.again()

    def done_at(self, row: Task):
        """The model's step, when only one pass of it is there to be meant."""
        found = []

        def look(at):
            if at.block.id == row.element_id.rpartition("/")[2]:
                found.append(at)
            for part in at.parts:
                look(part)
        for top in self.world.tops():
            look(top)
        place = self.place(row.token_id)
        return next((at for at in reversed(found) if place is None or at.place() == place[0]), None)

    def add(self) -> None:
        task = self.random.choice(self.open())
        where, whom = self.random.choice(("before", "after", "alongside")), self.random.choice(MORE)
        place = self.places().get(task.id)
        self.log.append(("add", task.element_id, where, whom))
        try:
            self.works.add(self.holder(task), task.id, [whom], where)
        except EngineError as error:
            self.log.append(str(error))
            return
        if where == "alongside":
            self.world.open()[place[0]].people += 1

    def remove(self) -> None:
        added = [row for row in self.rows() if row.added_by and row.status in WAITING]
        if not added:
            return
        row = self.random.choice(added)
        places = self.places()
        self.log.append(("remove", row.element_id, row.helps))
        try:
            self.works.remove(self.names[row.added_by], row.id)
        except EngineError as error:
            self.log.append(str(error))
            return
        if row.helps:
            self.follow(places, None)
        else:
            at = self.world.open()[places[row.id][0]]
            at.people -= 1
            at.recount()

    def finish(self) -> None:
        """Whatever has happened: when everybody says yes, it comes to its end."""
        for _ in range(300):
            if self.over():
                return
            clock.move(timedelta(minutes=1))
            self.complete("agree")
            self.agree()
        raise AssertionError(("never ends", self.log))

    # -- looking

    def rows(self) -> list[Task]:
        return [row for row in self.works.rows(Task) if row.instance_id == self.case]

    def open(self) -> list[Task]:
        return [row for row in self.rows() if row.status == "open"]

    def over(self) -> bool:
        return self.works.instance(self.case).status != "running"

    def holder(self, task: Task) -> str:
        able = [task.assignee_id] if task.assignee_id else [int(a[1:]) for a in task.candidates]
        return self.names[self.random.choice(able)]

    def places(self):
        """By row of a step that waits: where the model has it, and whether it is one of several."""
        rows = [row for row in self.rows() if row.status in WAITING and not row.helps]
        found = self.found([row.token_id for row in rows])
        return {row.id: found[row.token_id] for row in rows}

    def token_of(self, row_id: int) -> str:
        return next(row.token_id for row in self.rows() if row.id == row_id)

    def place(self, token_id: str):
        return self.found([token_id])[token_id]

    def found(self, token_ids):
        """Where several tokens stand: the element, and which instance of each subprocess around it."""
        with unit_of_work(SYSTEM, write=False) as session:
            instance = session.get_one(ProcessInstance, self.case)
            if instance.status != "running":
                return dict.fromkeys(token_ids)
            run = runner.wake(catalog.flow(session, instance.definition_id), Case(session, SYSTEM, instance), instance.state)
            return {token_id: self.standing(run, run.token(token_id)) for token_id in token_ids}

    @staticmethod
    def standing(run, token):
        if token is None:
            return None
        numbers = []
        for outer in rewind.outer_tokens(run, token):
            if rewind.step_of(outer) is not outer:
                numbers.append(outer.internal_data["key_or_index"])
            elif isinstance(outer.task_spec, EventSubprocess):
                numbers.append(outer.parent.children.index(outer))
        return (token.task_spec.bpmn_id, tuple(numbers[::-1])), rewind.step_of(token) is not token

    def agree(self) -> None:
        wanted = Counter({at.block.id: 0 for at in self.world.all_open()})
        for at in self.world.all_open():
            wanted[at.block.id] += at.waits()
        rows = self.rows()
        steps = [row for row in rows if row.status in WAITING and not row.helps]
        assert Counter(row.element_id.rpartition("/")[2] for row in steps) == +wanted, self.log
        assert self.over() == self.world.done, self.log
        self.sound(rows, steps)

    def sound(self, rows, steps) -> None:
        with unit_of_work(SYSTEM, write=False) as session:
            instance = session.get_one(ProcessInstance, self.case)
            listed = Counter((row.principal, row.task_id) for row in session.query(InboxRow))
            mine = [row for row in rows if row.status == "open"]
            assert listed == Counter((address, row.id) for row in mine for address in inbox.addresses(session, row)), self.log
            assert [e.seq for e in self.works_history(session)] == list(range(1, instance.events + 1))
            assert session.query(Incident).all() == [], self.log
            if instance.status != "running":
                assert steps == mine == session.query(TimerRow).all() == session.query(Subscription).all() == []
                return
            run = runner.wake(catalog.flow(session, instance.definition_id), Case(session, SYSTEM, instance), instance.state)
            assert sorted(str(token) for token in run.open_tokens()) == sorted(row.token_id for row in steps), self.log
            timers = {(row.token_id, row.due_at) for row in session.query(TimerRow)}
            assert timers == {(token, one.due) for token, one in run.waits().timers.items()}, self.log
            told = {e.at for e in self.works_history(session)}
            assert all(row.opened_at in told for row in mine), self.log  # history explains every open task
            self.helpers_hang(rows, {str(token) for token in run.open_tokens()})

    def helpers_hang(self, rows, tokens) -> None:
        """Who helps hangs on a step that waits; who is held up is held up by somebody."""
        waiting = {row.token_id: row for row in rows if row.status in WAITING}
        hosts = {row.host for row in rows if row.helps and row.status in WAITING}
        for row in waiting.values():
            assert not row.helps or row.anchor in tokens, self.log
            mended = any(r.helps == "redo" and r.status in WAITING for r in rows)
            assert row.status == "open" or row.token_id in hosts or mended or row.helps == "after", (row.element_id, self.log)

    def works_history(self, session):
        return session.query(HistoryEvent).filter_by(instance_id=self.case).order_by(HistoryEvent.seq).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_done_the_open_steps_are_the_expected_ones(works, seed):
    walk = Walk(works, seed)
    for _ in range(DEEDS):
        if walk.over():
            break
        walk.step()
    walk.finish()
