"""Forms in a try: what would be uploaded or signed by hand is a sample, and answers are kept by names that last instead of ids."""
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.widgets import html_params

from engine.workshop import references
from forms import StepForm
from forms.design_kinds import SignatureField
from forms.design_rows import RowsField
from forms.fields import PhotoField, PickField
from web.i18n import tr
from web.static_files import asset

PHOTOS, SIGNED = "-samples", "-signed"  # how a form says how many sample files, and whether a sample signature, a field gets
MOST = 3


def sample_photos(field: Field, **_attributes: Any) -> Markup:
    """A picture of what is meant, and how many of it."""
    most = max(field.least, min(MOST, field.most))
    words = {n: tr("{n} 张示例照片", n=n) if n else tr("不附照片") for n in range(field.least, most + 1)}
    return _choice(field, PHOTOS, words, len(field.data) if field.data else field.least)


def sample_signature(field: Field, **_attributes: Any) -> Markup:
    return _choice(field, SIGNED, {0: tr("不签名"), 1: tr("示例签名")}, 1)


def _choice(field: Field, suffix: str, words: dict[int, str], chosen: int) -> Markup:
    options = Markup("").join(Markup("<option {}>{}</option>").format(
        Markup(html_params(value=n, **({"selected": True} if n == chosen else {}))), said) for n, said in words.items())
    return Markup('<div class="sample-photos"><img src="{}" alt="" width="56" height="56"><select {}>{}</select></div>').format(
        asset("sample-photo.svg"), Markup(html_params(name=field.name + suffix, id=field.id, class_="form-select")), options)


def dress(form: Any) -> None:
    """Let the form ask for samples instead of uploads, in the rows of its lists too."""
    for one in _all(form):
        if isinstance(one, SignatureField):
            one.widget, one.type = sample_signature, "SampleField"
        elif isinstance(one, PhotoField):
            one.widget = sample_photos


def _all(form: Any) -> Iterator[Field]:
    for one in form._fields.values():
        yield one
        if isinstance(one, RowsField):
            yield from (inner for row in one.forms for inner in _all(row))


def with_samples(session: Any, sent: MultiDict[str, str], by: int) -> MultiDict[str, str]:
    """What was posted, with sample photos and signatures that this person has just made."""
    filled: MultiDict[str, str] = MultiDict((name, value) for name, value in sent.items(multi=True) if not name.endswith((PHOTOS, SIGNED)))
    for name, said in sent.items():
        count = int(said) if said.isdecimal() and len(said) < 3 else 0
        if name.endswith(PHOTOS):
            filled.setlist(name.removesuffix(PHOTOS), [str(row_id) for row_id in references.photos(session, by, count)])
        elif name.endswith(SIGNED) and count:
            filled[name.removesuffix(SIGNED)] = str(references.signature(session, by))
    return filled


def lasting(form: StepForm) -> dict[str, Any]:
    """The form's answers with names in place of ids."""
    return {name: _lasting(form._fields.get(name), value, form.context.session) for name, value in form.answers().items()}


def _lasting(field: Any, value: Any, session: Any) -> Any:
    if isinstance(field, RowsField):
        inside = field.forms[0]._fields if field.forms else {}
        return [{name: _lasting(inside.get(name), part, session) for name, part in row.items()} for row in value]
    if isinstance(field, SignatureField):
        return {"$signature": True} if value else None
    if isinstance(field, PhotoField):
        return {"$photos": len(value)}
    if isinstance(field, PickField):
        return references.named(session, value) if field.picker == "people" else references.placed(session, value)
    if hasattr(field, "rows") and isinstance(value, list) and all(isinstance(one, int) for one in value):
        return [references.named(session, one) for one in value]
    return value
