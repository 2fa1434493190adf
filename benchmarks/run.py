"""Runs every benchmark: tables for people, or one JSON object (--json)."""
import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

from benchmarks import cosign, inbox_pages, over_http, raw, through_actions
from benchmarks.houses import DATABASES

PARTS = ("raw", "actions", "http", "inbox", "cosign")
SIZES = (1_000, 100_000, 1_000_000)


def main() -> None:
    options = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options.add_argument("--only", choices=PARTS, action="append", help="only these parts")
    chosen = options.parse_args()
    result = measure(chosen.only or PARTS)
    print(json.dumps(result, indent=None if chosen.json else 2, ensure_ascii=False) if chosen.json else told(result))


def measure(parts: Any) -> dict[str, Any]:
    each: dict[str, Callable[[], Any]] = {
        "raw": raw.run,
        "actions": lambda: {kind: through_actions.run(kind) for kind in DATABASES},
        "http": over_http.run,
        "inbox": lambda: {kind: inbox_pages.run(kind, SIZES) for kind in DATABASES},
        "cosign": lambda: {kind: cosign.run(kind) for kind in DATABASES},
    }
    result: dict[str, Any] = {"machine": {"python": platform.python_version(), "cores": os.cpu_count()}}
    for part in parts:
        print(f"… {part}", file=sys.stderr, flush=True)
        result[part] = each[part]()
    return result


def told(result: dict[str, Any], indent: int = 0) -> str:
    """The figures as an indented list."""
    lines = []
    for name, value in result.items():
        if isinstance(value, dict):
            lines += [f"{' ' * indent}{name}", told(value, indent + 2)]
        else:
            lines.append(f"{' ' * indent}{name:<34}{value:>14}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
