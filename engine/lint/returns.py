"""Returning a case: a step may only be sent back to steps that people do."""
from engine.lint.finding import Checked, Drafts, error, rule, warning
from engine.lint.tasks import PERSON
from engine.returns import WORDS


@rule("returnable")
def returnable(checked: Checked) -> Drafts:
    """A step of a called process is named with that process before it: other/check."""
    tasks = {element.id for element in checked.diagram.tagged(*PERSON)}
    for element in checked.diagram.tagged(*PERSON):
        for word in (w.strip() for w in element.properties.get("returnable_to", "").split(",")):
            if word == element.id:
                yield error(element, "「{element}」不能退回到自己，请改正属性 returnable_to")
            elif word and word not in WORDS and word not in tasks and "/" not in word:
                yield error(element, "「{element}」的属性 returnable_to 中的“{word}”不是本流程的用户任务，请填任务编号，或 starter、previous、any",
                            word=word[:60])


@rule("resubmit")
def resubmit(checked: Checked) -> Drafts:
    for element in checked.diagram.tagged(*PERSON):
        named = element.properties.get("returnable_to", "").strip() or "return" in element.properties.get("allow", "")
        if element.properties.get("resubmit") and not named:
            yield warning(element, "「{element}」写了重新提交的方式（resubmit），却不能退回，请设置 returnable_to")
