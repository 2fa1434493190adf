"""Words of a form that carry values and still can be translated."""
from typing import Any


class Said(str):
    """A filled-in Chinese sentence that remembers its message id and parameters, so that the screen may say it in English."""

    text: str
    params: dict[str, Any]

    def __new__(cls, text: str, **params: Any) -> "Said":
        said = super().__new__(cls, text.format(**params) if params else text)
        said.text, said.params = text, params
        return said
