"""The process that is interrupted: four completions by four people, a timer, mail, and a message that starts another process."""
from uuid import uuid4

from data_model.actor import SYSTEM
from data_model.organisation import User
from data_model.session import unit_of_work
from engine import actions, deployment
from engine.principals import actor_for
from tests.diagrams import catch, diagram, end, event, par, service, start, throw, timer, user

FORM = "hidden_danger.approve_plan"  # asks for nothing but a button and an opinion
PEOPLE = ("wang", "li", "chen", "zhang")
STEPS = len(PEOPLE)


def files(ring="PT1S"):
    """wang, then li and chen beside one another, then zhang, whose answer starts `echo`; and by its own way a timer that tells wang."""
    first, left, right, last = (user(step, candidates=f'users([start.{who}])', form=FORM) for step, who in zip("abcd", PEOPLE, strict=True))
    relay = diagram(
        start(), par("split"), first, par("g"), left, right, par("j"), last, throw("m", event("message", "passed_on")), end(),
        catch("t", timer(f'"{ring}"')), service("tell", "flow.notify", code='"N-02"', to="starter()", text='"时间到了"'), end("e2"),
        "s > split > a > g > b > j > d > m > e", "g > c > j", "split > t > tell > e2", key="relay", properties={"starters": "everyone"})
    echo = diagram(start("s", event("message", "passed_on")), user("thanks", candidates="users([%d])", form=FORM), end(),
                   "s > thanks > e", key="echo")
    return {"relay.bpmn": relay, "echo.bpmn": echo}


def deploy(ids, **more):
    found = {name: xml.replace(b"%d", str(ids["feng"]).encode()) for name, xml in files(**more).items()}
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, found)


def begin(ids, how_many=1, key="relay"):
    """Instances that wang has started; their ids."""
    return [_begin(ids, key) for _ in range(how_many)]


def _begin(ids, key):
    with unit_of_work(SYSTEM) as session:
        wang = actor_for(session, session.get_one(User, ids["wang"]))
        return actions.start(session, wang, key, {who: ids[who] for who in PEOPLE}, idem_key=uuid4().hex).instance_id
