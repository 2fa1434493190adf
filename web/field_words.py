"""What a field holds, in words: where it cannot be changed, where it can no longer be sent, and where it was filled in before."""
from dataclasses import dataclass
from typing import Any

from flask import Flask

from forms.fields import PhotoField, PickField


@dataclass(frozen=True)
class Shown:
    """Words, pictures by id, other files as (id, name); rows of a list as tables of (label, Shown)."""

    text: str = ""
    photos: tuple[int, ...] = ()
    files: tuple[tuple[int, str], ...] = ()
    rows: tuple[tuple[tuple[str, "Shown"], ...], ...] = ()
    ours: bool = False  # the words are choices of a form, which a language switch translates

    def __bool__(self) -> bool:
        return bool(self.text or self.photos or self.files or self.rows)


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
    if isinstance(one, PickField):
        return Shown(dict(one.rows()).get(one.data, "") if one.data is not None else "")
    if hasattr(one, "rows"):  # several people
        names = dict(one.rows())
        return Shown("、".join(names[i] for i in one.data or () if i in names))
    if hasattr(one, "iter_choices"):
        return Shown("、".join(str(label) for _, label, chosen, *_ in one.iter_choices() if chosen), ours=True)
    if one.type == "BooleanField":
        return Shown("是" if one.data else "否", ours=True)
    return Shown("" if one.data is None else str(one.data))
