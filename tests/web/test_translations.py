"""No Chinese is left for the reader of English: every word of the house a person may meet has its English."""
import ast
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from web.translations.compile import merge

HOUSE = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u3400-\u9fff]")
TEMPLATE_WORDS = re.compile(r"""\b_\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")
TEMPLATE_PLURALS = re.compile(r"""\bngettext\(\s*'([^']*)'""")
PLACE = re.compile(r"\{(\w+)\}|%\((\w+)\)")

DATA = (  # words that are data of an installation, not of the program: they stay as they were written
    "engine/demo/", "web/demo.py", "data_model/seed/", "data_model/migrations/",
)
EXEMPT = {
    # dates in Chinese only: the English branch stands beside them
    "web/format.py": {"月", "日", "年"},
    # pieces put before what a person wrote, into a record: data from then on
    "engine/handlers/hidden_danger.py": {"\n遗留风险与控制措施："},
    "engine/handlers/snapshot.py": {"\n补充："},
    # the name of the other language is written in that language
    "web/templates/_language.html": {"中文"},
}


@pytest.fixture(scope="module")
def english():
    return {message.id: message.string for message in merge(HOUSE / "web/translations/en") if message.id}


def _python():
    for floor in ("forms", "engine", "data_model", "web", "scheduler"):
        for path in sorted((HOUSE / floor).rglob("*.py")):
            name = path.relative_to(HOUSE).as_posix()
            if not name.startswith(DATA):
                yield name, path


def _literals(path):
    """String constants outside docstrings. f-strings cannot be translated, so their Chinese pieces are found too."""
    tree = ast.parse(path.read_text())
    aside = {id(node.body[0].value) for node in ast.walk(tree)
             if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body
             and isinstance(node.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside and CHINESE.search(node.value):
            yield node.value, node.lineno


def test_every_chinese_word_in_python_has_its_english(english):
    missing = [f"{name}:{line}: {text}" for name, path in _python() for text, line in _literals(path)
               if text not in english and text not in EXEMPT.get(name, ())]
    assert not missing, "\n".join(missing)


def test_every_chinese_word_in_the_templates_has_its_english(english):
    missing = []
    for path in sorted((HOUSE / "web/templates").rglob("*.html")):
        words = [single or double for single, double in TEMPLATE_WORDS.findall(path.read_text())]
        words += TEMPLATE_PLURALS.findall(path.read_text())
        missing += [f"{path.relative_to(HOUSE)}: {text}" for text in words if CHINESE.search(text) and text not in english]
    assert not missing, "\n".join(missing)


def test_no_chinese_stands_in_a_template_outside_a_translation():
    bare = []
    for path in sorted((HOUSE / "web/templates").rglob("*.html")):
        name = path.relative_to(HOUSE).as_posix()
        bare += [f"{name}: {line.strip()}" for line in _without_translated(path.read_text()).splitlines()
                 if CHINESE.search(line) and "data-text" not in line and 'lang="zh-CN"' not in line
                 and not any(word in line for word in EXEMPT.get(name, ()))]
    assert not bare, "\n".join(bare)


def _without_translated(text):
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    return re.sub(r"""'(?:[^'\\\n]|\\.)*'""", lambda found: "" if _is_translated(text, found) else found[0], text)


def _is_translated(text, found):
    return re.search(r"(_\(|ngettext\([^)]*)\s*$", text[:found.start()]) or re.match(r"\s*(\)\s*)?\|\s*tr\b", text[found.end():])


def test_every_chinese_word_in_our_scripts_has_its_english_beside_it():
    """Scripts speak without the server when there is no network: each brings its own words, Chinese and English in pairs."""
    bare = []
    shared = {chinese for path in (HOUSE / "web/assets").glob("_*/words.js") for chinese in _paired(path.read_text())}
    for path in sorted((HOUSE / "web/assets").glob("*.js")):
        text = path.read_text()
        pairs = _paired(text) | shared
        bare += [f"{path.name}: {word}" for word in re.findall(r"['\"`]([^'\"`\n]*)['\"`]", re.sub(r"^\s*(//|\*|/\*).*$", "", text, flags=re.M))
                 if CHINESE.search(word) and word not in pairs]
    assert not bare, "\n".join(bare)


def _paired(text):
    return {chinese for chinese, words in re.findall(r"'([^'\n]*)':\s*'([^'\n]*)'", text) if not CHINESE.search(words)}


def _diagram_words(path):
    """Names of elements, button labels and categories; texts in expressions that reach people."""
    for element in ElementTree.parse(path).iter():
        for attribute in ("name", "label"):
            yield element.get(attribute, "")
        if element.tag.endswith("}property") and element.get("name") in ("category", "outcomes"):
            value = element.get("value", "")
            yield from re.findall(r'"label"\s*:\s*"([^"]*)"', value) if element.get("name") == "outcomes" else [value]
        if element.tag.endswith("}parameter") and element.get("id") == "text":
            yield element.get("value", "").strip("'\"")


def test_every_name_in_the_diagrams_has_its_english(english):
    paths = sorted((HOUSE / "bpmn").glob("*.bpmn")) + sorted((HOUSE / "bpmn").glob("*.dmn"))
    assert paths
    missing = [f"{path.name}: {word}" for path in paths for word in dict.fromkeys(_diagram_words(path))
               if CHINESE.search(word) and word not in english]
    assert not missing, "\n".join(missing)


def test_english_keeps_the_places_and_holds_no_chinese(english):
    wrong = [chinese for chinese, words in english.items()
             if sorted(PLACE.findall(chinese)) != sorted(PLACE.findall(words if isinstance(words, str) else words[-1]))
             or CHINESE.search(words if isinstance(words, str) else "".join(words))]
    assert not wrong, wrong
