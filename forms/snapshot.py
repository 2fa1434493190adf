"""随手拍: what is asked at each step of bpmn/snapshot.bpmn."""
from collections.abc import Mapping
from typing import Any

from wtforms.validators import Optional

from data_model import clock
from forms.base import StepForm, needed
from forms.context import FormContext
from forms.fields import MomentField, PhotoField, UnitField, WordsField
from forms.hidden_danger import CLUES, CluesForm


class StartForm(StepForm):
    """拍照上报: anybody, in half a minute."""

    photos = PhotoField("现场照片", stage="before", least=1)
    grid = UnitField("所在网格", [needed("请选择所在的网格")], description="可以搜索，也可以扫描现场的二维码")
    description = WordsField("情况描述", [needed("请描述看到的情况")], limit=2000, least=2, rows=4)
    taken_at = MomentField("拍摄时间", [Optional()], description="不填即为现在")

    @classmethod
    def initial(cls, context: FormContext) -> Mapping[str, Any]:
        grid = context.query.get("grid", "")
        return {"grid": int(grid) if grid.isdecimal() else None, "taken_at": clock.local(clock.now()).replace(tzinfo=None)}


class JudgeForm(CluesForm):
    """判断: 隐患, 危险源, 未确定, 弃用 or another grid's business. Reason and question are asked beside the buttons."""

    to_grid = UnitField("转办到网格", [Optional()], description="仅在选择“转办”时填写")

    groups = (("分级线索（判为隐患或危险源时）", CLUES), ("转办", ("to_grid",)))

    def check(self) -> None:
        if self.context.outcome != "transfer":
            return
        if self.to_grid.data is None:
            self.refuse("to_grid", "请选择要转办到的网格")
        elif self.to_grid.data == self.context.said("grid"):
            self.refuse("to_grid", "这就是当前网格，请选择其他网格")


class SupplementForm(StepForm):
    """补充信息: the reporter answers the grid owner's question."""

    more = WordsField("补充说明", [needed("请补充说明")], limit=2000, least=2, rows=4)
    photos_more = PhotoField("补充照片", stage="before")
