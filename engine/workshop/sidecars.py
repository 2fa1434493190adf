"""What lies beside diagrams and tables as files: `<key>.scenarios.json`, `<key>.rows.json`. The same rows, the same bytes."""
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from data_model.actor import Actor
from data_model.workshop import Kind
from engine import deployment, export
from engine.errors import EngineError
from engine.workshop import scenario_file, scenarios, table_rows

Dump = Callable[[Session, str], list[dict[str, Any]]]
Load = Callable[[Session, Actor, str, Any], list[Any]]
_KINDS: dict[str, tuple[Kind, Dump, Load]] = {
    scenario_file.ENDING: (Kind.DIAGRAM, scenarios.dump, scenarios.load),
    table_rows.ENDING: (Kind.TABLE, table_rows.dump, table_rows.load),
}


def is_one(name: str) -> bool:
    return name.endswith(tuple(_KINDS))


def beside(session: Session, names: Iterable[str]) -> dict[str, bytes]:
    """The scenarios and test rows of these files, by file name; nothing for what has none."""
    found = {}
    for name in names:
        key, _, kind = name.rpartition(".")
        for ending, (its, dump, _load) in _KINDS.items():
            if its == kind and (said := dump(session, key)):
                found[f"{key}{ending}"] = (json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
    return found


def load(session: Session, actor: Actor, name: str, content: bytes) -> int:
    """Take them; one of the same name is replaced. How many there were.

    Raises:
        EngineError: no file of ours, or it says something nobody can do.
    """
    ending = next(ending for ending in _KINDS if name.endswith(ending))
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise EngineError("{name} 不是有效的 JSON", "file", name=name[:80]) from None
    return len(_KINDS[ending][2](session, actor, name.removesuffix(ending), said))


def whole_house(session: Session) -> dict[str, bytes]:
    """Everything that git can hold: what runs, its scenarios and test rows."""
    files = export.files(session)
    return dict(sorted((files | beside(session, files)).items()))


def deploy(session: Session, actor: Actor, files: Mapping[str, bytes], note: str) -> list[Any]:
    """Files from git: what has changed becomes the next version, and its scenarios follow; the new versions."""
    made = deployment.deploy(session, actor, {name: content for name, content in files.items() if not is_one(name)}, note)
    for name, content in files.items():
        if is_one(name):
            load(session, actor, name, content)
    return list(made)

