"""All tables"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "eb66ba25fc28"
down_revision = None
branch_labels = depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
PATH = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table('attachment',
    sa.Column('id', ID, nullable=False),
    sa.Column('owner_kind', sa.String(length=40), nullable=False),
    sa.Column('owner_id', ID, nullable=False),
    sa.Column('stage', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=80), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('uploaded_by', ID, nullable=False),
    sa.Column('uploaded_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    op.create_index(op.f('ix_attachment_owner_kind_owner_id_id'), 'attachment', ['owner_kind', 'owner_id', 'id'], unique=False)
    op.create_index(op.f('ix_attachment_sha256'), 'attachment', ['sha256'], unique=False)
    op.create_table('audit_entry',
    sa.Column('id', ID, nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('actor_id', ID, nullable=False),
    sa.Column('deed', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('row_id', ID, nullable=False),
    sa.Column('changes', JSON, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    op.create_index(op.f('ix_audit_entry_actor_id'), 'audit_entry', ['actor_id'], unique=False)
    op.create_index(op.f('ix_audit_entry_kind_row_id_id'), 'audit_entry', ['kind', 'row_id', 'id'], unique=False)
    op.create_table('command',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('actor_id', ID, nullable=False),
    sa.Column('request_hash', sa.String(length=64), nullable=False),
    sa.Column('result', JSON, nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_command'))
    )
    op.create_index(op.f('ix_command_at'), 'command', ['at'], unique=False)
    op.create_table('decision_table',
    sa.Column('id', ID, nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('xml', sa.Text(), nullable=False),
    sa.Column('checksum', sa.String(length=64), nullable=False),
    sa.Column('deployed_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_table')),
    sa.UniqueConstraint('key', 'version', name=op.f('uq_decision_table_key_version'))
    )
    op.create_table('licence',
    sa.Column('id', ID, nullable=False),
    sa.Column('customer', sa.String(length=120), nullable=False),
    sa.Column('max_users', sa.Integer(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('details', JSON, nullable=False),
    sa.CheckConstraint('max_users > 0', name=op.f('ck_licence_max_users_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_licence'))
    )
    op.create_table('login_failure',
    sa.Column('id', ID, nullable=False),
    sa.Column('subject', sa.String(length=100), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.DateTime(), nullable=False),
    sa.Column('blocked_until', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_failure')),
    sa.UniqueConstraint('subject', name=op.f('uq_login_failure_subject'))
    )
    op.create_table('message',
    sa.Column('id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('params', JSON, nullable=False),
    sa.Column('link', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('read_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message'))
    )
    op.create_index(op.f('ix_message_user_id_read_at_id'), 'message', ['user_id', 'read_at', 'id'], unique=False)
    op.create_table('org_unit',
    sa.Column('id', ID, nullable=False),
    sa.Column('parent_id', ID, nullable=True),
    sa.Column('path', PATH, nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('function', sa.String(length=20), nullable=False),
    sa.Column('business', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['org_unit.id'], name=op.f('fk_org_unit_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_org_unit')),
    sa.UniqueConstraint('code', name=op.f('uq_org_unit_code')),
    sa.UniqueConstraint('path', name=op.f('uq_org_unit_path'))
    )
    op.create_index(op.f('ix_org_unit_name'), 'org_unit', ['name'], unique=False)
    op.create_index(op.f('ix_org_unit_parent_id_position'), 'org_unit', ['parent_id', 'position'], unique=False)
    op.create_table('outbox',
    sa.Column('id', ID, nullable=False),
    sa.Column('dedupe_key', sa.String(length=120), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('to_user_id', ID, nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('link', sa.String(length=200), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('dead_at', sa.DateTime(), nullable=True),
    sa.Column('last_error', sa.String(length=500), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_outbox_dedupe_key'))
    )
    op.create_index('ix_outbox_due', 'outbox', ['next_try_at'], unique=False, sqlite_where=sa.text('sent_at IS NULL AND dead_at IS NULL'), postgresql_where=sa.text('sent_at IS NULL AND dead_at IS NULL'))
    op.create_table('process_definition',
    sa.Column('id', ID, nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=False),
    sa.Column('xml', sa.Text(), nullable=False),
    sa.Column('checksum', sa.String(length=64), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('pins', JSON, nullable=False),
    sa.Column('starters', JSON, nullable=False),
    sa.Column('deployed_by', ID, nullable=False),
    sa.Column('deployed_at', sa.DateTime(), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_process_definition')),
    sa.UniqueConstraint('key', 'version', name=op.f('uq_process_definition_key_version'))
    )
    op.create_index('uq_process_definition_effective', 'process_definition', ['key'], unique=True, sqlite_where=sa.text("status = 'effective'"), postgresql_where=sa.text("status = 'effective'"))
    op.create_table('sequence',
    sa.Column('id', ID, nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sequence')),
    sa.UniqueConstraint('name', name=op.f('uq_sequence_name'))
    )
    op.create_table('hidden_danger',
    sa.Column('id', ID, nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('grid_id', ID, nullable=False),
    sa.Column('station_id', ID, nullable=True),
    sa.Column('company_id', ID, nullable=True),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('immediate_action', sa.Text(), nullable=False),
    sa.Column('finder_id', ID, nullable=False),
    sa.Column('found_at', sa.DateTime(), nullable=False),
    sa.Column('stage', sa.String(length=10), nullable=False),
    sa.Column('level', sa.String(length=6), nullable=False),
    sa.Column('danger_class', sa.String(length=6), nullable=False),
    sa.Column('is_source', sa.Boolean(), nullable=False),
    sa.Column('stop_work', sa.Boolean(), nullable=False),
    sa.Column('measures', sa.Text(), nullable=False),
    sa.Column('five_fixed', sa.Text(), nullable=False),
    sa.Column('rectifier_id', ID, nullable=True),
    sa.Column('helper_id', ID, nullable=True),
    sa.Column('checker_id', ID, nullable=True),
    sa.Column('deadline', sa.Date(), nullable=True),
    sa.Column('budget', sa.Numeric(precision=12, scale=2), nullable=True),
    sa.Column('cost', sa.Numeric(precision=12, scale=2), nullable=True),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('rectified_on', sa.Date(), nullable=True),
    sa.Column('failed_checks', sa.Integer(), nullable=False),
    sa.Column('escalations', sa.Integer(), nullable=False),
    sa.Column('reports_up', sa.Integer(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('close_reason', sa.Text(), nullable=False),
    sa.Column('org_path', PATH, nullable=False),
    sa.ForeignKeyConstraint(['grid_id'], ['org_unit.id'], name=op.f('fk_hidden_danger_grid_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hidden_danger')),
    sa.UniqueConstraint('code', name=op.f('uq_hidden_danger_code'))
    )
    op.create_index(op.f('ix_hidden_danger_deadline'), 'hidden_danger', ['deadline'], unique=False)
    op.create_index(op.f('ix_hidden_danger_finder_id'), 'hidden_danger', ['finder_id'], unique=False)
    op.create_index(op.f('ix_hidden_danger_found_at_id'), 'hidden_danger', ['found_at', 'id'], unique=False)
    op.create_index(op.f('ix_hidden_danger_grid_id'), 'hidden_danger', ['grid_id'], unique=False)
    op.create_index(op.f('ix_hidden_danger_level_id'), 'hidden_danger', ['level', 'id'], unique=False)
    op.create_index(op.f('ix_hidden_danger_org_path'), 'hidden_danger', ['org_path'], unique=False)
    op.create_index(op.f('ix_hidden_danger_rectifier_id'), 'hidden_danger', ['rectifier_id'], unique=False)
    op.create_index(op.f('ix_hidden_danger_stage_id'), 'hidden_danger', ['stage', 'id'], unique=False)
    op.create_index(op.f('ix_hidden_danger_station_id'), 'hidden_danger', ['station_id'], unique=False)
    op.create_table('process_instance',
    sa.Column('id', ID, nullable=False),
    sa.Column('definition_id', ID, nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('starter_id', ID, nullable=False),
    sa.Column('starter_name', sa.String(length=64), nullable=False),
    sa.Column('unit_id', ID, nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', ID, nullable=True),
    sa.Column('parent_id', ID, nullable=True),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('end_element', sa.String(length=100), nullable=False),
    sa.Column('state', sa.LargeBinary(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('events', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('org_path', PATH, nullable=False),
    sa.ForeignKeyConstraint(['definition_id'], ['process_definition.id'], name=op.f('fk_process_instance_definition_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_process_instance_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_process_instance'))
    )
    op.create_index(op.f('ix_process_instance_code'), 'process_instance', ['code'], unique=False)
    op.create_index(op.f('ix_process_instance_definition_id'), 'process_instance', ['definition_id'], unique=False)
    op.create_index(op.f('ix_process_instance_key_status_id'), 'process_instance', ['key', 'status', 'id'], unique=False)
    op.create_index(op.f('ix_process_instance_org_path'), 'process_instance', ['org_path'], unique=False)
    op.create_index(op.f('ix_process_instance_parent_id'), 'process_instance', ['parent_id'], unique=False)
    op.create_index(op.f('ix_process_instance_starter_id_status_id'), 'process_instance', ['starter_id', 'status', 'id'], unique=False)
    op.create_index(op.f('ix_process_instance_subject_kind_subject_id'), 'process_instance', ['subject_kind', 'subject_id'], unique=False)
    op.create_table('snapshot',
    sa.Column('id', ID, nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('grid_id', ID, nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('reporter_id', ID, nullable=False),
    sa.Column('taken_at', sa.DateTime(), nullable=False),
    sa.Column('reported_at', sa.DateTime(), nullable=False),
    sa.Column('verdict', sa.String(length=6), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('duplicate_of', ID, nullable=True),
    sa.Column('hidden_danger_id', ID, nullable=True),
    sa.Column('judged_at', sa.DateTime(), nullable=True),
    sa.Column('org_path', PATH, nullable=False),
    sa.ForeignKeyConstraint(['grid_id'], ['org_unit.id'], name=op.f('fk_snapshot_grid_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshot')),
    sa.UniqueConstraint('code', name=op.f('uq_snapshot_code'))
    )
    op.create_index(op.f('ix_snapshot_grid_id'), 'snapshot', ['grid_id'], unique=False)
    op.create_index(op.f('ix_snapshot_org_path'), 'snapshot', ['org_path'], unique=False)
    op.create_index(op.f('ix_snapshot_reporter_id'), 'snapshot', ['reporter_id'], unique=False)
    op.create_table('user_account',
    sa.Column('id', ID, nullable=False),
    sa.Column('login', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('unit_id', ID, nullable=False),
    sa.Column('post', sa.String(length=60), nullable=False),
    sa.Column('employee_no', sa.String(length=40), nullable=False),
    sa.Column('email', sa.String(length=120), nullable=False),
    sa.Column('phone', sa.String(length=30), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_user_account_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('login', name=op.f('uq_user_account_login'))
    )
    op.create_index(op.f('ix_user_account_name'), 'user_account', ['name'], unique=False)
    op.create_index(op.f('ix_user_account_unit_id'), 'user_account', ['unit_id'], unique=False)
    op.create_table('history_event',
    sa.Column('id', ID, nullable=False),
    sa.Column('instance_id', ID, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('action', sa.String(length=20), nullable=False),
    sa.Column('element_id', sa.String(length=100), nullable=False),
    sa.Column('element_name', sa.String(length=100), nullable=False),
    sa.Column('task_id', ID, nullable=True),
    sa.Column('actor_id', ID, nullable=False),
    sa.Column('actor_name', sa.String(length=64), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('outcome_label', sa.String(length=60), nullable=False),
    sa.Column('opinion', sa.Text(), nullable=False),
    sa.Column('data', JSON, nullable=False),
    sa.Column('path', JSON, nullable=False),
    sa.Column('duration_s', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id'], name=op.f('fk_history_event_instance_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_history_event')),
    sa.UniqueConstraint('instance_id', 'seq', name=op.f('uq_history_event_instance_id_seq'))
    )
    op.create_index(op.f('ix_history_event_actor_id_id'), 'history_event', ['actor_id', 'id'], unique=False)
    op.create_index(op.f('ix_history_event_element_id_at'), 'history_event', ['element_id', 'at'], unique=False)
    op.create_index(op.f('ix_history_event_task_id'), 'history_event', ['task_id'], unique=False)
    op.create_table('incident',
    sa.Column('id', ID, nullable=False),
    sa.Column('instance_id', ID, nullable=False),
    sa.Column('token_id', sa.String(length=36), nullable=False),
    sa.Column('element_id', sa.String(length=100), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('resolved_at', sa.DateTime(), nullable=True),
    sa.Column('resolved_by', ID, nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id'], name=op.f('fk_incident_instance_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident'))
    )
    op.create_index(op.f('ix_incident_instance_id_resolved_at'), 'incident', ['instance_id', 'resolved_at'], unique=False)
    op.create_table('login_session',
    sa.Column('id', ID, nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.Column('address', sa.String(length=45), nullable=False),
    sa.Column('agent', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_login_session_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_login_session_token_hash'))
    )
    op.create_index(op.f('ix_login_session_user_id'), 'login_session', ['user_id'], unique=False)
    op.create_table('ownership',
    sa.Column('id', ID, nullable=False),
    sa.Column('unit_id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('backup', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_ownership_unit_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_ownership_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ownership')),
    sa.UniqueConstraint('unit_id', 'user_id', name=op.f('uq_ownership_unit_id_user_id'))
    )
    op.create_index(op.f('ix_ownership_user_id'), 'ownership', ['user_id'], unique=False)
    op.create_table('role_grant',
    sa.Column('id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('role', sa.String(length=32), nullable=False),
    sa.Column('unit_id', ID, nullable=False),
    sa.Column('path', PATH, nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_role_grant_unit_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_role_grant_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant')),
    sa.UniqueConstraint('user_id', 'role', 'unit_id', name=op.f('uq_role_grant_user_id_role_unit_id'))
    )
    op.create_index(op.f('ix_role_grant_role_unit_id'), 'role_grant', ['role', 'unit_id'], unique=False)
    op.create_table('subscription',
    sa.Column('id', ID, nullable=False),
    sa.Column('instance_id', ID, nullable=False),
    sa.Column('token_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('correlation', JSON, nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id'], name=op.f('fk_subscription_instance_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription')),
    sa.UniqueConstraint('instance_id', 'token_id', 'name', name=op.f('uq_subscription_instance_id_token_id_name'))
    )
    op.create_index(op.f('ix_subscription_kind_name'), 'subscription', ['kind', 'name'], unique=False)
    op.create_table('task',
    sa.Column('id', ID, nullable=False),
    sa.Column('instance_id', ID, nullable=False),
    sa.Column('token_id', sa.String(length=36), nullable=False),
    sa.Column('element_id', sa.String(length=100), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('process_key', sa.String(length=64), nullable=False),
    sa.Column('process_name', sa.String(length=100), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('starter_id', ID, nullable=False),
    sa.Column('starter_name', sa.String(length=64), nullable=False),
    sa.Column('org_path', PATH, nullable=False),
    sa.Column('station_id', ID, nullable=True),
    sa.Column('status', sa.String(length=8), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('assignee_id', ID, nullable=True),
    sa.Column('candidates', JSON, nullable=False),
    sa.Column('excluded', JSON, nullable=False),
    sa.Column('why', JSON, nullable=False),
    sa.Column('opened_at', sa.DateTime(), nullable=False),
    sa.Column('due_at', sa.DateTime(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('completed_at', sa.DateTime(), nullable=True),
    sa.Column('completed_by', ID, nullable=True),
    sa.Column('completed_by_name', sa.String(length=64), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id'], name=op.f('fk_task_instance_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task')),
    sa.UniqueConstraint('instance_id', 'token_id', name=op.f('uq_task_instance_id_token_id'))
    )
    op.create_index(op.f('ix_task_completed_by_completed_at_id'), 'task', ['completed_by', 'completed_at', 'id'], unique=False)
    op.create_index(op.f('ix_task_instance_id_status'), 'task', ['instance_id', 'status'], unique=False)
    op.create_index('ix_task_open_due', 'task', ['due_at'], unique=False, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))
    op.create_table('timer',
    sa.Column('id', ID, nullable=False),
    sa.Column('instance_id', ID, nullable=False),
    sa.Column('token_id', sa.String(length=36), nullable=False),
    sa.Column('element_id', sa.String(length=100), nullable=False),
    sa.Column('due_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id'], name=op.f('fk_timer_instance_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timer')),
    sa.UniqueConstraint('instance_id', 'token_id', name=op.f('uq_timer_instance_id_token_id'))
    )
    op.create_index(op.f('ix_timer_due_at'), 'timer', ['due_at'], unique=False)
    op.create_table('inbox',
    sa.Column('principal', PATH, nullable=False),
    sa.Column('due', sa.BigInteger(), nullable=False),
    sa.Column('task_id', ID, nullable=False),
    sa.Column('process_key', sa.String(length=64), nullable=False),
    sa.Column('station_id', ID, nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_inbox_task_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('principal', 'due', 'task_id', name=op.f('pk_inbox')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_inbox_principal_process_key_due_task_id'), 'inbox', ['principal', 'process_key', 'due', 'task_id'], unique=False)
    op.create_index(op.f('ix_inbox_principal_station_id_due_task_id'), 'inbox', ['principal', 'station_id', 'due', 'task_id'], unique=False)
    op.create_index(op.f('ix_inbox_task_id'), 'inbox', ['task_id'], unique=False)
    op.create_table('task_exclusion',
    sa.Column('task_id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_task_exclusion_task_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('task_id', 'user_id', name=op.f('pk_task_exclusion'))
    )
