"""Which web pages may make requests: our own, and those of the sites that the app names. Pure.

A page of any site can have a visitor's browser send a request to any server that the browser
reaches, one on the visitor's own machine or network included, with the visitor's cookies. What it
cannot do is to leave out ``Origin``, or to set ``Sec-Fetch-Site``, ``Host`` or, without having been
allowed to first, ``X-Forwarded-Host``. See https://fetch.spec.whatwg.org/#origin-header and
https://www.w3.org/TR/fetch-metadata/. A client that is no browser may send what it likes; it is not
what this is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette

from gradio_webrtc.errors import ConfigurationError, OriginNotAllowedError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def check_origin(
    headers: Mapping[str, str], allowed: Sequence[str] | None, app: Starlette | None = None
) -> None:
    """Check that a request comes from no page of a site that is not allowed to make it.

    Args:
        headers: of the request, with case-insensitive or lower-case names.
        allowed: sites such as ``"https://example.org"`` beside our own, ``"*"`` for all; ``None``
            for those that ``app`` allows by a ``CORSMiddleware``.
        app: the application that got the request.

    Raises:
        OriginNotAllowedError: it comes from another site.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site == "same-origin" or (origin is None and site in (None, "none")):
        return
    if origin is not None and _is_our_own(origin, headers):
        return
    sites = cors_origins(app) if allowed is None else tuple(map(as_pattern, allowed))
    if any(pattern.fullmatch((origin or "null").rstrip("/")) for pattern in sites):
        return
    shown = origin[:100] if origin else "another site"
    raise OriginNotAllowedError(
        f"Pages of {shown} may not use this server. Its author can allow it with "
        "allowed_origins=[...]."
    )


def _is_our_own(origin: str, headers: Mapping[str, str]) -> bool:
    """Whether ``origin`` is the host that was asked, by the name that the browser knows it by.

    The scheme is not compared: behind a proxy that ends TLS, ours is another one.
    """
    try:
        parts = urlsplit(origin)
        asking = (parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme))
    except ValueError:
        return False
    if parts.hostname is None:
        return False
    names = [headers.get("host"), *(headers.get("x-forwarded-host") or "").split(",")]
    asked = [_host(name.strip(), parts.scheme) for name in names if name]
    # A development server beside ours, as Gradio has it too: both run on this machine.
    local = parts.hostname in LOOPBACK and any(host in LOOPBACK for host, _ in asked)
    return local or asking in asked


def _host(name: str, scheme: str) -> tuple[str | None, int | None]:
    try:
        parts = urlsplit(f"//{name}")
        return parts.hostname, parts.port or DEFAULT_PORTS.get(scheme)
    except ValueError:
        return None, None


def as_pattern(site: str) -> re.Pattern[str]:
    """Return what the origins of ``site`` match; ``"*"`` is every one."""
    return re.compile(".*" if site == "*" else re.escape(site.rstrip("/")), re.IGNORECASE)


def cors_origins(app: Starlette | None) -> tuple[re.Pattern[str], ...]:
    """Return the sites that ``app``, or the one it is mounted in, allows by CORS middleware."""
    found: list[re.Pattern[str]] = []
    for middleware in getattr(app, "user_middleware", ()):
        options: Mapping[str, Any] = getattr(middleware, "kwargs", {})
        found += map(as_pattern, options.get("allow_origins") or ())
        if options.get("allow_origin_regex"):
            found.append(re.compile(options["allow_origin_regex"]))
        if options.get("parent_app") is not None:  # Gradio's own names the app it is mounted in
            found += cors_origins(options["parent_app"])
    return tuple(found)


def checked_origins(value: Iterable[str] | None) -> list[str] | None:
    """Return ``allowed_origins`` as a list.

    Raises:
        ConfigurationError: it is no list of origins.
    """
    if value is None:
        return None
    wrong = isinstance(value, str) or not isinstance(value, Iterable)
    sites = [] if wrong else list(value)
    if wrong or not all(isinstance(site, str) and _is_origin(site) for site in sites):
        raise ConfigurationError(
            "allowed_origins must be a list of addresses without a path, such as "
            f"['https://example.org'], ['*'] for every site, or None; got {value!r}."
        )
    return sites


def _is_origin(site: str) -> bool:
    if site in ("*", "null"):
        return True
    parts = urlsplit(site.rstrip("/"))
    return bool(parts.scheme and parts.hostname) and not (parts.path or parts.query)
