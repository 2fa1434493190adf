"""What an element without a name is called: its kind, and the nearest one that has a name. And codes of its properties in words."""
import re
from collections.abc import Mapping
from typing import Any

from engine.bpmn_xml import BPMN, FLOW_NODES, local
from engine.workshop.expectations import Words
from engine.workshop.fact_words import PROPERTIES, TAGS, value_words

_FAR = 20  # elements looked at for a name
_OUTCOME = re.compile(r"(?P<label>.*) \((?P<value>[^()]*)\)(?P<opinion> !)?")
_LISTED = {
    PROPERTIES["allow"]: {"transfer": "转办", "delegate": "委派", "cc": "抄送", "remind": "催办", "withdraw": "撤回", "cancel": "撤销",
                          "add_signer": "加签"},
    PROPERTIES["duty"]: {"do": "办理", "approve": "审批", "verify": "复核、验收"},
    PROPERTIES["starters"]: {"everyone": "所有人"},
}


class Called:
    """How people know the elements of one diagram."""

    def __init__(self, root: Any) -> None:
        self.nodes: dict[str, Any] = {}
        self.before: dict[str, list[str]] = {}
        self.after: dict[str, list[str]] = {}
        for node in root.iter(f"{{{BPMN}}}*"):
            if node.get("id"):
                self.nodes.setdefault(node.get("id"), node)
            if local(node) == "sequenceFlow":
                source, target = node.get("sourceRef", ""), node.get("targetRef", "")
                self.before.setdefault(target, []).append(source)
                self.after.setdefault(source, []).append(target)

    def __getitem__(self, id: str) -> str:
        """Its name; else words that say where it stands; of what is no element, the id."""
        node = self.nodes.get(id)
        if node is None:
            return id
        if node.get("name"):
            return str(node.get("name"))
        if local(node) == "sequenceFlow":
            return Words("{source} → {target}", source=self._end(node.get("sourceRef", "")), target=self._end(node.get("targetRef", "")))
        if local(node) not in FLOW_NODES:
            return id
        kind, host = TAGS.get(local(node), local(node)), self._name(node.get("attachedToRef", ""))
        if host:
            return Words("{kind}（附着于「{step}」）", kind=kind, step=host)
        if near := self._near(id, self.before):
            return Words("{kind}（「{step}」之后）", kind=kind, step=near)
        if near := self._near(id, self.after):
            return Words("{kind}（「{step}」之前）", kind=kind, step=near)
        return kind

    def _end(self, id: str) -> str:
        node = self.nodes.get(id)
        return id if node is None or local(node) == "sequenceFlow" else self[id]

    def _name(self, id: str) -> str:
        node = self.nodes.get(id)
        return str(node.get("name") or "") if node is not None else ""

    def _near(self, id: str, ways: Mapping[str, list[str]]) -> str:
        seen = [id]
        for one in seen:  # grows while it is walked
            if one != id and (name := self._name(one) or self._name(self._host(one))):
                return name
            if len(seen) < _FAR:
                seen += [other for other in ways.get(one, ())[:_FAR] if other not in seen]
        return ""

    def _host(self, id: str) -> str:
        node = self.nodes.get(id)
        return str(node.get("attachedToRef", "")) if node is not None else ""


def outcomes(said: Any) -> str:
    """Buttons, one a line: `通过 (pass)`, with a mark where an opinion is asked. '' of what is no list of buttons."""
    if not isinstance(said, list) or not all(isinstance(one, dict) and isinstance(one.get("label"), str) for one in said):
        return ""
    return "\n".join(f"{one['label']} ({one.get('value', '')}){' !' if one.get('opinion') is True else ''}" for one in said)


def spoken(what: str, line: str) -> list[str]:
    """Message ids for one line of what is written, to stand beside each other."""
    if getattr(line, "params", None):
        return [line]
    if what in _LISTED:
        words = _LISTED[what]
        return [words.get(part.strip(), part.strip()) for part in line.split(",")]
    if what == PROPERTIES["outcomes"] and (found := _OUTCOME.fullmatch(line)):
        text = "{label}（{value}，须写意见）" if found["opinion"] else "{label}（{value}）"
        return [Words(text, label=found["label"], value=found["value"])]
    return [value_words(what, line)]
