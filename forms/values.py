"""Values of fields as JSON holds them."""
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from data_model import clock


def plain(value: Any) -> Any:
    """The JSON form of a field's value; an entered moment is meant on the company's clock."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=clock.zone())).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value.strip() if isinstance(value, str) else value
