"""Patterns that process owners write: only such as cannot take long, whatever is matched against them.

A pattern matches the whole text, as the browser's `pattern` attribute does. Python's matcher tries ways; their number is bounded
beforehand: a repeat counts the lengths it may take, parts one after another multiply, choices add up, something that can itself
match in several ways may be repeated a few times only, and looking ahead or back is refused. At most WAYS ways over texts of LONGEST characters.
"""
import re
import threading
import warnings
from collections.abc import Iterable
from functools import lru_cache
from re import _constants as words  # type: ignore[attr-defined]
from re import _parser as reader  # type: ignore[attr-defined]
from typing import Any

LONGEST = 200  # characters of a text that has a pattern
LONGEST_PATTERN = 200
WAYS = 50_000
FEW = 12  # times that something may be repeated which itself matches in several ways
_quiet = threading.Lock()  # Python's switch for warnings belongs to the whole process
_SINGLE = (words.LITERAL, words.NOT_LITERAL, words.ANY, words.IN, words.AT)


class BadPattern(ValueError):
    """It is no pattern, or one that could take long."""


@lru_cache(256)
def compiled(source: str) -> re.Pattern[str]:
    """
    Raises:
        BadPattern: see above.
    """
    if len(source) > LONGEST_PATTERN:
        raise BadPattern(source)
    try:
        with _quiet, warnings.catch_warnings():  # Python would read the caller's source to show a warning about the pattern
            warnings.simplefilter("ignore")
            if _ways(reader.parse(source, re.ASCII)) > WAYS:
                raise BadPattern(source)
            return re.compile(source, re.ASCII)
    except (re.error, RecursionError, OverflowError, ValueError) as problem:
        raise BadPattern(source) from problem


def matches(source: str, text: str) -> bool:
    return len(text) <= LONGEST and compiled(source).fullmatch(text) is not None


def _ways(tree: Iterable[tuple[Any, Any]]) -> int:
    ways = 1
    for word, said in tree:
        ways *= _of(word, said)
        if ways > WAYS:
            raise BadPattern
    return ways


def _of(word: Any, said: Any) -> int:
    if word in _SINGLE:
        return 1
    if word is words.SUBPATTERN:
        return _ways(said[3])
    if word is words.BRANCH:
        return sum(_ways(choice) for choice in said[1])
    if word in (words.MAX_REPEAT, words.MIN_REPEAT):
        least, most, inner = said
        ways, most = _ways(inner), min(int(most), LONGEST)
        if ways > 1 and most > FEW:
            raise BadPattern
        return sum(int(ways**times) for times in range(min(least, most), most + 1))
    raise BadPattern
