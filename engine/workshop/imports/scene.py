"""What one import knows while it goes through a file."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data_model.organisation import ROLE_NAMES
from engine.workshop.imports.language import Ours, translated
from engine.workshop.imports.report import Reason, Report
from engine.workshop.imports.tokens import Untold

_LETTERS = 100_000  # of all expressions of a file
ROLES = {**{str(role): str(role) for role in ROLE_NAMES}, **{name: str(role) for role, name in ROLE_NAMES.items()}}


@dataclass
class Scene:
    """The report, what variables are called here, and which logins are whose.

    Attributes:
        renamed: such as {"approved": "check.approved"}: an answer stands under the step that asks for it.
        starters: variables that hold whoever started the case.
        lists: data objects of the file.
        spent: letters of expressions so far.
        asked: data that expressions read and no form of the file gives.
    """

    root: Any
    report: Report = field(default_factory=Report)
    renamed: dict[str, str] = field(default_factory=dict)
    starters: set[str] = field(default_factory=lambda: {"initiator", "starter", "$INITIATOR"})
    logins: Mapping[str, int] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    spent: int = 0

    def put(self, node: Any, said: str, source: str) -> str | None:
        """An expression in our language; None, and a line for people, when it cannot be said."""
        try:
            ours = self.translated(source)
        except Untold as problem:
            self.cannot(node, said, problem)
            return None
        self.note(ours)
        return ours.source

    def translated(self, source: str) -> Ours:
        """The expression in our language; only so many letters a file, so that none keeps everyone waiting.

        Raises:
            Untold: it cannot be said.
        """
        self.spent += len(source)
        if self.spent > _LETTERS:
            raise Untold("文件中的表达式太多")
        return translated(source, self.renamed)

    def note(self, ours: Ours) -> None:
        self.asked |= ours.names

    def cannot(self, node: Any, said: str, problem: Untold) -> None:
        """A line for an expression that people must write anew."""
        self.report.hand(node, said, "本系统的表达式写不出来：{reason}；请在设计器中改写", reason=Reason(problem.text, problem.params))
