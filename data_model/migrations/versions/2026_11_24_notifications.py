"""Notifications"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "83a0b4fa91f4"
down_revision = "1fc3f3508db8"
branch_labels = depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
PATH = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table('robot',
    sa.Column('id', ID, nullable=False),
    sa.Column('unit_id', ID, nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('secret', sa.String(length=200), nullable=False),
    sa.Column('kinds', JSON, nullable=False),
    sa.Column('mentions', sa.Boolean(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('quiet', sa.Boolean(), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=False),
    sa.Column('quiet_to', sa.Integer(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.CheckConstraint('quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439', name=op.f('ck_robot_minutes_of_a_day')),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_robot_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_robot')),
    sa.UniqueConstraint('unit_id', 'name', name=op.f('uq_robot_unit_id_name'))
    )

    op.create_table('notification_choice',
    sa.Column('id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('choices', JSON, nullable=False),
    sa.Column('digest', sa.Boolean(), nullable=False),
    sa.Column('digest_hour', sa.Integer(), nullable=False),
    sa.Column('quiet', sa.Boolean(), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=False),
    sa.Column('quiet_to', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('digest_hour BETWEEN 0 AND 23', name=op.f('ck_notification_choice_hour_of_a_day')),
    sa.CheckConstraint('quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439', name=op.f('ck_notification_choice_minutes_of_a_day')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_notification_choice_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification_choice')),
    sa.UniqueConstraint('user_id', name=op.f('uq_notification_choice_user_id'))
    )

    op.add_column('message', sa.Column('digest', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index('ix_message_digest', 'message', ['user_id'], unique=False, sqlite_where=sa.text('digest'), postgresql_where=sa.text('digest'))
    op.create_index(op.f('ix_message_user_id_id'), 'message', ['user_id', 'id'], unique=False)

    op.add_column('outbox', sa.Column('robot_id', ID, nullable=True))
    op.add_column('outbox', sa.Column('code', sa.String(length=12), server_default=sa.text("''"), nullable=False))
    op.add_column('outbox', sa.Column('params', JSON, server_default='{}', nullable=False))
    op.add_column('outbox', sa.Column('details', JSON, server_default='{}', nullable=False))
    op.add_column('outbox', sa.Column('resent_at', sa.DateTime(), nullable=True))
    op.add_column('outbox', sa.Column('resent_by', sa.String(length=64), server_default=sa.text("''"), nullable=False))
    op.create_index('ix_outbox_dead', 'outbox', ['id'], unique=False, sqlite_where=sa.text('dead_at IS NOT NULL'), postgresql_where=sa.text('dead_at IS NOT NULL'))
