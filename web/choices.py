"""What the form of a deed offers at this moment: the engine's own list, put into the fields that ask for it."""
from typing import Any

from flask import g

from engine import actions, catalog
from forms.deeds import WAYS, WHERE


def _targets(form: Any, view: Any) -> dict[str, Any]:
    """Where a task may be returned to, who did it, and what that cancels or repeats."""
    targets = actions.return_targets(g.session, g.actor, view.task.id)
    form.element.offer([(target.element, target.name) for target in targets])
    modes = {mode for target in targets for mode in target.modes}
    form.mode.offer([way for way in WAYS if way[0] in modes])
    if all(len(target.modes) == 1 for target in targets):  # the effects say it
        del form.mode
    return {"targets": targets, "nowhere": not targets}


def _places(form: Any, view: Any) -> dict[str, Any]:
    """Beside the others only where several sign."""
    rules = catalog.flow(g.session, view.instance.definition_id).rules[view.task.element_id]
    several = rules.signing is not None and not view.task.helps
    form.where.offer([place for place in WHERE if several or place[0] != "alongside"])
    return {}


def _signers(form: Any, view: Any) -> dict[str, Any]:
    """Whom the person has added and may take out again."""
    form.signer.offer([(f"task:{one.task_id}" if one.task_id else f"person:{one.user_id}", one.name)
                       for one in actions.signers(g.session, g.actor, view.task.id) if one.removable])
    return {}


def _undone(_form: Any, view: Any) -> dict[str, Any]:
    """What taking the step back would close."""
    found = actions.can_withdraw(g.session, g.actor, view.instance.id)
    return {"effects": found.effects if found else ()}


CHOICES = {"return": _targets, "add_signer": _places, "remove_signer": _signers, "withdraw": _undone}
