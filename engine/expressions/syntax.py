"""From text to a checked tree. Python's parser reads it; nothing is compiled to code."""
import ast
import textwrap
import threading
import warnings
from functools import lru_cache
from typing import cast

from engine.expressions import limits, whitelist
from engine.expressions.errors import ExprLimit, ExprSyntaxError

_quiet = threading.Lock()  # Python's switch for warnings belongs to the whole process
NOWHERE = "/dev/null/expression"  # Python looks into the file it is told for the words of a script's error; none can be there
_REASONS = (
    ("was never closed", "括号没有闭合"), ("unmatched", "多了一个括号"), ("does not match", "括号不配对"),
    ("unterminated", "文字缺少结束引号"), ("invalid character", "不认识的字符"), ("invalid non-printable", "不认识的字符"),
    ("indent", "缩进不对"), ("integer", "数太大"),
)


def parse_expr(source: str, functions: frozenset[str] = frozenset()) -> ast.expr:
    """The checked tree of one expression; `functions` may be called besides the built-in ones.

    Raises:
        ExprSyntaxError: it is not in the language, or calls a function nobody knows.
        ExprLimit: it is too long, too large or too deep.
    """
    tree = _parsed(_guarded(source).strip(), "eval")
    whitelist.check(tree, whitelist.EXPRESSION, functions)
    return cast(ast.Expression, tree).body


def parse_script(source: str, functions: frozenset[str] = frozenset()) -> list[ast.stmt]:
    """The checked statements of a script: assignments and if/else. Raises as `parse_expr`."""
    tree = cast(ast.Module, _parsed(textwrap.dedent(_guarded(source)).strip(), "exec"))
    if len(tree.body) > limits.STATEMENTS:
        raise ExprLimit("脚本太长")
    whitelist.check(tree, whitelist.SCRIPT, functions)
    return tree.body


compile_expr = lru_cache(maxsize=512)(parse_expr)
compile_script = lru_cache(maxsize=128)(parse_script)


def _guarded(source: str) -> str:
    """The text, if it is fit to be shown to Python's parser at all."""
    if type(source) is not str:
        raise ExprSyntaxError("表达式须是文字")
    if len(source) > limits.SOURCE_CHARS:
        raise ExprLimit("表达式太长")
    if "\x00" in source:
        raise ExprSyntaxError("文字中有空字符")
    if not source.strip():
        raise ExprSyntaxError("表达式是空的")
    _count_brackets(source)
    return source


def _count_brackets(source: str) -> None:
    """Deep brackets cost the parser's C stack before any limit of ours is asked. Brackets in texts are counted too."""
    depth = 0
    for char in source:
        if char in "([{":
            depth += 1
            if depth > limits.BRACKETS:
                raise ExprLimit("括号太深")
        elif char in ")]}" and depth:
            depth -= 1


def _parsed(source: str, mode: str) -> ast.AST:
    try:
        with _quiet, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree: ast.AST = ast.parse(source, NOWHERE, mode)
    except SyntaxError as error:
        raise _explained(error, source) from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise ExprSyntaxError("语法错误") from None
    if not source.isascii():
        _count_characters(tree, source.encode().split(b"\n"))
    return tree


def _explained(error: SyntaxError, source: str) -> ExprSyntaxError:
    line, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
    reason = next((words for found, words in _REASONS if found in (error.msg or "")), "语法错误")
    if "".join(source.split("\n")[line - 1:line])[column - 1:column] == "=":
        reason = "比较要写 =="
    return ExprSyntaxError(reason).on(line, column)


def _count_characters(tree: ast.AST, lines: list[bytes]) -> None:
    """Python counts columns in bytes; people count characters."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt) and node.lineno <= len(lines):
            node.col_offset = len(lines[node.lineno - 1][:node.col_offset].decode("utf-8", "ignore"))
