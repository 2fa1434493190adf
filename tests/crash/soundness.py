"""Whether the tables tell one story: what every instance's stored state says, and what is written about it elsewhere."""
from collections import Counter, defaultdict

from sqlalchemy import select
from sqlalchemy.orm import undefer

from data_model.actor import SYSTEM
from data_model.outbox import OutboxMessage
from data_model.process import (
    WAITING,
    Command,
    HistoryEvent,
    InboxRow,
    Incident,
    InstanceStatus,
    ProcessInstance,
    Subscription,
    Task,
    TaskStatus,
    TimerRow,
)
from data_model.session import unit_of_work
from engine import catalog, runner, store
from engine.case import Case


def faults():
    """Everything that contradicts something else; empty when all is well."""
    with unit_of_work(SYSTEM, write=False) as session:
        rows = {model: list(session.scalars(select(model))) for model in (
            Task, InboxRow, HistoryEvent, TimerRow, Subscription, Command, Incident, OutboxMessage)}
        instances = session.scalars(select(ProcessInstance).options(undefer(ProcessInstance.state))).all()
        of = {model: _by_instance(rows[model]) for model in (Task, HistoryEvent, TimerRow, Subscription)}
        found = [words for one in instances for words in _of_instance(session, one, {model: of[model][one.id] for model in of})]
    found += _of_tasks(rows[Task], rows[HistoryEvent], rows[InboxRow])
    found += [f"a submission without its answer: {row.key}" for row in rows[Command] if row.result is None]
    found += [f"an incident: {row.reason}" for row in rows[Incident]]
    return found


def _by_instance(rows):
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.instance_id].append(row)
    return grouped


def _of_instance(session, instance, of):
    here = f"{instance.key} {instance.id}"
    tasks = {task.token_id for task in of[Task] if task.status in WAITING and not task.helps}  # helpers hang on a step: not in the state
    timers = {(row.token_id, row.element_id, row.due_at) for row in of[TimerRow]}
    wanted = {(row.token_id, row.name) for row in of[Subscription]}
    if sorted(line.seq for line in of[HistoryEvent]) != list(range(1, instance.events + 1)):
        yield f"{here}: history has gaps: {sorted(line.seq for line in of[HistoryEvent])}, counted {instance.events}"
    ends = sum(line.action == "end" for line in of[HistoryEvent])
    if ends != (instance.status != InstanceStatus.RUNNING):
        yield f"{here}: {instance.status} with {ends} ends"
    if instance.status != InstanceStatus.RUNNING:
        store.data_at(instance.state, "0" * 32)
        if tasks or timers or wanted:
            yield f"{here}: over, and still something waits: {tasks} {timers} {wanted}"
        return
    run = runner.wake(catalog.flow(session, instance.definition_id), Case(session, SYSTEM, instance), instance.state)
    waits = run.waits()
    if {str(token) for token in run.open_tokens()} != tasks:
        yield f"{here}: state waits for {set(run.open_tokens())}, open tasks are {tasks}"
    if {(token, timer.element, timer.due) for token, timer in waits.timers.items()} != timers:
        yield f"{here}: state waits for {waits.timers}, timer rows are {timers}"
    if set(waits.wanted) != wanted:
        yield f"{here}: state waits for {set(waits.wanted)}, subscriptions are {wanted}"


def _of_tasks(tasks, lines, inbox):
    completed = Counter(line.task_id for line in lines if line.action == "complete")
    addresses = defaultdict(set)
    for row in inbox:
        addresses[row.task_id].add(row.principal)
    for task in tasks:
        if completed[task.id] != (task.status == TaskStatus.DONE):
            yield f"task {task.id} is {task.status} with {completed[task.id]} lines of completion"
        if (task.status == TaskStatus.OPEN) != bool(addresses[task.id]):
            yield f"task {task.id} is {task.status} and in the inbox of {addresses[task.id] or 'nobody'}"
