"""People and places found as you type."""
from flask import Blueprint, g, jsonify, request

from web import org_search
from web.access import allow

bp = Blueprint("org", __name__, url_prefix="/org")


@bp.get("/people")
@allow("org.search")
def people():
    return jsonify(items=org_search.people(g.session, g.actor, request.args.get("q", "")))


@bp.get("/units")
@allow("org.search")
def units():
    return jsonify(items=org_search.units(g.session, g.actor, request.args.get("q", "")))
