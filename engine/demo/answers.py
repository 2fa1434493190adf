"""What the people of the demo group fill in at each step of the two flows."""
import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from data_model import clock

_CLASSES = ("人", "物", "环境", "管理")
_DAYS = {"重大": 30, "一般Ⅰ": 7, "一般Ⅱ": 3, "一般Ⅲ": 2}
_CURES = (
    "已按要求整改到位并现场试验合格。", "已更换损坏部件，恢复完好状态。", "已增设防护设施并悬挂警示标志。", "已组织班组学习，落实专人管理。",
    "已清理现场、恢复通道，并纳入每日巡查。", "已完成检验并张贴合格标志。",
)
_OPINIONS = ("情况属实，同意。", "整改到位，同意关闭。", "现场复核合格。", "同意，请按期完成。")
_REFUSALS = ("防护设施固定不牢，请重新整改。", "照片看不出整改效果，请补充完善。", "警示标志缺失，请补齐后再报。")


@dataclass(frozen=True)
class Example:
    """One of the group's typical hidden dangers."""

    text: str
    danger_class: str
    level: str
    spot: str


@cache
def examples() -> tuple[Example, ...]:
    with files("engine.demo").joinpath("hidden_danger_example.csv").open(encoding="utf-8") as lines:
        return tuple(
            Example(row["隐患描述"], row["分类"].split("-")[0], row["级别(建议)"].removesuffix("(候选)"), row["部位"])
            for row in csv.DictReader(lines))


@cache
def common() -> tuple[Example, ...]:
    """The ones met every week; major dangers are rare."""
    return tuple(example for example in examples() if example.level != "重大")


def clues(example: Example, rng: Random) -> dict[str, Any]:
    """What the reporter knows: enough for the decision table to arrive at about the example's level."""
    told: dict[str, Any] = {"harm": "minor", "hazard_level": "", "major_listed": False, "partial_shutdown": False,
                            "external_cause": False, "cross_grid": False, "fix_days": rng.randrange(1, 6), "cost_estimate": None}
    if example.level == "重大":
        told |= {"major_listed": True, "harm": "death", "fix_days": 30}
    elif example.level == "一般Ⅰ":
        told |= {"hazard_level": "较大", "harm": "serious"}
    elif example.level == "一般Ⅱ":
        told |= {"harm": "serious"}
    return told


def report(example: Example, grid: int, photos: list[int], rng: Random) -> dict[str, Any]:
    return {"grid": grid, "description": f"{example.spot}：{example.text}", "photos": photos,
            "immediate_action": rng.choice(("", "已设置围挡和警示标志", "已通知班组停止作业", "已报告当班负责人")), **clues(example, rng)}


def snap(example: Example, grid: int, photos: list[int]) -> dict[str, Any]:
    return {"grid": grid, "description": f"{example.spot}，{example.text}", "photos": photos, "taken_at": clock.now().isoformat()}


@dataclass
class Step:
    """One answer: the button, the opinion, the form."""

    outcome: str
    data: dict[str, Any]
    opinion: str = ""


def judge(rng: Random, data: Mapping[str, Any], example: Example, people: list[int], photo: Any) -> Step:
    told = clues(example, rng) | {"to_grid": None}
    chance = rng.random()
    if chance < 0.72:
        return Step("danger", told)
    if chance < 0.80:
        return Step("hazard", told)
    if chance < 0.90:
        return Step("undecided", told, "请补充具体位置，并拍一张全景照片。")
    return Step("discard", told, "经现场核实，设施完好，不构成隐患。")


def supplement(rng: Random, data: Mapping[str, Any], example: Example, people: list[int], photo: Any) -> Step:
    return Step("done", {"more": f"位置在{example.spot}东侧，已补充照片。", "photos_more": [photo(False)]})


def confirm(rng: Random, data: Mapping[str, Any], example: Example, people: list[int], photo: Any) -> Step:
    level = data.get("suggested_level") or example.level
    told = {"is_danger": True, "is_source": bool((data.get("start") or {}).get("is_source")),
            "danger_class": example.danger_class if example.danger_class in _CLASSES else "物", "level": level,
            "level_reason": "", "urgent": level == "重大", "stop_work": level == "重大"}
    chance = rng.random()
    if chance < 0.07:
        return Step("close", told | {"is_danger": False, "is_source": False, "level": "", "danger_class": ""}, "现场核实不构成隐患，予以关闭。")
    if chance < 0.15 and not data.get("at_top"):
        return Step("report_up", told)
    if chance < 0.22 and level == "一般Ⅲ":
        return Step("fixed", told, "当场已整改完成。")
    return Step("configure", told)


def configure(rng: Random, data: Mapping[str, Any], example: Example, people: list[int], photo: Any) -> Step:
    level = (data.get("confirm") or {}).get("level", "一般Ⅱ")
    rectifier, checker, helper = people[:3]
    told: dict[str, Any] = {
        "engineering": rng.choice(("更换损坏部件并试运行", "增设防护栏杆和警示标志", "修复联锁并做功能试验", "更换失效器材")),
        "management": rng.choice(("", "纳入日常巡查清单", "明确责任人，建立台账")), "training": rng.choice(("", "班前会专题讲解")), "protection": "",
        "emergency": rng.choice(("", "整改前安排专人值守")), "rectifier": rectifier, "helper": helper if rng.random() < 0.4 else None,
        "checker": checker, "deadline": (clock.today() + timedelta(days=_DAYS.get(level, 3))).isoformat(),
        "budget": float(rng.randrange(2, 300) * 100) if rng.random() < 0.6 else None,
    }
    if level == "重大":
        told |= {"five_duty": "厂站站长负责", "five_money": "列入年度安全投入计划", "five_measures": "先停用后整改，逐项销号",
                 "five_time": "限期完成，每周报告进展", "five_plan": "按专项应急预案值守"}
    return Step("done", told)


def rectify(rng: Random, data: Mapping[str, Any], example: Example, people: list[int], photo: Any) -> Step:
    return Step("done", {"result": rng.choice(_CURES), "rectified_on": clock.today().isoformat(),
                         "cost": float(rng.randrange(1, 200) * 100) if rng.random() < 0.6 else None,
                         "photos_after": [photo(True)], "residual": ""})


def approve_plan(rng: Random, data: Mapping[str, Any], example: Example, people: list[int], photo: Any) -> Step:
    return Step("return", {}, "资金来源不明确，请补充。") if rng.random() < 0.15 else Step("agree", {}, rng.choice(_OPINIONS))


def recheck(rng: Random, data: Mapping[str, Any], example: Example, people: list[int], photo: Any) -> Step:
    if rng.random() < 0.14:
        return Step("fail", {"photos_check": []}, rng.choice(_REFUSALS))
    return Step("pass", {"photos_check": []}, rng.choice(_OPINIONS))


def accept(rng: Random, data: Mapping[str, Any], example: Example, people: list[int], photo: Any) -> Step:
    return Step("pass", {"third_party": "", "photos_accept": []}, "验收合格，同意销号。")


STEPS = {step.__name__: step for step in (judge, supplement, confirm, configure, approve_plan, rectify, recheck, accept)}
