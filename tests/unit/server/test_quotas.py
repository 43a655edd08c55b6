"""What one page and one address may hold."""

from __future__ import annotations

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.errors import ConfigurationError, TooManyRequestsError
from gradio_webrtc.json_values import Json
from gradio_webrtc.server.quotas import (
    MAX_OWNER_CHARACTERS,
    PER_ADDRESS,
    UNLIMITED,
    InFlight,
    Quota,
    Requester,
    network_of,
    page_of,
    quota_of_sessions,
)
from tests.support.registry import enter, start

QUOTA = Quota("things", per_owner=2, per_network=3)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        (None, None),
        ("", None),
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("x" * 500, "x" * 128),
    ],
)
def test_what_counts_as_one_address(host: str | None, network: str | None) -> None:
    assert network_of(host) == network


def test_an_owner_and_a_network_have_a_share_each() -> None:
    page, other = Requester("page", "net"), Requester("other", "net")
    QUOTA.check(page, [page])
    with pytest.raises(TooManyRequestsError, match="This page has too many things"):
        QUOTA.check(page, [page, page])
    QUOTA.check(page, [page, other])
    with pytest.raises(TooManyRequestsError, match="from your network"):
        QUOTA.check(page, [page, other, other])
    QUOTA.check(Requester("page", "elsewhere"), [other] * 9)


def test_of_whom_nothing_is_known_nothing_is_counted() -> None:
    QUOTA.check(Requester(), [Requester()] * 9)


def test_requests_are_counted_while_they_are_answered() -> None:
    flight = InFlight(QUOTA)
    page = Requester("page", "net")
    with flight.request(page), flight.request(page):
        with pytest.raises(TooManyRequestsError), flight.request(page):
            raise AssertionError
        with flight.request(Requester(None, "net")), pytest.raises(TooManyRequestsError):
            flight.request(Requester("new", "net")).__enter__()
        with flight.request(Requester()):
            pass
    with flight.request(page):
        pass
    assert len(flight) == 0


@pytest.mark.parametrize(
    "body",
    [
        None,
        "page",
        ["page"],
        {},
        {"session_hash": 7},
        {"session_hash": "p" * (MAX_OWNER_CHARACTERS + 1)},
    ],
)
def test_what_has_no_session_hash_is_no_pages(body: Json) -> None:
    assert page_of(body) is None


def test_a_page_is_known_by_its_session_hash() -> None:
    longest = "p" * MAX_OWNER_CHARACTERS
    assert page_of({"session_hash": "page"}) == "page"
    assert page_of({"session_hash": longest}) == longest


def test_how_many_sessions_an_address_may_have_is_the_operators_to_say() -> None:
    assert quota_of_sessions({}) is UNLIMITED
    assert quota_of_sessions({PER_ADDRESS: " 4 "}).per_network == 4
    for text in ("0", "-1", "many", "1.5", "²"):
        with pytest.raises(ConfigurationError, match=PER_ADDRESS):
            quota_of_sessions({PER_ADDRESS: text})


async def test_one_address_does_not_take_all_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PER_ADDRESS, "2")
    host = Stream(lambda image: image, modality="video", concurrency_limit=None).host
    for name in ("a", "b"):
        enter(host.registry, name, "page", "192.0.2.7").on_connected()
    with pytest.raises(TooManyRequestsError):
        host.registry.claim("c", None, "192.0.2.7")
    enter(host.registry, "d", None, "192.0.2.8")
    enter(host.registry, "e")  # who has no address is counted by the limit of all
    place = await host.registry.claim_replacing("f", "a", "page", "192.0.2.7")
    start(host.registry, place)
    await host.aclose()
