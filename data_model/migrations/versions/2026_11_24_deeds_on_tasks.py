"""Deeds on tasks"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "673c7007d066"
down_revision = "25e46d314d42"
branch_labels = depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
PATH = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table('agency',
    sa.Column('id', ID, nullable=False),
    sa.Column('giver_id', ID, nullable=False),
    sa.Column('agent_id', ID, nullable=False),
    sa.Column('begins', sa.DateTime(), nullable=False),
    sa.Column('ends', sa.DateTime(), nullable=False),
    sa.Column('keys', JSON, nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('made_by', ID, nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('begins < ends', name=op.f('ck_agency_begins_before_it_ends')),
    sa.CheckConstraint('giver_id <> agent_id', name=op.f('ck_agency_two_people')),
    sa.ForeignKeyConstraint(['agent_id'], ['user_account.id'], name=op.f('fk_agency_agent_id')),
    sa.ForeignKeyConstraint(['giver_id'], ['user_account.id'], name=op.f('fk_agency_giver_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency'))
    )
    op.create_index(op.f('ix_agency_agent_id_ends'), 'agency', ['agent_id', 'ends'], unique=False)
    op.create_index(op.f('ix_agency_giver_id_ends'), 'agency', ['giver_id', 'ends'], unique=False)

    op.create_table('canned_opinion',
    sa.Column('id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=True),
    sa.Column('unit_id', ID, nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_canned_opinion_unit_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_canned_opinion_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_opinion'))
    )
    op.create_index(op.f('ix_canned_opinion_unit_id'), 'canned_opinion', ['unit_id'], unique=False)
    op.create_index(op.f('ix_canned_opinion_user_id'), 'canned_opinion', ['user_id'], unique=False)

    op.create_table('case_copy',
    sa.Column('id', ID, nullable=False),
    sa.Column('instance_id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('by_id', ID, nullable=False),
    sa.Column('by_name', sa.String(length=64), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('read_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id'], name=op.f('fk_case_copy_instance_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_copy')),
    sa.UniqueConstraint('instance_id', 'user_id', name=op.f('uq_case_copy_instance_id_user_id'))
    )
    op.create_index(op.f('ix_case_copy_user_id_id'), 'case_copy', ['user_id', 'id'], unique=False)

    op.create_table('case_follow',
    sa.Column('id', ID, nullable=False),
    sa.Column('instance_id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id'], name=op.f('fk_case_follow_instance_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_follow')),
    sa.UniqueConstraint('instance_id', 'user_id', name=op.f('uq_case_follow_instance_id_user_id'))
    )
    op.create_index(op.f('ix_case_follow_user_id_id'), 'case_follow', ['user_id', 'id'], unique=False)

    op.create_table('task_draft',
    sa.Column('task_id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('data', JSON, nullable=False),
    sa.Column('saved_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_task_draft_task_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('task_id', 'user_id', name=op.f('pk_task_draft'))
    )
    op.create_index(op.f('ix_task_draft_saved_at'), 'task_draft', ['saved_at'], unique=False)

    op.add_column('history_event', sa.Column('on_behalf_id', ID, nullable=True))
    op.add_column('history_event', sa.Column('on_behalf_name', sa.String(length=64), server_default=sa.text("''"), nullable=False))
    op.add_column('history_event', sa.Column('files', JSON, server_default='[]', nullable=False))
    op.add_column('history_event', sa.Column('signature', JSON, nullable=True))

    op.add_column('process_instance', sa.Column('followers', sa.Integer(), server_default='0', nullable=False))

    op.add_column('task', sa.Column('owner_id', ID, nullable=True))
    op.add_column('task', sa.Column('from_id', ID, nullable=True))
    op.add_column('task', sa.Column('from_name', sa.String(length=64), server_default=sa.text("''"), nullable=False))
    op.add_column('task', sa.Column('personal', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('task', sa.Column('drafted', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('task', sa.Column('reminded_at', sa.DateTime(), nullable=True))
