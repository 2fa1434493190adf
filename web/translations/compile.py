"""Merges the areas' catalogues, web/translations/<language>/*.po, into the one compiled file that Flask-Babel reads."""
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent


def merge(folder: Path) -> Catalog:
    """All areas of one language; the same words translated twice, differently, or not at all are an error.

    Raises:
        ValueError: naming the file and the words.
    """
    whole, home = Catalog(locale=folder.name), {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            area = read_po(file, locale=folder.name, abort_invalid=True)
        for message in area:
            if not message.id:
                continue
            if not message.string or message.fuzzy:
                raise ValueError(f"{path.name}: {message.id!r} is not translated")
            known = home.setdefault((message.context, message.id), (path.name, message.string))
            if known[1] != message.string:
                raise ValueError(f"{path.name}: {message.id!r} is {message.string!r} here, but {known[1]!r} in {known[0]}")
            whole.add(message.id, message.string, context=message.context)
    return whole


def main() -> int:
    for folder in sorted(path for path in HERE.iterdir() if path.is_dir() and list(path.glob("*.po"))):
        try:
            catalogue = merge(folder)
        except ValueError as problem:
            print(problem, file=sys.stderr)
            return 1
        compiled = folder / "LC_MESSAGES" / "messages.mo"
        compiled.parent.mkdir(exist_ok=True)
        with compiled.open("wb") as file:
            write_mo(file, catalogue)
    return 0


if __name__ == "__main__":
    sys.exit(main())
