"""How a route of the API is told: who may, what comes in, what goes out; one table that the door and the document read."""
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from engine import commands
from engine.errors import EngineError
from forms import StepForm
from web.access import allow
from web.api import strict
from web.api.shapes import Shape
from web.doors import VERSION
from web.problems import Problem
from web.security import csrf

JSON = "application/json"
LONGEST_KEY = 255


@dataclass(frozen=True)
class Route:
    """What the document says about a view, and what requests are held to.

    Attributes:
        permission: of the matrix, as for screens.
        scopes: a token needs one of them; empty: any token will do.
        summary: what it does, in a few Chinese words.
        answer: name of the shape that comes out.
        query: shapes of the address's parameters.
        body: shape of the JSON that comes in.
        form: whose fields are that JSON; the view asks it.
        files: whether a file comes in instead.
        gives: media types of a file that goes out instead of JSON.
        keyed: an Idempotency-Key makes it happen once.
        location: of what it made, with places filled from the answer.
    """

    permission: str
    scopes: tuple[str, ...]
    summary: str
    answer: str
    query: Mapping[str, Shape] = field(default_factory=dict)
    body: Shape | None = None
    form: type[StepForm] | None = None
    files: bool = False
    gives: tuple[str, ...] = ()
    keyed: bool = False
    unit: bool = True
    status: int = 200
    location: str = ""


@dataclass(frozen=True)
class Sent:
    """What came in, checked."""

    query: Mapping[str, Any]
    body: Any = None
    key: str = ""  # the caller's Idempotency-Key

    @property
    def idem_key(self) -> str:
        """The one for engine.actions."""
        return _own("action", self.key)

    def key_of(self, part: int) -> str:
        """The one for one of several deeds."""
        return _own(f"part {part}", self.key)


def room(name: str, under: str = "") -> Blueprint:
    """A blueprint of the API. No cookie opens it, so it needs no token against forged forms."""
    bp = Blueprint(f"api_{name}", __name__, url_prefix=VERSION + under)
    csrf.exempt(bp)
    return bp


def at(bp: Blueprint, method: str, rule: str, route: Route, name: str = "") -> Callable[[Callable[..., Any]], Any]:
    """Open a view there; it is given what was `Sent` first, then what the address names, and returns what goes out."""
    def open_(view: Callable[..., Any]) -> Any:
        @functools.wraps(view)
        def door(**values: Any) -> Response:
            sent = Sent(_query(route), _body(route), _key(route))
            return _answered(route, _once(route, sent, lambda: view(sent, **values)))

        allow(route.permission, unit=route.unit, scopes=route.scopes)(door)
        door.route = route  # type: ignore[attr-defined]
        bp.add_url_rule(rule, name or view.__name__, door, methods=[method])
        return view
    return open_


def _query(route: Route) -> dict[str, Any]:
    """The parameters of the address, numbers as numbers, what is left out as its default says."""
    given: dict[str, Any] = {}
    wrong: list[strict.Fault] = []
    for name, values in request.args.lists():
        shape = route.query.get(name)
        if shape is None:
            wrong.append((name[:64], "没有这个参数"))
        elif len(values) > 1:
            wrong.append((name, "只能出现一次"))
        else:
            given[name] = _number(values[0]) if shape["type"] == "integer" else values[0]
            wrong += strict.faults(given[name], shape, name)
    if wrong:
        raise Problem("invalid", wrong)
    return {name: shape.get("default", "") for name, shape in route.query.items()} | given


def _number(text: str) -> Any:
    """The number it is, or the text, which is none."""
    return int(text) if text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= strict.LONGEST_NUMBER else text


def _body(route: Route) -> Any:
    if route.body is None:
        return None
    if not request.content_length and not route.body["required"]:
        return {}
    if request.mimetype != JSON:
        raise Problem("media", wanted=JSON)
    if (request.content_length or 0) > strict.LARGEST_BODY:
        raise Problem("large")
    value = strict.parse(request.get_data(cache=False))
    if wrong := list(strict.faults(value, route.body)):
        raise Problem("invalid", wrong)
    return value


def _key(route: Route) -> str:
    if not route.keyed:
        return ""
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        raise Problem("no-key")
    return key


def _once(route: Route, sent: Sent, deed: Callable[[], Any]) -> Any:
    """The same key with the same request gets the first one's answer, though the form would no longer accept it.

    A view that opens its own units of work gives each of its deeds a key of its own (`Sent.key_of`).
    """
    if not route.keyed or not route.unit:
        return deed()
    key = _own("answer", sent.key)
    try:
        known = commands.once(g.session, g.actor, key, [request.method, request.path, sent.body])
    except EngineError:
        raise Problem("reused") from None
    if known is not None:
        return known
    answer = deed()
    commands.answered(g.session, key, answer)
    return answer


def _own(of: str, key: str) -> str:
    """A key of the house's own length, that of this person only."""
    return sha256(f"{of}:{g.actor.user_id}:{key}".encode()).hexdigest()


def _answered(route: Route, answer: Any) -> Response:
    response: Response = answer if isinstance(answer, Response) else jsonify(answer)
    response.status_code = route.status
    if route.location:
        response.headers["Location"] = VERSION + route.location.format_map(answer)
    return response
