"""A drawn form at several steps of one flow: each keeps its own answers, what is locked stays, and the diagram decides by them."""
import pytest

from data_model.actor import SYSTEM
from data_model.process import HistoryEvent, Task
from data_model.session import unit_of_work
from engine import actions, cases, deployment, store
from engine.locked import FieldsLocked
from tests.diagrams import diagram, end, node, par, user, xor
from tests.forms.drawn import one, schema, text

FORM = schema(text("subject", "事项", required=True), one("number", "cost", "费用", decimalDigits=0), text("remark", "备注"))
START = '<spiffworkflow:properties><spiffworkflow:property name="form" value="sheet"/></spiffworkflow:properties>'


@pytest.fixture
def shared(story):
    """Wang begins; Li and Chen fill in the same sheet side by side; Zhang reads it all and may change the remark only."""
    def step(name, who, **locks):
        fields = "{" + ", ".join(f'"{key}": "{word.replace("_", "-")}"' for key, word in locks.items()) + "}"
        return user(name, form="sheet", candidates=f"users([{story.ids[who]}])", fields=fields)

    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"sheet.form": FORM.encode(), "both.bpmn": diagram(
            node("startEvent", "s", START), par("split"), step("price", "li", subject="read_only", remark="hidden"),
            step("check", "chen", subject="read_only", cost="hidden"), par("join"), xor("dear"),
            step("decide", "zhang", subject="read_only", cost="read_only"), end(), end("cheap"),
            "s > split > price > join", "split > check > join > dear", "dear > decide if price.cost > 100", "dear > cheap default", "decide > e",
            key="both", properties={"starters": "everyone"})})
    return story


def begin(story):
    with story._acting("wang") as (session, actor):
        return actions.start(session, actor, "both", {"subject": "换泵", "cost": 1, "remark": "急"}, idem_key=story._key()).instance_id


def answer(story, who, step, **fields):
    task = story.task(step)
    with story._acting(who) as (session, actor):
        return actions.complete(session, actor, task, "done", fields, idem_key=story._key()).instance_id


@pytest.mark.parametrize("first", ["li", "chen"])
def test_two_branches_never_overwrite_each_other(shared, first):
    """Whoever is first: Li's price and Chen's remark are both there after the join, and the subject nobody could change is too."""
    case = begin(shared)
    deeds = {"li": ("price", {"cost": 500}), "chen": ("check", {"remark": "可换"})}
    for who in (first, *(deeds.keys() - {first})):
        answer(shared, who, deeds[who][0], **deeds[who][1])
    waiting = shared.task("decide", case)
    with shared._acting("zhang", write=False) as (session, actor):
        task = session.get_one(Task, waiting)
        view = cases.task_view(session, actor, task.id)
        data = store.data_at(view.instance.state, task.token_id)
    assert (data["price"]["cost"], data["check"]["remark"]) == (500, "可换")
    assert data["price"]["subject"] == data["check"]["subject"] == "换泵"
    assert view.asked.earlier["cost"] in (500, 1) and view.asked.earlier["subject"] == "换泵"
    assert shared.row(Task, id=task.id).status == "open"


@pytest.mark.parametrize("step, who, sent", [("price", "li", {"subject": "换阀"}), ("price", "li", {"remark": "看得见？"}), ("check", "chen", {"cost": 3})])
def test_the_engine_itself_refuses_a_locked_field(shared, step, who, sent):
    """Whatever a page or a program let through: nothing is done, the task waits as before."""
    begin(shared)
    with pytest.raises(FieldsLocked, match="在这一步不能修改"):
        answer(shared, who, step, **sent)
    assert shared.row(Task, element_id=step).status == "open"


def test_in_the_second_round_only_what_changed_is_new(story):
    """Zhang sends it back to Li, who says another price: the subject, which she may not change, is as it was."""
    def step(name, who, **more):
        return user(name, form="sheet", candidates=f"users([{story.ids[who]}])", fields='{"subject": "read-only"}', **more)

    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"sheet.form": FORM.encode(), "both.bpmn": diagram(
            node("startEvent", "s", START), step("price", "li"), step("decide", "zhang", returnable_to="price"), end(),
            "s > price > decide > e", key="both", properties={"starters": "everyone"})})
    case = begin(story)
    answer(story, "li", "price", cost=500, remark="第一次")
    task = story.task("decide")
    with story._acting("zhang") as (session, actor):
        actions.return_to(session, actor, task, "price", "太贵", idem_key=story._key())
    answer(story, "li", "price", cost=300, remark="第二次")
    waiting = story.task("decide", case)
    with story._acting("zhang", write=False) as (session, actor):
        view = cases.task_view(session, actor, waiting)
    said = view.data["price"]
    assert (said["subject"], said["cost"], said["remark"]) == ("换泵", 300, "第二次")
    assert [line.data for line in story.rows(HistoryEvent, element_id="price", action="complete")] == [
        {"cost": 500, "remark": "第一次"}, {"cost": 300, "remark": "第二次"}]
