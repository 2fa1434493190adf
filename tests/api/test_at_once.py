"""Two programs in the same instant: one effect, and a clear answer to the other."""
from threading import Barrier, Thread

import pytest

from data_model.process import HistoryEvent

CLOSE = {"outcome": "close", "answers": {"is_danger": False}, "opinion": "误报"}


def at_once(*deeds):
    """Let them all go at the same moment; what each got."""
    line, got = Barrier(len(deeds)), [None] * len(deeds)

    def run(number, deed):
        line.wait()
        got[number] = deed()

    threads = [Thread(target=run, args=one) for one in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def send(program, task, key):
    return lambda: program.raw("POST", f"/tasks/{task}/complete", json=CLOSE, headers={"Idempotency-Key": key})


@pytest.mark.parametrize("keys, statuses", [(("a", "b", "c"), [200, 409, 409]), (("a", "a", "a"), [200, 200, 200])])
def test_one_effect(program, reported, story, keys, statuses):
    task = story.task("confirm")
    answers = at_once(*(send(program("li"), task, key) for key in keys))
    assert sorted(answer.status_code for answer in answers) == statuses
    done = [answer.json for answer in answers if answer.status_code == 200]
    late = [answer.json for answer in answers if answer.status_code == 409]
    assert all(answer == done[0] for answer in done) and all(answer["who"] == "李敏" and answer["when"] for answer in late)
    assert len(story.rows(HistoryEvent, element_id="confirm", action="complete")) == 1
