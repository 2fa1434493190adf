"""Puts the screens together: one application, found by the names of its files, refused when a view declares nothing."""
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

import data_model.tables  # noqa: F401  the metadata is whole before the first query
import web.api
import web.ledger
import web.screens
from data_model import clock
from data_model.db import db
from data_model.settings import Settings
from engine import notify
from web import errors, field_words, format, i18n, login, navigation, security, static_files
from web.access import check_all_declared
from web.request_work import House

LARGEST_REQUEST = 20 * 1024 * 1024
LARGEST_FORM = 2 * 1024 * 1024


class RowId(IntegerConverter):
    """A number in an address that a database can hold; a longer one is no page of ours."""

    def __init__(self, map: Map, **more: Any) -> None:
        super().__init__(map, **{"max": 2**53, **more})


def create_app(settings: Settings) -> Flask:
    """The whole web side, ready to serve.

    Raises:
        web.access.Undeclared: a view has no @allow.
    """
    clock.use_zone(settings.time_zone)
    notify.configure(mail=bool(settings.mail.server))
    app = House("web", static_folder=None)
    app.config.from_mapping(_config(settings))
    db.init_app(app)
    app.url_map.converters["int"] = RowId
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (i18n, format, field_words, login, navigation, errors, static_files):
        part.prepare(app)
    security.protect(app)
    for module in _modules(web.screens, web.ledger, web.api):
        if blueprint := getattr(module, "bp", None):
            app.register_blueprint(blueprint)
    check_all_declared(app)
    return app


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "HTTPS": settings.https,
        "PREFERRED_URL_SCHEME": "https" if settings.https else "http",
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "LANGUAGES": settings.languages,
        "TIME_ZONE": settings.time_zone,
        "STORAGE": settings.storage,
        "SESSION_COOKIE_NAME": "__Host-anlan_page" if settings.https else "anlan_page",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": LARGEST_FORM,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the page's cookie: a form left open over lunch is not lost
    }


def _modules(*packages: ModuleType) -> Iterator[ModuleType]:
    """Every module of these packages, by file name; nothing is registered by hand."""
    for package in packages:
        for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            yield importlib.import_module(found.name)
