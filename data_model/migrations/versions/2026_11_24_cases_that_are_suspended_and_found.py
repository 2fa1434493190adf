"""cases that are suspended and found"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e9468e268f31"
down_revision = '45729deac352'
branch_labels = depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
PATH = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_given_up', ['id'], unique=False, sqlite_where=sa.text("last_error <> ''"), postgresql_where=sa.text("last_error <> ''"))

    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index('ix_incident_open', ['id'], unique=False, sqlite_where=sa.text('resolved_at IS NULL'), postgresql_where=sa.text('resolved_at IS NULL'))

    with op.batch_alter_table('process_instance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_process_instance_code_id'), ['code', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_process_instance_definition_id_status_id'), ['definition_id', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_process_instance_status_id'), ['status', 'id'], unique=False)

    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.add_column(sa.Column('suspended', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index('ix_task_open_element', ['process_key', 'element_id', 'instance_id'], unique=False, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))

