"""What a field holds, in words: where it cannot be changed, where it can no longer be sent, and where it was filled in before."""
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from data_model.organisation import OrgUnit, User
from data_model.scope import EVERYWHERE
from forms.deeds import ColleaguesField
from forms.design_kinds import SignatureField
from forms.fields import PersonField, PhotoField, PickField


@dataclass(frozen=True)
class Shown:
    """Words, pictures by id, other files as (id, name); rows of a list as tables of (label, Shown)."""

    text: str = ""
    photos: tuple[int, ...] = ()
    files: tuple[tuple[int, str], ...] = ()
    rows: tuple[tuple[tuple[str, "Shown"], ...], ...] = ()
    signature: int = 0  # the picture of a name written by hand
    ours: bool = False  # the words are choices of a form, which a language switch translates

    def __bool__(self) -> bool:
        return bool(self.text or self.photos or self.files or self.rows or self.signature)


def prepare(app: Flask) -> None:
    app.jinja_env.filters["shown"] = shown


def shown(one: Any) -> Shown:
    """A WTForms field's value."""
    if hasattr(one, "forms"):  # a list with rows
        return Shown(rows=tuple(tuple((str(part.label.text), shown(part)) for part in row) for row in one.forms))
    if hasattr(one, "file_names"):
        return Shown(files=tuple(one.file_names()))
    if isinstance(one, PhotoField):
        return Shown(photos=tuple(one.data or ()))
    if isinstance(one, PickField | ColleaguesField):
        return Shown(_names(one))
    if isinstance(one, SignatureField):
        return Shown(signature=one.data or 0)
    if hasattr(one, "iter_choices"):
        return Shown("、".join(str(label) for _, label, chosen, *_ in one.iter_choices() if chosen), ours=True)
    if one.type == "BooleanField":
        return Shown("是" if one.data else "否", ours=True)
    if isinstance(one.data, datetime):
        return Shown(f"{one.data:%Y-%m-%d %H:%M}")
    return Shown("" if one.data is None else str(one.data))


def _names(one: Any) -> str:
    """Of people and units, wherever they are now; '' of nobody."""
    ids = [i for i in (one.data if isinstance(one.data, list) else [one.data]) if i is not None]
    model: Any = User if isinstance(one, PersonField | ColleaguesField) else OrgUnit
    rows = one._form.context.session.execute(select(model.id, model.name).where(model.id.in_(ids)), execution_options=EVERYWHERE) if ids else ()
    names = {row.id: row.name for row in rows}
    return "、".join(names[i] for i in ids if i in names)
