"""The wheel alone is enough: no checkout, no Node, an empty environment."""
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # left-overs would be packed too
    _run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The bin folder of an environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", folder)
    _run(folder / "bin/pip", "install", "--quiet", wheel)
    return folder / "bin"


def test_the_wheel_carries_everything_but_sources_and_tests(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    there = lambda folder, *endings: {
        str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*") if path.suffix in endings}
    for folder, endings in (("bpmn", (".bpmn", ".dmn", ".json")), ("web/templates", (".html",)), ("web/translations", (".mo",)),
                            ("web/static", (".js", ".css", ".svg")), ("data_model/migrations", (".py", ".mako")),
                            ("engine", (".csv",))):
        wanted = there(folder, *endings)
        assert wanted
        assert wanted <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "web/assets/", "node_modules/"))]


def test_init_and_run_from_the_wheel(installed, tmp_path):
    environment = {"PATH": str(installed), "HOME": str(tmp_path), "ANLAN_PORT": str(_free_port()), "LANG": "C.UTF-8"}
    set_up = _run(installed / "anlan", "init", cwd=tmp_path, env=environment)
    assert re.search(r"Password: \S{16}", set_up)
    with _served(installed / "anlan", tmp_path, environment) as address:
        assert _fetch(f"{address}/healthz") == "ok\n"
        page = _fetch(f"{address}/login")
        bundles = set(re.findall(r'(?:href|src)="(/static/bundles/[^"#]+)', page))
        assert any(bundle.split("?")[0].endswith(".css") for bundle in bundles)
        assert any(bundle.split("?")[0].endswith(".js") for bundle in bundles)
        for bundle in bundles:
            assert _fetch(f"{address}{bundle}")
        assert "<html" in page
        assert 'lang="en"' in _fetch(f"{address}/login", {"Accept-Language": "en"})
    assert "ok" in _run(installed / "anlan", "doctor", cwd=tmp_path, env=environment)


@contextmanager
def _served(program, folder, environment):
    server = subprocess.Popen([program, "run"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://\S+", server.stdout.readline())[0]
        yield address
    finally:
        server.terminate()
        server.communicate(timeout=20)
    assert server.returncode == 0


def _fetch(address, headers=None):
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=headers or {}), timeout=10) as answer:
                return answer.read().decode()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise


def _free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _run(*command, cwd=None, env=None):
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env or os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
