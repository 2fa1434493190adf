"""Each component of a designed form as a WTForms field: the attributes a browser checks by and the rules of the server are one."""
import re
from collections.abc import Callable
from typing import Any

from wtforms import StringField
from wtforms import fields as plain_fields
from wtforms.validators import Optional

from forms.base import AtMost, Within, needed
from forms.design_kinds import (
    AmountField,
    DayTimeField,
    FilesField,
    ManyField,
    OneField,
    OrgUnitField,
    PeopleField,
    Shaped,
    SignatureField,
    UploadsField,
    WholeField,
)
from forms.design_tree import Node
from forms.dictionaries import DICTIONARIES
from forms.fields import MOST_PHOTOS, ChoiceField, DayField, PersonField, UnitField, WordsField
from forms.patterns import LONGEST, BadPattern, matches

LINE, WORDS, HUGE = 500, 2000, 10**12  # characters of a line and of a text; a number without bounds
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,}")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def field_of(node: Node) -> Any:
    """The unbound field of a question that is no list of rows."""
    asked = [needed()] if node.required else [Optional()]
    return _MAKE[node.type](node, asked, {"description": node.help})


def _whole(node: Node, name: str) -> int | None:
    try:
        return int(float(node.rules[name])) if node.rules.get(name) not in (None, "") else None
    except (TypeError, ValueError):
        return None


def _length(node: Node, usual: int) -> tuple[int, int]:
    pattern = LONGEST if node.rules.get("pattern") else usual
    return max(1, min(_whole(node, "maxLength") or pattern, pattern if node.rules.get("pattern") else 20_000)), _whole(node, "minLength") or -1


def _line(node: Node, asked: list[Any], more: dict[str, Any]) -> Any:
    most, least = _length(node, LINE)
    look: dict[str, Any] = {"maxlength": most} | ({"minlength": least} if least > 0 else {})
    rules = [*asked, AtMost(most, least)]
    pattern, kind = str(node.rules.get("pattern") or ""), node.rules.get("validationType")
    if pattern and kind in (None, "", "custom"):
        look["pattern"] = pattern
        rules.append(Shaped(lambda text: _fits(pattern, text), "格式不对，请按说明填写"))
    elif kind == "email":
        look |= {"type": "email", "inputmode": "email"}
        rules.append(Shaped(lambda text: _MAIL.fullmatch(text) is not None, "请填写电子邮箱地址"))
    elif kind == "phone":
        look |= {"type": "tel", "inputmode": "tel"}
        rules.append(Shaped(lambda text: _PHONE.fullmatch(text) is not None, "请填写电话号码"))
    return StringField(node.label, rules, render_kw=look, default="", **more)


def _fits(pattern: str, text: str) -> bool:
    try:
        return matches(pattern, text)
    except BadPattern:
        return True  # a draft that is tried before it is mended; check refuses it


def _text(node: Node, asked: list[Any], more: dict[str, Any]) -> Any:
    most, least = _length(node, WORDS)
    look = {"minlength": least} if least > 0 else {}
    return WordsField(node.label, asked, limit=most, least=least, rows=4, render_kw=look, **more)


def _number(node: Node, asked: list[Any], more: dict[str, Any]) -> Any:
    low, high = (_bound(node, "min", -HUGE), _bound(node, "max", HUGE))
    digits = node.said.get("decimalDigits")
    digits = max(0, min(int(digits), 9)) if isinstance(digits, int | float) else None
    look: dict[str, Any] = {"step": "any" if digits is None else "1" if digits == 0 else f"0.{'0' * (digits - 1)}1",
                            "inputmode": "numeric" if digits == 0 else "decimal"}
    look |= {name: said for name, said, usual in (("min", low, -HUGE), ("max", high, HUGE)) if said != usual}
    rules = [*asked, Within(low, high)]
    return WholeField(node.label, rules, render_kw=look, **more) if digits == 0 else AmountField(
        node.label, rules, digits=digits, render_kw={"type": "number", **look}, **more)


def _bound(node: Node, name: str, usual: int) -> int | float:
    try:
        found = float(node.rules[name])
    except (KeyError, TypeError, ValueError):
        return usual
    return int(found) if found == int(found) else found


def _moment(node: Node, asked: list[Any], more: dict[str, Any]) -> Any:
    kind = node.said.get("subtype", "date")
    if kind == "time":
        rules = [*asked, Shaped(lambda text: _TIME.fullmatch(text) is not None, "请按 时:分 填写时间")]
        return StringField(node.label, rules, render_kw={"type": "time"}, default="", **more)
    if kind == "datetime":
        return DayTimeField(node.label, asked, **more)
    return DayField(node.label, asked, first=0 if node.said.get("disallowPassedDates") is True else None, **more)


def _box(node: Node, asked: list[Any], more: dict[str, Any]) -> Any:
    return plain_fields.BooleanField(node.label, [needed("请勾选此项")] if node.required else [], **more)


def _person(node: Node, asked: list[Any], more: dict[str, Any]) -> Any:
    if node.said.get("multiple") is True:
        return PeopleField(node.label, least=int(node.required), **more)
    return PersonField(node.label, asked, **more)


def _uploads(kind: type[UploadsField]) -> Callable[..., Any]:
    def make(node: Node, asked: list[Any], more: dict[str, Any]) -> Any:
        least, most = max(_whole(node, "min") or 0, int(node.required)), _whole(node, "max") or MOST_PHOTOS
        return kind(node.label, stage="form", least=least, most=max(1, min(most, 20)), **more)
    return make


_MAKE: dict[str, Callable[[Node, list[Any], dict[str, Any]], Any]] = {
    "textfield": _line, "textarea": _text, "number": _number, "datetime": _moment, "checkbox": _box,
    "checklist": lambda node, asked, more: ManyField(node.label, asked, choices=node.choices, **more),
    "taglist": lambda node, asked, more: ManyField(node.label, asked, choices=node.choices, **more),
    "radio": lambda node, asked, more: OneField(node.label, asked, choices=node.choices, **more),
    "select": lambda node, asked, more: ChoiceField(node.label, asked, choices=node.choices, empty=True, **more),
    "dictionary": lambda node, asked, more: ChoiceField(
        node.label, asked, choices=DICTIONARIES.get(str(node.said.get("dictionary")), ("", ()))[1], empty=True, **more),
    "person": _person, "unit": lambda node, asked, more: OrgUnitField(node.label, asked, **more),
    "grid": lambda node, asked, more: UnitField(node.label, asked, **more),
    "photo": _uploads(UploadsField), "attachment": _uploads(FilesField),
    "signature": lambda node, asked, more: SignatureField(node.label, asked, **more),
}
