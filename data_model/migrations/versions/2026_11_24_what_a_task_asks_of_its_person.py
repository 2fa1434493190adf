"""What a task asks of its person: to do, to approve or to verify; told of the tasks that wait already by their diagrams"""
import sqlalchemy as sa
from alembic import op

revision = "7d7daf6b9dc8"
down_revision = "fbddc96aa0d3"
branch_labels = depends_on = None

_FILL = sa.text("UPDATE task SET duty = :duty WHERE status IN ('open', 'held') AND instance_id IN (SELECT id FROM process_instance "
                "WHERE definition_id = :definition) AND element_id = :element")


def upgrade() -> None:
    for table in ("task", "inbox"):
        op.add_column(table, sa.Column("duty", sa.String(length=8), server_default=sa.text("'do'"), nullable=False))
    connection = op.get_bind()
    waiting = connection.execute(sa.text(
        "SELECT id, xml FROM process_definition WHERE id IN (SELECT DISTINCT definition_id FROM process_instance WHERE ended_at IS NULL)")).all()
    for definition, xml in waiting:
        for element, duty in _duties(xml):
            connection.execute(_FILL, {"duty": duty, "definition": definition, "element": element})
    op.execute("UPDATE inbox SET duty = (SELECT task.duty FROM task WHERE task.id = inbox.task_id)")
    op.create_index(op.f("ix_inbox_principal_duty_due_task_id"), "inbox", ["principal", "duty", "due", "task_id"])


def _duties(xml: str) -> list[tuple[str, str]]:
    """Of the user tasks that ask for more than doing."""
    found = []
    for part in xml.split("userTask ")[1:]:
        element = part.partition('id="')[2].partition('"')[0]
        found += [(element, duty) for duty in ("approve", "verify") if f'name="duty" value="{duty}"' in part]
    return found
