"""The data a table speaks of: paths such as `clues.cost`, from its columns and from the free parts of its cells."""
import ast
from collections.abc import Iterator

from engine.dmn.ready import Ready
from engine.dmn.scanning import ASKED
from engine.dmn.unary import Equal, Free, Test
from engine.dmn.values import TIMERS
from engine.expressions import FUNCTION_NAMES, compile_expr


def paths(source: str) -> list[str]:
    """Every entry of the data an expression reads, outermost paths only."""
    tree = compile_expr(source, TIMERS)
    bound = {node.target.id for node in ast.walk(tree) if isinstance(node, ast.comprehension) and isinstance(node.target, ast.Name)}
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return list(dict.fromkeys(path for path in _outermost(tree, called) if path.partition(".")[0] not in bound | {ASKED} | FUNCTION_NAMES | TIMERS))


def _outermost(node: ast.AST, called: set[int]) -> Iterator[str]:
    path = _path(node)
    if path and id(node) not in called:
        yield path
        return
    if isinstance(node, ast.Attribute) and id(node) in called:
        yield from _outermost(node.value, called)
        return
    for child in ast.iter_child_nodes(node):
        yield from _outermost(child, called)


def _path(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts, node = [node.attr, *parts], node.value
    return ".".join([node.id, *parts]) if isinstance(node, ast.Name) else ""


def asked_beside(table: Ready) -> list[str]:
    """What cells read besides their columns: in free conditions, in thresholds, in outputs."""
    sources = [source for line in table.lines for tests in line.tests for test in tests.tests for source in _sources(test)]
    sources += [answer.source for line in table.lines for answer in line.answers if not answer.known]
    return list(dict.fromkeys(path for source in sources for path in paths(source)))


def asked(table: Ready) -> list[tuple[str, str]]:
    """(path, id of the column or of the table) of everything the table reads."""
    columns = [(path, column.id) for column, source in zip(table.table.inputs, table.asked, strict=True) for path in paths(source)]
    return columns + [(path, table.table.id) for path in asked_beside(table)]


def _sources(test: Test) -> list[str]:
    if isinstance(test, Free):
        return [test.source]
    ends = (test.end,) if isinstance(test, Equal) else (test.low, test.high)
    return [end.source for end in ends if end is not None and not end.known]
