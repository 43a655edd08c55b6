"""Messages that wait for their channel, and clients that do not read theirs."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from gradio_webrtc.transports.control_channel import (
    MAX_BUFFERED_BYTES,
    MAX_WAITING,
    ControlChannel,
)


class FakeDataChannel:
    """A data channel as far as it is used, that keeps what was sent."""

    def __init__(self) -> None:
        self.readyState = "open"
        self.bufferedAmount = 0
        self.transport = SimpleNamespace(transport=SimpleNamespace(state="connected"))
        self.sent: list[str] = []
        self.largest = 1000

    def send(self, text: str) -> None:
        if len(text) > self.largest:
            raise ValueError("too large")
        self.sent.append(text)


def attached() -> tuple[ControlChannel, Any]:
    control, channel = ControlChannel(), FakeDataChannel()
    control.attach(channel)  # type: ignore[arg-type]
    return control, channel


async def test_what_was_said_before_the_channel_opened_comes_first_and_in_order() -> None:
    control, channel = ControlChannel(), FakeDataChannel()
    for text in "abc":
        control.send(text)
    assert control.waiting
    assert not control.attached
    control.attach(channel)  # type: ignore[arg-type]
    control.send("d")
    assert channel.sent == list("abcd")
    assert not control.waiting
    assert control.attached


async def test_what_waits_is_bounded_and_the_oldest_goes() -> None:
    control, channel = ControlChannel(), FakeDataChannel()
    for number in range(MAX_WAITING + 3):
        control.send(str(number))
    assert control.dropped == 3
    control.attach(channel)  # type: ignore[arg-type]
    assert channel.sent == [str(number) for number in range(3, MAX_WAITING + 3)]


async def test_a_client_that_does_not_read_costs_no_more_memory() -> None:
    control, channel = attached()
    channel.bufferedAmount = MAX_BUFFERED_BYTES + 1
    control.send("lost")
    channel.bufferedAmount = MAX_BUFFERED_BYTES
    control.send("sent")
    assert (channel.sent, control.dropped) == (["sent"], 1)


async def test_messages_that_are_too_long_for_the_client_are_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    control, channel = attached()
    channel.largest = 3
    for text in ("long one", "ok", "long two"):
        control.send(text)
    assert (channel.sent, control.dropped) == (["ok"], 2)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("gone", ["channel", "connection"])
async def test_nothing_is_sent_to_who_has_left(gone: str) -> None:
    control, channel = attached()
    if gone == "channel":
        channel.readyState = "closed"
    else:
        channel.transport.transport.state = "closed"
    control.send("text")
    assert channel.sent == []


@pytest.mark.looptime
async def test_waiting_for_the_channel_has_a_limit() -> None:
    control, loop = ControlChannel(), asyncio.get_running_loop()
    assert not await control.opened(2.0)
    assert loop.time() == pytest.approx(2.0)
    channel: Any = FakeDataChannel()
    loop.call_later(1.0, lambda: control.attach(channel))
    assert await control.opened(2.0)
    assert loop.time() == pytest.approx(3.0)
