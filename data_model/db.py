"""The one place that knows Flask-SQLAlchemy: its engine, its pool and its session per application context."""
from flask_sqlalchemy import SQLAlchemy

from data_model.base import Base

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
