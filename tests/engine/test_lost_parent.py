"""A shape that SpiffWorkflow 3.2.0 gets lost in: subprocesses and nested inclusive gateways between inclusive gateways.

With joins of our own (engine/joins.py) a case finds its way.
"""
import itertools

import pytest

from data_model.process import InstanceStatus
from tests.diagrams import end, inc, many, par, script, start, sub, xor
from tests.engine.workshop import mine


def inner(id, *parts):
    """A subprocess: its parts are elements, then flows from 's<id>' to 'e<id>'."""
    return sub(id, start(f"s{id}"), *parts, end(f"e{id}"))


def lost(works):
    works.deploy(
        start(), xor("g1"), inner("sp1", mine("u1"), "ssp1 > u1 > esp1"), mine("m1").looping(many("3", sequential=True)), xor("j1"), inc("g2"),
        inner("sp2", mine("u2"), "ssp2 > u2 > esp2"), xor("g3"), inc("g4"), mine("u3"), mine("u4"), mine("u5"),
        mine("m2").looping(many("1")), inc("j4"), inner("sp3", script("c1"), "ssp3 > c1 > esp3"), inc("g5"), mine("u6"), mine("u7"), mine("u8"),
        inc("j5"), xor("j3"), xor("g6"), mine("u9"), mine("u10"), xor("j6"), inc("j2"),
        inner("sp4", par("g7"), inc("g8"), par("g9"), script("c2"), script("c3"), par("j9"), mine("u11"), mine("u12"), inc("j8"), script("c4"),
              par("j7"), "ssp4 > g7 > g8", "g8 > g9 if start.c", "g9 > c2 > j9", "g9 > c3 > j9", "j9 > j8", "g8 > u11 if start.d", "u11 > j8",
              "g8 > u12 default", "u12 > j8", "j8 > j7", "g7 > c4 > j7 > esp4"), end(),
        "s > g1", "g1 > sp1 if start.a", "sp1 > j1", "g1 > m1 default", "m1 > j1 > g2", "g2 > sp2 if start.b", "sp2 > j2", "g2 > g3 if start.c",
        "g3 > g4 if start.d", "g4 > u3 if start.a", "u3 > u4 > j4", "g4 > u5 if start.b", "u5 > j4", "g4 > m2 default", "m2 > j4 > j3",
        "g3 > sp3 default", "sp3 > g5", "g5 > u6 if start.a", "u6 > j5", "g5 > u7 if start.b", "u7 > j5", "g5 > u8 default", "u8 > j5 > j3",
        "j3 > j2", "g2 > g6 default", "g6 > u9 if start.a", "u9 > j6", "g6 > u10 default", "u10 > j6 > j2", "j2 > sp4 > e")


@pytest.mark.parametrize("latest_first", [False, True])
def test_every_way_through_it_comes_to_its_end(works, latest_first):
    lost(works)
    for facts in itertools.product((True, False), repeat=4):
        case = works.start(**dict(zip("abcd", facts, strict=True)))
        for _ in range(40):
            waiting = works.open_tasks()
            if not waiting:
                break
            works.do_task("wang", waiting[-1 if latest_first else 0].id)
        assert works.instance(case).status == InstanceStatus.COMPLETED, facts
