"""What lint says can be read in both languages, says how to mend it, and knows its parameters."""
import ast
import re
from pathlib import Path

import pytest

from engine.lint import lint, lint_dmn
from tests.engine.test_lint_dmn import TABLE as DMN
from tests.engine.test_lint_files import HOSTILE, VENDORS
from tests.engine.test_lint_rules import KNOWN, TABLE
from web.translations.compile import HERE, merge

SOURCES = [*sorted((HERE.parents[1] / "engine" / "lint").glob("*.py")), HERE.parents[1] / "engine" / "xml_guard.py"]
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def english():
    return {message.id: message.string for message in merge(HERE / "en") if message.id}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_every_text_has_its_english(path: Path, english):
    texts = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)
             and isinstance(node.value, str) and CHINESE.search(node.value)}
    missing = {text for text in texts if text not in english}
    assert not missing
    for text in texts:
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", english[text])), text


def findings():
    for _, broken, _ in TABLE:
        if broken is not None:
            yield from lint(broken, KNOWN)
    for _, broken, _ in DMN:
        yield from lint_dmn(broken)
    for xml in HOSTILE.values():
        yield from lint(xml, KNOWN)
    for path in VENDORS.iterdir():
        yield from lint(path.read_bytes(), KNOWN)


def test_an_english_reader_meets_no_chinese_but_names(english):
    """Names and quoted sources come from the diagram; everything else is translated, the errors of expressions too."""
    for finding in findings():
        said = finding.message(lambda text: english.get(text, text))
        for value in finding.params.values():
            said = said.replace(str(value), "") if isinstance(value, str) else said
        assert not CHINESE.search(said.replace("、", "")), said


def test_every_error_says_how_to_mend_it():
    """Something is wrong, and then: 请…, or 须…."""
    for finding in findings():
        assert re.search("请|须", finding.message()) or finding.severity == "warning" or finding.rule == "file", finding.text
