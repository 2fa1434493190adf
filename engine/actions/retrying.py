"""What failed is tried again, once its cause is mended."""
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import Incident
from engine import catalog, locks, pausing, runner, trace
from engine.actions.breaking import breaking
from engine.actions.starting import start_child
from engine.case import Case
from engine.errors import Missing, NotYours, TooLate
from engine.history import Action, Event
from engine.settle import settle


def retry(session: Session, actor: Actor, incident_id: int) -> None:
    """Run the failed element again with the data it had; fails it again, a new incident is written.

    Raises:
        NotYours: the person may not retry incidents there.
        TooLate: it is resolved already, or the instance is over.
    """
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise Missing("没有这条异常")
    instance = locks.instance(session, incident.instance_id)
    session.refresh(incident)
    if not actor.can_at("incident.retry", instance.org_path):
        raise NotYours("您不能重试此流程")
    if incident.resolved_at is not None:
        raise TooLate("此异常已处理")
    pausing.check_running(session, instance, "此异常已处理")
    incident.resolved_at, incident.resolved_by = clock.now(), actor.user_id
    flow = catalog.flow(session, instance.definition_id)
    case = Case(session, actor, instance, False, start_child)
    with breaking(instance):
        run = runner.wake(flow, case, instance.state)
        if incident.token_id:
            run.again(incident.token_id)
        run.advance()
        settle(run, [Event(Action.RETRY, incident.element_id, flow.name_of(incident.element_id), path=trace.path(run))])
