"""A signature drawn in the browser: taken in as a PNG, kept once, and named by its id from then on."""
import base64
import binascii

from data_model.actor import Actor
from data_model.session import unit_of_work
from engine import signatures
from engine.errors import EngineError
from web.uploads import root

DRAWN = "data:image/png;base64,"


def taken(sent: str, actor: Actor) -> tuple[int | None, dict[str, EngineError]]:
    """The drawing's id, and what is wrong with it. Kept in a unit of work of its own, so that a refused form comes back signed."""
    if sent.isdecimal() and len(sent) < 16:
        return int(sent), {}
    if not sent.startswith(DRAWN):
        return None, {}
    try:
        png = base64.b64decode(sent.removeprefix(DRAWN), validate=True)
        with unit_of_work(actor) as session:
            return signatures.keep(session, actor, root(), png).id, {}
    except binascii.Error:
        return None, {"signature": EngineError("签名图片太大，请重新签名")}
    except EngineError as bad:
        return None, {"signature": bad}
