"""XML that people upload: one streaming pass that refuses what no diagram needs, and only then lxml.

lxml's default parser is the safe one (no network, no external entities, no external DTD); options that look like
hardening weaken it, so it is left alone and everything doubtful is refused before it.
"""
import xml.parsers.expat
from typing import Any, NoReturn

from lxml import etree

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 20_000
MAX_DEPTH = 60
MAX_ATTRIBUTES = 60
_ENCODINGS = {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "iso-8859-1"}


class XmlRefused(ValueError):
    """Not an XML file we read; a message id with named parameters says why."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__(text.format(**params))
        self.text, self.params = text, params


class _Pass:
    """What one reading of the file counts."""

    def __init__(self) -> None:
        self.elements = self.depth = 0

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MAX_ELEMENTS:
            raise XmlRefused("文件中的 XML 元素超过 {limit} 个，请拆分流程图", limit=MAX_ELEMENTS)
        if self.depth > MAX_DEPTH:
            raise XmlRefused("XML 嵌套超过 {limit} 层，请减少子流程的嵌套", limit=MAX_DEPTH)
        if len(attributes) > MAX_ATTRIBUTES:
            raise XmlRefused("有元素的属性超过 {limit} 个，请删去多余的属性", limit=MAX_ATTRIBUTES)

    def end(self, _name: str) -> None:
        self.depth -= 1


def _declaration(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding and encoding.lower() not in _ENCODINGS:
        raise XmlRefused("不支持 {encoding} 编码，请另存为 UTF-8", encoding=encoding[:40])


def _doctype(*_: Any) -> NoReturn:
    raise XmlRefused("文件含有 DOCTYPE 或实体声明，出于安全不予读取，请删去该声明")


def _instruction(*_: Any) -> NoReturn:
    raise XmlRefused("文件含有处理指令（<?…?>），出于安全不予读取，请删去该指令")


def check(data: bytes) -> None:
    """One expat pass over the bytes.

    Raises:
        XmlRefused: when the file is too large, not well-formed, or holds something no diagram needs.
    """
    if len(data) > MAX_BYTES:
        raise XmlRefused("文件超过 {limit} MB，请拆分流程图或删去其中的图片", limit=MAX_BYTES // 1_000_000)
    if not data.strip():
        raise XmlRefused("文件是空的，请选择一个 BPMN 或 DMN 文件")
    parser, counts = xml.parsers.expat.ParserCreate(), _Pass()
    parser.StartElementHandler, parser.EndElementHandler = counts.start, counts.end
    parser.XmlDeclHandler = _declaration
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _doctype
    parser.ProcessingInstructionHandler = _instruction
    try:
        parser.Parse(data, True)
    except (xml.parsers.expat.ExpatError, LookupError, UnicodeError, ValueError) as problem:
        if isinstance(problem, XmlRefused):
            raise
        raise XmlRefused("不是有效的 XML：{problem}，请用建模工具重新导出", problem=str(problem)[:200]) from None


def parse(data: bytes) -> Any:
    """The root element of a file that passed `check`.

    Raises:
        XmlRefused: see `check`.
    """
    check(data)
    try:
        return etree.fromstring(data)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise XmlRefused("不是有效的 XML：{problem}，请用建模工具重新导出", problem=str(problem)[:200]) from None
