"""HTML to PDF by WeasyPrint. It needs Pango from the system; without it people still print from the browser."""
import importlib
import logging
import mimetypes
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as fonts

from engine.errors import EngineError

HERE = "anlan:"  # addresses of what a sheet may show; nothing else is fetched, neither files nor network
FONT = HERE + "font"
_presses = threading.Semaphore(2)  # a sheet keeps a core busy for about a second
logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it remarks on every property it does not know
logging.getLogger("fontTools").setLevel(logging.ERROR)


class NoPdf(EngineError):
    """This server cannot make PDFs; the words say what to do instead."""

    status = 503


def library() -> Any:
    """WeasyPrint, loaded when it is first wanted.

    Raises:
        NoPdf: a system library is missing.
    """
    try:
        return importlib.import_module("weasyprint")
    except (ImportError, OSError):
        raise NoPdf("服务器缺少生成 PDF 的系统组件，请用浏览器打印；管理员可运行 anlan doctor 查看原因") from None


def write(html: str, shelf: Mapping[str, bytes | Path]) -> bytes:
    """The document as PDF.

    Args:
        shelf: content by address (`anlan:…`) of all that the document shows.
    """
    printer = library()
    with _presses:
        made: bytes = printer.HTML(string=html, base_url=HERE, url_fetcher=_fetcher(printer, shelf)).write_pdf()
    return made


def _fetcher(printer: Any, shelf: Mapping[str, bytes | Path]) -> Any:
    class Shelf(printer.urls.URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            content = fonts.sans_path() if url == FONT else shelf[url]
            kind = mimetypes.guess_type(url)[0] or "image/jpeg"
            return printer.urls.URLFetcherResponse(url, content.read_bytes() if isinstance(content, Path) else content, {"Content-Type": kind})

    return Shelf()


def health() -> tuple[str, str, bool]:
    """For `anlan doctor`: (what, words, in order?)."""
    try:
        printer = library()
    except NoPdf:
        return "print", "no PDF: Pango is missing; `apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`", False
    if not fonts.sans_path().is_file():
        return "print", "no PDF: the Chinese font is missing; `pip install pylopdf-fonts-zh-cn`", False
    return "print", f"WeasyPrint {printer.__version__}", True
