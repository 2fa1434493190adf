"""The start event by which people begin a process, and the form that it names."""
from engine.bpmn_xml import Diagram, Element


def plain_start(diagram: Diagram, key: str) -> Element | None:
    """The start event of the process itself that nothing but a person rings."""
    return next((event for event in diagram.tagged("startEvent") if event.scope == key and not event.events), None)


def form_named(diagram: Diagram, key: str) -> str:
    """What its property `form` says; '' when it says nothing: then it is the coded form `<key>.start`."""
    found = plain_start(diagram, key)
    return found.properties.get("form", "").strip() if found else ""
