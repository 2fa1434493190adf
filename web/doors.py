"""By which door a request came in: pages know people by their cookie, the API by their token and by nothing else."""
from flask import request

API = "/api"
VERSION = f"{API}/v1"
DOCS = "api_docs.page"  # about the API, but a page for people


def under_api() -> bool:
    """Whether problems are told in JSON."""
    return request.path == API or request.path.startswith(f"{API}/")


def by_token() -> bool:
    """Whether only a token says who asks; a cookie that comes along is not looked at."""
    return under_api() and request.endpoint != DOCS
