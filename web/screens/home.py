"""The front door: to the first thing the person may do; and whether the house is up."""
from flask import Blueprint, abort, g, redirect, url_for
from sqlalchemy import text

from web.access import EVERYONE, PUBLIC, allow
from web.navigation import ME, ways

bp = Blueprint("home", __name__)


@bp.get("/")
@allow(EVERYONE)
def index():
    """Nobody gave this person a role yet: the 403 page names the administrator (AUTH-04)."""
    if not g.actor.permissions:
        abort(403)
    return redirect(url_for((ways() or [ME])[0].endpoint))


@bp.get("/healthz")
@allow(PUBLIC, always=True)
def health():
    """For the watchman: the house answers and so does its database."""
    g.session.execute(text("SELECT 1"))
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
