"""How wide words are in a drawing, and where a row of them ends."""
from collections.abc import Iterable

_NARROW = frozenset("iljtfrI.,:;'|!()[]{} ")


def wrapped(text: str, width: float, size: int, most: int) -> list[str]:
    """Rows no wider than `width`; of more than `most` the rest is an ellipsis."""
    rows, row = [], ""
    for piece in _pieces(" ".join(text.split())):
        if row and wide(row + piece.rstrip(), size) > width:
            rows.append(row.rstrip())
            row = ""
        row += piece if row else piece.lstrip()
        while wide(row, size) > width and len(row) > 1:  # a word longer than a row
            fits = next((i for i in range(1, len(row)) if wide(row[:i + 1], size) > width), 1)
            rows.append(row[:fits])
            row = row[fits:]
    rows += [row.rstrip()] if row.strip() else []
    return rows if len(rows) <= most else [*rows[:most - 1], rows[most - 1][:-1] + "…"]


def _pieces(text: str) -> Iterable[str]:
    """Where a row may end: after every Chinese letter, after a space."""
    word = ""
    for letter in text:
        if ord(letter) < 0x2E80:
            word += letter
            if letter != " ":
                continue
        if word:
            yield word
            word = ""
        if ord(letter) >= 0x2E80:
            yield letter
    if word:
        yield word


def wide(text: str, size: int) -> float:
    return size * sum(1.0 if ord(c) >= 0x2E80 else 0.3 if c in _NARROW else 0.68 if c.isupper() else 0.56 for c in text)
