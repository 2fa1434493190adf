"""An administrator at the command line."""
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import anlan
from engine import deployment

SHIPPED = Path(anlan.__file__).parent / "bpmn"
COMMANDS = ("run", "init", "deploy", "export", "lint", "evaluate", "doctor", "user", "demo")


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """call("lint", …) -> (exit code, standard output, standard error), in an installation of this test's own."""
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path / "home"))
    for name in ("DATABASE_URL", "SECRET_KEY", "ANLAN_STORAGE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments):
        try:
            code = anlan.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return code, said.out, said.err

    yield run
    deployment.use_lint(lambda *_: {})


@pytest.fixture
def installed(call, monkeypatch, empty_database):
    """An installation on its database, as `anlan init` leaves it."""
    monkeypatch.setenv("DATABASE_URL", empty_database)
    code, said, _ = call("init")
    assert code == 0
    return said


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(call, command):
    code, said, _ = call(command, "--help")
    assert (code, command in said) == (0, True)


def test_the_first_administrator_is_made_once(call, installed, tmp_path):
    assert re.search(r"Account: admin\nPassword: \S{16}\n", installed)
    assert (tmp_path / "home/secret_key").stat().st_mode & 0o777 == 0o600
    code, said, _ = call("init")
    assert (code, "Password" in said) == (0, False)
    assert call("user", "list")[1].split()[:2] == ["admin", "系统管理员"]


def test_the_doctor_sees_what_is_missing(call, installed, tmp_path, monkeypatch):
    code, said, _ = call("doctor")
    assert code == 0, said
    (tmp_path / "home/storage").rmdir()
    (tmp_path / "home/storage").symlink_to("/proc")
    code, said, _ = call("doctor")
    assert code == 1
    assert re.search(r"storage +FAILED", said)


def test_people_come_and_go(call, installed):
    code, said, _ = call("user", "add", "wang", "王强", "--unit", "group", "--role", "employee", "--role", "auditor@group")
    assert code == 0
    assert re.search(r"Account: wang\nPassword: \S{16}\n", said)
    assert call("user", "add", "wang", "王强", "--unit", "group")[0] == 1
    assert call("user", "add", "li", "李敏", "--unit", "nowhere")[0] == 1
    assert call("user", "add", "li", "李敏", "--unit", "group", "--role", "king")[0] == 1
    assert call("user", "disable", "wang")[0] == 0
    assert "disabled" in call("user", "list")[1]
    assert call("user", "reset", "wang")[0] == 0
    assert "disabled" not in call("user", "list")[1]
    assert "li " not in call("user", "list")[1]


def test_what_is_exported_is_what_was_shipped(call, installed, tmp_path):
    assert call("export", tmp_path / "out")[0] == 0
    assert read(tmp_path / "out") == read(SHIPPED)


def test_what_is_exported_and_deployed_again_changes_nothing(call, installed, tmp_path):
    assert call("export", tmp_path / "out")[0] == 0
    files = sorted((tmp_path / "out").iterdir())
    assert {path.suffixes[-1] for path in files} == {".bpmn", ".dmn", ".json"}
    assert call("deploy", *files) == (0, "", "")
    assert call("export", tmp_path / "again")[0] == 0
    assert {path.name: path.read_bytes() for path in files} == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}


def read(folder):
    """Files by name; JSON by what it says, however it is written."""
    return {path.name: json.loads(path.read_text()) if path.suffix == ".json" else path.read_bytes() for path in folder.iterdir()}


def test_a_changed_diagram_becomes_the_next_version(call, installed, tmp_path):
    assert call("deploy") == (0, "", "")
    changed = tmp_path / "snapshot.bpmn"
    changed.write_text((SHIPPED / "snapshot.bpmn").read_text().replace("</bpmn:definitions>", "<!-- changed --></bpmn:definitions>"))
    code, said, _ = call("deploy", changed, "--note", "a comment")
    assert (code, "snapshot" in said, "version 2" in said) == (0, True, True)


def test_a_diagram_that_would_go_wrong_is_not_deployed(call, installed, tmp_path):
    wrong = tmp_path / "snapshot.bpmn"
    wrong.write_text((SHIPPED / "snapshot.bpmn").read_text().replace('isExecutable="true"', 'isExecutable="false"'))
    code, _, said = call("deploy", wrong)
    assert (code, "executable" in said) == (1, True)
    assert call("deploy", tmp_path / "absent.bpmn")[0] == 1


# ── lint survives every file ──

def test_lint_has_nothing_to_say_about_a_good_diagram(call):
    assert call("lint", SHIPPED / "hidden_danger.bpmn", "--json") == (0, "[]\n", "")


def _files(folder):
    (folder / "binary.bpmn").write_bytes(bytes(range(256)) * 40)
    (folder / "empty.bpmn").write_bytes(b"")
    (folder / "cut.bpmn").write_bytes((SHIPPED / "snapshot.bpmn").read_bytes()[:3000])
    (folder / "bomb.bpmn").write_text('<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>')
    (folder / "deep.bpmn").write_text("<a>" * 100_000)
    (folder / "page.bpmn").write_text("<html><body>隐患</body></html>")
    (folder / "folder.bpmn").mkdir()
    with (folder / "huge.bpmn").open("wb") as file:
        file.write((SHIPPED / "snapshot.bpmn").read_bytes())
        file.truncate(100 * 1024 * 1024)


@pytest.mark.parametrize("name", ["absent", "binary", "empty", "cut", "bomb", "deep", "page", "folder", "huge"])
def test_lint_survives(call, tmp_path, name):
    _files(tmp_path)
    before = time.monotonic()
    code, said, wrong = call("lint", tmp_path / f"{name}.bpmn", "--json")
    assert time.monotonic() - before < 2
    assert (code, wrong) == (1, "")
    findings = json.loads(said)
    assert findings
    assert all(set(found) == {"element", "rule", "severity", "text"} for found in findings)
    assert any(found["severity"] == "error" for found in findings)


def test_lint_speaks_english_too(call, tmp_path):
    (tmp_path / "page.bpmn").write_text("<html/>")
    words = {language: json.loads(call("lint", tmp_path / "page.bpmn", "--json", "--language", language)[1])[0]["text"]
             for language in ("zh", "en")}
    assert re.search("[\u4e00-\u9fff]", words["zh"])
    assert not re.search("[\u4e00-\u9fff]", words["en"])


# ── the closed language ──

def test_evaluate_prints_the_value(call):
    assert call("evaluate", "level == '重大' or days > 2", "--data", '{"level": "一般", "days": 3}') == (0, "true\n", "")
    assert call("evaluate", "{'级别': level}", "--data", '{"level": "重大"}') == (0, '{"级别": "重大"}\n', "")


@pytest.mark.parametrize(("expression", "data"), [
    ("1 +", "{}"), ("nobody", "{}"), ("().__class__", "{}"), ("open('/etc/passwd')", "{}"), ("'a' * 10**9", "{}"),
    ("1", "[1]"), ("1", "no json"), ("1", "[" * 100_000),
])
def test_evaluate_says_what_is_wrong(call, expression, data):
    code, said, wrong = call("evaluate", expression, "--data", data)
    assert (code, said) == (2, "")
    assert re.fullmatch(r"anlan: .+\n", wrong)


def test_evaluate_answers_each_line():
    asked = [
        {"kind": "expr", "source": "a + 1", "data": {"a": 1}},
        {"kind": "script", "source": "b = a", "data": {"a": 1}},
        {"kind": "expr", "source": "__import__('os')", "data": {}},
        {"kind": "expr", "source": "a", "data": {"a": "x" * 70_000}},
        {"kind": "expr", "source": "2", "data": {}},
    ]
    told = subprocess.run([sys.executable, anlan.__file__, "evaluate", "--stdin"], text=True, capture_output=True, check=True,
                          input="".join(json.dumps(line) + "\n" for line in asked) + "no json\n")
    answers = [json.loads(line) for line in told.stdout.splitlines()]
    assert [answer.get("value", "error") for answer in answers] == [2, {"a": 1, "b": 1}, "error", "error", 2, "error"]
    assert all(set(answer) in ({"value"}, {"error"}) for answer in answers)


@pytest.mark.parametrize("arguments", [("evaluate", "1"), ("lint", str(SHIPPED / "danger_level.dmn"))])
def test_light_commands_start_without_the_web(arguments):
    watch = f"import sys, anlan; anlan.main({list(arguments)!r}); sys.exit('flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", watch], cwd=SHIPPED.parent, capture_output=True).returncode == 0
