"""What both databases can do, each in its own words."""
from typing import Any

from sqlalchemy import Integer, String, column, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from data_model.base import Json


class seconds_between(FunctionElement[int]):
    """Whole seconds from one moment to another."""

    type = Integer()
    inherit_cache = True


@compiles(seconds_between, "sqlite")
def _sqlite(element: Any, compiler: Any, **more: Any) -> str:
    start, end = (compiler.process(part, **more) for part in element.clauses)
    return f"CAST(ROUND((julianday({end}) - julianday({start})) * 86400) AS INTEGER)"


@compiles(seconds_between, "postgresql")
def _postgresql(element: Any, compiler: Any, **more: Any) -> str:
    start, end = (compiler.process(part, **more) for part in element.clauses)
    return f"CAST(ROUND(EXTRACT(EPOCH FROM ({end} - {start}))) AS INTEGER)"


def items_of(list_column: Any, dialect: str, words: bool = False) -> Any:
    """The items of a JSON list as rows with one column `value`: JSON, or text when they are words."""
    unfold = func.json_each if dialect == "sqlite" else func.jsonb_array_elements_text if words else func.jsonb_array_elements
    return unfold(list_column).table_valued(column("value", String if words else Json), joins_implicitly=True)
