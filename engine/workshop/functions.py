"""The functions of the closed language as the modeler explains them: what each is for, and what its arguments mean."""
from dataclasses import dataclass
from enum import StrEnum


class Takes(StrEnum):
    """Where an argument's value is picked from."""

    UNIT = "unit"  # an entry of the data that holds a place
    ROLE = "role"
    DEPARTMENT = "department"
    PERSON_FIELD = "person_field"  # an entry of the data that holds a person, named as a text
    TASK = "task"
    PEOPLE = "people"
    NUMBER = "number"
    TIME = "time"
    SHARE = "share"
    DURATION = "duration"
    VALUE = "value"


@dataclass(frozen=True)
class Argument:
    takes: Takes
    label: str
    optional: bool = False


@dataclass(frozen=True)
class Function:
    """One line of the list. `gives`: candidates, unit, time or value."""

    name: str
    label: str
    help: str
    arguments: tuple[Argument, ...]
    gives: str


_PLACE = Argument(Takes.UNIT, "哪个单位")
_START = Argument(Takes.TIME, "从何时算起（不填为现在）", optional=True)

CANDIDATES = (
    Function("grid_owner", "网格负责人", "该网格的负责人；缺位时依次为备份、上级网格负责人、公司安全管理员", (_PLACE,), "candidates"),
    Function("grid_up", "上一级负责人", "上一级网格中不同于本级负责人的那一位；没有时为公司安全管理员", (_PLACE,), "candidates"),
    Function("role", "担任某角色的人", "在该单位担任此角色的所有人；该单位没有时逐级向上找",
             (Argument(Takes.ROLE, "角色"), _PLACE), "candidates"),
    Function("dept_head", "部门负责人", "该单位所属公司中此职能部门的负责人",
             (_PLACE, Argument(Takes.DEPARTMENT, "部门职能")), "candidates"),
    Function("fgld", "分管领导", "该单位所属公司的分管领导", (_PLACE,), "candidates"),
    Function("gm", "总经理", "该单位所属公司的总经理", (_PLACE,), "candidates"),
    Function("chair", "董事长", "该单位所属公司的董事长", (_PLACE,), "candidates"),
    Function("starter", "发起人", "发起这个流程的人", (), "candidates"),
    Function("field", "表单中选定的人", "前面某一步的表单里选出的人", (Argument(Takes.PERSON_FIELD, "哪个字段"),), "candidates"),
    Function("done_by", "前面步骤的办理人", "实际办理了那一步的人", (Argument(Takes.TASK, "哪一步"),), "candidates"),
    Function("users", "指定的人", "直接写明的人；人员变动时须修改流程图，尽量用角色", (Argument(Takes.PEOPLE, "哪些人"),), "candidates"),
)
UNITS = (
    Function("station", "所属厂站", "该单位所属的厂站", (_PLACE,), "unit"),
    Function("company", "所属公司", "该单位所属的公司", (_PLACE,), "unit"),
)
TIMES = (
    Function("workdays", "若干个工作日后", "按公司工作时间计算，法定节假日不计", (Argument(Takes.NUMBER, "工作日"), _START), "time"),
    Function("workhours", "若干个工作小时后", "按公司工作时间计算，下班时间不计", (Argument(Takes.NUMBER, "工作小时"), _START), "time"),
    Function("calendar_days", "若干天后", "自然日，周末和节假日也计", (Argument(Takes.NUMBER, "天"),), "time"),
    Function("calendar_hours", "若干小时后", "自然时间，夜间和周末也计", (Argument(Takes.NUMBER, "小时"),), "time"),
    Function("between", "期限过去一部分时", "两个时刻之间过去这一比例的时刻，0.8 即期限的 80 %",
             (Argument(Takes.TIME, "起"), Argument(Takes.TIME, "止"), Argument(Takes.SHARE, "比例（0 到 1）")), "time"),
    Function("workbetween", "工作时间过去一部分时", "同上，只计公司工作时间",
             (Argument(Takes.TIME, "起"), Argument(Takes.TIME, "止"), Argument(Takes.SHARE, "比例（0 到 1）")), "time"),
    Function("day_end", "某日结束时", "那一天的最后一秒", (Argument(Takes.TIME, "日期"),), "time"),
    Function("every", "重复若干次", "从首次起，每隔一段时间一次",
             (Argument(Takes.NUMBER, "次数"), Argument(Takes.DURATION, "间隔"), Argument(Takes.TIME, "首次")), "time"),
    Function("is_workday", "是否工作日", "那一天公司是否上班", (Argument(Takes.TIME, "日期"),), "value"),
)
VALUES = (
    Function("get", "可能没有的项", "取字典中的一项，没有时用缺省值，不报错",
             (Argument(Takes.VALUE, "字典"), Argument(Takes.VALUE, "键"), Argument(Takes.VALUE, "缺省值", optional=True)), "value"),
    Function("len", "个数", "列表的项数或文字的字数", (Argument(Takes.VALUE, "列表或文字"),), "value"),
    Function("sum", "合计", "一列数之和", (Argument(Takes.VALUE, "列表"),), "value"),
    Function("min", "最小", "其中最小的一个", (Argument(Takes.VALUE, "列表"),), "value"),
    Function("max", "最大", "其中最大的一个", (Argument(Takes.VALUE, "列表"),), "value"),
    Function("abs", "绝对值", "去掉负号", (Argument(Takes.VALUE, "数"),), "value"),
    Function("round", "四舍五入", "保留几位小数", (Argument(Takes.VALUE, "数"), Argument(Takes.NUMBER, "位数", optional=True)), "value"),
    Function("int", "取整", "变成整数", (Argument(Takes.VALUE, "数"),), "value"),
    Function("float", "变成小数", "把文字变成数", (Argument(Takes.VALUE, "数"),), "value"),
    Function("str", "变成文字", "把数变成文字", (Argument(Takes.VALUE, "值"),), "value"),
    Function("bool", "是否有值", "空、0 和没有为否，其余为是", (Argument(Takes.VALUE, "值"),), "value"),
    Function("any", "任一成立", "列表中有一项成立", (Argument(Takes.VALUE, "列表"),), "value"),
    Function("all", "全部成立", "列表中每一项都成立", (Argument(Takes.VALUE, "列表"),), "value"),
    Function("date", "哪一天", "一个时刻所在的日期", (Argument(Takes.TIME, "时刻"),), "value"),
    Function("days_between", "相差几天", "两个日期相差的天数", (Argument(Takes.TIME, "起"), Argument(Takes.TIME, "止")), "value"),
    Function("today", "今天", "公司所在时区的今天", (), "value"),
    Function("now", "现在", "公司所在时区的此刻", (), "value"),
)
ALL = (*CANDIDATES, *UNITS, *TIMES, *VALUES)
