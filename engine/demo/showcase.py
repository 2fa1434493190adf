"""A few cases left open today for the accounts a visitor signs in with, so that each finds something to do."""
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import SYSTEM
from data_model.organisation import OrgUnit, Ownership, User
from data_model.process import Task, TaskStatus
from data_model.session import unit_of_work
from engine import actions, cases
from engine.demo import answers
from engine.demo.answers import Example, Step
from engine.demo.history import History

#  how it was reported, what it is about, how many hours ago, and who did which step so far
CASES: tuple[tuple[str, str, int, tuple[tuple[str, str], ...]], ...] = (
    ("snapshot", "次钠间洗眼器无水", 2, ()),
    ("snapshot", "疏散门上锁", 5, ()),
    ("snapshot", "绝缘手套超期 2 个月", 30, ()),
    ("hidden_danger", "脱水机防护罩拆除未恢复", 3, ()),
    ("hidden_danger", "H2S 固定式报警器超期未校准", 26, (("gridowner", "confirm"),)),
    ("hidden_danger", "行车限位失效", 50, (("gridowner", "confirm"), ("gridowner", "configure"))),
    ("hidden_danger", "生化池护栏腐蚀缺失 2m", 52, (("gridowner", "confirm"), ("gridowner", "configure"))),
    ("hidden_danger", "配电柜门未锁、封堵不严", 74, (("gridowner", "confirm"), ("gridowner", "configure"), ("rectifier", "rectify"))),
    ("hidden_danger", "灭火器压力不足 3 具", 98, (
        ("gridowner", "confirm"), ("gridowner", "configure"), ("rectifier", "rectify"), ("director", "recheck:fail"))),
    ("hidden_danger", "特种作业人员无证上岗(高压电工)", 28, (("safety", "confirm"), ("safety", "configure"))),
)

#  what is asked, of whom by whom, how urgent, days ago, days from then to the deadline, and what was done so far
ASSIGNMENTS: tuple[tuple[str, str, str, str, str, int, int, tuple[str, ...]], ...] = (
    ("更换消防水带 6 条", "二号泵房与加药间各 3 条，换下的统一报废登记。", "rectifier", "leader", "紧急", 2, 3, ()),
    ("夏季高温作业安全交底", "班组全员学习并签名，照片上传。", "gridowner", "leader", "普通", 5, 9, ("handle",)),
    ("整理危化品台账", "核对次钠、PAC 库存与台账，一致后提交。", "gridowner", "safety", "普通", 12, 5, ()),
    ("补拍配电室警示标志", "共 4 处，正面清晰。", "employee", "director", "不急", 9, 6, ("handle", "review:return")),
    ("制作受限空间应急处置卡", "按模板填写，塑封张贴在池口。", "director", "safety", "普通", 20, 8, ("handle", "review")),
    ("汇总上月安全检查问题", "按网格汇总，附整改率。", "safety", "depthead", "紧急", 1, 2, ()),
)

DANGERS = sum(key == "hidden_danger" for key, *_ in CASES)


def leave_open(history: History) -> None:
    """Report each case at the visitor's grid and take it as far as the table says, at its own time."""
    people = _accounts()
    grids = _grids(people["gridowner"])
    for number, (key, text, hours, steps) in enumerate(CASES):
        example = next(e for e in answers.examples() if e.text == text)
        moment = history.end - timedelta(hours=hours)
        with clock.at(moment):
            instance = _report(history, key, example, grids[number % len(grids)], people["employee"])
        for step_number, (who, step) in enumerate(steps, 1):
            with clock.at(moment + timedelta(hours=hours / (len(steps) + 1) * step_number)):
                _take(history, instance, people, who, step, example)
    for number, line in enumerate(ASSIGNMENTS):
        _assign(history, people, number, *line)


def _report(history: History, key: str, example: Example, grid: OrgUnit, user_id: int) -> int:
    actor = history.actor(user_id)
    with unit_of_work(actor) as session:
        photos = [history.picture(session, actor, False)]
        data = answers.snap(example, grid.id, photos) if key == "snapshot" else answers.report(example, grid.id, photos, history.rng)
        return actions.start(session, actor, key, data, idem_key=history.key(), unit_id=grid.id).instance_id


def _take(history: History, instance_id: int, people: Mapping[str, int], who: str, step: str, example: Example) -> None:
    """Whoever the table names does the step, or who holds it when it went to somebody else."""
    element, _, outcome = step.partition(":")
    with unit_of_work(SYSTEM, write=False) as session:
        task = session.scalars(select(Task).where(
            Task.instance_id == instance_id, Task.element_id == element, Task.status == TaskStatus.OPEN)).first()
        able = history.able(session, task) if task else []
    if task is None or not able:
        return
    actor = history.actor(people[who] if people[who] in able else able[0])
    with unit_of_work(actor) as session:
        data = cases.task_view(session, actor, task.id).data
        answer = _answer(history, session, actor, element, data, example, people)
        if outcome:
            answer.outcome, answer.opinion = outcome, "现场复核发现压力表仍不在绿区，请更换后再报。"
        actions.complete(session, actor, task.id, answer.outcome, answer.data, opinion=answer.opinion, idem_key=history.key())


def _assign(
    history: History, people: Mapping[str, int], number: int, title: str, content: str, to: str, by: str, urgency: str, ago: int, lead: int,
    steps: Sequence[str],
) -> None:
    """One person asks another, with a copy to a third; some of it is done."""
    moment = history.end - timedelta(days=ago, hours=number)
    with clock.at(moment):
        actor = history.actor(people[by])
        reader = next(people[who] for who in ("leader", "director", "deputy") if who not in (to, by))
        with unit_of_work(actor) as session:
            instance = actions.start(session, actor, "assignment", {
                "title": title, "content": content, "assignees": [people[to]], "deadline": (clock.today() + timedelta(days=lead)).isoformat(),
                "urgency": urgency, "photos": [], "cc": [reader]}, idem_key=history.key()).instance_id
    for step_number, step in enumerate(steps, 1):
        with clock.at(moment + timedelta(days=ago / (len(steps) + 1) * step_number)):
            _answer_assignment(history, instance, people[to if step == "handle" else by], step)


def _answer_assignment(history: History, instance_id: int, user_id: int, step: str) -> None:
    element, _, outcome = step.partition(":")
    actor = history.actor(user_id)
    with unit_of_work(actor) as session:
        task = session.scalars(select(Task).where(
            Task.instance_id == instance_id, Task.element_id == element, Task.status == TaskStatus.OPEN)).one()
        said = {"progress": 100, "result": "已按要求完成，照片见附件。", "photos": [history.picture(session, actor, True)]} if element == "handle" else {
            "deadline": (clock.today() + timedelta(days=7)).isoformat() if outcome else None}
        actions.complete(session, actor, task.id, outcome or ("submit" if element == "handle" else "pass"), said,
                         opinion="有一处照片不清晰，请补拍。" if outcome else "同意。" if element == "review" else "", idem_key=history.key())


def _answer(history: History, session: Session, actor: Any, element: str, data: Mapping[str, Any], example: Example,
            people: Mapping[str, int]) -> Step:
    team = [people["rectifier"], people["director"], people["employee"]]
    for seed in range(100):  # the first straightforward answer: confirmed, agreed, passed
        answer = answers.STEPS[element](Random(seed), data, example, team, lambda cured: history.picture(session, actor, cured))
        if answer.outcome in ("configure", "done", "agree", "pass"):
            break
    if element == "configure":
        answer.data |= {"helper": None, "deadline": (clock.today() + timedelta(days=3)).isoformat()}
    return answer


def _accounts() -> dict[str, int]:
    with unit_of_work(SYSTEM, write=False) as session:
        return {row.login: row.id for row in session.execute(select(User.login, User.id))}


def _grids(owner: int) -> list[OrgUnit]:
    with unit_of_work(SYSTEM, write=False) as session:
        owned = select(OrgUnit).join(Ownership, Ownership.unit_id == OrgUnit.id).where(Ownership.user_id == owner)
        return list(session.scalars(owned.order_by(OrgUnit.id)))
