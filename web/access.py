"""Every view says what it takes to enter it; one that says nothing is not let into the house."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from data_model.permissions import ALL, EVERYONE, PUBLIC

__all__ = ["ALL", "EVERYONE", "PUBLIC", "Access", "Undeclared", "allow", "access_of", "check_all_declared"]


class Undeclared(RuntimeError):
    """A view without @allow, or with a permission that the matrix does not know."""


@dataclass(frozen=True)
class Access:
    """What a view declares.

    Attributes:
        permission: a permission of the matrix, or EVERYONE, or PUBLIC.
        unit: whether the request's unit of work is open while the view runs. False: the view opens its own (`unit_of_work`),
            because it does something slow, such as checking a password or decoding a photo.
        always: open even before a forced password change is done.
        scopes: of the API: a token needs one of them.
    """

    permission: str
    unit: bool = True
    always: bool = False
    scopes: tuple[str, ...] = ()


def allow(permission: str, *, unit: bool = True, always: bool = False, scopes: tuple[str, ...] = ()) -> Callable[[Any], Any]:
    """Declare what it takes to enter a view; stands between the route and the function."""
    if permission not in ALL:
        raise Undeclared(f"unknown permission {permission!r}")

    def mark(view: Any) -> Any:
        view.access = Access(permission, unit, always, scopes)
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the view behind an endpoint declared."""
    return getattr(app.view_functions.get(endpoint), "access", None)


def check_all_declared(app: Flask) -> None:
    """Refuse to start with a view that declares nothing.

    Raises:
        Undeclared: naming every such endpoint.
    """
    silent = sorted(endpoint for endpoint in app.view_functions if access_of(app, endpoint) is None)
    if silent:
        raise Undeclared(f"no @allow on: {', '.join(silent)}")
