"""Pieces of an expression of another vendor, and why one cannot be said in the closed language."""
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST = 2_000  # letters: as many as an expression of ours may have
_TOKEN = re.compile(r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<name>[^\W\d]\w*)"""
                    r"""|(?P<op>&&|\|\||==|!=|<=|>=|\.\.|[-+*/%<>=!?:.,()\[\]{}]))""")
_PAIRS = {"starts with", "ends with", "string length", "upper case", "lower case", "list contains", "date and"}


class Untold(ValueError):
    """A message id with parameters: what of it the closed language does not know."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__(text)
        self.text, self.params = text, params


@dataclass(frozen=True)
class Token:
    """`kind` is 'number', 'text', 'name', 'op' or 'end'."""

    kind: str
    word: str


END = Token("end", "")


def tokens(source: str, feel: bool) -> list[Token]:
    """The pieces in order, with an end.

    Raises:
        Untold: it is too long, or holds a letter that no expression has.
    """
    if len(source) > MOST:
        raise Untold("表达式太长")
    found = list(_scanned(source.strip()))
    return [*(_paired(found) if feel else found), END]


def _scanned(source: str) -> Iterator[Token]:
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            if not source[at:].strip():
                return
            raise Untold("有不认识的字符 {word}", word=source[at:].strip()[:10])
        yield Token(str(match.lastgroup), match[str(match.lastgroup)])
        at = match.end()


def _paired(found: list[Token]) -> list[Token]:
    """FEEL has functions of two words: `starts with(…)`."""
    out: list[Token] = []
    for token in found:
        if out and token.kind == out[-1].kind == "name" and f"{out[-1].word} {token.word}" in _PAIRS:
            out[-1] = Token("name", f"{out[-1].word}_{token.word}")
        elif out and out[-1].word == "date_and" and token.word == "time":
            out[-1] = Token("name", "date_and_time")
        else:
            out.append(token)
    return out
