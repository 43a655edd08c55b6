"""To which addresses the server may send ICE checks, when a client names them. Pure.

A check is a packet to an address that the client chose: without a filter, a way to make the server
knock at ports of its own network. Leaving a candidate out costs little, because a client whose own
checks reach the server is answered at the address they come from (RFC 8445, 7.3.1.3).
"""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

from gradio_webrtc.errors import ConfigurationError

CandidateAddresses: TypeAlias = Literal["auto", "public", "any"]
"""``"public"``: public addresses only. ``"any"``: every address of one machine. ``"auto"``: private
addresses as well, for clients that are on a private network themselves."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")
_MOST_HOPS = 32
_FORWARDING_HEADERS = ("x-forwarded-for", "x-real-ip", "forwarded")


class Scope(enum.Enum):
    """How far an address reaches."""

    PUBLIC = "public"
    PRIVATE = "private"  # also that of carriers (100.64.0.0/10) and of documentation
    LINK_LOCAL = "link-local"
    LOOPBACK = "loopback"
    NONE = "none"  # multicast, broadcast, unspecified, reserved: the address of no machine


def check_candidate_addresses(value: CandidateAddresses) -> CandidateAddresses:
    """Return ``value`` as the option.

    Raises:
        ConfigurationError: it is none of the three.
    """
    if value not in get_args(CandidateAddresses):
        raise ConfigurationError(
            f"candidate_addresses must be one of {', '.join(get_args(CandidateAddresses))}; "
            f"got {value!r}."
        )
    return value


def scope_of(address: str) -> Scope:
    """Return how far an IP address reaches; ``NONE`` for what is no address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return Scope.NONE
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return Scope.NONE  # an interface of ours, which no client can know
        inside = _embedded(ip)
        if inside is not None:
            return Scope.PUBLIC if scope_of(str(inside)) is Scope.PUBLIC else Scope.NONE
    if ip.is_loopback:
        return Scope.LOOPBACK
    if ip.is_multicast or ip.is_unspecified or ip.is_reserved or _is_this_network(ip):
        return Scope.NONE
    if ip.is_link_local:
        return Scope.LINK_LOCAL
    return Scope.PUBLIC if ip.is_global else Scope.PRIVATE


def client_scope(host: str | None, headers: Mapping[str, str]) -> Scope:
    """Return where the client of a request is.

    Behind a reverse proxy every request comes from a near address. Then the proxy says for whom it
    asks; if any address in that is public, or is none, the client counts as public. A client can
    write such headers too, but only to count as public.

    Args:
        host: the address that the request came from, or ``None``.
        headers: of the request, with names in lower case or in any case.
    """
    scopes = [_client(host)]
    for name in _FORWARDING_HEADERS:
        value = headers.get(name)
        if value is not None:
            hops = value.split(",", _MOST_HOPS)[:_MOST_HOPS]
            scopes += [_client(_forwarded(hop) if name == "forwarded" else hop) for hop in hops]
    return next(
        (scope for scope in (Scope.PUBLIC, Scope.PRIVATE, Scope.LINK_LOCAL) if scope in scopes),
        Scope.LOOPBACK,
    )


def accepts(option: CandidateAddresses, client: Scope, address: str) -> bool:
    """Return whether the server may send checks to ``address``, named by a client at ``client``."""
    scope = scope_of(address)
    if scope is Scope.NONE:
        return False
    if scope is Scope.PUBLIC or option == "any":
        return True
    if option == "public":
        return False
    if scope is Scope.PRIVATE:
        return client is not Scope.PUBLIC
    # Never the loopback of the server: nothing that listens there is a client's.
    return scope is Scope.LINK_LOCAL and client is Scope.LINK_LOCAL


def accepts_names(option: CandidateAddresses, client: Scope) -> bool:
    """Return whether mDNS names are asked for: they stand for addresses of the server's network."""
    return option == "any" or (option == "auto" and client is not Scope.PUBLIC)


def _client(host: str | None) -> Scope:
    """Return the scope of a client; what is not understood counts as public."""
    text = (host or "").strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    scope = scope_of(text.partition("%")[0].removeprefix("::ffff:"))
    return Scope.PUBLIC if scope is Scope.NONE else scope


def _forwarded(hop: str) -> str:
    """Return the ``for=`` of one element of a ``Forwarded`` header (RFC 7239)."""
    pairs = (pair.partition("=") for pair in hop.split(";", _MOST_HOPS))
    return next((value for key, _, value in pairs if key.strip().lower() == "for"), "")


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address to which a translator would carry packets for ``ip``."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None


def _is_this_network(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return isinstance(ip, ipaddress.IPv4Address) and ip in _THIS_NETWORK
