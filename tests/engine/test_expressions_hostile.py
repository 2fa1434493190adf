"""Whatever a line holds, there is one answer to it, and the budgets are kept. Times are measured by benchmarks/expressions.py."""
import io
import json
import tracemalloc

import pytest

from engine.expressions import limits
from engine.expressions.lines import answer, answers
from tests.engine import hostile

CORPUS = list(hostile.lines())


def test_every_line_has_one_answer_and_nothing_gets_out(tmp_path):
    for name, line, good in CORPUS:
        said = answer(line)
        found = json.loads(said)
        assert "\n" not in said and said.isascii(), name
        assert list(found) in (["value"], ["error"]), name
        assert good is None or ("value" in found) is good, (name, said[:200])
        assert "/" not in found.get("error", ""), name  # no path, no traceback


@pytest.mark.parametrize("line", [
    pytest.param(line, id=name) for name, line, _ in CORPUS
    if name.startswith(("full objects", "full pairs [x", "full wide", "script texts", "script copies", "numbers [x[", "text [x +"))])
def test_no_line_takes_much_memory(line):
    tracemalloc.start()
    try:
        start = tracemalloc.get_traced_memory()[0]
        answer(line)
        assert tracemalloc.get_traced_memory()[1] - start < 16 * 2**20
    finally:
        tracemalloc.stop()


def test_answers_are_remembered_nowhere():
    tracemalloc.start()
    try:
        answer('{"kind":"expr","source":"0","data":{}}')
        start = tracemalloc.get_traced_memory()[0]
        for number in range(300):
            answer(json.dumps({"kind": "expr", "source": f"[{number}{',1' * 350}]", "data": {}}))
        assert tracemalloc.get_traced_memory()[0] - start < 2**20
    finally:
        tracemalloc.stop()


def test_a_line_may_be_64_kilobytes_and_not_a_byte_more():
    empty = b'{"kind":"expr","source":"len(x)","data":{"x":""}}'
    room = limits.LINE_BYTES - len(empty)
    assert json.loads(answer(empty.replace(b'""', b'"' + b"a" * room + b'"'))) == {"value": room}
    assert "error" in json.loads(answer(empty.replace(b'""', b'"' + b"a" * (room + 1) + b'"')))


class Endless(io.RawIOBase):
    """A stream of `size` bytes without a line end, then an ordinary line."""

    def __init__(self, size: int, then: bytes) -> None:
        self.left, self.then, self.most = size, then, 0

    def readline(self, size: int = -1) -> bytes:
        assert size > 0
        self.most = max(self.most, size)
        if self.left:
            part = min(size, self.left)
            self.left -= part
            return b"a" * part
        line, end, self.then = self.then.partition(b"\n")
        return line + end


def test_a_line_without_end_is_read_past_not_read_in():
    stream = Endless(10**9, b"\n" + b'{"kind":"expr","source":"1+1","data":{}}\n')
    assert [list(json.loads(said)) for said in answers(stream)] == [["error"], ["value"]]
    assert stream.most < 2 * limits.LINE_BYTES


def test_each_line_of_a_stream_is_answered_in_order():
    stream = io.BytesIO(b'{"kind":"expr","source":"a","data":{"a":1}}\r\n\nnonsense\n{"kind":"script","source":"a=2","data":{"b":1}}')
    assert [json.loads(said) for said in answers(stream)] == [
        {"value": 1}, {"error": "不是合法的 JSON"}, {"error": "不是合法的 JSON"}, {"value": {"b": 1, "a": 2}}]
