"""What every answer carries so that a browser trusts nothing but us, and the check of addresses people are sent on to."""
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from flask_wtf import CSRFProtect

CSP = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
    "connect-src 'self'", "manifest-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'self'",
    "frame-ancestors 'none'",
))
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # not no-referrer: the CSRF check under HTTPS reads it
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}
HSTS = "max-age=31536000; includeSubDomains"
csrf = CSRFProtect()


def protect(app: Flask) -> None:
    """CSRF tokens on every change, headers on every answer."""
    app.before_request(refuse_nul)
    csrf.init_app(app)
    app.after_request(add_headers)


def refuse_nul() -> None:
    """No name, word or number holds a NUL; PostgreSQL would fail on it deep in the house."""
    sent = (request.path, *request.args.values(), *(value for _, value in request.form.items(multi=True)))
    if any("\x00" in value for value in sent):
        abort(400)


def add_headers(response: Response) -> Response:
    """A view may set a stricter policy of its own (a download, a sandbox); the rest is filled in."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["HTTPS"]:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if not response.cache_control.public:
        response.headers.setdefault("Cache-Control", "no-store" if "text/html" in response.content_type else "private")
    return response


def let_styles_in(response: Response) -> Response:
    """For the drawing tools only: they write styles into their pages; scripts stay as strict as everywhere."""
    response.headers["Content-Security-Policy"] = CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    return response


def safe_target(target: str | None) -> str | None:
    """The address when it leads to a page of ours, None otherwise; `//evil`, `/\\evil` and `/<tab>/evil` do not."""
    if not target or not target.startswith("/") or target.startswith("//") or len(target) > 2000:
        return None
    if "\\" in target or any(ord(letter) < 33 or ord(letter) == 127 for letter in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target


def came_from(default: str) -> str:
    """The page of ours that the request came from."""
    address = request.headers.get("HX-Current-URL") or request.referrer or ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return default
    if parts.netloc != request.host:
        return default
    return safe_target(parts.path + (f"?{parts.query}" if parts.query else "")) or default
