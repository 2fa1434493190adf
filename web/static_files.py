"""Bundles and pictures, kept by browsers for a year: their address carries the fingerprint of their content."""
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, request, send_from_directory, url_for

from web.access import PUBLIC, allow

FOLDER = Path(__file__).parent / "static"
YEAR = 31_536_000
bp = Blueprint("static_files", __name__)


def prepare(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(asset=asset)


@bp.get("/static/<path:filename>", endpoint="file")
@allow(PUBLIC, unit=False, always=True)
def file(filename: str) -> Response:
    """A static file; for ever when it was asked for by fingerprint."""
    response = send_from_directory(FOLDER, filename, max_age=YEAR if request.args.get("v") else 0)
    response.cache_control.public = True
    response.cache_control.immutable = bool(request.args.get("v"))
    return response


def asset(filename: str) -> str:
    """The address of a static file, such as asset('bundles/base.js')."""
    path = FOLDER / filename
    if not path.exists():
        return url_for("static_files.file", filename=filename)
    return url_for("static_files.file", filename=filename, v=_fingerprint(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=256)
def _fingerprint(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
