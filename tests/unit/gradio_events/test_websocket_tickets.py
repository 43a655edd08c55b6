"""A ticket says which stream and page a websocket is for; nobody makes one up."""

from __future__ import annotations

import base64
import gc

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.gradio_events.websocket_tickets import (
    MAX_CHARACTERS,
    VALID_SECONDS,
    Ticket,
    Tickets,
)
from gradio_webrtc.server.quotas import MAX_OWNER_CHARACTERS
from gradio_webrtc.server.stream_host import StreamHost
from tests.support.echo_handlers import EchoHandler


def make_host() -> StreamHost:
    return Stream(EchoHandler(), modality="audio").host


@pytest.fixture
def host() -> StreamHost:
    return make_host()


@pytest.mark.parametrize("owner", ["abc", None, "ü" * MAX_OWNER_CHARACTERS])
def test_it_is_read_as_it_was_made_for_a_while(host: StreamHost, owner: str | None) -> None:
    tickets = Tickets()
    text = tickets.issue(Ticket(host, owner), now=100.0)
    assert text.isascii()
    assert not set(text) & set("/+&?# ")
    assert tickets.read(text, 100.0 + VALID_SECONDS - 0.1) == Ticket(host, owner)
    assert tickets.read(text, 100.0 + VALID_SECONDS) is None


def test_streams_are_told_apart() -> None:
    tickets, (one, other) = Tickets(), (make_host(), make_host())
    texts = [tickets.issue(Ticket(host, "p"), 0.0) for host in (one, other, one)]
    read = [tickets.read(text, 0.0) for text in texts]
    assert read == [Ticket(one, "p"), Ticket(other, "p"), Ticket(one, "p")]


def test_one_that_was_changed_is_none(host: StreamHost) -> None:
    tickets = Tickets()
    data = base64.urlsafe_b64decode(tickets.issue(Ticket(host, "mine"), 0.0))
    for changed in (data.replace(b"mine", b"hers"), data[:-1], b"", data[:32], bytes(64)):
        assert tickets.read(base64.urlsafe_b64encode(changed).decode(), 0.0) is None
    assert Tickets().read(tickets.issue(Ticket(host, "mine"), 0.0), 0.0) is None


@pytest.mark.parametrize("text", [None, "", "%%%", "ü", "A" * (MAX_CHARACTERS + 1), "null", "A==="])
def test_nonsense_is_none(text: str | None) -> None:
    assert Tickets().read(text, 0.0) is None


def test_a_stream_that_is_gone_is_forgotten() -> None:
    tickets, host = Tickets(), make_host()
    text = tickets.issue(Ticket(host, "p"), 0.0)
    del host
    gc.collect()
    assert tickets.read(text, 0.0) is None
