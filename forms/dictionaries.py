"""字典: lists of words that several forms choose from, by the name a designed form gives."""
from collections.abc import Sequence
from typing import Any

from data_model.assignment import Urgency
from data_model.hidden_danger import DangerClass, DangerLevel, DangerSource

DICTIONARIES: dict[str, tuple[str, Sequence[Any]]] = {
    "danger_level": ("隐患级别", list(DangerLevel)),
    "danger_class": ("隐患分类", list(DangerClass)),
    "danger_source": ("隐患来源", list(DangerSource)),
    "hazard_level": ("危险源等级", ("低", "一般", "较大", "重大")),
    "harm": ("可能后果", (("minor", "轻微"), ("serious", "可能重伤"), ("death", "可能死亡"))),
    "urgency": ("优先级", list(Urgency)),
}
