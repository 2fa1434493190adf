"""The filters of the inbox as an address carries them, so that a view can be shared, and a task page can lead back to it."""
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode

from data_model import clock
from engine import inbox

DUE = {"today": 1, "3d": 3, "7d": 7}  # choice in the address -> days from the start of today
PAST = ("done", "started")
LARGEST_ID = 2**53
# of the open in each order, of the done, of the started
CURSOR = re.compile(r"\d{1,2}\.\d{1,11}\.\d{1,15}|\d{1,11}\.\d{1,15}|\d{1,11}(\.\d{1,9})?_\d{1,15}|\d{1,15}")


@dataclass(frozen=True)
class Filters:
    """What a view of the inbox is narrowed to; whatever the address cannot mean is as if it were not there."""

    tab: str = "all"
    q: str = ""
    flow: str = ""
    station: int = 0
    due: str = ""
    sort: str = ""

    @classmethod
    def asked(cls, args: Mapping[str, str]) -> "Filters":
        tab, due, station, sort = (args.get(name, "") for name in ("tab", "due", "station", "sort"))
        return cls(tab if tab in (*inbox.TABS, *PAST) else "all", _plain(args.get("q", ""))[:100], _plain(args.get("flow", ""))[:64],
                   int(station) if station.isdecimal() and int(station) < LARGEST_ID else 0, due if due in DUE else "",
                   sort if sort in inbox.ORDERS and sort != "due" else "")

    @classmethod
    def from_back(cls, back: str) -> "Filters":
        """From the `back` that a task page carries along."""
        return cls.asked(dict(parse_qsl(back[:1000])))

    def address(self, **other: object) -> str:
        """The query string of this view with some filters changed; '' for the plain inbox."""
        changed = {**vars(self), **other}
        kept = {k: v for k, v in changed.items() if v and not (k == "tab" and v == "all")}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def any(self) -> bool:
        return bool(self.q or self.flow or self.station or self.due)

    def query(self, cursor: str = "", size: int = inbox.PAGE) -> inbox.InboxQuery:
        tab = self.tab if self.tab in inbox.TABS else "all"
        return inbox.InboxQuery(tab, self.q, self.flow, self.station, _before(self.due), cursor, size, self.sort or "due")


def _plain(text: str) -> str:
    """No NUL: PostgreSQL keeps none."""
    return text.replace("\0", "").strip()


def _before(due: str) -> int:
    """The end of the last day meant, in epoch seconds; 0 without a bound."""
    if not due:
        return 0
    midnight = datetime.combine(clock.today() + timedelta(days=DUE[due]), time(), clock.zone())
    return int(midnight.timestamp())
