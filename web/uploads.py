"""An uploaded photo becomes a stored file and a row. Slow work (decoding) happens before a unit of work is open."""
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict

from data_model import storage
from data_model.actor import Actor
from data_model.attachment import Attachment
from data_model.session import unit_of_work
from web.images import MAX_BYTES, BadPhoto, Photo, read_photo

THUMB = ".thumb"
SUFFIX = "-file"  # how a form names the plain file input beside the hidden ids of a photo field
MOST_AT_ONCE = 12


def root() -> Path:
    """The folder of file bytes, outside the web root."""
    return Path(current_app.config["STORAGE"])


def clean_name(name: str | None) -> str:
    """A name fit for a header and for the eye: no path, no control, no bidi tricks; the ending says what the bytes are."""
    last = re.split(r"[\\/]", name or "")[-1]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    stem = re.sub(r"\s+", " ", plain.rpartition(".")[0] or plain).strip(" .")
    return f"{stem[:120] or 'photo'}.jpg"


def take(upload: FileStorage) -> Photo:
    """Read and check one upload, never more of it than allowed.

    Raises:
        BadPhoto: with words for the place beside the field.
    """
    with upload.stream as stream:
        content = stream.read(MAX_BYTES + 1)
    return read_photo(content)


def keep(session: Session, actor: Actor, name: str | None, photo: Photo) -> Attachment:
    """Store the bytes, then say so in a row that hangs nowhere yet."""
    sha256 = storage.keep(root(), photo.content)
    storage.keep(root(), photo.thumb, under=sha256, suffix=THUMB)
    row = Attachment(name=clean_name(name), media_type=photo.media_type, sha256=sha256, size=len(photo.content),
                     width=photo.width, height=photo.height, uploaded_by=actor.user_id)
    session.add(row)
    session.flush()
    return row


def with_photos(form: MultiDict[str, str], files: MultiDict[str, FileStorage],
                actor: Actor) -> tuple[MultiDict[str, str], dict[str, BadPhoto]]:
    """What was posted, with the files of plain file inputs replaced by ids: for browsers without scripts.

    The photos are kept in a unit of work of their own, so that a refused form comes back with them. The caller has none open.

    Returns:
        the form, and what was wrong with a photo by the field's name.
    """
    joined, wrong = form.copy(), {}
    good: list[tuple[str, str | None, Photo]] = []
    for name, upload in _photos(files):
        try:
            good.append((name, upload.filename, take(upload)))
        except BadPhoto as bad:
            wrong[name] = bad
    if good:
        with unit_of_work(actor) as session:
            for name, filename, photo in good:
                joined.add(name, str(keep(session, actor, filename, photo).id))
    return joined, wrong


def _photos(files: MultiDict[str, FileStorage]) -> Iterable[tuple[str, FileStorage]]:
    found = [(name.removesuffix(SUFFIX), upload) for name, uploads in files.lists() if name.endswith(SUFFIX)
             for upload in uploads if upload.filename]
    return found[:MOST_AT_ONCE]
