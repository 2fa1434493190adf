"""Forms in a try: photos are samples, and answers are kept by names that last instead of ids."""
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.widgets import html_params

from engine.workshop import references
from forms import StepForm
from forms.fields import PhotoField, PickField
from web.i18n import tr
from web.static_files import asset

SUFFIX = "-samples"  # how many sample photos a field gets
MOST = 3


def sample_photos(field: Field, **_attributes: Any) -> Markup:
    """A picture of what is meant, and how many of it."""
    least, most = getattr(field, "least", 0), max(getattr(field, "least", 0), min(MOST, getattr(field, "most", 1)))
    chosen = len(field.data or ()) if field.data else least
    options = Markup("").join(Markup("<option {}>{}</option>").format(
        Markup(html_params(value=n, **({"selected": True} if n == chosen else {}))), tr("{n} 张示例照片", n=n) if n else tr("不附照片"))
        for n in range(least, most + 1))
    return Markup('<div class="sample-photos"><img src="{}" alt="" width="56" height="56"><select {}>{}</select></div>').format(
        asset("sample-photo.svg"), Markup(html_params(name=field.name + SUFFIX, id=field.id, class_="form-select")), options)


def is_upload(field: Field) -> bool:
    """Whether a field wants something uploaded: in a try it gets a sample."""
    return isinstance(field, PhotoField) or hasattr(field, "file_names")


def dress(form: StepForm) -> StepForm:
    """Let the form ask for samples instead of uploads."""
    for one in form:
        if is_upload(one):
            one.widget = sample_photos
    return form


def with_samples(blank: StepForm, sent: MultiDict[str, str], by: int) -> MultiDict[str, str]:
    """What was posted, with sample photos that this person has just taken.

    Args:
        blank: the same form as it is shown for the first time.
    """
    filled = MultiDict(sent)
    for one in blank:
        if is_upload(one):
            count = sent.get(one.name + SUFFIX, "0")
            made = references.photos(blank.context.session, by, int(count) if count.isdecimal() and len(count) < 3 else 0)
            filled.setlist(one.name, [str(row_id) for row_id in made])
    return filled


def lasting(form: StepForm) -> dict[str, Any]:
    """The form's answers with names in place of ids."""
    fields = {one.name: one for one in form}
    return {name: _lasting(form, fields[name], value) if name in fields else value for name, value in form.answers().items()}


def _lasting(form: StepForm, field: Field, value: Any) -> Any:
    session = form.context.session
    if is_upload(field):
        return {"$photos": len(value) if isinstance(value, list) else int(bool(value))}
    if isinstance(field, PickField):
        return (references.placed if field.picker == "grids" else references.named)(session, value)
    if hasattr(field, "rows") and isinstance(value, list) and all(isinstance(one, int) for one in value):
        return [references.named(session, one) for one in value]
    return value
