"""What the pages of definitions share: which version is meant, and the words for what it says."""
from dataclasses import dataclass
from datetime import datetime

from flask import abort, g
from sqlalchemy import select
from sqlalchemy.orm import undefer

from data_model.process import DefinitionStatus, ProcessDefinition
from data_model.workshop import Kind
from engine.errors import Missing
from engine.workshop import drafts, shelf

DRAFT = "draft"
NOWHERE = "没有名为 {key} 的流程、决策表或表单"


@dataclass(frozen=True)
class Which:
    """One drawing: a version, or the draft."""

    word: str  # the version's number, or 'draft'
    xml: str
    name: str
    by: str
    at: datetime | None
    note: str = ""
    status: str = DRAFT
    row: ProcessDefinition | None = None
    running: int = 0

    @property
    def is_draft(self) -> bool:
        return self.word == DRAFT


def of_key(key: str) -> shelf.Shelved:
    """The process as the list has it.

    Raises:
        Missing: there is none.
    """
    found = next(iter(shelf.processes(g.session, key)), None)
    if found is None:
        raise Missing(NOWHERE, key=key[:80])
    return found


def which(key: str, word: str) -> Which:
    """The version of that number, or the draft.

    Raises:
        Missing: there is none.
    """
    found = chosen(key, word)
    if found is None:
        raise Missing("没有版本 {version}", version=word[:20])
    return found


def chosen(key: str, word: str) -> Which | None:
    if word == DRAFT:
        opened = drafts.open_draft(g.session, g.actor, Kind.DIAGRAM, key)
        return Which(DRAFT, opened.content, opened.name, opened.saved_by_name, opened.saved_at) if opened.revision else None
    if not word.isdecimal() or len(word) > 9:
        abort(404)
    row = g.session.scalars(select(ProcessDefinition).where(ProcessDefinition.key == key, ProcessDefinition.version == int(word))
                            .options(undefer(ProcessDefinition.xml))).one_or_none()
    if row is None:
        return None
    told = next(version for version in shelf.versions(g.session, Kind.DIAGRAM, key) if version.id == row.id)
    return Which(word, row.xml, row.name, told.by, row.deployed_at, row.note, row.status, row, told.running)


def effective_word(key: str) -> str:
    """The number of the running version; '' when none runs."""
    number = g.session.scalar(select(ProcessDefinition.version).where(
        ProcessDefinition.key == key, ProcessDefinition.status == DefinitionStatus.EFFECTIVE))
    return str(number or "")


def first_words(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[:most - 1] + "…"
