"""The HTTP server of one process."""
from typing import Any

from flask import Flask
from waitress import create_server

from data_model.settings import Settings
from web.app import LARGEST_REQUEST

_FORWARDED = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}


def listen(app: Flask, settings: Settings) -> Any:
    """A server that holds its port already; `run()` serves until `close()`.

    Raises:
        OSError: the port is not to be had.
    """
    trusted = {"trusted_proxy": settings.trusted_proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": _FORWARDED,
               "clear_untrusted_proxy_headers": True} if settings.trusted_proxy else {}
    return create_server(app, host=settings.host, port=settings.port, threads=settings.threads, ident=None,
                         max_request_body_size=LARGEST_REQUEST, **trusted)
