"""One cell of a decision table, as SpiffWorkflow's DMN engine reads it: a value to equal, an operator with a value, or a
condition in which `?` is the input."""
import ast
import re

from engine.expressions import ExprError, compile_expr
from engine.lint.finding import Term
from engine.lint.times import TIMERS

_ASKED = re.compile(r"""(\?)(?=(?:[^'"]|['"][^'"]*['"])*$)""")  # SpiffWorkflow's own; the cell's length is bounded before
_MAX_CELL = 300
_MAX_ASKED = 5
_FOREIGN = {"true", "false", "null"}


def input_problem(column: str, cell: str | None) -> ExprError | Term | None:
    """What is wrong with an input cell, in words; None when it does what it says."""
    if cell is None or cell == "-":
        return None
    if len(cell) > _MAX_CELL or cell.count("?") > _MAX_ASKED:
        return Term("太长，请拆成几列")
    if not cell.strip() or cell.strip() == "-":
        return Term("空格使它失去意义，请清空或只写 -")
    asked = _ASKED.sub("dmninputexpr", cell)
    if "dmninputexpr" in asked:
        return _read(asked)
    if _parses(cell):
        return _value_problem(cell)
    return _operator_problem(column, cell)


def check_value(source: str) -> ast.expr:
    """The tree of an expression. Raises ExprError when it is not in the language."""
    tree = compile_expr(source, TIMERS)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _FOREIGN:
            raise ExprError("{name} 不是值，请写 True、False 或 None", name=node.id)
    return tree


def _value_problem(cell: str) -> ExprError | Term | None:
    """SpiffWorkflow compares the input with it: a condition or a list would never be equal to anything."""
    try:
        tree = check_value(cell)
    except ExprError as problem:
        return problem
    if isinstance(tree, ast.Tuple | ast.List | ast.Set):
        return Term("列表永远不会匹配，请写成 ? in [值, 值]")
    if isinstance(tree, ast.Compare | ast.BoolOp) or isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        return Term("条件会被当作值来比较、永远不会匹配，请用 ? 代表输入，如 ? != 5")
    return None


def _operator_problem(column: str, cell: str) -> ExprError | Term | None:
    """SpiffWorkflow writes the input in front of it, without a space and without brackets."""
    wanted = _read(f"({column}) {cell}")
    if wanted is not None:
        return Term("不是本系统的写法（FEEL 的区间、not()、列表不受支持），请写成 >= 5 或 1 <= ? <= 10")
    meant = compile_expr(f"({column}) {cell}", TIMERS)
    if not isinstance(meant, ast.Compare | ast.BoolOp):
        return Term("不是一个条件，请写成 >= 5 或 1 <= ? <= 10")
    try:
        written = compile_expr(column + cell, TIMERS)
    except ExprError:
        written = None
    if written is None or ast.dump(written) != ast.dump(meant):
        return Term("与输入列的表达式连写后意思会变，请用 ? 代表输入，如 ? in [1, 2]")
    return None


def _read(source: str) -> ExprError | None:
    try:
        check_value(source)
    except ExprError as problem:
        return problem
    return None


def _parses(source: str) -> bool:
    try:
        compile_expr(source, TIMERS)
    except ExprError:
        return False
    return True
