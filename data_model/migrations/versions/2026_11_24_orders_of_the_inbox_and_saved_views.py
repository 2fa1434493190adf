"""Orders of the inbox, each with an index; saved views"""
import sqlalchemy as sa
from alembic import op

revision = "d1da071a46ea"
down_revision = "4f0d8c61ab27"
branch_labels = depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("screen", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_saved_view_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "screen", "name", name=op.f("uq_saved_view_user_id_screen_name")),
    )
    op.add_column("inbox", sa.Column("priority", sa.Integer(), server_default="1", nullable=False))
    op.execute("UPDATE inbox SET priority = (SELECT task.priority FROM task WHERE task.id = inbox.task_id)")
    op.create_index(op.f("ix_inbox_principal_priority_due_task_id"), "inbox", ["principal", "priority", "due", "task_id"])
    op.create_index(op.f("ix_inbox_principal_task_id"), "inbox", ["principal", "task_id"])
