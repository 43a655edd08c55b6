"""By which addresses the outside knows a request that arrived here, proxies in between. Pure.

Uvicorn's ``proxy_headers`` makes the scheme that a trusted proxy names the scheme of the request,
and leaves ``X-Forwarded-Host`` alone. Whoever sends a request may set that header, which is
harmless here: the answer names the host that its asker claims to have asked, and goes to nobody
else; and a signature counts only if it was made with the account's secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Arrival:
    """A request as the server got it.

    Attributes:
        scheme: ``http``, ``https``, ``ws`` or ``wss``, as the server understands it.
        headers: with case-insensitive or lower-case names.
        path: of the request, percent-encoded.
        root_path: what a proxy has taken away before ``path``, if anything.
        query: without the question mark.
    """

    scheme: str
    headers: Mapping[str, str]
    path: str
    root_path: str = ""
    query: str = ""

    @property
    def outer_path(self) -> str:
        """The path with the prefix that a proxy has taken away."""
        root = self.root_path.rstrip("/")
        within = self.path == root or self.path.startswith(f"{root}/")
        return self.path if within else root + self.path

    @property
    def hosts(self) -> Sequence[str]:
        """What the client may have called this server, the most likely first."""
        forwarded = self.headers.get("x-forwarded-host", "").split(",")[0].strip()
        return [name for name in (forwarded, self.headers.get("host", "")) if name]

    @property
    def secure(self) -> bool:
        """Whether the client used TLS, as far as this server or a proxy says."""
        told = self.headers.get("x-forwarded-proto", "").split(",")[0].strip()
        return self.scheme in ("https", "wss") or told in ("https", "wss")


def stream_url(arrival: Arrival, path: str, public_url: str | None = None) -> str:
    """Return the ``wss`` address of ``path`` on the server that ``arrival`` came to.

    Only on this very machine it is ``ws``: Twilio takes nothing but ``wss``, and where a proxy that
    is not trusted ends TLS, the request seems to have been made without.

    Args:
        arrival: of the request that is answered.
        path: with the outer prefix.
        public_url: what the author calls this server.
    """
    if public_url is not None:
        parts = urlsplit(public_url)
        scheme = "ws" if parts.scheme == "http" else "wss"
        return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}{path}"
    host = next(iter(arrival.hosts), "localhost")
    local = urlsplit(f"//{host}").hostname in LOOPBACK
    return f"{'ws' if local and not arrival.secure else 'wss'}://{host}{path}"


def signed_urls(arrival: Arrival, public_url: str | None = None) -> Sequence[str]:
    """Return the addresses by which Twilio may have asked for this, one of which it has signed.

    For a websocket that is the address in the TwiML, to which it sometimes adds a slash.
    """
    query = f"?{arrival.query}" if arrival.query else ""
    websocket = arrival.scheme in ("ws", "wss")
    plain, secure = ("ws", "wss") if websocket else ("http", "https")
    bases: list[str] = []
    if public_url is not None:
        parts = urlsplit(public_url)
        scheme = plain if parts.scheme == "http" else secure
        bases.append(f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}{arrival.outer_path}")
    for host in arrival.hosts:
        schemes = [secure] if arrival.secure else [secure, plain]
        bases += [f"{scheme}://{host}{arrival.outer_path}" for scheme in schemes]
    if websocket:
        bases += [f"{base}/" for base in bases]
        bases += [base.replace("ws", "http", 1) for base in bases]
    return list(dict.fromkeys(base + query for base in bases))
