"""The document is true: it validates, every answer is as it says, and whatever it lets through breaks nothing."""
from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from data_model.attachment import Attachment
from web.api.document import routes, step_forms

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
FEW = examples(max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
               suppress_health_check=list(HealthCheck))


@pytest.fixture(params=["zh", "en"])
def document(request, stranger):
    return stranger.client.get("/api/v1/openapi.json", headers={"Accept-Language": request.param}).json


def test_it_is_openapi_3_1(document):
    OpenAPIV31SpecValidator(document).validate()


def test_it_holds_every_door_and_every_form(document, web_app):
    told = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert len(told) == len(list(routes(web_app))) > 15
    assert {"form.hidden_danger.start", "form.hidden_danger.confirm", "form.snapshot.judge"} <= set(document["components"]["schemas"])
    assert "hidden_danger.clues" not in step_forms()
    five = document["components"]["schemas"]["form.hidden_danger.configure"]
    assert "five_plan" in five["properties"] and five["additionalProperties"] is False


def test_it_speaks_the_language_asked_for(stranger):
    english = stranger.client.get("/api/v1/openapi.json", headers={"Accept-Language": "en"}).json
    words = [deed["summary"] for methods in english["paths"].values() for deed in methods.values()]
    assert all(word.isascii() for word in words) and english["components"]["schemas"]["form.hidden_danger.start"]["properties"]["grid"]["title"].isascii()


def test_it_says_nothing_of_this_installation(stranger, story, house):
    told = str(stranger.client.get("/api/v1/openapi.json").json)
    assert "过滤区" not in told and "王强" not in told


def test_the_page_shows_every_door_in_both_languages(visit, document):
    wang = visit("wang")
    for language in ("zh", "en"):
        wang.post("/language", {"language": language})
        page = wang.get("/api/v1/docs").get_data(as_text=True)
        assert all(f">{path}<" in page for path in document["paths"])
        assert "<script>" not in page and "style=" not in page and "王强" in page
    assert visit().get("/api/v1/docs").status_code == 200, "also before signing in"


def test_whatever_the_document_lets_through_breaks_nothing(web_app, program, story, house):
    """Li and Wang's programs send what the schema allows, and some of what it does not, at real and at unreal tasks."""
    web_app.testing = False
    cases = [story.start("wang", "hidden_danger", grid=house["unit:filter"], description=f"第{n}处护栏松动", photos=[story.photo("wang")])
             for n in range(3)]
    tasks = [story.task("confirm", case) for case in cases]
    real = {"task_id": [*tasks, 10**9], "instance_id": [*cases, 10**9], "key": ["hidden_danger", "snapshot", "nothing"],
            "file_id": [story.rows(Attachment)[0].id, 10**9]}
    ended = {**real, "instance_id": [cases[0], 10**9]}  # the others go on
    schema, keys = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", web_app), count(1)
    people = [program("li").token, program("wang").token]
    seen = set()

    @FEW
    @given(data=st.data())
    def fuzz(operation, mode, data):
        case = data.draw(operation.as_strategy(generation_mode=mode))
        for name in case.path_parameters or {}:
            case.path_parameters[name] = data.draw(st.sampled_from((ended if "cancel" in operation.path else real)[name]))
        case.headers["Authorization"] = f"Bearer {data.draw(st.sampled_from(people))}"
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f"k{next(keys)}"
        answer = case.call()
        seen.add((operation.label, answer.status_code))
        case.validate_response(answer, checks=(*CHECKS, negative_data_rejection) if _still_wrong(case) else CHECKS)

    for found in schema.get_all_operations():
        fuzz(found.ok(), GenerationMode.POSITIVE)
        if found.ok().query or found.ok().body:
            fuzz(found.ok(), GenerationMode.NEGATIVE)
    assert {("GET /api/v1/tasks", 200), ("POST /api/v1/cases", 422), ("GET /api/v1/tasks/{task_id}", 200),
            ("POST /api/v1/tasks/{task_id}/claim", 200), ("GET /api/v1/cases/{instance_id}/timeline", 200)} <= seen


def _still_wrong(case) -> bool:
    """What it sends itself breaks the schema; a wrong key, token or path was replaced by a true one."""
    return any(part.mode is GenerationMode.NEGATIVE for place, part in case.meta.components.items()
               if place in (ParameterLocation.BODY, ParameterLocation.QUERY))
