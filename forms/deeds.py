"""What is asked before a deed on a task or a case: to whom, and why."""
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import html_params

from forms.base import StepForm, needed
from forms.fields import ChoiceField, PersonField, WordsField
from forms.words import Said

LONGEST_REASON = 500
MOST_PEOPLE = 20
WHERE = (("before", "在我之前签：他们签完，任务回到我这里"), ("after", "在我之后签：我先办理，他们签完才往下走"),
         ("alongside", "与我一起签：和其他会签人一样计票"))
WAYS = (("redo_all", "之后的步骤重新办理一遍"), ("straight_back", "改完直接回到我这里"))


class OfferField(ChoiceField):
    """One of what the engine offers at this moment."""

    def __init__(self, label: str, text: str = "", **more: Any) -> None:
        super().__init__(label, [needed(text)] if text else [], choices=(), **more)

    def offer(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.choices = [SelectChoice(value, label) for value, label in pairs]


class ColleagueField(PersonField):
    """Another active person of the company."""

    def rows(self) -> Sequence[tuple[int, str]]:
        return [row for row in super().rows() if row[0] != self._form.context.actor.user_id]


class ColleaguesField(Field):
    """Several people by id; a select that works as it is, `data-picker` makes it a search box with the names chosen so far."""

    unknown = "请从本公司在职人员中选择"
    least = 1

    def rows(self) -> Sequence[tuple[int, str]]:
        context = self._form.context
        return [(row_id, f"{name}（{unit}）") for row_id, name, unit in context.people if row_id != context.actor.user_id]

    def process_data(self, value: Any) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = list(dict.fromkeys(int(text) for text in valuelist if text.isdecimal() and len(text) < 16))

    def pre_validate(self, form: Any) -> None:
        if len(self.data) < self.least:
            raise ValidationError("请至少选择一人")
        if len(self.data) > MOST_PEOPLE:
            raise ValidationError(Said("一次最多 {count} 人", count=MOST_PEOPLE))
        if set(self.data) - {row_id for row_id, _ in self.rows()}:
            raise ValidationError(self.unknown)

    def widget(self, field: "ColleaguesField", **attributes: Any) -> Markup:
        attributes = {"id": self.id, "class": "form-select", **attributes}
        options = [Markup(f'<option value="{row_id}"{" selected" if row_id in self.data else ""}>{escape(name)}</option>')
                   for row_id, name in self.rows()]
        params = html_params(name=self.name, data_picker="people", data_text=True, multiple=True, size=6, required=bool(self.least),
                             **attributes)
        return Markup(f"<select {params}>") + Markup("").join(options) + Markup("</select>")


def _reason(label: str = "原因", text: str = "请填写原因", **more: Any) -> WordsField:
    return WordsField(label, [needed(text)], limit=LONGEST_REASON, rows=3, **more)


class TransferForm(StepForm):
    to = ColleagueField("转给", [needed("请选择接收人")])
    reason = _reason(description="对方会看到您写的原因。")


class DelegateForm(StepForm):
    to = ColleagueField("委派给", [needed("请选择协助人")])
    reason = _reason("要对方做什么", "请写明要对方做什么", description="对方填写意见后，任务回到您手里，由您决定。")


class TakeBackForm(StepForm):
    reason = _reason()


class ReturnForm(StepForm):
    element = OfferField("退回到", "请选择退回到哪一步")
    mode = OfferField("改好之后")
    reason = _reason("退回原因", "请填写退回原因", description="写清要改什么，对方据此修改。")


class RejectForm(StepForm):
    reason = _reason("驳回原因", "请填写驳回原因")


class WithdrawForm(StepForm):
    reason = _reason("撤回原因", "请填写撤回原因")


class AddSignerForm(StepForm):
    people = ColleaguesField("加签人")
    where = OfferField("顺序", "请选择加签方式")
    reason = _reason("加签原因", "请填写加签原因")


class RemoveSignerForm(StepForm):
    signer = OfferField("减签人", "请选择要减去的人")
    reason = _reason("减签原因", "请填写减签原因")


class CopyForm(StepForm):
    people = ColleaguesField("抄送给", description="对方只能查看本流程，不能办理。")
    note = WordsField("附言", limit=LONGEST_REASON, rows=2)


class AskReturnForm(StepForm):
    reason = _reason("申请原因", "请填写申请原因", description="当前办理人会收到您的申请，由其决定是否退回。")


class AskCancelForm(StepForm):
    reason = _reason("申请原因", "请填写申请原因", description="当前办理人会收到您的申请，同意后流程撤销。")


class AgreeForm(StepForm):
    """Nothing more is asked: the starter has said why."""


class CancelForm(StepForm):
    reason = _reason("撤销原因", "请填写撤销原因", description="撤销后不能恢复，原因会留在流转记录里。")
