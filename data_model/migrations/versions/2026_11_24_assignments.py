"""What people ask of each other"""
import sqlalchemy as sa
from alembic import op

revision = "6d8034a2f117"
down_revision = "d1da071a46ea"
branch_labels = depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table('assignment',
    sa.Column('id', ID, nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('assigner_id', ID, nullable=False),
    sa.Column('assignee_id', ID, nullable=False),
    sa.Column('unit_id', ID, nullable=False),
    sa.Column('deadline', sa.Date(), nullable=False),
    sa.Column('urgency', sa.String(length=4), nullable=False),
    sa.Column('stage', sa.String(length=6), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('review', sa.Text(), nullable=False),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('escalations', sa.Integer(), nullable=False),
    sa.Column('assigned_at', sa.DateTime(), nullable=False),
    sa.Column('handed_in_at', sa.DateTime(), nullable=True),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('org_path', PATH, nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_assignment_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment')),
    sa.UniqueConstraint('code', name=op.f('uq_assignment_code'))
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_assignee_id'), ['assignee_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_assigner_id'), ['assigner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_deadline'), ['deadline'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_org_path'), ['org_path'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_stage_id'), ['stage', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_unit_id'), ['unit_id'], unique=False)
