"""The kinds of fields that only designed forms have."""
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from wtforms import Field
from wtforms import fields as plain_fields
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, html_params

from data_model.attachment import Attachment
from forms.deeds import ColleaguesField
from forms.fields import PhotoField, PickField
from forms.words import Said


class Shaped:
    """A text of a shape: a pattern, an address, a telephone number, a time of day."""

    def __init__(self, fits: Callable[[str], bool], words: str) -> None:
        self.fits, self.words = fits, words

    def __call__(self, form: Any, field: Field) -> None:
        text = (field.data or "").strip()
        if text and not self.fits(text):
            raise ValidationError(self.words)


class AmountField(plain_fields.DecimalField):
    """A number with so many digits behind the point; '' is none."""

    def __init__(self, *args: Any, digits: int | None = None, **more: Any) -> None:
        super().__init__(*args, places=digits, invalid_value_message="请填写数字", **more)
        self.digits = digits

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data is None or validation_stopped or self.digits is None or not self.data.is_finite():
            return
        if -int(self.data.normalize().as_tuple().exponent) > self.digits:
            raise ValidationError(Said("小数最多 {digits} 位", digits=self.digits))


class WholeField(plain_fields.IntegerField):
    """A whole number."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, invalid_value_message="请填写整数", **more)


class DayTimeField(plain_fields.DateTimeLocalField):
    """A moment on the company's clock, at any time."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], invalid_value_message="请填写日期和时间", **more)

    def process_data(self, value: Any) -> None:
        self.data = datetime.fromisoformat(value).replace(tzinfo=None) if isinstance(value, str) and value else value


class ManyField(plain_fields.SelectMultipleField):
    """Several of a list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, validators: Sequence[Any], *, choices: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(label, list(validators), choices=[SelectChoice(*one) for one in choices], validate_choice=False, **more)

    def process_data(self, value: Any) -> None:
        self.data = [str(one) for one in value] if isinstance(value, list) else []

    def pre_validate(self, form: Any) -> None:
        if set(self.data or ()) - {one.value for one in self.choices}:
            raise ValidationError("请从列表中选择")


class OneField(plain_fields.RadioField):
    """One of a short list, all of it in sight."""

    def __init__(self, label: str, validators: Sequence[Any], *, choices: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(label, list(validators), choices=[SelectChoice(*one) for one in choices], validate_choice=False, **more)

    def process_data(self, value: Any) -> None:
        self.data = str(value) if value else None

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in {one.value for one in self.choices}:
            raise ValidationError("请从列表中选择")


class PeopleField(ColleaguesField):
    """Several people of the company, oneself too."""

    def __init__(self, label: str, *, least: int = 0, **more: Any) -> None:
        super().__init__(label, **more)
        self.least = least

    def rows(self) -> Sequence[tuple[int, str]]:
        return [(row_id, f"{name}（{unit}）") for row_id, name, unit in self._form.context.people]


class OrgUnitField(PickField):
    """Any unit of the company: a department, a station, a grid."""

    picker = "units"
    unknown = "请从本公司的部门和单位中选择"

    def rows(self) -> Sequence[tuple[int, str]]:
        return self._form.context.units


class UploadsField(PhotoField):
    """Photos; those that the form held before may stay."""

    def _mine(self) -> set[int]:
        return super()._mine() | (set(self.data) & before(self))


class FilesField(UploadsField):
    """Other files: uploaded beforehand, by id; without scripts they come as `<name>-document`."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if len(self.data) < self.least:
            raise ValidationError(Said("请至少上传 {count} 个附件", count=self.least))
        if len(self.data) > self.most:
            raise ValidationError(Said("最多 {count} 个附件", count=self.most))
        if self.data and self._mine() != set(self.data):
            raise ValidationError("有附件不存在或已被使用，请重新上传")

    def file_names(self) -> list[tuple[int, str]]:
        if not self.data:
            return []
        rows = self._form.context.session.execute(select(Attachment.id, Attachment.name).where(Attachment.id.in_(self.data)))
        names = {row.id: row.name for row in rows}
        return [(one, names[one]) for one in self.data if one in names]

    def widget(self, field: "FilesField", **attributes: Any) -> Markup:
        kept = Markup("").join(
            Markup("<li><input {}><a href=\"/files/{}\" data-text>{}</a></li>").format(
                Markup(html_params(type="hidden", name=self.name, value=one)), one, name) for one, name in self.file_names())
        chooser = html_params(type="file", name=f"{self.name}-document", id=self.id, multiple=self.most > 1, class_="form-control",
                              **{key.replace("_", "-"): said for key, said in attributes.items() if key.startswith("aria")})
        room = html_params(data_documents=self.name, data_most=self.most)
        return Markup(f"<div {room}><ul class=\"documents\">") + kept + Markup(f"</ul><input {chooser}></div>")


class SignatureField(Field):
    """A name written by hand: the id of its picture. A page's pad sends the picture itself; the screen stores it first."""

    def process_data(self, value: Any) -> None:
        self.data = value if isinstance(value, int) else None

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isdecimal() and len(text) < 16 else None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data is None:
            return
        context = self._form.context
        if context.session.scalar(select(Attachment.id).where(
                Attachment.id == self.data, Attachment.uploaded_by == context.actor.user_id, Attachment.owner_kind == "",
                Attachment.media_type == "image/png")) is None:
            raise ValidationError("签名已失效，请重新签名")

    def widget(self, field: "SignatureField", **attributes: Any) -> Markup:
        return Markup("<input {}>").format(Markup(html_params(type="hidden", name=self.name, value=self.data or "")))


def before(one: Any) -> set[int]:
    """Uploads that this field of the form held last, at this step or an earlier one."""
    context = one._form.context
    found = context.earlier.get(one.short_name) or ()
    rows = context.earlier.get(getattr(one._form, "row_of", ""), ())
    ids = [*(found if isinstance(found, list) else [found])]
    for row in rows if isinstance(rows, list) else ():
        said = row.get(one.short_name) if isinstance(row, dict) else None
        ids += said if isinstance(said, list) else [said]
    return {one for one in ids if isinstance(one, int)}
