"""What an approval sheet says: one case on paper, complete enough to be filed. The same for the browser and for PDF."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app, g, url_for
from sqlalchemy import select

from data_model import clock, storage
from data_model.attachment import Attachment
from data_model.organisation import Level
from engine import cases, people
from engine.picture import Picture, picture
from web import fillings, pdf, records
from web.history_words import UNPRINTED, WORDS
from web.i18n import tr
from web.static_files import FOLDER
from web.uploads import THUMB, root

WORDING = {"photos": 8, "deed_words": WORDS}  # photos of one set on paper; the rest is counted
STYLES = pdf.HERE + "print.css"


@dataclass(frozen=True)
class Sheet:
    """Everything the template writes; pictures are asked of a Paper."""

    view: Any
    company: str
    record: records.Record | None
    lines: tuple[cases.Line, ...]
    filled: list[fillings.Filled]
    picture: Picture | None
    at: Any
    by: str
    link: str

    @property
    def rows(self) -> list[tuple[records.Value, ...]]:
        """The record's values as rows of a table: long ones alone, short ones in pairs."""
        found: list[tuple[records.Value, ...]] = []
        for value in (*self.record.lead, *self.record.rest) if self.record else ():
            if found and len(found[-1]) == 1 and not value.is_long and not found[-1][0].is_long:
                found[-1] = (found[-1][0], value)
            else:
                found.append((value,))
        return found

    @property
    def case(self) -> Any:
        return self.view.instance


@dataclass
class Paper:
    """Where a sheet's pictures lie: at addresses of the house for a browser, on the shelf for PDF."""

    is_pdf: bool
    sheet: Sheet
    shelf: dict[str, bytes | Path] = field(default_factory=dict)

    def photo(self, photo: Attachment) -> str:
        if not self.is_pdf:
            return url_for("files.thumb", file_id=photo.id)
        return self._keep(f"photo/{photo.id}", storage.place(root(), photo.sha256, THUMB))

    def photo_id(self, photo_id: int) -> str:
        """Of a picture that a form names; '' when it is gone."""
        photo = g.session.get(Attachment, photo_id)
        return self.photo(photo) if photo is not None and photo.media_type.startswith("image/") else ""

    def signature(self, said: Mapping[str, Any] | None) -> str:
        """The picture a person signed with; '' without one."""
        file_id = (said or {}).get("file")
        if not isinstance(file_id, int):
            return ""
        if not self.is_pdf:
            return url_for("files.whole", file_id=file_id)
        file = g.session.scalars(select(Attachment).where(Attachment.id == file_id)).first()
        return self._keep(f"signature/{file_id}", storage.place(root(), file.sha256)) if file else ""

    def diagram(self, part: int) -> str:
        if not self.is_pdf:
            return url_for("course.diagram", instance_id=self.sheet.case.id, part=part)
        found = self.sheet.picture
        return self._keep(f"diagram/{part}.svg", found.svg(tr, part).encode()) if found else ""

    def _keep(self, name: str, content: bytes | Path) -> str:
        """The address of a content; '' when its file is gone, so that a sheet comes out all the same."""
        if isinstance(content, Path) and not content.is_file():
            return ""
        self.shelf[pdf.HERE + name] = content
        return pdf.HERE + name


def sheet_of(instance_id: int) -> Sheet:
    """Whoever may open the case may print it.

    Raises:
        NotYours, Missing: as the case's page does.
    """
    view = cases.case_view(g.session, g.actor, instance_id)
    case = view.instance
    company = people.at_level(g.session, case.unit_id, Level.COMPANY)
    lines = tuple(line for line in cases.timeline(g.session, case.id) if line.action not in UNPRINTED)
    return Sheet(
        view=view, company=company.name if company else "", record=records.record_of(g.session, case.subject_kind, case.subject_id),
        lines=lines, filled=fillings.of_case(case), picture=picture(g.session, case), at=clock.now(), by=g.actor.name, link=_link(case.id))


def _link(instance_id: int) -> str:
    """Where the case lives: behind the address people know, when one is set."""
    known = current_app.config["SETTINGS"].address
    path = url_for("case.page", instance_id=instance_id)
    return known + path if known else url_for("case.page", instance_id=instance_id, _external=True)


def as_pdf(sheet: Sheet, render: Callable[..., str]) -> tuple[str, dict[str, bytes | Path]]:
    """The document and all that it shows, ready to be printed once the database is let go."""
    paper = Paper(True, sheet)
    html = render("print/sheet.html", sheet=sheet, paper=paper, styles=STYLES, **WORDING)
    return html, {**paper.shelf, STYLES: FOLDER / "bundles/print.css"}
