"""No diagram, form, table, bundle or file from elsewhere takes the house down or reaches out of it, however hostile it is.

One process takes them all in, each in a child that may open, start and write nothing (see bombed.py) and is measured.
"""
import json
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
SECONDS, MEGABYTES = 2, 100


@pytest.fixture(scope="module")
def measured():
    """A line a file, in the order of bombs.py."""
    ran = subprocess.run([sys.executable, "-m", "tests.engine.bombed"], cwd=HOUSE, capture_output=True, timeout=240, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_what_is_in_order_is_taken_by_the_same_way(measured):
    """So that a refusal below is a refusal of the bomb."""
    assert [(one["kind"], one["came"]) for one in measured if one["name"] == "plain"] == [
        (kind, "taken") for kind in ("bpmn", "dmn", "form", "import", "zip")]


def test_each_bomb_is_refused_with_words_or_taken(measured):
    bombs = [one for one in measured if one["name"] != "plain"]
    assert len(bombs) > 60
    assert not [one for one in bombs if not one["came"].startswith(("refused: ", "taken"))]


def test_none_takes_more_than_two_seconds_or_a_hundred_megabytes(measured):
    assert not [one for one in measured if one.get("seconds", 0) > SECONDS or one.get("megabytes", 0) > MEGABYTES]


def test_none_opens_a_file_a_socket_or_a_program_or_runs_code(measured):
    assert not [one for one in measured if one.get("reached")]
