"""What one page and one address may hold."""

from __future__ import annotations

import pytest

from gradio_webrtc.errors import TooManyRequestsError
from gradio_webrtc.json_values import Json
from gradio_webrtc.server.quotas import (
    MAX_OWNER_CHARACTERS,
    InFlight,
    Quota,
    Requester,
    network_of,
    page_of,
)

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
