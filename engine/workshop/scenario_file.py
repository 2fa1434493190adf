"""What a file of scenarios may say, checked before anything of it is believed; and the files that come with the house."""
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.workshop.playing import MOST_STEPS
from engine.workshop.scene_deeds import DEEDS

ENDING = ".scenarios.json"
LONGEST_NAME = 100
LARGEST = 200_000  # characters of one scenario as JSON
MOST = 100
DEEP = 12
SHIPPED = Path(__file__).parent.parent.parent / "bpmn"
_WORDS = frozenset(DEEDS) | {"clock"}


def shipped(folder: Path = SHIPPED) -> dict[str, Any]:
    """By process key."""
    return {path.name.removesuffix(ENDING): json.loads(path.read_bytes()) for path in sorted(folder.glob(f"*{ENDING}"))}


def read(content: bytes) -> list[dict[str, Any]]:
    """The scenarios in a file.

    Raises:
        EngineError: it is none.
    """
    try:
        return checked(json.loads(content))
    except (ValueError, RecursionError):
        raise EngineError("场景文件不是有效的 JSON") from None


def checked(found: Any) -> list[dict[str, Any]]:
    """
    Raises:
        EngineError: with the scenario and what is wrong with it.
    """
    if not isinstance(found, list) or len(found) > MOST:
        raise EngineError("场景文件应是一个列表，最多 {limit} 个场景", limit=MOST)
    rows = [_scenario(one) for one in found]
    if len({row["name"] for row in rows}) < len(rows):
        raise EngineError("场景文件中有重名的场景")
    return rows


def checked_name(name: str) -> str:
    """
    Raises:
        EngineError: nothing to call it by.
    """
    found = " ".join(name.split())
    if not 0 < len(found) <= LONGEST_NAME:
        raise EngineError("请填写场景名称，不超过 {limit} 个字", field="name", limit=LONGEST_NAME)
    return found


def _scenario(one: Any) -> dict[str, Any]:
    if not isinstance(one, Mapping) or not isinstance(one.get("name"), str):
        raise EngineError("场景文件中有一项没有名称")
    name, steps, expected = checked_name(one["name"]), one.get("steps"), one.get("expected", {})
    if not isinstance(steps, list) or not isinstance(expected, Mapping) or not all(isinstance(step, Mapping) for step in steps):
        raise EngineError("场景「{name}」的步骤或预期写法有误", name=name)
    if not 1 < len(steps) <= MOST_STEPS + 1 or steps[0].get("do") != "begin" or not _is_moment(steps[0].get("at")):
        raise EngineError("场景「{name}」应以开始时间为第一步，并有 1 至 {limit} 个步骤", name=name, limit=MOST_STEPS)
    strange = [str(step.get("do")) for step in steps[1:] if step.get("do") not in _WORDS]
    if strange:
        raise EngineError("场景「{name}」中有不认识的步骤「{deed}」", name=name, deed=strange[0][:40])
    if _depth({"s": steps, "e": expected}) > DEEP or len(json.dumps([steps, expected], ensure_ascii=False)) > LARGEST:
        raise EngineError("场景「{name}」太大", name=name)
    _check_expected(name, expected)
    return {"name": name, "steps": [dict(step) for step in steps], "expected": dict(expected)}


def _check_expected(name: str, expected: Mapping[str, Any]) -> None:
    after = expected.get("after", [])
    well = isinstance(after, list) and all(
        isinstance(one, Mapping) and isinstance(one.get("waits", []), list) and isinstance(one.get("told", []), list)
        and all(_is_wait(wait) for wait in one.get("waits", [])) and all(isinstance(code, str) for code in one.get("told", [])) for one in after)
    if not well or not all(isinstance(expected.get(word, ""), str) for word in ("end", "status")):
        raise EngineError("场景「{name}」的步骤或预期写法有误", name=name)


def _is_wait(wait: Any) -> bool:
    """'recheck', or ['recheck', ['u:sun']]."""
    if isinstance(wait, str):
        return True
    return (isinstance(wait, list) and len(wait) in (1, 2) and isinstance(wait[0], str)
            and (len(wait) == 1 or wait[1] is None or (isinstance(wait[1], list) and all(isinstance(who, str) for who in wait[1]))))


def _is_moment(said: Any) -> bool:
    try:
        return isinstance(said, str) and 2000 <= datetime.fromisoformat(said).year <= 2100
    except ValueError:
        return False


def _depth(value: Any, level: int = 0) -> int:
    if level > DEEP:
        return level
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return max((_depth(item, level + 1) for item in inner), default=level)
