"""Random diagrams under the process owner's hands: tokens moved, cases stopped, data changed, versions changed; each case can finish."""
import os
from copy import deepcopy
from datetime import timedelta

import pytest

from data_model import clock
from data_model.process import ProcessDefinition
from engine import actions
from engine.actions import migrating, moving
from engine.errors import EngineError
from tests.engine.model import Block, whole
from tests.engine.model_world import At
from tests.engine.test_graph_walks import Walk

WALKS = int(os.environ.get("ANLAN_WALKS", "0"))
FIRST = int(os.environ.get("ANLAN_FIRST_WALK", "0"))
SEEDS = range(FIRST, FIRST + WALKS) if WALKS else (1, 2, 5, 8, 13)
DEEDS = 14
STEPS = ("task", "sign", "each", "sub", "call", "many")


def steps_in(block: Block):
    """Steps of a block that a token outside of its branches may be put on."""
    if block.kind in STEPS:
        yield block
    elif block.kind not in ("par", "inc"):
        for part in block.parts:
            yield from steps_in(part)


def places(at: At):
    """Where a token may be put: the pass through a block that stays, and the way of blocks from there to the step."""
    here, levels = at, 0
    while here.up is not None:
        up = here.up
        if up.block.kind in ("seq", "loop", "choice"):
            for part in up.block.parts:
                for step in steps_in(part):
                    yield up, step
        here, levels = up, levels + 1


class Operated(Walk):
    """A walk in which the process owner interferes."""

    def step(self) -> None:
        clock.move(timedelta(minutes=1))
        if self.world.listens() and self.random.random() < 0.3:
            self.signal()
        getattr(self, self.random.choice(["complete"] * 5 + ["add"] * 2 + ["move"] * 4 + ["stop", "change"]))()
        self.agree()

    def move(self) -> None:
        task = self.random.choice([t for t in self.open() if not t.helps] or [None])
        if task is None:
            return
        place, _ = self.places()[task.id]
        at = self.world.open()[place]
        version, offered = self.works._see("po", lambda session, _, *args: moving.destinations(session, *args), self.case, task.token_id)
        wanted = {}
        for up, step in places(at):
            if step is not at.block and step.id not in {one.block.id for one in above(at)}:
                wanted.setdefault(step.id, (up, step))
        assert {one.element for one in offered} == set(wanted), (task.element_id, self.log)
        if not offered:
            return
        chosen = self.random.choice(offered)
        self.log.append(("move", task.element_id, chosen.element))
        self.works.act("po", actions.move, self.case, task.token_id, chosen.key, "改道", seen=version)
        self.put(*wanted[chosen.element])

    def put(self, up: At, step: Block) -> None:
        """The model's token stands there; everything else below that pass is gone."""
        here = up
        while True:
            number = next(n for n, part in enumerate(here.block.parts) if holds(part, step))
            here.parts = [passed(part, here) for part in here.block.parts[:number]] if here.block.kind in ("seq", "loop") else []
            fresh = At(here.block.parts[number], here, self.world)
            here.parts.append(fresh)
            if fresh.block is step:
                return
            here = fresh

    def stop(self) -> None:
        self.log.append(("stop",))
        self.works.act("po", actions.suspend, self.case, "等")
        clock.move(timedelta(days=3))
        self.works.act("po", actions.resume, self.case, "好")

    def change(self) -> None:
        """A new version with a step more or less somewhere; where the case cannot go it says so and stays as it was."""
        after = deepcopy(self.block)
        known = {block.id for block in every(after)}
        spot = self.random.choice([block for block in every(after) if block.kind == "seq"])
        number = self.random.randrange(len(spot.parts) + 1)
        if len(spot.parts) > 2 and number < len(spot.parts) and spot.parts[number].kind == "task" and self.random.random() < 0.6:
            del spot.parts[number]
        else:
            spot.parts.insert(number, Block("task", f"new{len(known)}x{len(self.log)}", said={"resubmit": "redo_all"}))
        key = self.works.instance(self.case).key
        for called in [block for block in every(after) if block.kind == "call"]:
            self.works.deploy(*whole(called.parts[0]), key=called.said["key"])
        self.works.deploy(*whole(after, self.world.aside), key=key)
        newest = max(row.id for row in self.works.rows(ProcessDefinition) if row.key == key)
        (seen,) = self.works._see("po", migrating.preview, [self.case], newest, {})
        self.log.append(("change", spot.id, number, [problem.text for problem in seen.problems]))
        try:
            self.works.act("po", actions.migrate, self.case, newest, {}, "新规定")
        except EngineError as error:
            refused = error.text
        else:
            refused = ""
        assert [problem.text for problem in seen.problems][:1] == [refused][:bool(refused)], self.log
        if refused:
            return
        self.block = after
        renew(self.world.top, after)

    def back(self) -> None:
        """Where one may return to after a move is not the model's to say."""


def above(at: At):
    here = at
    while here is not None:
        yield here
        here = here.up


def holds(block: Block, step: Block) -> bool:
    return block is step or any(holds(part, step) for part in block.parts)


def passed(block: Block, up: At) -> At:
    """A part that was jumped over."""
    found = At(block, up, up.world)
    found.done, found.parts = True, []
    return found


def every(block: Block):
    yield block
    for part in block.parts:
        yield from every(part)


def renew(at: At, block: Block) -> None:
    """The pass goes on through the new block; a step that was put before the place where it stands is jumped over."""
    old, at.block = at.block, block
    if old.kind in ("seq", "loop"):
        ids = [part.id for part in block.parts]
        fresh, times = [], 0
        for part in [one for one in at.parts if one.block.id in ids]:
            while ids[len(fresh) % len(ids)] != part.block.id:
                fresh.append(passed(block.parts[len(fresh) % len(ids)], at))
                times += 1
                assert times < 5
            renew(part, block.parts[len(fresh) % len(ids)])
            fresh.append(part)
        at.parts = fresh
        if at.done:
            return
    else:
        by_id = {part.id: part for part in block.parts}
        for part in at.parts:
            renew(part, by_id[part.block.id])


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_the_process_owner_does_every_case_can_finish(works, seed):
    walk = Operated(works, seed)
    for _ in range(DEEDS):
        if walk.over():
            break
        walk.step()
    walk.finish()
