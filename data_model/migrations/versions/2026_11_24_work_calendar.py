"""Work calendar"""
import sqlalchemy as sa
from alembic import op

revision = "25e46d314d42"
down_revision = "b8a6f7ddd08a"
branch_labels = depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('special_day',
    sa.Column('id', ID, nullable=False),
    sa.Column('unit_id', ID, nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('checked', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_special_day_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_special_day')),
    sa.UniqueConstraint('unit_id', 'day', name=op.f('uq_special_day_unit_id_day'))
    )
    op.create_index('ix_special_day_day', 'special_day', ['day'], unique=True, sqlite_where=sa.text('unit_id IS NULL'), postgresql_where=sa.text('unit_id IS NULL'))
    op.create_table('work_hours',
    sa.Column('id', ID, nullable=False),
    sa.Column('unit_id', ID, nullable=True),
    sa.Column('starts', sa.Integer(), nullable=False),
    sa.Column('ends', sa.Integer(), nullable=False),
    sa.CheckConstraint('0 <= starts AND starts < ends AND ends <= 1440', name=op.f('ck_work_hours_within_a_day')),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_work_hours_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_hours')),
    sa.UniqueConstraint('unit_id', 'starts', name=op.f('uq_work_hours_unit_id_starts'))
    )
    op.create_index('ix_work_hours_starts', 'work_hours', ['starts'], unique=True, sqlite_where=sa.text('unit_id IS NULL'), postgresql_where=sa.text('unit_id IS NULL'))

