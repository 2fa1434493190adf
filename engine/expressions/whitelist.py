"""Which parts of Python's grammar are in the language. What is not listed is refused."""
import ast
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.expressions import limits
from engine.expressions.errors import ExprLimit, ExprSyntaxError
from engine.expressions.functions import FUNCTION_NAMES, TEXT_METHODS, WALKERS

EXPRESSION = frozenset({
    ast.Expression, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.IfExp, ast.Constant, ast.Name, ast.Attribute,
    ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Call, ast.GeneratorExp, ast.ListComp,
    ast.comprehension, ast.JoinedStr, ast.FormattedValue, ast.Load, ast.Store, ast.And, ast.Or, ast.Not, ast.USub, ast.UAdd,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
    ast.In, ast.NotIn, ast.Is, ast.IsNot,
})
SCRIPT = (EXPRESSION - {ast.Expression}) | {ast.Module, ast.Assign, ast.AugAssign, ast.If, ast.Pass, ast.Expr}

RESERVED = FUNCTION_NAMES | {"True", "False", "None"}
_OPEN_ENDED = (ast.Slice, ast.Set, ast.GeneratorExp)  # only where their parent admits them


@dataclass
class Review:
    """One reading of a tree: what may be called, and which of its parts stand in a place of their own."""

    functions: frozenset[str]
    admitted: set[int] = field(default_factory=set)

    def admit(self, node: ast.AST, *kinds: type[ast.AST]) -> None:
        if isinstance(node, kinds):
            self.admitted.add(id(node))


def check(tree: ast.AST, allowed: frozenset[type[ast.AST]], functions: frozenset[str]) -> None:
    """Refuse a tree that is too large or holds anything outside the language.

    Raises:
        ExprSyntaxError: naming the place.
        ExprLimit: when it is too large.
    """
    review, stack, count = Review(FUNCTION_NAMES | functions), [(tree, 0)], 0
    while stack:
        node, depth = stack.pop()
        count += 1
        if count > limits.NODES:
            raise ExprLimit("表达式太大")
        if depth > limits.DEPTH:
            raise ExprLimit("表达式嵌套太深")
        _check_node(node, allowed, review)
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))


def _check_node(node: ast.AST, allowed: frozenset[type[ast.AST]], review: Review) -> None:
    kind = type(node)
    if kind not in allowed or (isinstance(node, _OPEN_ENDED) and id(node) not in review.admitted):
        raise ExprSyntaxError("这里不能用 {kind}", kind=kind.__name__).at(node)
    rule = _RULES.get(kind)
    if rule:
        rule(node, review)


def _name(node: ast.Name, review: Review) -> None:
    if node.id.startswith("_"):
        raise ExprSyntaxError("名称不能以下划线开头：{name}", name=node.id).at(node)


def _attribute(node: ast.Attribute, review: Review) -> None:
    if node.attr.startswith("_"):
        raise ExprSyntaxError("名称不能以下划线开头：{name}", name=node.attr).at(node)


def _constant(node: ast.Constant, review: Review) -> None:
    value = node.value
    if type(value) not in (str, int, float, bool, type(None)) or node.kind:
        raise ExprSyntaxError("不支持这种写法的值").at(node)
    if (isinstance(value, int) and value > limits.INTEGER) or (isinstance(value, float) and math.isinf(value)):
        raise ExprSyntaxError("数太大").at(node)


def _call(node: ast.Call, review: Review) -> None:
    called = node.func
    if node.keywords or len(node.args) > limits.ARGUMENTS:
        raise ExprSyntaxError("函数只接受依次写出的参数").at(node)
    if isinstance(called, ast.Attribute):
        if called.attr not in TEXT_METHODS or len(node.args) != TEXT_METHODS[called.attr][0]:
            raise ExprSyntaxError("没有这样的方法：{name}", name=called.attr).at(node)
        return
    if not isinstance(called, ast.Name):
        raise ExprSyntaxError("只能按名称调用函数").at(node)
    if called.id not in review.functions:
        raise ExprSyntaxError("没有这个函数：{name}", name=called.id).at(node)
    if called.id in WALKERS and len(node.args) == 1:
        review.admit(node.args[0], ast.GeneratorExp)


def _loop(node: ast.ListComp | ast.GeneratorExp, review: Review) -> None:
    if len(node.generators) > 2:
        raise ExprSyntaxError("最多两层 for").at(node)
    for loop in node.generators:
        if loop.is_async or not isinstance(loop.target, ast.Name) or loop.target.id in RESERVED:
            raise ExprSyntaxError("只能写 for 名称 in 列表").at(node)


def _place(node: ast.FormattedValue, review: Review) -> None:
    if node.conversion != -1 or node.format_spec is not None:
        raise ExprSyntaxError("不支持格式说明").at(node)


def _compare(node: ast.Compare, review: Review) -> None:
    for op, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(op, ast.In | ast.NotIn):
            review.admit(right, ast.Set)
        if isinstance(op, ast.Is | ast.IsNot) and not _is_word(right):
            raise ExprSyntaxError("is 只能与 None、True、False 比较").at(node)


def _is_word(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or type(node.value) is bool)


def _dict(node: ast.Dict, review: Review) -> None:
    if any(key is None for key in node.keys):
        raise ExprSyntaxError("不支持 **").at(node)


def _subscript(node: ast.Subscript, review: Review) -> None:
    review.admit(node.slice, ast.Slice)


def _assign(node: ast.Assign, review: Review) -> None:
    if len(node.targets) != 1:
        raise ExprSyntaxError("一次只能给一个名称赋值").at(node)
    _target(node.targets[0])


def _augmented(node: ast.AugAssign, review: Review) -> None:
    _target(node.target)


def _target(target: ast.expr) -> None:
    """A name, then fields and constant keys; never the name of a function."""
    base = target
    while isinstance(base, ast.Subscript | ast.Attribute):
        if isinstance(base, ast.Subscript) and not _is_key(base.slice):
            raise ExprSyntaxError("赋值时键须直接写出").at(target)
        base = base.value
    if not isinstance(base, ast.Name) or base.id in RESERVED:
        raise ExprSyntaxError("不能给它赋值").at(target)


def _is_key(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (str, int)


def _bare(node: ast.Expr, review: Review) -> None:
    if not isinstance(node.value, ast.Constant):
        raise ExprSyntaxError("脚本里只能有赋值和 if").at(node)


_RULES: dict[type[ast.AST], Callable[..., None]] = {
    ast.Name: _name, ast.Attribute: _attribute, ast.Constant: _constant, ast.Call: _call, ast.ListComp: _loop,
    ast.GeneratorExp: _loop, ast.FormattedValue: _place, ast.Compare: _compare, ast.Dict: _dict, ast.Subscript: _subscript,
    ast.Assign: _assign, ast.AugAssign: _augmented, ast.Expr: _bare,
}
