"""The words of what leaves the house, in its reader's language. Whoever wires the house brings the catalogue."""
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from data_model import clock

Translator = Callable[[str], str]
_PLACE = re.compile(r"\{(\w+)\}")  # as the screens fill it: a diagram's words may hold any other brace
_translators: dict[str, Translator] = {}


def use(translators: Mapping[str, Translator]) -> None:
    """From a language to what turns a message id into its words; a language without one reads the ids themselves."""
    _translators.clear()
    _translators.update(translators)


def say(language: str, text: str, /, **params: object) -> str:
    """A message id with its places filled; values that are ids themselves are translated too."""
    found = _translate(language, text)
    return _PLACE.sub(lambda place: _value(language, params[place[1]]) if place[1] in params else place[0], found)


def line(language: str, text: str, params: Mapping[str, object], longest: int = 300) -> str:
    """The words on one line, as the head of a mail can carry them."""
    return " ".join(say(language, text, **params).split())[:longest]


def _translate(language: str, text: str) -> str:
    return _translators.get(language, str)(text) if text else ""


def _value(language: str, value: object) -> str:
    text = str(value)
    try:
        moment = datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        moment = None
    return f"{clock.local(moment):%Y-%m-%d %H:%M}" if moment and moment.tzinfo else _translate(language, text)
