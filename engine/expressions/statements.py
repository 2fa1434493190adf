"""Runs a script: assignments and if/else on a copy of the data."""
import ast
from typing import Any

from engine.expressions import limits
from engine.expressions.errors import ExprError
from engine.expressions.interpreter import Functions, Interpreter
from engine.expressions.operators import calculate
from engine.expressions.values import copied


class Script(Interpreter):
    """An interpreter that may also write. What it assigns is a copy, so that the data stays a tree."""

    __slots__ = ("data",)

    def __init__(self, data: dict[str, Any], lent: Functions) -> None:
        super().__init__(data, lent)
        self.data = data

    def run(self, body: list[ast.stmt]) -> None:
        for statement in body:
            try:
                self._step(statement)
            except ExprError as error:
                error.at(statement)
                raise

    def _step(self, statement: ast.stmt) -> None:
        self.spend(1)
        if isinstance(statement, ast.Assign):
            self._store(statement.targets[0], self.value(statement.value))
        elif isinstance(statement, ast.AugAssign):
            before, by = self.value(statement.target), self.value(statement.value)
            self._store(statement.target, self.keep(calculate(statement.op, before, by)))
        elif isinstance(statement, ast.If):
            self.run(statement.body if self.value(statement.test) else statement.orelse)

    def _store(self, target: ast.expr, found: Any) -> None:
        copy, used = copied(found, limits.STEPS - self.steps)
        self.spend(used)
        if isinstance(target, ast.Name):
            self.data[target.id] = copy
            return
        holder, key = self._place(target)
        fits = type(key) is str if type(holder) is dict else type(holder) is list and type(key) is int and key < len(holder)
        if not fits:
            raise ExprError("不能给它赋值")
        holder[key] = copy

    def _place(self, target: ast.expr) -> tuple[Any, Any]:
        if isinstance(target, ast.Attribute):
            return self.value(target.value), target.attr
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            return self.value(target.value), target.slice.value
        raise ExprError("不能给它赋值")
