"""What a block-structured diagram means, said once more without tokens: random blocks, their BPMN, and a run of them as plain lists.

The engine reads graphs and cuts trees; this knows only nested blocks. Where the two agree, both are probably right.
"""
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.diagrams import boundary, call, end, event, inc, many, par, start, sub, timer, user, xor

TWO = json.dumps([{"value": "agree", "label": "同意"}, {"value": "no", "label": "不同意"}])
ALLOW = "return,reject,withdraw,add_signer"


@dataclass
class Block:
    """kind: task, sign, seq, par, inc, choice, loop, sub, call, many (a subprocess), each (a user task), with what they are made of."""

    kind: str
    id: str
    parts: list["Block"] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)


class Maker:
    """Random blocks with ids of their own."""

    def __init__(self, random: Random) -> None:
        self.random, self.count = random, 0
        self.called: dict[str, Block] = {}

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def block(self, depth: int, inside: bool = False) -> Block:
        """inside: already in several instances."""
        leaf = ["task", "task", "sign", "each"]
        kind = self.random.choice(leaf if depth == 0 else ["seq", "seq", "seq", "par", "par", "inc", "choice", "loop", *leaf[:2]] + (
            ["sub", "call"] + ([] if inside else ["many"])))
        found = self._made(kind, depth, inside)
        if found.kind in ("task", "sign", "each", "sub", "call") and self.random.random() < 0.25:
            found.said["limit"] = self.random.random() < 0.5
        return found

    def _made(self, kind: str, depth: int, inside: bool) -> Block:
        make = getattr(self, f"_{kind}", None)
        if make is not None:
            return make(depth, inside)
        parts = {"seq": self.random.choice((2, 3)), "par": 2, "inc": 2, "choice": 2, "sub": 1, "many": 1}[kind]
        return Block(kind, self.name(kind), [self.block(depth - 1, inside or kind == "many") for _ in range(parts)])

    def _task(self, *_: Any) -> Block:
        return Block("task", self.name("t"), said={"resubmit": self.random.choice(("redo_all", "redo_all", "straight_back"))})

    def _sign(self, *_: Any) -> Block:
        return Block("sign", self.name("v"), said={"mode": self.random.choice(("all", "any", "ratio", "sequential"))})

    def _each(self, *_: Any) -> Block:
        return Block("each", self.name("n"), said={"sequential": self.random.random() < 0.4})

    def _loop(self, depth: int, inside: bool) -> Block:
        return Block("loop", self.name("loop"), [self.block(depth - 1, inside), Block("task", self.name("d"), said={"resubmit": "redo_all"})])

    def _call(self, depth: int, inside: bool) -> Block:
        if self.called:
            return self._task()
        body = self.block(depth - 1, inside)
        key = self.name("p")
        self.called[key] = body
        return Block("call", self.name("c"), [body], {"key": key})


def drawn(block: Block) -> tuple[list[Any], str, str]:
    """Parts of the diagram, and the first and last element."""
    parts, first, last = globals()[f"_draw_{block.kind}"](block)
    if "limit" in block.said:  # it never rings: it must come and go with its task
        event, over = f"{block.id}b", f"{block.id}z"
        parts = [*parts, boundary(event, block.id, timer('"P900D"'), block.said["limit"]), end(over), f"{event} > {over}"]
    return parts, first, last


def whole(block: Block, aside: Block | None = None) -> list[Any]:
    """The diagram; `aside` is what its event subprocess does when the signal comes."""
    parts, first, last = drawn(block)
    listening = []
    if aside is not None:
        inside, begins, ends = drawn(aside)
        listening = [sub("heard", start("sh", event("signal", "now"), isInterrupting=str(aside.said["interrupting"]).lower()), *inside, end("eh"),
                         f"sh > {begins}", f"{ends} > eh", triggeredByEvent="true")]
    return [start(), *parts, end(), f"s > {first}", f"{last} > e", *listening]


def _person(block: Block, **more: Any) -> Any:
    return user(block.id, candidates="users(start.people)", outcomes=TWO, allow=ALLOW, returnable_to="any",
                resubmit=block.said.get("resubmit", "redo_all"), **more)


def _draw_task(block):
    return [_person(block)], block.id, block.id


def _draw_sign(block):
    return [_person(block, signing=json.dumps({"mode": block.said["mode"], "ratio": 60}))], block.id, block.id


def _draw_each(block):
    return [_person(block).looping(many("2", sequential=block.said["sequential"]))], block.id, block.id


def _draw_seq(block):
    parts, ends = [], []
    for part in block.parts:
        found, first, last = drawn(part)
        parts += found
        ends.append((first, last))
    flows = [f"{one[1]} > {two[0]}" for one, two in zip(ends, ends[1:], strict=False)]
    return [*parts, *flows], ends[0][0], ends[-1][1]


def _branches(block, gateway, joined, conditions):
    split, join = f"{block.id}s", f"{block.id}j"
    parts = [gateway(split), joined(join)]
    for part, condition in zip(block.parts, conditions, strict=True):
        found, first, last = drawn(part)
        parts += [*found, f"{split} > {first}{condition}", f"{last} > {join}"]
    return parts, split, join


def _draw_par(block):
    return _branches(block, par, par, ["", ""])


def _draw_inc(block):
    parts, split, join = _branches(block, inc, inc, [" if True", " if True"])
    return [*parts, f"{split} > {join} default"], split, join


def _draw_choice(block):
    return _branches(block, xor, xor, [" if start.left", " default"])


def _draw_loop(block):
    body, ask = block.parts
    parts, first, last = drawn(body)
    merge, decide = f"{block.id}m", f"{block.id}x"
    return [xor(merge), xor(decide), *parts, _person(ask), f"{merge} > {first}", f"{last} > {ask.id} > {decide}",
            f"{decide} > {merge} if {ask.id}.outcome == 'no'", f"{decide} > {block.id}o default", xor(f"{block.id}o")], merge, f"{block.id}o"


def _draw_sub(block, inner=None):
    parts, first, last = drawn(block.parts[0])
    s, e = f"{block.id}s", f"{block.id}e"
    found = sub(block.id, start(s), *parts, end(e), f"{s} > {first}", f"{last} > {e}")
    return [found], block.id, block.id


def _draw_many(block):
    (found,), first, last = _draw_sub(block)
    return [found.looping(many("2"))], first, last


def _draw_call(block):
    return [call(block.id, block.said["key"])], block.id, block.id


# ── a run of blocks ──

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
