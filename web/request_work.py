"""One request is one unit of work: who is asking, may they, the view, and then all of it is kept or none."""
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, url_for
from flask_login import current_user

from data_model.actor import SYSTEM, Actor
from data_model.session import become, unit_of_work
from engine.principals import actor_for
from web import doors
from web.access import EVERYONE, PUBLIC, Access, access_of
from web.problems import Problem
from web.signed_in import note_seen, seen_lately

SAFE = ("GET", "HEAD", "OPTIONS")
NOBODY = Actor(user_id=0, name="")


class _Undo(Exception):
    """Carries a page out of a unit of work that must not be kept."""

    def __init__(self, response: Response) -> None:
        self.response = response


class House(Flask):
    """Flask, with a unit of work around each view. It closes before error handlers draw their page."""

    def dispatch_request(self) -> Any:
        answer = super().dispatch_request
        if request.routing_exception is not None:
            look_who_is_there()
            return answer()
        access = access_of(current_app, request.endpoint) or abort(403)
        response = _in_one_unit(access, answer) if access.unit else _on_its_own(access, answer)
        _note_last_seen()
        return response


def forget() -> None:
    """Undo what a refused action changed, so that its page can be drawn again from what is stored."""
    g.session.rollback()


def is_htmx() -> bool:
    """Whether a fragment is wanted instead of a page."""
    return request.headers.get("HX-Request") == "true" and "HX-Boosted" not in request.headers


def in_background() -> bool:
    """Whether the page asked by itself (a counter that refreshes): that is no sign of a person at work."""
    return request.headers.get("X-Background") == "1"


def go(address: str, code: int = 303) -> Response:
    """Send the browser to another page, also when htmx asked."""
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, code)


@contextmanager
def _unit(write: bool) -> Iterator[None]:
    try:
        with unit_of_work(SYSTEM, write) as g.session:
            yield
    finally:
        g.pop("session", None)


def _in_one_unit(access: Access, answer: Callable[[], Any]) -> Response:
    """A view that returns is kept; one that raises, or answers with an error status, never was."""
    try:
        with _unit(write=request.method not in SAFE):
            _enter(access)
            response = make_response(answer())
            if response.status_code >= 400:
                raise _Undo(response)
            return response
    except _Undo as undone:
        return undone.response


def _on_its_own(access: Access, answer: Callable[[], Any]) -> Any:
    with _unit(write=False):
        _enter(access)
    return answer()


def look_who_is_there() -> None:
    """For the top bar of an error page."""
    with _unit(write=False):
        _identify()


def _enter(access: Access) -> None:
    _identify()
    if access.permission == PUBLIC:
        return
    if not current_user.is_authenticated:
        abort(401)
    if access.scopes and not set(access.scopes) & set(current_user.scopes):
        raise Problem("scope", scopes=", ".join(access.scopes))
    if g.actor.must_change_password and not access.always:
        if doors.by_token():
            raise Problem("password")
        abort(go(url_for("personal.password")))
    if access.permission != EVERYONE and not g.actor.can(access.permission):
        abort(403)


def _identify() -> None:
    g.actor = NOBODY
    if current_user.is_authenticated:
        g.actor = actor_for(g.session, current_user)
    become(g.session, g.actor)


def _note_last_seen() -> None:
    """At most one small write a minute, for each browser and each token."""
    if not current_user.is_authenticated or seen_lately(current_user) or (in_background() and not current_user.token_id):
        return
    with unit_of_work(SYSTEM) as session:
        note_seen(session, current_user)
