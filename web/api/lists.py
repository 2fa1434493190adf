"""What all lists share: how many at once, where to go on, what is looked for."""
from collections.abc import Mapping

from web.api.shapes import Shape, number, text
from web.inbox_filters import CURSOR

MOST = 100
WHERE = text("上一页的 next", maxLength=60, pattern=f"^({CURSOR.pattern})$")
PAGE: Mapping[str, Shape] = {
    "cursor": WHERE, "limit": number("每页条数", minimum=1, maximum=MOST, default=20)}
SEARCH: Mapping[str, Shape] = {
    "q": text("标题、编号等包含的文字", maxLength=100), "flow": text("流程标识", maxLength=64, pattern="^[a-z0-9_]*$")}
