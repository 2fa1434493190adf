"""手写签名: a small PNG drawn by hand, bound to what was decided: whoever changes either is found out."""
import json
import struct
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from data_model import storage
from data_model.actor import Actor
from data_model.attachment import Attachment
from data_model.process import HistoryEvent
from engine.errors import EngineError

PNG = "image/png"
LARGEST = 200_000  # bytes
SIDES = (1_600, 800)  # pixels
_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def keep(session: Session, actor: Actor, root: Path, png: bytes) -> Attachment:
    """Store a drawn signature; it hangs nowhere until it is given with an answer.

    Args:
        root: the folder of file bytes.

    Raises:
        EngineError: it is no PNG, or too large.
    """
    width, height = _size(png)
    row = Attachment(name="signature.png", media_type=PNG, sha256=storage.keep(root, png), size=len(png), width=width, height=height,
                     stage="", uploaded_by=actor.user_id)
    session.add(row)
    session.flush()
    return row


def content(
    instance_id: int, task_id: int | None, outcome: str, opinion: str, data: Mapping[str, Any], files: Sequence[int], actor_id: int,
    on_behalf_id: int | None,
) -> str:
    """The fingerprint of what was decided."""
    said = [instance_id, task_id, outcome, opinion, _plain(data), list(files), actor_id, on_behalf_id]
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def is_sound(session: Session, event: HistoryEvent) -> bool:
    """Whether a signed line says what was signed, and the picture is the one that was drawn."""
    signed = event.signature
    if not signed:
        return False
    picture = session.get(Attachment, signed["file"])
    now = content(event.instance_id, event.task_id, event.outcome, event.opinion, event.data, event.files, event.actor_id,
                  event.on_behalf_id)
    return picture is not None and picture.sha256 == signed["image"] and now == signed["content"]


def _size(png: bytes) -> tuple[int, int]:
    if len(png) > LARGEST or not png.startswith(_HEAD) or not png.rstrip(b"\x00").endswith(b"IEND\xaeB`\x82") or len(png) < 45:
        raise EngineError("签名须是不超过 {limit} KB 的 PNG 图片", field="signature", limit=LARGEST // 1_000)
    width, height = struct.unpack(">II", png[16:24])
    if not (0 < width <= SIDES[0] and 0 < height <= SIDES[1]):
        raise EngineError("签名图片太大，请重新签名", field="signature")
    return width, height


def _plain(value: Any) -> Any:
    """Whole numbers alike, however a database gives them back."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
