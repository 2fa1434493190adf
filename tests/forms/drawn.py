"""Small schemas as form-js writes them, for tests of designed forms."""
import json
from typing import Any


def text(key: str, label: str = "", **more: Any) -> dict[str, Any]:
    return one("textfield", key, label, **more)


def one(type_: str, key: str = "", label: str = "", **more: Any) -> dict[str, Any]:
    """A component; `required`, `hide` and the rules of `validate` are written short."""
    rules = {name: more.pop(name) for name in ("required", "min", "max", "minLength", "maxLength", "pattern", "validationType") if name in more}
    hide = more.pop("hide", "")
    said = {"type": type_, "id": f"Field_{key or type_}", "label": label or key, **more}
    if key:
        said["path" if type_ == "dynamiclist" else "key"] = key
    return said | ({"validate": rules} if rules else {}) | ({"conditional": {"hide": hide}} if hide else {})


def choices(**words: str) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in words.items()]


def schema(*components: dict[str, Any], name: str = "表单") -> str:
    return json.dumps({"type": "default", "id": "Form_1", "name": name, "components": list(components), "schemaVersion": 18},
                      ensure_ascii=False)
