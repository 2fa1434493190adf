"""Ways an action can fail that a person can understand.

EngineError        something the person can mend                    -> 422
├── NotYours       the actor may not do this                        -> 403
├── Missing        no such thing, or none that the actor may see    -> 404
├── TooLate        somebody else was first, or the step is gone     -> 409
└── Refused        a definition that lint does not let in           -> 422
"""
from typing import Any


class Foreseen(Exception):
    """A handler says that its step failed in a way the diagram foresees: it goes on at the error event with this code.

    Without such an event around the step it is a failure like any other. What the handler has changed is taken back.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class EngineError(Exception):
    """Carries words fit for the screen: a message id with named parameters, translated at the door.

    Args:
        text: the message id, in Chinese, with {named} places.
        field: the form field it belongs to, when it belongs to one.
        params: what fills the named places.
    """

    status = 422

    def __init__(self, text: str, field: str | None = None, **params: Any) -> None:
        super().__init__(text.format(**params) if params else text)
        self.text, self.field, self.params = text, field, params


class NotYours(EngineError):
    status = 403


class Missing(EngineError):
    status = 404


class TooLate(EngineError):
    status = 409


class Refused(EngineError):
    """Lint found errors; `findings` lists them."""

    def __init__(self, text: str, findings: tuple[Any, ...] = (), **params: Any) -> None:
        super().__init__(text, **params)
        self.findings = findings
