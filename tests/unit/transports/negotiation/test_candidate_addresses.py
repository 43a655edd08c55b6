"""To which addresses a client may make the server send ICE checks."""

from __future__ import annotations

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.transports.negotiation.candidate_addresses import (
    CandidateAddresses,
    Scope,
    accepts,
    accepts_names,
    client_scope,
    scope_of,
)
from tests.support.echo_handlers import EchoHandler

SCOPES = {
    "8.8.8.8": Scope.PUBLIC,
    "2606:4700::1": Scope.PUBLIC,
    "192.168.1.7": Scope.PRIVATE,
    "10.0.0.1": Scope.PRIVATE,
    "172.17.0.2": Scope.PRIVATE,
    "100.64.0.1": Scope.PRIVATE,
    "192.0.2.2": Scope.PRIVATE,
    "fd00::2": Scope.PRIVATE,
    "169.254.169.254": Scope.LINK_LOCAL,
    "fe80::1": Scope.LINK_LOCAL,
    "127.0.0.1": Scope.LOOPBACK,
    "127.8.8.8": Scope.LOOPBACK,
    "::1": Scope.LOOPBACK,
    "0.0.0.0": Scope.NONE,
    "0.1.2.3": Scope.NONE,
    "::": Scope.NONE,
    "224.0.0.251": Scope.NONE,
    "ff02::fb": Scope.NONE,
    "255.255.255.255": Scope.NONE,
    "240.0.0.1": Scope.NONE,
    # Ways to write an IPv4 address that a filter of IPv6 addresses would let through.
    "::ffff:8.8.8.8": Scope.PUBLIC,
    "::ffff:127.0.0.1": Scope.NONE,
    "::ffff:192.168.1.7": Scope.NONE,
    "2002:7f00:1::": Scope.NONE,
    "64:ff9b::7f00:1": Scope.NONE,
    "64:ff9b::808:808": Scope.PUBLIC,
    "fe80::1%eth0": Scope.NONE,
    "localhost": Scope.NONE,
    "127.1": Scope.NONE,
    "": Scope.NONE,
}


@pytest.mark.parametrize("address", SCOPES)
def test_how_far_an_address_reaches(address: str) -> None:
    assert scope_of(address) is SCOPES[address]


@pytest.mark.parametrize(
    ("option", "client", "taken"),
    [
        ("auto", Scope.PUBLIC, {Scope.PUBLIC}),
        ("auto", Scope.PRIVATE, {Scope.PUBLIC, Scope.PRIVATE}),
        ("auto", Scope.LOOPBACK, {Scope.PUBLIC, Scope.PRIVATE}),
        ("auto", Scope.LINK_LOCAL, {Scope.PUBLIC, Scope.PRIVATE, Scope.LINK_LOCAL}),
        ("public", Scope.PRIVATE, {Scope.PUBLIC}),
        ("public", Scope.LOOPBACK, {Scope.PUBLIC}),
        ("any", Scope.PUBLIC, set(Scope) - {Scope.NONE}),
    ],
)
def test_what_each_choice_takes(
    option: CandidateAddresses, client: Scope, taken: set[Scope]
) -> None:
    for address, scope in SCOPES.items():
        assert accepts(option, client, address) == (scope in taken), address
    assert accepts_names(option, client) == (Scope.PRIVATE in taken)


@pytest.mark.parametrize(
    ("host", "headers", "scope"),
    [
        ("127.0.0.1", {}, Scope.LOOPBACK),
        ("::1", {}, Scope.LOOPBACK),
        ("192.168.1.7", {}, Scope.PRIVATE),
        ("::ffff:192.168.1.7", {}, Scope.PRIVATE),
        ("fe80::1%eth0", {}, Scope.LINK_LOCAL),
        ("8.8.8.8", {}, Scope.PUBLIC),
        # Nothing is known: a Unix socket, a test client.
        (None, {}, Scope.PUBLIC),
        ("testclient", {}, Scope.PUBLIC),
        # Behind a reverse proxy.
        ("127.0.0.1", {"x-forwarded-for": "8.8.8.8"}, Scope.PUBLIC),
        ("127.0.0.1", {"x-forwarded-for": "192.168.1.9, 8.8.8.8, 10.0.0.2"}, Scope.PUBLIC),
        ("10.0.0.3", {"x-forwarded-for": "192.168.1.9"}, Scope.PRIVATE),
        ("127.0.0.1", {"x-forwarded-for": "unknown"}, Scope.PUBLIC),
        ("127.0.0.1", {"x-real-ip": "8.8.8.8"}, Scope.PUBLIC),
        (
            "127.0.0.1",
            {"forwarded": 'for=192.168.1.9:4711;proto=https, for="[2606:4700::1]:1"'},
            Scope.PUBLIC,
        ),
        ("127.0.0.1", {"forwarded": "for=192.168.1.9:4711;proto=https"}, Scope.PRIVATE),
        # A stranger who claims to be near.
        ("8.8.8.8", {"x-forwarded-for": "127.0.0.1"}, Scope.PUBLIC),
    ],
)
def test_where_a_client_is(host: str | None, headers: dict[str, str], scope: Scope) -> None:
    assert client_scope(host, headers) is scope


def test_another_choice_is_told_what_there_is() -> None:
    with pytest.raises(ConfigurationError, match="auto, public, any; got 'lan'"):
        Stream(EchoHandler(), modality="audio", candidate_addresses="lan")  # type: ignore[arg-type]
