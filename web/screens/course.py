"""How a case went and goes on: its history in blocks, who is next, and the picture of its diagram where no script draws it."""
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, g, request

from engine import cases, catalog
from engine.forecast import Forecast, forecast
from engine.picture import picture
from web.access import EVERYONE, allow
from web.history_words import SYSTEM
from web.i18n import tr

bp = Blueprint("course", __name__, url_prefix="/cases")

ONLY_A_PICTURE = "default-src 'none'; sandbox"
STOPS = {"userTask", "endEvent", "callActivity"}  # where a way that is told ends


@dataclass(frozen=True)
class Block:
    """Lines that stand together: people's one by one, the system's folded. `round` is set where a new round begins."""

    lines: tuple[cases.Line, ...]
    folded: bool = False
    round: int = 0


@bp.get("/<int:instance_id>/diagram.svg")
@allow(EVERYONE)
def diagram(instance_id: int):
    """The whole picture, or one part of a wide one (?part=0 …)."""
    found = picture(g.session, cases.case_view(g.session, g.actor, instance_id).instance)
    part = request.args.get("part", type=int)
    if found is None or (part is not None and not 0 <= part < len(found.views)):
        abort(404)
    answer = Response(found.svg(tr, part), content_type="image/svg+xml; charset=utf-8")
    answer.headers["Content-Security-Policy"] = ONLY_A_PICTURE
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.app_template_global()
def blocks_of(lines: list[cases.Line]) -> Iterator[Block]:
    """The history as it is shown."""
    now = 1
    for (round_, system), group in groupby(lines, key=lambda line: (line.round, line.action in SYSTEM)):
        found = tuple(group)
        fresh = round_ if round_ > now else 0
        now = max(now, round_)
        if system:
            yield Block(found, True, fresh)
        else:
            yield from (Block((line,), False, fresh if number == 0 else 0) for number, line in enumerate(found))


@bp.app_template_global()
def led_to(case: Any, line: cases.Line) -> list[str]:
    """Names of the steps and ends that the tokens came to when this was done."""
    drawn = catalog.flow(g.session, case.definition_id).diagram.by_id
    there = [drawn[target] for _, target in line.path if target in drawn and drawn[target].tag in STOPS]
    return list(dict.fromkeys(element.name for element in there if element.name))


@bp.app_template_global()
def ahead_of(case: Any) -> Forecast:
    return forecast(g.session, case)
