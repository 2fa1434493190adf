"""What can be wrong with an expression, in words for its author.

ExprError              a value does not fit, a name is unknown, …
├── ExprSyntaxError    the text is not in the language; a SyntaxError, because SpiffWorkflow's decision tables ask for one
└── ExprLimit          too long, too deep, too much work

No EngineError: the person at the form cannot mend a diagram, so the runner makes an incident of it.
"""
import ast
from typing import Any

_CLIP = 60
WHERE = "第 {line} 行第 {column} 列："


class ExprError(Exception):
    """A message id in Chinese with {named} places, and the place in the source once it is known.

    Args:
        text: the message id.
        params: what fills the named places; long ones are clipped.
    """

    def __init__(self, text: str, **params: Any) -> None:
        self.text = text
        self.params = {name: _clip(value) for name, value in params.items()}
        self.line: int | None = None
        self.column: int | None = None
        super().__init__(text)

    def at(self, node: ast.AST) -> "ExprError":
        """Remember where it happened; the innermost place wins."""
        if self.line is None and isinstance(node, ast.expr | ast.stmt):
            self.line, self.column = node.lineno, node.col_offset + 1
        return self

    def __str__(self) -> str:
        where = "" if self.line is None else WHERE.format(line=self.line, column=self.column)
        return where + self.text.format(**self.params)


class ExprSyntaxError(ExprError, SyntaxError):  # type: ignore[misc]  # both have a `text`
    """Not in the language. `lineno` and `offset` are what SpiffWorkflow reads."""

    def at(self, node: ast.AST) -> "ExprSyntaxError":
        super().at(node)
        return self.on(self.line, self.column)

    def on(self, line: int | None, column: int | None) -> "ExprSyntaxError":
        self.line = self.lineno = line
        self.column = self.offset = column
        return self

    __str__ = ExprError.__str__


class ExprLimit(ExprError):
    """Refused because it would take too much."""


def _clip(value: Any) -> str:
    """Short, and free of characters that no file or terminal can carry."""
    text = value if isinstance(value, str) else str(value)
    text = text if len(text) <= _CLIP else text[:_CLIP] + "…"
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")
