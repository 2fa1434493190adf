"""What a service step did may be undone by taking back the step before it."""
from collections.abc import Callable
from typing import Any

Handler = Callable[..., Any]


def reversible(handler: Handler) -> Handler:
    """Marks a handler that only writes what its next run writes again: 撤回 may go back over it."""
    handler.reversible = True  # type: ignore[attr-defined]
    return handler


def is_reversible(handler: Handler) -> bool:
    return bool(getattr(handler, "reversible", False))
