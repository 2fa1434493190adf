"""隐患治理: what is asked at each step of bpmn/hidden_danger.bpmn."""
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from wtforms import BooleanField
from wtforms.validators import Optional

from data_model import clock
from data_model.hidden_danger import DangerClass, DangerLevel
from forms.base import StepForm, needed
from forms.context import FormContext
from forms.fields import ChoiceField, CountField, DayField, MoneyField, PersonField, PhotoField, UnitField, WordsField, YesNoField

HARM = (("minor", "轻微"), ("serious", "可能重伤"), ("death", "可能死亡"))
HAZARD_LEVELS = ("低", "一般", "较大", "重大")
LONGEST_CURE = 90  # days; DMN-1 allows a major danger no longer
LEVELS = tuple(DangerLevel)  # from the gravest down
MEASURES = ("engineering", "management", "training", "protection", "emergency")
FIVE = ("five_duty", "five_money", "five_measures", "five_time", "five_plan")
CLUES = ("harm", "hazard_level", "major_listed", "partial_shutdown", "external_cause", "cross_grid", "fix_days", "cost_estimate")


class CluesForm(StepForm):
    """What the pre-grading goes by. All optional: the grid owner's confirmation decides."""

    harm = ChoiceField("可能后果", [Optional()], choices=HARM, empty=True, description="若不及时处理，最坏会怎样")
    hazard_level = ChoiceField("关联危险源等级", [Optional()], choices=HAZARD_LEVELS, empty=True)
    major_listed = BooleanField("符合重大事故隐患判定标准")
    partial_shutdown = BooleanField("需要全部或局部停产停用")
    external_cause = BooleanField("因外部原因无法自行排除")
    cross_grid = BooleanField("涉及多个网格")
    fix_days = CountField("预计整改天数", most=3650)
    cost_estimate = MoneyField("预计费用（元）")


class StartForm(CluesForm):
    """登记: direct entry into the ledger."""

    grid = UnitField("所在网格", [needed("请选择隐患所在的网格")])
    description = WordsField("隐患描述", [needed("请描述隐患")], limit=2000, least=5, rows=4,
                             description="什么部位、什么问题、可能造成什么后果")
    photos = PhotoField("现场照片", stage="before", least=1)
    immediate_action = WordsField("已采取的立即措施", [Optional()])

    groups = (("隐患信息", ("grid", "description", "photos", "immediate_action")), ("分级线索", CLUES))

    @classmethod
    def initial(cls, context: FormContext) -> Mapping[str, Any]:
        grid = context.query.get("grid", "")
        return {"grid": int(grid) if grid.isdecimal() else None}


class ConfirmForm(StepForm):
    """确认: 是否隐患, 是否危险源, 是否关闭, 是否上报."""

    is_danger = YesNoField("是否隐患", [needed("请判断是否隐患")])
    is_source = YesNoField("是否危险源", [needed("请判断是否危险源")], description="确定是危险源的，一定是隐患")
    danger_class = ChoiceField("隐患分类", [Optional()], choices=list(DangerClass), empty=True, description="GB/T 13861 四大类")
    level = ChoiceField("隐患级别", [Optional()], choices=list(DangerLevel), empty=True,
                        description="已按分级决策表给出建议，可以调整")
    level_reason = WordsField("调低级别的理由", [Optional()], limit=500, rows=2)
    urgent = YesNoField("是否立即危险", [Optional()])
    stop_work = YesNoField("立即停止作业", [Optional()], description="重大隐患或立即危险时必须选“是”")

    @classmethod
    def initial(cls, context: FormContext) -> Mapping[str, Any]:
        before = context.data.get("confirm") or {}
        return {"is_danger": True, "is_source": bool(context.said("start.is_source", False)), "urgent": False, "stop_work": False,
                "level": context.said("suggested_level")} | {k: v for k, v in before.items() if k in cls.__dict__}

    def check(self) -> None:
        outcome = self.context.outcome
        if self.is_source.data and not self.is_danger.data:
            self.refuse("is_danger", "确定是危险源的，一定是隐患")
        elif outcome == "close" and self.is_danger.data:
            self.refuse("is_danger", "关闭为非隐患时，“是否隐患”应为“否”")
        elif outcome != "close" and not self.is_danger.data:
            self.refuse("is_danger", "不是隐患的，请选择“关闭（非隐患）”")
        elif outcome in ("configure", "fixed"):
            self._check_grading()

    def _check_grading(self) -> None:
        if not self.danger_class.data:
            self.refuse("danger_class", "请选择隐患分类")
        if not self.level.data:
            self.refuse("level", "请选择隐患级别")
        elif self.context.outcome == "fixed" and self.level.data != DangerLevel.THREE:
            self.refuse("level", "只有一般Ⅲ级隐患可以当场整改后直接关闭")
        elif self._lowered() and not (self.level_reason.data or "").strip():
            self.refuse("level_reason", "级别低于建议的“{level}”，请说明理由", level=self.context.said("suggested_level"))
        if (self.level.data == DangerLevel.MAJOR or self.urgent.data) and not self.stop_work.data:
            self.refuse("stop_work", "重大隐患或立即危险时，必须立即停止作业")

    def _lowered(self) -> bool:
        suggested = self.context.said("suggested_level")
        return suggested in LEVELS and LEVELS.index(self.level.data) > LEVELS.index(suggested)


class ConfigureForm(StepForm):
    """配置整改: measures, people, deadline; 五落实 when the danger is a major one."""

    engineering = WordsField("工程技术措施", [Optional()], limit=500, rows=2)
    management = WordsField("管理措施", [Optional()], limit=500, rows=2)
    training = WordsField("教育培训措施", [Optional()], limit=500, rows=2)
    protection = WordsField("个体防护措施", [Optional()], limit=500, rows=2)
    emergency = WordsField("应急处置措施", [Optional()], limit=500, rows=2)
    rectifier = PersonField("整改人", [needed("请选择整改人")])
    helper = PersonField("协办人", [Optional()])
    checker = PersonField("复核人", [needed("请选择复核人")], description="不能是整改人、协办人或发起人")
    deadline = DayField("整改期限", [needed("请填写整改期限")], first=0, last=LONGEST_CURE)
    budget = MoneyField("预算（元）")
    five_duty = WordsField("责任落实", [needed("重大隐患须落实责任")], limit=500, rows=2)
    five_money = WordsField("资金落实", [needed("重大隐患须落实资金")], limit=500, rows=2)
    five_measures = WordsField("措施落实", [needed("重大隐患须落实措施")], limit=500, rows=2)
    five_time = WordsField("时限落实", [needed("重大隐患须落实时限")], limit=500, rows=2)
    five_plan = WordsField("预案落实", [needed("重大隐患须落实预案")], limit=500, rows=2)

    groups = (("整改措施", MEASURES), ("整改安排", ("rectifier", "helper", "checker", "deadline", "budget")),
              ("五落实（重大隐患治理方案）", FIVE))

    @classmethod
    def initial(cls, context: FormContext) -> Mapping[str, Any]:
        before = context.data.get("configure")
        if before:
            return {k: v for k, v in before.items() if k in cls.__dict__}
        return {"deadline": clock.today() + timedelta(days=int(context.said("default_days", 1)))}

    @classmethod
    def unasked(cls, context: FormContext) -> Iterable[str]:
        return () if context.said("confirm.level") == DangerLevel.MAJOR else FIVE

    def check(self) -> None:
        if not any((self[name].data or "").strip() for name in MEASURES):
            self.refuse("engineering", "请至少填写一类整改措施")
        if self.helper.data == self.rectifier.data:
            self.refuse("helper", "协办人不能是整改人")
        if self.checker.data in (self.rectifier.data, self.helper.data):
            self.refuse("checker", "复核人不能是整改人或协办人")
        elif self.checker.data == self.context.starter_id:
            self.refuse("checker", "复核人不能是本流程的发起人")


class ApprovePlanForm(StepForm):
    """批准方案: the company's head reads the plan; the button and the opinion say it all."""


class RectifyForm(StepForm):
    """整改: what was done, and the photos that show it."""

    result = WordsField("整改情况", [needed("请填写整改情况")], limit=2000, least=5, rows=4)
    rectified_on = DayField("整改完成日期", [needed("请填写整改完成日期")], first=-LONGEST_CURE, last=0)
    cost = MoneyField("实际费用（元）")
    photos_after = PhotoField("整改后照片", stage="after", least=1)
    residual = WordsField("遗留风险与控制措施", [Optional()])

    @classmethod
    def initial(cls, context: FormContext) -> Mapping[str, Any]:
        before = context.data.get("rectify") or {}
        return {"rectified_on": clock.today()} | {k: v for k, v in before.items() if k in ("result", "cost", "residual")}


class RecheckForm(StepForm):
    """复核: on the spot; the opinion is asked beside the buttons."""

    photos_check = PhotoField("复核照片", stage="check")


class AcceptForm(StepForm):
    """验收: of a major danger, by the company's head."""

    third_party = WordsField("第三方验收机构", [Optional()], limit=100, rows=1)
    photos_accept = PhotoField("验收资料照片", stage="accept")
