"""What may be done to a task or a case, as a table: what the pages' menu has (web/deeds.py), and what stands outside it."""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.api_token import Scope
from data_model.permissions import EVERYONE
from data_model.process import Task
from engine import actions, cases
from engine.actions import Answer
from engine.errors import EngineError
from forms import StepForm
from forms.deeds import MOST_PEOPLE
from web.api.filled import filled, said
from web.api.shapes import FORMS, FREE, LONGEST_OPINION, MOST_FILES, Shape, asked, listed, number, text
from web.asked import context_of, kind_of
from web.deeds import OF_CASE, OF_TASK, Act


@dataclass(frozen=True)
class Deed:
    """One action; what comes in has a shape, or is asked by a form."""

    word: str
    summary: str
    act: Act
    body: Shape | None = None
    form: type[StepForm] | None = None
    to: str = "tasks"
    scope: str = Scope.TASKS_ACT

    @property
    def permission(self) -> str:
        return {"tasks": "inbox.use", "cases": EVERYONE}[self.to]

    @property
    def argument(self) -> str:
        return {"tasks": "task_id", "cases": "instance_id"}[self.to]


def _complete(session: Session, actor: Actor, task_id: int, body: Mapping[str, Any], key: str) -> Answer:
    """Whether the task is this person's is asked first: only then does the form speak."""
    view = cases.task_view(session, actor, task_id)
    outcome, opinion, answers = body["outcome"], body.get("opinion", "").strip(), {}
    if "complete" in view.may:
        chosen = next((one for one in view.outcomes if one.value == outcome), None)
        if chosen is None:
            raise EngineError("没有「{outcome}」这个选项", "outcome", outcome=outcome)
        answers = filled(view.asked, context_of(view, outcome), body.get("answers", {}), opinion, chosen.opinion, task_id)
    return actions.complete(session, actor, task_id, outcome, answers, idem_key=key, opinion=opinion, files=body.get("files", ()),
                            signature=body.get("signature"))


def _claim(session: Session, actor: Actor, task_id: int, body: Mapping[str, Any], key: str) -> Answer:
    actions.claim(session, actor, task_id)
    return Answer(session.get_one(Task, task_id).instance_id, task_id, task_id)


def _unclaim(session: Session, actor: Actor, task_id: int, body: Mapping[str, Any], key: str) -> None:
    actions.unclaim(session, actor, task_id)


def _give_back(session: Session, actor: Actor, task_id: int, body: Mapping[str, Any], key: str) -> Answer:
    """Of the form as much as the colleague could fill in; its rules are for the owner, who decides."""
    view = cases.task_view(session, actor, task_id)
    kind, context = kind_of(view.asked), context_of(view)
    answers = said(lambda sent: kind(sent, context=context), body.get("answers", {}), offered=False)
    return actions.give_back(session, actor, task_id, answers, body["opinion"].strip(), idem_key=key)


def _comment(session: Session, actor: Actor, instance_id: int, body: Mapping[str, Any], key: str) -> Answer:
    cases.case_view(session, actor, instance_id)
    return actions.comment(session, actor, instance_id, body["text"], idem_key=key, mentions=body.get("mentions", ()))


def _remind(session: Session, actor: Actor, instance_id: int, body: Mapping[str, Any], key: str) -> Answer:
    cases.case_view(session, actor, instance_id)
    return actions.remind(session, actor, instance_id, idem_key=key)


def _follow(session: Session, actor: Actor, instance_id: int, body: Mapping[str, Any], key: str) -> None:
    actions.follow(session, actor, instance_id)


def _unfollow(session: Session, actor: Actor, instance_id: int, body: Mapping[str, Any], key: str) -> None:
    cases.case_view(session, actor, instance_id)
    actions.unfollow(session, actor, instance_id)


ANSWERS = {**FREE, "description": "表单的字段", FORMS: "step"}
OPINION = text("意见", maxLength=LONGEST_OPINION)
DEEDS = (
    Deed("complete", "办理", _complete, asked(
        {"outcome": text("办理结果（outcomes 之一）", maxLength=40), "answers": ANSWERS, "opinion": OPINION,
         "files": listed(number(minimum=1), "随意见提交的附件", maxItems=MOST_FILES),
         "signature": number("手写签名：先用 POST /files/signatures 上传的编号", minimum=1)}, ("outcome",))),
    Deed("claim", "认领", _claim),
    Deed("unclaim", "退还给候选人", _unclaim),
    Deed("give_back", "交回委派", _give_back, asked({"answers": ANSWERS, "opinion": {**OPINION, "minLength": 1}}, ("opinion",))),
    Deed("comment", "评论", _comment, asked(
        {"text": text(minLength=1, maxLength=LONGEST_OPINION), "mentions": listed(number(minimum=1), "提到的人", maxItems=MOST_PEOPLE)},
        ("text",)), to="cases"),
    Deed("follow", "关注", _follow, to="cases"),
    Deed("unfollow", "取消关注", _unfollow, to="cases"),
    Deed("remind", "催办", _remind, to="cases"),
    *(Deed(one.word, one.label, one.act, form=one.form) for one in OF_TASK.values()),
    *(Deed(one.word, one.label, one.act, form=one.form, to="cases", scope=Scope.CASES_START if one.word == "cancel" else Scope.TASKS_ACT)
      for one in OF_CASE.values()),
)
