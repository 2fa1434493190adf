"""A program names several people in one field, as the page's form does."""
import json

from data_model import clock
from forms import FormContext, form_class
from tests.flows.story import MONDAY
from web.api.form_shapes import posted, shape_of


def test_people_are_a_list_of_ids_and_copies_may_be_nobody(story, web_app):
    with clock.at(MONDAY), web_app.test_request_context(), story._acting("zhang") as (session, actor):  # one day from the first line to the last
        form = form_class("assignment.start")(None, context=FormContext(session, actor))
        shape = json.loads(json.dumps(shape_of(form), default=str))
        assert shape["properties"]["assignees"]["items"]["type"] == "integer"
        assert (shape["properties"]["assignees"]["minItems"], shape["properties"]["cc"]["minItems"]) == (1, 0)
        assert "assignees" in shape["required"] and "cc" not in shape["required"]
        people = [story.ids["wang"], story.ids["chen"]]
        sent = posted(form, {"title": "护栏刷漆", "content": "刷两遍", "assignees": people, "deadline": clock.today().isoformat()})
        filled = form_class("assignment.start")(sent, context=FormContext(session, actor))
        assert filled.validate(), filled.errors
        assert (filled.answers()["assignees"], filled.answers()["cc"]) == (people, [])
