"""Forms by themselves: what they show, what they make of what is sent, what they refuse and in which words."""
from datetime import datetime

import pytest
from werkzeug.datastructures import MultiDict

from data_model import clock
from data_model.session import unit_of_work
from engine import bpmn_xml
from engine.deployment import SHIPPED
from forms import FormContext, form_class, has_form
from forms.words import Said

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=clock.zone())


@pytest.fixture
def shown(actor):
    """A form as a person would be shown it, or as it takes what was sent."""
    def show(name, who="li", sent=None, say=str, **context):
        person = actor(who)
        with clock.at(NOW), unit_of_work(person, write=False) as session:
            form = form_class(name)(MultiDict({k: str(v) for k, v in sent.items()}) if sent is not None else None,
                                    context=FormContext(session, person, say=say, **context))
            if sent is not None:
                form.validate()
            form.html = {field.name: str(field()) for field in form}
            return form
    return show


def test_every_step_of_the_shipped_diagrams_has_its_form():
    wanted = []
    for path in SHIPPED.glob("*.bpmn"):
        diagram = bpmn_xml.read(path.read_bytes())
        wanted += [f"{path.stem}.start", *(f"{path.stem}.{element.id}" for element in diagram.tagged("userTask"))]
    assert len(wanted) >= 10
    assert [name for name in wanted if not has_form(name)] == []


@pytest.mark.parametrize("name", ["", "hidden_danger", "hidden_danger.nothing", "nothing.start", "base.step", "..start", "os.path",
                                  "hidden_danger.clues_form"])
def test_a_name_without_a_form_is_no_form(name):
    assert not has_form(name)


def test_people_to_choose_from_are_those_of_the_company(shown):
    form = shown("hidden_danger.configure", data={"confirm": {"level": "一般Ⅱ"}, "default_days": 3})
    assert "陈刚（第一水厂）" in form.html["rectifier"]
    assert "钱进" not in form.html["rectifier"]
    assert 'data-picker="people"' in form.html["rectifier"]
    assert 'value="2026-03-05"' in form.html["deadline"]
    assert "five_money" not in form


def test_a_major_danger_asks_for_the_five_commitments(shown):
    assert "five_money" in shown("hidden_danger.configure", data={"confirm": {"level": "重大"}})


def test_a_qr_code_names_the_grid(shown, house):
    place = house["unit:filter"]
    form = shown("snapshot.start", query={"grid": str(place)})
    assert f'<option value="{place}" selected>第一水厂 / 过滤区</option>' in form.html["grid"]
    assert shown("snapshot.start", query={"grid": "1; drop"}).grid.data is None


def test_names_are_escaped(shown, house):
    from data_model.actor import SYSTEM
    from data_model.organisation import User
    with unit_of_work(SYSTEM) as session:
        session.get(User, house["chen"]).name = "<script>陈"
    assert "<script>" not in shown("hidden_danger.configure", data={}).html["rectifier"]


def test_choices_speak_the_readers_language(shown):
    english = {"是": "Yes", "否": "No", "重大": "Major"}.get
    form = shown("hidden_danger.confirm", say=lambda text: english(text, text))
    assert "Yes" in form.html["is_danger"]
    assert '<option value="重大">Major</option>' in form.html["level"]


def test_the_proposed_level_is_chosen_beforehand(shown):
    form = shown("hidden_danger.confirm", data={"suggested_level": "一般Ⅰ", "start": {"is_source": True}})
    assert (form.level.data, form.is_source.data, form.stop_work.data) == ("一般Ⅰ", True, False)


def test_the_answers_are_small_json(shown, house):
    form = shown("hidden_danger.configure", data={"confirm": {"level": "一般Ⅱ"}}, sent={
        "engineering": "  加固  ", "rectifier": house["chen"], "checker": house["sun"], "deadline": "2026-03-06", "budget": "12.30"})
    assert not form.errors
    assert form.answers() == {
        "engineering": "加固", "management": "", "training": "", "protection": "", "emergency": "", "rectifier": house["chen"],
        "helper": None, "checker": house["sun"], "deadline": "2026-03-06", "budget": 12.3}


def test_an_entered_moment_is_the_companys(shown, house):
    form = shown("snapshot.start", "wang", sent={"taken_at": "2026-03-02T08:30", "grid": house["unit:filter"], "description": "湿滑"})
    assert form.answers()["taken_at"] == "2026-03-02T08:30:00+08:00"


def test_words_of_an_error_remember_what_they_were_made_of(shown):
    error = shown("snapshot.start", "wang", sent={"description": "长" * 2001}).errors["description"][0]
    assert isinstance(error, Said)
    assert (error.text, error.params) == ("最多 {max} 个字，现有 {length} 个字", {"max": 2000, "length": 2001})
    assert error == "最多 2000 个字，现有 2001 个字"


@pytest.mark.parametrize("junk", ["-1", "1e3", "9" * 40, "x", "0"])
def test_junk_for_a_row_is_refused_beside_the_field(shown, junk):
    form = shown("hidden_danger.configure", data={}, sent={"rectifier": junk})
    assert form.errors["rectifier"]


@pytest.mark.parametrize("junk", ["inf", "nan", "1e99", "abc", "-0.01"])
def test_junk_for_money_is_refused_beside_the_field(shown, junk):
    form = shown("hidden_danger.configure", data={}, sent={"budget": junk})
    assert form.errors["budget"]
