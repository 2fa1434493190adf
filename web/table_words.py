"""What pages and scripts say of decision tables."""
from engine.dmn import reading
from engine.dmn.model import Table
from engine.expressions import ExprError
from engine.lint import Finding
from engine.workshop.table_changes import How
from engine.xml_guard import XmlRefused
from web.i18n import tr

TYPES = {"string": "文字", "number": "数", "boolean": "是否", "date": "日期"}
HOW = {How.ADDED: "新增", How.REMOVED: "删除", How.CHANGED: "修改", How.MOVED: "移动"}
_NAMES = {"column", "label", "diagram", "step"}  # what we shipped has names in both languages


def readable(content: str) -> Table | None:
    """The table of a file, wrong cells and all; None when there is none to read."""
    try:
        return reading.read(content.encode("utf-8", "surrogatepass"))
    except (XmlRefused, ExprError):
        return None


def words(problem: ExprError | None) -> str:
    """An error of the closed language in the reader's language, with what it wraps."""
    if problem is None:
        return ""
    where = "" if problem.line is None else tr("第 {line} 行第 {column} 列：", line=problem.line, column=problem.column)
    inner = {name: words(value) if isinstance(value, ExprError) else tr(value) if name in _NAMES else value for name, value in problem.params.items()}
    return where + (tr(problem.text, **inner) if inner else tr(problem.text))


def told(found: Finding) -> str:
    """A finding in the reader's language."""
    params = {name: words(value) if isinstance(value, ExprError) else tr(value) if name in _NAMES else value for name, value in found.params.items()}
    return Finding(found.element, found.rule, found.severity, found.text, params).message(tr)
