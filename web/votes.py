"""会签 as people read it: who signs, who said what, and what is still needed."""
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_babel import gettext

from engine import actions, catalog
from engine.actions.signers import Signer
from engine.properties import Signing, SigningMode


@dataclass(frozen=True)
class Votes:
    """Everybody asked at the step, and in a sentence what decides it."""

    signers: tuple[Signer, ...]
    rule: str
    agree: str  # label of the button that counts as agreeing


def votes(view: Any) -> Votes | None:
    """Of a step that several sign, by the diagram or because somebody was added; None for all others."""
    rules = catalog.flow(g.session, view.instance.definition_id).rules[view.task.element_id]
    task = view.task
    if rules.signing is None and not (task.helps or "remove_signer" in view.may or task.status == "held" or task.answer):
        return None
    found = tuple(one for one in actions.signers(g.session, g.actor, task.id) if one.status != "closed" or one.label)
    if len(found) < 2:
        return None
    wanted = (rules.signing.agree if rules.signing else "") or rules.outcomes[0].value
    agree = next((one.label for one in rules.outcomes if one.value == wanted), "")
    counted = [one for one in found if one.where in ("", "alongside")]
    return Votes(found, _rule(rules.signing, len(counted), sum(one.label == agree for one in counted)) if rules.signing else "", agree)


def _rule(signing: Signing, people: int, agreed: int) -> str:
    needed = signing.needed(people)
    how = {SigningMode.ANY: gettext("一人同意即可"), SigningMode.SEQUENTIAL: gettext("依次签署，全部同意"),
           SigningMode.RATIO: gettext("%(ratio)s%% 同意即通过", ratio=signing.ratio)}.get(SigningMode(signing.mode), gettext("须全部同意"))
    left = max(0, needed - agreed)
    words = [how, *([gettext("一票否决")] if signing.veto else []),
             gettext("已同意 %(done)s 人，还需 %(left)s 人", done=agreed, left=left) if left else gettext("已同意 %(done)s 人", done=agreed)]
    return " · ".join(words)
