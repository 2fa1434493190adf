"""Fields of a form that a step shows but does not let change, or does not show at all; the server keeps it (M13)."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wtforms.fields.core import Flags

from forms.values import plain


@dataclass(frozen=True)
class Locks:
    """The fields that a step does not let its person change.

    Attributes:
        names: all of them, with their labels.
        hidden: those that are not shown either.
        broken: those that were sent all the same: a hidden one at all, a shown one with another value.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()

    @classmethod
    def of(cls, form: Any, formdata: Any, held: Mapping[str, Any]) -> "Locks":
        """Lock the form's fields: whatever was sent for them, they hold what they would hold unasked."""
        said = {name: word for name, word in form.context.access.items() if name in form._fields}
        if not said:
            return cls()
        broken = {name for name, word in said.items() if _is_sent(formdata, name) and word == HIDDEN}
        shown = {**form.initial(form.context), **held}
        for name in said:
            one, sent = form._fields[name], plain(form._fields[name].data)
            one.process(None, **({"data": shown[name]} if name in shown else {}))
            if _is_sent(formdata, name) and sent != plain(one.data):
                broken.add(name)
            _lock(one)
        return cls({name: str(form._fields[name].label.text) for name in said},
                   frozenset(name for name, word in said.items() if word == HIDDEN), frozenset(broken))


HIDDEN = "hidden"  # the word of a diagram's property `fields`; the other one is read-only


def _is_sent(formdata: Any, name: str) -> bool:
    """Whether a request carries anything for a field: itself, a row of a list, a file."""
    return any(key == name or key.startswith(f"{name}-") for key in formdata or ())


def _lock(one: Any) -> None:
    """Nothing is wanted of it, and a page shows its words instead of a control."""
    one.locked, one.validators, one.flags, one.least, one.errors = True, (), Flags(), 0, ()
    one.pre_validate = one.post_validate = lambda *_: None
