"""跳过: a failed element of the machine is passed over, with a result given by hand; told in the history, word for word."""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.task import Task as Token
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import Incident, InstanceStatus
from engine import catalog, commands, locks, pausing, runner, skipping, trace
from engine.actions.answer import Answer
from engine.actions.breaking import breaking
from engine.actions.holding import said
from engine.actions.operating import operated
from engine.actions.starting import start_child
from engine.case import Case
from engine.errors import EngineError, Missing, TooLate
from engine.history import Action, Event
from engine.settle import settle


@dataclass(frozen=True)
class Skippable:
    """What a form about to skip must know."""

    element: str
    name: str
    wanted: tuple[str, ...]  # names the result must have


def skip(session: Session, actor: Actor, incident_id: int, result: Mapping[str, Any], reason: str, *, idem_key: str) -> Answer:
    """Go on behind the failed element.

    Raises:
        NotYours: the person may not operate the case.
        TooLate: the incident is resolved, or the case is suspended or over.
        EngineError: it is no element that may be passed over, the result will not do, or there is no reason.
    """
    stored = commands.once(session, actor, idem_key, ["skip", incident_id, result, reason])
    if stored is not None:
        return Answer(**stored)
    incident = _incident(session, incident_id)
    instance = operated(session, actor, incident.instance_id)
    session.refresh(incident)
    if incident.resolved_at is not None:
        raise TooLate("此异常已处理")
    pausing.check_running(session, instance, "此异常已处理")
    words = said(reason)
    case = Case(session, actor, instance, False, start_child)
    with breaking(instance):
        run = runner.wake(catalog.flow(session, instance.definition_id), case, instance.state)
        token = _checked(run.token(incident.token_id) if incident.token_id else None)
        given = skipping.checked(run, token, result)
        incident.resolved_at, incident.resolved_by = clock.now(), actor.user_id
        skipping.skip(run, token, given)
        run.advance()
        settle(run, [Event(Action.SKIP, incident.element_id, run.flow.name_of(incident.element_id), opinion=words,
                           data={"result": given, "before": incident.reason}, path=trace.path(run))])
    answer = Answer(instance.id)
    commands.answered(session, idem_key, answer.plain())
    return answer


def skippable(session: Session, incident_id: int) -> Skippable | None:
    """What the form asks for; None when the element cannot be passed over now."""
    incident = _incident(session, incident_id)
    instance = locks.seen(session, incident.instance_id)
    if incident.resolved_at is not None or not incident.token_id or instance.status != InstanceStatus.RUNNING:
        return None
    with breaking(instance):
        run = runner.wake(catalog.flow(session, instance.definition_id), Case(session, session.info["actor"], instance), instance.state)
    token = run.token(incident.token_id)
    if token is None or not skipping.may_skip(token):
        return None
    return Skippable(incident.element_id, run.flow.name_of(incident.element_id) or incident.element_id, skipping.names(token))


def _incident(session: Session, incident_id: int) -> Incident:
    found = session.get(Incident, incident_id)
    if found is None:
        raise Missing("没有这条异常")
    return found


def _checked(token: Token | None) -> Token:
    if token is None or not skipping.may_skip(token):
        raise EngineError("此处须由人办理或由流程图判断，不能跳过；请改数据后重试，或移动令牌")
    return token
