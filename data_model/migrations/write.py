"""`make migration WORDS="…"`: a new migration file from what the models have and the newest migration has not."""
import sys
import tempfile

from sqlalchemy import create_engine

from data_model import migrations, session, tables  # noqa: F401  the listeners and the whole metadata
from data_model.base import Base

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/anlan.db")
        migrations.upgrade(engine)
        migrations.write(engine, Base.metadata, sys.argv[1])
        engine.dispose()
