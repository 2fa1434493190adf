"""What a block-structured diagram means, said once more without tokens: random blocks, their BPMN, and a run of them as plain lists.

The engine reads graphs and cuts trees; this knows only nested blocks. Where the two agree, both are probably right.
"""
import json
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
