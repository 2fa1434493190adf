"""Where group robots may be, and whether an address may be spoken to at all (reliability.md §6.11)."""
import ipaddress
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from data_model.notification import RobotKind
from engine.errors import EngineError

HOSTS = {
    RobotKind.WECOM: frozenset({"qyapi.weixin.qq.com"}),
    RobotKind.DINGTALK: frozenset({"oapi.dingtalk.com"}),
    RobotKind.FEISHU: frozenset({"open.feishu.cn", "open.larksuite.com"}),
}
MAY_BE_HTTP = ("https", "http")


def checked(kind: str, url: str, extra: Iterable[str] = ()) -> SplitResult:
    """The address in its parts, when a robot of this kind may have it.

    Args:
        extra: hosts that the installation allows besides ("relay.example.com" or "127.0.0.1:8099"): these may be in the
            house's own network, and without TLS.

    Raises:
        EngineError: what is wrong with it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise EngineError("这不是一个网址", field="url") from None
    host = (parts.hostname or "").lower()
    if not url.isascii() or any(c.isspace() or ord(c) < 32 or c == "\\" for c in url) or parts.username or parts.password or not host:
        raise EngineError("这不是一个网址", field="url")
    if is_extra(parts, extra) and parts.scheme in MAY_BE_HTTP:
        return parts
    if parts.scheme != "https":
        raise EngineError("机器人地址必须以 https:// 开头", field="url")
    if host not in HOSTS.get(RobotKind(kind), ()) or port not in (None, 443):
        raise EngineError("地址的主机名不属于这类机器人：{host}", field="url", host=host)
    return parts


def is_extra(parts: SplitResult, extra: Iterable[str]) -> bool:
    """Whether the installation's own settings vouch for this host."""
    host = (parts.hostname or "").lower()
    named = {host, f"{host}:{parts.port}"} if parts.port else {host}
    return bool(named & set(extra))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever it is wrapped in."""
    found = ipaddress.ip_address(address)
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    return inner.is_global and not inner.is_multicast
