"""A ledger as an Excel sheet: written row by row, so that its size costs disk, not memory; no cell is a formula."""
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from data_model import clock
from web.ledger.register import Column, Kind
from web.ledger.words import Names, shown

LIMIT = 20_000  # rows of one sheet
LONGEST_CELL = 32_767  # what Excel takes
WIDTHS = {Kind.TEXT: 36, Kind.MOMENT: 17, Kind.DATE: 12, Kind.UNIT: 18}
FORMATS = {Kind.DATE: "yyyy-mm-dd", Kind.MOMENT: "yyyy-mm-dd hh:mm", Kind.AMOUNT: "#,##0.00", Kind.NUMBER: "0"}


def write(out: IO[bytes], title: str, columns: Sequence[Column], chunks: Iterable[tuple[Sequence[Any], Names]]) -> None:
    """One sheet with a heading row; each chunk of rows comes with its names."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(column.kind, 14)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}1"
    sheet.append([_heading(sheet, _(column.label)) for column in columns])
    for rows, names in chunks:
        for row in rows:
            sheet.append([_cell(sheet, column, getattr(row, column.name), names) for column in columns])
    book.save(out)


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E7EEF7")
    return cell


def _cell(sheet: Any, column: Column, value: Any, names: Names) -> Any:
    if value is None or value == "":
        return None
    if column.kind in FORMATS:
        cell = WriteOnlyCell(sheet, clock.local(value).replace(tzinfo=None) if isinstance(value, datetime) else value)
        cell.number_format = FORMATS[column.kind]
        return cell
    return _text(sheet, shown(column, value, names))


def _text(sheet: Any, text: str) -> Any:
    """Text stays text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL])
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


