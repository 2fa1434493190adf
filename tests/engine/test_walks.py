"""Random walks through a diagram with nearly everything in it: whatever people, clock and queue do, the rows tell the truth."""
import zlib
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from data_model import clock
from data_model.actor import SYSTEM
from data_model.process import HistoryEvent, InboxRow, Incident, InstanceStatus, ProcessInstance, Subscription, Task, TimerRow
from data_model.session import unit_of_work
from engine import actions, catalog, inbox, runner
from engine.case import Case
from engine.errors import EngineError
from tests.diagrams import boundary, call, catch, end, event, par, script, service, start, sub, throw, timer, user, xor
from tests.engine.workshop import key, mine

PEOPLE = ("wang", "li", "chen", "zhang", "po", "admin")
BUTTONS = '[{"value": "agree", "label": "同意"}, {"value": "back", "label": "退回"}]'


def everything(works):
    works.deploy(start(), user("ask", candidates='role("station_leader", start.unit)', outcomes=BUTTONS), end(), "s > ask > e", key="other")
    works.deploy(
        start(), xor("m"), par("g"),
        user("sign", candidates='field("start.people")', signing='{"mode": "ratio", "ratio": 60}', outcomes=BUTTONS),
        user("work", candidates="grid_owner(start.grid) or starter()", not_="users([start.never])", outcomes=BUTTONS, due="P1D"),
        boundary("late", "work", timer('"PT10H"'), False),
        service("lift", "flow.escalate", element='"work"', to='role("station_leader", start.unit)'), end("lifted"),
        boundary("daily", "work", timer('"R3/P1D"', "timeCycle"), False), script("count", "n = 1"), end("counted"),
        sub("inner", start("s2"), mine("check", outcomes=BUTTONS), end("e2"), "s2 > check > e2"), boundary("cut", "inner", timer("workdays(3)")),
        catch("hear", event("message", "m")), call("c", "other"), par("j"), xor("ok"), throw("tell", event("message", "m")),
        script("risky", "q = 1 / start.divisor"), end(), end("stop", event("terminate")),
        "s > m > g > sign > j", "g > work > j", "late > lift > lifted", "daily > count > counted", "g > inner > tell > j", "cut > j",
        "g > hear > c > j", "j > ok", "ok > m if sign.outcome == 'back'", "ok > stop if work.outcome == 'back'", "ok > risky default",
        "risky > e")


class Walk(RuleBasedStateMachine):
    """One case after another; every rule is one unit of work."""

    works = None

    def __init__(self):
        super().__init__()
        self.case, self.lines = None, 0
        self.moment = clock.at(clock.now())
        self.moment.__enter__()

    def teardown(self):
        self.moment.__exit__(None, None, None)

    @precondition(lambda self: self.case is None)
    @rule(count=st.integers(1, 4), divisor=st.integers(0, 1))
    def start(self, count, divisor):
        ids = self.works.ids
        self.case = self.works.start(people=[ids[who] for who in PEOPLE[:count]], unit=ids["unit:plant1"], grid=ids["unit:filter"],
                                     never=ids["chen"], divisor=divisor)

    @precondition(lambda self: self.open())
    @rule(data=st.data(), who=st.sampled_from(PEOPLE), outcome=st.sampled_from(["agree", "agree", "back"]))
    def complete(self, data, who, outcome):
        task = data.draw(st.sampled_from(self.open()), "task")
        actor = self.works.actor(who)
        allowed = self.may(actor, task)
        try:
            self.works.do_task(who, task.id, outcome)
        except EngineError:
            assert not allowed
        else:
            assert allowed

    @precondition(lambda self: self.open())
    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def claim(self, data, who):
        task, actor = data.draw(st.sampled_from(self.open()), "task"), self.works.actor(who)
        deed = actions.unclaim if task.assignee_id == actor.user_id else actions.claim
        allowed = self.may(actor, task)
        try:
            with unit_of_work(actor) as session:
                deed(session, actor, task.id)
        except EngineError:
            assert not allowed
        else:
            assert allowed

    @rule(hours=st.sampled_from([1, 10, 24, 80]))
    def wait(self, hours):
        clock.move(timedelta(hours=hours))
        self.works.ring()

    @rule()
    def deliver(self):
        self.works.deliver()

    @precondition(lambda self: self.broken())
    @rule()
    def retry(self):
        self.works.retry(self.broken()[0])

    @precondition(lambda self: self.case is not None)
    @rule()
    def forget(self):
        """Go on with another case; this one is cancelled when it runs."""
        if self.works.instance(self.case).status == InstanceStatus.RUNNING:
            po = self.works.actor("po")
            with unit_of_work(po) as session:
                actions.cancel(session, po, self.case, "换一个", idem_key=key())
            self.agree()
        self.case, self.lines = None, 0

    @invariant()
    def agree(self):
        if self.case is None:
            return
        with unit_of_work(SYSTEM, write=False) as session:
            instance = session.get_one(ProcessInstance, self.case)
            tasks = self.of(session, Task, status="open")
            timers, wanted = self.of(session, TimerRow), self.of(session, Subscription)
            lines = session.scalars(select(HistoryEvent.seq).where(HistoryEvent.instance_id == self.case).order_by(HistoryEvent.seq)).all()
            listed = set(session.execute(select(InboxRow.principal, InboxRow.task_id).join(Task, Task.id == InboxRow.task_id)
                                         .where(Task.instance_id == self.case)).all())
            assert lines == list(range(1, instance.events + 1)) and len(lines) >= self.lines
            self.lines = len(lines)
            assert listed == {(address, task.id) for task in tasks for address in inbox.addresses(session, task)}
            if instance.status != InstanceStatus.RUNNING:
                assert tasks == timers == wanted == []
                return
            run = runner.wake(catalog.flow(session, instance.definition_id), Case(session, SYSTEM, instance), instance.state)
            assert zlib.decompress(run.state()) == zlib.decompress(instance.state)
            assert {str(token) for token in run.open_tokens()} == {task.token_id for task in tasks}
            assert {token: timer.due for token, timer in run.waits().timers.items()} == {row.token_id: row.due_at for row in timers}
            assert run.waits().wanted.keys() == {(row.token_id, row.name) for row in wanted}
            assert all(task.candidates for task in tasks)

    def of(self, session, model, **by):
        return list(session.scalars(select(model).filter_by(instance_id=self.case, **by)))

    def open(self):
        return [task for task in self.works.open_tasks() if task.instance_id == self.case] if self.case else []

    def broken(self):
        rows = self.works.rows(Incident) if self.case else []
        return [row for row in rows if row.instance_id == self.case and row.resolved_at is None]

    def may(self, actor, task):
        """Said once more in other words than the engine's."""
        if actor.user_id in task.excluded or task.assignee_id not in (None, actor.user_id):
            return False
        if task.assignee_id == actor.user_id:
            return True
        with unit_of_work(SYSTEM, write=False) as session:
            return not set(inbox.addresses(session, task)).isdisjoint(actor.principals)


def test_whatever_happens_the_rows_tell_the_truth(works):
    everything(works)
    walk = type("WalkHere", (Walk,), {"works": works})
    run_state_machine_as_test(walk, settings=settings(
        max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None))
