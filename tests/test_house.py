"""The rules of the house that no other tool can see."""
import ast
import configparser
import json
import re
import subprocess
from pathlib import Path

import pytest

import anlan
from engine import bpmn_xml, properties
from engine.lint import Severity, lint_file
from engine.service_task import handler
from forms import form_class
from web.translations import compile as catalogues

ROOT = Path(__file__).parent.parent
FLOORS = ("data_model", "engine", "forms", "scheduler", "web")
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if "versions" not in path.parts)
DIAGRAMS = sorted((ROOT / "bpmn").glob("*.bpmn"))
DRAWINGS = sorted(path for path in (ROOT / "bpmn").iterdir() if path.suffix in (".bpmn", ".dmn"))
LANGUAGES = sorted({path.parent for path in (ROOT / "web/translations").glob("*/*.po")})


def _named(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(ROOT)))


def _nodes(path, kind):
    return [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, kind)]


def _called(path):
    """The words of every call: 'commit' of session.commit(), 'eval' of eval()."""
    functions = [node.func for node in _nodes(path, ast.Call)]
    return {getattr(function, "attr", getattr(function, "id", "")) for function in functions}


def _shown(path):
    return str(path.relative_to(ROOT))


# ── code ──

def test_exactly_one_file_commits():
    assert [_shown(path) for path in [*MODULES, ROOT / "anlan.py"] if "commit" in _called(path)] == ["data_model/session.py"]


@_named([*MODULES, ROOT / "anlan.py"])
def test_nothing_is_evaluated_and_nothing_is_unpickled(path):
    names = {node.func.id for node in _nodes(path, ast.Call) if isinstance(node.func, ast.Name)}
    assert not names & {"eval", "exec", "compile", "__import__"}
    imported = {alias.name for node in _nodes(path, ast.Import) for alias in node.names}
    imported |= {node.module for node in _nodes(path, ast.ImportFrom)}
    assert not imported & {"pickle", "marshal", "shelve", "dill"}


@_named(MODULES)
def test_imports_stand_at_the_top(path):
    """Only anlan.py may import inside a function, so that its light commands start at once."""
    inside = [node for function in _nodes(path, ast.FunctionDef) for node in ast.walk(function)]
    assert not [node.lineno for node in inside if isinstance(node, ast.Import | ast.ImportFrom)]


@_named(MODULES)
def test_a_file_opens_with_a_line_that_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_bytes()))


@_named([path for path in MODULES if path.name != "clock.py"])
def test_only_the_clock_asks_the_machine_for_the_time(path):
    asked = {(getattr(node.func.value, "id", ""), node.func.attr) for node in _nodes(path, ast.Call)
             if isinstance(node.func, ast.Attribute)}
    assert not asked & {("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}


def test_no_floor_reaches_for_the_roof():
    for path in MODULES:
        names = {alias.name for node in _nodes(path, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in _nodes(path, ast.ImportFrom)}
        assert not {name.split(".")[0] for name in names} & {"anlan", "tests", "benchmarks"}, path


def test_nothing_is_bound_to_one_machine():
    """Paths of somebody's machine, and hosts of somebody's registry, have no place in the house."""
    machine = re.compile(r"/(home|root|Users|work|opt/wheels)/|[A-Z]:\\\\Users|localhost:\d{4}/|\.internal\b|\.corp\b")
    kept = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    texts = {name: (ROOT / name).read_bytes() for name in kept if name and (ROOT / name).is_file() and name != _shown(Path(__file__))}
    assert texts
    found = {name: machine.search(text.decode()) for name, text in texts.items() if b"\0" not in text[:8000]}
    assert not {name: match[0] for name, match in found.items() if match}


def test_every_package_is_in_the_wheel_and_under_the_linter():
    told = configparser.ConfigParser()
    told.read(ROOT / "setup.cfg")
    packed = told["options.packages.find"]["include"].split()
    assert set(told["importlinter"]["root_packages"].split()) == set(FLOORS)
    assert set(packed) >= {"bpmn", *FLOORS, *(f"{floor}.*" for floor in FLOORS)}
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == {*FLOORS, "benchmarks", "tests"}
    assert told["metadata"]["version"] == anlan.VERSION


def test_npm_packages_are_pinned_with_hashes_and_without_hosts():
    told, lock = (json.loads((ROOT / name).read_text()) for name in ("package.json", "package-lock.json"))
    asked = told["dependencies"] | told["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in asked.values())
    packages = {name.removeprefix("node_modules/"): package for name, package in lock["packages"].items() if name}
    assert {name: packages[name]["version"] for name in asked} == asked
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not [name for name, package in packages.items() if "resolved" in package]


# ── diagrams, found by name ──

@_named(DIAGRAMS)
def test_a_diagram_is_called_like_its_file(path):
    assert bpmn_xml.read(path.read_bytes()).process.id == path.stem


@_named(DIAGRAMS)
def test_every_user_task_has_a_form(path):
    diagram = bpmn_xml.read(path.read_bytes())
    for task in diagram.tagged("userTask"):
        rules = properties.task_rules(task.properties, f"{path.stem}.{task.id}")
        assert form_class(rules.form)


@_named(DIAGRAMS)
def test_a_diagram_that_people_start_has_a_start_form(path):
    if bpmn_xml.read(path.read_bytes()).process.starters:
        assert form_class(f"{path.stem}.start")


@_named(DIAGRAMS)
def test_every_service_task_has_a_handler(path):
    for task in bpmn_xml.read(path.read_bytes()).tagged("serviceTask"):
        assert callable(handler(task.operator.name)), task.id


@_named(DIAGRAMS)
def test_every_decision_and_every_called_process_is_there(path):
    diagram = bpmn_xml.read(path.read_bytes())
    for task in diagram.tagged("businessRuleTask"):
        assert (path.parent / f"{task.decision}.dmn").exists(), task.id
    for call in diagram.tagged("callActivity"):
        assert (path.parent / f"{call.called}.bpmn").exists(), call.id


@_named(DRAWINGS)
def test_lint_lets_the_shipped_files_in(path):
    found = lint_file(path.read_bytes(), anlan._known(path))
    assert [f"{f.element} {f.rule}: {f.message()}" for f in found if f.severity == Severity.ERROR] == []


def test_what_lint_knows_by_name_can_be_found_by_name():
    known = anlan._known(None)
    assert known.forms
    assert known.handlers
    for name in known.forms:
        assert form_class(name)
    for name in known.handlers:
        assert callable(handler(name))


# ── words ──

@_named(LANGUAGES)
def test_every_translation_keeps_the_named_places(path):
    for message in catalogues.merge(path):
        if message.id:
            assert _places(message.string) == _places(message.id), message.id


def _places(words):
    return set(re.findall(r"\{(\w*)[^}]*\}|%\((\w+)\)", words))
