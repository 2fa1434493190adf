"""What the workshop's files are called: `<key>.bpmn`, `<key>.dmn`, `<key>.form`."""
import re

from data_model.workshop import Kind
from engine.errors import EngineError

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)


def file_name(kind: str, key: str) -> str:
    return f"{key}.{Kind(kind)}"


def parted(name: str) -> tuple[Kind, str]:
    """The kind and the key of a file's name.

    Raises:
        EngineError: no such file belongs in the workshop.
    """
    key, _, ending = name.rpartition(".")
    if ending not in tuple(Kind):
        raise EngineError("「{name}」不是流程图（.bpmn）、决策表（.dmn）或表单（.form）", name=name[:80])
    return Kind(ending), checked(key)


def checked(key: str) -> str:
    """The key, when things may be called so.

    Raises:
        EngineError: they may not.
    """
    if not _KEY.fullmatch(key):
        raise EngineError("编号「{key}」须由英文字母、数字、下划线组成，以字母开头，不超过 64 个字符", "key", key=key[:80])
    return key
