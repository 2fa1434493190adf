"""What goes with an answer, checked by the server: files, a drawn signature, ready opinions; and several answers at once."""
import struct
import zlib

import pytest

from data_model.attachment import Attachment
from data_model.process import HistoryEvent
from data_model.session import unit_of_work
from engine import actions, opinions, sight, signatures
from engine.actions import bulk_complete
from engine.errors import EngineError, Missing, NotYours
from tests.diagrams import end, service, start
from tests.engine.workshop import key, mine

STRICT = ('[{"value": "ok", "label": "同意", "attachment": true}, {"value": "sign", "label": "签署", "signature": true},'
          ' {"value": "no", "label": "不同意"}]')


@pytest.fixture
def step(works):
    works.deploy(start(), mine("b", outcomes=STRICT), mine("c"), end(), "s > b > c > e")
    works.case = works.start()
    return works


def upload(works, who="wang", kind="image/jpeg"):
    with unit_of_work(works.actor(who)) as session:
        row = Attachment(name="a.jpg", media_type=kind, sha256="0" * 64, size=1, uploaded_by=works.ids[who])
        session.add(row)
        session.flush()
        return row.id


def png(width=300, height=100):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = zlib.compress(b"".join(b"\x00" + b"\xff" * width for _ in range(height)))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"IDAT", rows)
            + chunk(b"IEND", b""))


def answer(works, outcome, who="wang", **more):
    return works.act(who, actions.complete, works.task("b"), outcome, {"n": 1.0}, **more)


def test_a_file_is_wanted_where_the_diagram_says(step):
    with pytest.raises(EngineError, match="请添加附件") as refused:
        answer(step, "ok")
    assert refused.value.field == "files" and step.waiting() == ["b"]
    file = upload(step)
    answer(step, "ok", files=[file])
    (line,) = step.events("complete")
    assert line.files == [file]
    (row,) = step.rows(Attachment)
    assert (row.owner_kind, row.owner_id, row.stage) == ("task", line.task_id, "opinion")
    chen, wang = step.actor("chen"), step.actor("wang")
    with unit_of_work(wang, write=False) as session:
        assert sight.may_see_subject(session, wang, "task", row.owner_id)
        assert not sight.may_see_subject(session, chen, "task", row.owner_id)


def test_only_ones_own_loose_files_count(step):
    used = upload(step)
    answer(step, "ok", files=[used])
    step.do("wang", "c")
    step.start()
    for files in ([used], [upload(step, "chen")], [999_999]):
        with pytest.raises(EngineError, match="附件已失效"):
            answer(step, "ok", files=files)
    with pytest.raises(EngineError, match="最多添加"):
        answer(step, "ok", files=list(range(1, 30)))


def test_a_signature_is_bound_to_what_was_signed(step, tmp_path):
    with pytest.raises(EngineError, match="请手写签名"):
        answer(step, "sign")
    with pytest.raises(EngineError, match="PNG"):
        answer(step, "sign", signature=upload(step))
    wang = step.actor("wang")
    with unit_of_work(wang) as session:
        drawn = signatures.keep(session, wang, tmp_path, png())
        drawn_id, drawn_hash = drawn.id, drawn.sha256
    answer(step, "sign", signature=drawn_id, opinion="已核对")
    (line,) = step.events("complete")
    assert line.signature["file"] == drawn_id and line.signature["image"] == drawn_hash and len(line.signature["content"]) == 64
    with unit_of_work(wang) as session:
        kept = session.get_one(HistoryEvent, line.id)
        assert signatures.is_sound(session, kept)
        kept.opinion = "改了"
        assert not signatures.is_sound(session, kept)
        kept.opinion = "已核对"
        assert signatures.is_sound(session, kept)
        session.get_one(Attachment, drawn_id).sha256 = "f" * 64
        assert not signatures.is_sound(session, kept)
        session.rollback()


@pytest.mark.parametrize("content", [b"", b"GIF89a", png()[:60], png(2_000, 10), png(10, 900), b"\x89PNG" + b"\0" * 300_000],
                         ids=["nothing", "gif", "half", "wide", "high", "large"])
def test_only_a_small_png_is_a_signature(step, tmp_path, content):
    wang = step.actor("wang")
    with unit_of_work(wang) as session, pytest.raises(EngineError):
        signatures.keep(session, wang, tmp_path / "files", content)
    assert not (tmp_path / "files").exists()


# ── 批量 ──

def ticked(works, who, tasks, outcome="done"):
    actor = works.actor(who)
    return bulk_complete(lambda: unit_of_work(actor), actor, [(task, key()) for task in tasks], outcome, "同意")


def test_each_ticked_task_has_its_own_result(works):
    works.deploy(start(), mine("b", bulk="true"), service("x", "flow.notify", code='"N-02"', to="start.to", text='"x"'), mine("c"), end(),
                 "s > b > x > c > e")
    works.deploy(start(), mine("b"), end(), "s > b > e", key="single")
    for _ in range(3):
        works.start(to=[])
    works.start("single")
    works.start(by="chen", to=[])
    tasks = [task.id for task in works.open_tasks()]
    works.do_task("wang", tasks[1])
    results = ticked(works, "wang", [*tasks, 999_999])
    assert [r.ok for r in results] == [True, False, True, False, False, False] and [r.task_id for r in results] == [*tasks, 999_999]
    assert [r.status for r in results] == [200, 409, 200, 403, 403, 404]
    assert results[1].text.format(**results[1].params).startswith("已由 王强 于") and results[3].text == "此步骤须逐个办理"
    assert works.waiting() == ["b", "b", "c", "c", "c"]
    assert {e.opinion for e in works.events("complete") if e.task_id in (tasks[0], tasks[2])} == {"同意"}


def test_a_hundred_at_most_and_something_at_least(works):
    for tasks in ([], range(101)):
        with pytest.raises(EngineError):
            ticked(works, "wang", tasks)


def test_the_same_list_sent_twice_counts_once(works):
    works.deploy(start(), mine("b", bulk="true"), mine("c"), end(), "s > b > c > e")
    works.start()
    actor, tasks = works.actor("wang"), [(works.task("b"), "ticked-once")]
    for _ in range(2):
        assert [r.ok for r in bulk_complete(lambda: unit_of_work(actor), actor, tasks, "done")] == [True]
    assert len(works.events("complete")) == 1


# ── 常用意见 ──

def test_ones_own_sentences_and_those_of_ones_units(works):
    works.act("wang", opinions.add, "同意", idem_key=None)
    works.act("wang", opinions.add, " 同意 ", idem_key=None)
    mine_ = works.act("wang", opinions.add, "请核对照片", idem_key=None)
    works.act("zhao", opinions.add, "按规程执行", works.ids["unit:qingyuan"], idem_key=None)
    works.act("zhang", opinions.add, "现场已核实", works.ids["unit:plant1"], idem_key=None)
    assert [(p.text, p.unit) for p in works.act("wang", opinions.phrases, idem_key=None)] == [
        ("同意", ""), ("请核对照片", ""), ("现场已核实", "第一水厂"), ("按规程执行", "清源供水公司")]
    assert works.act("feng", opinions.phrases, idem_key=None) == []
    with pytest.raises(Missing):
        works.act("chen", opinions.remove, mine_.id, idem_key=None)
    works.act("wang", opinions.remove, mine_.id, idem_key=None)
    assert len(works.act("wang", opinions.phrases, idem_key=None)) == 3


@pytest.mark.parametrize(("who", "unit"), [("wang", "filter"), ("zhang", "plant2"), ("zhao", "bishui")])
def test_sentences_of_a_unit_are_written_by_who_may(works, who, unit):
    with pytest.raises(NotYours):
        works.act(who, opinions.add, "同意", works.ids[f"unit:{unit}"], idem_key=None)


@pytest.mark.parametrize("text", ["", "  ", "长" * 201])
def test_a_sentence_says_something_short(works, text):
    with pytest.raises(EngineError):
        works.act("wang", opinions.add, text, idem_key=None)
