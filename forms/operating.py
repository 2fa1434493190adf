"""What is asked before a process owner's deed on a case: why, and what it needs to know."""
import json
from typing import Any

from wtforms.validators import ValidationError

from forms.base import StepForm, needed
from forms.deeds import LONGEST_REASON, OfferField
from forms.fields import PersonField, WordsField


def _reason(label: str = "原因", **more: Any) -> WordsField:
    return WordsField(label, [needed("请填写原因")], limit=LONGEST_REASON, rows=3, **more)


class JsonField(WordsField):
    """A value as JSON says it; what is no JSON is refused beside the field, and nothing typed is lost."""

    def value(self) -> Any:
        return json.loads(self.data or "null")

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        try:
            self.value()
        except (ValueError, RecursionError):
            raise ValidationError("这不是 JSON：文字要加英文引号，是或否写 true 或 false") from None


class SuspendForm(StepForm):
    reason = _reason("挂起原因", description="办理人和发起人会看到您写的原因。")


class ResumeForm(StepForm):
    reason = _reason("恢复原因")


class CancelForm(StepForm):
    reason = _reason("撤销原因", description="撤销后不能恢复，原因会留在流转记录里。")


class MoveForm(StepForm):
    element = OfferField("移动到", "请选择移动到哪一步")
    reason = _reason("移动原因", description="任务被关闭的人会看到您写的原因。")


class EditForm(StepForm):
    value = JsonField("新的内容", limit=4_000, rows=3)
    reason = _reason("修改原因", description="改动前后的内容会留在流转记录里。")


class SkipForm(StepForm):
    result = JsonField("结果数据", limit=8_000, rows=4, description="此环节本应产生的数据，写成 JSON 对象；没有就写 {}。")
    reason = _reason("跳过原因")


class ReassignForm(StepForm):
    to = PersonField("指派给", [needed("请选择办理人")])
    reason = _reason("指派原因", description="对方会看到您写的原因。")
