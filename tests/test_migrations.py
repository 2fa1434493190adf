"""The migrations lead to exactly the tables the models speak of, on both databases."""
import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

import data_model.tables  # noqa: F401
from data_model import migrations
from data_model.base import Base

FILES = sorted(Path(migrations.__file__).parent.glob("versions/*.py"))


@pytest.fixture
def empty(empty_database):
    engine = create_engine(empty_database)
    yield engine
    engine.dispose()


def test_migrations_make_the_tables_of_the_models(empty):
    assert not migrations.is_current(empty)
    migrations.upgrade(empty)
    assert migrations.is_current(empty)
    assert migrations.differences(empty, Base.metadata) == []
    assert _shape(empty) == _shape_of_the_models(empty)


def test_a_second_upgrade_changes_nothing(empty):
    migrations.upgrade(empty)
    before = _shape(empty)
    migrations.upgrade(empty)
    assert _shape(empty) == before


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_migration_is_named_by_date_and_knows_no_model(path):
    assert re.match(r"\d{4}_\d\d_\d\d_[a-z0-9_]+$", path.stem)
    imported = {name.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)}
    assert all(name.split(".")[0] in ("sqlalchemy", "alembic") for name in imported)


def _shape(engine):
    """Columns, keys and indexes of every table, as the database itself tells them, with SQLite's own words for each table."""
    found = inspect(engine)
    shape = {
        table: (
            [(c["name"], str(c["type"]), getattr(c["type"], "collation", None), c["nullable"]) for c in found.get_columns(table)],
            found.get_pk_constraint(table)["constrained_columns"],
            sorted((f["constrained_columns"], f["referred_table"], str(f["options"])) for f in found.get_foreign_keys(table)),
            sorted(str(sorted(u.items(), key=str)) for u in found.get_unique_constraints(table)),
            sorted((i["name"], i["column_names"], bool(i["unique"]), _where(i)) for i in found.get_indexes(table)),
        )
        for table in found.get_table_names() if table != "alembic_version"
    }
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            made = connection.execute(text("SELECT name, sql LIKE '%WITHOUT ROWID%' FROM sqlite_master WHERE type = 'table'")).all()
        shape["without rowid"] = sorted(name for name, without in made if without)
    return shape


def _where(index):
    return str([str(value) for name, value in index.get("dialect_options", {}).items() if name.endswith("_where")])


def _shape_of_the_models(engine):
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    return _shape(engine)
