"""Every element and every event position of BPMN 2.0 runs, or lint refuses it: the tables behind docs/bpmn-support.md."""
from importlib import import_module
from pathlib import Path

import pytest
import SpiffWorkflow
from lxml import etree

from engine import deployment, parser
from engine.lint import Severity, lint_file
from engine.lint.supported import RUNS, Place
from tests.engine.support import events, page, tables


def errors(xml):
    return tuple(finding for finding in lint_file(xml) if finding.severity == Severity.ERROR)


CELLS = [(place, kind) for place, kinds in RUNS.events.items() for kind in sorted(kinds)]


@pytest.fixture
def checked_works(works):
    """Nothing is deployed that lint would not let in."""
    deployment.use_lint(lambda session, files: {name: found for name, xml in files.items() if (found := errors(xml))})
    yield works
    deployment.use_lint(lambda *_: {})


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("place, kind", CELLS, ids=[f"{place}-{kind}" for place, kind in CELLS])
def test_an_event_runs(checked_works, place, kind):
    events.STORIES[place](checked_works, kind)


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("place", Place)
def test_the_events_of_a_place_run(checked_works, place):
    """The same stories one after another, in one database."""
    for kind in sorted(RUNS.events[place]):
        events.STORIES[place](checked_works, kind)
        events.clear(checked_works)


STORIES = {row.tag: row.story for row in tables.ELEMENTS if row.story}
DRAWN = {row.tag: row.broken for row in tables.ELEMENTS if row.verdict == "drawn"}
REFUSED = {row.tag: row for row in tables.ELEMENTS if row.verdict == "refused"}
OTHER_CELLS = [(place, kind) for place in Place for kind in tables.ALLOWED if kind not in RUNS.events[place]]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("tag", STORIES)
def test_an_element_runs(checked_works, tag):
    STORIES[tag](checked_works)


@pytest.mark.databases("postgresql")
def test_the_elements_run(checked_works):
    for story in dict.fromkeys(STORIES.values()):
        story(checked_works)
        events.clear(checked_works)


@pytest.mark.parametrize("tag", DRAWN)
def test_an_element_may_be_drawn(tag):
    """It is let in, and the steps are those of the diagram without it."""
    assert errors(DRAWN[tag]) == ()
    assert steps(DRAWN[tag]) == steps(tables.within())


@pytest.mark.parametrize("tag", REFUSED)
def test_an_element_is_refused(tag):
    assert tag.encode() in REFUSED[tag].broken
    assert REFUSED[tag].rule in {finding.rule for finding in errors(REFUSED[tag].broken)}


@pytest.mark.parametrize("place, kind", OTHER_CELLS, ids=[f"{place}-{kind}" for place, kind in OTHER_CELLS])
def test_an_event_is_refused(place, kind):
    assert page.rule_of(kind) in {finding.rule for finding in errors(events.standing(place, kind))}


def test_every_element_of_the_standard_is_listed():
    listed = [row.tag for row in tables.ELEMENTS]
    assert len(listed) == len(set(listed))
    assert set(listed) | tables.ABSTRACT == elements_of_the_standard()


def test_what_runs_is_allowed_by_the_standard():
    assert all(place in tables.ALLOWED[kind] for place, kinds in RUNS.events.items() for kind in kinds)
    drawn_nodes = {row.tag for row in tables.ELEMENTS if row.verdict == "runs"}
    assert drawn_nodes >= RUNS.elements | RUNS.loops and not RUNS.elements & set(REFUSED)


@pytest.mark.parametrize("proof", sorted({row.proof for row in tables.ELEMENTS if row.proof}))
def test_the_tests_named_are_there(proof):
    file, _, named = proof.partition("::")
    name, _, case = named.partition("[")
    test = getattr(import_module(f"tests.engine.{Path(file).stem}"), name)
    marks = {mark.name: mark for mark in getattr(test, "pytestmark", [])}
    assert not {"skip", "skipif", "xfail"} & set(marks)
    assert not case or case[:-1] in (*STORIES, *(f"{place}-{kind}" for place, kind in CELLS))


def test_the_page_says_what_the_tables_say():
    """Regenerate: .venv/bin/python -m tests.engine.support.page"""
    assert page.PAGE.read_text() == page.text()


def elements_of_the_standard():
    schema = Path(SpiffWorkflow.__file__).parent / "bpmn" / "parser" / "schema"
    return {node.get("name") for file in ("BPMN20.xsd", "Semantic.xsd") for node in etree.parse(schema / file).getroot()
            if str(node.tag).endswith("}element")}


def steps(xml):
    spec, parts = parser.parse("p", {"p": xml}, {})
    return sorted(name for wf_spec in (spec, *parts.values()) for name in wf_spec.task_specs)
