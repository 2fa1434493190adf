"""Where the bytes of files lie: outside the web root, each content once, under its own fingerprint."""
import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

DAY = 86_400


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def place(root: Path, sha256: str, suffix: str = "") -> Path:
    """Where a content lies, in two levels of folders of at most 256 each."""
    return root / sha256[:2] / sha256[2:4] / (sha256 + suffix)


def keep(root: Path, content: bytes, under: str = "", suffix: str = "") -> str:
    """Store a content, all of it or nothing, on the disk before this returns; the same content is stored once.

    Args:
        under: the fingerprint of the content it belongs to (a small picture lies beside its photo); default its own.
    """
    name = under or fingerprint(content)
    path = place(root, name, suffix)
    try:
        os.utime(path)  # young again, so that `discard` running now leaves it alone
    except FileNotFoundError:
        _write(path, content)
    return name


def discard(root: Path, sha256: str, older_than: float = DAY) -> None:
    """Take a content away that no row names any more, unless somebody brought the same one again just now."""
    for path in place(root, sha256).parent.glob(f"{sha256}*"):
        doomed = path.with_name(f".{path.name}.doomed")
        with suppress(FileNotFoundError):
            path.rename(doomed)
            if time.time() - doomed.stat().st_mtime < older_than:
                doomed.rename(path)
            else:
                doomed.unlink()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The name itself must survive a power cut; Windows has no such call and needs none."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
