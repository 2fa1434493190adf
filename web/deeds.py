"""What can be done to a task or a case besides answering it: each with its word, its form, and the one action behind it."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from data_model.actor import Actor
from engine import actions
from forms import StepForm, deeds

Act = Callable[[Session, Actor, int, Mapping[str, Any], str], Any]


@dataclass(frozen=True)
class Deed:
    """One entry of the menu; shown when its word is among what the person may do.

    Attributes:
        word: as `task_view(...).may` has it, and in the address.
        stays: the task is still the person's afterwards, so the page is shown again; else the next one opens.
    """

    word: str
    label: str
    icon: str
    form: type[StepForm]
    act: Act
    done: str
    hint: str = ""
    grave: bool = False
    stays: bool = False


def _transfer(session: Session, actor: Actor, task_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.transfer(session, actor, task_id, said["to"], said["reason"], idem_key=key)


def _delegate(session: Session, actor: Actor, task_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.delegate(session, actor, task_id, said["to"], said["reason"], idem_key=key)


def _take_back(session: Session, actor: Actor, task_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.take_back(session, actor, task_id, said["reason"], idem_key=key)


def _return(session: Session, actor: Actor, task_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.return_to(session, actor, task_id, said["element"], said["reason"], mode=said.get("mode") or None, idem_key=key)


def _reject(session: Session, actor: Actor, task_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.reject(session, actor, task_id, said["reason"], idem_key=key)


def _withdraw(session: Session, actor: Actor, task_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.withdraw(session, actor, task_id, said["reason"], idem_key=key)


def _add_signer(session: Session, actor: Actor, task_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.add_signer(session, actor, task_id, said["people"], said["where"], said["reason"], idem_key=key)


def _remove_signer(session: Session, actor: Actor, task_id: int, said: Mapping[str, Any], key: str) -> Any:
    """A signer has a task of their own, or, before their turn, is named by the step's."""
    kind, _, number = (said["signer"] or "").partition(":")
    row_id = int(number) if number.isdecimal() and len(number) < 16 else 0  # what nobody offered, the engine refuses
    target, who = (row_id, None) if kind == "task" and row_id else (task_id, row_id)
    return actions.remove_signer(session, actor, target, said["reason"], user_id=who, idem_key=key)


def _copy(session: Session, actor: Actor, instance_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.copy_to(session, actor, instance_id, said["people"], said["note"], idem_key=key)


def _cancel(session: Session, actor: Actor, instance_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.cancel(session, actor, instance_id, said["reason"], idem_key=key)


def _ask_return(session: Session, actor: Actor, instance_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.ask_for(session, actor, instance_id, "return", said["reason"], idem_key=key)


def _ask_cancel(session: Session, actor: Actor, instance_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.ask_for(session, actor, instance_id, "cancel", said["reason"], idem_key=key)


def _agree(session: Session, actor: Actor, task_id: int, said: Mapping[str, Any], key: str) -> Any:
    return actions.agree_to_cancel(session, actor, task_id, idem_key=key)


OF_TASK = {deed.word: deed for deed in (
    Deed("return", "退回", "arrow-back-up", deeds.ReturnForm, _return, "已退回。"),
    Deed("transfer", "转办", "arrow-forward-up", deeds.TransferForm, _transfer, "已转办。",
         "交给别人办理，之后不再是您的待办。"),
    Deed("delegate", "委派", "user-question", deeds.DelegateForm, _delegate, "已委派，对方交回后由您决定。",
         "请同事先看，任务还会回到您手里。"),
    Deed("take_back", "收回委派", "user-x", deeds.TakeBackForm, _take_back, "已收回，现在由您办理。",
         "不再等对方的意见，由您直接办理。", stays=True),
    Deed("add_signer", "加签", "user-plus", deeds.AddSignerForm, _add_signer, "已加签。", stays=True),
    Deed("remove_signer", "减签", "user-minus", deeds.RemoveSignerForm, _remove_signer, "已减签。",
         "只能减去您加的、还没有签字的人。", stays=True),
    Deed("withdraw", "撤回", "rotate", deeds.WithdrawForm, _withdraw, "已撤回，现在由您重新办理。",
         "下一步还没有人处理时可以撤回，撤回后由您重新办理。", stays=True),
    Deed("agree_to_cancel", "同意撤销", "ban", deeds.AgreeForm, _agree, "流程已撤销。",
         "发起人已申请撤销。同意后整个流程结束，不能恢复。", grave=True),
    Deed("reject", "驳回", "circle-x", deeds.RejectForm, _reject, "已驳回，流程已结束。",
         "驳回后整个流程结束，不能恢复。只要对方修改时，请用“退回”。", grave=True),
)}
OF_CASE = {deed.word: deed for deed in (
    Deed("cc", "抄送", "send", deeds.CopyForm, _copy, "已抄送。", stays=True),
    Deed("ask_return", "申请退回", "arrow-back-up", deeds.AskReturnForm, _ask_return, "已申请，请等待当前办理人处理。",
         "下一步已有人处理，不能自己撤回，可以请当前办理人退回。", stays=True),
    Deed("ask_cancel", "申请撤销", "ban", deeds.AskCancelForm, _ask_cancel, "已申请，请等待当前办理人处理。",
         "已有人办理，不能自己撤销，可以请当前办理人同意撤销。", stays=True),
    Deed("cancel", "撤销流程", "ban", deeds.CancelForm, _cancel, "流程已撤销。", grave=True),
)}
