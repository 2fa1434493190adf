"""重复行: a list of rows, each with the same few fields; `<list>-<row>-<field>` is what a browser sends."""
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from wtforms import Field, Form

from forms.base import Translations
from forms.conditions import Tree, bound, holds
from forms.design_tree import Node, questions
from forms.locks import Locks
from forms.values import plain
from forms.words import Said

MOST_ROWS = 50
BLANK = "__i__"  # stands for the row's number in the row that the page copies


class RowForm(Form):
    """One row. It knows the context of the form that it stands in."""

    class Meta:
        def get_translations(self, form: Any) -> Translations:
            return Translations(form.context.say)

    nodes: tuple[Node, ...] = ()
    row_of = ""
    gone: frozenset[str] = frozenset()
    locks = Locks()

    def __init__(self, formdata: Any, around: Any, prefix: str, data: Mapping[str, Any] | None = None) -> None:
        """Args: around: the form that it stands in."""
        self.around, self.context, self.off = around, around.context, dict[int, Node]()
        super().__init__(formdata=formdata, prefix=prefix, data=data or {})

    def hide(self, node: Node) -> Tree | None:
        return bound(node.hide, self.context.said, getattr(self.around, "fixed", {})) if node.hide else None

    def is_off(self, node: Node) -> bool:
        return id(node) in self.off

    def look(self, outer: Mapping[str, Any]) -> None:
        """What is hidden in it: conditions look at the row's own fields first, then at those before the list."""
        self.off = {id(node): node for node in self._hidden(self.nodes, dict(outer), False)}
        self.gone = frozenset(node.key for node in self.off.values() if node.key)
        for name in self.gone:
            silence(self._fields[name])

    def _hidden(self, inside: Sequence[Node], known: dict[str, Any], gone: bool) -> Iterator[Node]:
        for node in inside:
            off = gone or holds(self.hide(node), known)
            if off:
                yield node
            if not node.key:
                yield from self._hidden(node.inside, known, off)
            elif node.key in self._fields:
                known[node.key] = None if off else compared(self._fields[node.key])

    def said(self) -> dict[str, Any]:
        return {name: empty(one) if name in self.gone else plain(one.data) for name, one in self._fields.items()}

    @property
    def is_blank(self) -> bool:
        return all(plain(one.data) in (None, "", [], False) for one in self._fields.values())


class RowsField(Field):
    """The rows; those left blank do not count."""

    def __init__(self, label: str, *, kind: type[RowForm], least: int = 0, begin: int = 1, **more: Any) -> None:
        super().__init__(label, **more)
        self.kind, self.least, self.begin = kind, least, begin
        self.forms: list[RowForm] = []
        self.wrong: list[Any] = []  # what is wrong with the list itself; the rows have their own words

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors, self.wrong = [], []
        sent = formdata is not None and bool(formdata)
        self.forms = self._sent(formdata) if sent else self._held(data if isinstance(data, list) else [])

    @property
    def data(self) -> list[dict[str, Any]]:  # type: ignore[override]
        return [row.said() for row in self.forms if not row.is_blank]

    @data.setter
    def data(self, value: Any) -> None:
        """WTForms sets it while a field is made; the rows come with `process`."""

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        rows = [row for row in self.forms if not row.is_blank]
        self.wrong = []
        if len(rows) < self.least:
            self.wrong.append("请至少填写一行")
        if len(rows) > MOST_ROWS:
            self.wrong.append(Said("最多 {limit} 行", limit=MOST_ROWS))
        good = [row.validate() for row in rows]
        told = [(number, one.label.text, words) for number, row in enumerate(rows, 1) for one in row for words in one.errors]
        self.errors = [*self.wrong, *(Said("第 {row} 行“{label}”：{words}", row=row, label=str(label), words=words) for row, label, words in told)]
        return all(good) and not self.wrong

    def blank(self) -> RowForm:
        """The row that the page's script copies."""
        return self._row(None, BLANK, None)

    def _sent(self, formdata: Any) -> list[RowForm]:
        pattern = re.compile(rf"{re.escape(self.name)}-(\d{{1,4}})-", re.ASCII)
        numbers = sorted({int(found[1]) for key in formdata if (found := pattern.match(key))})[:MOST_ROWS + 1]
        return [self._row(formdata, str(number), None) for number in numbers]

    def _held(self, rows: list[Any]) -> list[RowForm]:
        held = [row for row in rows if isinstance(row, dict)][:MOST_ROWS]
        return [self._row(None, str(number), row) for number, row in enumerate(held or [None] * self.begin)]

    def _row(self, formdata: Any, number: str, data: Any) -> RowForm:
        row = self.kind(formdata, self._form, f"{self.name}-{number}-", data or self._begins())
        return row

    def _begins(self) -> dict[str, Any]:
        return {node.key: node.said["defaultValue"] for node in questions(self.kind.nodes) if node.said.get("defaultValue") is not None}


def silence(one: Any) -> None:
    """Nothing is wanted of it."""
    one.validators, one.process_errors = (), []
    one.pre_validate = one.post_validate = lambda *_: None
    if isinstance(one, RowsField):
        one.validate = lambda *_: True  # type: ignore[method-assign]


def compared(one: Any) -> Any:
    """A field's value as conditions see it, in the browser too: nothing is null, moments are as the browser writes them."""
    data = one.data
    if isinstance(data, datetime):
        return data.strftime("%Y-%m-%dT%H:%M")
    value = plain(data)
    return None if value == "" else value


def empty(one: Any) -> Any:
    """The answer of a question that was not asked."""
    return [] if isinstance(one.data, list) else None
