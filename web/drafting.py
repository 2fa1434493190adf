"""What every drawing board asks of the server while somebody draws: keep the draft, and who else is here."""
from collections.abc import Mapping
from typing import Any

from flask import Response, g, jsonify

from data_model import clock
from data_model.workshop import Kind
from engine.workshop import drafts, names


def kept(kind: Kind, key: str, sent: Mapping[str, Any]) -> Response:
    """Keep what has been drawn so far; 409 with who and when, when somebody else has saved meanwhile."""
    revision = drafts.save(g.session, g.actor, kind, key, sent["content"], sent["revision"], str(sent.get("name") or "")[:100])
    return jsonify(revision=revision, savedAt=clock.local(clock.now()).strftime("%H:%M"))


def visited(kind: Kind, key: str) -> Response:
    """A heartbeat: who else has it open, and the revision that is kept now."""
    others = drafts.visit(g.session, g.actor, kind, names.checked(key))
    opened = drafts.open_draft(g.session, g.actor, kind, key)
    return jsonify(others=others, revision=opened.revision, savedBy=opened.saved_by_name)
