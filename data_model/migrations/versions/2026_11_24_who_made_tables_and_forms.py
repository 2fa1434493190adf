"""Who made tables and forms, and whence they come"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "fbddc96aa0d3"
down_revision = 'e9468e268f31'
branch_labels = depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
PATH = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table('decision_table', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source', sa.String(length=12), server_default='file', nullable=False))
        batch_op.add_column(sa.Column('deployed_by', ID, server_default='0', nullable=False))
        batch_op.add_column(sa.Column('note', sa.String(length=500), server_default=sa.text("''"), nullable=False))

    with op.batch_alter_table('form_design', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source', sa.String(length=12), server_default='file', nullable=False))

