"""Where a server and its streams are. Pure."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit, urlunsplit

from gradio_webrtc.errors import ConfigurationError

OFFER, SOCKET = "/webrtc/offer", "/websocket/offer"
_HTTP = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


def base_address(url: str) -> str:
    """Return where a stream is mounted, or an app is served, as ``http:`` and without a slash.

    Args:
        url: that, or one of the stream's routes; ``ws:`` stands for ``http:``.

    Raises:
        ConfigurationError: it is no such address.
    """
    parts = urlsplit(url.strip())
    scheme = _HTTP.get(parts.scheme)
    if scheme is None or not parts.netloc:
        raise ConfigurationError(
            f"connect() takes the address of a server, such as http://localhost:8000/stream, not "
            f"{url!r}."
        )
    path = parts.path.rstrip("/")
    for route in (OFFER, SOCKET):
        path = path.removesuffix(route)
    return urlunsplit((scheme, parts.netloc, path, "", ""))


def names_route(url: str) -> bool:
    """Whether ``url`` is one of a mounted stream's own routes."""
    return urlsplit(url.strip()).path.rstrip("/").endswith((OFFER, SOCKET))


def socket_address(url: str) -> str:
    """Return the ``ws:`` or ``wss:`` address that belongs to an ``http:`` or ``https:`` one."""
    parts = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    return urlunsplit((scheme, *parts[1:]))


def joined(base: str, path: str) -> str:
    """Return a path of ``base``: below it without a leading slash, else of its server."""
    return urljoin(base.rstrip("/") + "/", path)
