"""Tasks that hang on a step: signers before and after, steps to be mended"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "4f0d8c61ab27"
down_revision = "83a0b4fa91f4"
branch_labels = depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    for name, length in (("helps", 8), ("host", 36), ("anchor", 36)):
        op.add_column('task', sa.Column(name, sa.String(length=length), server_default=sa.text("''"), nullable=False))
    op.add_column('task', sa.Column('added_by', ID, nullable=True))
    op.add_column('task', sa.Column('answer', JSON, nullable=True))
