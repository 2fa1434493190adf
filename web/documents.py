"""Files that are no photos: kept as they came when they are of a kind we know, and given out only to be saved, never shown."""
import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict

from data_model import storage
from data_model.actor import Actor
from data_model.attachment import Attachment
from data_model.session import unit_of_work
from engine.errors import EngineError
from web.uploads import MOST_AT_ONCE, root

SUFFIX = "-document"  # how a form names the plain file input
LARGEST = 15 * 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
KINDS: dict[str, tuple[str, bytes]] = {  # ending: type, and what the bytes begin with
    "pdf": ("application/pdf", b"%PDF-"), "zip": ("application/zip", _ZIP),
    "docx": (f"{_OFFICE}.wordprocessingml.document", _ZIP), "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    "pptx": (f"{_OFFICE}.presentationml.presentation", _ZIP), "doc": ("application/msword", _OLE),
    "xls": ("application/vnd.ms-excel", _OLE), "ppt": ("application/vnd.ms-powerpoint", _OLE),
    "txt": ("text/plain", b""), "csv": ("text/csv", b""),
    "jpg": ("application/octet-stream", b"\xff\xd8\xff"), "jpeg": ("application/octet-stream", b"\xff\xd8\xff"),
    "png": ("application/octet-stream", b"\x89PNG"),
}


@dataclass(frozen=True)
class Document:
    """A file ready to be kept."""

    name: str
    media_type: str
    content: bytes


def take(upload: FileStorage) -> Document:
    """
    Raises:
        EngineError: too large, empty, or of a kind that we do not keep.
    """
    with upload.stream as stream:
        content = stream.read(LARGEST + 1)
    name = _name(upload.filename or "")
    media_type, begins = KINDS.get(name.rpartition(".")[2].lower(), ("", b""))
    if not media_type or not content.startswith(begins) or (media_type.startswith("text/") and b"\x00" in content):
        raise EngineError("不能上传这种文件，请上传 {kinds}", kinds="、".join(KINDS))
    if len(content) > LARGEST:
        raise EngineError("文件超过 {limit} MB，请压缩后再上传", limit=LARGEST // 1024 // 1024)
    if not content:
        raise EngineError("文件是空的，请重新选择")
    return Document(name, media_type, content)


def keep(session: Session, actor: Actor, document: Document) -> Attachment:
    """Store the bytes, then say so in a row that hangs nowhere yet."""
    row = Attachment(name=document.name, media_type=document.media_type, sha256=storage.keep(root(), document.content),
                     size=len(document.content), uploaded_by=actor.user_id)
    session.add(row)
    session.flush()
    return row


def with_documents(form: MultiDict[str, str], files: MultiDict[str, FileStorage], actor: Actor) -> dict[str, EngineError]:
    """Replaces the files of plain file inputs by ids in the form: for browsers without scripts. What was wrong, by field."""
    good: list[tuple[str, Document]] = []
    wrong: dict[str, EngineError] = {}
    sent = [(name.removesuffix(SUFFIX), one) for name, ones in files.lists() if name.endswith(SUFFIX) for one in ones if one.filename]
    for name, upload in sent[:MOST_AT_ONCE]:
        try:
            good.append((name, take(upload)))
        except EngineError as bad:
            wrong[name] = bad
    if good:
        with unit_of_work(actor) as session:
            for name, document in good:
                form.add(name, str(keep(session, actor, document).id))
    return wrong


def _name(sent: str) -> str:
    """No path, no control, no bidi tricks."""
    last = re.split(r"[\\/]", sent)[-1]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    stem, _, ending = re.sub(r"\s+", " ", plain).strip(" .").rpartition(".")
    return f"{stem[:120] or 'file'}.{ending[:10]}"
