"""Two languages. Message ids are the Chinese words themselves; English comes from web/translations/en/*.po."""
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale, get_translations
from flask_login import current_user

from web.doors import by_token
from web.format import day, moment

LOCALES = {"zh": "zh_CN", "en": "en"}
COOKIE = "anlan_language"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z))?")
_PLACE = re.compile(r"\{(\w+)\}")  # plain names only: str.format would reach into its arguments
babel = Babel()


def prepare(app: Flask) -> None:
    babel.init_app(app, default_locale="zh_CN", default_timezone=app.config["TIME_ZONE"], locale_selector=_choose,
                   default_translation_directories=str(Path(__file__).parent / "translations"))
    app.jinja_env.filters["tr"] = tr
    app.jinja_env.globals.update(language=language, lang_attribute=lang_attribute)


def language() -> str:
    """'zh' or 'en'."""
    return "en" if str(get_locale()) == "en" else "zh"


def lang_attribute() -> str:
    return "en" if language() == "en" else "zh-CN"


def tr(text: Any, **params: Any) -> str:
    """Translate a message id of the engine, a form or a diagram, and fill its {named} places.

    Values that are message ids themselves are translated too; moments and dates are written as people write them.
    """
    if not text:
        return ""
    params = params or getattr(text, "params", {})  # a form's words (forms.words.Said) carry their own
    found = str(get_translations().ugettext(str(getattr(text, "text", text))))
    return _PLACE.sub(lambda place: str(_value(params[place[1]])) if place[1] in params else place[0], found)


def _value(value: Any) -> Any:
    if isinstance(value, str):
        value = _as_time(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return tr(value) if isinstance(value, str) else value


def _as_time(text: str) -> str | date:
    """The day or aware moment that an ISO text names; any other text stays text."""
    if not _MOMENT.fullmatch(text):
        return text
    try:
        return (datetime if "T" in text else date).fromisoformat(text)
    except ValueError:
        return text


def _choose() -> str:
    """The person's own choice, then this browser's, then what is asked for; a program's Accept-Language comes first."""
    offered = current_app.config["LANGUAGES"]
    chosen = ""
    if has_request_context():
        own = current_user.language if "_login_user" in g and current_user.is_authenticated else ""
        asked = (request.accept_languages.best_match(["zh-CN", "zh", "en"]) or "")[:2]
        order = (asked, own) if by_token() else (own, request.cookies.get(COOKIE, ""), asked)
        chosen = next((language for language in order if language in offered), "")
    return LOCALES[chosen or offered[0]]
