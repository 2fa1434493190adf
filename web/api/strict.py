"""JSON from outside, read strictly: bounded, of the told shape, and nothing in it that the house could not keep."""
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from forms.words import Said
from web.problems import Problem

LARGEST_BODY = 256 * 1024
DEEPEST = 12
LONGEST_NUMBER = 16  # digits; what JavaScript and a database hold without loss
LARGEST_NUMBER = 2**53
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)  # also one that never ends: no second look, so linear in the length
_BRACKET = re.compile(rb"[\[\]{}]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TYPES: Mapping[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
_NAMES = {"string": "文字", "integer": "整数", "number": "数字", "boolean": "true 或 false", "array": "数组", "object": "对象",
          "null": "null"}
Fault = tuple[str, Any]


def parse(body: bytes) -> Any:
    """The value that a body holds.

    Raises:
        Problem: it is no JSON, or JSON that only an attack would send.
    """
    if len(body) > LARGEST_BODY:
        raise Problem("large")
    if _depth(body) > DEEPEST:
        raise Problem("bad-json", what="层次太深")
    try:
        return json.loads(body.decode(), parse_constant=_no_number, parse_int=_whole, parse_float=_finite, object_pairs_hook=_once_each)
    except UnicodeDecodeError:
        raise Problem("bad-json", what="不是 UTF-8") from None
    except (ValueError, RecursionError):
        raise Problem("bad-json", what="语法有误") from None


def faults(value: Any, schema: Mapping[str, Any], name: str = "") -> Iterator[Fault]:
    """Where a value is not what a schema says: (field, words). Knows the few words of JSON Schema that requests use."""
    if (words := _wrong_type(value, schema)) is not None:
        yield name, words
    elif isinstance(value, str):
        yield from ((name, words) for words in _of_text(value, schema))
    elif isinstance(value, dict):
        yield from _of_object(value, schema, name)
    elif isinstance(value, list):
        yield from _of_list(value, schema, name)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        least, most = schema.get("minimum", -LARGEST_NUMBER), schema.get("maximum", LARGEST_NUMBER)
        if not least <= value <= most:
            yield name, Said("应在 {min} 与 {max} 之间", min=least, max=most)


def _wrong_type(value: Any, schema: Mapping[str, Any]) -> Any:
    wanted = schema.get("type")
    types = [wanted] if isinstance(wanted, str) else wanted or []
    if types and not any(_is(value, kind) for kind in types):
        return Said("应为{kinds}", kinds=_NAMES[types[0]])
    return None


def _is(value: Any, kind: str) -> bool:
    if kind == "null":
        return value is None
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _of_text(value: str, schema: Mapping[str, Any]) -> Iterator[Any]:
    if _UNSTORABLE.search(value):
        yield "含有不能保存的字符"
    elif len(value) > schema.get("maxLength", LARGEST_BODY):
        yield Said("最多 {max} 个字，现有 {length} 个字", max=schema["maxLength"], length=len(value))
    elif len(value.strip()) < schema.get("minLength", 0):
        yield "请填写此项"
    elif ("enum" in schema and value not in schema["enum"]) or ("pattern" in schema and not _fits(schema["pattern"], value)):
        yield "不是可用的值"


def _fits(pattern: str, value: str) -> bool:
    """As JSON Schema means it: in Python a dollar sign would let a last line break pass."""
    return re.search(pattern.replace("$", r"\Z"), value) is not None


def _of_object(value: dict[str, Any], schema: Mapping[str, Any], name: str) -> Iterator[Fault]:
    known = schema.get("properties", {})
    yield from ((_path(name, key), "请填写此项") for key in schema.get("required", ()) if key not in value)
    for key, item in value.items():
        if key in known:
            yield from faults(item, known[key], _path(name, key))
        elif schema.get("additionalProperties", True) is False or _UNSTORABLE.search(key):
            yield _path(name, _UNSTORABLE.sub("?", key[:64])), "没有这个字段"


def _of_list(value: list[Any], schema: Mapping[str, Any], name: str) -> Iterator[Fault]:
    if len(value) > schema.get("maxItems", 1000):
        yield name, Said("最多 {count} 项", count=schema.get("maxItems", 1000))
        return
    for number, item in enumerate(value):
        yield from faults(item, schema.get("items", {}), _path(name, number))


def _path(name: str, key: str | int) -> str:
    return f"{name}.{key}" if name else str(key)


def _depth(body: bytes) -> int:
    deepest = depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _no_number(_text: str) -> Any:
    raise ValueError("NaN")


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > LONGEST_NUMBER or abs(int(text)) > LARGEST_NUMBER:
        raise ValueError("too large")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER or len(text) > 40:
        raise ValueError("too large")
    return number


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found
