"""委托: who stands in for me, from when to when, for which flows."""
from collections.abc import Sequence
from typing import Any

from wtforms import fields as plain
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from forms.base import StepForm, needed
from forms.deeds import ColleagueField
from forms.fields import WordsField


class TimeField(plain.DateTimeLocalField):
    """A moment on the company's clock."""

    def __init__(self, label: str, text: str, **more: Any) -> None:
        super().__init__(label, [needed(text)], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], invalid_value_message="请填写日期和时间", **more)


class FlowsField(plain.SelectMultipleField):
    """Flows to choose from; none chosen means all."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def offer(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.choices = [SelectChoice(value, label) for value, label in pairs]


class AppointForm(StepForm):
    agent = ColleagueField("代理人", [needed("请选择代理人")], description="委托期间，代理人能看到并办理您的待办；结束后自动收回。")
    begins = TimeField("从何时", "请填写开始时间")
    ends = TimeField("到何时", "请填写结束时间")
    keys = FlowsField("流程", choices=(), validate_choice=False, description="不选就是全部流程。标明须本人签的步骤不会委托。")
    reason = WordsField("事由", limit=200, rows=2)
