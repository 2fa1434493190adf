"""What all lists share: how many at once, where to go on, what is looked for."""
from collections.abc import Mapping

from web.api.shapes import Shape, number, text

MOST = 100
SEARCH: Mapping[str, Shape] = {
    "q": text("标题、编号等包含的文字", maxLength=100), "flow": text("流程标识", maxLength=64, pattern="^[a-z0-9_]*$")}


def page(cursor: str) -> Mapping[str, Shape]:
    """The parameters of paging; `cursor` is the pattern of what this list's `next` looks like."""
    return {"cursor": text("上一页的 next", maxLength=40, pattern=f"^{cursor}$"), "limit": number("每页条数", minimum=1, maximum=MOST, default=20)}
