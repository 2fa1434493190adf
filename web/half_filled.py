"""暂存: a half-filled form as it is kept, and as it comes back."""
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from forms import StepForm
from web.steps import Posted, ids

SIGNATURE = "signature"
ASIDE = ("csrf_token", "idem_key", "outcome", SIGNATURE, "next")
TYPED = "typed"  # as the browser sends it; without it: answers of a colleague who was asked


def kept(form: MultiDict[str, str], signature: int | None = None) -> dict[str, Any]:
    """What was typed, word for word, valid or not; of a drawing its number, for it is kept as a file."""
    sent = form.to_dict(flat=False)
    words = {name: said for name, said in sent.items() if name not in ASIDE and not any(one.startswith("data:") for one in said)}
    return {TYPED: words | ({SIGNATURE: [str(signature)]} if signature else {})}


def restored(draft: Mapping[str, Any], blank: StepForm) -> Posted:
    """The form as it was left.

    Args:
        blank: the step's form as it is shown for the first time; fills in what a colleague's answers do not say.
    """
    sent: MultiDict[str, str] = MultiDict()
    if TYPED in draft:
        for name, values in draft[TYPED].items():
            if name.partition("-")[0] in blank.locks.names:
                continue
            sent.setlist(name, [str(value) for value in values])
    else:
        for one in (one for one in blank if one.name not in blank.locks.names):
            sent.setlist(one.name, _sent(draft.get(one.name, one.data), box=one.type == "BooleanField"))
    return Posted(sent, opinion=sent.get("opinion", "").strip(), files=ids(sent.getlist("files")),
                  signature=next(iter(ids(sent.getlist(SIGNATURE))), None))


def _sent(value: Any, box: bool) -> list[str]:
    """As a browser sends it: an empty box not at all."""
    if box:
        return ["y"] if value else []
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [] if value is None else [str(value)]
