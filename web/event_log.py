"""The event log as files: XES (IEEE 1849-2016) for tools of process mining, CSV for spreadsheets."""
import csv
import io
import re
import tempfile
from collections.abc import Iterable
from datetime import UTC
from itertools import groupby
from typing import IO
from xml.sax.saxutils import quoteattr

from engine.analytics.log import Logged

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value="UNKNOWN"/></global>
<global scope="event"><string key="concept:name" value="UNKNOWN"/><date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>\
<string key="lifecycle:transition" value="complete"/></global>
<classifier name="Activity" keys="concept:name lifecycle:transition"/>
<classifier name="Resource" keys="org:resource"/>
"""
COLUMNS = ("case", "code", "activity", "element", "action", "transition", "timestamp", "resource", "outcome", "round", "seconds")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def xes(rows: Iterable[Logged], name: str) -> IO[bytes]:
    """A file to be read from its beginning. The caller closes it."""
    out = tempfile.TemporaryFile()  # noqa: SIM115
    text = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
    text.write(_HEAD + _string("concept:name", name) + "\n")
    for case, events in groupby(rows, key=lambda row: (row.case, row.code)):
        text.write(f"<trace>{_string('concept:name', case[0])}{_string('code', case[1])}\n")
        text.writelines(_event(event) for event in events)
        text.write("</trace>\n")
    text.write("</log>\n")
    text.detach()
    out.seek(0)
    return out


def comma_separated(rows: Iterable[Logged]) -> IO[bytes]:
    """As `xes`; with a mark that spreadsheets know the encoding by, and no cell that they would take for a formula."""
    out = tempfile.TemporaryFile()  # noqa: SIM115
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in (
        row.case, row.code, row.activity, row.element, row.action, row.lifecycle, row.at.astimezone(UTC).isoformat(timespec="seconds"),
        row.resource, row.outcome, row.round, "" if row.seconds is None else row.seconds)] for row in rows)
    text.detach()
    out.seek(0)
    return out


def _event(row: Logged) -> str:
    said = [_string("concept:name", row.activity), _string("lifecycle:transition", row.lifecycle),
            f'<date key="time:timestamp" value="{row.at.astimezone(UTC).isoformat(timespec="milliseconds")}"/>', _string("action", row.action)]
    said += [_string(key, value) for key, value in (("org:resource", row.resource), ("element", row.element), ("outcome", row.outcome)) if value]
    said.append(f'<int key="round" value="{row.round}"/>')
    if row.seconds is not None:
        said.append(f'<int key="seconds" value="{row.seconds}"/>')
    return f"<event>{''.join(said)}</event>\n"


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(_NOT_XML.sub(" ", value))}/>'


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
