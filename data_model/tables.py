"""Imports every theme, so that the metadata is whole: for migrations, tests and the start of the house."""
from data_model import (  # noqa: F401
    api_token,
    assignment,
    attachment,
    audit,
    casework,
    delegation,
    hidden_danger,
    notification,
    organisation,
    outbox,
    process,
    saved_view,
    sequence,
    snapshot,
    work_calendar,
    workshop,
)
