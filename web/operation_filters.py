"""The filters of 流程监控 as an address carries them, so that a view can be shared and a deed leads back to it."""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from engine import operations
from engine.operations import Query
from web.inbox_filters import LARGEST_ID

STATES = {"running": "办理中", "suspended": "已挂起", "incident": "有异常", "completed": "已办结", "terminated": "已终止",
          "cancelled": "已撤销", "rejected": "已驳回"}
SORTS = {"newest": "最新发起", "oldest": "最早发起", "code": "按编号"}
_LONGEST = 100


@dataclass(frozen=True)
class Filters:
    """Whatever the address cannot mean is as if it were not there."""

    flow: str = ""
    version: int = 0
    step: str = ""
    state: str = ""
    q: str = ""
    unit: int = 0
    sort: str = ""
    after: str = ""

    @classmethod
    def asked(cls, said: Mapping[str, str]) -> "Filters":
        words = {name: said.get(name, "").replace("\0", "").strip()[:_LONGEST] for name in ("flow", "step", "state", "q", "sort", "after")}
        numbers = {name: int(text) if (text := said.get(name, "")).isdecimal() and int(text) < LARGEST_ID else 0 for name in ("version", "unit")}
        flow = words["flow"]
        return cls(flow, numbers["version"] if flow else 0, words["step"] if flow else "",
                   words["state"] if words["state"] in STATES else "", words["q"], numbers["unit"],
                   words["sort"] if words["sort"] in operations.SORTS and words["sort"] != "newest" else "", words["after"])

    def address(self, endpoint: str = "operations.index", **other: Any) -> str:
        """The same view with some of it changed; a change goes back to the first page unless it names one."""
        kept = {name: value for name, value in {**vars(self), "after": "", **other}.items() if value}
        return url_for(endpoint, **kept)

    @property
    def narrowed(self) -> bool:
        return bool(self.flow or self.state or self.q or self.unit)

    def query(self, definition_id: int = 0) -> Query:
        return Query(self.flow, definition_id, self.step, self.state, self.q, self.unit, self.sort or "newest", self.after)
