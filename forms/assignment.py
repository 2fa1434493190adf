"""任务指派: what is asked at each step of bpmn/assignment.bpmn."""
from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import StringField
from wtforms.validators import Optional

from data_model.assignment import Urgency
from forms.base import AtMost, StepForm, needed
from forms.context import FormContext
from forms.deeds import ColleaguesField
from forms.fields import ChoiceField, CountField, DayField, PhotoField, WordsField

LONGEST_LEAD = 730  # days from today to the deadline


class ReadersField(ColleaguesField):
    """Several people, or nobody."""

    least = 0


class StartForm(StepForm):
    """指派任务: what, by whom, until when. Each person gets a task of their own."""

    title = StringField("任务标题", [needed("请填写任务标题"), AtMost(60, 2)], render_kw={"maxlength": 60})
    content = WordsField("任务内容", [needed("请写明要做什么、做到什么程度")], limit=2000, least=2, rows=4)
    assignees = ColleaguesField("责任人", description="可选多人，每人一项任务，各自处理、分别复核。")
    deadline = DayField("完成期限", [needed("请选择完成期限")], first=0, last=LONGEST_LEAD)
    urgency = ChoiceField("优先级", choices=list(Urgency))
    photos = PhotoField("照片", stage="before")
    cc = ReadersField("抄送", description="抄送人可以查看进展，不需要办理。")

    @classmethod
    def initial(cls, context: FormContext) -> Mapping[str, Any]:
        return {"urgency": Urgency.NORMAL}


class HandleForm(StepForm):
    """处理: how far it is, what came of it."""

    progress = CountField("进度（%）", [needed("请填写进度")], most=100)
    result = WordsField("完成情况", [needed("请填写完成情况")], limit=2000, least=2, rows=4)
    photos = PhotoField("完成照片", stage="after")

    @classmethod
    def initial(cls, context: FormContext) -> Mapping[str, Any]:
        return {"progress": context.said("handle.progress", 100), "result": context.said("handle.result", "")}


class ReviewForm(StepForm):
    """指派人复核. The opinion is asked beside the buttons."""

    deadline = DayField("新的完成期限", [Optional()], first=0, last=LONGEST_LEAD, description="仅在退回时填写；不填则期限不变。")

    @classmethod
    def unasked(cls, context: FormContext) -> Iterable[str]:
        return ("deadline",) if context.outcome == "pass" else ()
