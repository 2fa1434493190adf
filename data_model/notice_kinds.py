"""The notification catalogue as people choose from it: kinds of notices, the codes they gather, and where each goes by default."""
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """The ways a notice can take to one person. GROUP: being named when a robot tells it to a group."""

    IN_APP = "in_app"
    MAIL = "mail"
    GROUP = "group"


@dataclass(frozen=True)
class Kind:
    """One line of the page where people choose.

    Attributes:
        must: cannot be switched off inside Anlan: the work would stand still, or somebody could be hurt.
        urgent: waits for no morning and for no digest.
        mail: whether it is mailed as long as nobody has chosen.
    """

    key: str
    name: str
    codes: tuple[str, ...]
    must: bool = False
    urgent: bool = False
    mail: bool = False

    def by_default(self, channel: Channel) -> bool:
        return self.mail if channel == Channel.MAIL else True


KINDS = (
    Kind("task", "待办到达", ("N-01",), must=True, mail=True),
    Kind("overdue", "催办、超时与升级", ("N-02", "N-22"), must=True, mail=True),
    Kind("major", "重大隐患", ("N-06",), must=True, urgent=True, mail=True),
    Kind("accident", "事故快报", ("N-15",), must=True, urgent=True, mail=True),
    Kind("permit", "作业许可与气体报警", ("N-18",), must=True, urgent=True),
    Kind("confirm", "隐患等待确认", ("N-05",), must=True),
    Kind("rectify", "整改到期与逾期", ("N-07", "N-08"), must=True, mail=True),
    Kind("recheck", "整改等待复核", ("N-09",), must=True),
    Kind("inspection", "检查与会签", ("N-10", "N-11", "N-12"), mail=True),
    Kind("result", "我的上报与申请", ("N-13", "N-14")),
    Kind("talk", "抄送、关注与评论", ("N-23", "N-24", "N-25")),
    Kind("publish", "危险源与岗位职责发布", ("N-03", "N-04")),
    Kind("reading", "文件签阅", ("N-17",)),
    Kind("drill", "演练缺口", ("N-16",), mail=True),
    Kind("hours", "工时填报", ("N-19",), mail=True),
    Kind("expiry", "证照与有效期", ("N-20",), mail=True),
    Kind("account", "账号与许可", ("N-21",), must=True, mail=True),
)
OTHER = Kind("other", "其他通知", ())
DIGEST = "digest"  # the code of the daily mail itself
TEST = "test"  # the code of a trial message to a robot
BY_KEY = {kind.key: kind for kind in (*KINDS, OTHER)}
_BY_CODE = {code: kind for kind in KINDS for code in kind.codes}


def kind_of(code: str) -> Kind:
    """A code of a diagram's own, that the catalogue does not list, is of the kind `other`."""
    return _BY_CODE.get(code, OTHER)


def listed_codes() -> frozenset[str]:
    """Every code that is not of the kind `other`."""
    return frozenset(_BY_CODE)
