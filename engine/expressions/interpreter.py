"""Walks a checked tree and finds its value. Nothing of Python is reachable from here: no attributes, no calls by value."""
import ast
from collections.abc import Callable, Mapping
from typing import Any

from engine.expressions import limits
from engine.expressions.errors import ExprError, ExprLimit
from engine.expressions.functions import CALENDAR, FUNCTIONS, TEXT_METHODS, WALKERS, text
from engine.expressions.operators import calculate, compare, effort
from engine.expressions.values import PLAIN, is_number, json_safe, weight

Functions = Mapping[str, Callable[..., Any]]
_NOTHING: Functions = {}


class Interpreter:
    """One evaluation: the names it may read, the functions lent to it, and what it has spent so far."""

    __slots__ = ("names", "lent", "local", "steps", "allocated")

    def __init__(self, names: Mapping[str, Any], lent: Functions = _NOTHING) -> None:
        self.names, self.lent = names, lent
        self.local: dict[str, Any] = {}
        self.steps = self.allocated = 0

    def value(self, node: ast.AST) -> Any:
        """The value of a node.

        Raises:
            ExprError: at the innermost node that has none.
        """
        self.steps += 1
        if self.steps > limits.STEPS:
            raise ExprLimit("运算步数太多").at(node)
        try:
            return _VISIT[type(node)](self, node)
        except ExprError as error:
            error.at(node)
            raise

    def spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > limits.STEPS:
            raise ExprLimit("运算步数太多")

    def keep(self, made: Any) -> Any:
        """A new value, charged by its size."""
        kind = type(made)
        if kind is str or kind is list or kind is dict:
            size = len(made)
            if size > (limits.TEXT_CHARS if kind is str else limits.LIST_ITEMS):
                raise ExprLimit("文字或列表太长")
            self.allocated += size
            if self.allocated > limits.ALLOCATED:
                raise ExprLimit("占用内存太多")
        return made

    def constant(self, node: ast.Constant) -> Any:
        return node.value

    def name(self, node: ast.Name) -> Any:
        if node.id in self.local:
            return self.local[node.id]
        if node.id not in self.names:
            raise ExprError("没有名为 {name} 的数据", name=node.id)
        return _plain(self.names[node.id])

    def attribute(self, node: ast.Attribute) -> Any:
        holder = self.value(node.value)
        if type(holder) is not dict or node.attr not in holder:
            raise ExprError("没有字段 {name}", name=node.attr)
        return _plain(holder[node.attr])

    def subscript(self, node: ast.Subscript) -> Any:
        holder = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._sliced(holder, node.slice)
        key = self.value(node.slice)
        if type(key) not in ((str, int, bool) if type(holder) is dict else (int, bool)) or type(holder) not in (dict, list, str):
            raise ExprError("不能这样取值")
        try:
            return _plain(holder[key])
        except LookupError:
            raise ExprError("没有第 {key} 项" if type(holder) is not dict else "没有字段 {key}", key=key) from None

    def _sliced(self, holder: Any, cut: ast.Slice) -> Any:
        first, last, step = (None if part is None else self.value(part) for part in (cut.lower, cut.upper, cut.step))
        if type(holder) not in (str, list) or step == 0 or any(type(p) not in (int, bool, type(None)) for p in (first, last, step)):
            raise ExprError("不能这样截取")
        return self.keep(holder[first:last:step])

    def both(self, node: ast.BoolOp) -> Any:
        decided, found = isinstance(node.op, ast.Or), None
        for part in node.values:
            found = self.value(part)
            if bool(found) is decided:
                return found
        return found

    def unary(self, node: ast.UnaryOp) -> Any:
        operand = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            return not operand
        if not is_number(operand):
            raise ExprError("需要数")
        return -operand if isinstance(node.op, ast.USub) else +operand

    def binary(self, node: ast.BinOp) -> Any:
        return self.keep(calculate(node.op, self.value(node.left), self.value(node.right)))

    def comparison(self, node: ast.Compare) -> bool:
        left = self.value(node.left)
        for op, operand in zip(node.ops, node.comparators, strict=True):
            right = self.value(operand)
            self.spend(effort(op, left, right))
            if not compare(op, left, right):
                return False
            left = right
        return True

    def choice(self, node: ast.IfExp) -> Any:
        return self.value(node.body if self.value(node.test) else node.orelse)

    def items(self, node: ast.List | ast.Tuple | ast.Set) -> Any:
        return self.keep([self.value(item) for item in node.elts])

    def mapping(self, node: ast.Dict) -> Any:
        made: dict[Any, Any] = {}
        for key_node, item in zip(node.keys, node.values, strict=True):
            key = self.value(key_node) if key_node else None
            if type(key) not in (str, int):
                raise ExprError("键必须是文字")
            made[key] = self.value(item)
        return self.keep(made)

    def call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Attribute):
            return self._text_method(node.func, node.args)
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        arguments = [self.value(argument) for argument in node.args]
        try:
            if called in self.lent:
                self.spend(limits.LENT_FUNCTION_STEPS)
                return self.keep(json_safe(self.lent[called](*arguments)))
            if called in WALKERS:
                self.spend(sum(map(weight, arguments)))
            elif called in CALENDAR:
                self.spend(limits.CALENDAR_STEPS)
            return self.keep(_plain(FUNCTIONS[called](*arguments)))
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise ExprError("函数 {name} 用不了这些值", name=called) from error

    def _text_method(self, called: ast.Attribute, arguments: list[ast.expr]) -> Any:
        given = [self.value(called.value), *(self.value(argument) for argument in arguments)]
        if any(type(value) is not str for value in given):
            raise ExprError("{name} 只能用于文字", name=called.attr)
        self.spend(sum(len(value) for value in given) >> 7)
        return self.keep(TEXT_METHODS[called.attr][1](*given))

    def listing(self, node: ast.ListComp | ast.GeneratorExp) -> Any:
        made: list[Any] = []
        self._loop(node, 0, made)
        return self.keep(made)

    def _loop(self, node: ast.ListComp | ast.GeneratorExp, level: int, made: list[Any]) -> None:
        if level == len(node.generators):
            made.append(self.value(node.elt))
            if len(made) > limits.LIST_ITEMS:
                raise ExprLimit("文字或列表太长")
            return
        loop = node.generators[level]
        source = self.value(loop.iter)
        if type(source) not in (list, dict):
            raise ExprError("for 需要列表")
        outer = self.local
        for item in source:
            self.spend(1)
            self.local = {**outer, loop.target.id: _plain(item)}  # type: ignore[attr-defined]
            if all(self.value(condition) for condition in loop.ifs):
                self._loop(node, level + 1, made)
        self.local = outer

    def written(self, node: ast.JoinedStr) -> str:
        parts = [text(self.value(part.value if isinstance(part, ast.FormattedValue) else part)) for part in node.values]
        if sum(map(len, parts)) > limits.TEXT_CHARS:
            raise ExprLimit("文字或列表太长")
        self.keep(whole := "".join(parts))
        return whole


def _plain(value: Any) -> Any:
    """The value if it is JSON's own kind, else its JSON copy; nothing else enters."""
    return value if type(value) in PLAIN else json_safe(value)


_VISIT: dict[type[ast.AST], Callable[[Interpreter, Any], Any]] = {
    ast.Constant: Interpreter.constant, ast.Name: Interpreter.name, ast.Attribute: Interpreter.attribute,
    ast.Subscript: Interpreter.subscript, ast.BoolOp: Interpreter.both, ast.UnaryOp: Interpreter.unary,
    ast.BinOp: Interpreter.binary, ast.Compare: Interpreter.comparison, ast.IfExp: Interpreter.choice,
    ast.List: Interpreter.items, ast.Tuple: Interpreter.items, ast.Set: Interpreter.items, ast.Dict: Interpreter.mapping,
    ast.Call: Interpreter.call, ast.ListComp: Interpreter.listing, ast.GeneratorExp: Interpreter.listing,
    ast.JoinedStr: Interpreter.written,
}
