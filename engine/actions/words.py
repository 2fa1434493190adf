"""What a person has filled in, fit to be kept."""
from collections.abc import Mapping
from typing import Any

from engine.errors import EngineError
from engine.expressions import ExprError, json_safe


def safe(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as JSON can hold them.

    Raises:
        EngineError: something in them cannot be stored.
    """
    try:
        found: dict[str, Any] = json_safe(dict(data))
    except ExprError:
        raise EngineError("填写的内容含有不能保存的字符") from None
    return found
