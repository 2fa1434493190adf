"""A step's form between the browser and the engine: built, checked, kept when refused. Shared by task pages and start pages."""
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import g, request
from werkzeug.datastructures import MultiDict

from data_model.session import unit_of_work
from engine.errors import EngineError
from engine.properties import Outcome
from forms import StepForm
from forms.context import FormContext
from forms.design_rows import RowsField
from forms.fields import PhotoField
from forms.words import Said
from web import signing
from web.documents import with_documents
from web.field_words import shown
from web.uploads import with_photos

LONGEST_KEY = 64
LONGEST_OPINION = 2000
MOST_SIGNATURES = 10
BESIDE = ("opinion", "files", "signature")  # asked by the page itself, below the form's own fields


@contextmanager
def looking() -> Iterator[None]:
    """A unit of work of the request that only reads, for views that open their own."""
    try:
        with unit_of_work(g.actor, write=False) as g.session:
            yield
    finally:
        g.pop("session", None)


@dataclass
class Posted:
    """What the browser sent: the form with photos as ids, the button, the opinion and what goes with it, the key that counts once."""

    form: MultiDict[str, str]
    bad_photos: Mapping[str, EngineError] = field(default_factory=dict)
    outcome: str = ""
    opinion: str = ""
    key: str = ""
    files: tuple[int, ...] = ()
    signature: int | None = None

    @classmethod
    def read(cls) -> "Posted":
        """Photos of browsers without scripts are stored here, so no unit of work may be open."""
        form, bad = with_photos(request.form, request.files, g.actor)
        bad = {**bad, **with_documents(form, request.files, g.actor), **_signed(form)}
        signature, objection = signing.taken(form.get("signature", ""), g.actor)
        return cls(form, {**bad, **objection}, form.get("outcome", "")[:40], form.get("opinion", "").strip(),
                   form.get("idem_key", "")[:LONGEST_KEY], ids(form.getlist("files")), signature)


@dataclass
class Step:
    """The form as a page shows it, with what is wrong beside each field and above them all."""

    form: StepForm
    key: str = field(default_factory=lambda: uuid4().hex)
    opinion: str = ""
    files: tuple[int, ...] = ()
    signature: int | None = None
    beside: dict[str, Any] = field(default_factory=dict)  # what is wrong with the opinion, its files, the signature
    refusal: EngineError | None = None

    @classmethod
    def build(cls, kind: type[StepForm], context: FormContext, posted: Posted | None = None) -> "Step":
        form = kind(posted.form if posted else None, context=context)
        return cls(form, posted.key or uuid4().hex, posted.opinion, posted.files, posted.signature) if posted else cls(form)

    def check(self, posted: Posted, opinion_needed: bool = False, button: Outcome | None = None) -> bool:
        """Whether it may go to the engine; if not, the words stand beside the fields.

        Args:
            button: the answer given, with what the diagram wants for it.
        """
        valid = self.form.validate()
        if self.form.form_errors:
            words = self.form.form_errors[0]
            self.refusal = EngineError(getattr(words, "text", words), **getattr(words, "params", {}))
        for name, bad in posted.bad_photos.items():
            valid = not self.blame(bad, name)
        if len(self.opinion) > LONGEST_OPINION:
            self.beside["opinion"] = "意见太长，请精简"
        button = button or Outcome("", "", opinion=opinion_needed)
        wanted = (("opinion", button.opinion and not self.opinion, "请填写意见"),
                  ("files", button.attachment and not self.files, "请添加附件"),
                  ("signature", button.signature and not self.signature, "请手写签名"))
        self.beside |= {name: words for name, missing, words in wanted if missing and name not in self.beside}
        return valid and not self.beside

    def blame(self, error: EngineError, name: str | None = None) -> bool:
        """Put the engine's words where they belong: beside the field, at the opinion, or above the form."""
        name = name or error.field
        if name in BESIDE:
            self.beside[name] = said(error)
        elif name and name in self.form:
            self.form[name].errors = [*self.form[name].errors, said(error)]
        else:
            self.refusal = error
        return True

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """Fields under their headings, in the form's order; those of no group come first."""
        grouped = {name for _, names in self.form.groups for name in names}
        first = [f for f in self.form if f.name not in grouped]
        told = [(heading, [self.form[name] for name in names if name in self.form]) for heading, names in self.form.groups]
        return [(heading, fields) for heading, fields in [("", first), *told] if fields]

    @property
    def opinion_error(self) -> Any:
        return self.beside.get("opinion", "")

    @property
    def has_photos(self) -> bool:
        parts = [part for f in self.form for part in (f, *(f.blank() if isinstance(f, RowsField) else ()))]
        return any(isinstance(part, PhotoField) for part in parts)


def _signed(form: MultiDict[str, str]) -> dict[str, EngineError]:
    """Names written by hand into fields of a designed form become ids; what was wrong, by field."""
    wrong = {}
    for name in [name for name, sent in form.items() if name != "signature" and sent.startswith(signing.DRAWN)][:MOST_SIGNATURES]:
        taken, bad = signing.taken(form[name], g.actor)
        form[name] = str(taken or "")
        if bad:
            wrong[name] = bad["signature"]
    return wrong


def ids(sent: list[str]) -> tuple[int, ...]:
    """Numbers of rows, each once; anything else is none of ours."""
    return tuple(dict.fromkeys(int(text) for text in sent if text.isdecimal() and len(text) < 16))


def said(error: EngineError) -> Any:
    """The engine's words in the shape that forms use, so that they are translated in one place."""
    return Said(error.text, **error.params)


def typed(form: StepForm) -> list[tuple[str, str, list[int]]]:
    """Everything a person filled in, as label, words, photos: shown when it can no longer be submitted, so that nothing is lost."""
    found = []
    for one in form:
        value = shown(one)
        words = "；".join("，".join(f"{label}：{part.text}" for label, part in row if part.text) for row in value.rows) or value.text
        if (words or value.photos or value.files) and not (one.type == "BooleanField" and not one.data):
            found.append((one.label.text, words, [*value.photos]))
    return found
