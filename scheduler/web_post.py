"""One POST to a checked address: to the very IP that was looked at, over TLS for the name, following nobody elsewhere."""
import http.client
import socket
import ssl
from urllib.parse import SplitResult

from engine.robots import is_public
from scheduler.failure import Hopeless, Unreachable

TIMEOUT = 10.0  # seconds
LARGEST_ANSWER = 64 * 1024


def post(parts: SplitResult, query: str, body: bytes, trusted: bool) -> tuple[int, bytes]:
    """Status and body of the answer; a redirect is an answer like any other.

    Args:
        trusted: the installation's settings vouch for this host: it may be in the house's own network.

    Raises:
        Hopeless: the name leads into a network that robots may not reach.
        Unreachable: nobody answered in time.
    """
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{query}" if query else "")
    try:
        connection = _open(host, port, parts.scheme == "https", _address(host, port, trusted))
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json; charset=utf-8", "User-Agent": "anlan"})
            answer = connection.getresponse()
            return answer.status, answer.read(LARGEST_ANSWER)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def _address(host: str, port: int, trusted: bool) -> str:
    """The IP to speak to: every address of the name must be a public one, lest the second answer differ from the first."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not trusted and not all(is_public(address) for address in found):
        raise Hopeless(f"{host} is not on the open internet")
    return found[0]


def _open(host: str, port: int, tls: bool, address: str) -> http.client.HTTPConnection:
    connection = (http.client.HTTPSConnection if tls else http.client.HTTPConnection)(host, port, timeout=TIMEOUT)
    connection.sock = socket.create_connection((address, port), TIMEOUT)
    if tls:
        try:
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
        except OSError:
            connection.close()
            raise
    return connection
