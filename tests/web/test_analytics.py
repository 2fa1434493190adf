"""流程分析 in the browser: the pages, the diagram in heats, and the event log as files that others can read."""
import csv
import io

import pytest
from lxml import etree

from data_model import clock
from data_model.process import HistoryEvent
from tests.diagrams import end, start
from tests.engine.workshop import Workshop, mine
from tests.flows.story import MONDAY

XES = "{http://www.xes-standard.org/}"
ORDER = ["extension", "global", "classifier", "string", "trace"]


@pytest.fixture
def works(house, app):
    with clock.at(MONDAY):
        works = Workshop(house)
        works.deploy(start(), mine("a"), mine("b", due="P1D"), end(), "s > a > b > e", key="line")
        works.start("line")
        works.do("wang", "a", opinion="=1+1 <b>&\x07")
        works.start("line", by="qian")
        yield works


def test_the_page_tells_figures_and_the_diagram_its_heats(works, visit):
    owner = visit("po")
    assert 'href="/analytics/line' in owner.get("/analytics").get_data(as_text=True)
    page = owner.get("/analytics/line?measure=entered").get_data(as_text=True)
    assert "王强" in page and "/operations?flow=line" in page and "迁移过来的流程" not in page
    assert "迁移过来的流程，迁移前的任务也计在这一版本下" in owner.get("/analytics/line?version=1").get_data(as_text=True)
    heat = owner.get("/analytics/line/heat?measure=entered").json
    assert heat["marks"] == {"a": "heat-5", "b": "heat-3"} and heat["marked"]["a"] == "2" and "<bpmn:process" in heat["xml"]
    assert {"text": "2", "className": "heat-way"} in heat["marked"].values(), "how often a way was taken"
    owner.post("/language", {"language": "en"})
    assert "Median waiting" in owner.get("/analytics/line").get_data(as_text=True)


def test_only_whoever_may_analyse_comes_in_and_sees_what_lies_below(works, visit):
    assert visit("wang").get("/analytics/line").status_code == 403
    zhao = visit("zhao")
    assert zhao.get("/analytics/line/heat?measure=entered").json["marked"]["a"] == "1"
    assert "钱进" not in zhao.get("/analytics/line/log.csv?names=1").get_data(as_text=True)


@pytest.mark.parametrize("address", ["/analytics/nothing", "/analytics/line/log.pdf", "/analytics/nothing/heat"])
def test_what_is_not_there(works, visit, address):
    assert visit("po").get(address).status_code == 404


@pytest.mark.parametrize("asked", ["since=x&until=9999-99-99", "since=2030-01-01&until=2020-01-01", "unit=99999999999999999999", "version=7&measure=x"])
def test_whatever_the_address_says_the_page_opens(works, visit, asked):
    assert visit("po").get(f"/analytics/line?{asked}").status_code == 200


def test_the_event_log_is_xes_with_as_many_cases_and_events_as_the_history(works, visit):
    answer = visit("po").get("/analytics/line/log.xes")
    log = etree.fromstring(answer.data)
    kinds = [child.tag.removeprefix(XES) for child in log]
    assert log.get("xes.version") == "1849-2016" and sorted(kinds, key=ORDER.index) == kinds
    traces, events = log.findall(f"{XES}trace"), log.findall(f".//{XES}event")
    history = works.rows(HistoryEvent)
    assert (len(traces), len(events)) == (len({event.instance_id for event in history}), len(history))
    for event in events:
        said = {item.get("key"): item.get("value") for item in event}
        assert {"concept:name", "time:timestamp", "lifecycle:transition"} <= said.keys() and len(said) == len(event)
        assert clock.datetime.fromisoformat(said["time:timestamp"]).tzinfo
    assert "王强" not in answer.get_data(as_text=True), "people are codes unless names are asked for"


def test_the_event_log_as_a_table_runs_no_formula(works, visit):
    with clock.at(MONDAY):
        works.deploy(start(), mine("x", ), end(), "s > x > e", key="evil")
    table = list(csv.DictReader(io.StringIO(visit("po").get("/analytics/line/log.csv?names=1").data.decode("utf-8-sig"))))
    assert len(table) == len(works.rows(HistoryEvent)) and {row["resource"] for row in table} == {"王强", "钱进"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in table for cell in row.values())
