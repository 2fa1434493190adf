"""A process with its tables, forms, called processes and scenarios as one zip, to carry from house to house."""
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_model import clock
from data_model.actor import Actor
from data_model.process import DecisionTable, ProcessDefinition
from data_model.workshop import FormDesign
from engine import catalog
from engine.errors import EngineError, NotYours
from engine.workshop import drafts, names, parcel, sidecars, stock, zip_guard
from engine.workshop.compare import Change

FORMAT = "anlan-bundle/1"
MANIFEST = "manifest.json"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\.(bpmn|dmn|form|scenarios\.json|rows\.json)", re.ASCII)


@dataclass(frozen=True)
class Landed:
    """What became of one file: 'draft' (new or over an older one), 'same' as what runs, or 'beside' (scenarios, test rows)."""

    name: str
    how: str
    changes: tuple[Change, ...] = ()
    count: int = 0  # scenarios or test rows


class Occupied(EngineError):
    """Drafts of others lie where the bundle would land; nothing was taken."""

    def __init__(self, taken: list[drafts.Listed]) -> None:
        super().__init__("以下草稿会被覆盖，请确认后再导入", "over")
        self.taken = tuple(taken)


def export(session: Session, key: str) -> bytes:
    """The running version, with everything it pins.

    Raises:
        Missing: nothing of that key runs.
    """
    row = catalog.effective(session, key)
    files = _diagram(session, row)
    for called in row.pins.get("called", {}).values():
        files |= _diagram(session, session.get_one(ProcessDefinition, called))
    manifest = {"format": FORMAT, "process": key, "version": row.version, "exported_at": clock.now().isoformat(timespec="seconds"),
                "files": {name: sha256(content).hexdigest() for name, content in sorted(files.items())}}
    return packed({MANIFEST: _json(manifest), **dict(sorted(files.items()))})


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip that is the same for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def read(data: bytes) -> dict[str, bytes]:
    """The files of a bundle, checked against its list.

    Raises:
        EngineError: it is no bundle, or not whole.
    """
    files = zip_guard.unpack(data)
    listed = _listed(files.pop(MANIFEST, b""))
    for name in files:
        if not _NAME.fullmatch(name):
            raise EngineError("包中有不认识的文件：{name}", "file", name=name[:80])
    if set(listed) != set(files):
        raise EngineError("包中的文件与清单不一致：{name}", "file", name="、".join(sorted(set(listed) ^ set(files)))[:200])
    for name, content in files.items():
        if sha256(content).hexdigest() != listed[name]:
            raise EngineError("{name} 与清单中的校验值不一致，文件可能损坏或被改动", "file", name=name)
    return files


def take(session: Session, actor: Actor, files: Mapping[str, bytes], over: bool = False) -> list[Landed]:
    """Let the files land as drafts, and scenarios and test rows beside them; what runs is not touched.

    Args:
        over: write over drafts that are there.

    Raises:
        Occupied: drafts are there, and `over` was not said.
        EngineError: a file that nobody could open.
    """
    if not actor.can("definition.edit"):
        raise NotYours("您没有权限进行此操作")
    contents = {name: _text(name, content) for name, content in files.items()}
    drawn = [name for name in contents if not sidecars.is_one(name)]
    there = {names.file_name(draft.kind, draft.key): draft for draft in drafts.listing(session)}
    now = drafts.contents(session)
    taken = [there[name] for name in drawn if name in there and now[name] != contents[name]]
    if taken and not over:
        raise Occupied(taken)
    landed = [_land(session, actor, name, contents[name], there.get(name)) for name in drawn]
    for name in contents:
        if sidecars.is_one(name):
            landed.append(Landed(name, "beside", count=sidecars.load(session, actor, name, files[name])))
    return landed


def _land(session: Session, actor: Actor, name: str, content: str, draft: drafts.Listed | None) -> Landed:
    kind, key = names.parted(name)
    now = stock.running(session, kind, key)
    if draft is None and now is not None and now.content == content:
        return Landed(name, "same")
    drafts.save(session, actor, kind, key, content, draft.revision if draft else 0)
    return Landed(name, "draft", tuple(parcel.changes(session, kind, key, content.encode())))


def _diagram(session: Session, row: ProcessDefinition) -> dict[str, bytes]:
    tables = session.scalars(select(DecisionTable).where(DecisionTable.id.in_(row.pins.get("dmn", {}).values())))
    forms = session.scalars(select(FormDesign).where(FormDesign.id.in_(row.pins.get("forms", {}).values())))
    files = {f"{row.key}.bpmn": row.xml} | {f"{t.key}.dmn": t.xml for t in tables} | {f"{f.key}.form": f.schema for f in forms}
    return {name: content.encode() for name, content in files.items()} | sidecars.beside(session, files)


def _listed(manifest: bytes) -> dict[str, str]:
    if not manifest:
        raise EngineError("包中没有清单 manifest.json，请选择从本系统导出的 .zip 文件", "file")
    try:
        said = json.loads(_text(MANIFEST, manifest))
    except (ValueError, RecursionError):
        raise EngineError("{name} 不是有效的 JSON", "file", name=MANIFEST) from None
    files = said.get("files") if isinstance(said, dict) and said.get("format") == FORMAT else None
    if not isinstance(files, dict) or not files or not all(isinstance(value, str) for value in files.values()):
        raise EngineError("清单 manifest.json 的格式不认识", "file")
    return files


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise EngineError("{name} 不是 UTF-8 编码", "file", name=name) from None


def _json(said: Any) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
