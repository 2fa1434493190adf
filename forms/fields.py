"""Fields of our trade: a person, a place, photos, yes or no, money, a day."""
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import select
from wtforms import Field, TextAreaField
from wtforms import fields as plain
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import html_params

from data_model import clock
from data_model.attachment import Attachment
from forms.base import AtMost, Within
from forms.words import Said

MOST_PHOTOS = 9
MOST_MONEY = 9_999_999_999


class PickField(Field):
    """One row chosen by id. A select that works as it is; `data-picker` lets the page turn it into a search box."""

    picker = ""
    unknown = ""

    def rows(self) -> Sequence[tuple[int, str]]:
        raise NotImplementedError

    def process_data(self, value: Any) -> None:
        self.data = value if isinstance(value, int) else None

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = int(text) if text.isdecimal() and len(text) < 16 else None
        if text and self.data is None:
            raise ValueError(self.unknown)

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in {row_id for row_id, _ in self.rows()}:
            raise ValidationError(self.unknown)

    def widget(self, field: "PickField", **attributes: Any) -> Markup:
        attributes.setdefault("id", self.id)
        attributes.setdefault("class", "form-select")
        options = [Markup('<option value=""></option>')]
        for row_id, name in self.rows():
            chosen = " selected" if row_id == self.data else ""
            options.append(Markup(f'<option value="{row_id}"{chosen}>{escape(name)}</option>'))
        params = html_params(name=self.name, data_picker=self.picker, data_text=True, **attributes)
        return Markup(f"<select {params}>") + Markup("").join(options) + Markup("</select>")


class PersonField(PickField):
    """An active person of the company the run belongs to."""

    picker = "people"
    unknown = "请从本公司在职人员中选择"

    def rows(self) -> Sequence[tuple[int, str]]:
        return [(row_id, f"{name}（{unit}）") for row_id, name, unit in self._form.context.people]


class UnitField(PickField):
    """A station, grid or cell of the company."""

    picker = "grids"
    unknown = "请从本公司的厂站、网格和单元中选择"

    def rows(self) -> Sequence[tuple[int, str]]:
        return self._form.context.grids


class ChoiceField(plain.SelectField):
    """A select whose words are translated when shown."""

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, choices: Sequence[Any], empty: bool = False, **kwargs: Any,
    ) -> None:
        shown = [*([SelectChoice("", "")] if empty else []), *_listed(choices)]
        super().__init__(label, list(validators), choices=shown, validate_choice=False, **kwargs)

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in {choice.value for choice in self.choices}:
            raise ValidationError("请从列表中选择")

    def iter_choices(self) -> Iterator[Choice]:
        for choice in self.choices:
            label = self.gettext(choice.label) if choice.label else ""  # gettext of nothing is the catalogue's header
            yield Choice(choice.value, label, self.data == choice.value, {})


class YesNoField(plain.RadioField):
    """Yes or no, and nothing chosen beforehand unless the step says so. The answer is true, false or null."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), choices=_listed([("yes", "是"), ("no", "否")]), coerce=_yes, validate_choice=False,
                         **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = _yes(value)

    def iter_choices(self) -> Iterator[Choice]:
        for choice in self.choices:
            yield Choice(choice.value, self.gettext(choice.label), self.data is not None and self.data == _yes(choice.value), {})


def _yes(value: Any) -> bool | None:
    return {"yes": True, "no": False, True: True, False: False}.get(value)


def _listed(choices: Sequence[Any]) -> list[SelectChoice]:
    return [SelectChoice(*c) if isinstance(c, tuple) else SelectChoice(str(c)) for c in choices]


class WordsField(TextAreaField):
    """A few sentences."""

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, limit: int = 1000, least: int = -1, rows: int = 3, **kwargs: Any,
    ) -> None:
        look = {"rows": rows, "maxlength": limit} | kwargs.pop("render_kw", {})
        super().__init__(label, [*validators, AtMost(limit, least)], render_kw=look, default="", **kwargs)


class DayField(plain.DateField):
    """A calendar day, not before and not after the given number of days from today."""

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, first: int | None = None, last: int | None = None, **kwargs: Any,
    ) -> None:
        super().__init__(label, [*validators], invalid_value_message="请按 年-月-日 填写日期", **kwargs)
        self.first, self.last = first, last

    def process_data(self, value: Any) -> None:
        self.data = date.fromisoformat(value) if isinstance(value, str) and value else value

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data is None or validation_stopped:
            return
        days = (self.data - clock.today()).days
        if self.first is not None and days < self.first:
            raise ValidationError("不能早于今天" if self.first == 0 else Said("不能早于 {days} 天前", days=-self.first))
        if self.last is not None and days > self.last:
            raise ValidationError("不能晚于今天" if self.last == 0 else Said("不能晚于 {days} 天后", days=self.last))


class MomentField(plain.DateTimeLocalField):
    """A moment on the company's clock, not in the future."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
                         invalid_value_message="请填写日期和时间", **kwargs)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data is not None and self.data > clock.local(clock.now()).replace(tzinfo=None):
            raise ValidationError("不能晚于现在")


class MoneyField(plain.DecimalField):
    """An amount in yuan."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        look = {"min": 0, "step": "0.01", "inputmode": "decimal"}
        super().__init__(label, [*(validators or [Optional()]), Within(0, MOST_MONEY)], places=2,
                         invalid_value_message="请填写金额", render_kw=look, **kwargs)


class CountField(plain.IntegerField):
    """A whole number."""

    def __init__(self, label: str, validators: Sequence[Any] = (), *, most: int, **kwargs: Any) -> None:
        super().__init__(label, [*(validators or [Optional()]), Within(0, most)], invalid_value_message="请填写整数",
                         render_kw={"min": 0, "max": most, "inputmode": "numeric"}, **kwargs)


class PhotoField(Field):
    """Photos uploaded beforehand, by id. Without scripts the files come as `<name>-file`; the screen stores them, adds their ids."""

    def __init__(self, label: str, *, stage: str, least: int = 0, most: int = MOST_PHOTOS, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.stage, self.least, self.most = stage, least, most

    def process_data(self, value: Any) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = list(dict.fromkeys(int(text) for text in valuelist if text.isdecimal() and len(text) < 16))

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if len(self.data) < self.least:
            raise ValidationError(Said("请至少上传 {count} 张照片", count=self.least))
        if len(self.data) > self.most:
            raise ValidationError(Said("最多 {count} 张照片", count=self.most))
        if self.data and self._mine() != set(self.data):
            raise ValidationError("有照片不存在或已被使用，请重新上传")

    def _mine(self) -> set[int]:
        """Which of them are the actor's own and hang nowhere yet."""
        context = self._form.context
        return set(context.session.scalars(select(Attachment.id).where(
            Attachment.id.in_(self.data), Attachment.uploaded_by == context.actor.user_id, Attachment.owner_kind == "")))

    def widget(self, field: "PhotoField", **attributes: Any) -> Markup:
        kept = Markup("").join(Markup(f"<input {html_params(type='hidden', name=self.name, value=i)}>") for i in self.data)
        chooser = html_params(type="file", name=f"{self.name}-file", id=self.id, accept="image/jpeg,image/png,image/webp",
                              multiple=self.most > 1, class_="form-control")
        room = html_params(data_photos=self.name, data_stage=self.stage, data_least=self.least, data_most=self.most)
        return Markup(f"<div {room}>") + kept + Markup(f"<input {chooser}></div>")
