"""Reading a cell from left to right: what stands in quotes is left alone, brackets are counted."""
import re
from collections.abc import Iterator

ASKED = "dmninputexpr"
"""The name under which a cell's condition finds the value of its column."""
_WORD = re.compile(r"(?<![\w.])(true|false|null)(?!\w)")
_WORDS = {"true": "True", "false": "False", "null": "None"}
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", re.DOTALL)
_OPENING, _CLOSING = "([{", ")]}"


def translated(source: str) -> tuple[str, bool]:
    """FEEL's words for values as ours, `?` as the name of the column's value; and whether there was a `?`."""
    parts = _QUOTED.split(source)
    asked = any("?" in part for part in parts[::2])
    for at in range(0, len(parts), 2):
        parts[at] = _WORD.sub(lambda found: _WORDS[found[1]], parts[at]).replace("?", ASKED)
    return "".join(parts), asked


def outside(source: str, start: int = 0) -> Iterator[tuple[int, str, int]]:
    """Place, character and depth of brackets before it, for everything that stands in no quotes."""
    depth, at = 0, start
    while at < len(source):
        char = source[at]
        if char in "\"'":
            found = _QUOTED.match(source, at)
            at = found.end() if found else len(source)
            continue
        yield at, char, depth
        depth += (char in _OPENING) - (char in _CLOSING)
        at += 1


def interval_end(source: str, start: int) -> tuple[int, int] | None:
    """Where the `..` of an interval that opens at `start` stands, and its last bracket; None: it is no interval."""
    dots = _dots(source, start + 1)
    if dots is None:
        return None
    for at, char, depth in outside(source, dots + 2):
        if depth == 0 and (char in ")]" or (char == "[" and source[at + 1:].lstrip()[:1] in ("", ","))):
            return dots, at
    return None


def _dots(source: str, start: int) -> int | None:
    for at, char, depth in outside(source, start):
        if depth < 0 or (depth == 0 and char in ")],"):
            return None
        if depth == 0 and char == "." and source[at:at + 2] == "..":
            return at
    return None


def comma(source: str, start: int) -> int:
    """Where the next comma outside of brackets stands, or the end."""
    return next((at for at, char, depth in outside(source, start) if char == "," and depth == 0), len(source))


def has_dots(source: str) -> bool:
    return any(char == "." and source[at:at + 2] == ".." for at, char, _ in outside(source))


def negated(source: str) -> str | None:
    """What stands inside `not( … )` when that is the whole cell."""
    found = re.match(r"not\s*\(", source)
    if not found:
        return None
    closing = next((at for at, char, depth in outside(source, found.end()) if char == ")" and depth == 0), None)
    return source[found.end():closing] if closing == len(source) - 1 else None
