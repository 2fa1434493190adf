"""A table somebody uploads, Excel or CSV, as rows of cells; what is too large or no table is refused before it is read."""
import csv
import io
import zipfile
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from engine.errors import EngineError

LARGEST = 2_000_000
LARGEST_UNPACKED = 40_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 50
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def rows(content: bytes) -> list[list[Any]]:
    """The first sheet of an .xlsx file, or the lines of a CSV file in UTF-8 or GB 18030.

    Raises:
        EngineError: with words for the place beside the field.
    """
    if not content:
        raise EngineError("请选择一个文件", "file")
    if len(content) > LARGEST:
        raise EngineError("文件超过 {limit} MB，请拆分后再导入", "file", limit=LARGEST // 1_000_000)
    if content.startswith(_OLD_EXCEL):
        raise EngineError("这是旧版 Excel 文件（.xls）或加密文件，请另存为 .xlsx 或 CSV", "file")
    return _excel(content) if content.startswith(_ZIP) else _csv(content)


def _excel(content: bytes) -> list[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
                raise EngineError("文件超过 {limit} MB，请拆分后再导入", "file", limit=LARGEST_UNPACKED // 1_000_000)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            read = islice(book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True), MOST_ROWS + 1)
            return _bounded([list(row) for row in read])
        finally:
            book.close()
    except EngineError:
        raise
    except Exception as problem:  # whatever openpyxl and its XML parser raise over a broken file
        raise EngineError("无法读取这个 Excel 文件，请另存为 .xlsx 后再试", "file") from problem


def _csv(content: bytes) -> list[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise EngineError("无法识别文件编码，请另存为 UTF-8 的 CSV 或 .xlsx", "file")
    if "\x00" in text:
        raise EngineError("这不是表格文件，请选择 .xlsx 或 CSV", "file")
    try:
        separator = "\t" if "\t" in text.partition("\n")[0] else ","
        return _bounded([line[:MOST_COLUMNS] for line in islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), MOST_ROWS + 1)])
    except csv.Error as problem:
        raise EngineError("这不是表格文件，请选择 .xlsx 或 CSV", "file") from problem


def _bounded(found: list[list[Any]]) -> list[list[Any]]:
    if len(found) > MOST_ROWS:
        raise EngineError("表格超过 {limit} 行，请拆分后再导入", "file", limit=MOST_ROWS)
    return found
