"""The picture of a case's diagram, with the way it went and where it stands: for print, and where no script draws it."""
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from data_model.process import ProcessInstance
from engine import cases, catalog, diagram_svg
from engine.diagram_svg import Marks
from engine.drawing import Box, Drawing, drawing_of


@dataclass(frozen=True)
class Picture:
    """One diagram as it is to be drawn; `views` are its parts, side by side, when it is too wide for a page."""

    drawing: Drawing
    marks: Marks
    views: tuple[Box, ...]

    def svg(self, words: Callable[[str], str] = str, part: int | None = None) -> str:
        """The whole, or one part of it."""
        return diagram_svg.svg(self.drawing, self.marks, words, None if part is None else self.views[part])


def picture(session: Session, instance: ProcessInstance, widest: float = 1_500) -> Picture | None:
    """The caller has asked whether the person may see the case. None when the file holds no drawing."""
    drawing = drawing_of(catalog.flow(session, instance.definition_id))
    if drawing is None:
        return None
    said = cases.diagram(session, instance.id)
    marks = Marks(frozenset(said.done), frozenset(said.current), frozenset(said.failed), frozenset(said.flows), dict(said.badges))
    return Picture(drawing, marks, tuple(diagram_svg.views(drawing, widest)))
