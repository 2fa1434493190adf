"""A run of blocks as plain lists: what is open, what is done, what comes next; no tokens anywhere."""
from collections.abc import Iterator

from tests.engine.model import Block


class At:
    """One pass through one block: its open and finished parts."""

    def __init__(self, block: Block, up: "At | None", world: "World", number: int = 0) -> None:
        self.block, self.up, self.world, self.number = block, up, world, number
        self.parts: list[At] = []
        self.done = False
        self.votes: list[str] = []
        self.people = world.people if block.kind == "sign" else 2
        self.begin()

    def begin(self) -> None:
        kind = self.block.kind
        if kind in ("par", "inc"):
            self.parts = [At(part, self, self.world) for part in self.block.parts]
        elif kind == "many":
            self.parts = [At(self.block.parts[0], self, self.world, n) for n in range(2)]
        elif kind == "choice":
            self.parts = [At(self.block.parts[0 if self.world.left else 1], self, self.world)]
        elif kind in ("seq", "loop", "sub", "call"):
            self.parts = [At(self.block.parts[0], self, self.world)]

    @property
    def is_leaf(self) -> bool:
        return self.block.kind in ("task", "sign", "each")

    @property
    def in_turn(self) -> bool:
        return self.block.said.get("mode") == "sequential" or bool(self.block.said.get("sequential"))

    def open(self) -> Iterator["At"]:
        if self.is_leaf and not self.done:
            yield self
        for part in self.parts:
            yield from part.open()

    def waits(self) -> int:
        """How many tasks of it are open."""
        if self.block.kind == "task":
            return 1
        return 1 if self.in_turn else self.people - len(self.votes)

    def answer(self, outcome: str) -> None:
        self.votes.append(outcome)
        self.recount()

    def recount(self) -> None:
        decided = self._decided()
        if decided:
            self.done = True
            if self.up is not None:
                self.up.part_done(decided)

    def _decided(self) -> str:
        kind, agreed = self.block.kind, self.votes.count("agree")
        if kind == "task":
            return self.votes[-1]
        if kind == "each":
            return "agree" if len(self.votes) == self.people else ""
        needed = {"any": 1, "ratio": -(-self.people * 60 // 100)}.get(self.block.said["mode"], self.people)
        if agreed >= needed:
            return "agree"
        return "no" if self.people - (len(self.votes) - agreed) < needed else ""

    def part_done(self, outcome: str) -> None:
        kind, block = self.block.kind, self.block
        if kind in ("par", "inc", "many"):
            if not all(part.done for part in self.parts):
                return
        elif kind == "seq" and len(self.parts) < len(block.parts):
            self.parts.append(At(block.parts[len(self.parts)], self, self.world))
            return
        elif kind == "loop" and (len(self.parts) % 2 or outcome == "no"):
            self.parts.append(At(block.parts[len(self.parts) % 2], self, self.world))
            return
        self.done = True
        if self.up is not None:
            self.up.part_done(outcome)

    def plain(self) -> Iterator["At"]:
        """Steps of a finished block that whoever is past it may go back to, the latest first."""
        if self.is_leaf:
            yield self
        elif self.block.kind not in ("par", "inc", "many"):
            for part in reversed(self.parts):
                yield from part.plain()

    def earlier(self) -> Iterator["At"]:
        here = self
        while here.up is not None:
            if here.up.block.kind in ("seq", "loop"):
                for part in reversed(here.up.parts[:here.up.parts.index(here)]):
                    yield from part.plain()
            here = here.up

    def targets(self) -> list["At"]:
        seen, found = {self.block.id}, []
        for step in self.earlier():
            if step.block.id not in seen:
                seen.add(step.block.id)
                found.append(step)
        return found

    def again(self) -> None:
        """Stands as if just reached; whatever came of it is gone."""
        self.done, self.votes = False, []
        self.people = self.world.people if self.block.kind == "sign" else 2
        here = self
        while here.up is not None:
            up = here.up
            if up.block.kind in ("seq", "loop"):
                del up.parts[up.parts.index(here) + 1:]
            up.done = False
            here = up

    def place(self) -> tuple[str, tuple[int, ...]]:
        numbers, here = [], self
        while here.up is not None:
            if here.up.block.kind == "many":
                numbers.append(here.number)
            here = here.up
        if here is not self.world.top:
            numbers.append(here.number)
        return self.block.id, tuple(numbers[::-1])


class World:
    """A run from outside; `aside` may begin whenever the signal comes, one at a time."""

    def __init__(self, block: Block, people: int, left: bool, aside: Block | None = None) -> None:
        self.people, self.left, self.aside = people, left, aside
        self.asides: list[At] = []
        self.broken = False
        self.top = At(block, None, self)

    def all_open(self) -> list[At]:
        return [at for top in self.tops() for at in top.open()]

    def tops(self) -> list[At]:
        return [*([] if self.broken else [self.top]), *self.asides]

    def open(self) -> dict[tuple[str, tuple[int, ...]], At]:
        return {at.place(): at for at in self.all_open()}

    @property
    def done(self) -> bool:
        return all(top.done for top in self.tops())

    def listens(self) -> bool:
        return self.aside is not None and not self.done and not self.broken and all(aside.done for aside in self.asides)

    def signal(self) -> None:
        assert self.aside is not None
        self.broken = self.aside.said["interrupting"]
        self.asides = [*([] if self.broken else self.asides), At(self.aside, None, self, 0 if self.broken else len(self.asides))]
