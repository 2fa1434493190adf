"""Zip files that people upload: read only when they are small, flat, plain, and hold what their list says."""
import io
import zipfile
import zlib

from engine.errors import EngineError

MAX_BYTES = 5_000_000  # as sent
MAX_FILES = 100
MAX_EACH = 2_000_000  # unpacked
MAX_WHOLE = 1_500_000  # all of it: checking as much takes a second and a half
_ENTRY = b"PK\x01\x02"  # begins each entry of the table at the end
_PIECE = 65_536


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of the archive by name; folders, links, secrets and anything outsized are refused before they are unpacked.

    Raises:
        EngineError: with words that say why.
    """
    if len(data) > MAX_BYTES:
        raise _bad("包超过 {limit} MB", limit=MAX_BYTES // 1_000_000)
    if data.count(_ENTRY) > MAX_FILES + 1:  # counted before a reader builds a list of them
        raise _bad("包中的文件超过 {limit} 个", limit=MAX_FILES)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _files(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise _bad("不是有效的包，请选择从本系统导出的 .zip 文件") from None


def _files(archive: zipfile.ZipFile) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in archive.infolist():
        _plain(entry, found)
        found[entry.filename] = _content(archive, entry)
        if sum(map(len, found.values())) > MAX_WHOLE:
            raise _bad("包解开后超过 {limit} MB", limit=MAX_WHOLE / 1_000_000)
    return found


def _plain(entry: zipfile.ZipInfo, found: dict[str, bytes]) -> None:
    """A file at the top of the archive, and nothing else."""
    name, shown = entry.filename, entry.filename[:80]
    if "/" in name or "\\" in name or "\x00" in entry.orig_filename or name.startswith(".") or entry.is_dir():
        raise _bad("包中不能有文件夹或路径：{name}", name=shown)
    if name in found:
        raise _bad("包中有重复的文件：{name}", name=shown)
    mode = entry.external_attr >> 16
    if mode and (mode & 0o170000) not in (0, 0o100000):
        raise _bad("包中有链接或特殊文件：{name}", name=shown)
    if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _bad("包中的 {name} 已加密，或用了不支持的压缩方式", name=shown)
    if entry.file_size > MAX_EACH:
        raise _too_large(shown)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Piece by piece: what an entry says of its size is not believed."""
    out = bytearray()
    with archive.open(entry) as file:
        while piece := file.read(_PIECE):
            out += piece
            if len(out) > MAX_EACH:
                raise _too_large(entry.filename[:80])
    return bytes(out)


def _too_large(name: str) -> EngineError:
    return _bad("包中的 {name} 解开后超过 {limit} MB", name=name, limit=MAX_EACH // 1_000_000)


def _bad(text: str, **params: object) -> EngineError:
    return EngineError(text, "file", **params)
