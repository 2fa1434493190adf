"""Bundles: a process goes from house to house whole; hostile zips are refused fast, with words."""
import io
import json
import struct
import time
import tracemalloc
import zipfile
import zlib
from hashlib import sha256

import pytest

from data_model.actor import SYSTEM
from data_model.process import ProcessDefinition
from data_model.session import unit_of_work
from data_model.workshop import Draft, Kind
from engine import deployment
from engine.errors import EngineError, NotYours
from engine.workshop import bundle, drafts, release, sidecars
from tests.diagrams import call, decide, diagram, end, start
from tests.engine.test_paths import table
from tests.engine.workshop import mine

ROWS = [{"name": "大", "inputs": {"n": "12"}, "outputs": {"size": "大"}}]


@pytest.fixture
def parcel(works, desk):
    """A process with a table, a called process and scenarios, as one zip."""
    outer = diagram(start(), decide("d"), call("c", "inner"), mine("a"), end(), "s > d > c > a > e", key="outer", properties={"starters": "everyone"})
    inner = diagram(start(), mine("b"), end(), "s > b > e", key="inner")
    with unit_of_work(SYSTEM) as session:
        deployment.deploy(session, SYSTEM, {"outer.bpmn": outer, "inner.bpmn": inner, "grade.dmn": table()})
        sidecars.load(session, SYSTEM, "grade.rows.json", json.dumps(ROWS).encode())
    return desk("po", lambda session, actor: bundle.export(session, "outer"))


def sealed(files, **manifest):
    listed = {name: sha256(content).hexdigest() for name, content in files.items()}
    return bundle.packed({"manifest.json": json.dumps({"format": bundle.FORMAT, "files": listed, **manifest}).encode(), **files})


def test_a_process_goes_out_with_all_it_needs_and_comes_in_as_drafts(desk, parcel, works):
    files = bundle.read(parcel)
    assert sorted(files) == ["grade.dmn", "grade.rows.json", "inner.bpmn", "outer.bpmn"]
    landed = desk("po", bundle.take, files)
    assert {(one.name, one.how) for one in landed} == {
        ("outer.bpmn", "same"), ("inner.bpmn", "same"), ("grade.dmn", "same"), ("grade.rows.json", "beside")}
    assert works.rows(Draft) == []
    files["inner.bpmn"] = files["inner.bpmn"].replace(b'name="b"', b'name="bb"')
    (changed,) = [one for one in desk("po", bundle.take, files) if one.how == "draft"]
    assert [(change.before, change.after, change.executes) for change in changed.changes] == [("b", "bb", False)]
    assert len(works.rows(ProcessDefinition)) == 2, "nothing runs differently until somebody deploys"
    desk("po", release.deploy_drafts, ["inner.bpmn"], "aus dem Paket")
    assert len(works.rows(ProcessDefinition)) == 4, "the caller follows"


def test_drafts_of_others_are_not_written_over_unasked(desk, parcel):
    files = bundle.read(parcel)
    desk("po", drafts.save, Kind.DIAGRAM, "inner", files["inner.bpmn"].decode().replace('name="b"', 'name="mine"'), 0)
    with pytest.raises(bundle.Occupied) as there:
        desk("po", bundle.take, files)
    assert [(draft.key, draft.saved_by_name) for draft in there.value.taken] == [("inner", "彭流")]
    desk("po", bundle.take, files, over=True)
    assert desk("po", drafts.open_draft, Kind.DIAGRAM, "inner").content.encode() == files["inner.bpmn"]


def test_only_process_owners_import(desk, parcel):
    files = bundle.read(parcel) | {"new.bpmn": diagram(start(), end(), "s > e", key="new")}
    with pytest.raises(NotYours):
        desk("zhao", bundle.take, files)


def raw(name, data=b"x", claims=None, flags=0, method=zipfile.ZIP_STORED, mode=0):
    """A zip of one entry whose head says whatever one wants."""
    packed = zlib.compress(data)[2:-4] if method == zipfile.ZIP_DEFLATED else data
    size = len(data) if claims is None else claims
    head = struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 0, zlib.crc32(data), len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + head + name + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20 | 3 << 8) + head + struct.pack("<HHHII", 0, 0, 0, mode << 16, 0) + name
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def many(count):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"a{number}.bpmn", b"")
    return out.getvalue()


BOMB = b"0" * 60_000_000
HOSTILE = {
    "words": (b"no zip at all", "不是有效的包"),
    "empty": (b"", "不是有效的包"),
    "cut off": (sealed({"p.bpmn": b"<a/>"})[:-30], "不是有效的包"),
    "large": (b"PK" + b"\x00" * 5_000_000, "超过 5 MB"),
    "path": (raw(b"../../etc/p.bpmn"), "文件夹或路径"),
    "absolute": (raw(b"/p.bpmn"), "文件夹或路径"),
    "backslash": (raw(rb"..\p.bpmn"), "文件夹或路径"),
    "folder": (raw(b"p/"), "文件夹或路径"),
    "nul": (raw(b"p.bpmn\x00.zip"), "文件夹或路径"),
    "symlink": (raw(b"p.bpmn", b"/etc/passwd", mode=0o120777), "链接或特殊文件"),
    "device": (raw(b"p.bpmn", mode=0o020666), "链接或特殊文件"),
    "secret": (raw(b"p.bpmn", flags=1), "已加密"),
    "strange": (raw(b"p.bpmn", method=14), "不支持的压缩方式"),
    "bomb": (raw(b"p.bpmn", BOMB, method=zipfile.ZIP_DEFLATED), "解开后超过 2 MB"),
    "bomb that lies": (raw(b"p.bpmn", BOMB, claims=10, method=zipfile.ZIP_DEFLATED), "清单|不是有效的包"),
    "thousands": (many(5_000), "超过 100 个"),
    "nested": (sealed({"p.bpmn": b"<a/>"}).replace(b"p.bpmn", b"p.zip_"), "不认识的文件"),
    "no list": (raw(b"p.bpmn"), "manifest.json"),
    "another list": (raw(b"manifest.json", b'{"format": "other"}'), "格式不认识"),
    "deep list": (raw(b"manifest.json", b"[" * 100_000), "不是有效的 JSON"),
    "list in another code": (raw(b"manifest.json", b"\xff\xfe"), "不是 UTF-8"),
    "changed": (sealed({"p.bpmn": b"<aaaaaa/>"}).replace(zlib.compress(b"<aaaaaa/>")[2:-4], zlib.compress(b"<bbbbbb/>")[2:-4]), "不是有效的包|校验值"),
    "unlisted": (bundle.packed({"manifest.json": json.dumps({"format": bundle.FORMAT, "files": {"q.bpmn": ""}}).encode(), "p.bpmn": b""}), "清单不一致"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_refused_fast_and_small_with_words(name):
    data, words = HOSTILE[name]
    tracemalloc.start()
    began = time.monotonic()
    try:
        with pytest.raises(EngineError, match=words):
            bundle.read(data)
        assert time.monotonic() - began < 2 and tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("files", [
    {"p.bpmn": b"<!DOCTYPE a><a/>"}, {"p.bpmn": b"\xff"}, {"p.scenarios.json": b"{}"}, {"grade.rows.json": b"[[" * 5_000}, {"p.dmn": b""},
], ids=["doctype", "code", "scenarios", "deep", "nothing"])
def test_what_is_in_it_is_not_believed_either(desk, files):
    with pytest.raises(EngineError):
        desk("po", bundle.take, bundle.read(sealed(files)))
