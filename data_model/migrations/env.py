"""Run by Alembic inside upgrade() and write() of this package."""
from alembic import context

settings = context.config.attributes


NAMES = {"Moment": "sa.DateTime()", "BigInteger": "ID", "JSON": "JSON", "String": "PATH"}


def plain_type(kind, item, autogen_context):
    """The types of data_model/base.py by the names script.py.mako gives them."""
    name = type(item).__name__
    ours = kind == "type" and (name == "Moment" or bool(item._variant_mapping))
    return NAMES[name] if ours else False


context.configure(
    connection=settings["connection"], target_metadata=settings["metadata"], render_item=plain_type,
    compare_type=True, compare_server_default=True, render_as_batch=True, transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
