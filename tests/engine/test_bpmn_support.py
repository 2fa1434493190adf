"""Every element and every event position of BPMN 2.0 runs, or lint refuses it: the tables behind docs/bpmn-support.md."""
import pytest

from engine import deployment
from engine.lint import Severity, lint
from engine.lint.supported import RUNS
from tests.engine.support import events


def errors(xml):
    return tuple(finding for finding in lint(xml) if finding.severity == Severity.ERROR)


CELLS = [(place, kind) for place, kinds in RUNS.events.items() for kind in sorted(kinds)]


@pytest.fixture
def checked_works(works):
    """Nothing is deployed that lint would not let in."""
    deployment.use_lint(lambda session, files: {name: found for name, xml in files.items() if (found := errors(xml))})
    yield works
    deployment.use_lint(lambda *_: {})


@pytest.mark.parametrize("place, kind", CELLS, ids=[f"{place}-{kind}" for place, kind in CELLS])
def test_an_event_runs(checked_works, place, kind):
    events.STORIES[place](checked_works, kind)
